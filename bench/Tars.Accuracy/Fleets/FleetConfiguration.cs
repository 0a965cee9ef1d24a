using Tars.Observability.Indicators;
using Tars.Observability.Objectives;
using Tars.Observability.TimeSeries;
using Tars.Simulation.Fleets;

namespace Tars.Accuracy.Fleets;

/// <summary>The configuration an operator would write for any such fleet: from metric names alone, the same for every fleet.</summary>
public static class FleetConfiguration
{
    /// <summary>Settings without maintenance or configured deployments.</summary>
    public static AnalysisSettings Settings { get; } = new([], [], [], new Ratio(0.9), TimeZoneInfo.Utc, null, null);

    /// <summary>Collects a fleet exactly as the product collects a backend.</summary>
    public static Task<SeriesSet> CollectAsync(SimulatedFleet fleet, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(fleet);
        DeploymentEvidence? evidence = fleet.Series.Any(series => series.Metric == "build_info" && series.Labels.ContainsKey("version"))
            ? new DeploymentEvidence.VersionLabel("version", "build_info")
            : null;
        CollectionRequest request = new([.. fleet.Services.Select(service => Service(fleet, service))], evidence, false, 10_000, TimeSpan.FromMinutes(5));
        TimeGrid grid = new(fleet.Start, fleet.Interval, fleet.SampleCount - 1);
        return new SeriesCollector(new FleetSource(fleet), 1).CollectAsync(QueryPlan.Of(request, grid), null, cancellationToken);
    }

    private static ServiceDefinition Service(SimulatedFleet fleet, string service)
    {
        SimulatedSeries[] own = [.. fleet.Series.Where(series => series.Labels.TryGetValue("service", out string? name) && name == service)];
        string[] metrics = [.. own.Select(series => series.Metric).Distinct().Order(StringComparer.Ordinal)];
        return new ServiceDefinition(
            service, ServiceKind.Service, [new LabelMatcher("service", MatchOperator.Equal, service)], "region", [],
            [.. metrics.Select(metric => Indicator(metric, own)).OfType<IndicatorDefinition>()]);
    }

    private static IndicatorDefinition? Indicator(string metric, SimulatedSeries[] own)
    {
        switch (metric)
        {
            case "http_requests_total":
                string label = own.First(series => series.Metric == metric).Labels.ContainsKey("code") ? "code" : "status";
                Selector bad = new(metric, [new LabelMatcher(label, MatchOperator.Matches, "5..")]);
                return new IndicatorDefinition.Ratio(IndicatorNames.Availability, bad, RatioPart.Bad, new Selector(metric, []), true);
            case "http_request_duration_seconds_bucket":
                return new IndicatorDefinition.Latency(IndicatorNames.Latency, new Selector("http_request_duration_seconds", []), 1, [0.5, 0.95, 0.99]);
            case "process_cpu_seconds_total":
                return new IndicatorDefinition.Rate(IndicatorNames.Cpu, new Selector(metric, []), null, "cores", Better.Lower);
            case "process_resident_memory_bytes":
                return new IndicatorDefinition.Gauge(IndicatorNames.Memory, new Selector(metric, []), Aggregation.Sum, null, false, "bytes", Better.Lower);
        }

        string[] notGauges = ["_total", "_count", "_sum", "_bucket", "_info", "_seconds"];
        return metric is "up" or "ALERTS" || notGauges.Any(ending => metric.EndsWith(ending, StringComparison.Ordinal))
            ? null
            : new IndicatorDefinition.Gauge(metric, new Selector(metric, []), Aggregation.Sum, null, false, string.Empty, Better.Lower);
    }
}
