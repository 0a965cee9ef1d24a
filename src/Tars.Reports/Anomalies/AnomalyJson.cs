using Tars.Observability.Anomalies;
using Tars.Observability.TimeSeries;
using Tars.Reports.Formats;

namespace Tars.Reports.Anomalies;

/// <summary>The JSON of anomaly events.</summary>
internal static class AnomalyJson
{
    /// <summary>The whole file.</summary>
    public static void Report(JsonText json, AnomalyReport report, string methodVersion)
    {
        json.Versions(methodVersion);
        json.Object("summary", () => Summary(json, report));
        json.Object("method", () => Options(json, report.Options));
        json.Object("anomalies_by_metric", () =>
        {
            foreach (IGrouping<string, AnomalyEvent> metric in report.Events.GroupBy(e => e.Metric, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal))
            {
                json.Count(metric.Key, metric.Count());
            }
        });
        Events(json, "anomalies", report.Events);
        json.Array("judged", report.Courses, course =>
        {
            json.Text("service", course.Service);
            json.Text("metric_name", course.Metric);
            json.Text("region", course.Region);
            json.Text("baseline", States.Of(course.Baseline));
            json.Number("coverage", course.Coverage.Value);
            json.Text("not_judged", course.NotJudged);
        });
    }

    /// <summary>Events.</summary>
    public static void Events(JsonText json, string name, IEnumerable<AnomalyEvent> events) => json.Array(name, events, e =>
    {
        json.Text("service", e.Service);
        json.Text("metric_name", e.Metric);
        json.Text("unit", e.Unit);
        json.Texts("regions", e.Regions);
        json.Text("classification", States.Of(e.Kind));
        json.Text("severity", States.Of(e.Severity));
        json.Number("confidence", e.Confidence);
        json.Time("start", e.Start);
        json.Time("end", e.End);
        json.Number("duration_minutes", (e.End - e.Start).TotalMinutes);
        json.Flag("is_ongoing", e.IsOngoing);
        json.Flag("is_harmful", e.IsHarmful);
        json.Flag("in_maintenance", e.InMaintenance);
        json.Time("timestamp", e.Peak?.Time);
        Peak(json, e);
        json.Texts("related_metrics", e.RelatedMetrics);
        json.Array("concurrent_with", e.ConcurrentWith, other =>
        {
            json.Text("service", other.Service);
            json.Text("metric_name", other.Metric);
            json.Text("classification", States.Of(other.Kind));
            json.Time("start", other.Start);
        });
        json.Texts("suggestions", e.Suggestions);
        json.Text("method", e.Method);
    });

    private static void Peak(JsonText json, AnomalyEvent e)
    {
        // The peak is one step, and it was measured: its coverage is whole. Missing data has no peak.
        Figure Figure(double? value) => e.Peak is null ? new Figure.NoData("nothing was measured in the event")
            : value is null ? new Figure.NoData("zero is expected: no relative deviation")
            : Observability.TimeSeries.Figure.Of(value.Value, new Ratio(1), "not a number");
        string deviationUnit = e.Unit == "%" ? "points" : e.Unit;
        json.Measurements(
        [
            new Measurement("actual_value", e.Unit, Figure(e.Peak?.Value)),
            new Measurement("expected_value", e.Unit, Figure(e.Peak?.Expected)),
            new Measurement("expected_low", e.Unit, Figure(e.Peak?.ExpectedLow)),
            new Measurement("expected_high", e.Unit, Figure(e.Peak?.ExpectedHigh)),
            new Measurement("deviation", deviationUnit, Figure(e.Peak?.Deviation)),
            new Measurement("deviation_percent", "%", Figure(e.Peak?.RelativeDeviation * 100)),
        ]);
    }

    private static void Summary(JsonText json, AnomalyReport report)
    {
        json.Time("start_time", report.Window.From);
        json.Time("end_time", report.Window.To);
        json.Time("history_from", report.HistoryFrom);
        json.Number("duration_hours", report.Window.Duration.TotalHours);
        json.Number("step_seconds", report.Step.TotalSeconds);
        json.Count("total_anomalies", report.Events.Count);
        foreach (AnomalySeverity severity in Enum.GetValues<AnomalySeverity>().Reverse())
        {
            json.Count($"{States.Of(severity)}_severity_anomalies", report.Events.Count(e => e.Severity == severity));
        }

        foreach (AnomalyKind kind in Enum.GetValues<AnomalyKind>())
        {
            json.Count($"{States.Of(kind)}_count", report.Events.Count(e => e.Kind == kind));
        }

        json.Count("judged_series", report.Courses.Count(course => course.NotJudged is null));
        json.Count("not_judged_series", report.Courses.Count(course => course.NotJudged is not null));
    }

    private static void Options(JsonText json, AnomalyOptions options)
    {
        json.Text("name", options.Method == AnomalyMethod.ZScore ? "zscore" : States.Of(options.Method));
        json.Number("false_discovery_rate", options.FalseDiscoveryRate);
        json.Number("minimum_duration_minutes", options.MinimumDuration.TotalMinutes);
        json.Number("z_threshold", options.ZThreshold);
        json.Number("ewma_alpha", options.EwmaAlpha);
        json.Count("z_window", options.ZWindow);
    }
}
