using Tars.Server.Documents;

namespace Tars.Server.Availability;

/// <summary>General availability: the figures of a period and whether it kept its objectives.</summary>
public sealed record AvailabilityDocument : ApiDocument
{
    /// <summary>Good requests of all, percent; null when it was not measured, or no report is kept.</summary>
    public double? OverallAvailability { get; init; }

    /// <summary>Failed requests of all, percent.</summary>
    public double? ErrorRate { get; init; }

    /// <summary>Requests.</summary>
    public double? TotalRequests { get; init; }

    /// <summary>Median latency, milliseconds.</summary>
    public double? P50LatencyMs { get; init; }

    /// <summary>95th percentile of latency, milliseconds.</summary>
    public double? P95LatencyMs { get; init; }

    /// <summary>99th percentile of latency, milliseconds.</summary>
    public double? P99LatencyMs { get; init; }

    /// <summary>CPU in use, mean over the period; the unit is in measurement.</summary>
    public double? AvgCpu { get; init; }

    /// <summary>Memory in use, mean over the period; the unit is in measurement.</summary>
    public double? AvgMemory { get; init; }

    /// <summary>Whether every objective was kept; null when that was not measured well enough to say, or no report is kept.</summary>
    public bool? GaReady { get; init; }

    /// <summary>pass, fail or inconclusive; null when no report is kept.</summary>
    public string? Verdict { get; init; }

    /// <summary>Why the verdict is not pass, or why there is none.</summary>
    public string? VerdictReason { get; init; }

    /// <summary>The target of availability, percent, where all objectives share one; null otherwise: objectives tells each.</summary>
    public double? Threshold { get; init; }

    /// <summary>Begin of the period, included.</summary>
    public DateTimeOffset? PeriodStart { get; init; }

    /// <summary>End of the period, excluded.</summary>
    public DateTimeOffset? PeriodEnd { get; init; }

    /// <summary>Hours, downtime and incidents of the period.</summary>
    public required AvailabilityMetrics Metrics { get; init; }

    /// <summary>The figures of each service.</summary>
    public IReadOnlyList<ServiceFigures> Services { get; init; } = [];

    /// <summary>How each objective was kept.</summary>
    public IReadOnlyList<ObjectiveResultDocument> Objectives { get; init; } = [];

    /// <summary>The report's number: 'tars reports show N'; null when no report is kept.</summary>
    public long? ReportId { get; init; }

    /// <summary>For which numbers of days a report is kept: the values of the parameter days that find one.</summary>
    public IReadOnlyList<int> AvailableDays { get; init; } = [];

    /// <summary>What became of each figure, by its name.</summary>
    public IReadOnlyDictionary<string, MeasurementState> Measurement { get; init; } = new Dictionary<string, MeasurementState>();
}

/// <summary>Hours and incidents of a period.</summary>
/// <param name="TotalHours">The length of the period.</param>
/// <param name="UptimeHours">Hours in which every service was measured and none was down, at least: unmeasured time counts as neither.</param>
/// <param name="DowntimeMinutes">Minutes in which at least one service was down.</param>
/// <param name="UnmeasuredMinutes">Minutes in which at least one service was not measured; nothing is said about them.</param>
/// <param name="Incidents">Times in which a service was down; null when no report is kept.</param>
public sealed record AvailabilityMetrics(
    double? TotalHours,
    double? UptimeHours,
    double? DowntimeMinutes,
    double? UnmeasuredMinutes,
    long? Incidents);
