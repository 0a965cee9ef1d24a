using System.ComponentModel;
using Tars.Server.Documents;

namespace Tars.Server.Availability;

/// <summary>General availability: the figures of a period and whether it kept its objectives.</summary>
public sealed record AvailabilityDocument : ApiDocument
{
    /// <summary>Good requests of all, percent.</summary>
    [Description("Good requests of all, percent; null when it was not measured, or no report is kept.")]
    public double? OverallAvailability { get; init; }

    /// <summary>Failed requests of all, percent.</summary>
    [Description("Failed requests of all, percent.")]
    public double? ErrorRate { get; init; }

    /// <summary>Requests.</summary>
    [Description("Requests.")]
    public double? TotalRequests { get; init; }

    /// <summary>Median latency, milliseconds.</summary>
    [Description("Median latency, milliseconds.")]
    public double? P50LatencyMs { get; init; }

    /// <summary>95th percentile of latency, milliseconds.</summary>
    [Description("95th percentile of latency, milliseconds.")]
    public double? P95LatencyMs { get; init; }

    /// <summary>99th percentile of latency, milliseconds.</summary>
    [Description("99th percentile of latency, milliseconds.")]
    public double? P99LatencyMs { get; init; }

    /// <summary>CPU, mean.</summary>
    [Description("CPU in use, mean over the period; the unit is in measurement.")]
    public double? AvgCpu { get; init; }

    /// <summary>Memory, mean.</summary>
    [Description("Memory in use, mean over the period; the unit is in measurement.")]
    public double? AvgMemory { get; init; }

    /// <summary>Whether every objective was kept.</summary>
    [Description("Whether every objective was kept; null when that was not measured well enough to say, or no report is kept.")]
    public bool? GaReady { get; init; }

    /// <summary>pass, fail or inconclusive.</summary>
    [Description("pass, fail or inconclusive; null when no report is kept.")]
    public string? Verdict { get; init; }

    /// <summary>Why it is not pass.</summary>
    [Description("Why the verdict is not pass, or why there is none.")]
    public string? VerdictReason { get; init; }

    /// <summary>The target of availability that all objectives share.</summary>
    [Description("The target of availability, percent, where all objectives share one; null otherwise: objectives tells each.")]
    public double? Threshold { get; init; }

    /// <summary>Begin of the period.</summary>
    [Description("Begin of the period, included.")]
    public DateTimeOffset? PeriodStart { get; init; }

    /// <summary>End of the period.</summary>
    [Description("End of the period, excluded.")]
    public DateTimeOffset? PeriodEnd { get; init; }

    /// <summary>Hours, downtime, incidents.</summary>
    [Description("Hours, downtime and incidents of the period.")]
    public required AvailabilityMetrics Metrics { get; init; }

    /// <summary>Each service.</summary>
    [Description("The figures of each service.")]
    public IReadOnlyList<ServiceFigures> Services { get; init; } = [];

    /// <summary>Each objective.</summary>
    [Description("How each objective was kept.")]
    public IReadOnlyList<ObjectiveResultDocument> Objectives { get; init; } = [];

    /// <summary>The report's number.</summary>
    [Description("The report's number: 'tars reports show N'; null when no report is kept.")]
    public long? ReportId { get; init; }

    /// <summary>Lengths of the periods that are kept, in days.</summary>
    [Description("For which numbers of days a report is kept: the values of the parameter days that find one.")]
    public IReadOnlyList<int> AvailableDays { get; init; } = [];

    /// <summary>What became of each figure.</summary>
    [Description("What became of each figure, by its name.")]
    public IReadOnlyDictionary<string, MeasurementState> Measurement { get; init; } = new Dictionary<string, MeasurementState>();
}

/// <summary>Hours and incidents of a period.</summary>
/// <param name="TotalHours">Its length.</param>
/// <param name="UptimeHours">Hours that were measured and in which no service was down.</param>
/// <param name="DowntimeMinutes">Minutes in which at least one service was down.</param>
/// <param name="UnmeasuredMinutes">Minutes in which at least one service was not measured.</param>
/// <param name="Incidents">Times in which a service was down.</param>
public sealed record AvailabilityMetrics(
    [property: Description("The length of the period.")] double? TotalHours,
    [property: Description("Hours in which every service was measured and none was down, at least: unmeasured time counts as neither.")] double? UptimeHours,
    [property: Description("Minutes in which at least one service was down.")] double? DowntimeMinutes,
    [property: Description("Minutes in which at least one service was not measured; nothing is said about them.")] double? UnmeasuredMinutes,
    [property: Description("Times in which a service was down; null when no report is kept.")] long? Incidents);
