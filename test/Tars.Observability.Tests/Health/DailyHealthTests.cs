using Tars.Observability.Health;
using Tars.Observability.Indicators;
using Tars.Observability.Kpis;
using Tars.Observability.Objectives;
using Tars.Observability.Stability;
using Tars.Observability.Tests.Indicators;
using Tars.Observability.TimeSeries;
using static Tars.Observability.Tests.Indicators.Definitions;

namespace Tars.Observability.Tests.Health;

public sealed class DailyHealthTests
{
    private static readonly AnalysisSettings Objectives = Settings(AvailabilityObjective("shop", 0.999));

    private static CalendarDay Day(int number) => new(DateOnly.FromDateTime(Start.UtcDateTime).AddDays(number), Hours(24, after: 24 * number), true);

    private static async Task<SeriesSet> DaysAsync(params double[] badPerHour)
    {
        RawSamples raw = new();
        double good = 0;
        double failed = 0;
        for (int hour = 0; hour <= badPerHour.Length * 24; hour++)
        {
            double bad = badPerHour[Math.Max(0, hour - 1) / 24];
            good += 10_000 - bad;
            failed += bad;
            raw.Add("http_requests_total", "job=\"shop\",instance=\"a\",code=\"200\"", Start.AddHours(hour), good);
            raw.Add("http_requests_total", "job=\"shop\",instance=\"a\",code=\"500\"", Start.AddHours(hour), failed);
        }

        return await raw.CollectAsync(Hours(badPerHour.Length * 24), TimeSpan.FromHours(1), TimeSpan.FromHours(1), false, Service("shop", Availability));
    }

    [Theory]
    [InlineData(10, HealthStatus.Healthy, 90)] // exactly 99.9 %
    [InlineData(0, HealthStatus.Healthy, 100)]
    [InlineData(11, HealthStatus.Degraded, 90 / 1.1)]
    [InlineData(20, HealthStatus.Critical, 45)]
    public async Task Of_Day_ScoreAgreesWithTheObjective(double bad, HealthStatus status, double score)
    {
        DailyHealth health = DailyHealth.Of(await DaysAsync(bad), Objectives, Day(0));
        Assert.Equal(status, health.Status);
        Assert.Equal(score, Number(health.Score), 6);
    }

    [Fact]
    public async Task Of_NoData_IsInconclusiveWithoutScore()
    {
        SeriesSet set = await new RawSamples().CollectAsync(Hours(24), TimeSpan.FromHours(1), TimeSpan.FromHours(1), false, Service("shop", Availability));
        DailyHealth health = DailyHealth.Of(set, Objectives, Day(0));
        Assert.Equal(HealthStatus.Inconclusive, health.Status);
        Assert.IsType<Figure.NoData>(health.Score);
        Assert.False(health.AnomaliesLookedFor);
        Assert.Contains(health.Findings, finding => finding.Kind == FindingKind.NotMeasured);
    }

    [Fact]
    public async Task Of_SecondDayWorse_TrendIsWorseningAgainstTheDayBefore()
    {
        SeriesSet set = await DaysAsync(5, 20);
        HealthMetric second = DailyHealth.Of(set, Objectives, Day(1)).Metrics.Single(metric => metric.Metric == KpiNames.ErrorRate);
        Assert.Equal((TrendDirection.Worsening, HealthStatus.Critical), (second.Trend, second.Status));
        Assert.Equal(0.05, Number(second.Previous), 9);
        Assert.Equal(0.1, second.Threshold!.Value, 9);
        HealthMetric first = DailyHealth.Of(set, Objectives, Day(0)).Metrics.Single(metric => metric.Metric == KpiNames.ErrorRate);
        Assert.Equal((TrendDirection.NotJudged, "the day before was not given"), (first.Trend, Assert.IsType<Figure.NoData>(first.Previous).Reason));
    }

    [Fact]
    public async Task Of_MissedObjective_IsFoundAndHinted()
    {
        DailyHealth health = DailyHealth.Of(await DaysAsync(20), Objectives, Day(0));
        Assert.Equal(FindingKind.ObjectiveMissed, health.Findings[0].Kind);
        Assert.Equal("P0", health.Hints[0].Priority);
    }
}
