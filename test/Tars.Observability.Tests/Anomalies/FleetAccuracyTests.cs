using Tars.Accuracy.Fleets;
using Tars.Accuracy.IndependentFleet;
using Tars.Simulation.Fleets;
using Tars.TestKit;

namespace Tars.Observability.Tests.Anomalies;

/// <summary>
/// A small draw of what bench/Tars.Accuracy does at full count. The bars are looser than its 0.9: with three fleets one bad fleet is a
/// third of the sample, and a test that fails once in a hundred runs by bad luck would be switched off.
/// </summary>
public sealed class FleetAccuracyTests
{
    [Fact]
    public Task Of_SimulatedFleets_FindsWhatWasPlanted() => CheckAsync(3, seed => FleetGenerator.Generate(seed));

    [Fact]
    public Task Of_IndependentFleets_FindsWhatWasPlanted() => CheckAsync(2, IndependentFleetGenerator.Generate);

    private static async Task CheckAsync(int count, Func<ulong, SimulatedFleet> generate)
    {
        ulong[] seeds = [.. Seeds.DrawMany(count).Select(seed => (ulong)seed)];
        IReadOnlyList<FleetScore> scores = await FleetRun.ScoreAsync(seeds, generate, TestContext.Current.CancellationToken);
        StringWriter table = new();
        FleetRun.Print(scores, true, table);
        TestContext.Current.TestOutputHelper?.WriteLine(table.ToString());
        FleetTotals totals = FleetTotals.Of(scores);
        Assert.True(totals.Recall >= 0.8, table.ToString());
        Assert.True(totals.Precision >= 0.8, table.ToString());
        Assert.True(totals.DecoyRate <= 0.05, table.ToString());
    }
}
