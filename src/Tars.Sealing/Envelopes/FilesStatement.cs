using Tars.Sealing.CanonicalJson;

namespace Tars.Sealing.Envelopes;

/// <summary>The statement that somebody signs over files of whatever origin: which files, when and by whom, and nothing about how they came to be.</summary>
public static class FilesStatement
{
    /// <summary>Its predicate type.</summary>
    public const string PredicateType = "urn:tars:predicate:files:1";

    /// <summary>Makes the statement.</summary>
    /// <param name="files">At least one; names without folders, each once.</param>
    /// <param name="signedAt">When it is signed, as the signer says.</param>
    /// <param name="signer">Who signs, as the signer says; null when it is not to be told.</param>
    /// <exception cref="ArgumentException">There is no file, a name twice, a name with a folder, or a digest that is none.</exception>
    public static Statement Of(IReadOnlyList<Subject> files, DateTimeOffset signedAt, string? signer)
    {
        ArgumentNullException.ThrowIfNull(files);
        if (files.Count == 0 || files.DistinctBy(file => file.Name).Count() != files.Count)
        {
            throw new ArgumentException($"{files.Count} files; at least one is expected, with different names", nameof(files));
        }

        return files.FirstOrDefault(file => file.Name.Length == 0 || file.Name.AsSpan().ContainsAny('/', '\\') || !Digest.IsSha256(file.Sha256)) is { } wrong
            ? throw new ArgumentException($"\"{wrong.Name}\" with \"{wrong.Sha256}\": a file name without folders and 64 lower-case hexadecimal digits are expected", nameof(files))
            : new Statement(files, PredicateType, JsonTree.Of(("signed_at", JsonTree.Of(Utc.Text(signedAt))), ("signer", JsonTree.Of(signer))));
    }

    /// <summary>When and by whom it was signed, as the signer says.</summary>
    /// <param name="statement">A statement whose predicate type is <see cref="PredicateType"/>.</param>
    /// <exception cref="FormatException">The predicate is not of that type's form; the message names the field.</exception>
    public static (DateTimeOffset SignedAt, string? Signer) ClaimOf(Statement statement)
    {
        ArgumentNullException.ThrowIfNull(statement);
        JsonFields fields = new(statement.Predicate, "predicate");
        (DateTimeOffset SignedAt, string? Signer) claim = (fields.Time("signed_at"), fields.OptionalText("signer"));
        fields.End();
        return claim;
    }
}
