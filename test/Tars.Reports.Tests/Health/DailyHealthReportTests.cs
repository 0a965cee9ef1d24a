using System.Text.Json;
using Tars.Observability.Anomalies;
using Tars.Observability.Budgets;
using Tars.Observability.Health;
using Tars.Observability.Kpis;
using Tars.Observability.Objectives;
using Tars.Observability.Stability;
using Tars.Observability.TimeSeries;
using Tars.Reports.Health;
using Tars.Reports.Tests.Anomalies;

namespace Tars.Reports.Tests.Health;

public sealed class DailyHealthReportTests
{
    internal static ErrorBudget[] Budgets(TimeWindow window)
    {
        Objective objective = new("shop", "availability", new ObjectiveGoal.GoodEvents(), new Ratio(0.9995), TimeSpan.FromDays(30));
        ErrorBudget burning = new(
            objective, window, Samples.Measured(1234567), Samples.Measured(618), Samples.Measured(617.2835), Samples.Measured(1.00116, 0.9861), Samples.Measured(0.2336, 0.9861), true,
            Samples.Measured(0.7664, 0.9861), Samples.Measured(2.5), Samples.Measured(220.7),
            [
                .. window.Days(TimeZoneInfo.Utc).Select((day, index) => index == 1
                    ? new BudgetDay(day.Date, day.Window, day.IsWhole, Samples.NoData(), Samples.NoData(), Samples.NoData(), Samples.NoData())
                    : new BudgetDay(
                        day.Date, day.Window, day.IsWhole, Samples.Measured(176366), Samples.Measured(index * 30), Samples.Measured(index * 0.34), Samples.Measured(1 - (index * 0.03)))),
            ],
            [
                new BurnAlert(BurnRule.All[0], 14.4, Samples.Measured(2.5), Samples.Measured(0), [new BurnEpisode("1h/5m", "page", window.From.AddHours(14.6), window.From.AddHours(15), false, 21.5)], null),
                new BurnAlert(BurnRule.All[2], 1, Samples.NoData("too short"), Samples.NoData("too short"), [], "the data is shorter than the long window of 3d/6h"),
            ],
            null, Samples.Query);
        return
        [
            burning,
            burning with
            {
                Objective = objective with { Service = Samples.Hostile }, TotalEvents = Samples.NoData(), BadEvents = Samples.NoData(), AllowedEvents = Samples.NoData(), BurnRate = Samples.NoData(),
                ConsumedShare = Samples.NoData(), RemainingShare = Samples.NoData(), CurrentBurnRate = Samples.Failed(), HoursToExhaustion = Samples.Failed(), Days = [], BurnAlerts = [],
            },
        ];
    }

    internal static DailyHealth Sample()
    {
        TimeWindow day = new(Samples.Start.AddDays(1), Samples.Start.AddDays(2));
        AnomalyEvent[] anomalies = [.. AnomalyEventsReportTests.Sample().Events];
        return new DailyHealth(
            new DateOnly(2026, 1, 6), day, true, Samples.Measured(49.95, 0.9861), HealthStatus.Critical,
            [
                new HealthFinding(FindingKind.ObjectiveMissed, "critical", "shop", null, "shop/availability: good requests 99.1 % is below the target 99.95 %"),
                new HealthFinding(FindingKind.NotMeasured, "warning", Samples.Hostile, day.From, $"nothing was measured of {Samples.Hostile}"),
            ],
            [
                new HealthMetric("shop", KpiNames.P99Latency, "ms", Samples.Measured(512.75), 500, HealthStatus.Degraded, Samples.Measured(401), 27.867830423940148, TrendDirection.Worsening),
                new HealthMetric(Samples.Hostile, KpiNames.ErrorRate, "%", Samples.NoData(), null, null, Samples.Failed(), null, TrendDirection.NotJudged),
            ],
            anomalies, true, Budgets(day),
            [new MitigationHint("P0", "shop", "shop was down from 2026-01-06T14:30:00Z", ["look at the errors of that time by instance, endpoint and dependency"])],
            Samples.Kpis(day));
    }

    [Fact]
    public async Task Render_AllStates_MatchesGoldenAndSchema() =>
        await ReportAssert.IsGoldenAsync("daily", () => [.. DailyHealthReport.Render(Sample(), 2).Files, DailyHealthReport.Csv(Sample(), 2)]);

    [Fact]
    public void Json_NobodyLookedForAnomalies_CountIsNull()
    {
        DailyHealth health = Sample() with { AnomaliesLookedFor = false, Anomalies = [] };
        using JsonDocument json = JsonDocument.Parse(DailyHealthReport.Json(health, 1).Content);
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("anomaly_count").ValueKind);
        Assert.Contains("Nobody looked for anomalies.", ReportAssert.TextOf(DailyHealthReport.Markdown(health, 1)), StringComparison.Ordinal);
    }

    [Fact]
    public void Render_DayZero_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => DailyHealthReport.Render(Sample(), 0));
}
