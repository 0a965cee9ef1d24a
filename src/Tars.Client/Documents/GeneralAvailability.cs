using System.Text.Json.Serialization;

namespace Tars.Client;

/// <summary>The figures of a period and whether it kept its objectives.</summary>
public sealed record GeneralAvailability : TarsDocument
{
    /// <summary>Good requests of all, percent.</summary>
    [JsonIgnore]
    public Measurement OverallAvailability => Measurement.Of(States, "overall_availability", OverallAvailabilityNumber);

    [JsonInclude, JsonPropertyName("overall_availability")]
    internal double? OverallAvailabilityNumber { get; set; }

    /// <summary>Failed requests of all, percent.</summary>
    [JsonIgnore]
    public Measurement ErrorRate => Measurement.Of(States, "error_rate", ErrorRateNumber);

    [JsonInclude, JsonPropertyName("error_rate")]
    internal double? ErrorRateNumber { get; set; }

    /// <summary>Requests.</summary>
    [JsonIgnore]
    public Measurement TotalRequests => Measurement.Of(States, "total_requests", TotalRequestsNumber);

    [JsonInclude, JsonPropertyName("total_requests")]
    internal double? TotalRequestsNumber { get; set; }

    /// <summary>Median latency, milliseconds.</summary>
    [JsonIgnore]
    public Measurement P50Latency => Measurement.Of(States, "p50_latency_ms", P50LatencyNumber);

    [JsonInclude, JsonPropertyName("p50_latency_ms")]
    internal double? P50LatencyNumber { get; set; }

    /// <summary>95th percentile of latency, milliseconds.</summary>
    [JsonIgnore]
    public Measurement P95Latency => Measurement.Of(States, "p95_latency_ms", P95LatencyNumber);

    [JsonInclude, JsonPropertyName("p95_latency_ms")]
    internal double? P95LatencyNumber { get; set; }

    /// <summary>99th percentile of latency, milliseconds.</summary>
    [JsonIgnore]
    public Measurement P99Latency => Measurement.Of(States, "p99_latency_ms", P99LatencyNumber);

    [JsonInclude, JsonPropertyName("p99_latency_ms")]
    internal double? P99LatencyNumber { get; set; }

    /// <summary>CPU in use, mean over the period.</summary>
    [JsonIgnore]
    public Measurement AverageCpu => Measurement.Of(States, "avg_cpu", AverageCpuNumber);

    [JsonInclude, JsonPropertyName("avg_cpu")]
    internal double? AverageCpuNumber { get; set; }

    /// <summary>Memory in use, mean over the period.</summary>
    [JsonIgnore]
    public Measurement AverageMemory => Measurement.Of(States, "avg_memory", AverageMemoryNumber);

    [JsonInclude, JsonPropertyName("avg_memory")]
    internal double? AverageMemoryNumber { get; set; }

    /// <summary>Hours in which every service was measured and none was down, at least.</summary>
    [JsonIgnore]
    public Measurement UptimeHours => Measurement.Of(States, "uptime_hours", Hours?.UptimeHoursNumber);

    /// <summary>Minutes in which at least one service was down.</summary>
    [JsonIgnore]
    public Measurement DowntimeMinutes => Measurement.Of(States, "downtime_minutes", Hours?.DowntimeMinutesNumber);

    /// <summary>Minutes in which at least one service was not measured.</summary>
    [JsonIgnore]
    public Measurement UnmeasuredMinutes => Measurement.Of(States, "unmeasured_minutes", Hours?.UnmeasuredMinutesNumber);

    /// <summary>Times in which a service was down; null where no report is kept.</summary>
    [JsonIgnore]
    public long? Incidents => Hours?.Incidents;

    /// <summary>Whether every objective was kept; null where that was not measured well enough to say, or no report is kept.</summary>
    public bool? GaReady { get; init; }

    /// <summary><c>pass</c>, <c>fail</c> or <c>inconclusive</c>; null where no report is kept.</summary>
    public string? Verdict { get; init; }

    /// <summary>Why the verdict is not pass, or why there is none.</summary>
    public string? VerdictReason { get; init; }

    /// <summary>The target of availability, percent, where all objectives share one.</summary>
    public double? Threshold { get; init; }

    /// <summary>Begin of the period, included.</summary>
    public DateTimeOffset? PeriodStart { get; init; }

    /// <summary>End of the period, excluded.</summary>
    public DateTimeOffset? PeriodEnd { get; init; }

    /// <summary>The report's number; null where no report is kept.</summary>
    public long? ReportId { get; init; }

    /// <summary>The figures of each service.</summary>
    public IReadOnlyList<ServiceFigures> Services { get => field ?? []; init; }

    /// <summary>How each objective was kept.</summary>
    public IReadOnlyList<ObjectiveResult> Objectives { get => field ?? []; init; }

    /// <summary>For which numbers of days a report is kept.</summary>
    public IReadOnlyList<int> AvailableDays { get => field ?? []; init; }

    [JsonInclude, JsonPropertyName("metrics")]
    internal GeneralAvailabilityHours? Hours { get; set; }

    [JsonInclude, JsonPropertyName("measurement")]
    internal Dictionary<string, FigureState>? States { get; set; }
}

/// <summary>Hours and incidents of a period.</summary>
internal sealed record GeneralAvailabilityHours
{
    [JsonInclude, JsonPropertyName("total_hours")]
    internal double? TotalHoursNumber { get; set; }

    [JsonInclude, JsonPropertyName("uptime_hours")]
    internal double? UptimeHoursNumber { get; set; }

    [JsonInclude, JsonPropertyName("downtime_minutes")]
    internal double? DowntimeMinutesNumber { get; set; }

    [JsonInclude, JsonPropertyName("unmeasured_minutes")]
    internal double? UnmeasuredMinutesNumber { get; set; }

    /// <summary>Times in which a service was down; null where no report is kept.</summary>
    public long? Incidents { get; init; }
}
