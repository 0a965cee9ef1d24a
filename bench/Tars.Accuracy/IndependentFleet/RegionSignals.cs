namespace Tars.Accuracy.IndependentFleet;

/// <summary>
/// What drives one service in one region, minute by minute. Element k belongs to the minute that ends with scrape k; all arrays have
/// length <see cref="FleetClock.Scrapes"/>.
/// </summary>
public sealed class RegionSignals
{
    private RegionSignals()
    {
    }

    /// <summary>Expected requests in the minute, all instances together.</summary>
    public double[] Requests { get; } = new double[FleetClock.Scrapes];

    /// <summary>Traffic relative to its mean, before any doubling: what latency and memory feel.</summary>
    public double[] Load { get; } = new double[FleetClock.Scrapes];

    /// <summary>Logarithm of the factor on the latency of the profile.</summary>
    public double[] LogLatency { get; } = new double[FleetClock.Scrapes];

    /// <summary>Addition to the share of slow requests.</summary>
    public double[] ExtraTail { get; } = new double[FleetClock.Scrapes];

    /// <summary>Share of requests answered with 500.</summary>
    public double[] ErrorShare { get; } = new double[FleetClock.Scrapes];

    /// <summary>Share of the other requests answered with 404.</summary>
    public double[] NotFoundShare { get; } = new double[FleetClock.Scrapes];

    /// <summary>Factor on processor time per request.</summary>
    public double[] CpuFactor { get; } = new double[FleetClock.Scrapes];

    /// <summary>Memory held by a leak, relative to the memory of the warm process.</summary>
    public double[] Leaked { get; } = new double[FleetClock.Scrapes];

    /// <summary>Builds the signals of a service in a region and applies the plan to them.</summary>
    /// <param name="profile">The healthy service.</param>
    /// <param name="plan">The plan of the fleet.</param>
    /// <param name="seed">The seed of the fleet.</param>
    /// <param name="service">Index of the service.</param>
    /// <param name="region">Index of the region.</param>
    public static RegionSignals Build(ServiceProfile profile, FleetPlan plan, ulong seed, int service, int region)
    {
        var signals = new RegionSignals();
        signals.FillHealthy(profile, seed, service, region);
        var random = new Xoshiro256(seed, 5, service, region);
        foreach (PlannedEvent planned in plan.Events.Where(e => e.Concerns(service, region)))
        {
            signals.Apply(planned, plan, region, random);
        }

        return signals;
    }

    private void FillHealthy(ServiceProfile profile, ulong seed, int service, int region)
    {
        var random = new Xoshiro256(seed, 3, service, region);
        double level = profile.RequestsPerMinute * random.LogUniform(0.8, 1.25);
        double latencyLevel = random.Uniform(-0.06, 0.06);
        double hoursBehind = region * new Xoshiro256(seed, 2).Uniform(1, 6);

        // The same seed in both regions: what moves the whole service. The second stream is the region's own.
        var sharedTraffic = new AutoregressiveNoise(new Xoshiro256(seed, 4, service, 0), profile.TrafficNoise, profile.TrafficMemory);
        var ownTraffic = new AutoregressiveNoise(random, 0.5 * profile.TrafficNoise, profile.TrafficMemory);
        var sharedLatency = new AutoregressiveNoise(new Xoshiro256(seed, 4, service, 1), 0.7 * profile.LatencyNoise, 40);
        var ownLatency = new AutoregressiveNoise(random, 0.7 * profile.LatencyNoise, 6);
        var tail = new AutoregressiveNoise(random, 0.08 * profile.Latency.TailShare, 15);
        var errors = new AutoregressiveNoise(random, 0.25, 90);
        var notFound = new AutoregressiveNoise(random, 0.15, 200);
        var cpu = new AutoregressiveNoise(random, 0.02, 25);
        for (int k = 0; k < FleetClock.Scrapes; k++)
        {
            double load = Season(profile, k, hoursBehind) * Math.Exp(sharedTraffic.Next() + ownTraffic.Next());
            Load[k] = load;
            Requests[k] = level * load;
            LogLatency[k] = latencyLevel + (profile.LoadOnLatency * load * load) + sharedLatency.Next() + ownLatency.Next();
            ExtraTail[k] = tail.Next() + (0.1 * profile.Latency.TailShare * (load - 1));
            ErrorShare[k] = profile.ErrorShare * Math.Exp(errors.Next()) * random.GammaMeanOne(profile.ErrorShape);
            NotFoundShare[k] = profile.NotFoundShare * Math.Exp(notFound.Next());
            CpuFactor[k] = Math.Exp(cpu.Next());
        }
    }

    private static double Season(ServiceProfile profile, int scrape, double hoursBehind)
    {
        double hour = FleetClock.HourOfWeek(scrape) - hoursBehind;
        double angle = 2 * Math.PI * (hour - profile.PeakHour) / 24;
        double season = (profile.DailyAmplitude * Math.Cos(angle)) + (profile.HalfDayAmplitude * Math.Cos((2 * angle) + 1));

        // Saturday and Sunday, entered and left over three hours.
        double sinceSaturday = ((hour + 168 - 120) % 168) + 1.5;
        double weekend = sinceSaturday > 168 ? (sinceSaturday - 168) / 3
            : Math.Clamp(Math.Min(sinceSaturday / 3, (51 - sinceSaturday) / 3), 0, 1);
        double factor = Math.Exp(season + (weekend * Math.Log(profile.WeekendFactor)));

        int minute = scrape % FleetClock.Day;
        bool job = minute >= profile.JobMinute && minute < profile.JobMinute + profile.JobLength;
        return job ? factor * (1 + profile.JobShare) : factor;
    }

    private void Apply(PlannedEvent planned, FleetPlan plan, int region, Xoshiro256 random)
    {
        int start = Follow(plan, planned.Service, planned.Start, region);
        int end = Follow(plan, planned.Service, planned.End, region);
        int last = Math.Min(end, FleetClock.Scrapes - 1);
        bool busy = random.Chance(0.5);
        switch (planned.Kind)
        {
            case PlannedEventKind.LatencySpike:
                for (int k = start + 1; k <= last; k++)
                {
                    double logFactor = planned.Strength(k - 0.5) * Math.Log(planned.Magnitude);
                    LogLatency[k] += logFactor;
                    CpuFactor[k] *= busy ? Math.Exp(0.5 * logFactor) : 1;
                }

                break;
            case PlannedEventKind.LatencyRegression:
                for (int k = start; k < FleetClock.Scrapes; k++)
                {
                    LogLatency[k] += Math.Log(planned.Magnitude);
                }

                break;
            case PlannedEventKind.ErrorBurst:
                for (int k = start + 1; k <= last; k++)
                {
                    ErrorShare[k] += planned.Strength(k - 0.5) * planned.Magnitude * random.GammaMeanOne(60);
                }

                break;
            case PlannedEventKind.TrafficDoubling:
                for (int k = start + 1; k <= last; k++)
                {
                    Requests[k] *= 1 + (planned.Strength(k - 0.5) * (planned.Magnitude - 1));
                }

                break;
            case PlannedEventKind.WildLatency:
                LogLatency[start] += Math.Log(planned.Magnitude);
                break;
            case PlannedEventKind.SlowLeak:
                Leak(start, end, planned.Magnitude);
                break;
            default:
                break; // Outages, flat and wild gauges change what is stored, not what happens.
        }
    }

    // Half of the leak is steady, half goes with the traffic.
    private void Leak(int start, int end, double growth)
    {
        double total = 0;
        for (int k = start; k < end; k++)
        {
            total += 0.5 + (0.5 * Load[k]);
        }

        double held = 0;
        for (int k = start; k < end; k++)
        {
            held += 0.5 + (0.5 * Load[k]);
            Leaked[k] = growth * held / total;
        }
    }

    // The second region follows a roll-out or restart a few minutes later.
    private static int Follow(FleetPlan plan, int service, int scrape, int region) =>
        plan.Restarts.FirstOrDefault(r => r.Service == service && r.Scrape == scrape)?.At(region) ?? scrape;
}
