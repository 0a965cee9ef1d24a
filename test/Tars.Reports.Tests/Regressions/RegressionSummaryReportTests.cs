using Tars.Observability.Indicators;
using Tars.Observability.Objectives;
using Tars.Observability.Regressions;
using Tars.Observability.TimeSeries;
using Tars.Reports.Regressions;

namespace Tars.Reports.Tests.Regressions;

public sealed class RegressionSummaryReportTests
{
    internal static RegressionReport Sample()
    {
        Deployment deployment = new("shop", Samples.Start.AddDays(3), "1.4.2|<b>", "1.4.1", "version label");
        TimeWindow before = new(Samples.Start.AddDays(2), Samples.Start.AddDays(3));
        TimeWindow after = new(Samples.Start.AddDays(3).AddMinutes(30), Samples.Start.AddDays(4).AddMinutes(30));
        MetricComparison slower = new(
            "shop", "latency", "p99_latency_ms", "ms", Better.Lower, deployment, before, after, 400, 448, 48, 41.5, 55.25, 0.12, 0.104, 0.138, 0.93, 1e-9, 1e-8, 0.05, false, 47, 48,
            ComparisonOutcome.Regression, RegressionSeverity.Medium, "blocks of 30 min, Hodges–Lehmann shift", null);
        MetricComparison better = slower with
        {
            Metric = "error_rate",
            Indicator = "availability",
            Unit = "%",
            BeforeValue = 0.5,
            AfterValue = 0.2,
            Change = -0.3,
            ChangeLow = -0.35,
            ChangeHigh = -0.2,
            RelativeChange = -0.6,
            RelativeLow = -0.7,
            RelativeHigh = null,
            MinimumEffect = 0.05,
            MinimumIsAbsolute = true,
            Outcome = ComparisonOutcome.Improvement,
            Severity = null,
        };
        MetricComparison unknown = slower with
        {
            Service = Samples.Hostile,
            Deployment = null,
            BeforeValue = null,
            AfterValue = null,
            Change = null,
            ChangeLow = null,
            ChangeHigh = null,
            RelativeChange = null,
            RelativeLow = null,
            RelativeHigh = null,
            CliffsDelta = null,
            PValue = null,
            AdjustedPValue = null,
            BlocksBefore = 0,
            Outcome = ComparisonOutcome.NotEnoughData,
            Severity = null,
            Reason = "no data before",
        };
        ExcludedTime excluded = new("shop", new TimeWindow(Samples.Start.AddDays(2.5), Samples.Start.AddDays(2.6)), "p99_latency_ms spike");
        return new RegressionReport(
            Samples.Week, new TimeWindow(Samples.Start.AddDays(-7), Samples.Start), TimeSpan.FromMinutes(1), "1", RegressionOptions.Default,
            [
                new DeploymentComparison(deployment, [deployment with { Evidence = "configuration" }], before, after, [excluded], 1.035, [slower, better], true, null),
                new DeploymentComparison(deployment with { Service = Samples.Hostile }, [], null, null, [], null, [], false, "less than 2 h of data before it"),
            ],
            [unknown], [new ExcludedTime(null, new TimeWindow(Samples.Start, Samples.Start.AddHours(1)), "missing data")], null, 2,
            new RegressionAssessment(
                OverallAssessment.MinorRegression, "the worst regression is medium: shop p99_latency_ms", true,
                [new RollbackRule("a regression that users feel followed the latest deployment", deployment, [slower])]));
    }

    [Fact]
    public async Task Render_AllOutcomes_MatchesGoldenAndSchema() =>
        await ReportAssert.IsGoldenAsync("regressions", () => [.. RegressionSummaryReport.Render(Sample()).Files, RegressionSummaryReport.Csv(Sample())]);

    [Fact]
    public async Task ChangePoints_Points_MatchGoldenAndSchema()
    {
        ChangePointReport report = new([new TimedChangePoint(120, "2026-01-05T02:00:00Z", 100, 250.5, 1e-12), new TimedChangePoint(300, "=HYPERLINK()", 250.5, 99, 0.004)]);
        await ReportAssert.IsGoldenAsync("changepoints", () => [ChangePointFile.Json(report), ChangePointFile.Csv(report), ChangePointFile.Markdown(report)]);
    }

    [Fact]
    public void Markdown_Improvement_IsNoRegression()
    {
        string text = ReportAssert.TextOf(RegressionSummaryReport.Markdown(Sample()));
        string regressions = text[text.IndexOf("## Regressions", StringComparison.Ordinal)..text.IndexOf("## Improvements", StringComparison.Ordinal)];
        Assert.DoesNotContain("error_rate", regressions, StringComparison.Ordinal);
    }
}
