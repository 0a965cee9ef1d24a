using Tars.Observability.Indicators;
using Tars.Observability.Kpis;
using Tars.Observability.Objectives;
using Tars.Observability.Stability;
using Tars.Observability.Tests.Indicators;
using Tars.Observability.TimeSeries;
using static Tars.Observability.Tests.Indicators.Definitions;

namespace Tars.Observability.Tests.Stability;

public sealed class StabilityReportTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    // Seven days in steps of an hour: 10,000 requests each, bad(day) of which fail, memory(day) bytes.
    private static async Task<SeriesSet> WeekAsync(Func<int, double> bad, Func<int, double> memory, int days = 7)
    {
        RawSamples raw = new();
        double good = 0;
        double failed = 0;
        for (int hour = 0; hour <= days * 24; hour++)
        {
            int day = Math.Max(0, hour - 1) / 24;
            good += 10_000 - bad(day);
            failed += bad(day);
            raw.Add("http_requests_total", "job=\"shop\",instance=\"a\",code=\"200\"", Start.AddHours(hour), good);
            raw.Add("http_requests_total", "job=\"shop\",instance=\"a\",code=\"500\"", Start.AddHours(hour), failed);
            raw.Add("process_resident_memory_bytes", "job=\"shop\",instance=\"a\"", Start.AddHours(hour), memory(day));
        }

        return await raw.CollectAsync(Hours(days * 24), Hour, Hour, false, Service("shop", Availability, Memory));
    }

    private static readonly AnalysisSettings Objectives = Settings(AvailabilityObjective("shop", 0.999));

    [Fact]
    public async Task Of_ExactlyOnTheObjective_ScoresHealthyAndHolds()
    {
        SeriesSet set = await WeekAsync(_ => 10, _ => 100);
        StabilityReport report = StabilityReport.Of(set, Objectives, set.Window, null);
        Assert.Equal(ObjectiveScore.Healthy, Number(report.Score));
        Assert.Equal("PASS", report.Week.Certification.Verdict.Name);
        Assert.Equal((StabilityAction.Hold, 0, 7), (report.Recommendation.Action, report.DegradedDays, report.Days.Count));
        Assert.Equal(1_680_000, report.Days.Sum(day => Number(day.Kpis.Overall.Find(KpiNames.TotalRequests)!.Figure)));
        Assert.All(report.Days, day => Assert.Equal(100, Number(Assert.Single(day.Compliance).Percent)));
    }

    [Theory]
    [InlineData(5, 95)] // half the budget
    [InlineData(0, 100)]
    [InlineData(20, 45)] // twice the budget
    public async Task Score_ConsumedShare_FollowsTheFormula(double bad, double score)
    {
        SeriesSet set = await WeekAsync(_ => bad, _ => 100, days: 1);
        Assert.Equal(score, Number(StabilityReport.Of(set, Objectives, set.Window, null).Score), 6);
    }

    [Fact]
    public async Task Of_NothingMeasured_IsInconclusiveWithoutScore()
    {
        SeriesSet set = await new RawSamples().CollectAsync(Hours(48), Hour, Hour, false, Service("shop", Availability));
        StabilityReport report = StabilityReport.Of(set, Objectives, set.Window, null);
        Assert.IsType<Figure.NoData>(report.Score);
        Assert.Equal(StabilityAction.Inconclusive, report.Recommendation.Action);
    }

    [Fact]
    public async Task Drift_Availability_IsComparedAsErrorBudget()
    {
        // 0.05 % errors before, 0.08 % now: of a budget of 0.1 % that is 30 % more, in the direction that hurts.
        SeriesSet set = await WeekAsync(_ => 8, _ => 100);
        Baseline baseline = new(null, new Dictionary<string, double> { ["shop/availability"] = 99.95, ["shop/avg_memory"] = 120 });
        StabilityReport report = StabilityReport.Of(set, Objectives, set.Window, baseline);
        Drift availability = report.Drift.Single(drift => drift is { Service: "shop", Metric: KpiNames.Availability });
        Assert.Equal((DriftEffect.Worse, "error budget"), (availability.Effect, availability.Basis));
        Assert.Equal(-30, Number(availability.Change), 6);
        Drift memory = report.Drift.Single(drift => drift is { Service: "shop", Metric: KpiNames.AverageMemory });
        Assert.Equal(DriftEffect.Better, memory.Effect); // a sixth less is an improvement
        Drift requests = report.Drift.Single(drift => drift is { Service: "shop", Metric: KpiNames.RequestRate });
        Assert.Equal((DriftEffect.NotCompared, null), (requests.Effect, requests.Baseline));
        Assert.Equal(StabilityAction.Watch, report.Recommendation.Action);
    }

    [Fact]
    public async Task Recommendation_MissedAndWorseThanBaseline_IsRollBack_AndMissedAsBefore_IsWatch()
    {
        SeriesSet set = await WeekAsync(_ => 30, _ => 100);
        StabilityReport worse = StabilityReport.Of(set, Objectives, set.Window, new Baseline(null, new Dictionary<string, double> { ["shop/error_rate"] = 0.05 }));
        StabilityReport asBefore = StabilityReport.Of(set, Objectives, set.Window, new Baseline(null, new Dictionary<string, double> { ["shop/error_rate"] = 0.3 }));
        Assert.Equal(StabilityAction.RollBack, worse.Recommendation.Action);
        Assert.Equal("objective-missed-and-worse-than-baseline", worse.Recommendation.Rules[0].Rule);
        Assert.Equal(StabilityAction.Watch, asBefore.Recommendation.Action);
        Assert.Equal(7, asBefore.DegradedDays);
    }

    [Fact]
    public async Task Baseline_OfASummary_ComparesAsUnchanged()
    {
        SeriesSet set = await WeekAsync(_ => 8, _ => 100);
        Baseline baseline = Baseline.Of(KpiSummary.Of(set, Objectives, set.Window));
        Assert.All(
            StabilityReport.Of(set, Objectives, set.Window, baseline).Drift.Where(drift => drift.Baseline is not null),
            drift => Assert.Equal((DriftEffect.None, 0.0), (drift.Effect, drift.Change.Value)));
    }

    [Fact]
    public async Task Trends_MemoryGrowsDaily_IsWorseningWithSlopeAndExactPValue()
    {
        SeriesSet set = await WeekAsync(_ => 5, day => 100 + (10 * day));
        IReadOnlyList<DailyTrend> trends = StabilityReport.Of(set, Objectives, set.Window, null).Trends;
        DailyTrend trend = trends.Single(t => t is { Service: "shop", Metric: KpiNames.AverageMemory });
        Assert.Equal((TrendDirection.Worsening, 7), (trend.Direction, trend.Days));
        Assert.Equal(10, Number(trend.SlopePerDay), 9);
        // One of 7! orders rises throughout, one falls; adjusted for all figures looked at, of which only the memory figures moved.
        int judged = trends.Count(t => t.PValue is not null);
        int moved = trends.Count(t => t.Metric == KpiNames.AverageMemory);
        Assert.True(judged > moved);
        Assert.Equal(2.0 / 5040 * judged / moved, trend.PValue!.Value, 9);
    }

    [Fact]
    public async Task Trends_FourDays_AreNotJudged()
    {
        SeriesSet set = await WeekAsync(_ => 5, day => 100 + (10 * day), days: 4);
        DailyTrend trend = StabilityReport.Of(set, Objectives, set.Window, null).Trends.Single(t => t is { Service: "shop", Metric: KpiNames.AverageMemory });
        Assert.Equal(TrendDirection.NotJudged, trend.Direction);
    }
}
