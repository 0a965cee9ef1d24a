using System.Text.Json.Serialization;

namespace Tars.Client;

/// <summary>A period, told once; without a <see cref="ReportId"/> where none is kept.</summary>
public sealed record Retrospective : TarsDocument
{
    /// <summary>The period; null where no retrospective is kept.</summary>
    public RetrospectivePeriod? Period { get; init; }

    /// <summary><c>pass</c>, <c>fail</c> or <c>inconclusive</c>: whether the objectives of the period were kept.</summary>
    public string? OverallStatus { get; init; }

    /// <summary>Why the status is not pass, or why there is none.</summary>
    public string? StatusReason { get; init; }

    /// <summary>Good requests of all, percent.</summary>
    [JsonIgnore]
    public Measurement Availability => Measurement.Of(States, "availability", Metrics?.AvailabilityNumber);

    /// <summary>Requests.</summary>
    [JsonIgnore]
    public Measurement TotalRequests => Measurement.Of(States, "total_requests", Metrics?.TotalRequestsNumber);

    /// <summary>Failed requests of all, percent.</summary>
    [JsonIgnore]
    public Measurement ErrorRate => Measurement.Of(States, "error_rate", Metrics?.ErrorRateNumber);

    /// <summary>Median latency, milliseconds.</summary>
    [JsonIgnore]
    public Measurement P50Latency => Measurement.Of(States, "p50_latency_ms", Metrics?.P50LatencyNumber);

    /// <summary>95th percentile of latency, milliseconds.</summary>
    [JsonIgnore]
    public Measurement P95Latency => Measurement.Of(States, "p95_latency_ms", Metrics?.P95LatencyNumber);

    /// <summary>99th percentile of latency, milliseconds.</summary>
    [JsonIgnore]
    public Measurement P99Latency => Measurement.Of(States, "p99_latency_ms", Metrics?.P99LatencyNumber);

    /// <summary>Minutes in which at least one service was down.</summary>
    [JsonIgnore]
    public Measurement DowntimeMinutes => Measurement.Of(States, "downtime_minutes", Metrics?.DowntimeMinutesNumber);

    /// <summary>What became better, and objectives that were kept.</summary>
    public IReadOnlyList<string> Highlights { get => field ?? []; init; }

    /// <summary>What did not go well.</summary>
    public IReadOnlyList<Finding> Concerns { get => field ?? []; init; }

    /// <summary>What to do, the most urgent first.</summary>
    public IReadOnlyList<Finding> Recommendations { get => field ?? []; init; }

    /// <summary>The formats that can be downloaded.</summary>
    public IReadOnlyList<string> AvailableFormats { get => field ?? []; init; }

    /// <summary>The files: names, sizes, digests.</summary>
    public IReadOnlyList<ReportFile> Files { get => field ?? []; init; }

    /// <summary>Whether it is signed; null where no retrospective is kept.</summary>
    public bool? Signed { get; init; }

    /// <summary>The report's number; null where no retrospective is kept.</summary>
    public long? ReportId { get; init; }

    [JsonInclude, JsonPropertyName("overall_metrics")]
    internal RetrospectiveNumbers? Metrics { get; set; }

    [JsonInclude, JsonPropertyName("measurement")]
    internal Dictionary<string, FigureState>? States { get; set; }
}

/// <summary>A period.</summary>
public sealed record RetrospectivePeriod
{
    /// <summary>Begin, included.</summary>
    public DateTimeOffset Start { get; init; }

    /// <summary>End, excluded.</summary>
    public DateTimeOffset End { get; init; }

    /// <summary>Length in days.</summary>
    public double Days { get; init; }
}

/// <summary>The numbers of a period as they are sent.</summary>
internal sealed record RetrospectiveNumbers
{
    [JsonInclude, JsonPropertyName("availability")]
    internal double? AvailabilityNumber { get; set; }

    [JsonInclude, JsonPropertyName("total_requests")]
    internal double? TotalRequestsNumber { get; set; }

    [JsonInclude, JsonPropertyName("error_rate")]
    internal double? ErrorRateNumber { get; set; }

    [JsonInclude, JsonPropertyName("p50_latency_ms")]
    internal double? P50LatencyNumber { get; set; }

    [JsonInclude, JsonPropertyName("p95_latency_ms")]
    internal double? P95LatencyNumber { get; set; }

    [JsonInclude, JsonPropertyName("p99_latency_ms")]
    internal double? P99LatencyNumber { get; set; }

    [JsonInclude, JsonPropertyName("downtime_minutes")]
    internal double? DowntimeMinutesNumber { get; set; }
}
