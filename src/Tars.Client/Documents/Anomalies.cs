using System.Text.Json.Serialization;

namespace Tars.Client;

/// <summary>Something that was unusual.</summary>
public sealed record Anomaly
{
    /// <summary>Its number in the store.</summary>
    public long Id { get; init; }

    /// <summary>The instant of the peak; where nothing was measured, the begin.</summary>
    public DateTimeOffset Timestamp { get; init; }

    /// <summary>The figure; <c>(all)</c> for all.</summary>
    public string Metric { get => field ?? string.Empty; init; }

    /// <summary>The service; <c>(backend)</c> for the monitoring itself.</summary>
    public string Service { get => field ?? string.Empty; init; }

    /// <summary>The value at the peak.</summary>
    [JsonIgnore]
    public Measurement Value => Measurement.Of(States, "value", ValueNumber);

    [JsonInclude, JsonPropertyName("value")]
    internal double? ValueNumber { get; set; }

    /// <summary>What was expected at the peak.</summary>
    [JsonIgnore]
    public Measurement Expected => Measurement.Of(States, "expected", ExpectedNumber);

    [JsonInclude, JsonPropertyName("expected")]
    internal double? ExpectedNumber { get; set; }

    /// <summary>The least and the largest value that was expected at the peak; null where nothing was measured.</summary>
    public IReadOnlyList<double>? ExpectedRange { get; init; }

    /// <summary><c>info</c>, <c>low</c>, <c>medium</c>, <c>high</c> or <c>critical</c>.</summary>
    public string Severity { get => field ?? string.Empty; init; }

    /// <summary><c>spike</c>, <c>drop</c>, <c>level_shift</c>, <c>drift</c>, <c>flatline</c> or <c>missing_data</c>.</summary>
    public string? Classification { get; init; }

    /// <summary>How sure it is, 0 to 1.</summary>
    public double? Confidence { get; init; }

    /// <summary>One line for a person.</summary>
    public string Description { get => field ?? string.Empty; init; }

    /// <summary>When it began.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ended, excluded; null while it lasts.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Whether it had not ended at the end of the report's window.</summary>
    public bool Ongoing { get; init; }

    /// <summary>Whether somebody has dealt with it.</summary>
    public bool Resolved { get; init; }

    /// <summary>When somebody has dealt with it; null while it is open.</summary>
    public DateTimeOffset? ResolvedAt { get; init; }

    /// <summary>The day on which it began.</summary>
    public DateOnly Date { get; init; }

    /// <summary>The number of the report that tells it.</summary>
    public long ReportId { get; init; }

    [JsonInclude, JsonPropertyName("measurement")]
    internal Dictionary<string, FigureState>? States { get; set; }
}

/// <summary>Anomalies, each as it was told last.</summary>
public sealed record AnomalyPage : TarsPage<Anomaly>
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override IReadOnlyList<Anomaly> Items => Listed ?? [];

    [JsonInclude, JsonPropertyName("anomalies")]
    internal List<Anomaly>? Listed { get; set; }

    /// <summary>How many fit, on all pages.</summary>
    public long TotalAnomalies { get; init; }

    /// <summary>How many of them nobody has dealt with.</summary>
    public long ActiveAnomalies { get; init; }

    /// <summary>How many of them are critical.</summary>
    public long TotalCritical { get; init; }

    /// <summary>How many of them are high.</summary>
    public long TotalHigh { get; init; }

    /// <summary>Why nothing can be said, where no report looked; null where one did: only then does an empty list say that there was nothing.</summary>
    [JsonIgnore]
    public string? NotExamined => States?.GetValueOrDefault("anomalies") is { State: not "measured" } state ? state.Reason ?? "no report looked" : null;

    [JsonInclude, JsonPropertyName("measurement")]
    internal Dictionary<string, FigureState>? States { get; set; }
}
