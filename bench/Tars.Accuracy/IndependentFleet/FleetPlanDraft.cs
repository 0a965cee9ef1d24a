namespace Tars.Accuracy.IndependentFleet;

/// <summary>
/// Places events at random so that those of one service are at least six hours apart, and all short ones that far from the outage of the
/// backend. Long events (leak, regression) may contain the outage but neither begin nor end near it.
/// </summary>
public sealed class FleetPlanDraft
{
    private const int Apart = 6 * 60;
    private const int FirstFault = 3 * FleetClock.Day;
    private const int Attempts = 300;

    private readonly Xoshiro256 _random;
    private readonly List<PlannedEvent> _events = [];
    private readonly List<PlannedRestart> _restarts = [];
    private readonly List<(int Service, int Start, int End)> _taken = [];

    /// <summary>An empty draft that draws from a stream.</summary>
    public FleetPlanDraft(Xoshiro256 random)
    {
        _random = random;
    }

    /// <summary>Places everything once; null if a required event found no place. Call it once.</summary>
    public FleetPlan? TryComplete()
    {
        bool complete = PlaceOutage() && PlaceRegression() && PlaceLeak();
        complete = complete && Repeat(1, 2, PlaceSpike) && Repeat(1, 2, PlaceBurst) && Repeat(1, 2, PlaceFlatline);
        complete = complete && Repeat(1, 2, PlaceDoubling) && Repeat(1, 3, PlaceWildScrape) && Repeat(3, 9, PlaceHarmlessDeployment);
        return complete ? new FleetPlan(_events, [.. _restarts.OrderBy(r => r.Scrape).ThenBy(r => r.Service)]) : null;
    }

    private bool PlaceOutage()
    {
        int length = Minutes(15, 180);
        int start = _random.Whole(FirstFault, FleetClock.Scrapes - length - Apart);
        _events.Add(new PlannedEvent(PlannedEventKind.BackendOutage, -1, start, start + length, double.NaN, true, true, 0));
        _taken.Add((-1, start, start + length));
        return true;
    }

    private bool PlaceRegression()
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            int service = AnyService();
            int start = WorkingMinute(FirstFault + (6 * 60), FleetClock.Scrapes - (2 * FleetClock.Day) - 60);
            if (TakeLong(service, start, FleetClock.Scrapes))
            {
                _events.Add(new PlannedEvent(PlannedEventKind.LatencyRegression, service, start, FleetClock.Scrapes, 1.12, true, true, 0));
                Restart(service, start, true, false);
                return true;
            }
        }

        return false;
    }

    private bool PlaceLeak()
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            int service = AnyService();
            int length = Minutes(FleetClock.Day, 4 * FleetClock.Day);
            bool lasting = _random.Chance(0.3);
            bool deployed = _random.Chance(0.4);
            int start = lasting ? FleetClock.Scrapes - length
                : deployed ? WorkingMinute(FirstFault, FleetClock.Scrapes - length - 120)
                : _random.Whole(FirstFault, FleetClock.Scrapes - length - 120);
            bool released = _random.Chance(0.5);
            (bool first, bool second) = deployed ? (true, true) : SomeRegions(0.7);
            double growth = _random.LogUniform(0.2, 1.2);
            if (TakeLong(service, start, start + length))
            {
                _events.Add(new PlannedEvent(PlannedEventKind.SlowLeak, service, start, start + length, growth, first, second, 0));
                if (deployed && !lasting)
                {
                    Restart(service, start, true, false);
                }

                if (!lasting)
                {
                    Restart(service, start + length, released, false);
                }

                return true;
            }
        }

        return false;
    }

    private bool PlaceSpike()
    {
        (bool first, bool second) = SomeRegions(0.65);
        double factor = _random.LogUniform(1.8, 5);
        return PlaceShort(PlannedEventKind.LatencySpike, Minutes(10, 120), factor, first, second, SomeRamp(0.15));
    }

    private bool PlaceBurst()
    {
        (bool first, bool second) = SomeRegions(0.65);
        double share = _random.LogUniform(0.03, 0.3);
        return PlaceShort(PlannedEventKind.ErrorBurst, Minutes(8, 90), share, first, second, SomeRamp(0.12));
    }

    private bool PlaceFlatline()
    {
        PlannedEventKind kind = _random.Chance(0.5) ? PlannedEventKind.FlatConnections : PlannedEventKind.FlatMemory;
        (bool first, bool second) = SomeRegions(0.4);
        return PlaceShort(kind, Minutes(120, 720), double.NaN, first, second, 0);
    }

    private bool PlaceDoubling()
    {
        (bool first, bool second) = SomeRegions(0.6);
        return PlaceShort(PlannedEventKind.TrafficDoubling, Minutes(60, 360), 2, first, second, SomeRamp(0.1));
    }

    private bool PlaceWildScrape()
    {
        (bool first, bool second) = SomeRegions(0);
        return _random.Whole(0, 3) switch
        {
            0 => PlaceShort(PlannedEventKind.WildLatency, 1, _random.LogUniform(5, 20), first, second, 0),
            1 => PlaceShort(PlannedEventKind.WildConnections, 1, _random.LogUniform(4, 12), first, second, 0),
            _ => PlaceShort(PlannedEventKind.WildMemory, 1, _random.Chance(0.3) ? 0.05 : _random.LogUniform(2.5, 10), first, second, 0),
        };
    }

    private bool PlaceHarmlessDeployment()
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            int service = AnyService();
            int start = WorkingMinute(FleetClock.Day, FleetClock.Scrapes - Apart);
            if (IsFree(service, start, start + 30))
            {
                _taken.Add((service, start, start + 30));
                Restart(service, start, true, true);
                return true;
            }
        }

        return false;
    }

    private bool PlaceShort(PlannedEventKind kind, int length, double magnitude, bool first, bool second, double ramp)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            int service = AnyService();
            int start = _random.Whole(FirstFault, FleetClock.Scrapes - length - 60);
            if (IsFree(service, start, start + length))
            {
                _taken.Add((service, start, start + length));
                _events.Add(new PlannedEvent(kind, service, start, start + length, magnitude, first, second, ramp));
                return true;
            }
        }

        return false;
    }

    private bool TakeLong(int service, int start, int end)
    {
        bool free = IsFree(-1, start, start) && IsFree(-1, end, end)
            && _taken.TrueForAll(t => t.Service != service || AreApart(t.Start, t.End, start, end));
        if (free)
        {
            _taken.Add((service, start, end));
        }

        return free;
    }

    // Of the service itself and of the outage (service -1).
    private bool IsFree(int service, int start, int end) =>
        _taken.TrueForAll(t => (t.Service != service && t.Service != -1) || AreApart(t.Start, t.End, start, end));

    private static bool AreApart(int start, int end, int otherStart, int otherEnd) => otherStart >= end + Apart || otherEnd <= start - Apart;

    private void Restart(int service, int scrape, bool deployment, bool harmless) =>
        _restarts.Add(new PlannedRestart(service, scrape, _random.Whole(0, 6), deployment, harmless));

    private bool Repeat(int least, int most, Func<bool> place)
    {
        int count = _random.Whole(least, most + 1);
        for (int i = 0; i < count; i++)
        {
            if (!place() && i < least)
            {
                return false;
            }
        }

        return true;
    }

    private int AnyService() => _random.Whole(0, FleetPlan.Services.Count);

    private int Minutes(int least, int most) => (int)Math.Round(_random.LogUniform(least, most));

    private double SomeRamp(double most) => _random.Chance(0.4) ? _random.Uniform(0.04, most) : 0;

    private (bool First, bool Second) SomeRegions(double chanceOfBoth)
    {
        bool both = _random.Chance(chanceOfBoth);
        bool first = _random.Chance(0.5);
        return (both || first, both || !first);
    }

    // Deployments happen on weekdays between 8 and 18 o'clock.
    private int WorkingMinute(int from, int until)
    {
        while (true)
        {
            int minute = _random.Whole(from, until);
            double hour = FleetClock.HourOfWeek(minute);
            if (hour < 120 && hour % 24 is >= 8 and < 18)
            {
                return minute;
            }
        }
    }
}
