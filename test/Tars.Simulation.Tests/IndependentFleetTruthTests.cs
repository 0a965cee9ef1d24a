using Tars.Simulation.Fleets;
using Xunit;
using static Tars.Simulation.Tests.IndependentFleetFixture;

namespace Tars.Simulation.Tests;

/// <summary>Every planted fault and decoy of the second generator is really in the series, measured from the series alone.</summary>
[Collection<IndependentFleetGroup>]
public sealed class IndependentFleetTruthTests(IndependentFleetFixture fixture)
{
    [Fact]
    public void Generate_ErrorBurst_FailsThePlannedShare()
    {
        foreach (var (fleet, fault, from, to) in Faults(FaultKind.ErrorBurst))
        {
            double share = fleet.Regions.Max(r => ErrorShare(fleet, fault.Service!, r, from, to));

            // Ramps take up to 12 % of the mean away; background and the noise of few requests add and scatter.
            Assert.InRange(share, fault.Magnitude * 0.75, (fault.Magnitude * 1.15) + 0.005);
            Assert.All(fleet.Regions, r => Assert.InRange(ErrorShare(fleet, fault.Service!, r, from - 300, from), 0, 0.01));
        }
    }

    [Fact]
    public void Generate_LatencySpike_MultipliesLatency()
    {
        foreach (var (fleet, fault, from, to) in Faults(FaultKind.LatencySpike))
        {
            int quarter = (to - from) / 4;
            double factor = fleet.Regions.Max(r =>
                MeanLatency(fleet, fault.Service!, r, from + quarter, to - quarter) / MeanLatency(fleet, fault.Service!, r, from - 60, from));

            // Within an hour the season and noise of latency move by less than a quarter.
            Assert.InRange(factor, fault.Magnitude * 0.75, fault.Magnitude * 1.3);
        }
    }

    [Fact]
    public void Generate_LatencyRegression_CostsTwelvePercentInBothRegions()
    {
        double logRatio = 0;
        int ratios = 0;
        foreach (var (fleet, fault, from, to) in Faults(FaultKind.LatencyRegression))
        {
            Assert.Equal(fleet.SampleCount, to);
            foreach (string region in fleet.Regions)
            {
                // The same two days of the week where a week of history exists, else the days before and after.
                int back = from >= 7 * 1440 && from + (2 * 1440) < fleet.SampleCount ? 7 * 1440 : 2 * 1440;
                double ratio = MeanLatency(fleet, fault.Service!, region, from + 10, from + (2 * 1440) - 1)
                    / MeanLatency(fleet, fault.Service!, region, from + 10 - back, from + (2 * 1440) - back - 10);
                Assert.InRange(ratio, 1.05, 1.21);
                logRatio += Math.Log(ratio);
                ratios++;
            }
        }

        Assert.InRange(Math.Exp(logRatio / ratios), 1.09, 1.15);
    }

    [Fact]
    public void Generate_SlowLeak_GrowsMemoryByThePlannedShare()
    {
        foreach (var (fleet, fault, from, to) in Faults(FaultKind.SlowLeak))
        {
            double growth = fleet.Regions.Max(r =>
            {
                SimulatedSeries[] memory = [.. Of(fleet, "process_resident_memory_bytes", fault.Service!, r)];
                return (Mean(memory, to - 180, to) / Mean(memory, from - 1440, from)) - 1;
            });

            // Relative to the warm process; garbage makes the measured base up to a tenth larger, the last three hours lack a little.
            Assert.InRange(growth, (fault.Magnitude * 0.8) - 0.06, fault.Magnitude + 0.08);
            if (to < fleet.SampleCount)
            {
                Assert.All(fleet.Regions, r =>
                {
                    SimulatedSeries[] memory = [.. Of(fleet, "process_resident_memory_bytes", fault.Service!, r)];
                    Assert.InRange(Mean(memory, to + 30, to + 100) / Mean(memory, from - 1440, from), 0.85, 1.15);
                });
            }
        }
    }

    [Fact]
    public void Generate_BackendOutage_StoresNothing()
    {
        foreach (var (fleet, _, from, to) in Faults(FaultKind.BackendOutage))
        {
            Assert.All(fleet.Series, s => Assert.All(s.Samples[from..to], v => Assert.True(double.IsNaN(v))));
            Assert.Contains(fleet.Series, s => !double.IsNaN(s.Samples[from - 1]));
            Assert.Contains(fleet.Series, s => !double.IsNaN(s.Samples[to]));
        }
    }

    [Fact]
    public void Generate_Flatline_RepeatsOneValueOfAGaugeThatUsedToVary()
    {
        foreach (var (fleet, fault, from, to) in Faults(FaultKind.Flatline))
        {
            SimulatedSeries[] gauges = [.. Of(fleet, "process_resident_memory_bytes", fault.Service!), .. Of(fleet, "db_pool_in_use_connections", fault.Service!)];
            SimulatedSeries[] flat = [.. gauges.Where(g => Distinct(g, from, to) == 1)];
            Assert.NotEmpty(flat);
            Assert.All(flat, g => Assert.True(Distinct(g, from - (to - from), from) > 5));
        }
    }

    [Fact]
    public void Generate_TrafficDoubling_HarmsNobody()
    {
        foreach (var (fleet, decoy, from, to) in Decoys(DecoyKind.TrafficDoubling))
        {
            int quarter = (to - from) / 4;
            var measured = fleet.Regions.Select(r => (Region: r, Rate: RateRatio(fleet, decoy.Service, r, from + quarter, to - quarter))).ToArray();
            Assert.InRange(measured.Max(m => m.Rate), 1.5, 2.9);
            string region = measured.MaxBy(m => m.Rate).Region;
            double latency = MeanLatency(fleet, decoy.Service, region, from, to) / MeanLatency(fleet, decoy.Service, region, from - 60, from);
            Assert.InRange(latency, 0.75, 1.33);
            Assert.InRange(ErrorShare(fleet, decoy.Service, region, from, to), 0, 0.01);
        }
    }

    [Fact]
    public void Generate_NoisyScrape_IsWildForOneScrape()
    {
        foreach (var (fleet, decoy, at, _) in Decoys(DecoyKind.NoisyScrape))
        {
            double jump = fleet.Regions.Max(r => Math.Max(
                MeanLatency(fleet, decoy.Service, r, at - 1, at) / MeanLatency(fleet, decoy.Service, r, at - 60, at - 1),
                new[] { "process_resident_memory_bytes", "db_pool_in_use_connections" }.SelectMany(m => Of(fleet, m, decoy.Service, r)).Max(g =>
                {
                    double ratio = g.Samples[at] / Mean([g], at - 60, at);
                    return Math.Max(ratio, 1 / ratio);
                })));
            Assert.True(jump > 2);
        }
    }

    // Against the same time a day earlier or later, whichever is nearer to 2: one of both may be a weekend.
    private static double RateRatio(SimulatedFleet fleet, string service, string region, int from, int to)
    {
        SimulatedSeries[] requests = [.. Of(fleet, "http_request_duration_seconds_count", service, region)];
        double now = Increase(requests, from, to);
        double before = now / Increase(requests, from - 1440, to - 1440);
        double after = to + 1440 < fleet.SampleCount ? now / Increase(requests, from + 1440, to + 1440) : before;
        return Math.Abs(after - 2) < Math.Abs(before - 2) ? after : before;
    }

    private static int Distinct(SimulatedSeries gauge, int from, int to) =>
        gauge.Samples[from..to].Where(v => !double.IsNaN(v)).Distinct().Count();

    private IEnumerable<(SimulatedFleet Fleet, PlantedFault Fault, int From, int To)> Faults(FaultKind kind) =>
        from fleet in fixture.Fleets
        from fault in fleet.Faults
        where fault.Kind == kind
        select (fleet, fault, Scrape(fleet, fault.Start), Scrape(fleet, fault.End));

    private IEnumerable<(SimulatedFleet Fleet, Decoy Decoy, int From, int To)> Decoys(DecoyKind kind) =>
        from fleet in fixture.Fleets
        from decoy in fleet.Decoys
        where decoy.Kind == kind
        select (fleet, decoy, Scrape(fleet, decoy.Start), Scrape(fleet, decoy.End));
}
