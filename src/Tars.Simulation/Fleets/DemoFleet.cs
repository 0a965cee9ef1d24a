namespace Tars.Simulation.Fleets;

/// <summary>The fleet that the demo shows.</summary>
public static class DemoFleet
{
    /// <summary>Its seed.</summary>
    public const ulong Seed = 20260105;

    /// <summary>Draws it: 14 days, every fault kind and every decoy kind once, all in the second week.</summary>
    public static SimulatedFleet Generate() => FleetGenerator.Generate(Seed);
}
