using System.CommandLine;
using System.Text.Json.Nodes;
using Tars.Application.Stores;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Config;

namespace Tars.Cli.Commands.Store;

/// <summary><c>tars store check</c>: whether rows, files, seals and audit log agree.</summary>
internal static class StoreCheckCommand
{
    private static readonly Option<bool> Quick = CommonOptions.Flag("--quick", "Compares the sizes of files without reading them");

    public static Command Create() => StoreCommand.Verb(
        "check", "Compares rows, files, seals and audit log, and says exactly what differs", [Quick, StoreAccess.Trust, SealingOptions.Ring, ConfigFormat.TableOrJson], RunAsync,
        "tars store check", "tars store check --trust keys/trusted -o json", "tars store check --quick");

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        StoreAccess access = StoreAccess.Of(run);
        OpenedStore opened = await access.OpenAsync(run, cancellationToken).ConfigureAwait(false);
        StoreCheckResult result;
        await using (opened.ConfigureAwait(false))
        {
            StoreChecking checking = new(opened.Rows, opened.Files, access.Audit.IsKept ? access.Audit : null, run.Time)
            {
                Trust = access.TrustOf(run),
                RequiresCosignature = access.Sealing.RequiresCosignature,
                ReadsFiles = !run.Has(Quick),
            };
            result = await checking.RunAsync(StoreAccess.Progress(run), cancellationToken).ConfigureAwait(false);
            Tell(run, opened, result);
        }

        run.Audit.Tell("verified", result.Differences.Count == 0);
        run.Audit.Tell("differences", result.Differences.Count);
        return result.Differences.Count == 0 ? ExitCode.Ok : ExitCode.Negative;
    }

    private static void Tell(CommandRun run, OpenedStore opened, StoreCheckResult result)
    {
        StoreCheckCounts counts = result.Counts;
        if (ConfigFormat.IsJson(run))
        {
            ConfigFormat.WriteJson(run.Console, new JsonObject
            {
                ["clean"] = result.Differences.Count == 0,
                ["store"] = opened.Rows.Location,
                ["files"] = opened.Files.Place,
                ["counts"] = StoreAccess.Counts(
                [
                    new("reports", counts.Reports), new("sealed", counts.Sealed), new("unsigned", counts.Unsigned), new("files", counts.Blobs), new("file_bytes", counts.BlobBytes),
                    new("unreferenced_files", counts.Unreferenced), new("unlisted_files", counts.Unlisted), new("runs", counts.Runs), new("runs_in_audit_log", counts.InLog),
                    new("runs_outlived_in_audit_log", counts.OutlivedInLog), new("runs_under_way", counts.UnderWay), new("runs_broken_off", counts.BrokenOff),
                ]),
                ["differences"] = new JsonArray([.. result.Differences.Select(one => (JsonNode)new JsonObject { ["part"] = one.Part, ["key"] = one.Key, ["what"] = one.What })]),
                ["not_checked"] = ConfigFormat.List(result.NotChecked),
            });
            return;
        }

        run.Console.Say(result.Differences.Count == 0 ? $"clean: {opened.Rows.Location}" : $"{StoreAccess.Count(result.Differences.Count, "difference")}: {opened.Rows.Location}");
        foreach (StoreDifference one in result.Differences)
        {
            run.Console.Say($"  {one.Part}: {one.Key}: {one.What}");
        }

        run.Console.Say($"  {StoreAccess.Count(counts.Reports, "report")}: {counts.Sealed} sealed and verified, {counts.Unsigned} unsigned");
        run.Console.Say($"  {StoreAccess.Count(counts.Blobs, "file")}, {StoreAccess.Bytes(counts.BlobBytes)}, in {opened.Files.Place}");
        run.Console.Say($"  {StoreAccess.Count(counts.Runs, "run")}: the outcome of {counts.InLog} is in the audit log with the same digests");
        if (counts.OutlivedInLog > 0)
        {
            run.Console.Say($"  {StoreAccess.Count(counts.OutlivedInLog, "run")} older than the audit log goes back");
        }

        if (counts.BrokenOff > 0)
        {
            run.Console.Say($"  {StoreAccess.Count(counts.BrokenOff, "run")} broke off; 'tars store recover', or the next run that keeps a report, ends what is left of them");
        }

        if (counts.Unreferenced + counts.Unlisted > 0)
        {
            run.Console.Say($"  {StoreAccess.Count(counts.Unreferenced + counts.Unlisted, "file")} to which nothing points; 'tars store gc' removes them once they are a day old");
        }

        foreach (string left in result.NotChecked)
        {
            run.Console.Warn(left);
        }
    }
}
