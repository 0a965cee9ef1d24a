using Tars.Observability.Indicators;
using Tars.Observability.Regressions;
using Tars.Observability.Tests.Indicators;
using Tars.Simulation.Fleets;
using Tars.TestKit;

namespace Tars.Observability.Tests.Regressions;

public sealed class RegressionFleetTests
{
    [Fact]
    public async Task Of_SimulatedFleets_FindsTheDeploymentsThatCostLatencyAndNoOthers()
    {
        int planted = 0;
        int found = 0;
        List<string> wrong = [];
        foreach (int seed in Seeds.DrawMany(3))
        {
            SimulatedFleet fleet = FleetGenerator.Generate((ulong)seed);
            SeriesSet set = await FleetSeries.CollectAsync(fleet, TestContext.Current.CancellationToken);
            RegressionReport report = RegressionReport.Of(set, Definitions.Settings(), RegressionOptions.Default, set.Window);
            foreach (DeploymentComparison deployment in report.Deployments)
            {
                bool costs = fleet.Faults.Any(fault => fault.Kind == FaultKind.LatencyRegression && fault.Service == deployment.Deployment.Service
                    && (fault.Start - deployment.Deployment.Time).Duration() < TimeSpan.FromMinutes(20));
                MetricComparison[] regressions = [.. deployment.Metrics.Where(metric => metric.Outcome == ComparisonOutcome.Regression)];
                planted += costs ? 1 : 0;
                found += costs && regressions.Any(metric => metric.Unit == "ms") ? 1 : 0;
                wrong.AddRange(costs ? [] : regressions.Select(metric => $"seed {seed}: {metric}"));
            }
        }

        Assert.Equal(3, planted);
        Assert.Equal(planted, found);
        Assert.True(wrong.Count <= 1, string.Join(Environment.NewLine, wrong)); // of about 21 deployments that change nothing
    }
}
