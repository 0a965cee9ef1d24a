using Tars.Observability.Anomalies;
using Tars.Observability.Indicators;
using Tars.Observability.Kpis;
using Tars.Observability.Regressions;
using Tars.Observability.Retrospectives;
using Tars.Observability.Stability;
using Tars.Observability.TimeSeries;
using Tars.Reports.Tests.Anomalies;
using Tars.Reports.Tests.Health;
using Tars.Reports.Tests.Regressions;

namespace Tars.Reports.Tests.Retrospectives;

/// <summary>A hand-made retrospective with every kind of finding, state and recovery.</summary>
internal static class SampleRetrospective
{
    public static Retrospective Week()
    {
        KpiSummary kpis = Samples.Kpis();
        AnomalyReport anomalies = AnomalyEventsReportTests.Sample();
        RegressionReport changes = RegressionSummaryReportTests.Sample();
        DateTimeOffset down = Samples.Start.AddHours(14.5);
        CauseAnalysis likely = CauseAnalysis.Of(
        [
            new CandidateCause(CauseKind.Deployment, "the deployment of shop 1.4.2 at 2026-01-05T14:20:00Z", 0.8, [new CauseEvidence("it came 10 min before", 0.5), new CauseEvidence("no other service shows it", 0.3)]),
            new CandidateCause(CauseKind.TrafficSurge, $"a surge of {Samples.Hostile}", 0.1, [new CauseEvidence("traffic was 4 % above what was expected", 0.1)]),
        ]);
        CauseAnalysis unknown = CauseAnalysis.Of([]);
        Impact impact = new(
            Samples.Measured(1200), Samples.Measured(618), Samples.Measured(1.2),
            [new BudgetImpact("shop/availability", Samples.Measured(618), Samples.Measured(1.0012), Samples.Measured(5.04)), new BudgetImpact("x", Samples.NoData(), Samples.NoData(), Samples.NoData())]);
        Impact nothing = new(Samples.NoData(), Samples.Failed(), Samples.NoData(), []);
        return new Retrospective(
            Samples.Week,
            Samples.Start.AddDays(-7),
            TimeSpan.FromMinutes(10),
            "1",
            new RetrospectiveSummary(
                RetrospectiveStatus.Critical, kpis.Certification.Verdict, Samples.Measured(99.9499999999, 0.9861), Samples.Measured(1234567), Samples.Measured(618), Samples.Measured(12),
                Samples.Measured(140), 2, 2, 1, 1, 2,
                ["99.95 % of 1,234,567 requests were answered well.", $"2 incidents; of 1 no recovery was measured ({Samples.Hostile})."]),
            [
                new Success("shop", "p99 latency", 412.75, "ms", 750, new Ratio(0.9861), "shop answered 99 % of requests within 413 ms; the objective is 750 ms."),
                new Success(null, "days without incident", 5, "", null, new Ratio(1), $"Five days passed without an incident of {Samples.Hostile}."),
            ],
            [
                new Degradation("D1", anomalies.Events[0], anomalies.Events[0].Start, anomalies.Events[0].End, 45, new Recovery.Recovered(anomalies.Events[0].End, 12), impact, likely),
                new Degradation("D2", anomalies.Events[1], anomalies.Events[1].Start, anomalies.Events[1].End, 45, new Recovery.Unknown("no data after it"), nothing, unknown),
            ],
            [
                new IncidentStory(
                    "I1", "shop", down, down.AddMinutes(90), 90, AnomalySeverity.Critical, new Recovery.Recovered(down.AddMinutes(90), 30), [kpis.Incidents[0]], [anomalies.Events[0]],
                    [kpis.Alerts[0]], impact, likely),
                new IncidentStory("I2", Samples.Hostile, Samples.Week.To.AddMinutes(-6), Samples.Week.To, 6, AnomalySeverity.High, new Recovery.NotRecovered(Samples.Week.To), [kpis.Incidents[1]], [], [], nothing, unknown),
                new IncidentStory(
                    "I3", AnomalyEvent.BackendService, Samples.Start.AddHours(30), Samples.Start.AddHours(32), 120, AnomalySeverity.Medium, new Recovery.Unknown("no data"), [],
                    [anomalies.Events[2]], [], nothing, unknown),
            ],
            [new RegressionStory("R1", changes.Regressions[0], likely)],
            changes.Improvements,
            [.. DailyHealthReportTests.Budgets(Samples.Week).Index().Select(pair => new BudgetStory($"B{pair.Index + 1}", pair.Item))],
            [
                new FollowUp("P0", "shop", "Find out why a third of requests failed on Monday afternoon.", "618 of 1,200 requests failed in 90 min.", ["I1", "B1"]),
                new FollowUp("P2", Samples.Hostile, "Restore its metrics.", "Nothing was measured.", ["Q1"]),
            ],
            kpis.Cost,
            kpis.Maintenance,
            Quality(kpis),
            [
                new FigureOrigin("shop", "availability", ["availability", "error_rate"], "KPIs", Samples.Query, new Ratio(0.9861)),
                new FigureOrigin(Samples.Hostile, "availability", ["availability"], "KPIs", ["rate(x{a=\"</code><script>\"}[5m])"], new Ratio(0)),
            ],
            kpis,
            kpis with { Window = new TimeWindow(Samples.Start.AddDays(-7), Samples.Start) },
            Stability(),
            anomalies,
            changes);
    }

    private static DataQuality Quality(KpiSummary kpis) => new(
        [
            new IndicatorQuality("Q1", "shop", "availability", new Ratio(0.9861), null, true),
            new IndicatorQuality("Q2", Samples.Hostile, "availability", new Ratio(0), "no series matches", false),
        ],
        [.. kpis.DataGaps.Index().Select(pair => new GapStory($"Q{pair.Index + 3}", pair.Item))],
        [new QueryRecord(Samples.Hostile, "latency", "histogram_quantile(0.99, x)", new ReadState.Failed("HTTP 422"), 0, 0, [])],
        [new QueryRecord(Samples.Hostile, "availability", "sum(x)", new ReadState.Empty("no series matches"), 0, 0, [])],
        kpis.Warnings, [$"{Samples.Hostile} error_rate: no data"], ["shop 1.4.2: less than 2 h of data before it"], true, ["Two weeks of history."]);

    private static StabilityReport Stability()
    {
        StabilityReport report = Tests.Stability.WeeklyReportTests.Sample();
        DaySummary[] days =
        [
            .. Enumerable.Range(0, 7).Select(i =>
            {
                TimeWindow window = new(Samples.Start.AddDays(i), Samples.Start.AddDays(i + 1));
                Figure errors = i == 3 ? Samples.NoData("no samples in the window") : Samples.Measured(i == 0 ? 603 : (i * 3) + 1);
                KpiSummary kpis = Samples.Kpis(window) with
                {
                    Overall = Samples.Scope(null, null, (KpiNames.TotalErrors, errors), (KpiNames.TotalRequests, i == 3 ? errors : Samples.Measured(170000 + (i * 4321)))),
                };
                Verdict verdict = i switch
                {
                    0 => kpis.Certification.Verdict,
                    3 => new Verdict.Inconclusive("no samples"),
                    _ => new Verdict.Pass(),
                };
                return report.Days[0] with { Number = i + 1, Date = new DateOnly(2026, 1, 5 + i), IsWhole = true, Kpis = kpis with { Certification = kpis.Certification with { Verdict = verdict } } };
            }),
        ];
        return report with { Days = days };
    }
}
