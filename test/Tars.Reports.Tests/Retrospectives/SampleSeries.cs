using Tars.Observability.Indicators;
using Tars.Observability.TimeSeries;

namespace Tars.Reports.Tests.Retrospectives;

/// <summary>Two weeks of two services in steps of ten minutes, drawn by whole-number arithmetic so that every platform gets the same: a daily triangle, a spike, a gap.</summary>
internal static class SampleSeries
{
    private static readonly double[] Bounds = [0.1, 0.25, 0.5, 1, 2.5, double.PositiveInfinity];

    /// <summary>A service with data and one without, in steps of ten minutes.</summary>
    public static SeriesSet Set() => Set(["shop", Samples.Hostile], TimeSpan.FromMinutes(10), name => name == "shop");

    public static SeriesSet Set(string[] names, TimeSpan step, Func<string, bool> isMeasured)
    {
        TimeGrid grid = TimeGrid.Of(new TimeWindow(Samples.Start.AddDays(-7), Samples.Start.AddDays(7)), step);
        Selector requests = SelectorParser.Parse("http_requests_total");
        IndicatorDefinition.Ratio availability = new(IndicatorNames.Availability, SelectorParser.Parse("http_requests_total{code=~\"5..\"}"), RatioPart.Bad, requests, true);
        IndicatorDefinition.Latency latency = new(IndicatorNames.Latency, SelectorParser.Parse("http_request_duration_seconds"), 1, [0.5, 0.95, 0.99]);
        ServiceDefinition[] services = [.. names.Select(name => new ServiceDefinition(name, ServiceKind.Service, [], null, [], [availability, latency]))];
        List<IndicatorSeries> series = [];
        foreach (ServiceDefinition service in services)
        {
            bool hasData = isMeasured(service.Name);
            StepPresence presence = new([.. Steps(grid, _ => 1).Select(_ => 1)], [.. Enumerable.Range(0, grid.Count).Select(i => hasData && !IsGap(grid, i) ? 1 : 0)]);
            ReadState state = hasData ? new ReadState.Answered() : new ReadState.Empty("no series matches");
            CounterSteps Counter(Func<int, double> value) =>
                new(Steps(grid, i => presence.Measured[i] == 0 ? 0 : value(i)), new Dictionary<int, double>(), presence);
            series.Add(new IndicatorSeries.Ratio(
                new IndicatorKey(service.Name, IndicatorNames.Availability, null), availability, grid, state, Counter(i => Errors(grid, i)), Counter(i => Requests(grid, i))));
            series.Add(new IndicatorSeries.Latency(
                new IndicatorKey(service.Name, IndicatorNames.Latency, null), latency, grid, state,
                new HistogramSteps(Bounds, [.. Enumerable.Range(0, Bounds.Length).Select(b => Counter(i => Requests(grid, i) * Share(grid, i, b)))], false)));
        }

        return new SeriesSet(
            grid, services, series, new AlertSeries(new ReadState.Answered(), []), [], [],
            new SourceDescription("Prometheus", "3.5.0", RangeBoundary.LeftOpen, false), false);
    }

    private static double[] Steps(TimeGrid grid, Func<int, double> value) => [.. Enumerable.Range(0, grid.Count).Select(value)];

    private static double Requests(TimeGrid grid, int step)
    {
        int minute = (int)(grid.TimeOf(step) - grid.Start).TotalMinutes % 1440;
        return 600 + Math.Abs(720 - minute) + Noise(step, 40);
    }

    private static double Errors(TimeGrid grid, int step) => IsIncident(grid, step) ? Math.Floor(Requests(grid, step) / 3) : Noise(step * 7, 3);

    // Share of requests at or below each bound: most within 100 ms, in the incident far fewer.
    private static double Share(TimeGrid grid, int step, int bound)
    {
        double[] usual = [0.7, 0.93, 0.985 + (Noise(step, 8) / 1000.0), 0.998, 1, 1];
        double[] slow = [0.2, 0.5, 0.7, 0.85, 0.99, 1];
        return IsIncident(grid, step) ? slow[bound] : usual[bound];
    }

    private static bool IsIncident(TimeGrid grid, int step) => grid.TimeOf(step) >= Samples.Start.AddHours(14.5) && grid.TimeOf(step) < Samples.Start.AddHours(16);

    private static bool IsGap(TimeGrid grid, int step) => grid.TimeOf(step) >= Samples.Start.AddHours(30) && grid.TimeOf(step) < Samples.Start.AddHours(32);

    // A fixed sequence without a pattern that a reader would see, 0 to below.
    private static int Noise(int step, int below) => (int)((uint)((step + 1) * 2654435761L) % 1009 % below);
}
