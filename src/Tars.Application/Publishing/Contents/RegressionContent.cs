using System.Text.Json.Nodes;
using Tars.Observability.Objectives;
using Tars.Observability.Regressions;
using Tars.Observability.TimeSeries;
using Tars.Storage.Findings;
using Tars.Storage.Reports;

namespace Tars.Application.Publishing.Contents;

/// <summary>What is kept of <c>tars regressions</c>.</summary>
public static class RegressionContent
{
    /// <summary>The kind of the report.</summary>
    public const string Kind = "regressions";

    /// <summary>The kind of a finding that says why something was not compared.</summary>
    public const string NotCompared = "not_compared";

    /// <summary>
    /// The content: every change that is sure and relevant, and what could not be compared. It has no figures, because a comparison has blocks and no coverage, and no
    /// verdict.
    /// </summary>
    /// <param name="report">The comparisons.</param>
    /// <param name="settings">The time zone of its days.</param>
    public static NewReport Of(RegressionReport report, AnalysisSettings settings)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(settings);
        return new NewReport(Kind, Kind, Rows.Of(report.Window), Rows.DayOf(report.Window, settings.TimeZone))
        {
            Findings =
            [
                .. report.Comparisons.Where(comparison => comparison.Outcome != ComparisonOutcome.NoRelevantChange).Select(comparison => Of(comparison, settings)),
                .. report.Deployments.Where(deployment => deployment.NotCompared is not null).Select(deployment => Of(deployment, settings)),
                .. report.BaselineReason is { } reason ? (NewFinding[])[WithoutBaseline(report, reason, settings)] : [],
            ],
        };
    }

    /// <summary>A comparison: begins where the later window does, and lasts as far as anybody knows.</summary>
    internal static NewFinding Of(MetricComparison comparison, AnalysisSettings settings)
    {
        bool isConcluded = comparison.Outcome != ComparisonOutcome.NotEnoughData;
        DateTimeOffset began = comparison.Deployment?.Time ?? comparison.After.From;
        return new NewFinding(
            isConcluded ? Rows.Word(comparison.Outcome) : NotCompared,
            comparison.Service,
            comparison.Metric,
            comparison.Severity is { } severity ? Rows.Of(severity) : FindingSeverity.Info,
            Rows.DayOf(began, settings.TimeZone),
            began,
            SummaryOf(comparison))
        {
            Score = isConcluded ? Rows.Finite(comparison.Multiple) : null,
            Effect = isConcluded ? Rows.Finite(comparison.Change) : null,
            PValue = isConcluded ? Rows.Finite(comparison.PValue) : null,
            Details = Rows.Json(DetailsOf(comparison)),
        };
    }

    /// <summary>What else is known of a comparison.</summary>
    internal static (string Name, JsonNode? Value)[] DetailsOf(MetricComparison comparison) =>
    [
        ("region", Rows.Word(comparison.Region)),
        ("unit", Rows.Word(comparison.Unit)),
        ("deployment", comparison.Deployment is { } deployment ? DeploymentOf(deployment) : null),
        ("before", Rows.Number(comparison.BeforeValue)),
        ("after", Rows.Number(comparison.AfterValue)),
        ("change_low", Rows.Number(comparison.ChangeLow)),
        ("change_high", Rows.Number(comparison.ChangeHigh)),
        ("relative_change", Rows.Number(comparison.RelativeChange)),
        ("cliffs_delta", Rows.Number(comparison.CliffsDelta)),
        ("adjusted_p_value", Rows.Number(comparison.AdjustedPValue)),
        ("minimum_effect", Rows.Number(comparison.MinimumEffect)),
        ("minimum_is_absolute", JsonValue.Create(comparison.MinimumIsAbsolute)),
        ("blocks_before", JsonValue.Create(comparison.BlocksBefore)),
        ("blocks_after", JsonValue.Create(comparison.BlocksAfter)),
        ("method", Rows.Word(comparison.Method)),
        ("reason", Rows.Word(comparison.Reason)),
    ];

    private static JsonObject DeploymentOf(Deployment deployment)
    {
        JsonObject all = new() { ["time"] = Rows.Instant(deployment.Time), ["version"] = Rows.Text(deployment.Version), ["evidence"] = Rows.Text(deployment.Evidence) };
        if (deployment.PreviousVersion is { } previous)
        {
            all["previous_version"] = Rows.Text(previous);
        }

        return all;
    }

    private static string SummaryOf(MetricComparison comparison)
    {
        string since = comparison.Deployment is { } deployment ? $" with {deployment.Version} at {Instants.Format(deployment.Time)}" : $" in {comparison.After} against {comparison.Before}";
        string what = comparison switch
        {
            { Outcome: ComparisonOutcome.NotEnoughData } => $"not compared: {comparison.Reason ?? "not enough data"}",
            { BeforeValue: { } before, AfterValue: { } after } => FormattableString.Invariant($"{Rows.Word(comparison.Outcome)} from {before:0.####} to {after:0.####} {comparison.Unit}").TrimEnd(),
            _ => Rows.Word(comparison.Outcome),
        };
        return Rows.Text($"{comparison.Place} {comparison.Metric}: {what}{since}");
    }

    private static NewFinding Of(DeploymentComparison deployment, AnalysisSettings settings) => new(
        NotCompared,
        deployment.Deployment.Service,
        Rows.All,
        FindingSeverity.Info,
        Rows.DayOf(deployment.Deployment.Time, settings.TimeZone),
        deployment.Deployment.Time,
        Rows.Text($"{deployment.Deployment.Service} {deployment.Deployment.Version}: not compared: {deployment.NotCompared}"))
    {
        Details = Rows.Json(("deployment", DeploymentOf(deployment.Deployment))),
    };

    private static NewFinding WithoutBaseline(RegressionReport report, string reason, AnalysisSettings settings) => new(
        NotCompared, Rows.All, Rows.All, FindingSeverity.Info, Rows.DayOf(report.Window, settings.TimeZone), report.Window.From, Rows.Text($"periods were not compared: {reason}"))
    {
        Ended = report.Window.To,
    };
}
