using System.Security.Cryptography;
using Tars.Sealing.Envelopes;
using Tars.Sealing.Signatures;

namespace Tars.Sealing.Verification;

/// <summary>Compares the files of a folder with the subjects of a statement. The statement must have been verified: nothing here asks who made it.</summary>
public static class SubjectFiles
{
    private const int MostListed = 20;
    private const int ReadAtOnce = 1 << 20;
    private const string TimestampSuffix = Envelope.FileSuffix + ".tsr";

    /// <summary>Digests each file that a statement names.</summary>
    /// <param name="statement">A verified statement.</param>
    /// <param name="folder">Where the files lie.</param>
    /// <param name="cancellationToken">Breaks off.</param>
    /// <returns>One finding for each subject, in their order.</returns>
    /// <exception cref="SubjectFileException">A file is there and cannot be read.</exception>
    /// <exception cref="FormatException">The statement is of a run, and its predicate is not of that form; the message names the field.</exception>
    public static async Task<IReadOnlyList<SubjectFinding>> CompareAsync(Statement statement, string folder, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(statement);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        IReadOnlyList<SealedForm> forms = RunStatement.SealedFormsOf(statement);
        List<SubjectFinding> findings = [];
        foreach (Subject subject in statement.Subjects)
        {
            findings.Add(await CompareAsync(subject, folder, forms.Any(form => form.SealedName == subject.Name), cancellationToken));
        }

        HashSet<string> intact = [.. findings.OfType<SubjectFinding.Intact>().Select(finding => finding.Name)];
        return [.. findings.Select(finding => finding is SubjectFinding.Missing && OtherOf(finding.Name, forms) is { } other && intact.Contains(other)
            ? new SubjectFinding.OtherForm(finding.Name, other)
            : finding)];
    }

    /// <summary>
    /// What lies in a folder and is named by none of the statements: nothing vouches for it. Envelopes, their timestamps, and signatures of
    /// files that are there are not among it. A folder in the folder is, with a slash after its name; nobody looks into it.
    /// </summary>
    /// <param name="statements">Verified statements.</param>
    /// <param name="folder">The folder.</param>
    /// <returns>Names, sorted (ordinal).</returns>
    /// <exception cref="SubjectFileException">The folder cannot be read.</exception>
    public static IReadOnlyList<string> NotNamed(IEnumerable<Statement> statements, string folder)
    {
        ArgumentNullException.ThrowIfNull(statements);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        HashSet<string> named = [.. statements.SelectMany(statement => statement.Subjects).Select(subject => subject.Name)];
        try
        {
            HashSet<string> files = [.. Directory.EnumerateFiles(folder).Select(file => Path.GetFileName(file))];
            IEnumerable<string> folders = Directory.EnumerateDirectories(folder).Select(inner => Path.GetFileName(inner) + "/");
            return [.. files.Where(file => !named.Contains(file) && !Accompanies(file, files)).Concat(folders).Order(StringComparer.Ordinal)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SubjectFileException(folder, exception);
        }
    }

    /// <summary>What is to be said of the files beside one envelope that it does not name; null when there are none. Nothing speaks against them, and nothing for them.</summary>
    /// <param name="statement">The envelope's verified statement.</param>
    /// <param name="folder">The folder.</param>
    /// <exception cref="SubjectFileException">The folder cannot be read.</exception>
    public static string? NoteOfOthers(Statement statement, string folder)
    {
        IReadOnlyList<string> others = NotNamed([statement], folder);
        return others.Count == 0 ? null
            : $"it says nothing of what else lies beside it: {string.Join(", ", others.Take(MostListed))}{(others.Count > MostListed ? $" and {others.Count - MostListed} more" : string.Empty)}";
    }

    /// <summary>The SHA-256 of a file: 64 lower-case hexadecimal digits; null when there is none of that name.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Breaks off.</param>
    /// <exception cref="SubjectFileException">It is there and cannot be read.</exception>
    public static async Task<string?> DigestAsync(string path, CancellationToken cancellationToken = default)
    {
        try
        {
            await using FileStream file = new(path, new FileStreamOptions { Share = FileShare.Read | FileShare.Delete, BufferSize = 0, Options = FileOptions.SequentialScan });
            return Convert.ToHexStringLower(file.CanSeek && file.Length <= ReadAtOnce ? DigestAtOnce(file) : await SHA256.HashDataAsync(file, cancellationToken));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SubjectFileException(path, exception);
        }
    }

    // To hand a small file to another thread costs more than to read it, and the first time a pool of threads.
    private static byte[] DigestAtOnce(FileStream file) => SHA256.HashData(file);

    private static async Task<SubjectFinding> CompareAsync(Subject subject, string folder, bool isSealed, CancellationToken cancellationToken)
    {
        if (subject.Name is "" or "." or ".." || subject.Name.AsSpan().ContainsAny('/', '\\', '\0'))
        {
            return new SubjectFinding.NoFileName(subject.Name);
        }

        string? found = await DigestAsync(Path.Combine(folder, subject.Name), cancellationToken);
        return found is null ? new SubjectFinding.Missing(subject.Name, subject.Sha256)
            : found == subject.Sha256 ? new SubjectFinding.Intact(subject.Name, found)
            : new SubjectFinding.Differs(subject.Name, subject.Sha256, found, isSealed);
    }

    private static string? OtherOf(string name, IReadOnlyList<SealedForm> forms) =>
        forms.FirstOrDefault(form => form.PlainName == name)?.SealedName ?? forms.FirstOrDefault(form => form.SealedName == name)?.PlainName;

    private static bool Accompanies(string file, HashSet<string> files) =>
        file.EndsWith(Envelope.FileSuffix, StringComparison.Ordinal)
        || (file.EndsWith(TimestampSuffix, StringComparison.Ordinal) && files.Contains(Path.GetFileNameWithoutExtension(file)))
        || (file.EndsWith(DetachedSignatures.FileSuffix, StringComparison.Ordinal) && files.Contains(file[..^DetachedSignatures.FileSuffix.Length]));
}
