namespace Tars.Simulation.Fleets;

/// <summary>What fleet to draw. The defaults are those of the demo.</summary>
public sealed record FleetOptions
{
    /// <summary>Time of the first scrape, a whole minute, UTC. Default Monday 2026-01-05T00:00Z.</summary>
    public DateTimeOffset Start { get; init; } = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// Length, a whole number of minutes, at least one hour; with faults or decoys at least seven days. Default 14 days. Faults and
    /// decoys fall in the second half, so that the first is clean history.
    /// </summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromDays(14);

    /// <summary>The faults to plant; a kind named twice is planted twice. Default one of each kind.</summary>
    public IReadOnlyList<FaultKind> Faults { get; init; } = Enum.GetValues<FaultKind>();

    /// <summary>The decoys to plant; a kind named twice is planted twice. Default one of each kind.</summary>
    public IReadOnlyList<DecoyKind> Decoys { get; init; } = Enum.GetValues<DecoyKind>();

    /// <summary>Whether every service is deployed once, harmlessly, in the first half. Default true.</summary>
    public bool RoutineDeployments { get; init; } = true;

    /// <summary>Throws unless the options can be drawn.</summary>
    /// <exception cref="ArgumentException">A value is outside its range; the message names it.</exception>
    internal void Validate()
    {
        if (Start.Offset != TimeSpan.Zero || Start.Ticks % TimeSpan.TicksPerMinute != 0)
        {
            throw new ArgumentException($"Start is a whole minute in UTC; got {Start:O}");
        }

        TimeSpan least = Faults.Count + Decoys.Count > 0 ? TimeSpan.FromDays(7) : TimeSpan.FromHours(1);
        if (Duration < least || Duration > TimeSpan.FromDays(366) || Duration.Ticks % TimeSpan.TicksPerMinute != 0)
        {
            throw new ArgumentException($"Duration is a whole number of minutes between {least} and 366 days; got {Duration}");
        }
    }
}
