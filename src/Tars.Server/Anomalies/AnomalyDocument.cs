using System.Text.Json;
using Tars.Server.Documents;
using Tars.Storage.Findings;

namespace Tars.Server.Anomalies;

/// <summary>Something that was unusual.</summary>
public sealed record AnomalyDocument
{
    /// <summary>Its number in the store.</summary>
    public long Id { get; init; }

    /// <summary>The instant of the peak; where nothing was measured, the begin.</summary>
    public DateTimeOffset Timestamp { get; init; }

    /// <summary>The figure; (all) stands for all.</summary>
    public required string Metric { get; init; }

    /// <summary>The service; (backend) stands for the monitoring itself.</summary>
    public required string Service { get; init; }

    /// <summary>The value at the peak; null when nothing was measured.</summary>
    public double? Value { get; init; }

    /// <summary>What was expected at the peak.</summary>
    public double? Expected { get; init; }

    /// <summary>The least and the largest value that was expected at the peak; null when nothing was measured.</summary>
    public IReadOnlyList<double>? ExpectedRange { get; init; }

    /// <summary>The unit of the values; empty for counts.</summary>
    public string Unit { get; init; } = string.Empty;

    /// <summary>info, low, medium, high or critical</summary>
    public required string Severity { get; init; }

    /// <summary>spike, drop, level_shift, drift, flatline or missing_data</summary>
    public string? Classification { get; init; }

    /// <summary>How sure it is, 0 to 1.</summary>
    public double? Confidence { get; init; }

    /// <summary>One line for a person.</summary>
    public required string Description { get; init; }

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

    /// <summary>The day on which it began, in the configured time zone.</summary>
    public DateOnly Date { get; init; }

    /// <summary>The number of the report that tells it.</summary>
    public long ReportId { get; init; }

    /// <summary>What became of value and expected.</summary>
    public required IReadOnlyDictionary<string, MeasurementState> Measurement { get; init; }

    /// <summary>An anomaly.</summary>
    internal static AnomalyDocument Of(Finding finding)
    {
        NewFinding found = finding.Found;
        using JsonDocument details = JsonDocument.Parse(found.Details);
        JsonElement root = details.RootElement;
        JsonElement peak = root.TryGetProperty("peak", out JsonElement there) ? there : default;
        string unit = root.TryGetProperty("unit", out JsonElement word) && word.GetString() is { } text && text != Nothing ? text : string.Empty;
        double? low = FindingDetails.Number(peak, "expected_low");
        double? high = FindingDetails.Number(peak, "expected_high");
        double? value = FindingDetails.Number(peak, "value");
        double? expected = FindingDetails.Number(peak, "expected");
        return new AnomalyDocument
        {
            Id = finding.Id,
            Timestamp = peak.ValueKind == JsonValueKind.Object && peak.TryGetProperty("time", out JsonElement time) ? time.GetDateTimeOffset() : found.Started,
            Metric = found.Metric,
            Service = found.Service,
            Value = value,
            Expected = expected,
            ExpectedRange = low is { } least && high is { } most ? [least, most] : null,
            Unit = unit,
            Severity = Words.Of(found.Severity),
            Classification = root.TryGetProperty("shape", out JsonElement shape) ? shape.GetString() : null,
            Confidence = found.Score,
            Description = found.Summary,
            StartedAt = found.Started,
            EndedAt = found.Ended,
            Ongoing = found.Ended is null,
            Resolved = finding.Resolution is not null,
            ResolvedAt = finding.Resolution?.At,
            Date = found.Date,
            ReportId = finding.ReportId,
            Measurement = new SortedDictionary<string, MeasurementState>(StringComparer.Ordinal)
            {
                ["value"] = FindingDetails.State(value, unit, Unmeasured),
                ["expected"] = FindingDetails.State(expected, unit, Unmeasured),
            },
        };
    }

    // What the store writes for a unit that is none.
    private const string Nothing = "(nothing was said)";
    private const string Unmeasured = "nothing was measured in the event";
}

/// <summary>Anomalies, each as it was told last.</summary>
public sealed record AnomalyList : ListDocument<AnomalyDocument>
{
    /// <summary>The anomalies of this page.</summary>
    public IReadOnlyList<AnomalyDocument> Anomalies { get; init; } = [];

    /// <summary>How many fit, on all pages.</summary>
    public long TotalAnomalies { get; init; }

    /// <summary>How many of them nobody has dealt with.</summary>
    public long ActiveAnomalies { get; init; }

    /// <summary>How many of them somebody has dealt with.</summary>
    public long ResolvedAnomalies { get; init; }

    /// <summary>How many of them are critical.</summary>
    public long TotalCritical { get; init; }

    /// <summary>How many of them are high.</summary>
    public long TotalHigh { get; init; }

    /// <summary>Whether a report looked for anomalies at all, under the name anomalies: an empty list without one says nothing.</summary>
    public IReadOnlyDictionary<string, MeasurementState> Measurement { get; init; } = new Dictionary<string, MeasurementState>();

    /// <summary>The number of the newest report that looked; null when none did.</summary>
    public long? NewestReportId { get; init; }
}
