using System.Text.Json;
using Tars.Server.Documents;
using Tars.Storage.Findings;

namespace Tars.Server.Regressions;

/// <summary>Something that became worse.</summary>
public sealed record RegressionDocument
{
    /// <summary>Its number in the store.</summary>
    public long Id { get; init; }

    /// <summary>Since when it is worse: the deployment, or the begin of the later period.</summary>
    public DateTimeOffset DetectedAt { get; init; }

    /// <summary>The figure.</summary>
    public required string Metric { get; init; }

    /// <summary>The service.</summary>
    public required string Service { get; init; }

    /// <summary>The region that was compared; null for all.</summary>
    public string? Region { get; init; }

    /// <summary>The value before.</summary>
    public double? BaselineValue { get; init; }

    /// <summary>The value after.</summary>
    public double? CurrentValue { get; init; }

    /// <summary>How much worse, percent of the value before; null where a share of it means nothing.</summary>
    public double? DegradationPercent { get; init; }

    /// <summary>The change, in the unit.</summary>
    public double? Change { get; init; }

    /// <summary>The lower end of the change's interval.</summary>
    public double? ChangeLow { get; init; }

    /// <summary>The upper end of the change's interval.</summary>
    public double? ChangeHigh { get; init; }

    /// <summary>The unit of the values.</summary>
    public string Unit { get; init; } = string.Empty;

    /// <summary>The p-value of no change.</summary>
    public double? PValue { get; init; }

    /// <summary>The p-value, adjusted for how much was compared.</summary>
    public double? AdjustedPValue { get; init; }

    /// <summary>low, medium, high or critical</summary>
    public required string Severity { get; init; }

    /// <summary>One line for a person.</summary>
    public required string Description { get; init; }

    /// <summary>The deployment with which it coincides: an association in time, not proof. Null when there is none.</summary>
    public string? RootCause { get; init; }

    /// <summary>The version that was deployed then; null when no deployment is known.</summary>
    public string? Version { get; init; }

    /// <summary>The version before; null when it is not known.</summary>
    public string? PreviousVersion { get; init; }

    /// <summary>Whether somebody has dealt with it.</summary>
    public bool Mitigated { get; init; }

    /// <summary>When somebody has dealt with it; null while it is open.</summary>
    public DateTimeOffset? MitigatedAt { get; init; }

    /// <summary>The day since which it is worse, in the configured time zone.</summary>
    public DateOnly Date { get; init; }

    /// <summary>The number of the report that tells it.</summary>
    public long ReportId { get; init; }

    /// <summary>What became of baseline_value and current_value.</summary>
    public required IReadOnlyDictionary<string, MeasurementState> Measurement { get; init; }

    /// <summary>A regression.</summary>
    internal static RegressionDocument Of(Finding finding)
    {
        NewFinding found = finding.Found;
        using JsonDocument details = JsonDocument.Parse(found.Details);
        JsonElement root = details.RootElement;
        JsonElement deployment = root.TryGetProperty("deployment", out JsonElement there) ? there : default;
        string unit = FindingDetails.Text(root, "unit") ?? string.Empty;
        double? before = FindingDetails.Number(root, "before");
        double? after = FindingDetails.Number(root, "after");
        string? version = FindingDetails.Text(deployment, "version");
        return new RegressionDocument
        {
            Id = finding.Id,
            DetectedAt = found.Started,
            Metric = found.Metric,
            Service = found.Service,
            Region = FindingDetails.Text(root, "region"),
            BaselineValue = before,
            CurrentValue = after,
            // For the worse is up for some figures and down for others: how much worse is told without its direction, which change has.
            DegradationPercent = FindingDetails.Number(root, "relative_change") is { } share ? Math.Abs(share * 100) : null,
            Change = found.Effect,
            ChangeLow = FindingDetails.Number(root, "change_low"),
            ChangeHigh = FindingDetails.Number(root, "change_high"),
            Unit = unit,
            PValue = found.PValue,
            AdjustedPValue = FindingDetails.Number(root, "adjusted_p_value"),
            Severity = Words.Of(found.Severity),
            Description = found.Summary,
            RootCause = version is null ? null : $"coincides with the deployment of {found.Service} {version} at {FindingDetails.Text(deployment, "time")}; an association in time, not proof",
            Version = version,
            PreviousVersion = FindingDetails.Text(deployment, "previous_version"),
            Mitigated = finding.Resolution is not null,
            MitigatedAt = finding.Resolution?.At,
            Date = found.Date,
            ReportId = finding.ReportId,
            Measurement = new SortedDictionary<string, MeasurementState>(StringComparer.Ordinal)
            {
                ["baseline_value"] = FindingDetails.State(before, unit, NotCompared),
                ["current_value"] = FindingDetails.State(after, unit, NotCompared),
            },
        };
    }

    private const string NotCompared = "the report has no such value";
}

/// <summary>Regressions, each as it was told last.</summary>
public sealed record RegressionList : ListDocument<RegressionDocument>
{
    /// <summary>The regressions of this page.</summary>
    public IReadOnlyList<RegressionDocument> Regressions { get; init; } = [];

    /// <summary>How many fit, on all pages.</summary>
    public long TotalRegressions { get; init; }

    /// <summary>How many of them nobody has dealt with.</summary>
    public long ActiveRegressions { get; init; }

    /// <summary>How many of them somebody has dealt with.</summary>
    public long MitigatedRegressions { get; init; }

    /// <summary>How many of them are critical.</summary>
    public long CriticalRegressions { get; init; }

    /// <summary>How many of them are high.</summary>
    public long HighRegressions { get; init; }

    /// <summary>How many of them are medium.</summary>
    public long MediumRegressions { get; init; }

    /// <summary>Whether a report compared anything at all, under the name regressions: an empty list without one says nothing.</summary>
    public IReadOnlyDictionary<string, MeasurementState> Measurement { get; init; } = new Dictionary<string, MeasurementState>();

    /// <summary>The number of the newest report that compared; null when none did.</summary>
    public long? NewestReportId { get; init; }
}
