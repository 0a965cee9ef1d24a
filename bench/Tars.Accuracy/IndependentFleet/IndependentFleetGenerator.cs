using System.Globalization;
using Tars.Simulation.Fleets;

namespace Tars.Accuracy.IndependentFleet;

/// <summary>
/// A second fleet generator, written without knowledge of the first and of the detectors, so that detectors are not judged only on a world
/// their authors know. Six services in two regions, 14 days at one minute from <see cref="FleetClock.Start"/>.
/// </summary>
public static class IndependentFleetGenerator
{
    /// <summary>Makes the fleet of a seed: same seed, same bytes.</summary>
    /// <param name="seed">Any value.</param>
    /// <returns>
    /// A fleet with every kind of fault at least once. A latency spike, error burst, leak or flatline may strike one region only, and
    /// <see cref="PlantedFault.Magnitude"/> then holds in that region: factor on latency (spike, regression), share of failing requests
    /// (burst), growth relative to the warm process (leak), NaN (outage, flatline).
    /// </returns>
    public static SimulatedFleet Generate(ulong seed)
    {
        FleetPlan plan = FleetPlan.Draw(seed);
        var series = new List<SimulatedSeries>();
        for (int service = 0; service < FleetPlan.Services.Count; service++)
        {
            ServiceProfile profile = ServiceProfile.Draw(new Xoshiro256(seed, 6, service));
            for (int region = 0; region < FleetPlan.Regions.Count; region++)
            {
                RegionSignals signals = RegionSignals.Build(profile, plan, seed, service, region);
                double firstShare = profile.Instances == 1 ? 1 : new Xoshiro256(seed, 7, service, region).Uniform(0.44, 0.56);
                for (int instance = 0; instance < profile.Instances; instance++)
                {
                    var target = new Target(seed, service, region, instance, instance == 0 ? firstShare : 1 - firstShare);
                    AddTarget(series, plan, profile, signals, target);
                }
            }
        }

        return new SimulatedFleet(
            seed,
            FleetClock.Start,
            FleetClock.Interval,
            FleetClock.Scrapes,
            FleetPlan.Services,
            FleetPlan.Regions,
            series,
            plan.Faults(),
            plan.Decoys(),
            plan.Deployments());
    }

    private static void AddTarget(List<SimulatedSeries> series, FleetPlan plan, ServiceProfile profile, RegionSignals signals, Target target)
    {
        int[] restarts = [.. plan.Restarts.Where(r => r.Service == target.Service).Select(r => r.At(target.Region))];
        var counters = ProcessCounters.Run(profile, signals, target.Share, restarts, target.Stream(1));
        double[] memory = ProcessGauges.Memory(profile, signals, restarts, target.Stream(2));
        double[] connections = ProcessGauges.Connections(profile, signals, target.Share, target.Stream(3));
        Disturb(plan, target, memory, PlannedEventKind.FlatMemory, PlannedEventKind.WildMemory);
        Disturb(plan, target, connections, PlannedEventKind.FlatConnections, PlannedEventKind.WildConnections);

        var outcomes = new ScrapeOutcomes(plan, target.Service, target.Stream(4));
        void Add(string metric, double[] samples, string? label = null, string? value = null) =>
            series.Add(new SimulatedSeries(metric, target.Labels(label, value), outcomes.Mask(samples)));

        Add("http_requests_total", counters.Succeeded, "code", "200");
        Add("http_requests_total", counters.NotFound, "code", "404");
        Add("http_requests_total", counters.Failed, "code", "500");
        Add("http_request_duration_seconds_count", [.. counters.Buckets[^1]]);
        Add("http_request_duration_seconds_sum", counters.DurationSum);
        for (int b = 0; b < counters.Buckets.Length; b++)
        {
            Add("http_request_duration_seconds_bucket", counters.Buckets[b], "le", LatencyMixture.BucketLabels[b]);
        }

        Add("process_cpu_seconds_total", counters.Cpu);
        Add("process_resident_memory_bytes", memory);
        Add("db_pool_in_use_connections", connections);
        series.Add(new SimulatedSeries("up", target.Labels(null, null), outcomes.Up()));
        foreach ((string version, double[] samples) in BuildInfo(plan, target))
        {
            Add("build_info", samples, "version", version);
        }
    }

    private static void Disturb(FleetPlan plan, Target target, double[] gauge, PlannedEventKind flat, PlannedEventKind wild)
    {
        foreach (PlannedEvent planned in plan.Events.Where(e => e.Concerns(target.Service, target.Region)))
        {
            if (planned.Kind == flat)
            {
                Array.Fill(gauge, gauge[planned.Start], planned.Start, planned.End - planned.Start);
            }
            else if (planned.Kind == wild)
            {
                gauge[planned.Start] = Math.Round(gauge[planned.Start] * planned.Magnitude);
            }
        }
    }

    private static IEnumerable<(string Version, double[] Samples)> BuildInfo(FleetPlan plan, Target target)
    {
        int[] changes = [.. plan.Restarts.Where(r => r.Service == target.Service && r.IsDeployment).Select(r => r.At(target.Region))];
        for (int generation = 0; generation <= changes.Length; generation++)
        {
            int from = generation == 0 ? 0 : changes[generation - 1];
            int until = generation == changes.Length ? FleetClock.Scrapes : changes[generation];
            var samples = new double[FleetClock.Scrapes];
            Array.Fill(samples, double.NaN);
            Array.Fill(samples, 1, from, until - from);
            yield return (FleetPlan.VersionOf(target.Service, generation), samples);
        }
    }

    private sealed record Target(ulong Seed, int Service, int Region, int Instance, double Share)
    {
        public Xoshiro256 Stream(int purpose) => new(Seed, 8, Service, Region, Instance, purpose);

        public SortedDictionary<string, string> Labels(string? label, string? value)
        {
            string service = FleetPlan.Services[Service];
            string region = FleetPlan.Regions[Region];
            var labels = new SortedDictionary<string, string>(StringComparer.Ordinal)
            {
                ["instance"] = string.Create(CultureInfo.InvariantCulture, $"{service}-{Instance}.{region}.example:8080"),
                ["job"] = service,
                ["region"] = region,
                ["service"] = service,
            };
            if (label is not null && value is not null)
            {
                labels[label] = value;
            }

            return labels;
        }
    }
}
