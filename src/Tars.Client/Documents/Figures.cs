using System.Text.Json.Serialization;

namespace Tars.Client;

/// <summary>The key figures of one service.</summary>
public sealed record ServiceFigures
{
    /// <summary>The service.</summary>
    public string Service { get => field ?? string.Empty; init; }

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

    /// <summary>Minutes in which it was down.</summary>
    [JsonIgnore]
    public Measurement DowntimeMinutes => Measurement.Of(States, "downtime_minutes", DowntimeMinutesNumber);

    [JsonInclude, JsonPropertyName("downtime_minutes")]
    internal double? DowntimeMinutesNumber { get; set; }

    [JsonInclude, JsonPropertyName("measurement")]
    internal Dictionary<string, FigureState>? States { get; set; }
}

/// <summary>How one objective was kept.</summary>
public sealed record ObjectiveResult
{
    /// <summary>The service.</summary>
    public string? Service { get; init; }

    /// <summary>The objective's name.</summary>
    public string? Objective { get; init; }

    /// <summary>What is measured.</summary>
    public string? What { get; init; }

    /// <summary>What was measured, in the unit of the objective.</summary>
    [JsonIgnore]
    public Measurement Value => Measurement.Of(State, ValueNumber);

    [JsonInclude, JsonPropertyName("value")]
    internal double? ValueNumber { get; set; }

    [JsonInclude, JsonPropertyName("measurement")]
    internal FigureState? State { get; set; }

    /// <summary>What was promised, in the same unit; null where it is not known.</summary>
    public double? Threshold { get; init; }

    /// <summary>Whether the value must be at least the threshold; else at most.</summary>
    public bool AtLeast { get; init; }

    /// <summary><c>pass</c>, <c>fail</c> or <c>inconclusive</c>; null where none was given.</summary>
    public string? Verdict { get; init; }

    /// <summary>Why it is not pass.</summary>
    public string? Reason { get; init; }
}

/// <summary>Something that a report found.</summary>
public sealed record Finding
{
    /// <summary>Its number.</summary>
    public long Id { get; init; }

    /// <summary>What it is, such as <c>incident</c> or <c>alert</c>.</summary>
    public string Kind { get => field ?? string.Empty; init; }

    /// <summary><c>info</c>, <c>low</c>, <c>medium</c>, <c>high</c> or <c>critical</c>.</summary>
    public string Severity { get => field ?? string.Empty; init; }

    /// <summary>The service; <c>(all)</c> for all, <c>(backend)</c> for the monitoring itself.</summary>
    public string Service { get => field ?? string.Empty; init; }

    /// <summary>The figure; <c>(all)</c> for all.</summary>
    public string Metric { get => field ?? string.Empty; init; }

    /// <summary>One line for a person.</summary>
    public string Description { get => field ?? string.Empty; init; }

    /// <summary>When it began.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ended; null while it lasts, or where no end was measured.</summary>
    public DateTimeOffset? EndedAt { get; init; }
}
