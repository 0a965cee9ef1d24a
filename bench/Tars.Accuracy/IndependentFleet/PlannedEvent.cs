namespace Tars.Accuracy.IndependentFleet;

/// <summary>What happens to a service, harmful or not.</summary>
public enum PlannedEventKind
{
    /// <summary>All latencies are multiplied by the magnitude.</summary>
    LatencySpike,

    /// <summary>The magnitude is the share of requests that fail besides the usual ones.</summary>
    ErrorBurst,

    /// <summary>Resident memory grows by the magnitude, relative to the warm process.</summary>
    SlowLeak,

    /// <summary>All latencies are multiplied by the magnitude from a deployment on.</summary>
    LatencyRegression,

    /// <summary>Nothing is stored, for any service.</summary>
    BackendOutage,

    /// <summary>The connection gauge repeats its last value.</summary>
    FlatConnections,

    /// <summary>The memory gauge repeats its last value.</summary>
    FlatMemory,

    /// <summary>Traffic is multiplied by the magnitude, and nothing suffers.</summary>
    TrafficDoubling,

    /// <summary>One minute's requests are slower by the magnitude.</summary>
    WildLatency,

    /// <summary>One scrape of the connection gauge is multiplied by the magnitude.</summary>
    WildConnections,

    /// <summary>One scrape of the memory gauge is multiplied by the magnitude.</summary>
    WildMemory,
}

/// <summary>An event of the plan, in scrapes.</summary>
/// <param name="Kind">What happens.</param>
/// <param name="Service">Index of the service; -1 for all.</param>
/// <param name="Start">First affected scrape.</param>
/// <param name="End">First scrape no longer affected.</param>
/// <param name="Magnitude">See <see cref="PlannedEventKind"/>; NaN where it has none.</param>
/// <param name="FirstRegion">Whether the first region is affected.</param>
/// <param name="SecondRegion">Whether the second region is affected.</param>
/// <param name="Ramp">Share of the duration over which the event rises, and falls again; 0 for a step.</param>
public sealed record PlannedEvent(
    PlannedEventKind Kind,
    int Service,
    int Start,
    int End,
    double Magnitude,
    bool FirstRegion,
    bool SecondRegion,
    double Ramp)
{
    /// <summary>Whether the event concerns a service in a region.</summary>
    public bool Concerns(int service, int region) => (Service == service || Service < 0) && (region == 0 ? FirstRegion : SecondRegion);

    /// <summary>Strength at a minute counted from the start of the fleet, 0 (none) to 1 (the whole magnitude).</summary>
    public double Strength(double minute)
    {
        if (minute < Start || minute >= End)
        {
            return 0;
        }

        double edge = Ramp * (End - Start);
        return edge <= 0 ? 1 : Math.Clamp(Math.Min(minute - Start, End - minute) / edge, 0, 1);
    }
}

/// <summary>A restart of all processes of a service.</summary>
/// <param name="Service">Index of the service.</param>
/// <param name="Scrape">The first scrape of the new process in the first region.</param>
/// <param name="Lag">Scrapes by which the second region follows.</param>
/// <param name="IsDeployment">True for a new version, false for a crash.</param>
/// <param name="Harmless">True for a deployment that changes nothing but the version.</param>
public sealed record PlannedRestart(int Service, int Scrape, int Lag, bool IsDeployment, bool Harmless)
{
    /// <summary>The first scrape of the new process in a region.</summary>
    public int At(int region) => Math.Min(Scrape + (region * Lag), FleetClock.Scrapes - 1);
}
