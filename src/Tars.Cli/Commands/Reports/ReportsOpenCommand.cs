using System.CommandLine;
using System.Text;
using Tars.Application.Stores;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Store;
using Tars.Sealing.Streams;
using Tars.Storage.Reports;

namespace Tars.Cli.Commands.Reports;

/// <summary><c>tars reports open REPORT</c>: one file of a report, as it was written.</summary>
internal static class ReportsOpenCommand
{
    private const string Markdown = "markdown";

    private static readonly Option<string?> Format = CommonOptions.Text("--format", "FORMAT", "Which file: a format that 'tars reports show' names (default markdown)", "-o");

    private static readonly Option<string?> Output = CommonOptions.Text("--output", "FILE", "Where it goes; standard output without it");

    public static Command Create()
    {
        TarsCommand open = StoreCommand.Verb(
            "open", "Writes a file of a report to standard output or a file, after its digest was compared", [.. ReportChoice.Options, Format, Output], RunAsync,
            "tars reports open latest --kind retro", "tars reports open 17 --format html --output retro.html");
        open.Arguments.Add(ReportChoice.Report);
        return open;
    }

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        OpenedStore opened = await ReportChoice.OpenAsync(run, StoreAccess.Of(run), cancellationToken).ConfigureAwait(false);
        await using (opened.ConfigureAwait(false))
        {
            StoredReport report = await ReportChoice.FindAsync(run, opened, cancellationToken).ConfigureAwait(false);
            IReadOnlyList<Rendering> files = await opened.Rows.Reports.RenderingsAsync(report.Id, cancellationToken).ConfigureAwait(false);
            Rendering file = Choose(run, report, files);
            if (file.SealedDigest is not null)
            {
                throw new UsageException($"{file.FileName} is encrypted", $"'tars reports export {report.Id} --output DIR' writes it, and 'tars decrypt' opens it");
            }

            ReadOnlyMemory<byte> content = await new StoredReportFiles(opened.Rows, opened.Files).ReadAsync(file.Blob.Digest, file.FileName, cancellationToken).ConfigureAwait(false);
            if (run.Value(Output) is { } path)
            {
                using ReplacementFile target = new(path, ReplacementFile.OwnerOnly);
                await target.Stream.WriteAsync(content, cancellationToken).ConfigureAwait(false);
                target.Commit();
                run.Console.Note($"wrote {path}: {file.FileName} of report {report.Id}");
            }
            else
            {
                run.Console.Write(Encoding.UTF8.GetString(content.Span));
            }

            return ExitCode.Ok;
        }
    }

    private static Rendering Choose(CommandRun run, StoredReport report, IReadOnlyList<Rendering> files)
    {
        string? asked = run.Value(Format);
        Rendering? file = files.FirstOrDefault(one => one.Format == (asked ?? Markdown)) ?? files.FirstOrDefault(one => one.FileName == asked);
        file ??= asked is null && files.Count > 0 ? files[0] : null;
        return file ?? throw new UsageException(
            files.Count == 0 ? $"report {report.Id} has no files" : $"report {report.Id} has no file of the format {asked}",
            files.Count == 0 ? null : $"it has {string.Join(", ", files.Select(one => one.Format))}");
    }
}
