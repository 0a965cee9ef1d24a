using Tars.Observability.Anomalies;
using Tars.Observability.Indicators;
using Tars.Observability.Objectives;
using Tars.Observability.Regressions;
using Tars.Observability.Retrospectives;
using Tars.Observability.Tests.Indicators;
using Tars.Observability.TimeSeries;
using static Tars.Observability.Tests.Regressions.CollectedSeries;

namespace Tars.Observability.Tests.Retrospectives;

public sealed class RetrospectiveTests
{
    // Two days of 100 requests a minute; in minutes 600 to 609 half of them fail. 0.1 % fail otherwise: one every ten minutes.
    private static readonly TimeGrid Grid = Days(2);

    private static SeriesSet Shop(int lastMeasured = int.MaxValue, int gapFrom = -1, int gapTo = -1)
    {
        bool Missing(int i) => i > lastMeasured || (i >= gapFrom && i < gapTo);
        double[] total = Steps(Grid, i => Missing(i) ? double.NaN : 100);
        double[] bad = Steps(Grid, i => Missing(i) ? double.NaN : i is >= 600 and < 610 ? 50 : i % 10 == 0 ? 1 : 0);
        SeriesSet set = Set(Grid, Requests(Grid, total, bad), Requests(Grid, Steps(Grid, _ => 100), new double[Grid.Count], "basket"));
        return set with { Services = [set.Services[0] with { DependsOn = ["basket"] }, set.Services[1]] };
    }

    private static AnomalyEvent Burst(string service = "shop", int from = 600, int to = 610, bool ongoing = false, string metric = MetricNames.ErrorRate) => new(
        service, metric, "%", [], AnomalyKind.Spike, Grid.TimeOf(from), Grid.TimeOf(to), ongoing,
        new AnomalyPeak(Grid.TimeOf(from), 50, 0.1, 0, 1), AnomalySeverity.Critical, 0.999, true, false, [], [], [], "test");

    private static Retrospective Tell(SeriesSet set, AnalysisSettings settings, params AnomalyEvent[] events) => Retrospective.Of(
        set, settings, Grid.Window,
        new AnomalyReport(Grid.Window, Grid.Start, Grid.Step, AnomalyOptions.Default, events, []),
        RegressionReport.Of(set, settings, RegressionOptions.Default, Grid.Window));

    private static AnalysisSettings Promised(params Deployment[] deployments) =>
        Definitions.Settings(Definitions.AvailabilityObjective("shop", 0.999)) with { Deployments = deployments };

    private static Deployment Release(string service, int step) => new(service, Grid.TimeOf(step), "2.0", "1.0", "configuration");

    [Fact]
    public void Of_BurstAndDowntime_AreOneIncidentWithItsCosts()
    {
        IncidentStory incident = Assert.Single(Tell(Shop(), Promised(), Burst()).Incidents);
        Assert.Equal(("I1", "shop", 10), (incident.Id, incident.Service, incident.Minutes));
        Assert.Single(incident.Downtime); // half of 100 requests failed, for ten minutes
        Assert.Single(incident.Events);
        Assert.Equal(1000, incident.Impact.Requests.Value);
        Assert.Equal(500, incident.Impact.Errors.Value);
        Assert.Equal(1000 * 287 / 287_000.0, incident.Impact.ErrorsExpected.Value!.Value, 9); // 287 failures in the other 2,870 minutes
        BudgetImpact budget = Assert.Single(incident.Impact.Budgets);
        Assert.Equal(500 / 288.0, budget.ShareOfPeriodBudget.Value!.Value, 9); // 0.1 % of 288,000 requests may fail
        Assert.Equal(5, budget.BudgetMinutes.Value!.Value, 9); // 500 requests are five minutes of traffic
    }

    [Fact]
    public void Of_StepsAfterAreWithinRange_IsRecovered()
    {
        Recovery.Recovered recovered = Assert.IsType<Recovery.Recovered>(Assert.Single(Tell(Shop(), Promised(), Burst()).Degradations).Recovery);
        Assert.Equal(Grid.TimeOf(610), recovered.At);
        Assert.InRange(recovered.StepsWithin, Recovery.Recovered.RequiredSteps, 15);
    }

    [Fact]
    public void Of_StillThereInTheLastData_IsNotRecovered()
    {
        Retrospective told = Tell(Shop(), Promised(), Burst(from: 2800, to: Grid.Count, ongoing: true));
        Assert.Equal("not recovered by 2026-01-07T00:00:00Z", Assert.Single(told.Degradations).Recovery.Text);
        Assert.Equal(RetrospectiveStatus.Critical, told.Summary.Status);
        Assert.Contains(told.Recommendations, item => item.Priority == "P0" && item.Findings.Contains("I2"));
    }

    [Fact]
    public void Of_DataEndWithTheEvent_RecoveryIsUnknown()
    {
        Recovery recovery = Assert.Single(Tell(Shop(lastMeasured: 611), Promised(), Burst()).Degradations).Recovery;
        Assert.StartsWith("only 2 measured steps", Assert.IsType<Recovery.Unknown>(recovery).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(590, false)] // ten minutes before: the same service 0.3 and 0.4 for the timing
    [InlineData(450, true)] // two and a half hours before
    [InlineData(620, true)] // afterwards
    public void Of_DeploymentOfTheSameService_IsLikelyOnlyShortlyBefore(int deployedAt, bool unknown)
    {
        CauseAnalysis causes = Assert.Single(Tell(Shop(), Promised(Release("shop", deployedAt)), Burst()).Degradations).Causes;
        Assert.Equal(unknown, causes.IsUnknown);
        Assert.Equal(unknown ? [] : [0.7], causes.Candidates.Select(c => c.Score));
        Assert.StartsWith(unknown ? "unknown" : "likely connected with the deployment of shop 2.0", causes.Statement, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(580, false)]
    [InlineData(607, true)]
    public void Of_TroubleOfADependency_IsLikelyOnlyWhenItCameFirst(int began, bool unknown)
    {
        Retrospective told = Tell(Shop(), Promised(), Burst(), Burst("basket", began, 640, metric: MetricNames.P99Latency));
        Degradation shop = told.Degradations.Single(d => d.Event.Service == "shop");
        Assert.Equal(unknown, shop.Causes.IsUnknown);
        Assert.Equal(CauseKind.DependencyTrouble, shop.Causes.Candidates[0].Kind);
        Degradation basket = told.Degradations.Single(d => d.Event.Service == "basket");
        Assert.True(basket.Causes.IsUnknown); // basket depends on nobody
    }

    [Fact]
    public void Of_BeginsBesideAGap_MayBeItsArtefact()
    {
        CauseAnalysis causes = Assert.Single(Tell(Shop(gapFrom: 570, gapTo: 600), Promised(), Burst()).Degradations).Causes;
        Assert.Equal(CauseKind.MissingData, Assert.Single(causes.Candidates).Kind);
    }

    [Fact]
    public void Of_HalfUnmeasured_PraisesNoneOfIt()
    {
        Retrospective told = Tell(Shop(lastMeasured: 500), Promised());
        Assert.DoesNotContain(told.WentWell, success => success.Service == "shop");
        Assert.Contains(told.WentWell, success => success.Service == "basket");
        Assert.Equal(RetrospectiveStatus.Inconclusive, told.Summary.Status);
        Assert.Contains(told.DataQuality.Gaps, gap => gap.Gap.Service == "shop");
        Assert.False(told.DataQuality.Indicators.Single(i => i.Service == "shop").IsSufficient);
    }

    [Fact]
    public void Of_NothingFound_RecommendsNothing()
    {
        TimeGrid grid = Days(2);
        SeriesSet set = Set(grid, Requests(grid, Steps(grid, _ => 100), new double[grid.Count]));
        Retrospective told = Tell(set, Promised());
        Assert.Empty(told.Recommendations);
        Assert.Equal(RetrospectiveStatus.Good, told.Summary.Status);
        Assert.Null(told.PreviousKpis);
        Assert.Null(told.Cost);
        Assert.Contains(told.DataQuality.Notes, note => note.StartsWith("no period of the same length before", StringComparison.Ordinal));
    }

    [Fact]
    public void Of_EveryRecommendation_RestsOnFindingsThatAreThere()
    {
        Retrospective told = Tell(Shop(gapFrom: 1000, gapTo: 1030), Promised(Release("shop", 590)), Burst(), Burst("basket", 2000, 2100));
        HashSet<string> ids =
        [
            .. told.Degradations.Select(d => d.Id), .. told.Incidents.Select(i => i.Id), .. told.Regressions.Select(r => r.Id), .. told.Budgets.Select(b => b.Id),
            .. told.DataQuality.Gaps.Select(g => g.Id), .. told.DataQuality.Indicators.Select(i => i.Id),
        ];
        Assert.NotEmpty(told.Recommendations);
        Assert.All(told.Recommendations, item => Assert.NotEmpty(item.Findings));
        Assert.All(told.Recommendations.SelectMany(item => item.Findings), id => Assert.Contains(id, ids));
        Assert.Equal(told.Recommendations.Select(item => item.Priority).Order(StringComparer.Ordinal), told.Recommendations.Select(item => item.Priority));
        Assert.Contains(told.Recommendations, item => item.Findings.Contains("B1")); // the objective was missed
        Assert.DoesNotContain(told.WentWell, success => success.Metric == "error_budget"); // although the month's budget is not yet used up
    }

    [Fact]
    public void Of_ReportsOfAnotherPeriod_AreRefused()
    {
        SeriesSet set = Shop();
        TimeWindow day = new(Grid.Start, Grid.Start.AddDays(1));
        Assert.Throws<ArgumentException>(() => Retrospective.Of(
            set, Promised(), day, new AnomalyReport(Grid.Window, Grid.Start, Grid.Step, AnomalyOptions.Default, [], []),
            RegressionReport.Of(set, Promised(), RegressionOptions.Default, day)));
    }

    [Fact]
    public void KnownDisturbances_OnlyWhatCameAndWent()
    {
        AnomalyEvent shift = Burst() with { Kind = AnomalyKind.LevelShift };
        AnomalyEvent lasting = Burst(to: 600 + 361);
        AnomalyEvent open = Burst(ongoing: true);
        AnomalyEvent backend = Burst(AnomalyEvent.BackendService) with { Kind = AnomalyKind.MissingData };
        AnomalyReport report = new(Grid.Window, Grid.Start, Grid.Step, AnomalyOptions.Default, [shift, lasting, open, Burst(), backend], []);
        Assert.Equal(["shop", null], KnownDisturbances.Of(report).Select(disturbance => disturbance.Service));
    }
}
