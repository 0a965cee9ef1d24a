using Tars.Observability.Health;
using Tars.Reports.Anomalies;
using Tars.Reports.Budgets;
using Tars.Reports.Formats;
using Tars.Reports.Kpis;
using static Tars.Reports.ReportColumn;

namespace Tars.Reports.Health;

/// <summary>A day's health as tables.</summary>
internal static class HealthTables
{
    /// <summary>All of them, in reading order.</summary>
    public static IReadOnlyList<ReportTable> All(DailyHealth health) =>
    [
        Findings(health),
        KpiTables.Objectives(health.Kpis.Certification.Objectives),
        Metrics(health),
        BudgetTables.Budgets(health.Budgets),
        health.AnomaliesLookedFor
            ? AnomalyEventsReport.Events("Anomalies", health.Anomalies)
            : AnomalyEventsReport.Events("Anomalies", []) with { Empty = "Nobody looked for anomalies." },
    ];

    /// <summary>What a reader should know.</summary>
    public static ReportTable Findings(DailyHealth health) => new(
        "Findings",
        ["severity", "kind", "finding"],
        [.. health.Findings.Select(string[] (finding) => [finding.Severity, States.Words(finding.Kind), finding.Text])],
        "Nothing to report in what was measured.");

    private static ReportTable Metrics(DailyHealth health) => new(
        "Figures",
        ["service", "figure", Number("value"), Number("threshold"), "status", Number("day before"), Number("change"), "trend", Number("coverage")],
        [
            .. health.Metrics.Select(string[] (metric) =>
            [
                metric.Service, metric.Metric, Display.Of(metric.Value, metric.Unit), metric.Threshold is { } threshold ? Display.Number(threshold, metric.Unit) : Display.Nothing,
                metric.Status is { } status ? States.Words(status) : Display.Nothing, metric.Previous.Value is { } previous ? Display.Number(previous, metric.Unit) : Display.Nothing,
                Display.Change(metric.ChangePercent / 100), States.Words(metric.Trend), Display.Coverage(metric.Value),
            ]),
        ],
        "No figure is configured.");
}
