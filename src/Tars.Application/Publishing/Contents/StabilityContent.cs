using Tars.Observability.Objectives;
using Tars.Observability.Stability;
using Tars.Storage.Findings;
using Tars.Storage.Reports;

namespace Tars.Application.Publishing.Contents;

/// <summary>What is kept of <c>tars stability</c>.</summary>
public static class StabilityContent
{
    /// <summary>The kind of the report.</summary>
    public const string Kind = "stability";

    /// <summary>The kind of a finding that a rule of the recommendation made.</summary>
    public const string Rule = "stability";

    /// <summary>The kind of a finding about a difference from the baseline.</summary>
    public const string DriftFinding = "drift";

    /// <summary>The kind of a finding about a trend over days.</summary>
    public const string TrendFinding = "trend";

    /// <summary>The content: scores by day, the key figures of the window, and what speaks for keeping or leaving the release.</summary>
    /// <param name="report">The days.</param>
    /// <param name="settings">Their time zone.</param>
    public static NewReport Of(StabilityReport report, AnalysisSettings settings)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(settings);
        return new NewReport(Kind, Kind, Rows.Of(report.Window), Rows.DayOf(report.Window, settings.TimeZone))
        {
            Judgement = Rows.Of(report.Week.Certification.Verdict),
            Figures = [.. Figures(report)],
            Findings =
            [
                .. report.Recommendation.Rules.Select(rule => Of(rule, report, settings)),
                .. report.Drift.Where(drift => drift.Effect is DriftEffect.Worse or DriftEffect.Better or DriftEffect.Changed).Select(drift => Of(drift, report, settings)),
                .. report.Trends.Where(trend => trend.Direction is not (TrendDirection.NotJudged or TrendDirection.Stable)).Select(trend => Of(trend, report, settings)),
                .. KpiFindings.Of(report.Week, settings),
            ],
        };
    }

    /// <summary>Scores of the window and its days, then the key figures of the window.</summary>
    internal static IEnumerable<StoredFigure> Figures(StabilityReport report) =>
    [
        new StoredFigure(DailyHealthContent.Score, string.Empty, Rows.Of(report.Score)) { Labels = Rows.Json(("recommendation", Rows.Word(Rows.Word(report.Recommendation.Action)))) },
        .. report.Days.Select(day => new StoredFigure("day_score", string.Empty, Rows.Of(day.Score))
        {
            Labels = Rows.Json(("date", Rows.Word(day.Date.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)))),
        }),
        .. KpiContent.Figures(report.Week),
    ];

    // The action is the only weight a rule has.
    private static NewFinding Of(FiredRule rule, StabilityReport report, AnalysisSettings settings) => new(
        Rule,
        Rows.All,
        Rows.All,
        rule.Action switch
        {
            StabilityAction.RollBack => FindingSeverity.High,
            StabilityAction.Watch => FindingSeverity.Medium,
            _ => FindingSeverity.Info,
        },
        Rows.DayOf(report.Window, settings.TimeZone),
        report.Window.From,
        Rows.Text($"{rule.Rule}: {rule.Reason}"))
    {
        Ended = report.Window.To,
        Details = Rows.Json(("rule", Rows.Word(rule.Rule)), ("action", Rows.Word(Rows.Word(rule.Action)))),
    };

    // Worse by what is worth a rollback, worse, and otherwise: the steps of docs/math.md, "Stability".
    private static NewFinding Of(Drift drift, StabilityReport report, AnalysisSettings settings) => new(
        DriftFinding,
        drift.Service ?? Rows.All,
        drift.Metric,
        drift.Effect != DriftEffect.Worse ? FindingSeverity.Info : drift.HurtPercent >= Recommendation.RollBackPercent ? FindingSeverity.High : FindingSeverity.Medium,
        Rows.DayOf(report.Window, settings.TimeZone),
        report.Window.From,
        FormattableString.Invariant($"{drift.Service ?? "all services"} {drift.Metric}: {drift.Change.Value:+0.#;-0.#} % of the {drift.Basis}, {Rows.Word(drift.Effect)}"))
    {
        Ended = report.Window.To,
        Effect = Rows.Finite(drift.Change.Value),
        Details = Rows.Json(
            ("direction", Rows.Word(Rows.Word(drift.Effect))),
            ("unit", Rows.Word(drift.Unit)),
            ("basis", Rows.Word(drift.Basis)),
            ("baseline", Rows.Number(drift.Baseline)),
            ("value", Rows.Number(drift.Current.Value))),
    };

    private static NewFinding Of(DailyTrend trend, StabilityReport report, AnalysisSettings settings) => new(
        TrendFinding,
        trend.Service ?? Rows.All,
        trend.Metric,
        trend.Direction == TrendDirection.Worsening ? FindingSeverity.Medium : FindingSeverity.Info,
        Rows.DayOf(report.Window, settings.TimeZone),
        report.Window.From,
        FormattableString.Invariant($"{trend.Service ?? "all services"} {trend.Metric}: {Rows.Word(trend.Direction)} over {trend.Days} days"))
    {
        Ended = report.Window.To,
        Effect = Rows.Finite(trend.SlopePerDay.Value),
        PValue = Rows.Finite(trend.PValue),
        Details = Rows.Json(
            ("direction", Rows.Word(Rows.Word(trend.Direction))),
            ("unit", Rows.Word($"{trend.Unit}/day")),
            ("slope_low", Rows.Number(trend.SlopeLow)),
            ("slope_high", Rows.Number(trend.SlopeHigh)),
            ("change_percent", Rows.Number(trend.ChangePercent)),
            ("days", Rows.Number(trend.Days)),
            ("window_from", Rows.Instant(report.Window.From))),
    };
}
