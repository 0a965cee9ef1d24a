using System.CommandLine;
using System.Threading.Channels;
using Tars.Application.Schedules;
using Tars.Application.Stores;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Store;
using Tars.Configuration.Scalars;
using Tars.Observability.TimeSeries;

namespace Tars.Cli.Commands.Schedules;

/// <summary><c>tars schedules start</c>: one replica, in the foreground, until it is told to end.</summary>
internal static class SchedulesStartCommand
{
    private static readonly TimeSpan LongestDrain = TimeSpan.FromHours(1);
    private static readonly Option<string?> Drain = CommonOptions.Text("--drain", "DURATION", "How long runs that go on are waited for at the end, before they are stopped; default 25s");

    public static Command Create()
    {
        TarsCommand start = StoreCommand.Verb(
            "start", "Follows the schedules until it is ended (Ctrl-C, SIGTERM); any number of replicas share a store, and each planned run is one replica's", [Drain], RunAsync,
            "tars schedules start", "tars schedules start --drain 5m");
        start.EndsWithin = LongestDrain + TimeSpan.FromMinutes(1);
        return start;
    }

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        SchedulingOptions options = new();
        options = options with { Drain = CommonOptions.Duration(Drain, run.Value(Drain)) ?? options.Drain };
        if (options.Drain > LongestDrain)
        {
            throw new UsageException($"{Drain.Name}: {DurationText.Format(options.Drain)} is too long; at most {DurationText.Format(LongestDrain)}");
        }

        ScheduleAccess access = ScheduleAccess.Of(run);
        if (access.Schedules.Count == 0)
        {
            throw new UsageException("the configuration has no schedules", $"write for example {ScheduleAccess.Example}");
        }

        OpenedStore opened = await access.OpenAsync(run, cancellationToken).ConfigureAwait(false);
        await using (opened.ConfigureAwait(false))
        {
            await FollowAsync(run, access, opened, options, cancellationToken).ConfigureAwait(false);
        }

        return ExitCode.Ok;
    }

    private static async Task FollowAsync(CommandRun run, ScheduleAccess access, OpenedStore opened, SchedulingOptions options, CancellationToken cancellationToken)
    {
        using CommandTask task = new(run, isShown: false);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Channel<ScheduleEvent> told = Channel.CreateUnbounded<ScheduleEvent>(new UnboundedChannelOptions { SingleReader = true });
        ScheduleReplica replica = new(opened.Rows, access.Schedules, task, options, run.Time, what => told.Writer.TryWrite(what));
        run.Console.Say($"replica {replica.Name}, store {opened.Rows.Location}");
        foreach (ScheduleSettings schedule in access.Schedules)
        {
            run.Console.Say($"{schedule.Name}: {schedule.TaskName} at {schedule.Cron} ({schedule.TimeZone.Id}), next {(new PlannedTimes(schedule).After(run.Time.GetUtcNow()) is { } next ? Instants.Format(next) : "never")}");
        }

        await run.Console.Output.FlushAsync(cancellationToken).ConfigureAwait(false);
        Task telling = TellAsync(run, told.Reader, () => stop.CancelAsync());
        try
        {
            await replica.RunAsync(stop.Token).ConfigureAwait(false);
        }
        finally
        {
            told.Writer.Complete();
            await telling.ConfigureAwait(false);
        }
    }

    /// <summary>One line for each thing that happened. What cannot be audited ends the replica.</summary>
    private static async Task TellAsync(CommandRun run, ChannelReader<ScheduleEvent> told, Func<Task> stop)
    {
        try
        {
            await foreach (ScheduleEvent what in told.ReadAllAsync().ConfigureAwait(false))
            {
                await ScheduleTelling.TellAsync(run, what).ConfigureAwait(false);
            }
        }
        catch
        {
            await stop().ConfigureAwait(false);
            throw;
        }
    }
}
