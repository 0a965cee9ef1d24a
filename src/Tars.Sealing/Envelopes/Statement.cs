using Tars.Sealing.CanonicalJson;

namespace Tars.Sealing.Envelopes;

/// <summary>Something that a statement speaks of.</summary>
/// <param name="Name">A file's name, without folders, or another name that its kind of statement defines.</param>
/// <param name="Sha256">64 lower-case hexadecimal digits.</param>
public sealed record Subject(string Name, string Sha256);

/// <summary>What reading a statement gave.</summary>
public abstract record StatementReading
{
    private StatementReading()
    {
    }

    /// <summary>A statement.</summary>
    /// <param name="Statement">Its content.</param>
    public sealed record Read(Statement Statement) : StatementReading;

    /// <summary>It is no statement.</summary>
    /// <param name="Offset">Byte offset in the payload.</param>
    /// <param name="Reason">What is wrong.</param>
    public sealed record Malformed(long Offset, string Reason) : StatementReading;
}

/// <summary>
/// An in-toto statement: subjects, and what is said of them. Source: in-toto attestation framework, spec/v1/statement.md. Unknown members of
/// the statement and of its subjects are ignored, as that specification asks.
/// </summary>
public sealed record Statement
{
    /// <summary>The <c>_type</c> of statements.</summary>
    public const string Type = "https://in-toto.io/Statement/v1";

    /// <summary>The most subjects of a statement that is read.</summary>
    public const int MostSubjects = 10_000;

    internal Statement(IReadOnlyList<Subject> subjects, string predicateType, JsonTree predicate)
    {
        Subjects = subjects;
        PredicateType = predicateType;
        Predicate = predicate;
    }

    /// <summary>What is spoken of; at least one, names unique.</summary>
    public IReadOnlyList<Subject> Subjects { get; }

    /// <summary>What kind of statement it is, a URI.</summary>
    public string PredicateType { get; }

    /// <summary>What is said, canonical JSON.</summary>
    public ReadOnlyMemory<byte> PredicateUtf8 => CanonicalJsonWriter.Write(Predicate);

    internal JsonTree Predicate { get; }

    /// <summary>The payload: canonical JSON without a final line feed.</summary>
    public byte[] ToUtf8() => CanonicalJsonWriter.Write(JsonTree.Of(
        ("_type", JsonTree.Of(Type)),
        ("subject", JsonTree.Of(Subjects.Select(subject => (JsonTree)JsonTree.Of(
            ("name", JsonTree.Of(subject.Name)),
            ("digest", JsonTree.Of(("sha256", JsonTree.Of(subject.Sha256)))))))),
        ("predicateType", JsonTree.Of(PredicateType)),
        ("predicate", Predicate)));

    /// <summary>Reads a payload.</summary>
    /// <param name="utf8">The payload's bytes.</param>
    public static StatementReading Parse(ReadOnlySpan<byte> utf8)
    {
        try
        {
            JsonFields fields = new(JsonTreeReader.Read(utf8));
            if (fields.Text("_type") != Type)
            {
                throw fields.Wrong(fields.Required("_type"), "_type", $"{Type} is expected");
            }

            Subject[] subjects = [.. fields.Items("subject").Take(MostSubjects + 1).Select(ReadSubject)];
            if (subjects.Length is 0 or > MostSubjects || subjects.DistinctBy(subject => subject.Name).Count() != subjects.Length)
            {
                throw fields.Wrong(fields.Required("subject"), "subject", $"1 to {MostSubjects} subjects with different names are expected");
            }

            return new StatementReading.Read(new Statement(subjects, fields.Text("predicateType"), fields.Optional("predicate") ?? new JsonTree.NullValue()));
        }
        catch (JsonFormException exception)
        {
            return new StatementReading.Malformed(exception.Offset, exception.Message);
        }
    }

    private static Subject ReadSubject(JsonTree tree, int index)
    {
        JsonFields fields = new(tree, $"subject[{index}]");
        return new Subject(fields.Text("name"), fields.Fields("digest").Sha256("sha256"));
    }
}
