using System.Text.Json;
using Tars.Observability.Kpis;
using Tars.Observability.Stability;
using Tars.Observability.TimeSeries;
using Tars.Reports.Stability;

namespace Tars.Reports.Tests.Stability;

public sealed class WeeklyReportTests
{
    internal static StabilityReport Sample()
    {
        Drift worse = new("shop", KpiNames.P99Latency, "ms", 400, Samples.Measured(512.75), Samples.Measured(28.1875), DriftEffect.Worse, "baseline");
        return new StabilityReport(
            Samples.Week,
            [.. Enumerable.Range(0, 2).Select(Day)],
            Samples.Kpis(),
            Samples.Measured(89.99999999, 0.9861),
            new Baseline(new TimeWindow(Samples.Start.AddDays(-1), Samples.Start), new Dictionary<string, double> { ["availability"] = 99.99 }),
            [worse, new Drift(Samples.Hostile, KpiNames.ErrorRate, "%", null, Samples.NoData(), Samples.NoData(), DriftEffect.NotCompared, "error budget")],
            [
                new DailyTrend("shop", KpiNames.P99Latency, "ms", Samples.Measured(4.25), 1.5, 7.25, 0.0151, 6.1, TrendDirection.Worsening, 7),
                new DailyTrend(null, KpiNames.RequestRate, "1/s", Samples.NoData("2 measured whole days; 5 are needed"), null, null, null, null, TrendDirection.NotJudged, 2),
            ],
            1,
            new Recommendation(StabilityAction.Watch, [new FiredRule("drift", StabilityAction.Watch, $"{Samples.Hostile} p99 is 28.2 % worse")]));
    }

    private static DaySummary Day(int index)
    {
        TimeWindow window = new(Samples.Start.AddDays(index), Samples.Start.AddDays(index + 1));
        return new DaySummary(
            index + 1, new DateOnly(2026, 1, 5 + index), index == 0, Samples.Kpis(window), index == 0 ? Samples.Measured(89.9, 0.9861) : Samples.NoData("no objective could be judged"),
            new HourlyRange(Samples.Measured(92.5, 0.875), Samples.Measured(100, 0.875)), [new HourlyCompliance("shop/availability", 20, 21, Samples.Measured(2000 / 21.0, 0.875))],
            new Dictionary<string, int> { ["critical"] = 1, [""] = 1 }, index == 0 ? Samples.Measured(23.75) : Samples.Failed(), []);
    }

    [Fact]
    public async Task Render_AllStates_MatchesGoldenAndSchema() =>
        await ReportAssert.IsGoldenAsync("stability", () => [.. WeeklyReport.Render(Sample()).Files, WeeklyReport.Csv(Sample())]);

    [Fact]
    public void Markdown_ScoreJustBelowHealthy_IsNotRoundedUp() =>
        Assert.Contains("Score 89.9 of 100", ReportAssert.TextOf(WeeklyReport.Markdown(Sample())), StringComparison.Ordinal);

    [Fact]
    public void Json_NoBaseline_SaysSo()
    {
        StabilityReport report = Sample() with { Baseline = null, Drift = [] };
        using JsonDocument json = JsonDocument.Parse(WeeklyReport.Json(report).Content);
        Assert.False(json.RootElement.GetProperty("has_baseline").GetBoolean());
        Assert.Contains("There is no baseline, so nothing was compared.", ReportAssert.TextOf(WeeklyReport.Markdown(report)), StringComparison.Ordinal);
    }
}
