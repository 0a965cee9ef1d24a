using Tars.Observability.Anomalies;
using Tars.Observability.Indicators;
using Tars.Observability.Objectives;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Tests.Anomalies;

/// <summary>Series sets written by hand: gauges and ratios with a daily rhythm and noise, into which a test writes what it wants found.</summary>
internal sealed class MadeFleet(int seed, int days)
{
    private readonly Random _random = new(seed);
    private readonly List<ServiceDefinition> _services = [];
    private readonly List<IndicatorSeries> _series = [];

    /// <summary>A Monday.</summary>
    public static DateTimeOffset Start { get; } = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);

    public TimeGrid Grid { get; } = new(Start, TimeSpan.FromMinutes(1), days * 1440);

    public SeriesSet Set => new(
        Grid, _services, _series, new AlertSeries(new ReadState.Empty("not asked for"), []), [], [],
        new SourceDescription("test", string.Empty, RangeBoundary.LeftOpen, false), false);

    public static AnalysisSettings Settings(params MaintenanceWindow[] maintenance) =>
        new([], maintenance, [], new Ratio(0.9), TimeZoneInfo.Utc, null, null);

    public static int Minute(int day, int hour, int minute = 0) => (day * 1440) + (hour * 60) + minute;

    /// <summary>A positive gauge with a daily rhythm of a third and noise of 3 %.</summary>
    public double[] Rhythm(double level)
    {
        double[] values = new double[Grid.Count];
        for (int i = 0; i < values.Length; i++)
        {
            double season = 1 + (0.33 * Math.Sin(2 * Math.PI * i / 1440));
            values[i] = level * season * Math.Exp(0.03 * Normal());
        }

        return values;
    }

    public double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());

    public int Poisson(double mean)
    {
        int count = 0;
        for (double product = _random.NextDouble(); product > Math.Exp(-mean); product *= _random.NextDouble())
        {
            count++;
        }

        return count;
    }

    public MadeFleet Gauge(string service, string name, double[] values, Better better = Better.Lower)
    {
        IndicatorDefinition.Gauge definition = new(name, new Selector(name, []), Aggregation.Sum, null, false, string.Empty, better);
        Add(service, definition);
        int[] live = [.. Enumerable.Repeat(1, values.Length)];
        int[] measured = [.. values.Select(value => double.IsNaN(value) ? 0 : 1)];
        _series.Add(new IndicatorSeries.Gauge(
            new IndicatorKey(service, name, null), definition, Grid, new ReadState.Answered(), new GaugeSteps(values, new StepPresence(live, measured))));
        return this;
    }

    public MadeFleet Requests(string service, double[] perMinute, double[] bad)
    {
        Selector all = new("requests_total", []);
        IndicatorDefinition.Ratio definition = new(
            IndicatorNames.Availability, new Selector("requests_total", [new LabelMatcher("code", MatchOperator.Matches, "5..")]), RatioPart.Bad, all, true);
        Add(service, definition);
        _series.Add(new IndicatorSeries.Ratio(
            new IndicatorKey(service, IndicatorNames.Availability, null), definition, Grid, new ReadState.Answered(), Steps(bad), Steps(perMinute)));
        return this;
    }

    public IReadOnlyList<AnomalyEvent> Events(AnomalyOptions? options = null, AnalysisSettings? settings = null, TimeWindow? window = null) =>
        AnomalyReport.Of(Set, settings ?? Settings(), options ?? AnomalyOptions.Default, window ?? Grid.Window).Events;

    private static CounterSteps Steps(double[] increase)
    {
        int[] live = [.. Enumerable.Repeat(1, increase.Length)];
        int[] measured = [.. increase.Select(value => double.IsNaN(value) ? 0 : 1)];
        return new CounterSteps([.. increase.Select(value => double.IsNaN(value) ? 0 : value)], new Dictionary<int, double>(), new StepPresence(live, measured));
    }

    private void Add(string service, IndicatorDefinition definition)
    {
        int at = _services.FindIndex(known => known.Name == service);
        if (at < 0)
        {
            _services.Add(new ServiceDefinition(service, ServiceKind.Service, [], null, [], [definition]));
        }
        else
        {
            _services[at] = _services[at] with { Indicators = [.. _services[at].Indicators, definition] };
        }
    }
}
