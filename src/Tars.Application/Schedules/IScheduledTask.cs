using Tars.Storage.Schedules;

namespace Tars.Application.Schedules;

/// <summary>What became of a task.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Reason">Why it failed; null unless it did.</param>
public sealed record TaskResult(ScheduledOutcome Outcome, string? Reason = null);

/// <summary>What schedules run. What a schedule runs are the same lines that its command runs.</summary>
public interface IScheduledTask
{
    /// <summary>
    /// Whether a run of this schedule keeps all it makes as the store's run of its <see cref="TakenRun.ClaimId"/>. Then it may be run again when its replica did not come back: the store
    /// keeps at most one of the two.
    /// </summary>
    bool PublishesUnderClaim(ScheduleSettings schedule);

    /// <summary>Runs a schedule's task. Its window depends on the planned instant, not on when it runs.</summary>
    /// <param name="schedule">The schedule.</param>
    /// <param name="run">The run.</param>
    /// <param name="cancellationToken">The claim does not hold any more, or the program ends: stop.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    /// <exception cref="Storage.StoreException">The store failed: so did the run.</exception>
    Task<TaskResult> RunAsync(ScheduleSettings schedule, TakenRun run, CancellationToken cancellationToken);
}
