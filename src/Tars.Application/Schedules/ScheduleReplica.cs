using System.Diagnostics;
using Tars.Storage;
using Tars.Storage.Schedules;

namespace Tars.Application.Schedules;

/// <summary>
/// One of any number of replicas that share a store: runs what is planned, each planned instant on one of them. There is no leader. Who claims an instant first in the store
/// runs it, and whoever cannot reach the store runs nothing.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="schedules">The schedules.</param>
/// <param name="task">What they run.</param>
/// <param name="options">How.</param>
/// <param name="time">The clock. It must agree with that of the other replicas to within a fraction of the lease.</param>
/// <param name="tell">Is told of everything that happens, from any thread, one at a time. Must not throw.</param>
public sealed class ScheduleReplica(Store store, IReadOnlyList<ScheduleSettings> schedules, IScheduledTask task, SchedulingOptions options, TimeProvider time, Action<ScheduleEvent> tell)
{
    private readonly Lock _telling = new();

    /// <summary>The replica's name.</summary>
    public string Name => options.Replica;

    /// <summary>
    /// Follows the schedules until it is told to stop. Then nothing new begins; what goes on is waited for as long as <see cref="SchedulingOptions.Drain"/> says, stopped, and written
    /// down as failed.
    /// </summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using CancellationTokenSource giveUp = new(Timeout.InfiniteTimeSpan, time);
        using CancellationTokenSource abandon = new(Timeout.InfiniteTimeSpan, time);
        using CancellationTokenRegistration draining = ending.Token.Register(() =>
        {
            giveUp.CancelAfter(options.Drain);
            abandon.CancelAfter(options.Drain + options.RetryPause);
        });
        CancellationToken end = ending.Token;
        await Task.WhenAll(schedules.Select(schedule => FollowAsync(
            new ScheduleFollower(schedule, store.Schedules, task, options, time, Tell), () => ending.CancelAsync(), end, giveUp.Token, abandon.Token))).ConfigureAwait(false);
    }

    // A schedule that breaks ends the replica: it must not seem to be followed when it is not.
    private static async Task FollowAsync(ScheduleFollower follower, Func<Task> end, CancellationToken stop, CancellationToken giveUp, CancellationToken abandon)
    {
        try
        {
            await Task.Run(() => follower.RunAsync(stop, giveUp, abandon), CancellationToken.None).ConfigureAwait(false);
        }
        catch
        {
            await end().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Runs a schedule now, whatever is planned, and writes it into the history.</summary>
    /// <param name="schedule">The schedule.</param>
    /// <param name="cancellationToken">Stops it; it is written down as failed.</param>
    /// <returns>What became of it; null, with the run that goes on, when one goes on already.</returns>
    public async Task<(TaskResult? Result, ScheduledRun? GoesOn)> RunNowAsync(ScheduleSettings schedule, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        ScheduleHistory history = store.Schedules;
        await history.EnsureAsync(schedule.Name, schedule.Definition, cancellationToken).ConfigureAwait(false);
        ScheduleClaimant claimant = new(schedule.Name, schedule.Definition, Name, options.Lease, MayRepeat: false);
        while (true)
        {
            switch (await history.ClaimNowAsync(claimant, cancellationToken).ConfigureAwait(false))
            {
                case ScheduleClaim.Taken taken:
                    using (CancellationTokenSource abandon = new(Timeout.InfiniteTimeSpan, time))
                    using (cancellationToken.Register(() => abandon.CancelAfter(options.RetryPause)))
                    {
                        return (await new HeldRun(history, task, options, time, Tell).RunAsync(schedule, taken.Run, cancellationToken, abandon.Token).ConfigureAwait(false), null);
                    }

                case ScheduleClaim.Busy busy:
                    return (null, busy.Run);
                case ScheduleClaim.Settled settled:
                    Tell(new ScheduleEvent.Settled(settled.Run));
                    break;
                case ScheduleClaim.Idle: // another manual run at the same microsecond
                    break;
                default:
                    throw new UnreachableException();
            }
        }
    }

    private void Tell(ScheduleEvent what)
    {
        lock (_telling)
        {
            tell(what);
        }
    }
}
