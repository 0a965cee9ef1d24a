using Tars.Observability.Health;
using Tars.Observability.Kpis;
using Tars.Reports.Anomalies;
using Tars.Reports.Budgets;
using Tars.Reports.Formats;
using Tars.Reports.Kpis;

namespace Tars.Reports.Health;

/// <summary>The JSON of a day's health.</summary>
internal static class HealthJson
{
    /// <summary>The whole file.</summary>
    public static void Day(JsonText json, DailyHealth health, int dayNumber, string methodVersion)
    {
        json.Versions(methodVersion);
        json.Count("day_number", dayNumber);
        json.Text("date", Display.Date(health.Date));
        json.Time("start_time", health.Window.From);
        json.Time("end_time", health.Window.To);
        json.Flag("is_whole_day", health.IsWhole);
        json.Text("health_status", States.Of(health.Status));
        json.Text("certification_status", health.Kpis.Certification.Verdict.Name);
        json.Texts("certification_notes", health.Kpis.Certification.Reasons);
        json.Measurements(
        [
            new Measurement("overall_health_score", "points", health.Score),
            Overall("availability_percent", KpiNames.Availability), Overall("error_rate_percent", KpiNames.ErrorRate), Overall("p99_latency_ms", KpiNames.P99Latency),
            Overall("total_requests", KpiNames.TotalRequests), Overall("total_errors", KpiNames.TotalErrors),
            Overall("downtime_minutes", KpiNames.DowntimeMinutes), Overall("unmeasured_minutes", KpiNames.UnmeasuredMinutes),
        ]);
        json.Count("critical_alerts", Alerts("critical"));
        json.Count("warning_alerts", Alerts("warning"));
        json.Array("findings", health.Findings, finding =>
        {
            json.Text("kind", States.Of(finding.Kind));
            json.Text("severity", finding.Severity);
            json.Text("service", finding.Service);
            json.Time("time", finding.Time);
            json.Text("text", finding.Text);
        });
        json.Array("health_metrics", health.Metrics, metric => Metric(json, metric));
        KpiJson.Objectives(json, "objectives", health.Kpis.Certification.Objectives);
        json.Flag("anomalies_looked_for", health.AnomaliesLookedFor);
        json.Count("anomaly_count", health.AnomaliesLookedFor ? health.Anomalies.Count : null);
        AnomalyJson.Events(json, "anomalies", health.Anomalies);
        json.Array("error_budgets", health.Budgets, budget => BudgetJson.Budget(json, budget));
        json.Array("mitigation_hints", health.Hints, hint =>
        {
            json.Text("priority", hint.Priority);
            json.Text("service", hint.Service);
            json.Text("basis", hint.Basis);
            json.Texts("steps", hint.Steps);
        });
        KpiContextJson.Incidents(json, health.Kpis.Incidents);
        KpiContextJson.Alerts(json, health.Kpis.AlertState, health.Kpis.Alerts);
        KpiContextJson.Gaps(json, health.Kpis.DataGaps);
        KpiContextJson.Maintenance(json, health.Kpis.Maintenance);

        Measurement Overall(string name, string metric) => KpiJson.Field(name, health.Kpis.Overall.Find(metric)!);
        int Alerts(string severity) => health.Kpis.Alerts.Count(alert => alert.Severity.Equals(severity, StringComparison.OrdinalIgnoreCase));
    }

    private static void Metric(JsonText json, HealthMetric metric)
    {
        json.Text("service", metric.Service);
        json.Text("name", metric.Metric);
        json.Text("unit", metric.Unit);
        json.Number("threshold", metric.Threshold);
        json.Text("status", metric.Status is { } status ? States.Of(status) : null);
        json.Text("trend", States.Of(metric.Trend));
        json.Number("change_percent", metric.ChangePercent);
        json.Measurements([new Measurement("value", metric.Unit, metric.Value), new Measurement("previous", metric.Unit, metric.Previous)]);
    }
}
