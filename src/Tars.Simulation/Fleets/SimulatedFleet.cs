namespace Tars.Simulation.Fleets;

/// <summary>
/// A fleet that never existed: its series, and the truth about what was planted in them. The truth is for scorers alone; nothing
/// that analyses series may reference this assembly.
/// </summary>
/// <param name="Seed">The seed the fleet was drawn from; the same seed gives the same bytes.</param>
/// <param name="Start">The time of the first scrape, UTC.</param>
/// <param name="Interval">The time between two scrapes.</param>
/// <param name="SampleCount">Samples per series.</param>
/// <param name="Services">The service names, in a fixed order; each is the value of the <c>service</c> label.</param>
/// <param name="Regions">The region names; each is a value of the <c>region</c> label.</param>
/// <param name="Series">All series.</param>
/// <param name="Faults">What was planted and should be found.</param>
/// <param name="Decoys">What was planted and should not be reported.</param>
/// <param name="Deployments">Deployments as an operator would know them (they are also visible as a change of the <c>version</c> label).</param>
public sealed record SimulatedFleet(
    ulong Seed,
    DateTimeOffset Start,
    TimeSpan Interval,
    int SampleCount,
    IReadOnlyList<string> Services,
    IReadOnlyList<string> Regions,
    IReadOnlyList<SimulatedSeries> Series,
    IReadOnlyList<PlantedFault> Faults,
    IReadOnlyList<Decoy> Decoys,
    IReadOnlyList<SimulatedDeployment> Deployments)
{
    /// <summary>The end of the simulated time: one interval after the last scrape.</summary>
    public DateTimeOffset End => Start + (SampleCount * Interval);
}
