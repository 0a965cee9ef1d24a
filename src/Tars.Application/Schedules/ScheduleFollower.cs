using Tars.Storage;
using Tars.Storage.Schedules;

namespace Tars.Application.Schedules;

/// <summary>Follows one schedule on one replica: asks the store for the next run, does it, and sleeps until the next instant.</summary>
internal sealed class ScheduleFollower(ScheduleSettings schedule, ScheduleHistory history, IScheduledTask task, SchedulingOptions options, TimeProvider time, Action<ScheduleEvent> tell)
{
    private readonly PlannedTimes _times = new(schedule);
    private bool _isObserved;
    private bool _fails;
    private bool _standsBack;

    private ScheduleClaimant Claimant => new(schedule.Name, schedule.Definition, options.Replica, options.Lease, task.PublishesUnderClaim(schedule));

    /// <summary>Follows it until it is told to stop; a run that goes on then is waited for, until it is to be given up.</summary>
    /// <param name="stop">Nothing new begins.</param>
    /// <param name="giveUp">What goes on is stopped.</param>
    /// <param name="abandon">The store is not asked any more.</param>
    public async Task RunAsync(CancellationToken stop, CancellationToken giveUp, CancellationToken abandon)
    {
        try
        {
            while (true)
            {
                stop.ThrowIfCancellationRequested();
                (TakenRun? run, TimeSpan pause) = await AskAsync(stop).ConfigureAwait(false);
                if (run is not null)
                {
                    await new HeldRun(history, task, options, time, tell).RunAsync(schedule, run, giveUp, abandon).ConfigureAwait(false);
                }
                else if (pause > TimeSpan.Zero)
                {
                    await Task.Delay(pause, time, stop).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The way in which it ends.
        }
    }

    private async Task<(TakenRun? Run, TimeSpan Pause)> AskAsync(CancellationToken cancellationToken)
    {
        ScheduleClaim claim;
        try
        {
            if (!_isObserved)
            {
                await history.ObserveAsync(schedule.Name, schedule.Definition, cancellationToken).ConfigureAwait(false);
                _isObserved = true;
            }

            claim = await history.ClaimAsync(Claimant, (decided, now) => MissedRuns.Decide(_times, schedule.Missed, decided, now), cancellationToken).ConfigureAwait(false);
        }
        catch (StoreException exception)
        {
            Tell(ref _fails, new ScheduleEvent.StoreFails(schedule.Name, exception.Message));
            return (null, options.RetryPause);
        }

        if (_fails)
        {
            _fails = false;
            tell(new ScheduleEvent.StoreAnswers(schedule.Name));
        }

        return Answer(claim);
    }

    private (TakenRun? Run, TimeSpan Pause) Answer(ScheduleClaim claim)
    {
        if (claim is ScheduleClaim.OtherDefinition other)
        {
            Tell(ref _standsBack, new ScheduleEvent.StandsBack(schedule.Name, other.Since));
            return (null, options.LongestPause);
        }

        _standsBack = false;
        switch (claim)
        {
            case ScheduleClaim.Taken taken:
                TellMissed(taken.Missed);
                return (taken.Run, TimeSpan.Zero);
            case ScheduleClaim.Settled settled:
                tell(new ScheduleEvent.Settled(settled.Run));
                return (null, TimeSpan.Zero);
            case ScheduleClaim.Busy busy:
                // Until the lease ends, or sooner: it may end well before.
                return (null, Shorter(busy.Run.LeaseUntil - time.GetUtcNow(), options.RetryPause));
            case ScheduleClaim.Idle idle:
                TellMissed(idle.Missed);
                break;
        }

        DateTimeOffset now = time.GetUtcNow();
        return (null, Shorter(_times.After(now) - now, options.LongestPause));
    }

    private void TellMissed(IReadOnlyList<DateTimeOffset> missed)
    {
        if (missed.Count > 0)
        {
            tell(new ScheduleEvent.Missed(schedule.Name, missed));
        }
    }

    private void Tell(ref bool told, ScheduleEvent what)
    {
        if (!told)
        {
            told = true;
            tell(what);
        }
    }

    // At least a millisecond: a store whose clock is a little behind must not be asked without a pause.
    private static TimeSpan Shorter(TimeSpan? one, TimeSpan other) =>
        one is { } span && span < other ? (span > TimeSpan.Zero ? span : TimeSpan.FromMilliseconds(1)) : other;
}
