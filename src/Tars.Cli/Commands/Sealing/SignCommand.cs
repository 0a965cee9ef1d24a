using System.CommandLine;
using System.Text;
using Tars.Application.Sealing;
using Tars.Cli.CommandLine;
using Tars.Reports;
using Tars.Sealing.CanonicalJson;
using Tars.Sealing.Envelopes;
using Tars.Sealing.Signatures;
using Tars.Sealing.Verification;

namespace Tars.Cli.Commands.Sealing;

/// <summary><c>tars sign FILE…</c>: one envelope over files of a folder, or a signature beside each.</summary>
internal static class SignCommand
{
    private const string EmbeddedSuffix = ".signed.json";
    private const long MostEmbeddedBytes = 64 << 20;

    private static readonly Argument<string[]> Files = new("FILE") { Description = "The files; for one envelope, of one folder", Arity = ArgumentArity.OneOrMore };

    private static readonly Option<bool> Detached = CommonOptions.Flag("--detached", "FILE.sig beside each file in place of one envelope");

    private static readonly Option<bool> Embedded = CommonOptions.Flag("--embedded", "NAME.signed.json beside each JSON file: its value and a signature that survives re-formatting");

    public static Command Create()
    {
        TarsCommand sign = TarsCommand.Verb(
            "sign", "Signs files: one envelope beside the first, or FILE.sig beside each", [Detached, Embedded, CommonOptions.Timestamp, .. SealingOptions.Keys], RunAsync,
            "tars sign captures/week/SHA256SUMS --ring keys", "tars sign --detached report.pdf --ring keys", "tars sign --embedded report.json --ring keys");
        sign.Arguments.Add(Files);
        return sign;
    }

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        string[] files = run.Value(Files)!;
        if (files.FirstOrDefault(file => !File.Exists(file)) is { } missing)
        {
            throw new UsageException($"{missing}: there is no such file");
        }

        if (run.Has(Detached) && run.Has(Embedded))
        {
            throw new UsageException("--detached and --embedded: one of them says where the signature goes");
        }

        bool apart = run.Has(Detached) || run.Has(Embedded);
        if (!apart && files.DistinctBy(FileEnvelope.FolderOf).Count() > 1)
        {
            throw new UsageException("an envelope lies beside the files it names, and these are in several folders", "sign folder by folder, or use --detached");
        }

        if (apart && run.Value(CommonOptions.Timestamp) is not null)
        {
            throw new UsageException($"{CommonOptions.Timestamp.Name}: a timestamp is over an envelope's statement, and --detached and --embedded make none", "leave one of them out");
        }

        SealingSettings settings = SealingOptions.Of(run);
        using SigningKeys keys = new KeyRingAccess(settings, run.Time).OpenSigning();
        using TimestampAuthority? authority = apart ? null : TimestampAuthority.Open(settings.Timestamp, run.Time);
        foreach (string warning in keys.Warnings)
        {
            run.Console.Warn(warning);
        }

        try
        {
            if (apart)
            {
                foreach (ReportFile signature in run.Has(Detached)
                    ? await DetachedAsync(files, keys, cancellationToken).ConfigureAwait(false)
                    : await EmbeddedAsync(run, files, keys, cancellationToken).ConfigureAwait(false))
                {
                    await FileEnvelope.WriteAsync(run, [signature], [], cancellationToken).ConfigureAwait(false);
                }
            }
            else
            {
                IReadOnlyList<Subject> subjects = await SubjectsAsync(files, cancellationToken).ConfigureAwait(false);
                await FileEnvelope.SignAsync(run, files[0], subjects, keys, authority, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SealingException(exception.Message, null, exception);
        }

        return ExitCode.Ok;
    }

    private static async Task<IReadOnlyList<Subject>> SubjectsAsync(string[] files, CancellationToken cancellationToken)
    {
        List<Subject> subjects = [];
        foreach (string file in files.DistinctBy(Path.GetFullPath))
        {
            string digest = await SubjectFiles.DigestAsync(file, cancellationToken).ConfigureAwait(false) ?? throw new FileNotFoundException($"{file}: it is no longer there");
            subjects.Add(new Subject(Path.GetFileName(file), digest));
        }

        return subjects;
    }

    private static async Task<IReadOnlyList<ReportFile>> DetachedAsync(string[] files, SigningKeys keys, CancellationToken cancellationToken)
    {
        List<ReportFile> signatures = [];
        foreach (string file in files)
        {
            FileStream content = File.OpenRead(file);
            await using (content.ConfigureAwait(false))
            {
                DetachedSignatures signed = await DetachedSignatures.SignAsync(content, keys.Signers, cancellationToken).ConfigureAwait(false);
                signatures.Add(new ReportFile(file + DetachedSignatures.FileSuffix, "text/plain", Encoding.ASCII.GetBytes(signed.ToString())));
            }
        }

        return signatures;
    }

    private static async Task<IReadOnlyList<ReportFile>> EmbeddedAsync(CommandRun run, string[] files, SigningKeys keys, CancellationToken cancellationToken)
    {
        List<ReportFile> signed = [];
        foreach (string file in files)
        {
            // Read as a whole: the canonical form sorts names, so it cannot be streamed.
            if (new FileInfo(file).Length > MostEmbeddedBytes)
            {
                throw new UsageException($"{file}: a signature is embedded in at most {MostEmbeddedBytes >> 20} MiB", "sign it with --detached");
            }

            byte[] content = await File.ReadAllBytesAsync(file, cancellationToken).ConfigureAwait(false);
            if (CanonicalText.Of(content) is CanonicalText.Malformed malformed)
            {
                throw new UsageException($"{file}: byte {malformed.Offset}: {malformed.Reason}", "--embedded takes JSON that has a canonical form; --detached takes any file");
            }

            byte[] result = EmbeddedSignature.Sign(content, keys.Signers[0], run.Time.GetUtcNow(), RunSealing.Signer);
            signed.Add(new ReportFile(Path.ChangeExtension(file, null) + EmbeddedSuffix, "application/json", result));
        }

        return signed;
    }
}
