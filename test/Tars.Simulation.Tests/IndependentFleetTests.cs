using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tars.Accuracy.IndependentFleet;
using Tars.Simulation.Fleets;
using Xunit;
using static Tars.Simulation.Tests.IndependentFleetFixture;

namespace Tars.Simulation.Tests;

/// <summary>The second fleet generator holds what it says it holds. Expected ranges are those of the bench's description of a fleet.</summary>
[Collection<IndependentFleetGroup>]
public sealed class IndependentFleetTests(IndependentFleetFixture fixture)
{
    [Fact]
    public void Generate_SameSeed_SameBytes()
    {
        string first = Digest(fixture.Fleets[0]);

        Assert.Equal(first, Digest(IndependentFleetGenerator.Generate(fixture.Fleets[0].Seed)));
        Assert.Equal(fixture.Fleets.Count, fixture.Fleets.Select(Digest).Distinct().Count());
    }

    [Fact]
    public void Generate_AnySeed_HasEveryMetricOfEveryServiceAndRegion()
    {
        (string Metric, int Series)[] expected =
        [
            ("http_requests_total", 3), ("http_request_duration_seconds_bucket", 12), ("http_request_duration_seconds_sum", 1),
            ("http_request_duration_seconds_count", 1), ("process_cpu_seconds_total", 1), ("process_resident_memory_bytes", 1),
            ("db_pool_in_use_connections", 1), ("up", 1),
        ];
        foreach (SimulatedFleet fleet in fixture.Fleets)
        {
            Assert.Equal(6, fleet.Services.Count);
            Assert.Equal(2, fleet.Regions.Count);
            Assert.Equal(14 * 24 * 60, fleet.SampleCount);
            Assert.All(fleet.Series, s => Assert.Equal(fleet.SampleCount, s.Samples.Length));
            Assert.All(fleet.Series, s => Assert.Contains(s.Samples, v => !double.IsNaN(v)));
            Assert.Equal(fleet.Series.Count, fleet.Series.Select(s => s.Metric + string.Join(',', s.Labels)).Distinct().Count());
            foreach (string service in fleet.Services)
            {
                foreach (string region in fleet.Regions)
                {
                    int instances = Of(fleet, "up", service, region).Count();
                    Assert.InRange(instances, 1, 2);
                    Assert.All(expected, e => Assert.Equal(e.Series * instances, Of(fleet, e.Metric, service, region).Count()));
                    int versions = 1 + fleet.Deployments.Count(d => d.Service == service);
                    Assert.Equal(versions * instances, Of(fleet, "build_info", service, region).Count());
                }
            }
        }
    }

    [Fact]
    public void Generate_Counters_FallOnlyAtRestarts()
    {
        foreach (SimulatedFleet fleet in fixture.Fleets)
        {
            var restarts = fleet.Deployments.Select(d => (d.Service, Scrape: Scrape(fleet, d.Time)))
                .Concat(fleet.Faults.Where(f => f.Kind == FaultKind.SlowLeak).Select(f => (Service: f.Service!, Scrape: Scrape(fleet, f.End))))
                .ToArray();
            foreach (SimulatedSeries counter in fleet.Series.Where(IsCounter))
            {
                int[] falls = [.. Falls(counter.Samples)];
                Assert.All(falls, k => Assert.Contains(restarts, r => r.Service == counter.Labels["service"] && k >= r.Scrape && k <= r.Scrape + 7));
                if (counter.Metric == "http_request_duration_seconds_count")
                {
                    int deployments = fleet.Deployments.Count(d => d.Service == counter.Labels["service"]);
                    Assert.InRange(falls.Length, deployments, deployments + 1);
                }
            }
        }
    }

    [Fact]
    public void Generate_Histogram_AgreesWithItsCountAndWithTheRequests()
    {
        SimulatedFleet fleet = fixture.Fleets[1];
        foreach (IGrouping<string, SimulatedSeries> target in fleet.Series.GroupBy(s => s.Labels["instance"]))
        {
            SimulatedSeries[] buckets = [.. target.Where(s => s.Metric == "http_request_duration_seconds_bucket")
                .OrderBy(s => s.Labels["le"] == "+Inf" ? double.PositiveInfinity : double.Parse(s.Labels["le"], CultureInfo.InvariantCulture))];
            SimulatedSeries count = target.Single(s => s.Metric == "http_request_duration_seconds_count");
            SimulatedSeries[] codes = [.. target.Where(s => s.Metric == "http_requests_total")];
            for (int k = 0; k < fleet.SampleCount; k += 7)
            {
                double all = count.Samples[k];
                Assert.Equal(all, buckets[^1].Samples[k]);
                Assert.Equal(all, codes.Sum(c => c.Samples[k]));
                for (int b = 1; b < buckets.Length && !double.IsNaN(all); b++)
                {
                    Assert.True(buckets[b].Samples[k] >= buckets[b - 1].Samples[k]);
                }
            }
        }
    }

    [Fact]
    public void Generate_OutsideFaults_ErrorShareIsOrdinary()
    {
        foreach (SimulatedFleet fleet in fixture.Fleets)
        {
            foreach (string service in fleet.Services)
            {
                // Three days without faults; the noise of a service's share averages to within a fifth, its level is 0.01 % to 0.2 %.
                Assert.All(fleet.Regions, r => Assert.InRange(ErrorShare(fleet, service, r, 0, 3 * 1440), 0.00005, 0.0028));
            }
        }
    }

    [Fact]
    public void Draw_FiftySeeds_KeepsTheRulesOfTheBench()
    {
        for (ulong seed = 0; seed < 50; seed++)
        {
            FleetPlan plan = FleetPlan.Draw(seed);
            IReadOnlyList<PlantedFault> faults = plan.Faults();
            DateTimeOffset end = FleetClock.At(FleetClock.Scrapes);
            Assert.Equal(Enum.GetValues<FaultKind>(), faults.Select(f => f.Kind).Distinct().Order());
            Assert.Equal(Enum.GetValues<DecoyKind>(), plan.Decoys().Select(d => d.Kind).Distinct().Order());
            Assert.All(faults, f => Assert.True(f.Start >= FleetClock.Start + TimeSpan.FromDays(3) && f.Start < f.End && f.End <= end));
            Assert.All(faults, f => Assert.Equal(f.Kind == FaultKind.BackendOutage, f.Service is null));
            Assert.All(faults, AssertSize);
            PlantedFault regression = Assert.Single(faults, f => f.Kind == FaultKind.LatencyRegression);
            Assert.Equal(end, regression.End);
            Assert.True(regression.Start <= end - TimeSpan.FromDays(2));
            Assert.Contains(plan.Deployments(), d => d.Service == regression.Service && d.Time == regression.Start);
            (string? Service, DateTimeOffset Start, DateTimeOffset End)[] spans =
            [
                .. faults.Select(f => (f.Service, f.Start, f.End)),
                .. plan.Decoys().Select(d => ((string?)d.Service, d.Start, d.End)),
            ];
            foreach (var byService in spans.Where(s => s.Service is not null).GroupBy(s => s.Service))
            {
                var ordered = byService.OrderBy(s => s.Start).ToArray();
                Assert.All(ordered.Zip(ordered.Skip(1)), p => Assert.True(p.Second.Start - p.First.End >= TimeSpan.FromHours(6)));
            }
        }
    }

    private static void AssertSize(PlantedFault fault)
    {
        (double Least, double Most, double FewestMinutes, double MostMinutes) = fault.Kind switch
        {
            FaultKind.LatencySpike => (1.8, 5, 10, 120),
            FaultKind.ErrorBurst => (0.03, 0.3, 8, 90),
            FaultKind.SlowLeak => (0.2, 1.2, 1440, 4 * 1440),
            FaultKind.LatencyRegression => (1.12, 1.12, 2 * 1440, 11 * 1440),
            FaultKind.BackendOutage => (double.NaN, double.NaN, 15, 180),
            _ => (double.NaN, double.NaN, 120, 720),
        };
        Assert.InRange((fault.End - fault.Start).TotalMinutes, FewestMinutes, MostMinutes);
        Assert.True(double.IsNaN(Least) ? double.IsNaN(fault.Magnitude) : fault.Magnitude >= Least && fault.Magnitude <= Most);
    }

    private static bool IsCounter(SimulatedSeries series) =>
        series.Metric is "http_requests_total" or "process_cpu_seconds_total" || series.Metric.StartsWith("http_request_duration", StringComparison.Ordinal);

    private static IEnumerable<int> Falls(double[] samples)
    {
        double previous = double.NaN;
        for (int k = 0; k < samples.Length; k++)
        {
            if (samples[k] < previous)
            {
                yield return k;
            }

            previous = double.IsNaN(samples[k]) ? previous : samples[k];
        }
    }

    private static string Digest(SimulatedFleet fleet)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (SimulatedSeries series in fleet.Series)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(series.Metric + string.Join(',', series.Labels)));
            hash.AppendData(System.Runtime.InteropServices.MemoryMarshal.AsBytes(series.Samples.AsSpan()));
        }

        hash.AppendData(Encoding.UTF8.GetBytes(string.Join(';', fleet.Faults) + string.Join(';', fleet.Decoys) + string.Join(';', fleet.Deployments)));
        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
