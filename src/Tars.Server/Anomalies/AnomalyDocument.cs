using System.ComponentModel;
using System.Text.Json;
using Tars.Server.Documents;
using Tars.Storage.Findings;

namespace Tars.Server.Anomalies;

/// <summary>Something that was unusual.</summary>
public sealed record AnomalyDocument
{
    /// <summary>Its number.</summary>
    [Description("Its number in the store.")]
    public long Id { get; init; }

    /// <summary>The peak; where nothing was measured, the begin.</summary>
    [Description("The instant of the peak; where nothing was measured, the begin.")]
    public DateTimeOffset Timestamp { get; init; }

    /// <summary>The figure.</summary>
    [Description("The figure; (all) stands for all.")]
    public required string Metric { get; init; }

    /// <summary>The service.</summary>
    [Description("The service; (backend) stands for the monitoring itself.")]
    public required string Service { get; init; }

    /// <summary>The value at the peak.</summary>
    [Description("The value at the peak; null when nothing was measured.")]
    public double? Value { get; init; }

    /// <summary>What was expected there.</summary>
    [Description("What was expected at the peak.")]
    public double? Expected { get; init; }

    /// <summary>Between what it was expected.</summary>
    [Description("The least and the largest value that was expected at the peak; null when nothing was measured.")]
    public IReadOnlyList<double>? ExpectedRange { get; init; }

    /// <summary>Its unit.</summary>
    [Description("The unit of the values; empty for counts.")]
    public string Unit { get; init; } = string.Empty;

    /// <summary>How much it matters.</summary>
    [Description("info, low, medium, high or critical")]
    public required string Severity { get; init; }

    /// <summary>Its form.</summary>
    [Description("spike, drop, level_shift, drift, flatline or missing_data")]
    public string? Classification { get; init; }

    /// <summary>0 to 1.</summary>
    [Description("How sure it is, 0 to 1.")]
    public double? Confidence { get; init; }

    /// <summary>One line.</summary>
    [Description("One line for a person.")]
    public required string Description { get; init; }

    /// <summary>When it began.</summary>
    [Description("When it began.")]
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    [Description("When it ended, excluded; null while it lasts.")]
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Whether it lasted at the end of the window.</summary>
    [Description("Whether it had not ended at the end of the report's window.")]
    public bool Ongoing { get; init; }

    /// <summary>Whether somebody has dealt with it.</summary>
    [Description("Whether somebody has dealt with it.")]
    public bool Resolved { get; init; }

    /// <summary>When somebody did.</summary>
    [Description("When somebody has dealt with it; null while it is open.")]
    public DateTimeOffset? ResolvedAt { get; init; }

    /// <summary>The day it is filed under.</summary>
    [Description("The day on which it began, in the configured time zone.")]
    public DateOnly Date { get; init; }

    /// <summary>The report's number.</summary>
    [Description("The number of the report that tells it.")]
    public long ReportId { get; init; }

    /// <summary>What became of the values.</summary>
    [Description("What became of value and expected.")]
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
    /// <summary>The anomalies.</summary>
    [Description("The anomalies of this page.")]
    public IReadOnlyList<AnomalyDocument> Anomalies { get; init; } = [];

    /// <summary>How many there are.</summary>
    [Description("How many fit, on all pages.")]
    public long TotalAnomalies { get; init; }

    /// <summary>How many are open.</summary>
    [Description("How many of them nobody has dealt with.")]
    public long ActiveAnomalies { get; init; }

    /// <summary>How many are not.</summary>
    [Description("How many of them somebody has dealt with.")]
    public long ResolvedAnomalies { get; init; }

    /// <summary>How many are critical.</summary>
    [Description("How many of them are critical.")]
    public long TotalCritical { get; init; }

    /// <summary>How many are high.</summary>
    [Description("How many of them are high.")]
    public long TotalHigh { get; init; }

    /// <summary>Whether anybody looked.</summary>
    [Description("Whether a report looked for anomalies at all, under the name anomalies: an empty list without one says nothing.")]
    public IReadOnlyDictionary<string, MeasurementState> Measurement { get; init; } = new Dictionary<string, MeasurementState>();

    /// <summary>The newest report that looked.</summary>
    [Description("The number of the newest report that looked; null when none did.")]
    public long? NewestReportId { get; init; }
}
