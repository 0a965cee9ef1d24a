using Tars.Observability.Kpis;
using Tars.Observability.Stability;
using Tars.Reports.Formats;
using Tars.Reports.Kpis;
using static Tars.Reports.ReportColumn;

namespace Tars.Reports.Stability;

/// <summary>Days, drift and trends as tables.</summary>
internal static class WeeklyTables
{
    /// <summary>All of them, in reading order.</summary>
    public static IReadOnlyList<ReportTable> All(StabilityReport report) =>
        [Days(report), KpiTables.Objectives(report.Week.Certification.Objectives), Drift(report), Trends(report), KpiTables.Incidents(report.Week.Incidents)];

    /// <summary>A row per day.</summary>
    public static ReportTable Days(StabilityReport report) => new(
        "Days",
        [
            "date", Number("score"), "verdict", Number("availability"), Number("lowest hour"), Number("error rate"), Number("p99"), Number("requests"), Number("incidents"),
            Number("alerts"), Number("down"), Number("unmeasured"),
        ],
        [
            .. report.Days.Select(string[] (day) =>
            [
                Display.Date(day.Date) + (day.IsWhole ? string.Empty : " (part)"), Score(day.Score), day.Kpis.Certification.Verdict.Name,
                Of(day.Kpis, KpiNames.Availability), Display.Of(day.Availability.Lowest, "%"), Of(day.Kpis, KpiNames.ErrorRate), Of(day.Kpis, KpiNames.P99Latency),
                Of(day.Kpis, KpiNames.TotalRequests), Display.Number(day.Kpis.Incidents.Count, string.Empty), Display.Number(day.AlertsBySeverity.Values.Sum(), string.Empty),
                Of(day.Kpis, KpiNames.DowntimeMinutes), Of(day.Kpis, KpiNames.UnmeasuredMinutes),
            ]),
        ],
        "The window holds no day.");

    /// <summary>A row per figure that moved.</summary>
    public static ReportTable Drift(StabilityReport report) => new(
        "Drift from the baseline",
        ["service", "figure", Number("baseline"), Number("now"), Number("change"), "of", "effect"],
        [
            .. report.Drift.Where(drift => drift.Effect is not (DriftEffect.None or DriftEffect.NotCompared)).Select(string[] (drift) =>
            [
                drift.Service ?? "all services", drift.Metric, drift.Baseline is { } before ? Display.Number(before, drift.Unit) : Display.Nothing,
                Display.Of(drift.Current, drift.Unit), Display.Change(drift.Change.Value / 100), drift.Basis, States.Words(drift.Effect),
            ]),
        ],
        report.Baseline is null ? "There is no baseline, so nothing was compared."
            : report.Drift.All(drift => drift.Effect == DriftEffect.NotCompared) ? "Nothing could be compared with the baseline."
            : $"No compared figure moved by more than {NoticeText} from the baseline.");

    /// <summary>A row per trend that is one.</summary>
    public static ReportTable Trends(StabilityReport report) => new(
        "Trends over the days",
        ["service", "figure", "direction", Number("per day"), Number("over the window"), Number("p-value"), Number("days")],
        [
            .. report.Trends.Where(trend => trend.Direction is not (TrendDirection.Stable or TrendDirection.NotJudged)).Select(string[] (trend) =>
            [
                trend.Service ?? "all services", trend.Metric, States.Words(trend.Direction), trend.SlopePerDay.Value is { } slope ? Display.Difference(slope, trend.Unit) : Display.Nothing,
                Display.Change(trend.ChangePercent / 100), Display.Probability(trend.PValue), Display.Number(trend.Days, string.Empty),
            ]),
        ],
        report.Trends.All(trend => trend.Direction == TrendDirection.NotJudged)
            ? $"No trend could be judged: that takes {DailyTrend.MinimumDays} measured whole days."
            : "No significant trend that is large enough to matter.");

    /// <summary>A score for people.</summary>
    public static string Score(Observability.TimeSeries.Figure score) => score.Value is { } value ? Display.Number(Math.Floor(value * 10) / 10, string.Empty) : "no data";

    private static string NoticeText => Display.Number(Observability.Stability.Drift.NoticePercent, "%");

    private static string Of(KpiSummary kpis, string name) => kpis.Overall.Find(name) is { } figure ? Display.Of(figure.Figure, figure.Unit) : Display.Nothing;
}
