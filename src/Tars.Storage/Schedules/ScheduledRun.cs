namespace Tars.Storage.Schedules;

/// <summary>How far a run of a schedule has come.</summary>
public enum ScheduledState
{
    /// <summary>Somebody runs it.</summary>
    Running,

    /// <summary>It ran to its end.</summary>
    Succeeded,

    /// <summary>It did not.</summary>
    Failed,
}

/// <summary>Why a run began.</summary>
public enum ScheduledOrigin
{
    /// <summary>Its time had come.</summary>
    Planned,

    /// <summary>Its time had passed while nobody ran it.</summary>
    CaughtUp,

    /// <summary>Somebody asked for it. Its instant is when that was.</summary>
    Manual,
}

/// <summary>What became of a run of a schedule.</summary>
public enum ScheduledOutcome
{
    /// <summary>It ran, and no verdict was negative.</summary>
    Passed,

    /// <summary>It ran, and a verdict was negative.</summary>
    Negative,

    /// <summary>It ran, and too little was measured to say.</summary>
    Inconclusive,

    /// <summary>Its replica did not come back; its reports are in the store, and say what was found.</summary>
    Published,

    /// <summary>It could not be done.</summary>
    Failed,

    /// <summary>It never began: its time passed while nobody ran it.</summary>
    Missed,

    /// <summary>Its replica did not come back, and nobody knows how far it came.</summary>
    Lost,
}

/// <summary>One run of a schedule.</summary>
/// <param name="Schedule">The schedule's name.</param>
/// <param name="Planned">The instant it was planned for, UTC.</param>
/// <param name="Owner">Which replica runs or ran it; of a missed run, which one told.</param>
/// <param name="Started">When it began, UTC.</param>
/// <param name="Ended">When it ended, UTC; null while it runs.</param>
/// <param name="State">How far it has come.</param>
/// <param name="RunId">The run it made; null when it made none.</param>
/// <param name="Reason">Why it failed; null otherwise.</param>
public sealed record ScheduledRun(string Schedule, DateTimeOffset Planned, string Owner, DateTimeOffset Started, DateTimeOffset? Ended, ScheduledState State, Guid? RunId, string? Reason)
{
    /// <summary>Why it began.</summary>
    public ScheduledOrigin Origin { get; init; }

    /// <summary>What became of it; null while it runs.</summary>
    public ScheduledOutcome? Outcome { get; init; }

    /// <summary>How often it was begun: 1, and 2 when it was repeated after its first replica did not come back; 0 for a run that was missed.</summary>
    public int Attempt { get; init; }

    /// <summary>Until when it is the owner's, UTC; null when it does not run.</summary>
    public DateTimeOffset? LeaseUntil { get; init; }
}

/// <summary>A run that a replica has to do.</summary>
/// <param name="Schedule">The schedule's name.</param>
/// <param name="Planned">The instant it was planned for, UTC.</param>
/// <param name="Owner">The replica.</param>
/// <param name="Attempt">How often it was begun, from 1: with the owner it tells this claim from every other.</param>
/// <param name="ClaimId">The id under which it publishes, a version 7 UUID. A run of that id cannot be kept once the claim was taken away.</param>
/// <param name="LeaseUntil">Until when it is the owner's, UTC.</param>
/// <param name="Origin">Why it begins.</param>
public sealed record TakenRun(string Schedule, DateTimeOffset Planned, string Owner, int Attempt, Guid ClaimId, DateTimeOffset LeaseUntil, ScheduledOrigin Origin)
{
    /// <summary>Which replica began it before and did not come back; null at the first attempt.</summary>
    public string? TakenFrom { get; init; }
}
