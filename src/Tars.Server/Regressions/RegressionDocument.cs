using System.ComponentModel;
using System.Text.Json;
using Tars.Server.Documents;
using Tars.Storage.Findings;

namespace Tars.Server.Regressions;

/// <summary>Something that became worse.</summary>
public sealed record RegressionDocument
{
    /// <summary>Its number.</summary>
    [Description("Its number in the store.")]
    public long Id { get; init; }

    /// <summary>Since when it is worse.</summary>
    [Description("Since when it is worse: the deployment, or the begin of the later period.")]
    public DateTimeOffset DetectedAt { get; init; }

    /// <summary>The figure.</summary>
    [Description("The figure.")]
    public required string Metric { get; init; }

    /// <summary>The service.</summary>
    [Description("The service.")]
    public required string Service { get; init; }

    /// <summary>The region.</summary>
    [Description("The region that was compared; null for all.")]
    public string? Region { get; init; }

    /// <summary>Before.</summary>
    [Description("The value before.")]
    public double? BaselineValue { get; init; }

    /// <summary>After.</summary>
    [Description("The value after.")]
    public double? CurrentValue { get; init; }

    /// <summary>The change.</summary>
    [Description("How much worse, percent of the value before; null where a share of it means nothing.")]
    public double? DegradationPercent { get; init; }

    /// <summary>The change in the unit.</summary>
    [Description("The change, in the unit.")]
    public double? Change { get; init; }

    /// <summary>Least change.</summary>
    [Description("The lower end of the change's interval.")]
    public double? ChangeLow { get; init; }

    /// <summary>Most change.</summary>
    [Description("The upper end of the change's interval.")]
    public double? ChangeHigh { get; init; }

    /// <summary>The unit.</summary>
    [Description("The unit of the values.")]
    public string Unit { get; init; } = string.Empty;

    /// <summary>The p-value.</summary>
    [Description("The p-value of no change.")]
    public double? PValue { get; init; }

    /// <summary>The same, adjusted.</summary>
    [Description("The p-value, adjusted for how much was compared.")]
    public double? AdjustedPValue { get; init; }

    /// <summary>How much it matters.</summary>
    [Description("low, medium, high or critical")]
    public required string Severity { get; init; }

    /// <summary>One line.</summary>
    [Description("One line for a person.")]
    public required string Description { get; init; }

    /// <summary>What it coincides with.</summary>
    [Description("The deployment with which it coincides: an association in time, not proof. Null when there is none.")]
    public string? RootCause { get; init; }

    /// <summary>The version deployed.</summary>
    [Description("The version that was deployed then; null when no deployment is known.")]
    public string? Version { get; init; }

    /// <summary>The version before.</summary>
    [Description("The version before; null when it is not known.")]
    public string? PreviousVersion { get; init; }

    /// <summary>Whether somebody has dealt with it.</summary>
    [Description("Whether somebody has dealt with it.")]
    public bool Mitigated { get; init; }

    /// <summary>When somebody did.</summary>
    [Description("When somebody has dealt with it; null while it is open.")]
    public DateTimeOffset? MitigatedAt { get; init; }

    /// <summary>The day it is filed under.</summary>
    [Description("The day since which it is worse, in the configured time zone.")]
    public DateOnly Date { get; init; }

    /// <summary>The report's number.</summary>
    [Description("The number of the report that tells it.")]
    public long ReportId { get; init; }

    /// <summary>What became of the values.</summary>
    [Description("What became of baseline_value and current_value.")]
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
    /// <summary>The regressions.</summary>
    [Description("The regressions of this page.")]
    public IReadOnlyList<RegressionDocument> Regressions { get; init; } = [];

    /// <summary>How many there are.</summary>
    [Description("How many fit, on all pages.")]
    public long TotalRegressions { get; init; }

    /// <summary>How many are open.</summary>
    [Description("How many of them nobody has dealt with.")]
    public long ActiveRegressions { get; init; }

    /// <summary>How many are not.</summary>
    [Description("How many of them somebody has dealt with.")]
    public long MitigatedRegressions { get; init; }

    /// <summary>How many are critical.</summary>
    [Description("How many of them are critical.")]
    public long CriticalRegressions { get; init; }

    /// <summary>How many are high.</summary>
    [Description("How many of them are high.")]
    public long HighRegressions { get; init; }

    /// <summary>How many are medium.</summary>
    [Description("How many of them are medium.")]
    public long MediumRegressions { get; init; }

    /// <summary>Whether anybody compared.</summary>
    [Description("Whether a report compared anything at all, under the name regressions: an empty list without one says nothing.")]
    public IReadOnlyDictionary<string, MeasurementState> Measurement { get; init; } = new Dictionary<string, MeasurementState>();

    /// <summary>The newest report that compared.</summary>
    [Description("The number of the newest report that compared; null when none did.")]
    public long? NewestReportId { get; init; }
}
