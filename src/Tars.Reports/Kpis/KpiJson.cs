using Tars.Observability.Kpis;
using Tars.Observability.Objectives;
using Tars.Observability.TimeSeries;
using Tars.Reports.Formats;

namespace Tars.Reports.Kpis;

/// <summary>The JSON of key figures; day summaries and the retrospective hold the same objects.</summary>
internal static class KpiJson
{
    /// <summary>The whole file.</summary>
    public static void Summary(JsonText json, KpiSummary summary, int totalSnapshots)
    {
        json.Versions(summary.MethodVersion);
        json.Time("ga_start", summary.Window.From);
        json.Time("ga_end", summary.Window.To);
        json.Number("duration_hours", summary.Window.Duration.TotalHours);
        json.Number("step_seconds", summary.Step.TotalSeconds);
        json.Count("total_snapshots", totalSnapshots);
        json.Text("certification_status", summary.Certification.Verdict.Name);
        json.Texts("certification_notes", summary.Certification.Reasons);
        json.Flag("slo_compliance", Kept(summary.Certification.Verdict));
        json.Count("incident_count", summary.Incidents.Count);
        json.Measurements([.. summary.Overall.Figures.Select(figure => Field(OverallName(figure.Name), figure))]);
        Details(json, summary);
    }

    /// <summary>Everything below the overall figures.</summary>
    public static void Details(JsonText json, KpiSummary summary)
    {
        Objectives(json, "objectives", summary.Certification.Objectives);
        json.Array("missing_indicators", summary.Certification.MissingIndicators, missing =>
        {
            json.Text("service", missing.Service);
            json.Text("indicator", missing.Indicator);
            json.Text("reason", missing.Reason);
        });
        json.Array("services", summary.Services, scope =>
        {
            json.Text("name", scope.Service);
            Scope(json, scope);
        });
        json.Array("cross_region", summary.Regions, scope => Region(json, scope));
        json.Array("service_regions", summary.ServiceRegions, scope =>
        {
            json.Text("name", scope.Service);
            Region(json, scope);
        });
        json.Array("infrastructure", summary.Infrastructure, scope =>
        {
            json.Text("name", scope.Service);
            Others(json, scope);
        });
        KpiContextJson.Incidents(json, summary.Incidents);
        KpiContextJson.Alerts(json, summary.AlertState, summary.Alerts);
        KpiContextJson.Gaps(json, summary.DataGaps);
        KpiContextJson.Maintenance(json, summary.Maintenance);
        KpiContextJson.Cost(json, summary.Cost);
        json.Texts("warnings", summary.Warnings);
        json.Flag("increases_pushed_down", summary.IncreasesPushedDown);
        json.Text("downtime_rule", DowntimeRules.Text);
    }

    /// <summary>Comparisons with objectives.</summary>
    public static void Objectives(JsonText json, string name, IEnumerable<ObjectiveResult> results) => json.Array(name, results, result =>
    {
        json.Text("objective", result.Objective);
        json.Text("service", result.Service);
        json.Text("indicator", result.Indicator);
        json.Text("what", result.What);
        json.Text("verdict", result.Verdict.Name);
        json.Text("reason", result.Reason);
        json.Number("threshold", result.Threshold);
        json.Text("comparison", result.IsAtLeast ? "at_least" : "at_most");
        json.Window("window", result.Window);
        json.Measurements([new Measurement("value", result.Unit, result.Value, result.Queries, result.Note)]);
    });

    /// <summary>The figures of a service.</summary>
    public static void Scope(JsonText json, KpiScope scope)
    {
        json.Measurements([.. scope.Figures.Select(figure => Field(figure.Name, figure))]);
        Others(json, scope);
    }

    /// <summary>A figure as a field.</summary>
    public static Measurement Field(string name, KpiFigure figure) => new(name, figure.Unit, figure.Figure, figure.Queries, figure.Note);

    /// <summary>True when every objective was kept, false when one was missed, null when nobody knows.</summary>
    public static bool? Kept(Verdict verdict) => verdict switch
    {
        Verdict.Pass => true,
        Verdict.Fail => false,
        _ => null,
    };

    /// <summary>The predecessor's name of an overall figure.</summary>
    public static string OverallName(string name) => name is KpiNames.Availability or KpiNames.ErrorRate ? "overall_" + name : name;

    private static void Region(JsonText json, KpiScope scope)
    {
        json.Text("region_name", scope.Region);
        Scope(json, scope);
        json.Object("delta_from_primary", scope.DeltaFromPrimary.Count == 0 ? null : scope.DeltaFromPrimary, deltas =>
            json.Measurements([.. deltas.Select(delta => Field(DeltaName(delta.Name), delta with { Unit = delta.Unit == "%" ? "points" : delta.Unit }))]));
    }

    /// <summary>Figures of indicators without a field of their own.</summary>
    public static void Others(JsonText json, KpiScope scope) => json.Array("indicators", scope.Others, figure =>
    {
        json.Text("name", figure.Name);
        json.Text("better", States.Of(figure.Better));
        json.Measurements([Field("value", figure)]);
    });

    private static string DeltaName(string name) => name.EndsWith("_ms", StringComparison.Ordinal) ? name[..^3] + "_delta_ms" : name + "_delta";
}
