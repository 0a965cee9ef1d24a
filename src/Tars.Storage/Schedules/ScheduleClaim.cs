namespace Tars.Storage.Schedules;

/// <summary>What is to become of the planned instants that are not decided yet.</summary>
/// <param name="Run">The one to be run; null for none.</param>
/// <param name="Origin">Why it runs.</param>
/// <param name="Missed">Those that will not be run, each before <paramref name="Run"/>, with the reason.</param>
public sealed record ScheduleDecision(DateTimeOffset? Run, ScheduledOrigin Origin, IReadOnlyList<(DateTimeOffset Planned, string Reason)> Missed)
{
    /// <summary>There is nothing to decide.</summary>
    public static ScheduleDecision Nothing { get; } = new(null, ScheduledOrigin.Planned, []);
}

/// <summary>Who claims.</summary>
/// <param name="Schedule">The schedule's name.</param>
/// <param name="Definition">What the replica believes it to be (<see cref="ScheduleHistory.ObserveAsync"/>).</param>
/// <param name="Owner">The replica.</param>
/// <param name="Lease">For how long the run is the replica's, unless it is held for longer.</param>
/// <param name="MayRepeat">
/// Whether a run whose replica did not come back is run again. Only for what publishes under its <see cref="TakenRun.ClaimId"/>: the store sees to it that at most one of the two
/// is kept.
/// </param>
public sealed record ScheduleClaimant(string Schedule, string Definition, string Owner, TimeSpan Lease, bool MayRepeat);

/// <summary>What a replica learns when it asks for the next run of a schedule.</summary>
public abstract record ScheduleClaim
{
    private ScheduleClaim()
    {
    }

    /// <summary>It has to do a run.</summary>
    /// <param name="Run">The run.</param>
    /// <param name="Missed">What was written down as missed in the same transaction.</param>
    public sealed record Taken(TakenRun Run, IReadOnlyList<DateTimeOffset> Missed) : ScheduleClaim;

    /// <summary>Nothing is due; instants may have been written down as missed.</summary>
    /// <param name="Missed">Those.</param>
    public sealed record Idle(IReadOnlyList<DateTimeOffset> Missed) : ScheduleClaim;

    /// <summary>A run of this schedule goes on; two never run at once.</summary>
    /// <param name="Run">That run.</param>
    public sealed record Busy(ScheduledRun Run) : ScheduleClaim;

    /// <summary>A run's replica did not come back; it was written down as lost, or as published. Ask again.</summary>
    /// <param name="Run">That run, as it is now.</param>
    public sealed record Settled(ScheduledRun Run) : ScheduleClaim;

    /// <summary>The store has another definition of this schedule: another replica has another configuration.</summary>
    /// <param name="Since">Since when, UTC.</param>
    public sealed record OtherDefinition(DateTimeOffset Since) : ScheduleClaim;
}
