using Tars.Observability.Anomalies;
using Tars.Observability.Indicators;
using Tars.Observability.Regressions;
using Tars.Observability.Retrospectives;
using Tars.Observability.Tests.Indicators;
using Tars.Observability.Tests.Regressions;
using Tars.Observability.TimeSeries;
using Tars.Simulation.Fleets;
using Tars.TestKit;

namespace Tars.Observability.Tests.Retrospectives;

public sealed class RetrospectiveFleetTests
{
    [Fact]
    public async Task Of_SimulatedWeek_TellsTheErrorBurstTheOutageAndTheCostlyDeployment()
    {
        SimulatedFleet fleet = FleetGenerator.Generate((ulong)Seeds.Draw());
        SeriesSet set = await FleetSeries.CollectAsync(fleet, TestContext.Current.CancellationToken);
        TimeWindow week = new(set.Window.From.AddDays(7), set.Window.To);
        Retrospective told = Retrospective.Of(set, Definitions.Settings(), week);

        PlantedFault burst = fleet.Faults.Single(fault => fault.Kind == FaultKind.ErrorBurst);
        Assert.Contains(told.Incidents, incident => incident.Service == burst.Service && incident.Start < burst.End && burst.Start < incident.End);
        PlantedFault outage = fleet.Faults.Single(fault => fault.Kind == FaultKind.BackendOutage);
        Assert.Contains(told.DataQuality.Gaps, gap => gap.Gap.Service is null && (gap.Gap.Start - outage.Start).Duration() <= TimeSpan.FromMinutes(2));
        PlantedFault costly = fleet.Faults.Single(fault => fault.Kind == FaultKind.LatencyRegression);

        // Compared with the week before the same figure may be worse too, and "unknown" is a right answer there: it is the deployment's story that is meant.
        RegressionStory story = told.Regressions.First(story => story.Comparison.Service == costly.Service && story.Comparison.Unit == "ms"
            && (story.Comparison.Deployment?.Time - costly.Start)?.Duration() < TimeSpan.FromMinutes(20));
        Assert.Equal(CauseKind.Deployment, story.Causes.Candidates[0].Kind);
        Assert.DoesNotContain(told.Degradations, d => d.Event is { Kind: AnomalyKind.LevelShift, IsOngoing: true } && d.Recovery is Recovery.Recovered);
        Assert.All(told.Regressions, regression => Assert.Equal(ComparisonOutcome.Regression, regression.Comparison.Outcome));
    }
}
