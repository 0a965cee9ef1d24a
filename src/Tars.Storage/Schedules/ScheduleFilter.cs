namespace Tars.Storage.Schedules;

/// <summary>Which runs of schedules are asked for; what is null does not matter.</summary>
public sealed record ScheduleFilter
{
    /// <summary>Of this schedule.</summary>
    public string? Schedule { get; init; }

    /// <summary>With this outcome.</summary>
    public ScheduledOutcome? Outcome { get; init; }

    /// <summary>By this replica.</summary>
    public string? Owner { get; init; }

    /// <summary>Planned at this instant or later.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Planned before this instant.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>How many at most, 1 to 10,000.</summary>
    public int Limit { get; init; } = 100;
}
