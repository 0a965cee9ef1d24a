using System.Text.Json;
using Tars.Observability.Anomalies;
using Tars.Observability.TimeSeries;
using Tars.Reports.Anomalies;

namespace Tars.Reports.Tests.Anomalies;

public sealed class AnomalyEventsReportTests
{
    internal static AnomalyReport Sample()
    {
        DateTimeOffset at = Samples.Start.AddHours(26);
        AnomalyEvent spike = new(
            "shop", "p99_latency_ms", "ms", ["eu"], AnomalyKind.Spike, at, at.AddMinutes(45), false, new AnomalyPeak(at.AddMinutes(10), 912.5, 300, 240, 380),
            AnomalySeverity.High, 0.99996, true, false, ["p95_latency_ms"], [new ConcurrentAnomaly(Samples.Hostile, "error_rate", AnomalyKind.LevelShift, at.AddMinutes(2))],
            ["compare the latency of its dependencies at the same time"], "seasonal (weekday and weekend day)");
        return new AnomalyReport(
            Samples.Week,
            Samples.Start.AddDays(-7),
            TimeSpan.FromMinutes(1),
            AnomalyOptions.Default,
            [
                spike,
                spike with
                {
                    Service = Samples.Hostile, Metric = "error_rate", Unit = "%", Regions = [], Kind = AnomalyKind.LevelShift, Peak = new AnomalyPeak(at, 2.5, 0, 0, 0.2),
                    Severity = AnomalySeverity.Critical, InMaintenance = true, RelatedMetrics = [], ConcurrentWith = [], Suggestions = [],
                },
                spike with
                {
                    Service = AnomalyEvent.BackendService, Metric = AnomalyEvent.AllMetrics, Unit = "", Regions = [], Kind = AnomalyKind.MissingData, Peak = null, IsOngoing = true,
                    End = Samples.Week.To, Severity = AnomalySeverity.Low, IsHarmful = false, Confidence = 1,
                },
            ],
            [
                new JudgedCourse("shop", "p99_latency_ms", "eu", BaselineKind.WeekdayAndWeekend, new Ratio(0.9861), null),
                new JudgedCourse(Samples.Hostile, "error_rate", null, BaselineKind.None, new Ratio(0), "no data in the window"),
            ]);
    }

    [Fact]
    public async Task Render_AllKinds_MatchesGoldenAndSchema() =>
        await ReportAssert.IsGoldenAsync("anomalies", () => [.. AnomalyEventsReport.Render(Sample()).Files, AnomalyEventsReport.Csv(Sample())]);

    [Fact]
    public void Json_ZeroExpected_RelativeDeviationIsNull()
    {
        using JsonDocument json = JsonDocument.Parse(AnomalyEventsReport.Json(Sample()).Content);
        JsonElement shift = json.RootElement.GetProperty("anomalies")[1];
        Assert.Equal(2.5, shift.GetProperty("deviation").GetDouble());
        Assert.Equal(JsonValueKind.Null, shift.GetProperty("deviation_percent").ValueKind);
        Assert.Contains("zero is expected", shift.GetProperty("measurement").GetProperty("deviation_percent").GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Render_NoEvents_SaysWhatThatMeans()
    {
        AnomalyReport none = Sample() with { Events = [] };
        Assert.Contains("Nothing unusual in what could be judged.", ReportAssert.TextOf(AnomalyEventsReport.Markdown(none)), StringComparison.Ordinal);
    }
}
