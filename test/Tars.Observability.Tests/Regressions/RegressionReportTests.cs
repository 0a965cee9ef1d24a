using Tars.Observability.Indicators;
using Tars.Observability.Objectives;
using Tars.Observability.Regressions;
using Tars.Observability.Tests.Indicators;
using Tars.Observability.TimeSeries;
using Tars.TestKit;
using static Tars.Observability.Tests.Regressions.CollectedSeries;

namespace Tars.Observability.Tests.Regressions;

public sealed class RegressionReportTests
{
    // Wednesday noon: two whole days of history before the side before.
    private const int At = (3 * 1440) + 720;

    private static Deployment Release(int step, string service = "shop") => new(service, Monday.AddMinutes(step), "2.0", "1.0", "configuration");

    private static AnalysisSettings With(params Deployment[] deployments) => Definitions.Settings() with { Deployments = deployments };

    // A daily rhythm of ±30 %, noise of 2 % with a memory of ten minutes, and a factor from the deployment on.
    private static SeriesSet MemoryChangingBy(double factor, int seed, double noise = 0.02)
    {
        TimeGrid grid = Days(6);
        double[] wander = Autoregression(grid, 0.9, seed);
        return Set(grid, Memory(grid, Steps(grid, i =>
            1e9 * Math.Exp((0.3 * Math.Sin(2 * Math.PI * i / 1440)) + (noise * wander[i])) * (i >= At ? factor : 1))));
    }

    private static MetricComparison Only(RegressionReport report) => Assert.Single(Assert.Single(report.Deployments).Metrics);

    [Fact]
    public void Of_MemoryGrowsByAThird_IsARegressionOfThatSize()
    {
        RegressionReport report = RegressionReport.Of(MemoryChangingBy(4 / 3.0, Seeds.Draw()), With(Release(At)), RegressionOptions.Default, Days(6).Window);
        MetricComparison found = Only(report);
        Assert.Equal(ComparisonOutcome.Regression, found.Outcome);
        Assert.Equal(RegressionSeverity.Medium, found.Severity); // 33 % is 3.3 times the minimum of 10 %
        Assert.InRange(found.RelativeChange!.Value, 0.32, 0.35);
        Assert.InRange(found.RelativeLow!.Value, 0.30, found.RelativeChange.Value);
        Assert.True(found.CliffsDelta > 0.99);
        Assert.Equal(OverallAssessment.MinorRegression, report.Assessment.Overall);
        Assert.False(report.Assessment.RollbackRecommended); // users do not feel memory
        Assert.Equal("2.0", found.Deployment!.Version);
    }

    [Fact]
    public void Of_MemoryFallsByAThird_IsAnImprovementAndNoReasonToRollBack()
    {
        RegressionReport report = RegressionReport.Of(MemoryChangingBy(2 / 3.0, Seeds.Draw()), With(Release(At)), RegressionOptions.Default, Days(6).Window);
        Assert.Equal(ComparisonOutcome.Improvement, Only(report).Outcome);
        Assert.Empty(report.Regressions);
        Assert.Equal(OverallAssessment.Stable, report.Assessment.Overall);
        Assert.False(report.Assessment.RollbackRecommended);
    }

    [Fact]
    public void Of_SureButTinyChange_IsNoFinding()
    {
        RegressionReport report = RegressionReport.Of(MemoryChangingBy(1.003, Seeds.Draw(), 0.0001), With(Release(At)), RegressionOptions.Default, Days(6).Window);
        MetricComparison tiny = Only(report);
        Assert.True(tiny.AdjustedPValue < 1e-6);
        Assert.Equal(ComparisonOutcome.NoRelevantChange, tiny.Outcome);
    }

    [Fact]
    public void Of_NothingButTheDailyRhythm_ShiftIsNearZero()
    {
        // The next deployment is eight hours later: morning is compared with afternoon.
        RegressionReport report = RegressionReport.Of(
            MemoryChangingBy(1, Seeds.Draw()), With(Release(At), Release(At + 480)), RegressionOptions.Default, new TimeWindow(Monday, Monday.AddMinutes(At + 1)));
        MetricComparison same = Only(report);
        Assert.True(Math.Abs((same.AfterValue!.Value / same.BeforeValue!.Value) - 1) > 0.2); // as measured, the rhythm included
        Assert.InRange(same.RelativeChange!.Value, -0.03, 0.03);
        Assert.Equal(TimeSpan.FromMinutes(450), same.After.Duration); // 480 less half an hour of roll-out, the same on both sides
        Assert.Equal(same.After.Duration, same.Before.Duration);
        Assert.False(report.Deployments[0].IsLatest);
    }

    [Fact]
    public void Of_NoEarlierDays_SaysThatTheRhythmCannotBeTold()
    {
        TimeGrid grid = Days(1);
        SeriesSet set = Set(grid, Memory(grid, Steps(grid, i => i < 720 ? 1e9 : 2e9)));
        MetricComparison unclear = Only(RegressionReport.Of(set, With(Release(720)), RegressionOptions.Default, grid.Window));
        Assert.Equal(ComparisonOutcome.NotEnoughData, unclear.Outcome);
        Assert.Contains("daily rhythm", unclear.Reason, StringComparison.Ordinal);
        Assert.Null(unclear.PValue);
    }

    [Fact]
    public void Of_DeploymentAnHourBeforeTheEnd_SaysWhatIsMissing()
    {
        RegressionReport report = RegressionReport.Of(MemoryChangingBy(1, 1), With(Release((6 * 1440) - 60)), RegressionOptions.Default, Days(6).Window);
        Assert.Equal(
            "not enough data: 0.5 h on either side past the roll-out, bounded by the end of the data at 2026-01-11T00:00:00Z; at least 2 h are needed",
            Assert.Single(report.Deployments).NotCompared);
        Assert.Equal(OverallAssessment.Inconclusive, report.Assessment.Overall);
    }

    [Fact]
    public void Of_SameDeploymentFromTwoSources_IsOne()
    {
        SeriesSet set = MemoryChangingBy(1, 1) with { VersionChanges = [new VersionChange("shop", Monday.AddMinutes(At + 4), "1.0", "2.0")] };
        DeploymentComparison one = Assert.Single(RegressionReport.Of(
            set, With(Release(At) with { PreviousVersion = null }), RegressionOptions.Default, Days(6).Window).Deployments);
        Assert.Equal(("configuration", "1.0", Monday.AddMinutes(At)), (one.Deployment.Evidence, one.Deployment.PreviousVersion, one.Deployment.Time));
        Assert.Equal("version label", Assert.Single(one.AlsoKnownAs).Evidence);
    }

    [Fact]
    public void Of_KnownDisturbance_IsLeftOutAndListed()
    {
        TimeGrid grid = Days(6);
        (int from, int to) = (At + 60, At + 60 + 720); // half of the side after, at ten times the level
        double[] noise = Autoregression(grid, 0.9, Seeds.Draw());
        SeriesSet set = Set(grid, Memory(grid, Steps(grid, i => 1e9 * Math.Exp(0.02 * noise[i]) * (i >= from && i < to ? 10 : 1))));
        Disturbance load = new("shop", new TimeWindow(Monday.AddMinutes(from), Monday.AddMinutes(to)), "load test");
        RegressionReport report = RegressionReport.Of(set, With(Release(At)), RegressionOptions.Default, grid.Window, [load]);
        Assert.Equal(ComparisonOutcome.NoRelevantChange, Only(report).Outcome);
        Assert.InRange(Only(report).RelativeChange!.Value, -0.03, 0.03);
        Assert.Equal(new ExcludedTime("shop", load.Window, "load test"), Assert.Single(report.Deployments[0].Excluded));
        Assert.True(Only(RegressionReport.Of(set, With(Release(At)), RegressionOptions.Default, grid.Window)).RelativeChange > 0.5);
    }

    [Fact]
    public void Of_MoreTraffic_CpuPerRequestIsUnchanged()
    {
        TimeGrid grid = Days(6);
        double[] noise = Autoregression(grid, 0.9, Seeds.Draw());
        double[] requests = Steps(grid, i => Math.Round(600 * Math.Exp(0.05 * noise[i]) * (i >= At ? 2 : 1)));
        SeriesSet set = Set(grid, Requests(grid, requests, new double[grid.Count]), Cpu(grid, [.. requests.Select(r => 0.004 * r)]));
        DeploymentComparison doubled = Assert.Single(RegressionReport.Of(set, With(Release(At)), RegressionOptions.Default, grid.Window).Deployments);
        MetricComparison cpu = doubled.Metrics.Single(metric => metric.Metric == MetricComparison.CpuPerRequest);
        Assert.Equal(4, cpu.BeforeValue!.Value, 9); // 4 ms per request by construction
        Assert.Equal(0, cpu.RelativeChange!.Value, 9);
        Assert.InRange(doubled.TrafficRatio!.Value, 1.9, 2.1);
    }

    [Fact]
    public void Of_ErrorsQuadruple_IsARegressionWorthARollback()
    {
        SeriesSet set = Failing(Seeds.Draw(), i => i >= At ? 0.004 : 0.001);
        RegressionReport report = RegressionReport.Of(set, With(Release(At)), RegressionOptions.Default, set.Window);
        MetricComparison errors = Only(report);
        Assert.Equal(ComparisonOutcome.Regression, errors.Outcome);
        Assert.InRange(errors.Change!.Value, 0.25, 0.35); // 0.4 % less 0.1 %, in percentage points
        Assert.InRange(errors.RelativeChange!.Value, 2.5, 3.5);
        Assert.True(report.Assessment.RollbackRecommended); // 0.3 points are six times the minimum of 0.05
        Assert.Same(errors, Assert.Single(Assert.Single(report.Assessment.Rules).Evidence));
    }

    [Fact]
    public void Of_OneBurstOfErrors_IsNoChangeForGood()
    {
        SeriesSet set = Failing(Seeds.Draw(), i => i is >= At + 300 and < At + 360 ? 0.2 : 0.001);
        Assert.Equal(ComparisonOutcome.NoRelevantChange, Only(RegressionReport.Of(set, With(Release(At)), RegressionOptions.Default, set.Window)).Outcome);
    }

    [Fact]
    public void Of_ObjectiveIsStrict_SmallestRelevantChangeIsAQuarterOfItsBudget()
    {
        SeriesSet set = Failing(1, _ => 0.001);
        AnalysisSettings strict = With(Release(At)) with { Objectives = [Definitions.AvailabilityObjective("shop", 0.9999)] };
        Assert.Equal(0.0025, Only(RegressionReport.Of(set, strict, RegressionOptions.Default, set.Window)).MinimumEffect, 9); // 0.01 % ÷ 4
    }

    [Fact]
    public void Of_SecondWeekSlower_PeriodIsARegression()
    {
        TimeGrid grid = Days(14);
        double[] noise = Autoregression(grid, 0.9, Seeds.Draw());
        double[] requests = Steps(grid, i => 300 + (200 * Math.Sin(2 * Math.PI * i / 1440)));
        double[] centre = Steps(grid, i => 0.1 * Math.Exp((0.1 * Math.Sin(2 * Math.PI * i / 1440)) + (0.02 * noise[i])) * (i >= 7 * 1440 ? 1.3 : 1));
        SeriesSet set = Set(grid, Latency(grid, requests, centre));
        RegressionOptions options = RegressionOptions.Default with { CompareTo = new ComparisonBaseline.Previous() };
        RegressionReport report = RegressionReport.Of(set, With(), options, new TimeWindow(Monday.AddDays(7), Monday.AddDays(14)));
        Assert.Equal(new TimeWindow(Monday, Monday.AddDays(7)), report.Baseline);
        Assert.Equal([MetricNames.P50Latency, MetricNames.P95Latency], report.Regressions.Select(r => r.Metric).Order(StringComparer.Ordinal));
        Assert.All(report.Regressions, regression => Assert.InRange(regression.RelativeChange!.Value, 0.28, 0.32));
        Assert.All(report.Regressions, regression => Assert.Null(regression.Deployment));
    }

    [Fact]
    public void Of_BaselineOutsideTheData_SaysSo()
    {
        RegressionOptions options = RegressionOptions.Default with { CompareTo = new ComparisonBaseline.Previous() };
        RegressionReport report = RegressionReport.Of(MemoryChangingBy(1, 1), With(), options, Days(6).Window);
        Assert.Null(report.Baseline);
        Assert.StartsWith("the baseline 2025-12-30T00:00:00Z/2026-01-05T00:00:00Z does not lie in", report.BaselineReason, StringComparison.Ordinal);
        Assert.Empty(report.Periods);
    }

    [Fact]
    public void Of_OneRegionGrows_IsFoundThereAndTheOtherIsNot()
    {
        TimeGrid grid = Days(6);
        (double[] east, double[] west) = (Autoregression(grid, 0.9, Seeds.Draw()), Autoregression(grid, 0.9, Seeds.Draw()));
        double[] small = Steps(grid, i => 1e8 * Math.Exp(0.02 * east[i]) * (i >= At ? 1.5 : 1));
        double[] large = Steps(grid, i => 2e9 * Math.Exp(0.02 * west[i]));
        SeriesSet set = Set(
            grid, Memory(grid, Steps(grid, i => small[i] + large[i])), Memory(grid, small, region: "east"), Memory(grid, large, region: "west"));
        RegressionReport report = RegressionReport.Of(set, With(Release(At)), RegressionOptions.Default, grid.Window);

        // Half as much again of a twentieth is 2.4 % of the whole: below the 10 % that memory must grow by.
        Assert.Equal(
            [(null, ComparisonOutcome.NoRelevantChange), ("east", ComparisonOutcome.Regression), ("west", ComparisonOutcome.NoRelevantChange)],
            Assert.Single(report.Deployments).Metrics.Select(metric => (metric.Region, metric.Outcome)));
        Assert.Equal("shop in east", Assert.Single(report.Regressions).Place);
        Assert.Equal(3, report.TestCount); // adjusted over all of them
        RegressionReport whole = RegressionReport.Of(set, With(Release(At)), RegressionOptions.Default with { CompareRegions = false }, grid.Window);
        Assert.Equal(1, whole.TestCount);
        Assert.Null(Only(whole).Region);
    }

    [Fact]
    public void Of_QueryFailed_IsToldAndNotCompared()
    {
        TimeGrid grid = Days(6);
        SeriesSet set = Set(grid, Memory(grid, Steps(grid, _ => double.NaN)) with { State = new ReadState.Failed("timeout") });
        MetricComparison failed = Only(RegressionReport.Of(set, With(Release(At)), RegressionOptions.Default, grid.Window));
        Assert.Equal((ComparisonOutcome.NotEnoughData, "query failed: timeout"), (failed.Outcome, failed.Reason));
    }

    [Fact]
    public void Of_BlocksThatDivideNoDay_IsRefused() => Assert.Throws<ArgumentException>(() => RegressionReport.Of(
        MemoryChangingBy(1, 1), With(), RegressionOptions.Default with { Block = TimeSpan.FromMinutes(7) }, Days(6).Window));

    private static SeriesSet Failing(int seed, Func<int, double> share)
    {
        TimeGrid grid = Days(6);
        Random random = new(seed);
        double[] requests = Steps(grid, _ => 1000);
        double[] bad = Steps(grid, i =>
        {
            // Sum of independent draws: binomial.
            int failed = 0;
            double p = share(i);
            for (int k = 0; k < 1000; k++)
            {
                failed += random.NextDouble() < p ? 1 : 0;
            }

            return failed;
        });
        return Set(grid, Requests(grid, requests, bad));
    }
}
