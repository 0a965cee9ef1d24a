using System.Security.Cryptography.X509Certificates;
using Tars.Sealing.Envelopes;
using Tars.Sealing.Signatures;
using Tars.Sealing.Verification;
using Tars.Verify.Checks;

namespace Tars.Verify;

/// <summary>Decides what each path is and checks it: envelopes first, since captures and sealed files ask what verified envelopes name.</summary>
internal sealed class Examination(VerifyArguments arguments, TrustedKeys trust, X509Certificate2Collection? authorities)
{
    private const string CaptureSums = "SHA256SUMS";

    private readonly EnvelopeCheck _envelopes = new(trust, arguments.RequireCosignature, authorities);
    private readonly List<Finding> _findings = [];

    internal async Task<IReadOnlyList<Finding>> RunAsync(IReadOnlyList<string> paths)
    {
        string[] reports = [.. paths.Where(path => Directory.Exists(path) && !IsCapture(path))];
        foreach (string path in paths.Where(IsEnvelope))
        {
            await AddEnvelopeAsync(path, tellsOthers: true);
        }

        foreach (string folder in reports)
        {
            await AddFolderAsync(folder);
        }

        foreach (string path in paths.Where(path => !IsEnvelope(path) && !reports.Contains(path)))
        {
            _findings.AddRange(IsCapture(path) ? await CaptureCheck.RunAsync(path, _envelopes.Statements) : [await FileAsync(path)]);
        }

        return _findings;
    }

    private static bool IsCapture(string path) => File.Exists(Path.Combine(path, CaptureSums));

    private static bool IsEnvelope(string path) => path.EndsWith(Envelope.FileSuffix, StringComparison.Ordinal) && !Directory.Exists(path);

    private static string FolderOf(string file) => Path.GetDirectoryName(Path.GetFullPath(file))!;

    private static string[] FilesOf(string folder, string suffix) =>
        [.. Directory.EnumerateFiles(folder).Where(file => file.EndsWith(suffix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    // Whoever names one envelope does not ask for a folder's other files, and is not to take them for verified either. A folder's are judged.
    private async Task<Statement?> AddEnvelopeAsync(string path, bool tellsOthers)
    {
        (Finding finding, Statement? statement) = _envelopes.Run(path);
        string? others = tellsOthers && statement is not null ? SubjectFiles.NoteOfOthers(statement, FolderOf(path)) : null;
        _findings.Add(others is null ? finding : finding with { Notes = [.. finding.Notes, $"{others}; give the folder to have it judged"] });
        if (statement is not null)
        {
            _findings.AddRange(await SubjectCheck.RunAsync(statement, FolderOf(path)));
        }

        return statement;
    }

    private async Task AddFolderAsync(string folder)
    {
        List<Statement> statements = [];
        string[] envelopes = FilesOf(folder, Envelope.FileSuffix);
        foreach (string path in envelopes)
        {
            if (await AddEnvelopeAsync(path, tellsOthers: false) is { } statement)
            {
                statements.Add(statement);
            }
        }

        string[] signatures = [.. FilesOf(folder, DetachedSignatures.FileSuffix).Where(path => File.Exists(SignatureCheck.SignedBy(path)))];
        foreach (string path in signatures)
        {
            _findings.Add(await SignatureCheck.DetachedAsync(path, trust));
        }

        HashSet<string> signed = [.. signatures.Select(path => Path.GetFileName(SignatureCheck.SignedBy(path)))];
        foreach (string name in SubjectFiles.NotNamed(statements, folder).Where(name => !signed.Contains(name)))
        {
            string path = Path.Combine(folder, name);
            _findings.AddRange(IsCapture(path)
                ? await CaptureCheck.RunAsync(path, _envelopes.Statements)
                : [new Finding(path, "file", false, "not named by any verified envelope: nothing vouches for it")]);
        }

        if (envelopes.Length == 0 && signatures.Length == 0)
        {
            _findings.Add(new Finding(folder, "folder", false, "no envelope (*.dsse.json) and no signature (*.sig): there is nothing that could be verified"));
        }
    }

    private async Task<Finding> FileAsync(string path)
    {
        if (path.EndsWith(DetachedSignatures.FileSuffix, StringComparison.Ordinal))
        {
            return await SignatureCheck.DetachedAsync(path, trust);
        }

        string digest = await SubjectFiles.DigestAsync(path) ?? throw new FileNotFoundException($"{path}: there is no such file or folder");
        foreach (string beside in FilesOf(FolderOf(path), Envelope.FileSuffix))
        {
            _envelopes.Run(beside);
        }

        bool isSealed = SealedFileCheck.IsSealed(path);
        return isSealed ? SealedFileCheck.Run(path, digest, _envelopes.Statements)
            : _envelopes.Statements.SelectMany(statement => statement.Subjects).Any(subject => subject.Sha256 == digest && subject.Name == Path.GetFileName(path))
                ? new Finding(path, "file", true, $"named by a verified envelope, sha256 {digest}")
            : File.Exists(path + DetachedSignatures.FileSuffix) ? await SignatureCheck.DetachedAsync(path + DetachedSignatures.FileSuffix, trust)
            : SignatureCheck.Embedded(path, digest, trust);
    }
}
