using Tars.Observability.Indicators;
using Tars.Observability.TimeSeries;
using Tars.Simulation.Fleets;

namespace Tars.Observability.Tests.Regressions;

/// <summary>Collects a simulated fleet the way the product collects a backend: one sample a minute, read at its own minute.</summary>
internal sealed class FleetSeries(SimulatedFleet fleet) : ISeriesSource
{
    private readonly ILookup<string, (LabelSet Labels, double[] Samples)> _series =
        fleet.Series.ToLookup(series => series.Metric, series => (new LabelSet(series.Labels), series.Samples));

    public static Task<SeriesSet> CollectAsync(SimulatedFleet fleet, CancellationToken cancellationToken)
    {
        ServiceDefinition[] services = [.. fleet.Services.Select(service => new ServiceDefinition(
            service, ServiceKind.Service, [new LabelMatcher("service", MatchOperator.Equal, service)], null, [],
            [
                new IndicatorDefinition.Ratio(
                    IndicatorNames.Availability, SelectorParser.Parse("http_requests_total{code=~\"5..\"}"), RatioPart.Bad, SelectorParser.Parse("http_requests_total"), true),
                new IndicatorDefinition.Latency(IndicatorNames.Latency, SelectorParser.Parse("http_request_duration_seconds"), 1, [0.5, 0.95, 0.99]),
                new IndicatorDefinition.Rate(IndicatorNames.Cpu, SelectorParser.Parse("process_cpu_seconds_total"), null, "cores", Better.Lower),
                new IndicatorDefinition.Gauge(
                    IndicatorNames.Memory, SelectorParser.Parse("process_resident_memory_bytes"), Aggregation.Sum, null, false, "bytes", Better.Lower),
            ]))];
        CollectionRequest request = new(services, new DeploymentEvidence.VersionLabel("version", "build_info"), false, 10_000, TimeSpan.FromMinutes(5));
        TimeGrid grid = new(fleet.Start, fleet.Interval, fleet.SampleCount - 1);
        return new SeriesCollector(new FleetSeries(fleet), 1).CollectAsync(QueryPlan.Of(request, grid), null, cancellationToken);
    }

    public Task<SourceDescription> DescribeAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new SourceDescription("simulated fleet", "1", RangeBoundary.LeftOpen, false));

    public Task<long?> CountSeriesAsync(string selector, TimeWindow window, CancellationToken cancellationToken) => Task.FromResult<long?>(null);

    public Task<QueryAnswer> ReadAsync(RangeQuery query, SeriesConsumer consumer, CancellationToken cancellationToken)
    {
        Assert.Equal(fleet.Interval, query.Grid.Step);
        Selector selector = SelectorParser.Parse(query.Text[(query.Text.IndexOf('(', StringComparison.Ordinal) + 1)..query.Text.LastIndexOf('[')]);
        int offset = (int)((query.Grid.TimeOf(1) - fleet.Start) / fleet.Interval); // step i ends at sample i + offset, its only one
        int count = 0;
        long points = 0;
        foreach ((LabelSet labels, double[] samples) in _series[selector.Metric].Where(series => selector.Matches(series.Labels)))
        {
            double[] values = [.. Enumerable.Range(offset, query.Grid.Count).Select(k => k >= 0 && k < samples.Length ? samples[k] : double.NaN)];
            int present = values.Count(value => !double.IsNaN(value));
            if (present > 0)
            {
                (count, points) = (count + 1, points + present);
                consumer(labels, values);
            }
        }

        return Task.FromResult(new QueryAnswer(count, points, []));
    }
}
