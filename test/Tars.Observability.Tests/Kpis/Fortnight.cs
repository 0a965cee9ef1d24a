using Tars.Observability.Indicators;
using Tars.Observability.Prometheus;
using Tars.Observability.Tests.Indicators;
using Tars.Observability.TimeSeries;
using Tars.TestKit;
using Tars.TestKit.Servers;
using static Tars.Observability.Tests.Indicators.Definitions;

namespace Tars.Observability.Tests.Kpis;

/// <summary>
/// Fourteen days of raw samples scraped once a minute, 7 s after it: <c>steady</c> without resets and gaps, <c>rough</c> with resets,
/// gaps of 2 to 40 minutes, an error series that appears on day 4 and NaN samples. Drawn anew from a printed seed.
/// </summary>
public sealed class Fortnight
{
    private const int LeadMinutes = 10;
    private static readonly double[] Bounds = [0.05, 0.1, 0.25, 0.5, 1, double.PositiveInfinity];
    private readonly List<(string Metric, LabelSet Labels, List<(DateTimeOffset Time, double Value)> Samples)> _series = [];

    public Fortnight(int seed)
    {
        Random random = new(seed);
        foreach (string service in new[] { "steady", "rough" })
        {
            foreach ((string instance, string region) in new[] { ("a", "eu"), ("b", "us") })
            {
                AddTarget(random, service, instance, region, service == "rough");
            }
        }

        NaNSteps = [100, 101, 5000, 20_000];
    }

    public TimeWindow Window { get; } = Hours(14 * 24);

    public int[] NaNSteps { get; }

    private static IndicatorDefinition.Gauge Queue { get; } =
        new("queue", SelectorParser.Parse("queue_length"), Aggregation.Max, null, false, string.Empty, Better.Lower);

    /// <summary>Reads all of it.</summary>
    public static Task<SeriesSet> CollectAsync(ISeriesSource source, int seriesLimit)
    {
        ServiceDefinition[] services = [Service("steady", Availability, Latency, Cpu, Memory), Service("rough", Availability, Latency, Cpu, Memory, Queue)];
        CollectionRequest request = new(services, null, false, seriesLimit, TimeSpan.FromMinutes(5));
        return new SeriesCollector(source, 2).CollectAsync(QueryPlan.Of(request, TimeGrid.Of(Hours(14 * 24), Minute)), null, TestContext.Current.CancellationToken);
    }

    /// <summary>Requests of a service from the raw samples.</summary>
    public (double Gain, double Coverage) Oracle(string service, Func<LabelSet, bool> isCounted)
    {
        (LabelSet Labels, IReadOnlyList<(DateTimeOffset, double)> Samples)[] all =
            [.. Requests(service).Select(s => (s.Labels, (IReadOnlyList<(DateTimeOffset, double)>)s.Samples))];
        return CounterOracle.Of(all.Where(s => isCounted(s.Labels)), all, TimeGrid.Of(Window, Minute), 5);
    }

    /// <summary>What was gained across gaps longer than the bridge limit, inside the window.</summary>
    public double GainInLongGaps(string service) =>
        Requests(service).Sum(series => Differences(series.Samples).Where(d => d.IsLong && d.Time > Window.From).Sum(d => d.Gain));

    /// <summary>How far Prometheus's increase() over the window may be from the sum of differences, see docs/math.md.</summary>
    public double IncreaseBound(string service)
    {
        double bound = 0;
        foreach ((_, _, List<(DateTimeOffset Time, double Value)> samples) in Requests(service))
        {
            (DateTimeOffset Time, double Value)[] inside = [.. samples.Where(s => s.Time > Window.From && s.Time <= Window.To)];
            double gain = Differences(inside).Sum(d => d.Gain);
            double span = (inside[^1].Time - inside[0].Time).TotalSeconds;
            double outside = (inside[0].Time - Window.From + (Window.To - inside[^1].Time)).TotalSeconds;
            double extrapolated = gain / span * Math.Min(outside, 2.2 * span / (inside.Length - 1));
            double before = samples[0].Time < Window.From ? Differences(samples).First(d => d.Time > Window.From).Gain : inside[0].Value;
            bound += Math.Max(extrapolated, before);
        }

        return bound;
    }

    private static IEnumerable<(DateTimeOffset Time, double Gain, bool IsLong)> Differences(IReadOnlyList<(DateTimeOffset Time, double Value)> samples)
    {
        for (int i = 1; i < samples.Count; i++)
        {
            double gain = samples[i].Value < samples[i - 1].Value ? samples[i].Value : samples[i].Value - samples[i - 1].Value;
            yield return (samples[i].Time, gain, samples[i].Time - samples[i - 1].Time > TimeSpan.FromMinutes(5.5));
        }
    }

    private IEnumerable<(string Metric, LabelSet Labels, List<(DateTimeOffset Time, double Value)> Samples)> Requests(string service) =>
        _series.Where(series => series.Metric == "http_requests_total" && series.Labels["job"] == service);

    private void AddTarget(Random random, string service, string instance, string region, bool rough)
    {
        List<(DateTimeOffset, double)> Series(string metric, params (string, string)[] more)
        {
            KeyValuePair<string, string>[] labels = [new("job", service), new("instance", instance), new("region", region), .. more.Select(m => new KeyValuePair<string, string>(m.Item1, m.Item2))];
            _series.Add((metric, new LabelSet(labels), []));
            return _series[^1].Samples;
        }

        List<(DateTimeOffset, double)> good = Series("http_requests_total", ("code", "200"));
        List<(DateTimeOffset, double)> bad = Series("http_requests_total", ("code", "500"));
        List<(DateTimeOffset, double)> cpu = Series("process_cpu_seconds_total");
        List<(DateTimeOffset, double)> memory = Series("process_resident_memory_bytes");
        List<(DateTimeOffset, double)>? queue = rough && instance == "a" ? Series("queue_length") : null;
        List<(DateTimeOffset, double)>[] buckets =
            [.. Bounds.Select(b => Series("http_request_duration_seconds_bucket", ("le", double.IsInfinity(b) ? "+Inf" : b.ToString(System.Globalization.CultureInfo.InvariantCulture))))];
        double[] counts = new double[Bounds.Length];
        double goodCount = random.Next(100_000);
        double badCount = rough ? 0 : random.Next(1000);
        double cpuSeconds = 0;
        int silent = 0;
        for (int minute = -LeadMinutes; minute < 14 * 1440; minute++)
        {
            DateTimeOffset time = Start.AddMinutes(minute).AddSeconds(7);
            int requests = 50 + random.Next(100);
            if (rough && random.NextDouble() < 0.0005)
            {
                (goodCount, badCount, cpuSeconds) = (0, 0, 0);
                Array.Clear(counts);
            }

            bool errorsExist = !rough || minute >= (4 * 1440) + 33;
            int errors = errorsExist && random.Next(10) == 0 ? random.Next(1, 10) : 0;
            goodCount += requests - errors;
            badCount += errors;
            cpuSeconds += random.NextDouble() * 30;
            int below = 0;
            for (int b = 0; b < counts.Length; b++)
            {
                below = b == counts.Length - 1 ? requests : below + ((requests - below) * random.Next(20, 60) / 100);
                counts[b] += below;
            }

            queue?.Add((time, NaNAt(minute) ? double.NaN : 7));
            silent = silent > 0 ? silent - 1 : rough && random.NextDouble() < 0.002 ? random.Next(1, 40) : 0;
            if (silent > 0)
            {
                continue;
            }

            good.Add((time, goodCount));
            if (errorsExist)
            {
                bad.Add((time, badCount));
            }

            cpu.Add((time, cpuSeconds));
            memory.Add((time, 1e9 + (random.NextDouble() * 1e8)));
            for (int b = 0; b < counts.Length; b++)
            {
                buckets[b].Add((time, counts[b]));
            }
        }
    }

    private static bool NaNAt(int minute) => minute is 100 or 101 or 5000 or 20_000;

    /// <summary>Writes the samples as OpenMetrics and returns the file.</summary>
    public string Save(string file)
    {
        using StreamWriter writer = new(file);
        foreach ((string metric, LabelSet labels, List<(DateTimeOffset Time, double Value)> samples) in _series)
        {
            string name = metric + labels;
            foreach ((DateTimeOffset time, double value) in samples)
            {
                writer.Write(FormattableString.Invariant($"{name} {(double.IsNaN(value) ? "NaN" : value.ToString("R", System.Globalization.CultureInfo.InvariantCulture))} {time.ToUnixTimeSeconds()}\n"));
            }
        }

        writer.Write("# EOF\n");
        return file;
    }
}

/// <summary>The fortnight in a real Prometheus, read once for all tests.</summary>
public sealed class FortnightInPrometheus : PrometheusFixture
{
    private readonly SemaphoreSlim _gate = new(1);
    private SeriesSet? _set;

    /// <summary>The samples; the same for both servers.</summary>
    public static Fortnight Data { get; } = new(Seeds.Draw("fortnight"));

    /// <summary>What the collector reads.</summary>
    public async Task<SeriesSet> SetAsync()
    {
        await _gate.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            using PrometheusSource source = new(new Observability.Prometheus.PrometheusOptions(Require().Address), TimeProvider.System);
            return _set ??= await Fortnight.CollectAsync(source, 1000);
        }
        finally
        {
            _gate.Release();
        }
    }

    protected override async Task<PrometheusServer> StartAsync()
    {
        using TemporaryDirectory folder = new();
        Tars.TestKit.Servers.PrometheusOptions options = new() { OpenMetricsFiles = [Data.Save(folder.Combine("fortnight.om"))] };
        return await PrometheusServer.StartAsync(options);
    }
}
