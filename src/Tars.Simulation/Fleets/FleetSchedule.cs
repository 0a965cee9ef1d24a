using Tars.Simulation.Randomness;

namespace Tars.Simulation.Fleets;

/// <summary>When what happens to whom. Times are minutes since the start of the fleet; ends are exclusive.</summary>
internal sealed class FleetSchedule
{
    private const int Hour = 60;
    private const int Day = 24 * Hour;
    private const int Spacing = 6 * Hour;

    private readonly RandomStream _random;
    private readonly FleetOptions _options;
    private readonly int _length;
    private readonly List<(string? Service, int Start, int End)> _taken = [];
    private readonly Dictionary<string, (int Major, int Minor, int Patch)> _versions = [];

    private FleetSchedule(ulong seed, FleetOptions options)
    {
        _random = new RandomStream(seed, "schedule");
        _options = options;
        _length = (int)options.Duration.TotalMinutes;
    }

    /// <summary>Faults in the order of their start.</summary>
    public List<ScheduledFault> Faults { get; } = [];

    /// <summary>Decoys in the order of their start.</summary>
    public List<ScheduledDecoy> Decoys { get; } = [];

    /// <summary>Deployments in the order of their time.</summary>
    public List<ScheduledDeployment> Deployments { get; } = [];

    /// <summary>The version each service starts with.</summary>
    public Dictionary<string, string> FirstVersions { get; } = [];

    /// <summary>Draws a schedule.</summary>
    /// <exception cref="ArgumentException">The faults and decoys asked for do not fit six hours apart.</exception>
    public static FleetSchedule Draw(ulong seed, FleetOptions options)
    {
        FleetSchedule schedule = new(seed, options);
        foreach (FaultKind kind in options.Faults.OrderBy(kind => kind == FaultKind.SlowLeak ? 0 : kind == FaultKind.LatencyRegression ? 1 : 2))
        {
            schedule.Place(kind); // the long ones first, while there is room
        }

        List<(string Service, int Time)> rollouts = [.. schedule.Faults.Where(fault => fault.Kind == FaultKind.LatencyRegression).Select(fault => (fault.Service!, fault.Start))];
        foreach (DecoyKind kind in options.Decoys)
        {
            schedule.Place(kind, rollouts);
        }

        if (options.RoutineDeployments)
        {
            foreach (ServiceProfile profile in ServiceProfile.All)
            {
                rollouts.Add((profile.Name, schedule.RoutineTime(profile.Name)));
            }
        }

        schedule.Name(rollouts);
        schedule.Faults.Sort((a, b) => (a.Start, a.Kind).CompareTo((b.Start, b.Kind)));
        schedule.Decoys.Sort((a, b) => (a.Start, a.Kind).CompareTo((b.Start, b.Kind)));
        return schedule;
    }

    private void Place(FaultKind kind)
    {
        int length = kind switch
        {
            FaultKind.LatencySpike => Minutes(25, 150),
            FaultKind.ErrorBurst => Minutes(20, 120),
            FaultKind.SlowLeak => Minutes(26 * Hour, 54 * Hour),
            FaultKind.LatencyRegression => 12 * Hour, // room kept after the deployment
            FaultKind.BackendOutage => Minutes(25, 100),
            _ => Minutes(4 * Hour, 14 * Hour),
        };
        int latest = kind == FaultKind.LatencyRegression ? _length - (2 * Day) : _length - (3 * Hour) - length;
        (string? service, int start) = Free(kind == FaultKind.BackendOutage ? null : string.Empty, FirstFault, latest, length);
        double magnitude = kind switch
        {
            FaultKind.LatencySpike => _random.Uniform(1.8, 4),
            FaultKind.ErrorBurst => _random.Uniform(0.03, 0.2),
            FaultKind.SlowLeak => _random.Uniform(0.6, 1.5),
            FaultKind.LatencyRegression => 1.12,
            _ => double.NaN,
        };
        int end = kind == FaultKind.LatencyRegression ? _length : start + length;
        Faults.Add(new ScheduledFault(kind, service, start, end, Math.Floor(magnitude * 1000) / 1000));
    }

    private void Place(DecoyKind kind, List<(string Service, int Time)> rollouts)
    {
        int length = kind switch
        {
            DecoyKind.TrafficDoubling => Minutes(Hour, 4 * Hour),
            DecoyKind.NoOpDeployment => 10,
            _ => 1,
        };
        (string? service, int start) = Free(string.Empty, FirstFault, _length - Day, length);
        if (kind == DecoyKind.NoOpDeployment)
        {
            rollouts.Add((service!, start));
        }

        Decoys.Add(new ScheduledDecoy(kind, service!, start, start + length));
    }

    private int FirstFault => Math.Max(3 * Day, _length / 2);

    private int Minutes(int from, int to) => from + _random.Index(to - from);

    private int RoutineTime(string service)
    {
        int latest = Math.Max(30, _length / 2);
        for (int attempt = 0; attempt < 1000; attempt++)
        {
            int time = Math.Min(Day, latest / 4) + _random.Index(latest - Math.Min(Day, latest / 4));
            int hour = (_options.Start.Hour + (time / Hour)) % 24;
            if ((hour is >= 8 and < 17 || latest < Day) && !Conflicts(service, time, time + 10))
            {
                return time;
            }
        }

        throw new ArgumentException($"no time left to deploy {service}: {_options}");
    }

    /// <summary>A free place: for every service when <paramref name="service"/> is null, else for one drawn here.</summary>
    private (string? Service, int Start) Free(string? service, int earliest, int latest, int length)
    {
        for (int attempt = 0; attempt < 10_000 && latest > earliest; attempt++)
        {
            string? candidate = service is null ? null : ServiceProfile.All[_random.Index(ServiceProfile.All.Count)].Name;
            int start = earliest + _random.Index(latest - earliest);
            if (!Conflicts(candidate, start, start + length))
            {
                _taken.Add((candidate, start, start + length));
                return (candidate, start);
            }
        }

        throw new ArgumentException($"no place left for {length} minutes in a fleet of {_options.Duration}: ask for fewer faults or a longer fleet");
    }

    private bool Conflicts(string? service, int start, int end) => _taken.Exists(other =>
        (service is null || other.Service is null || other.Service == service) && start < other.End + Spacing && other.Start < end + Spacing);

    private void Name(List<(string Service, int Time)> rollouts)
    {
        foreach (ServiceProfile profile in ServiceProfile.All)
        {
            _versions[profile.Name] = (1 + _random.Index(4), _random.Index(20), 0);
            FirstVersions[profile.Name] = VersionOf(profile.Name);
        }

        foreach ((string service, int time) in rollouts.OrderBy(rollout => rollout.Time).ThenBy(rollout => rollout.Service, StringComparer.Ordinal))
        {
            (int major, int minor, int patch) = _versions[service];
            _versions[service] = _random.Chance(0.4) ? (major, minor, patch + 1) : (major, minor + 1, 0);
            Deployments.Add(new ScheduledDeployment(service, time, VersionOf(service)));
        }
    }

    private string VersionOf(string service) => FormattableString.Invariant(
        $"{_versions[service].Major}.{_versions[service].Minor}.{_versions[service].Patch}");
}

/// <summary>A fault in minutes.</summary>
internal sealed record ScheduledFault(FaultKind Kind, string? Service, int Start, int End, double Magnitude);

/// <summary>A decoy in minutes.</summary>
internal sealed record ScheduledDecoy(DecoyKind Kind, string Service, int Start, int End);

/// <summary>A deployment; the first instance restarts at <paramref name="Time"/>, each further one two minutes after the one before.</summary>
internal sealed record ScheduledDeployment(string Service, int Time, string Version);
