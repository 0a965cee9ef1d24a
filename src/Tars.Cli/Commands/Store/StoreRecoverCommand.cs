using System.CommandLine;
using System.Text.Json.Nodes;
using Tars.Application.Publishing;
using Tars.Application.Stores;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Config;

namespace Tars.Cli.Commands.Store;

/// <summary><c>tars store recover</c>: brings runs to their end whose process did not come back, without waiting for the next run.</summary>
internal static class StoreRecoverCommand
{
    public static Command Create() => StoreCommand.Verb(
        "recover", "Brings runs to their end whose process did not come back: kept and told to the audit log, or given up and told", [ConfigFormat.TableOrJson], RunAsync,
        "tars store recover", "tars store recover -o json");

    /// <summary>Does so, before something else is done to a store, and tells what became of each.</summary>
    public static async Task<RecoveredRuns> RecoverAsync(CommandRun run, OpenedStore opened, CancellationToken cancellationToken)
    {
        RecoveredRuns recovered = await PublicationRecovery.RunAsync(opened, run.Audit, run.Time, cancellationToken).ConfigureAwait(false);
        RunKeeping.Tell(recovered.Runs, run.Console);
        return recovered;
    }

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        OpenedStore opened = await StoreAccess.Of(run).OpenAsync(run, cancellationToken).ConfigureAwait(false);
        await using (opened.ConfigureAwait(false))
        {
            RecoveredRuns recovered = await RecoverAsync(run, opened, cancellationToken).ConfigureAwait(false);
            int completed = recovered.Runs.Count(one => one is { Problem: null, IsCompleted: true });
            int givenUp = recovered.Runs.Count(one => one is { Problem: null, IsCompleted: false });
            int left = recovered.Runs.Count(one => one.Problem is not null);
            run.Audit.Tell("completed_runs", completed);
            run.Audit.Tell("abandoned_runs", givenUp);
            if (ConfigFormat.IsJson(run))
            {
                ConfigFormat.WriteJson(run.Console, new JsonObject
                {
                    ["store"] = opened.Rows.Location,
                    ["runs"] = new JsonArray([.. recovered.Runs.Select(one => (JsonNode)Json(one))]),
                    ["elsewhere"] = recovered.Elsewhere,
                    ["under_way"] = recovered.UnderWay,
                });
            }
            else
            {
                run.Console.Say($"{StoreAccess.Count(completed, "run")} completed, {givenUp} given up{(left > 0 ? $", {left} left" : string.Empty)}: {opened.Rows.Location}");
                if (recovered.Elsewhere > 0)
                {
                    run.Console.Say($"  {StoreAccess.Count(recovered.Elsewhere, "run")} broke off whose audit log is not kept here; recover where it is");
                }

                if (recovered.UnderWay > 0)
                {
                    run.Console.Say($"  {StoreAccess.Count(recovered.UnderWay, "run")} under way");
                }
            }

            return left == 0 ? ExitCode.Ok : ExitCode.Environment;
        }
    }

    private static JsonObject Json(RecoveredRun one) => new()
    {
        ["run_id"] = one.RunId.ToString(),
        ["command"] = one.Command,
        ["state"] = one.Problem is not null ? "left" : one.IsCompleted ? "completed" : "abandoned",
        ["problem"] = one.Problem,
    };
}
