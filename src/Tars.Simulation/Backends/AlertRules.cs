using System.Text.Json;
using Tars.Simulation.Backends.Queries;

namespace Tars.Simulation.Backends;

/// <summary>The alert rules of the imaginary operator, as <c>/api/v1/rules</c> and <c>/api/v1/alerts</c> tell them.</summary>
internal static class AlertRules
{
    private static readonly (string Name, string Severity, int Seconds, string Query)[] Rules =
    [
        ("HighLatency", "warning", 300, "histogram_quantile(0.95, sum by (service, le) (rate(http_request_duration_seconds_bucket[5m]))) > 1.6 * histogram_quantile(0.95, sum by (service, le) (rate(http_request_duration_seconds_bucket[1d])))"),
        ("HighErrorRate", "critical", 180, "sum by (service) (rate(http_requests_total{code=~\"5..\"}[5m])) / sum by (service) (rate(http_requests_total[5m])) > 0.02"),
        ("ErrorBudgetBurn", "warning", 60, "sum by (service) (rate(http_requests_total{code=~\"5..\"}[1m])) / sum by (service) (rate(http_requests_total[1m])) > 14.4 * 0.001"),
        ("HighMemory", "warning", 600, "avg by (service) (process_resident_memory_bytes) > 1.4 * avg by (service) (avg_over_time(process_resident_memory_bytes[7d]))"),
    ];

    /// <summary>Writes all rules.</summary>
    public static void WriteRules(Utf8JsonWriter json, SeriesStore store)
    {
        string evaluated = Time(store.EndMs);
        json.WriteStartObject();
        json.WriteStartArray("groups");
        json.WriteStartObject();
        json.WriteString("name", "shop");
        json.WriteString("file", "shop.rules.yml");
        json.WriteStartArray("rules");
        foreach ((string name, string severity, int seconds, string query) in Rules)
        {
            StoredSeries[] firing = [.. Firing(store).Where(series => series.Labels["alertname"] == name)];
            json.WriteStartObject();
            json.WriteString("state", firing.Length > 0 ? "firing" : "inactive");
            json.WriteString("name", name);
            json.WriteString("query", query);
            json.WriteNumber("duration", seconds);
            json.WriteStartObject("labels");
            json.WriteString("severity", severity);
            json.WriteEndObject();
            json.WriteStartObject("annotations");
            json.WriteEndObject();
            WriteAlerts(json, firing);
            json.WriteString("health", "ok");
            json.WriteNumber("evaluationTime", 0.0004);
            json.WriteString("lastEvaluation", evaluated);
            json.WriteString("type", "alerting");
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("interval", 60);
        json.WriteNumber("limit", 0);
        json.WriteNumber("evaluationTime", 0.0016);
        json.WriteString("lastEvaluation", evaluated);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Writes the alerts that fire at the end of the fleet.</summary>
    public static void WriteFiring(Utf8JsonWriter json, SeriesStore store)
    {
        json.WriteStartObject();
        WriteAlerts(json, Firing(store));
        json.WriteEndObject();
    }

    private static void WriteAlerts(Utf8JsonWriter json, IEnumerable<StoredSeries> firing)
    {
        json.WriteStartArray("alerts");
        foreach (StoredSeries alert in firing)
        {
            json.WriteStartObject();
            json.WritePropertyName("labels");
            AnswerWriter.WriteLabels(json, alert.Labels.Without(SeriesLabels.MetricName, "alertstate"));
            json.WriteStartObject("annotations");
            json.WriteEndObject();
            json.WriteString("state", "firing");
            int since = alert.Samples.Length - 1;
            while (since > 0 && !double.IsNaN(alert.Samples[since - 1]))
            {
                since--;
            }

            json.WriteString("activeAt", Time(alert.FirstMs + (since * alert.IntervalMs)));
            json.WriteString("value", "1e+00");
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static IEnumerable<StoredSeries> Firing(SeriesStore store) =>
        store.Select([new Matcher(SeriesLabels.MetricName, "=", "ALERTS")]).Where(series => !double.IsNaN(series.Samples[^1]));

    private static string Time(long milliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
