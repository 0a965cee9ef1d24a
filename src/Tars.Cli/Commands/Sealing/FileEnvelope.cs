using Tars.Application.Publishing;
using Tars.Application.Sealing;
using Tars.Cli.CommandLine;
using Tars.Reports;
using Tars.Sealing.Envelopes;

namespace Tars.Cli.Commands.Sealing;

/// <summary>An envelope over files that are there already, with its timestamp where one is asked for.</summary>
internal static class FileEnvelope
{
    /// <summary>Signs and writes <c>FIRST.dsse.json</c> beside the files.</summary>
    /// <param name="run">Tells what was written.</param>
    /// <param name="first">The path of the file that names the envelope.</param>
    /// <param name="subjects">Names and digests of the files, all of that folder.</param>
    /// <param name="keys">Sign.</param>
    /// <param name="authority">Dates; null when nobody does.</param>
    /// <param name="cancellationToken">Breaks off.</param>
    public static async Task SignAsync(
        CommandRun run, string first, IReadOnlyList<Subject> subjects, SigningKeys keys, TimestampAuthority? authority, CancellationToken cancellationToken)
    {
        Statement statement = FilesStatement.Of(subjects, run.Time.GetUtcNow(), RunSealing.Signer);
        Envelope envelope = Envelope.Sign(Envelope.StatementType, statement.ToUtf8(), keys.Signers);
        IReadOnlyList<ReportFile> signed = await ReportSealing.SignedFilesAsync(first + Envelope.FileSuffix, envelope, authority, cancellationToken).ConfigureAwait(false);

        // What is replaced is the timestamp of an older envelope, which is not the new one's.
        await WriteAsync(run, signed, authority is null ? [Path.GetFileName(signed[0].Name) + TimestampAuthority.FileSuffix] : [], cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes files of one folder, all or none, and tells their names.</summary>
    public static async Task WriteAsync(CommandRun run, IReadOnlyList<ReportFile> files, IReadOnlyList<string> replaced, CancellationToken cancellationToken)
    {
        string folder = FolderOf(files[0].Name);
        ReportFile[] named = [.. files.Select(file => file with { Name = Path.GetFileName(file.Name) })];
        await new ReportDirectory(folder).ReplaceAsync(new Report("sign", named), replaced, cancellationToken).ConfigureAwait(false);
        foreach (ReportFile file in named)
        {
            AuditedRun.Wrote(run.Audit, file);
            run.Console.Say($"wrote {Path.Combine(folder, file.Name)}");
        }
    }

    /// <summary>The folder of a path; <c>.</c> for a bare name.</summary>
    public static string FolderOf(string path) => Path.GetDirectoryName(path) is { Length: > 0 } folder ? folder : ".";
}
