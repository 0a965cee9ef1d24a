using System.Collections.Frozen;
using System.Globalization;
using Tars.Observability.Indicators;
using Tars.Observability.Indicators.Presets;
using Tars.Observability.Objectives;
using Tars.Observability.TimeSeries;
using Tars.Statistics.Distributions;

namespace Tars.Benchmarks;

/// <summary>
/// A backend with services of five instances in two regions, twenty series each: requests by five status codes, a histogram of twelve
/// buckets, CPU, memory, a queue. A daily season, noise, a scrape in 500 missed, latency spikes and error bursts here and there.
/// </summary>
internal sealed class RetroFleet : ISeriesSource
{
    private const int Instances = 5;
    private static readonly double[] Bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, double.PositiveInfinity];
    private static readonly (string Code, double Share)[] Codes = [("200", 0.93), ("201", 0.05), ("404", 0.019), ("500", 0.0007), ("503", 0.0003)];

    private readonly FrozenDictionary<string, PlannedQuery> _queries;
    private readonly TimeGrid _week;

    public RetroFleet(int services, TimeGrid week)
    {
        (ServiceCount, _week) = (services, week);
        ServiceDefinition[] definitions = [.. Enumerable.Range(0, services).Select(Service)];
        Plan = QueryPlan.Of(new CollectionRequest(definitions, null, IncludeAlerts: false, SeriesLimit: 10_000, TimeSpan.FromMinutes(5)), week);
        _queries = Plan.Queries.ToFrozenDictionary(TextOf, StringComparer.Ordinal);
        Settings = new AnalysisSettings(
            [
                .. definitions.Select(service => new Objective(service.Name, IndicatorNames.Availability, new ObjectiveGoal.GoodEvents(), new Ratio(0.998), TimeSpan.FromDays(7))),
                .. definitions.Select(service => new Objective(service.Name, IndicatorNames.Latency, new ObjectiveGoal.FasterThan(0.5, 0.95), new Ratio(0.95), TimeSpan.FromDays(7))),
            ],
            [],
            [.. definitions.Select((service, s) => new Deployment(service.Name, week.Start + TimeSpan.FromHours(24 + (s % 96)), "2", "1", "configured"))],
            new Ratio(0.9), TimeZoneInfo.Utc, null, null);
    }

    public static SourceDescription Source { get; } = new("Prometheus", "bench", RangeBoundary.LeftOpen, false);

    public int ServiceCount { get; }

    public QueryPlan Plan { get; }

    public AnalysisSettings Settings { get; }

    public static string TextOf(PlannedQuery query) => query.PerSeriesText(TimeSpan.FromMinutes(1), Source.Boundary);

    public Task<SourceDescription> DescribeAsync(CancellationToken cancellationToken) => Task.FromResult(Source);

    public Task<long?> CountSeriesAsync(string selector, TimeWindow window, CancellationToken cancellationToken) => Task.FromResult<long?>(null);

    public Task<QueryAnswer> ReadAsync(RangeQuery query, SeriesConsumer consumer, CancellationToken cancellationToken)
    {
        PlannedQuery planned = _queries[query.Text];
        int service = int.Parse(planned.Service.AsSpan(1), CultureInfo.InvariantCulture);
        double[] values = new double[query.Grid.Count];
        int series = 0;
        for (int instance = 0; instance < Instances; instance++)
        {
            Traffic traffic = new(service, instance, query.Grid, _week);
            foreach ((string label, string value, Func<int, double> at, bool isCounter) in Series(planned, traffic))
            {
                double counter = 0;
                for (int i = 0; i < values.Length; i++)
                {
                    counter = isCounter ? counter + at(i) : at(i);
                    values[i] = traffic.IsMissed[i] ? double.NaN : Math.Round(counter, 2);
                }

                consumer(
                    new LabelSet([new("instance", $"{planned.Service}-{instance}"), new("region", instance < 3 ? "east" : "west"), new("service", planned.Service), new(label, value)]), values);
                series++;
            }
        }

        return Task.FromResult(new QueryAnswer(series, 0, []));
    }

    private static ServiceDefinition Service(int service)
    {
        string name = $"s{service.ToString("000", CultureInfo.InvariantCulture)}";
        return new ServiceDefinition(
            name, ServiceKind.Service, [new LabelMatcher("service", MatchOperator.Equal, name)], "region",
            service % 10 == 0 ? [] : [$"s{(service - 1).ToString("000", CultureInfo.InvariantCulture)}"],
            [
                .. PresetCatalog.Find("prometheus-http")!.Indicators,
                new IndicatorDefinition.Rate(IndicatorNames.Cpu, SelectorParser.Parse("process_cpu_seconds_total"), null, "cores", Better.Lower),
                new IndicatorDefinition.Gauge(IndicatorNames.Memory, SelectorParser.Parse("process_resident_memory_bytes"), Aggregation.Sum, null, false, "bytes", Better.Lower),
                new IndicatorDefinition.Gauge("worker_queue", SelectorParser.Parse("worker_queue_depth"), Aggregation.Sum, null, false, "items", Better.Lower),
            ]);
    }

    private static IEnumerable<(string Label, string Value, Func<int, double> At, bool IsCounter)> Series(PlannedQuery query, Traffic traffic) => query.Indicator switch
    {
        IndicatorNames.Availability => Codes.Select((code, c) => ("code", code.Code, (Func<int, double>)(i => traffic.OfCode(i, code.Share, isFault: c > 2)), true)),
        IndicatorNames.Latency => Bounds.Select((bound, b) => ("le", double.IsPositiveInfinity(bound) ? "+Inf" : bound.ToString(CultureInfo.InvariantCulture), (Func<int, double>)(i => traffic.Within(i, b)), true)),
        IndicatorNames.Cpu => [("job", "app", i => 1.2 + (traffic.Requests[i] * 0.004), true)],
        IndicatorNames.Memory => [("job", "app", i => 4096 * Math.Round(80_000 + (2000 * traffic.Wave[i]) + (300 * traffic.Noise[i])), false)],
        _ => [("job", "app", i => Math.Max(0, Math.Round(6 + (4 * traffic.Wave[i]) + (2 * traffic.Noise[i]))), false)],
    };

    /// <summary>What one instance served, minute by minute.</summary>
    private sealed class Traffic
    {
        private readonly double[][] _shares; // by level of slowness, per bucket
        private readonly int[] _level;
        private readonly double[] _rounding;
        private readonly double[] _faults;

        public Traffic(int service, int instance, TimeGrid grid, TimeGrid week)
        {
            Random random = new((service * 31) + instance);
            int n = grid.Count;
            (Requests, Wave, Noise, IsMissed) = (new double[n], new double[n], new double[n], new bool[n]);
            (_level, _rounding, _faults) = (new int[n], new double[n], new double[n]);
            double size = 200 + (service * 37 % 800);
            int spike = service % 5 == 0 ? 1440 + (service * 173 % 7000) : int.MaxValue;
            int burst = service % 7 == 1 ? 1440 + (service * 311 % 7000) : int.MaxValue;
            double wander = 0;
            for (int i = 0; i < n; i++)
            {
                double minutes = (grid.TimeOf(i) - week.Start).TotalMinutes;
                Wave[i] = Math.Sin(2 * Math.PI * (minutes - 480) / 1440);
                wander = (0.95 * wander) + (random.NextDouble() - 0.5);
                Noise[i] = wander;
                Requests[i] = Math.Round(size * (1 + (0.5 * Wave[i])) * (1 + (0.04 * wander)));
                _level[i] = Math.Clamp(8 + (int)(4 * (random.NextDouble() + random.NextDouble() - 1)), 0, 15) + (minutes >= spike && minutes < spike + 40 ? 16 : 0);
                _rounding[i] = random.NextDouble();
                _faults[i] = minutes >= burst && minutes < burst + 30 ? 60 : 1;
                IsMissed[i] = random.Next(500) == 0;
            }

            _shares = [.. Enumerable.Range(0, 32).Select(level => Bounds
                .Select(bound => NormalDistribution.Cdf((Math.Log(bound) - Math.Log(0.06 * (1 + (0.02 * (level % 16))) * (level >= 16 ? 4 : 1))) / 0.8)).ToArray())];
        }

        public double[] Requests { get; }

        public double[] Wave { get; }

        public double[] Noise { get; }

        public bool[] IsMissed { get; }

        public double OfCode(int i, double share, bool isFault) => Math.Floor((Requests[i] * share * (isFault ? _faults[i] : 1)) + _rounding[i]);

        public double Within(int i, int bucket) => Math.Floor((Requests[i] * _shares[_level[i]][bucket]) + _rounding[i]);
    }
}
