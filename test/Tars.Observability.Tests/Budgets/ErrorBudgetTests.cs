using Tars.Observability.Budgets;
using Tars.Observability.Indicators;
using Tars.Observability.Objectives;
using Tars.Observability.Tests.Indicators;
using Tars.Observability.TimeSeries;
using Tars.TestKit.Notation;
using static Tars.Observability.Tests.Indicators.Definitions;

namespace Tars.Observability.Tests.Budgets;

public sealed class ErrorBudgetTests
{
    // 1000 requests a minute for a day; 1 of them fails, from 06:00 to 07:00 100 of them.
    private static async Task<SeriesSet> DayAsync()
    {
        RawSamples raw = new RawSamples()
            .Add("http_requests_total", "job=\"shop\",instance=\"a\",code=\"200\"", Start, Minute, SeriesNotation.Parse("0+999x360 360540+900x59 414639+999x1020"))
            .Add("http_requests_total", "job=\"shop\",instance=\"a\",code=\"500\"", Start, Minute, SeriesNotation.Parse("0+1x360 460+100x59 6361+1x1020"));
        return await raw.CollectAsync(Hours(24), Minute, null, false, Service("shop", Availability));
    }

    [Fact]
    public async Task Of_ADay_IsCountedAgainstTheTarget()
    {
        SeriesSet set = await DayAsync();
        ErrorBudget budget = Assert.Single(ErrorBudget.Of(set, Settings(AvailabilityObjective("shop", 0.99)), set.Window));
        double bad = 1380 + 6000; // 23 hours of 60, one hour of 6000
        Assert.Equal(1_440_000, Number(budget.TotalEvents));
        Assert.Equal(bad, Number(budget.BadEvents));
        Assert.Equal(14_400, Number(budget.AllowedEvents), 6);
        Assert.Equal(bad / 14_400, Number(budget.BurnRate), 9);
        Assert.True(budget.IsProjection);
        Assert.Equal(bad / 14_400 / 30, Number(budget.ConsumedShare), 9);
        Assert.Equal((1 - (bad / 14_400 / 30)) * 720 / (bad / 14_400), Number(budget.HoursToExhaustion), 6);
        Assert.Equal(1 - (bad / 14_400 / 30), Number(Assert.Single(budget.Days).RemainingShare), 9);
    }

    [Fact]
    public async Task Of_WindowAsLongAsTheObjective_IsNoProjection()
    {
        SeriesSet set = await DayAsync();
        Objective objective = AvailabilityObjective("shop", 0.99) with { Window = TimeSpan.FromDays(1) };
        ErrorBudget budget = Assert.Single(ErrorBudget.Of(set, Settings(objective), set.Window));
        Assert.False(budget.IsProjection);
        Assert.Equal(Number(budget.BurnRate), Number(budget.ConsumedShare), 12);
    }

    [Theory]
    [InlineData(0, 14.4)]
    [InlineData(1, 6)]
    [InlineData(2, 1)]
    public void ThresholdFor_ThirtyDays_IsThatOfTheWorkbook(int rule, double threshold) =>
        Assert.Equal(threshold, BurnRule.All[rule].ThresholdFor(TimeSpan.FromDays(30)), 12);

    [Fact]
    public async Task Of_TenPercentFailForAnHour_PagesWhileBothWindowsBurn()
    {
        // Target 99.5 %: 100 of 1000 burn 20 times too fast, 1 of 1000 at 0.2. The hour's mean reaches 14.4 = (20 k + 0.2 (60 - k)) / 60 at
        // k = 44 minutes, and the five minutes before are all bad then; the short window falls below it two minutes after the end:
        // (20·3 + 0.2·2) / 5 = 12.1, where (20·4 + 0.2) / 5 = 16 still burns.
        SeriesSet set = await DayAsync();
        ErrorBudget budget = Assert.Single(ErrorBudget.Of(set, Settings(AvailabilityObjective("shop", 0.995)), set.Window));
        BurnAlert fast = budget.BurnAlerts[0];
        BurnEpisode page = Assert.Single(fast.Episodes);
        Assert.Equal((Start.AddHours(6).AddMinutes(44), Start.AddHours(7).AddMinutes(2)), (page.Start, page.End));
        Assert.Equal(20, page.PeakBurnRate, 9);
        Assert.Equal(0.2, Number(fast.Long), 9);
        Assert.Equal("the data is shorter than the long window of 3d/6h", budget.BurnAlerts[2].NotJudged);
    }

    [Fact]
    public async Task Of_NoFailure_HasNoExhaustion()
    {
        RawSamples raw = new RawSamples().Add("http_requests_total", "job=\"shop\",instance=\"a\",code=\"200\"", Start, Minute, SeriesNotation.Parse("0+9x130"));
        SeriesSet set = await raw.CollectAsync(Hours(2), Minute, null, false, Service("shop", Availability));
        ErrorBudget budget = Assert.Single(ErrorBudget.Of(set, Settings(AvailabilityObjective("shop", 0.99)), set.Window));
        Assert.Equal(new Figure.NoData("nothing is being consumed"), budget.HoursToExhaustion);
        Assert.Equal(1, Number(budget.RemainingShare));
    }

    [Fact]
    public async Task Of_LatencyObjective_SlowRequestsConsumeIt()
    {
        RawSamples raw = new();
        foreach ((string bound, int perMinute) in new[] { ("0.1", 90), ("0.5", 98), ("+Inf", 100) })
        {
            raw.Add("http_request_duration_seconds_bucket", $"job=\"shop\",instance=\"a\",le=\"{bound}\"", Start, Minute, SeriesNotation.Parse($"0+{perMinute}x130"));
        }

        SeriesSet set = await raw.CollectAsync(Hours(2), Minute, null, false, Service("shop", Latency));
        Objective objective = new("shop", "latency", new ObjectiveGoal.FasterThan(0.5, null), new Ratio(0.99), TimeSpan.FromDays(7));
        ErrorBudget budget = Assert.Single(ErrorBudget.Of(set, Settings(objective), set.Window));
        Assert.Equal(240, Number(budget.BadEvents));
        Assert.Equal(2, Number(budget.BurnRate), 9);
        Assert.Equal("the threshold is the bucket bound 500 ms", budget.Note);
    }

    [Fact]
    public async Task Of_GaugeLimit_CountsSteps()
    {
        RawSamples raw = new RawSamples().Add("process_resident_memory_bytes", "job=\"shop\",instance=\"a\"", Start.AddMinutes(1), Minute, SeriesNotation.Parse("100x59 200x11 100x47"));
        SeriesSet set = await raw.CollectAsync(Hours(2), Minute, null, false, Service("shop", Memory));
        Objective objective = new("shop", "memory", new ObjectiveGoal.WithinLimit(150, true), new Ratio(0.8), TimeSpan.FromDays(1));
        ErrorBudget budget = Assert.Single(ErrorBudget.Of(set, Settings(objective), set.Window));
        Assert.Equal((120, 12), (Number(budget.TotalEvents), Number(budget.BadEvents)));
        Assert.Equal(0.5, Number(budget.BurnRate), 9);
    }

    [Fact]
    public async Task Of_IndicatorMissing_IsNoDataThroughout()
    {
        SeriesSet set = await new RawSamples().CollectAsync(Hours(2), Minute, null, false, Service("shop", Availability));
        ErrorBudget budget = Assert.Single(ErrorBudget.Of(set, Settings(AvailabilityObjective("shop", 0.99)), set.Window));
        Assert.All(
            [budget.TotalEvents, budget.BadEvents, budget.BurnRate, budget.ConsumedShare, budget.RemainingShare, budget.HoursToExhaustion, budget.BurnAlerts[0].Long],
            figure => Assert.IsType<Figure.NoData>(figure));
    }

    [Theory]
    [InlineData(0.99, 30, "PASS")] // 7,380 bad of 14,400 a day: 1.7 % of the month's budget, whatever the day's objective says
    [InlineData(0.999, 30, "PASS")] // five times the day's budget and the objective missed, a sixth of the month's
    [InlineData(0.9999, 30, "FAIL")] // 51 days' worth
    [InlineData(0.999, 1, "FAIL")]
    public async Task Judge_Remaining_IsOfTheObjectiveWindow(double target, int days, string verdict)
    {
        SeriesSet set = await DayAsync();
        Objective objective = AvailabilityObjective("shop", target) with { Window = TimeSpan.FromDays(days) };
        ErrorBudget budget = Assert.Single(ErrorBudget.Of(set, Settings(objective), set.Window));
        Assert.Equal(verdict, budget.Judge(new Ratio(0.9)).Name);
        Figure thin = new Figure.Measured(-1, new Ratio(0.5));
        Assert.Equal("INCONCLUSIVE", (budget with { RemainingShare = thin }).Judge(new Ratio(0.9)).Name);
        Assert.Equal("INCONCLUSIVE", (budget with { RemainingShare = new Figure.NoData("no requests") }).Judge(new Ratio(0.9)).Name);
    }
}
