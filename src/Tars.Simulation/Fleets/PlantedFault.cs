namespace Tars.Simulation.Fleets;

/// <summary>The kinds of fault a simulated fleet can suffer.</summary>
public enum FaultKind
{
    /// <summary>Latency of one service rises for minutes to hours, then returns.</summary>
    LatencySpike,

    /// <summary>A share of the requests of one service fails for minutes to hours.</summary>
    ErrorBurst,

    /// <summary>Memory of one service grows slowly and steadily, for a day or more.</summary>
    SlowLeak,

    /// <summary>A deployment makes latency of one service permanently worse (about 12 %).</summary>
    LatencyRegression,

    /// <summary>The monitoring backend itself stores nothing for a while: every series has a gap. No service is at fault.</summary>
    BackendOutage,

    /// <summary>A gauge of one service stops moving: it repeats exactly one value where it used to vary.</summary>
    Flatline,
}

/// <summary>A fault and when it was there.</summary>
/// <param name="Kind">What was planted.</param>
/// <param name="Service">The service at fault; null for <see cref="FaultKind.BackendOutage"/>.</param>
/// <param name="Start">First affected instant, UTC.</param>
/// <param name="End">First instant no longer affected, UTC; for a permanent fault the end of the fleet.</param>
/// <param name="Magnitude">Size in the fault's own terms: factor on latency, share of failing requests, relative growth; NaN where it has none.</param>
public sealed record PlantedFault(FaultKind Kind, string? Service, DateTimeOffset Start, DateTimeOffset End, double Magnitude);

/// <summary>The kinds of harmless event that a detector is tempted to report.</summary>
public enum DecoyKind
{
    /// <summary>Traffic doubles for a while; latency, errors, CPU per request and memory stay what they were.</summary>
    TrafficDoubling,

    /// <summary>A deployment that changes nothing but the version label.</summary>
    NoOpDeployment,

    /// <summary>A single scrape brings one wild value.</summary>
    NoisyScrape,
}

/// <summary>A harmless event and when it was there.</summary>
/// <param name="Kind">What was planted.</param>
/// <param name="Service">The service it concerns.</param>
/// <param name="Start">First affected instant, UTC.</param>
/// <param name="End">First instant no longer affected, UTC.</param>
public sealed record Decoy(DecoyKind Kind, string Service, DateTimeOffset Start, DateTimeOffset End);

/// <summary>A deployment of a simulated service.</summary>
/// <param name="Service">The service deployed.</param>
/// <param name="Time">When, UTC.</param>
/// <param name="Version">The version deployed.</param>
public sealed record SimulatedDeployment(string Service, DateTimeOffset Time, string Version);
