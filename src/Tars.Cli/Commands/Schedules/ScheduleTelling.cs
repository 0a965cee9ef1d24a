using System.Text.Json.Nodes;
using Tars.Application.Schedules;
using Tars.Cli.CommandLine;
using Tars.Compliance.Audit;
using Tars.Observability.TimeSeries;
using Tars.Storage.Schedules;

namespace Tars.Cli.Commands.Schedules;

/// <summary>What a replica says of what happened: a line for people, and an event in the audit log for what did not run as planned.</summary>
internal static class ScheduleTelling
{
    /// <summary>Tells one thing.</summary>
    public static async Task TellAsync(CommandRun run, ScheduleEvent what)
    {
        switch (what)
        {
            case ScheduleEvent.Began { Run.TakenFrom: { } before } began:
                run.Console.Warn($"{Name(began.Run)}: {before} did not come back; it is run again here");
                await run.Audit.HappenedAsync("schedule.repeated", AuditOutcome.Success, Data(began.Run)).ConfigureAwait(false);
                break;
            case ScheduleEvent.Began:
                break;
            case ScheduleEvent.Ended ended:
                Say(run, $"{Name(ended.Run)}: {ScheduleAccess.WordOf(ended.Result.Outcome)} after {ScheduleAccess.Short(ended.Duration)}{(ended.Result.Reason is { } reason ? $": {reason}" : string.Empty)}");
                JsonObject data = Data(ended.Run);
                data["schedule_outcome"] = ScheduleAccess.WordOf(ended.Result.Outcome);
                await run.Audit.HappenedAsync("schedule.run", ended.Result.Outcome == ScheduledOutcome.Failed ? AuditOutcome.Failure : AuditOutcome.Success, data).ConfigureAwait(false);
                break;
            case ScheduleEvent.TooLate late:
                run.Console.Warn($"{Name(late.Run)}: {ScheduleAccess.WordOf(late.Result.Outcome)} here, but the claim did not hold any more; the history says what counts");
                break;
            case ScheduleEvent.Missed missed:
                run.Console.Warn($"{missed.Schedule}: {missed.Planned.Count} planned {(missed.Planned.Count == 1 ? "run was" : "runs were")} missed, {Instants.Format(missed.Planned[0])}{(missed.Planned.Count > 1 ? $" to {Instants.Format(missed.Planned[^1])}" : string.Empty)}");
                await run.Audit.HappenedAsync(
                    "schedule.missed",
                    AuditOutcome.Failure,
                    new JsonObject { ["schedule"] = missed.Schedule, ["count"] = missed.Planned.Count, ["first"] = Instants.Format(missed.Planned[0]), ["last"] = Instants.Format(missed.Planned[^1]) }).ConfigureAwait(false);
                break;
            case ScheduleEvent.Settled { Run: { } settled }:
                run.Console.Warn($"{settled.Schedule} {Instants.Format(settled.Planned)}: {ScheduleAccess.WordOf(settled.Outcome)}: {settled.Owner} did not come back");
                await run.Audit.HappenedAsync(
                    $"schedule.{ScheduleAccess.WordOf(settled.Outcome)}",
                    settled.Outcome == ScheduledOutcome.Lost ? AuditOutcome.Failure : AuditOutcome.Success,
                    new JsonObject { ["schedule"] = settled.Schedule, ["planned"] = Instants.Format(settled.Planned), ["attempt"] = settled.Attempt }).ConfigureAwait(false);
                break;
            case ScheduleEvent.StandsBack back:
                run.Console.Warn($"{back.Schedule}: another replica has had another definition of it since {Instants.Format(back.Since)}; this one stands back until it is started again");
                break;
            case ScheduleEvent.StoreFails fails:
                run.Console.Warn($"{fails.Schedule}: nothing begins: {fails.Reason}");
                break;
            case ScheduleEvent.StoreAnswers answers:
                run.Console.Note($"{answers.Schedule}: the store answers again");
                break;
        }
    }

    private static void Say(CommandRun run, string line)
    {
        run.Console.Say(line);
        run.Console.Output.Flush();
    }

    private static string Name(TakenRun run) => $"{run.Schedule} {Instants.Format(run.Planned)}{(run.Origin == ScheduledOrigin.Planned ? string.Empty : $" ({ScheduleAccess.WordOf(run.Origin)})")}";

    private static JsonObject Data(TakenRun run) => new()
    {
        ["schedule"] = run.Schedule,
        ["planned"] = Instants.Format(run.Planned),
        ["attempt"] = run.Attempt,
        ["claim"] = run.ClaimId.ToString(),
    };
}
