namespace Tars.Compliance.Audit;

/// <summary>How what an event tells ended.</summary>
public enum AuditOutcome
{
    /// <summary>Not known.</summary>
    Unknown = 0,

    /// <summary>It was done.</summary>
    Success = 1,

    /// <summary>It was tried and failed.</summary>
    Failure = 2,

    /// <summary>It was refused.</summary>
    Denied = 3,

    /// <summary>It is about to be done.</summary>
    Intent = 4,
}

/// <summary>What happened, to be written to an audit log, which adds place, id, time and hashes. Members are described in docs/formats/audit-log.md.</summary>
public sealed record AuditEvent
{
    /// <summary>Words of lower-case letters and digits, joined by <c>.</c> and <c>_</c>, such as <c>run.intent</c>.</summary>
    public required string Type { get; init; }

    /// <summary>How it ended.</summary>
    public required AuditOutcome Outcome { get; init; }

    /// <summary>Who did it; null when nobody did.</summary>
    public AuditActor? Actor { get; init; }

    /// <summary>In which role; null when there is none.</summary>
    public string? Role { get; init; }

    /// <summary>What it was done to; null when there is nothing to name.</summary>
    public string? Resource { get; init; }

    /// <summary>The standard of <see cref="Control"/>; null when no control asks for the event.</summary>
    public string? Standard { get; init; }

    /// <summary>The control that asks for the event; null when none does.</summary>
    public string? Control { get; init; }

    /// <summary>The run it belongs to; null when it belongs to none.</summary>
    public string? RunId { get; init; }

    /// <summary>The request it belongs to; null when it belongs to none.</summary>
    public string? RequestId { get; init; }

    /// <summary>What else there is to say; null when there is nothing. Nothing in it is sealed: it must not tell who a person is.</summary>
    public AuditData? Data { get; init; }
}
