using System.CommandLine;
using Tars.Application.Schedules;
using Tars.Application.Stores;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Store;
using Tars.Observability.TimeSeries;
using Tars.Storage.Schedules;

namespace Tars.Cli.Commands.Schedules;

/// <summary><c>tars schedules run</c>: runs one now.</summary>
internal static class SchedulesRunCommand
{
    private static readonly Argument<string> Name = new("NAME") { Description = "The schedule" };

    public static Command Create()
    {
        TarsCommand run = StoreCommand.Verb(
            "run", "Runs a schedule now, as its command would, and keeps that in the history as a manual run", [], RunAsync, "tars schedules run morning");
        run.Arguments.Add(Name);
        return run;
    }

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        ScheduleAccess access = ScheduleAccess.Of(run);
        ScheduleSettings schedule = access.Find(run.Value(Name)!);
        OpenedStore opened = await access.OpenAsync(run, cancellationToken).ConfigureAwait(false);
        await using (opened.ConfigureAwait(false))
        {
            using CommandTask task = new(run, isShown: true);
            SchedulingOptions options = new();
            ScheduleReplica replica = new(opened.Rows, [], task, options, run.Time, what => Told(run, what));
            (TaskResult? result, ScheduledRun? goesOn) = await replica.RunNowAsync(schedule, cancellationToken).ConfigureAwait(false);
            if (goesOn is not null)
            {
                throw new UsageException(
                    $"{schedule.Name}: a run goes on since {Instants.Format(goesOn.Started)} on {goesOn.Owner}, and two never run at once",
                    goesOn.LeaseUntil is { } until ? $"wait for its end; if its replica died, it counts as lost from {Instants.Format(until)} on" : null);
            }

            cancellationToken.ThrowIfCancellationRequested();
            run.Audit.Tell("schedule", schedule.Name);
            run.Audit.Tell("schedule_outcome", ScheduleAccess.WordOf(result!.Outcome));
            run.Console.Note($"{schedule.Name}: {ScheduleAccess.WordOf(result.Outcome)}");
            return task.ExitCode ?? ExitCode.Environment;
        }
    }

    private static void Told(CommandRun run, ScheduleEvent what)
    {
        switch (what)
        {
            case ScheduleEvent.Settled settled:
                run.Console.Warn($"{settled.Run.Schedule}: the run planned for {Instants.Format(settled.Run.Planned)} is {ScheduleAccess.WordOf(settled.Run.Outcome)}: {settled.Run.Owner} did not come back");
                break;
            case ScheduleEvent.StoreFails fails:
                run.Console.Warn(fails.Reason);
                break;
            case ScheduleEvent.TooLate:
                run.Console.Warn("the claim did not hold until the end; the history says what counts");
                break;
        }
    }
}
