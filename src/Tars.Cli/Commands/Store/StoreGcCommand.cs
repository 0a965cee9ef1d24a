using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Tars.Application.Stores;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Config;
using Tars.Compliance.Audit;
using Tars.Storage.Reports;

namespace Tars.Cli.Commands.Store;

/// <summary><c>tars store gc</c>: removes reports that outlived the policy, and files that nothing points to.</summary>
internal static class StoreGcCommand
{
    private static readonly Option<bool> DryRun = CommonOptions.Flag("--dry-run", "Says what would be removed, and removes nothing");

    private static readonly Option<bool> FilesOnly = CommonOptions.Flag("--files-only", "Keeps reports whatever their age");

    public static Command Create() => StoreCommand.Verb(
        "gc", "Removes reports older than compliance.retention_metrics, and files a day old to which nothing points", [DryRun, FilesOnly, ConfigFormat.TableOrJson], RunAsync,
        "tars store gc --dry-run", "tars store gc --files-only -o json");

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        StoreAccess access = StoreAccess.Of(run);
        bool isHeld = access.Audit.IsKept && Directory.Exists(access.Audit.Log) && Retention.HoldOf(access.Audit.Log) is not null;
        if (isHeld && !run.Has(FilesOnly))
        {
            run.Console.Warn("a hold is set in the audit log: no report is removed");
        }

        OpenedStore opened = await access.OpenAsync(run, cancellationToken).ConfigureAwait(false);
        await using (opened.ConfigureAwait(false))
        {
            if (!run.Has(DryRun))
            {
                await StoreRecoverCommand.RecoverAsync(run, opened, cancellationToken).ConfigureAwait(false);
            }

            StoreCollecting collecting = new(opened.Rows, opened.Files, run.Time)
            {
                KeepsReports = isHeld || run.Has(FilesOnly) ? null : TimeSpan.FromDays(access.Loaded.Section("compliance").Integer("retention_metrics")),
            };
            StoreGarbage garbage = await collecting.FindAsync(StoreAccess.Progress(run), cancellationToken).ConfigureAwait(false);
            if (!run.Has(DryRun))
            {
                // Killed in the middle, the log knows which reports have gone; 'tars store check' reads it there.
                await (garbage.Reports.Count == 0 ? Task.CompletedTask : run.Audit.NoteAsync(LogComparison.RemovingType, Removed(garbage))).ConfigureAwait(false);
                garbage = await collecting.RemoveAsync(garbage, StoreAccess.Progress(run), cancellationToken).ConfigureAwait(false);
                run.Audit.Tell("removed_reports", garbage.Reports.Count);
                run.Audit.Tell("removed_blobs", garbage.Files.Count + garbage.Unlisted.Count);
            }

            Tell(run, garbage);
            return ExitCode.Ok;
        }
    }

    private static JsonObject Removed(StoreGarbage garbage) => new() { ["removed_reports"] = new JsonArray([.. garbage.Reports.Select(report => (JsonNode)Json(report))]) };

    private static JsonObject Json(StoredReport report) => new()
    {
        ["report"] = report.Id,
        ["run_id"] = report.RunId.ToString(),
        ["name"] = report.Name,
        ["date"] = report.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        ["content_sha256"] = report.ContentDigest,
    };

    private static void Tell(CommandRun run, StoreGarbage garbage)
    {
        bool isDry = run.Has(DryRun);
        if (ConfigFormat.IsJson(run))
        {
            ConfigFormat.WriteJson(run.Console, new JsonObject
            {
                ["dry_run"] = isDry,
                ["reports_before"] = garbage.Before?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                ["reports"] = new JsonArray([.. garbage.Reports.Select(report => (JsonNode)Json(report))]),
                ["unreferenced_files"] = garbage.Files.Count,
                ["unlisted_files"] = garbage.Unlisted.Count,
                ["bytes"] = garbage.Bytes,
                ["leftovers"] = garbage.Leftovers,
            });
            return;
        }

        string verb = isDry ? "would remove" : "removed";
        run.Console.Say($"{verb} {StoreAccess.Count(garbage.Reports.Count, "report")}{(garbage.Before is { } before ? string.Create(CultureInfo.InvariantCulture, $" from before {before:yyyy-MM-dd}") : string.Empty)}");
        foreach (StoredReport report in garbage.Reports.Take(20))
        {
            run.Console.Say(string.Create(CultureInfo.InvariantCulture, $"  {report.Id}  {report.Kind}  {report.Date:yyyy-MM-dd}"));
        }

        if (garbage.Reports.Count > 20)
        {
            run.Console.Say($"  and {garbage.Reports.Count - 20} more; -o json has them all");
        }

        run.Console.Say($"{verb} {StoreAccess.Count(garbage.Files.Count + garbage.Unlisted.Count, "file")} to which nothing points, {StoreAccess.Bytes(garbage.Bytes)}");
        if (garbage.Reports.Count > 0)
        {
            run.Console.Say("the files of removed reports follow once they are a day old");
        }
    }
}
