using Tars.Simulation.Randomness;

namespace Tars.Simulation.Fleets;

/// <summary>One instance of a service: draws its traffic minute by minute and keeps what a scrape would have seen.</summary>
internal sealed class ServiceTarget
{
    private static readonly string[] Codes = ["200", "404", "500", "503"];

    private readonly FleetTimeline _fleet;
    private readonly ServiceProfile _profile;
    private readonly Dictionary<string, string> _labels;
    private readonly double[] _season;
    private readonly RandomStream _random;
    private readonly LatencyShape _latency = new();
    private readonly (int Time, string Version)[] _rollouts;
    private readonly HashSet<int> _restarts;
    private readonly ScheduledFault[] _faults;
    private readonly ScheduledDecoy[] _decoys;

    private readonly long[] _requests = new long[Codes.Length];
    private readonly long[] _buckets = new long[LatencyShape.Bounds.Count + 1];
    private long _microseconds;
    private long _cpuTicks;

    /// <summary>Prepares one instance.</summary>
    public ServiceTarget(FleetTimeline fleet, ServiceProfile profile, string region, int instance, double[] season)
    {
        _fleet = fleet;
        _profile = profile;
        _season = season;
        string name = $"{profile.Name}-{region}-{instance}:8080";
        _labels = new() { ["job"] = profile.Name, ["service"] = profile.Name, ["region"] = region, ["instance"] = name };
        _random = new RandomStream(fleet.Seed, name);
        int place = (ServiceProfile.Regions.ToList().IndexOf(region) * profile.Instances) + instance;
        _rollouts = [.. fleet.Schedule.Deployments.Where(d => d.Service == profile.Name).Select(d => (d.Time + (2 * place), d.Version))];
        _faults = [.. fleet.Schedule.Faults.Where(fault => fault.Service == profile.Name)];
        _decoys = [.. fleet.Schedule.Decoys.Where(decoy => decoy.Service == profile.Name)];
        _restarts = [.. _rollouts.Select(rollout => rollout.Time), .. _faults.Where(f => f.Kind == FaultKind.SlowLeak && f.End < fleet.Minutes).Select(f => f.End)];
    }

    /// <summary>Draws all series of the instance.</summary>
    public IReadOnlyList<SimulatedSeries> Draw()
    {
        int minutes = _fleet.Minutes;
        double[][] requests = Blank(Codes.Length, minutes);
        double[][] buckets = Blank(_buckets.Length, minutes);
        double[] sum = new double[minutes];
        double[] count = new double[minutes];
        double[] cpu = new double[minutes];
        Autoregression traffic = new(_random, 0.92, 0.05);
        Autoregression slowness = new(_random, 0.9, 0.018);
        Autoregression trouble = new(_random, 0.97, 0.35);
        double notFound = _random.Uniform(0.004, 0.02);
        double background = PortableMath.Exp(_random.Uniform(PortableMath.Log(0.0001), PortableMath.Log(0.0012)));
        double idle = _random.Uniform(0.001, 0.003);
        double logMedian = PortableMath.Log(_profile.MedianSeconds) + (0.03 * _random.Normal());
        LiveBefore(_random.Uniform(0.3, 9), logMedian, notFound, background);
        for (int k = 0; k < minutes; k++)
        {
            if (_restarts.Contains(k))
            {
                Restart();
            }

            double load = _season[k];
            double expected = _profile.RequestsPerMinute * load * Doubling(k) * PortableMath.Exp(traffic.Next() + (0.02 * _random.Normal()));
            long arrived = _random.Poisson(expected);
            double failing = Math.Min(0.9, (background * PortableMath.Exp(trouble.Next())) + ErrorShare(k));
            double median = logMedian + PortableMath.Log((1 + (0.06 * load)) * SlowFactor(k)) + slowness.Next();
            Serve(arrived, notFound, failing, median);
            double busy = (arrived * _profile.CpuPerRequest * Math.Max(0.5, 1 + (0.03 * _random.Normal()))) + (60 * idle);
            _cpuTicks += (long)(busy * 100);
            Scrape(k, requests, _requests, cumulative: false);
            Scrape(k, buckets, _buckets, cumulative: true);
            sum[k] = _microseconds / 1e6;
            count[k] = buckets[^1][k];
            cpu[k] = _cpuTicks / 100.0;
        }

        return Collect(requests, buckets, sum, count, cpu);
    }

    private List<SimulatedSeries> Collect(double[][] requests, double[][] buckets, double[] sum, double[] count, double[] cpu)
    {
        bool[] missed = _fleet.MissedScrapes(_random, _restarts);
        ServiceGauges gauges = new(_fleet, _profile, _season, _random, _restarts, _faults, _decoys, _labels["instance"]);
        List<SimulatedSeries> series = [];
        void Add(string metric, double[] samples, params ReadOnlySpan<(string Name, string Value)> more)
        {
            Dictionary<string, string> labels = new(_labels);
            foreach ((string name, string value) in more)
            {
                labels.Add(name, value);
            }

            _fleet.Hide(samples, missed);
            series.Add(new SimulatedSeries(metric, labels, samples));
        }

        for (int i = 0; i < Codes.Length; i++)
        {
            Add("http_requests_total", requests[i], ("code", Codes[i]));
        }

        for (int i = 0; i < buckets.Length; i++)
        {
            Add("http_request_duration_seconds_bucket", buckets[i], ("le", LatencyShape.BoundTexts[i]));
        }

        Add("http_request_duration_seconds_sum", sum);
        Add("http_request_duration_seconds_count", count);
        Add("process_cpu_seconds_total", cpu);
        Add("process_resident_memory_bytes", gauges.Memory());
        Add(_profile.UsesPool ? "db_pool_in_use_connections" : "worker_queue_depth", gauges.Level());
        if (_profile.UsesPool)
        {
            double[] capacity = new double[_fleet.Minutes];
            Array.Fill(capacity, ServiceProfile.PoolCapacity);
            Add("db_pool_max_connections", capacity);
        }

        (int Time, string Version)[] lives = [(0, _fleet.Schedule.FirstVersions[_profile.Name]), .. _rollouts];
        for (int i = 0; i < lives.Length; i++)
        {
            double[] info = new double[_fleet.Minutes];
            Array.Fill(info, double.NaN);
            info.AsSpan(lives[i].Time..(i + 1 < lives.Length ? lives[i + 1].Time : info.Length)).Fill(1);
            Add("build_info", info, ("version", lives[i].Version));
        }

        series.Add(new SimulatedSeries("up", new Dictionary<string, string>(_labels), _fleet.Up(missed)));
        return series;
    }

    private static double[][] Blank(int count, int minutes) => [.. Enumerable.Range(0, count).Select(_ => new double[minutes])];

    private static void Scrape(int k, double[][] samples, long[] counts, bool cumulative)
    {
        long sum = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            sum = cumulative ? sum + counts[i] : counts[i];
            samples[i][k] = sum;
        }
    }

    private void LiveBefore(double days, double logMedian, double notFound, double background)
    {
        long requests = (long)(days * 1440 * _profile.RequestsPerMinute);
        _requests[1] = (long)(requests * notFound);
        _requests[2] = (long)(requests * background);
        _requests[0] = requests - _requests[1] - _requests[2];
        _latency.Expect(requests, logMedian).CopyTo(_buckets);
        _microseconds = LatencyShape.Microseconds(_random, requests, logMedian);
        _cpuTicks = (long)(requests * _profile.CpuPerRequest * 100);
    }

    private void Restart()
    {
        Array.Clear(_requests);
        Array.Clear(_buckets);
        _microseconds = 0;
        _cpuTicks = 0;
    }

    private void Serve(long arrived, double notFound, double failing, double logMedian)
    {
        long failed = _random.Binomial(arrived, failing);
        long unavailable = _random.Binomial(failed, 0.25);
        long missing = _random.Binomial(arrived - failed, notFound);
        _requests[0] += arrived - failed - missing;
        _requests[1] += missing;
        _requests[2] += failed - unavailable;
        _requests[3] += unavailable;
        ReadOnlySpan<long> drawn = _latency.Draw(_random, arrived, logMedian);
        for (int i = 0; i < drawn.Length; i++)
        {
            _buckets[i] += drawn[i];
        }

        _microseconds += LatencyShape.Microseconds(_random, arrived, logMedian);
    }

    /// <summary>2 within a traffic doubling, reached and left within ten minutes; 1 elsewhere.</summary>
    private double Doubling(int k)
    {
        foreach (ScheduledDecoy decoy in _decoys)
        {
            if (decoy.Kind == DecoyKind.TrafficDoubling && k >= decoy.Start && k < decoy.End)
            {
                return 1 + Math.Min(1, Math.Min(k - decoy.Start + 1, decoy.End - k) / 10.0);
            }
        }

        return 1;
    }

    private double ErrorShare(int k)
    {
        double share = 0;
        foreach (ScheduledFault fault in _faults)
        {
            share += fault.Kind == FaultKind.ErrorBurst && k >= fault.Start && k < fault.End ? fault.Magnitude : 0;
        }

        return share;
    }

    /// <summary>The factor on latency. A regression begins with this instance's own restart.</summary>
    private double SlowFactor(int k)
    {
        double factor = 1;
        foreach (ScheduledFault fault in _faults)
        {
            bool applies = fault.Kind switch
            {
                FaultKind.LatencySpike => k >= fault.Start && k < fault.End,
                FaultKind.LatencyRegression => k >= _rollouts.First(rollout => rollout.Time >= fault.Start).Time,
                _ => false,
            };
            factor *= applies ? fault.Magnitude : 1;
        }

        return factor;
    }
}
