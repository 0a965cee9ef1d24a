namespace Tars.Storage.Runs;

/// <summary>How far a run has come in publishing.</summary>
public enum RunState
{
    /// <summary>Its intent is in the audit log; nothing is kept.</summary>
    Intended,

    /// <summary>Its reports are signed and encrypted as asked.</summary>
    Sealed,

    /// <summary>Its reports are in the store, all of them.</summary>
    Stored,

    /// <summary>Its outcome is in the audit log.</summary>
    Completed,

    /// <summary>It was given up, for a reason.</summary>
    Abandoned,
}

/// <summary>What a run is about to do.</summary>
/// <param name="RunId">Its id, a version 7 UUID (<see cref="RunStore.NewId"/>).</param>
/// <param name="Command">The command, for example <c>kpi</c>.</param>
public sealed record RunIntent(Guid RunId, string Command)
{
    /// <summary>The window it looks at; null when it has none.</summary>
    public StoredWindow? Window { get; init; }

    /// <summary>The sequence of its intent in the audit log; null without a log.</summary>
    public long? IntentSequence { get; init; }

    /// <summary>The subject id of who started it; null for a schedule.</summary>
    public string? Actor { get; init; }
}

/// <summary>A run as it is kept.</summary>
/// <param name="Intent">What it set out to do.</param>
/// <param name="State">How far it has come.</param>
/// <param name="OutcomeSequence">The sequence of its outcome in the audit log; null before, and without a log.</param>
/// <param name="Started">When its intent was kept, UTC.</param>
/// <param name="Ended">When it was completed or given up, UTC; null before.</param>
/// <param name="Reason">Why it was given up; null otherwise.</param>
public sealed record Run(RunIntent Intent, RunState State, long? OutcomeSequence, DateTimeOffset Started, DateTimeOffset? Ended, string? Reason);
