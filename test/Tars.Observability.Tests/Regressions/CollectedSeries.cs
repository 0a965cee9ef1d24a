using Tars.Observability.Indicators;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Tests.Regressions;

/// <summary>Series sets put together directly from one number per step, as if a backend had answered.</summary>
internal static class CollectedSeries
{
    public static readonly DateTimeOffset Monday = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);

    public static TimeGrid Days(int days) => new(Monday, TimeSpan.FromMinutes(1), days * 1440);

    public static SeriesSet Set(TimeGrid grid, params IndicatorSeries[] indicators) => new(
        grid,
        [.. indicators.GroupBy(i => i.Key.Service).Select(group => new ServiceDefinition(group.Key, ServiceKind.Service, [], null, [], [.. group.Select(i => i.Definition)]))],
        indicators,
        new AlertSeries(new ReadState.Empty("no rules"), []),
        [],
        [],
        new SourceDescription("test", "1", RangeBoundary.LeftOpen, false),
        false);

    public static IndicatorSeries Memory(TimeGrid grid, double[] values, string service = "shop", string? region = null)
    {
        IndicatorDefinition.Gauge spec = new(IndicatorNames.Memory, new Selector("m", []), Aggregation.Sum, null, false, "bytes", Better.Lower);
        return new IndicatorSeries.Gauge(new IndicatorKey(service, spec.Name, region), spec, grid, new ReadState.Answered(), new GaugeSteps(values, Presence(values)));
    }

    public static IndicatorSeries Requests(TimeGrid grid, double[] total, double[] bad, string service = "shop")
    {
        IndicatorDefinition.Ratio spec = new(IndicatorNames.Availability, new Selector("bad", []), RatioPart.Bad, new Selector("all", []), true);
        return new IndicatorSeries.Ratio(new IndicatorKey(service, spec.Name, null), spec, grid, new ReadState.Answered(), Counter(bad), Counter(total));
    }

    public static IndicatorSeries Cpu(TimeGrid grid, double[] cpuSeconds, string service = "shop")
    {
        IndicatorDefinition.Rate spec = new(IndicatorNames.Cpu, new Selector("c", []), null, "cores", Better.Lower);
        return new IndicatorSeries.Rate(new IndicatorKey(service, spec.Name, null), spec, grid, new ReadState.Answered(), Counter(cpuSeconds), null);
    }

    /// <summary>A latency whose requests are spread evenly over [0.5, 1.5] × centre, in buckets of 10 ms.</summary>
    public static IndicatorSeries Latency(TimeGrid grid, double[] total, double[] centreSeconds, string service = "shop")
    {
        IndicatorDefinition.Latency spec = new(IndicatorNames.Latency, new Selector("l", []), 1, [0.5, 0.95]);
        double[] bounds = [.. Enumerable.Range(1, 60).Select(i => i * 0.01), double.PositiveInfinity];
        CounterSteps[] buckets =
        [
            .. bounds.Select(bound => Counter([.. total.Select((n, i) => n * Math.Clamp((bound - (0.5 * centreSeconds[i])) / centreSeconds[i], 0, 1))])),
        ];
        return new IndicatorSeries.Latency(new IndicatorKey(service, spec.Name, null), spec, grid, new ReadState.Answered(), new HistogramSteps(bounds, buckets, false));
    }

    public static double[] Steps(TimeGrid grid, Func<int, double> at) => [.. Enumerable.Range(0, grid.Count).Select(at)];

    /// <summary>Stationary first-order autoregression, mean 0, standard deviation 1, one number per step.</summary>
    public static double[] Autoregression(TimeGrid grid, double memory, int seed)
    {
        Tars.Statistics.Resampling.Xoshiro256 random = new((ulong)seed);
        double value = random.NextNormal();
        double scale = Math.Sqrt(1 - (memory * memory));
        return Steps(grid, _ => value = (memory * value) + (scale * random.NextNormal()));
    }

    private static CounterSteps Counter(double[] increase) => new(
        [.. increase.Select(v => double.IsNaN(v) ? 0 : v)], new Dictionary<int, double>(), Presence(increase));

    private static StepPresence Presence(double[] values) => new(
        [.. values.Select(_ => 1)], [.. values.Select(v => double.IsNaN(v) ? 0 : 1)]);
}
