using System.Text.Json.Serialization;

namespace Tars.Client;

/// <summary>One day, as its daily report told it.</summary>
public record DailySummary : TarsDocument
{
    /// <summary>The day, in the time zone of the server's configuration.</summary>
    public DateOnly Date { get; init; }

    /// <summary>How the day was, such as <c>healthy</c> or <c>critical</c>.</summary>
    public string? Status { get; init; }

    /// <summary>How well objectives were kept, 0 to 100.</summary>
    [JsonIgnore]
    public Measurement HealthScore => Measurement.Of(States, "health_score", HealthScoreNumber);

    [JsonInclude, JsonPropertyName("health_score")]
    internal double? HealthScoreNumber { get; set; }

    /// <summary><c>pass</c>, <c>fail</c> or <c>inconclusive</c>.</summary>
    public string? Verdict { get; init; }

    /// <summary>Why the verdict is not pass.</summary>
    public string? VerdictReason { get; init; }

    /// <summary>Good requests of all, percent.</summary>
    [JsonIgnore]
    public Measurement Availability => Measurement.Of(States, "availability", AvailabilityNumber);

    [JsonInclude, JsonPropertyName("availability")]
    internal double? AvailabilityNumber { get; set; }

    /// <summary>Requests.</summary>
    [JsonIgnore]
    public Measurement TotalRequests => Measurement.Of(States, "total_requests", TotalRequestsNumber);

    [JsonInclude, JsonPropertyName("total_requests")]
    internal double? TotalRequestsNumber { get; set; }

    /// <summary>Requests that did not fail.</summary>
    [JsonIgnore]
    public Measurement SuccessfulRequests => Measurement.Of(States, "successful_requests", SuccessfulRequestsNumber);

    [JsonInclude, JsonPropertyName("successful_requests")]
    internal double? SuccessfulRequestsNumber { get; set; }

    /// <summary>Failed requests.</summary>
    [JsonIgnore]
    public Measurement FailedRequests => Measurement.Of(States, "failed_requests", FailedRequestsNumber);

    [JsonInclude, JsonPropertyName("failed_requests")]
    internal double? FailedRequestsNumber { get; set; }

    /// <summary>Failed requests of all, percent.</summary>
    [JsonIgnore]
    public Measurement ErrorRate => Measurement.Of(States, "error_rate", ErrorRateNumber);

    [JsonInclude, JsonPropertyName("error_rate")]
    internal double? ErrorRateNumber { get; set; }

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

    /// <summary>Minutes in which at least one service was down.</summary>
    [JsonIgnore]
    public Measurement DowntimeMinutes => Measurement.Of(States, "downtime_minutes", DowntimeMinutesNumber);

    [JsonInclude, JsonPropertyName("downtime_minutes")]
    internal double? DowntimeMinutesNumber { get; set; }

    /// <summary>Minutes in which at least one service was not measured.</summary>
    [JsonIgnore]
    public Measurement UnmeasuredMinutes => Measurement.Of(States, "unmeasured_minutes", UnmeasuredMinutesNumber);

    [JsonInclude, JsonPropertyName("unmeasured_minutes")]
    internal double? UnmeasuredMinutesNumber { get; set; }

    /// <summary>Times in which a service was down.</summary>
    public long Incidents { get; init; }

    /// <summary>Alerts that fired.</summary>
    public long Alerts { get; init; }

    /// <summary>Anomalies of the day.</summary>
    public long Anomalies { get; init; }

    /// <summary>Begin of the report's window, included.</summary>
    public DateTimeOffset PeriodStart { get; init; }

    /// <summary>End of the report's window, excluded.</summary>
    public DateTimeOffset PeriodEnd { get; init; }

    /// <summary>The report's number.</summary>
    public long ReportId { get; init; }

    [JsonInclude, JsonPropertyName("measurement")]
    internal Dictionary<string, FigureState>? States { get; set; }
}

/// <summary>One day in full.</summary>
public sealed record DailyDetails : DailySummary
{
    /// <summary>The figures of each service.</summary>
    public IReadOnlyList<ServiceFigures> Services { get => field ?? []; init; }

    /// <summary>How each objective was kept.</summary>
    public IReadOnlyList<ObjectiveResult> Objectives { get => field ?? []; init; }

    /// <summary>What was found, the worst first.</summary>
    public IReadOnlyList<Finding> Findings { get => field ?? []; init; }
}

/// <summary>Days, the newest first unless asked otherwise.</summary>
public sealed record DailyPage : TarsPage<DailySummary>
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override IReadOnlyList<DailySummary> Items => Listed ?? [];

    [JsonInclude, JsonPropertyName("summaries")]
    internal List<DailySummary>? Listed { get; set; }

    /// <summary>Why there is nothing; null where there is something.</summary>
    public string? Reason { get; init; }
}
