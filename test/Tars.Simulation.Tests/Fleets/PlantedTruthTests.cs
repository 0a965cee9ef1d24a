using Tars.Simulation.Fleets;
using Tars.TestKit;
using Xunit;

namespace Tars.Simulation.Tests.Fleets;

/// <summary>One fleet of a seed drawn at run time.</summary>
public sealed class DrawnFleet
{
    public SimulatedFleet Fleet { get; } = FleetGenerator.Generate((ulong)Seeds.Draw());
}

public sealed class PlantedTruthTests(DrawnFleet drawn) : IClassFixture<DrawnFleet>, IDisposable
{
    private const int Day = 1440;

    private readonly SimulatedFleet _fleet = drawn.Fleet;

    public void Dispose() => TestContext.Current.TestOutputHelper?.WriteLine($"seed {_fleet.Seed} (repeat with {Seeds.Variable}={_fleet.Seed})");

    [Fact]
    public void Faults_Default_OneOfEachKindInTheSecondWeekSixHoursApart()
    {
        Assert.Equal(Enum.GetValues<FaultKind>(), _fleet.Faults.Select(fault => fault.Kind).Order());
        Assert.All(_fleet.Faults, fault => Assert.InRange(fault.Start, _fleet.Start.AddDays(7), _fleet.End));
        Assert.All(_fleet.Faults, fault => Assert.True(fault.End > fault.Start && fault.End <= _fleet.End));
        PlantedFault[] passing = [.. _fleet.Faults.Where(fault => fault.Kind != FaultKind.LatencyRegression)];
        foreach (PlantedFault a in passing)
        {
            foreach (PlantedFault b in passing.Where(b => b != a && (a.Service == b.Service || a.Service is null)))
            {
                Assert.True(a.Start >= b.End.AddHours(6) || b.Start >= a.End.AddHours(6), $"{a} and {b}");
            }
        }
    }

    [Fact]
    public void LatencySpike_MeanLatency_RisesByItsFactorAndReturns()
    {
        (PlantedFault fault, int from, int to) = Fault(FaultKind.LatencySpike);
        double inside = _fleet.MeanLatency(fault.Service!, from, to);
        double before = _fleet.MeanLatency(fault.Service!, from - 60, from);
        double after = _fleet.MeanLatency(fault.Service!, to, to + 60);
        Assert.InRange(inside / before / fault.Magnitude, 0.9, 1.1);
        Assert.InRange(after / before, 0.9, 1.1);
    }

    [Fact]
    public void ErrorBurst_ErrorShare_RisesByItsShareAndReturns()
    {
        (PlantedFault fault, int from, int to) = Fault(FaultKind.ErrorBurst);
        Assert.InRange(_fleet.ErrorShare(fault.Service!, from, to) - fault.Magnitude, -0.015, 0.015);
        Assert.InRange(_fleet.ErrorShare(fault.Service!, from - 120, from), 0, 0.01);
        Assert.InRange(_fleet.ErrorShare(fault.Service!, to, to + 120), 0, 0.01);
    }

    [Fact]
    public void SlowLeak_Memory_GrowsToItsMagnitudeAndDropsAtItsEnd()
    {
        (PlantedFault fault, int from, int to) = Fault(FaultKind.SlowLeak);
        SimulatedSeries[] memory = _fleet.Of("process_resident_memory_bytes", fault.Service);
        double before = memory.Mean(from - Day, from);
        Assert.InRange((memory.Mean(to - 60, to) / before - 1) / fault.Magnitude, 0.8, 1.2);
        Assert.InRange((memory.Mean((from + to) / 2 - 60, (from + to) / 2 + 60) / before - 1) / fault.Magnitude, 0.35, 0.65);
        Assert.InRange(memory.Mean(to + 60, to + 120) / before, 0.9, 1.1);
    }

    [Fact]
    public void LatencyRegression_MeanLatencyOfWholeDays_StaysTwelvePercentUpInBothRegions()
    {
        (PlantedFault fault, int from, _) = Fault(FaultKind.LatencyRegression);
        Assert.Contains(_fleet.Deployments, deployment => deployment.Service == fault.Service && deployment.Time == fault.Start);
        Assert.Equal(_fleet.End, fault.End);
        Assert.True(fault.Start <= _fleet.End.AddDays(-2));
        SimulatedSeries[] sums = _fleet.Of("http_request_duration_seconds_sum", fault.Service);
        SimulatedSeries[] counts = _fleet.Of("http_request_duration_seconds_count", fault.Service);
        int settled = from + 30;
        foreach (string region in _fleet.Regions)
        {
            // A fault of another kind may share the service: minutes within one are left out.
            double MeanOf(int start) => Clean(fault.Service!, start, Day)
                .Aggregate((Sum: 0.0, Count: 0.0), (total, k) => (total.Sum + In(sums, region).Gain(k, k + 1), total.Count + In(counts, region).Gain(k, k + 1)), total => total.Sum / total.Count);
            Assert.InRange(MeanOf(settled) / MeanOf(from - Day), 1.09, 1.15);
        }
    }

    [Fact]
    public void BackendOutage_EverySeries_HasNoSample()
    {
        (PlantedFault fault, int from, int to) = Fault(FaultKind.BackendOutage);
        Assert.Null(fault.Service);
        Assert.All(_fleet.Series, series => Assert.All(series.Samples[from..to], value => Assert.True(double.IsNaN(value))));
        Assert.All(_fleet.Of("up"), series => Assert.False(double.IsNaN(series.Samples[from - 1] + series.Samples[to])));
    }

    [Fact]
    public void Flatline_Gauge_RepeatsOneValueWhereItUsedToVary()
    {
        (PlantedFault fault, int from, int to) = Fault(FaultKind.Flatline);
        SimulatedSeries[] gauges = [.. _fleet.Of("db_pool_in_use_connections", fault.Service), .. _fleet.Of("worker_queue_depth", fault.Service)];
        Assert.NotEmpty(gauges);
        foreach (SimulatedSeries gauge in gauges)
        {
            Assert.Single(gauge.Samples[from..to].Where(value => !double.IsNaN(value)).Distinct());
            Assert.True(gauge.Samples[(from - 240)..from].Where(value => !double.IsNaN(value)).Distinct().Count() > 5);
            Assert.True(gauge.Samples[to..(to + 120)].Where(value => !double.IsNaN(value)).Distinct().Count() > 5);
        }
    }

    [Fact]
    public void TrafficDoubling_OnlyTraffic_Changes()
    {
        Decoy decoy = _fleet.Decoys.Single(d => d.Kind == DecoyKind.TrafficDoubling);
        (int from, int to) = (_fleet.Minute(decoy.Start) + 10, _fleet.Minute(decoy.End) - 10);
        SimulatedSeries[] requests = _fleet.Of("http_requests_total", decoy.Service);
        SimulatedSeries[] cpu = _fleet.Of("process_cpu_seconds_total", decoy.Service);
        double weekBefore = requests.Gain(from - 7 * Day, to - 7 * Day);
        Assert.InRange(requests.Gain(from, to) / weekBefore, 1.7, 2.3);
        Assert.InRange(_fleet.MeanLatency(decoy.Service, from, to) / _fleet.MeanLatency(decoy.Service, from - 60, from - 10), 0.93, 1.07);
        Assert.InRange(_fleet.ErrorShare(decoy.Service, from, to), 0, 0.006);
        double CpuPerRequest(int start, int end) => cpu.Gain(start, end) / requests.Gain(start, end);
        Assert.InRange(CpuPerRequest(from, to) / CpuPerRequest(from - 60, from - 10), 0.85, 1.15);
        Assert.InRange(_fleet.Of("process_resident_memory_bytes", decoy.Service).Mean(from, to) / _fleet.Of("process_resident_memory_bytes", decoy.Service).Mean(from - 120, from), 0.93, 1.07);
    }

    [Fact]
    public void NoOpDeployment_OnlyVersion_Changes()
    {
        Decoy decoy = _fleet.Decoys.Single(d => d.Kind == DecoyKind.NoOpDeployment);
        SimulatedDeployment deployment = Assert.Single(_fleet.Deployments, d => d.Service == decoy.Service && d.Time == decoy.Start);
        int at = _fleet.Minute(deployment.Time);
        Assert.Contains(_fleet.Of("build_info", decoy.Service), series => series.Labels["version"] == deployment.Version
            && double.IsNaN(series.Samples[at - 1]) && series.Samples[at + 20] is 1 or double.NaN);
        Assert.InRange(_fleet.MeanLatency(decoy.Service, at + 10, at + 300) / _fleet.MeanLatency(decoy.Service, at - 300, at), 0.94, 1.06);
        Assert.InRange(_fleet.ErrorShare(decoy.Service, at, at + 300), 0, 0.006);
    }

    [Fact]
    public void NoisyScrape_OneSampleOfOneSeries_IsWild()
    {
        Decoy decoy = _fleet.Decoys.Single(d => d.Kind == DecoyKind.NoisyScrape);
        Assert.Equal(TimeSpan.FromMinutes(1), decoy.End - decoy.Start);
        int at = _fleet.Minute(decoy.Start);
        SimulatedSeries[] gauges = [.. _fleet.Of("db_pool_in_use_connections", decoy.Service), .. _fleet.Of("worker_queue_depth", decoy.Service),
            .. _fleet.Of("process_resident_memory_bytes", decoy.Service)];
        bool missed = gauges.Any(series => double.IsNaN(series.Samples[at]));
        int wild = gauges.Count(series => series.Samples[at] > 3 * Math.Max(series.Samples[at - 1], series.Samples[at + 1]));
        Assert.True(wild == 1 || (missed && wild == 0), $"{wild} wild values");
    }

    [Fact]
    public void Counters_EveryInstance_OnlyFallAtItsRestarts()
    {
        string[] counters = ["http_requests_total", "http_request_duration_seconds_bucket", "http_request_duration_seconds_sum", "http_request_duration_seconds_count",
            "process_cpu_seconds_total", "node_cpu_seconds_total", "redis_keyspace_hits_total", "redis_keyspace_misses_total"];
        foreach (SimulatedSeries series in _fleet.Series.Where(series => counters.Contains(series.Metric)))
        {
            string? service = series.Labels.GetValueOrDefault("service");
            int[] restarts = [.. _fleet.Deployments.Where(d => d.Service == service).Select(d => _fleet.Minute(d.Time)),
                .. _fleet.Faults.Where(f => f.Kind == FaultKind.SlowLeak && f.Service == service).Select(f => _fleet.Minute(f.End))];
            double last = 0;
            for (int k = 0; k < _fleet.SampleCount; k++)
            {
                double value = series.Samples[k];
                if (!double.IsNaN(value))
                {
                    Assert.True(value >= last || restarts.Any(r => k >= r && k < r + 10), $"{series.Metric} of {service} falls in minute {k}");
                    last = value;
                }
            }
        }
    }

    [Fact]
    public void Histogram_LastBucket_EqualsCountAndRequests()
    {
        foreach (SimulatedSeries count in _fleet.Of("http_request_duration_seconds_count"))
        {
            SimulatedSeries[] Same(string metric) => [.. _fleet.Of(metric).Where(series => series.Labels["instance"] == count.Labels["instance"])];
            double[] infinite = Same("http_request_duration_seconds_bucket").Single(series => series.Labels["le"] == "+Inf").Samples;
            Assert.Equal(count.Samples, infinite);
            double requests = Same("http_requests_total").Gain(100, 1000);
            Assert.Equal(requests, new[] { count }.Gain(100, 1000));
        }
    }

    private static SimulatedSeries[] In(SimulatedSeries[] series, string region) => [.. series.Where(s => s.Labels["region"] == region)];

    private (PlantedFault Fault, int From, int To) Fault(FaultKind kind)
    {
        PlantedFault fault = _fleet.Faults.Single(fault => fault.Kind == kind);
        return (fault, _fleet.Minute(fault.Start), _fleet.Minute(fault.End));
    }

    private IEnumerable<int> Clean(string service, int from, int count) => Enumerable.Range(from, count).Where(k => !_fleet.Faults.Any(fault =>
        fault.Kind == FaultKind.LatencySpike && fault.Service == service && k >= _fleet.Minute(fault.Start) && k < _fleet.Minute(fault.End)));
}
