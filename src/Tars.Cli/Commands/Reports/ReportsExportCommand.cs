using System.CommandLine;
using Tars.Application.Stores;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Store;
using Tars.Storage.Reports;

namespace Tars.Cli.Commands.Reports;

/// <summary><c>tars reports export REPORT --output DIR</c>: a report's files and envelope, as the run wrote them, for somebody who has no store.</summary>
internal static class ReportsExportCommand
{
    private static readonly Option<string?> Output = CommonOptions.Text("--output", "DIR", "The folder that gets them");

    public static Command Create()
    {
        TarsCommand export = StoreCommand.Verb(
            "export", "Writes a report's files and its envelope into a folder that 'tars verify' and 'tars-verify' accept", [.. ReportChoice.Options, Output], RunAsync,
            "tars reports export 17 --output evidence", "tars reports export latest --kind retro --output evidence");
        export.Arguments.Add(ReportChoice.Report);
        return export;
    }

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        string folder = run.Value(Output) is { Length: > 0 } named ? named : throw new UsageException($"{Output.Name} is missing", "write --output evidence");
        OpenedStore opened = await ReportChoice.OpenAsync(run, StoreAccess.Of(run), cancellationToken).ConfigureAwait(false);
        await using (opened.ConfigureAwait(false))
        {
            StoredReport report = await ReportChoice.FindAsync(run, opened, cancellationToken).ConfigureAwait(false);
            IReadOnlyList<string> written = await new StoredReportFiles(opened.Rows, opened.Files).ExportAsync(report, folder, cancellationToken).ConfigureAwait(false);
            foreach (string path in written)
            {
                AuditedRun.Wrote(run.Audit, path);
                run.Console.Say(path);
            }

            if (report.EnvelopeDigest is null)
            {
                run.Console.Warn($"report {report.Id} is not signed: nothing vouches for these files");
            }

            return ExitCode.Ok;
        }
    }
}
