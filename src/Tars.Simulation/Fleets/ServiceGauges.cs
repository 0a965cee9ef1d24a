using Tars.Simulation.Randomness;

namespace Tars.Simulation.Fleets;

/// <summary>The gauges of one instance: resident memory, and its queue or pool.</summary>
internal sealed class ServiceGauges
{
    private const double Page = 4096;
    private const double WildFactor = 8;

    private readonly FleetTimeline _fleet;
    private readonly ServiceProfile _profile;
    private readonly double[] _season;
    private readonly RandomStream _random;
    private readonly HashSet<int> _restarts;
    private readonly ScheduledFault[] _faults;
    private readonly List<(int Time, bool InMemory)> _wild = [];

    public ServiceGauges(
        FleetTimeline fleet,
        ServiceProfile profile,
        double[] season,
        RandomStream random,
        HashSet<int> restarts,
        ScheduledFault[] faults,
        ScheduledDecoy[] decoys,
        string instance)
    {
        (_fleet, _profile, _season, _random, _restarts, _faults) = (fleet, profile, season, random, restarts, faults);
        foreach (ScheduledDecoy decoy in decoys.Where(decoy => decoy.Kind == DecoyKind.NoisyScrape))
        {
            // One instance brings it; every instance draws the same lot to know which.
            RandomStream lot = new(fleet.Seed, $"wild/{profile.Name}/{decoy.Start}");
            string region = ServiceProfile.Regions[lot.Index(ServiceProfile.Regions.Count)];
            bool here = instance == $"{profile.Name}-{region}-{lot.Index(profile.Instances)}:8080";
            bool inMemory = lot.Chance(0.5);
            if (here)
            {
                _wild.Add((decoy.Start, inMemory));
            }
        }
    }

    /// <summary>Resident memory: what the program holds, garbage in a sawtooth, a leak where one was planted; whole pages.</summary>
    public double[] Memory()
    {
        double[] samples = new double[_fleet.Minutes];
        double held = _profile.MemoryBytes * _random.Uniform(0.95, 1.05);
        double period = _random.Uniform(18, 55);
        double garbage = _random.Uniform(0, 1);
        Autoregression drift = new(_random, 0.97, 0.012);
        double warm = 1;
        for (int k = 0; k < samples.Length; k++)
        {
            if (_restarts.Contains(k))
            {
                (warm, garbage) = (0.8, 0);
            }

            warm += (1 - warm) / 15;
            garbage += Math.Max(0.2, 1 + (0.3 * _random.Normal())) / period;
            if (garbage >= 1)
            {
                garbage = _random.Uniform(0, 0.15);
            }

            double bytes = held * warm * (1 + (0.12 * garbage) + (0.03 * _season[k]) + drift.Next() + Leaked(k));
            samples[k] = Math.Floor(bytes * WildAt(k, inMemory: true) / Page) * Page;
        }

        return samples;
    }

    /// <summary>The queue's depth or the pool's use: follows load, correlated from minute to minute, whole numbers.</summary>
    public double[] Level()
    {
        double[] samples = new double[_fleet.Minutes];
        Autoregression wander = new(_random, 0.85, 0.16);
        for (int k = 0; k < samples.Length; k++)
        {
            double level = _profile.GaugeLevel * (0.55 + (0.4 * _season[k])) * PortableMath.Exp(wander.Next() + (0.06 * _random.Normal()));
            double whole = Math.Floor(level + 0.5);
            samples[k] = Math.Floor((_profile.UsesPool ? Math.Min(whole, ServiceProfile.PoolCapacity) : whole) * WildAt(k, inMemory: false));
        }

        foreach (ScheduledFault fault in _faults.Where(fault => fault.Kind == FaultKind.Flatline))
        {
            samples.AsSpan(fault.Start..fault.End).Fill(samples[fault.Start]);
        }

        return samples;
    }

    private double Leaked(int k)
    {
        foreach (ScheduledFault fault in _faults)
        {
            if (fault.Kind == FaultKind.SlowLeak && k >= fault.Start && k < fault.End)
            {
                return fault.Magnitude * (k - fault.Start) / (fault.End - fault.Start);
            }
        }

        return 0;
    }

    private double WildAt(int k, bool inMemory) => _wild.Contains((k, inMemory)) ? WildFactor : 1;
}
