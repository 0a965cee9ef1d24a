using Tars.Observability.Objectives;
using Tars.Observability.Regressions;
using Tars.Reports.Formats;

namespace Tars.Reports.Regressions;

/// <summary>The JSON of comparisons.</summary>
internal static class RegressionJson
{
    /// <summary>The whole file.</summary>
    public static void Report(JsonText json, RegressionReport report)
    {
        json.Versions(report.MethodVersion);
        json.Time("start_time", report.Window.From);
        json.Time("end_time", report.Window.To);
        json.Window("baseline_window", report.Baseline);
        json.Text("baseline_reason", report.BaselineReason);
        json.Number("step_seconds", report.Step.TotalSeconds);
        json.Text("overall_assessment", States.Of(report.Assessment.Overall));
        json.Text("assessment_reason", report.Assessment.Reason);
        json.Flag("rollback_recommended", report.Assessment.RollbackRecommended);
        json.Array("rollback_rules", report.Assessment.Rules, rule =>
        {
            json.Text("rule", rule.Rule);
            json.Object("deployment", () => DeploymentFields(json, rule.Deployment));
            json.Array("evidence", rule.Evidence, comparison => Regional(json, comparison));
        });
        json.Count("total_regressions", report.Regressions.Count);
        foreach (RegressionSeverity severity in Enum.GetValues<RegressionSeverity>().Reverse())
        {
            json.Count($"{States.Of(severity)}_regressions", report.Regressions.Count(regression => regression.Severity == severity));
        }

        json.Count("total_improvements", report.Improvements.Count);
        json.Count("test_count", report.TestCount);
        json.Object("method", () => Options(json, report.Options));
        json.Array("regressions", report.Regressions, comparison => Regional(json, comparison));
        json.Array("improvements", report.Improvements, comparison => Regional(json, comparison));
        json.Array("deployments", report.Deployments, deployment =>
        {
            json.Object("deployment", () => DeploymentFields(json, deployment.Deployment));
            json.Array("also_known_as", deployment.AlsoKnownAs, other => DeploymentFields(json, other));
            json.Flag("is_latest", deployment.IsLatest);
            json.Window("baseline_window", deployment.Before);
            json.Window("current_window", deployment.After);
            json.Number("traffic_ratio", deployment.TrafficRatio);
            json.Text("not_compared", deployment.NotCompared);
            Excluded(json, "excluded", deployment.Excluded);
            json.Array("comparisons", deployment.Metrics, comparison => Regional(json, comparison));
        });
        json.Array("periods", report.Periods, comparison => Regional(json, comparison));
        Excluded(json, "period_exclusions", report.PeriodExclusions);
    }

    private static void Regional(JsonText json, MetricComparison c)
    {
        json.Text("region", c.Region);
        Comparison(json, c);
    }

    /// <summary>The fields of one comparison.</summary>
    public static void Comparison(JsonText json, MetricComparison c)
    {
        json.Text("service", c.Service);
        json.Text("indicator", c.Indicator);
        json.Text("metric_name", c.Metric);
        json.Text("unit", c.Unit);
        json.Text("better", States.Of(c.Better));
        json.Object("deployment", c.Deployment, deployment => DeploymentFields(json, deployment));
        json.Window("baseline_window", c.Before);
        json.Window("current_window", c.After);
        json.Text("outcome", States.Of(c.Outcome));
        json.Text("severity", c.Severity is { } severity ? States.Of(severity) : null);
        json.Text("reason", c.Reason);
        json.Number("baseline_value", c.BeforeValue);
        json.Number("current_value", c.AfterValue);
        json.Number("change", c.Change);
        json.Number("change_low", c.ChangeLow);
        json.Number("change_high", c.ChangeHigh);
        json.Number("change_percent", c.RelativeChange * 100);
        json.Number("change_percent_low", c.RelativeLow * 100);
        json.Number("change_percent_high", c.RelativeHigh * 100);
        json.Number("cliffs_delta", c.CliffsDelta);
        json.Number("p_value", c.PValue);
        json.Number("adjusted_p_value", c.AdjustedPValue);
        json.Number("minimum_effect", c.MinimumIsAbsolute ? c.MinimumEffect : c.MinimumEffect * 100);
        json.Text("minimum_effect_unit", c.MinimumIsAbsolute ? c.Unit : "%");
        json.Number("multiple_of_minimum", c.Multiple);
        json.Count("blocks_before", c.BlocksBefore);
        json.Count("blocks_after", c.BlocksAfter);
        json.Text("method", c.Method);
    }

    /// <summary>The fields of a deployment.</summary>
    public static void DeploymentFields(JsonText json, Deployment deployment)
    {
        json.Text("service", deployment.Service);
        json.Time("time", deployment.Time);
        json.Text("version", deployment.Version);
        json.Text("previous_version", deployment.PreviousVersion);
        json.Text("evidence", deployment.Evidence);
    }

    private static void Excluded(JsonText json, string name, IEnumerable<ExcludedTime> times) => json.Array(name, times, time =>
    {
        json.Text("service", time.Service);
        json.Time("start", time.Window.From);
        json.Time("end", time.Window.To);
        json.Text("reason", time.Reason);
    });

    private static void Options(JsonText json, RegressionOptions options)
    {
        json.Number("false_discovery_rate", options.FalseDiscoveryRate);
        json.Number("confidence_level", options.ConfidenceLevel);
        json.Number("block_minutes", options.Block.TotalMinutes);
        json.Number("longest_side_hours", options.LongestSide.TotalHours);
        json.Number("shortest_side_hours", options.ShortestSide.TotalHours);
        json.Number("roll_out_minutes", options.RollOut.TotalMinutes);
    }
}
