using Tars.Sealing.CanonicalJson;

namespace Tars.Sealing.Envelopes;

/// <summary>One file that a run wrote.</summary>
/// <param name="Name">The file's name, without folders.</param>
/// <param name="Sha256">Digest of its plain bytes: 64 lower-case hexadecimal digits.</param>
/// <param name="SealedName">The name of its sealed form; null when it was not encrypted.</param>
/// <param name="SealedSha256">Digest of the sealed form; null when it was not encrypted.</param>
public sealed record RunOutput(string Name, string Sha256, string? SealedName = null, string? SealedSha256 = null);

/// <summary>An output that was encrypted: the names of its two forms, both of which are subjects.</summary>
/// <param name="PlainName">The plain form.</param>
/// <param name="SealedName">The encrypted form.</param>
public sealed record SealedForm(string PlainName, string SealedName);

/// <summary>Where the series came from.</summary>
/// <param name="Application">Name of the backend's program, or <c>capture</c>.</param>
/// <param name="Version">Its version; null when it did not say.</param>
/// <param name="Address">Its address without credentials, or the capture's name; null when it is not to be told.</param>
public sealed record RunSource(string Application, string? Version, string? Address);

/// <summary>The place of the run's intent in the audit log.</summary>
/// <param name="Log">The log's origin, as its checkpoints name it.</param>
/// <param name="Leaf">Index of the entry.</param>
/// <param name="TreeSize">Size of the tree in the checkpoint that holds it.</param>
/// <param name="RootHash">Root hash of that tree: 64 lower-case hexadecimal digits.</param>
public sealed record AuditIntent(string Log, long Leaf, long TreeSize, string RootHash);

/// <summary>What a run was: everything about it that its reports leave out, because their bytes depend on data and settings alone.</summary>
/// <param name="Tool">The program with its command, for instance <c>tars kpi</c>.</param>
/// <param name="ToolVersion">Its version.</param>
/// <param name="RunId">Names the run; unique in an installation.</param>
/// <param name="ConfigurationSha256">Digest of the effective configuration: 64 lower-case hexadecimal digits.</param>
/// <param name="From">Start of the window, included.</param>
/// <param name="To">End of the window, excluded.</param>
/// <param name="Source">Where the series came from.</param>
/// <param name="CaptureSha256">Digest of the capture's <c>SHA256SUMS</c>; null when a live backend was read.</param>
/// <param name="Audit">Where the audit log holds the run's intent; null when no audit log is kept.</param>
/// <param name="SignedAt">When it was signed, as the signer says.</param>
/// <param name="Signer">Who signed, as the signer says; null when it is not to be told.</param>
public sealed record RunFacts(
    string Tool,
    string ToolVersion,
    string RunId,
    string ConfigurationSha256,
    DateTimeOffset From,
    DateTimeOffset To,
    RunSource Source,
    string? CaptureSha256,
    AuditIntent? Audit,
    DateTimeOffset SignedAt,
    string? Signer = null);

/// <summary>The statement that a run signs: it names every output, plain and sealed, and says what the run was.</summary>
public static class RunStatement
{
    /// <summary>Its predicate type.</summary>
    public const string PredicateType = "urn:tars:predicate:run:1";

    /// <summary>Makes the statement.</summary>
    /// <param name="outputs">At least one; names different.</param>
    /// <param name="facts">What the run was.</param>
    /// <exception cref="ArgumentException">There is no output, a name twice, a name with a folder, or a digest that is none.</exception>
    public static Statement Of(IReadOnlyList<RunOutput> outputs, RunFacts facts)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(facts);
        Subject[] subjects =
        [
            .. outputs.Select(output => new Subject(output.Name, output.Sha256)),
            .. outputs.Where(output => output.SealedName is not null).Select(output => new Subject(output.SealedName!, output.SealedSha256!)),
        ];
        Check(subjects, facts);
        return new Statement(subjects, PredicateType, Predicate(outputs, facts));
    }

    /// <summary>What a run's statement says.</summary>
    /// <param name="statement">A statement whose predicate type is <see cref="PredicateType"/>.</param>
    /// <exception cref="FormatException">The predicate is not of that type's form; the message names the field.</exception>
    public static RunFacts FactsOf(Statement statement)
    {
        ArgumentNullException.ThrowIfNull(statement);
        if (statement.PredicateType != PredicateType)
        {
            throw new FormatException($"a statement of the type {statement.PredicateType} tells of no run; {PredicateType} is expected");
        }

        JsonFields fields = new(statement.Predicate, "predicate");
        JsonFields tool = fields.Fields("tool");
        JsonFields window = fields.Fields("window");
        JsonFields source = fields.Fields("source");
        RunFacts facts = new(
            tool.Text("name"),
            tool.Text("version"),
            fields.Text("run_id"),
            fields.Fields("configuration").Sha256("sha256"),
            window.Time("from"),
            window.Time("to"),
            new RunSource(source.Text("application"), source.OptionalText("version"), source.OptionalText("address")),
            fields.OptionalFields("capture")?.Sha256("sha256"),
            fields.OptionalFields("audit_intent") is { } audit ? new AuditIntent(audit.Text("log"), audit.LongCount("leaf"), audit.LongCount("tree_size"), audit.Sha256("root_hash")) : null,
            fields.Time("signed_at"),
            fields.OptionalText("signer"));
        _ = fields.Items("sealed");
        fields.End();
        return facts;
    }

    /// <summary>Which outputs of a run were encrypted; empty for a statement that is not of a run.</summary>
    /// <param name="statement">A statement of any type.</param>
    /// <exception cref="FormatException">It is of a run, and its list is not of that type's form; the message names the field.</exception>
    public static IReadOnlyList<SealedForm> SealedFormsOf(Statement statement)
    {
        ArgumentNullException.ThrowIfNull(statement);
        return statement.PredicateType == PredicateType
            ? [.. new JsonFields(statement.Predicate, "predicate").Items("sealed").Select(FormOf)]
            : [];

        static SealedForm FormOf(JsonTree tree, int index)
        {
            JsonFields fields = new(tree, $"predicate.sealed[{index}]");
            SealedForm form = new(fields.Text("plain"), fields.Text("sealed"));
            fields.End();
            return form;
        }
    }

    private static JsonTree.ObjectValue Predicate(IReadOnlyList<RunOutput> outputs, RunFacts facts) => JsonTree.Of(
        ("tool", JsonTree.Of(("name", JsonTree.Of(facts.Tool)), ("version", JsonTree.Of(facts.ToolVersion)))),
        ("run_id", JsonTree.Of(facts.RunId)),
        ("configuration", Digest(facts.ConfigurationSha256)),
        ("window", JsonTree.Of(("from", JsonTree.Of(Utc.Text(facts.From))), ("to", JsonTree.Of(Utc.Text(facts.To))))),
        ("source", JsonTree.Of(
            ("application", JsonTree.Of(facts.Source.Application)),
            ("version", JsonTree.Of(facts.Source.Version)),
            ("address", JsonTree.Of(facts.Source.Address)))),
        ("capture", facts.CaptureSha256 is { } capture ? Digest(capture) : new JsonTree.NullValue()),
        ("audit_intent", facts.Audit is { } audit ? Audit(audit) : new JsonTree.NullValue()),
        ("sealed", JsonTree.Of(outputs.Where(output => output.SealedName is not null).Select(output => (JsonTree)JsonTree.Of(
            ("plain", JsonTree.Of(output.Name)),
            ("sealed", JsonTree.Of(output.SealedName)))))),
        ("signed_at", JsonTree.Of(Utc.Text(facts.SignedAt))),
        ("signer", JsonTree.Of(facts.Signer)));

    private static JsonTree.ObjectValue Audit(AuditIntent audit) => JsonTree.Of(
        ("log", JsonTree.Of(audit.Log)),
        ("leaf", JsonTree.Of(audit.Leaf)),
        ("tree_size", JsonTree.Of(audit.TreeSize)),
        ("root_hash", JsonTree.Of(audit.RootHash)));

    private static JsonTree.ObjectValue Digest(string sha256) => JsonTree.Of(("sha256", JsonTree.Of(sha256)));

    private static void Check(Subject[] subjects, RunFacts facts)
    {
        string?[] digests = [.. subjects.Select(subject => subject.Sha256), facts.ConfigurationSha256, facts.CaptureSha256, facts.Audit?.RootHash];
        if (subjects.Length == 0 || subjects.DistinctBy(subject => subject.Name).Count() != subjects.Length)
        {
            throw new ArgumentException($"{subjects.Length} outputs; at least one is expected, with different names", nameof(subjects));
        }

        if (subjects.FirstOrDefault(subject => subject.Name.Length == 0 || subject.Name.AsSpan().ContainsAny('/', '\\')) is { } inFolder)
        {
            throw new ArgumentException($"\"{inFolder.Name}\" is no file name; one without folders is expected", nameof(subjects));
        }

        if (digests.FirstOrDefault(digest => digest is not null && !CanonicalJson.Digest.IsSha256(digest)) is { } wrong)
        {
            throw new ArgumentException($"\"{wrong}\" is no SHA-256; 64 lower-case hexadecimal digits are expected", nameof(facts));
        }
    }
}
