using Tars.Storage;
using Tars.Storage.Schedules;

namespace Tars.Application.Schedules;

/// <summary>
/// Does one run while its claim is held. When it cannot be held, the run is stopped before the lease ends, so that it does not go on beside the replica that
/// takes it over; the store decides in the end whose run counts.
/// </summary>
internal sealed class HeldRun(ScheduleHistory history, IScheduledTask task, SchedulingOptions options, TimeProvider time, Action<ScheduleEvent> tell)
{
    /// <summary>Runs the task, holds the claim meanwhile, and notes what became of it.</summary>
    /// <param name="schedule">The schedule.</param>
    /// <param name="run">The claim.</param>
    /// <param name="stop">The replica is to end: the run is stopped.</param>
    /// <param name="giveUp">The replica ends: the store is not asked any more.</param>
    /// <returns>What became of it.</returns>
    public async Task<TaskResult> RunAsync(ScheduleSettings schedule, TakenRun run, CancellationToken stop, CancellationToken giveUp)
    {
        tell(new ScheduleEvent.Began(run));
        long began = time.GetTimestamp();
        using CancellationTokenSource leased = new(Remaining(run.LeaseUntil), time);
        using CancellationTokenSource running = CancellationTokenSource.CreateLinkedTokenSource(stop, leased.Token);
        using CancellationTokenSource holding = CancellationTokenSource.CreateLinkedTokenSource(giveUp);
        Task held = HoldAsync(run, until => leased.CancelAfter(until is { } end ? Remaining(end) : TimeSpan.Zero), holding.Token);
        TaskResult result;
        try
        {
            result = await task.RunAsync(schedule, run, running.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (running.IsCancellationRequested)
        {
            result = new TaskResult(ScheduledOutcome.Failed, stop.IsCancellationRequested ? "the replica was ended while it ran" : "it was stopped, because its claim could not be held");
        }
        catch (StoreException exception)
        {
            result = new TaskResult(ScheduledOutcome.Failed, exception.Message);
        }

        bool counts = await EndAsync(run, result, giveUp).ConfigureAwait(false);
        await holding.CancelAsync().ConfigureAwait(false);
        await held.ConfigureAwait(false);
        tell(counts ? new ScheduleEvent.Ended(run, result, time.GetElapsedTime(began)) : new ScheduleEvent.TooLate(run, result));
        return result;
    }

    private TimeSpan Remaining(DateTimeOffset leaseUntil) =>
        leaseUntil - options.LeaseMargin - time.GetUtcNow() is var rest && rest > TimeSpan.Zero ? rest : TimeSpan.FromMilliseconds(1);

    /// <summary>Until it is cancelled, or the claim is gone: each new end of the lease is told, null for none. It goes on while the outcome is being noted: until the store knows, the claim has to hold.</summary>
    private async Task HoldAsync(TakenRun run, Action<DateTimeOffset?> held, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(options.Lease / 3, time, cancellationToken).ConfigureAwait(false);
                try
                {
                    DateTimeOffset? until = await history.HoldAsync(run, options.Lease, cancellationToken).ConfigureAwait(false);
                    held(until);
                    if (until is null)
                    {
                        return;
                    }
                }
                catch (StoreException exception)
                {
                    tell(new ScheduleEvent.StoreFails(run.Schedule, exception.Message));
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    /// <summary>Until the store answers. Whoever does not know whether its run counts must not begin the next.</summary>
    private async Task<bool> EndAsync(TakenRun run, TaskResult result, CancellationToken giveUp)
    {
        while (true)
        {
            try
            {
                return await history.EndAsync(run, result.Outcome, result.Reason, giveUp).ConfigureAwait(false);
            }
            catch (StoreException exception)
            {
                tell(new ScheduleEvent.StoreFails(run.Schedule, exception.Message));
            }
            catch (OperationCanceledException) when (giveUp.IsCancellationRequested)
            {
                return false;
            }

            try
            {
                await Task.Delay(options.RetryPause, time, giveUp).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }
    }
}
