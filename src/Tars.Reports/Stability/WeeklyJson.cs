using Tars.Observability.Kpis;
using Tars.Observability.Stability;
using Tars.Reports.Formats;
using Tars.Reports.Kpis;

namespace Tars.Reports.Stability;

/// <summary>The JSON of days and weeks.</summary>
internal static class WeeklyJson
{
    private static readonly string[] OfDays =
    [
        KpiNames.Availability, KpiNames.ErrorRate, KpiNames.TotalRequests, KpiNames.TotalErrors, KpiNames.P50Latency, KpiNames.P95Latency, KpiNames.P99Latency,
        KpiNames.DowntimeMinutes, KpiNames.UnmeasuredMinutes,
    ];

    /// <summary><c>weekly_summary.json</c>.</summary>
    public static void Week(JsonText json, StabilityReport report)
    {
        json.Versions(report.Week.MethodVersion);
        json.Time("start_time", report.Window.From);
        json.Time("end_time", report.Window.To);
        json.Number("total_duration_hours", report.Window.Duration.TotalHours);
        json.Window("baseline_window", report.Baseline?.Window);
        json.Flag("has_baseline", report.Baseline is not null);
        json.Object("recommendation", () =>
        {
            json.Text("action", States.Of(report.Recommendation.Action));
            json.Array("rules", report.Recommendation.Rules, rule =>
            {
                json.Text("rule", rule.Rule);
                json.Text("action", States.Of(rule.Action));
                json.Text("reason", rule.Reason);
            });
        });
        json.Text("certification_status", report.Week.Certification.Verdict.Name);
        json.Texts("certification_notes", report.Week.Certification.Reasons);
        json.Flag("slo_compliance", KpiJson.Kept(report.Week.Certification.Verdict));
        json.Count("incident_count", report.Week.Incidents.Count);
        json.Count("days_with_degradation", report.DegradedDays);
        AlertCounts(json, severity => report.Week.Alerts.Count(alert => alert.Severity.Equals(severity, StringComparison.OrdinalIgnoreCase)));
        json.Measurements(
        [
            new Measurement("stability_score", "points", report.Score), .. report.Week.Overall.Figures.Select(figure => KpiJson.Field(KpiJson.OverallName(figure.Name), figure)),
        ]);
        json.Array("daily_summaries", report.Days, day => DayRow(json, day));
        json.Array("drift", report.Drift, drift => DriftRow(json, drift));
        json.Array("trends", report.Trends, trend => TrendRow(json, trend));
        KpiJson.Details(json, report.Week);
    }

    /// <summary><c>day_NN_summary.json</c>.</summary>
    public static void Day(JsonText json, DaySummary day)
    {
        json.Versions(day.Kpis.MethodVersion);
        DayHead(json, day);
        json.Number("duration_hours", day.Kpis.Window.Duration.TotalHours);
        json.Number("step_seconds", day.Kpis.Step.TotalSeconds);
        json.Texts("certification_notes", day.Kpis.Certification.Reasons);
        json.Flag("slo_compliance", KpiJson.Kept(day.Kpis.Certification.Verdict));
        AlertCounts(json, severity => day.AlertsBySeverity.Where(pair => pair.Key.Equals(severity, StringComparison.OrdinalIgnoreCase)).Sum(pair => pair.Value));
        json.Measurements(
        [
            new Measurement("stability_score", "points", day.Score),
            .. day.Kpis.Overall.Figures.Select(figure => KpiJson.Field(KpiJson.OverallName(figure.Name), figure)),
            new Measurement("min_availability", "%", day.Availability.Lowest),
            new Measurement("max_availability", "%", day.Availability.Highest),
            new Measurement("alert_free_hours", "h", day.AlertFreeHours),
        ]);
        json.Array("hourly_compliance", day.Compliance, compliance =>
        {
            json.Text("objective", compliance.Objective);
            json.Count("hours_kept", compliance.HoursKept);
            json.Count("hours_measured", compliance.HoursMeasured);
            json.Measurements([new Measurement("slo_compliance_percent", "%", compliance.Percent)]);
        });
        json.Array("drift", day.Drift, drift => DriftRow(json, drift));
        KpiJson.Details(json, day.Kpis);
    }

    private static void DayRow(JsonText json, DaySummary day)
    {
        DayHead(json, day);
        json.Measurements(
        [
            new Measurement("stability_score", "points", day.Score),
            .. day.Kpis.Overall.Figures.Where(figure => OfDays.Contains(figure.Name))
                .Select(figure => new Measurement(KpiJson.OverallName(figure.Name), figure.Unit, figure.Figure, [], figure.Note)),
        ]);
    }

    private static void DayHead(JsonText json, DaySummary day)
    {
        json.Count("day_number", day.Number);
        json.Text("date", Display.Date(day.Date));
        json.Time("start_time", day.Kpis.Window.From);
        json.Time("end_time", day.Kpis.Window.To);
        json.Flag("is_whole_day", day.IsWhole);
        json.Flag("is_degraded", day.IsDegraded);
        json.Text("certification_status", day.Kpis.Certification.Verdict.Name);
        json.Count("incident_count", day.Kpis.Incidents.Count);
    }

    private static void DriftRow(JsonText json, Drift drift)
    {
        json.Text("service", drift.Service);
        json.Text("metric_name", drift.Metric);
        json.Number("baseline_value", drift.Baseline);
        json.Text("effect", States.Of(drift.Effect));
        json.Text("drift_basis", drift.Basis);
        json.Measurements([new Measurement("current_value", drift.Unit, drift.Current), new Measurement("drift_percent", "%", drift.Change)]);
    }

    private static void TrendRow(JsonText json, DailyTrend trend)
    {
        json.Text("service", trend.Service);
        json.Text("metric_name", trend.Metric);
        json.Text("direction", States.Of(trend.Direction));
        json.Count("days", trend.Days);
        json.Number("slope_low", trend.SlopeLow);
        json.Number("slope_high", trend.SlopeHigh);
        json.Number("p_value", trend.PValue);
        json.Number("change_percent", trend.ChangePercent);
        json.Measurements([new Measurement("slope_per_day", trend.Unit, trend.SlopePerDay)]);
    }

    private static void AlertCounts(JsonText json, Func<string, int> count)
    {
        foreach (string severity in new[] { "critical", "warning", "info" })
        {
            json.Count($"total_{severity}_alerts", count(severity));
        }
    }
}
