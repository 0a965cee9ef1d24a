using System.Text.Json;
using Tars.Application.Publishing.Contents;
using Tars.Observability.Anomalies;
using Tars.Observability.Health;
using Tars.Observability.Indicators;
using Tars.Observability.Kpis;
using Tars.Observability.Objectives;
using Tars.Observability.Regressions;
using Tars.Observability.Retrospectives;
using Tars.Observability.Stability;
using Tars.Observability.TimeSeries;
using Tars.Storage;
using Tars.Storage.Findings;
using Tars.Storage.Reports;
using Tars.Storage.Runs;
using Tars.TestKit;
using Xunit;

namespace Tars.Application.Tests.Publishing.Contents;

/// <summary>What is kept of an analysis is what the analysis says; and the database, which refuses rows that say two things, takes it.</summary>
public sealed class ContentTests
{
    private static AnalysisSettings Settings => EventfulWeek.Settings;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task KpiContent_EveryState_IsTheStateOfTheFigure()
    {
        KpiSummary summary = KpiSummary.Of(await EventfulWeek.CollectAsync(), Settings, EventfulWeek.Window);
        NewReport content = KpiContent.Of(summary, Settings);
        Assert.Equal("kpi", content.Kind);
        Assert.Equal(JudgementOutcome.Fail, content.Judgement!.Outcome);
        Assert.Equal(EventfulWeek.Window.To.AddTicks(-1).Date, content.Date.ToDateTime(TimeOnly.MinValue));
        Assert.IsType<Measurement.Measured>(Availability(content, "shop").Measurement);
        Assert.Contains("refused", Assert.IsType<Measurement.QueryFailed>(Availability(content, "pay").Measurement).Reason, StringComparison.Ordinal);
        Assert.IsType<Measurement.NoData>(Availability(content, "mail").Measurement);
        foreach (KpiScope scope in summary.Services)
        {
            foreach (KpiFigure figure in scope.Figures)
            {
                StoredFigure kept = Assert.Single(content.Figures, f => f.Service == scope.Service && f.Region is null && f.Metric == figure.Name);
                Assert.Equal(figure.Unit, kept.Unit);
                Assert.Equal(figure.Value, (kept.Measurement as Measurement.Measured)?.Value);
                Assert.Equal(figure.Figure is Figure.Measured ? figure.Figure.CoverageOrZero.Value : null, (kept.Measurement as Measurement.Measured)?.Coverage);
                Assert.Null(kept.Judgement);
            }
        }
    }

    [Fact]
    public async Task KpiContent_Objectives_AreJudgedAsTheReportDoes()
    {
        NewReport content = KpiContent.Of(KpiSummary.Of(await EventfulWeek.CollectAsync(), Settings, EventfulWeek.Window), Settings);
        StoredFigure[] objectives = [.. content.Figures.Where(figure => figure.Metric == KpiContent.ObjectiveMetric)];
        Assert.Equal(
            [("shop", JudgementOutcome.Fail), ("pay", JudgementOutcome.Inconclusive), ("mail", JudgementOutcome.Inconclusive)],
            objectives.Select(figure => (figure.Service!, figure.Judgement!.Outcome)));
        using JsonDocument labels = JsonDocument.Parse(objectives[0].Labels);
        Assert.Equal(0.999, labels.RootElement.GetProperty("threshold").GetDouble());
        NewFinding missed = Assert.Single(content.Findings, finding => finding.Kind == "objective_missed");
        Assert.Equal(("shop", FindingSeverity.Critical, (double?)null, (double?)null), (missed.Service, missed.Severity, missed.Effect, missed.PValue));
    }

    [Fact]
    public async Task DailyHealthContent_Findings_AreThoseOfTheReportWithItsWordsAndSeverities()
    {
        SeriesSet set = await EventfulWeek.CollectAsync();
        DailyHealth health = Daily(set, AnomalyReport.Of(set, Settings, AnomalyOptions.Default, EventfulWeek.Day).Events);
        NewReport content = DailyHealthContent.Of(health, Settings);
        Assert.Contains(health.Findings, finding => finding.Kind == FindingKind.Incident);
        Assert.Contains(health.Findings, finding => finding.Kind == FindingKind.Alert);
        Assert.Contains(health.Findings, finding => finding.Kind == FindingKind.Anomaly);
        Assert.Contains(health.Findings, finding => finding.Kind == FindingKind.BudgetBurn);
        Assert.Contains(health.Findings, finding => finding.Kind == FindingKind.Maintenance);
        Assert.Contains(health.Findings, finding => finding.Kind == FindingKind.NotMeasured);
        Assert.Equal(
            health.Findings.Select(finding => (finding.Text, finding.Severity)).Order(),
            content.Findings.Select(finding => (finding.Summary, finding.Severity switch { FindingSeverity.Critical => "critical", FindingSeverity.Medium => "warning", _ => "info" })).Order());
        Assert.Equal("shop", Assert.Single(content.Findings, finding => finding.Kind == "alert").Service);
        Assert.Equal(health.Date, content.Date);
    }

    [Fact]
    public async Task DailyHealthContent_NobodyLookedForAnomalies_IsSaid()
    {
        NewReport content = DailyHealthContent.Of(Daily(await EventfulWeek.CollectAsync(), null), Settings);
        Assert.Contains(content.Findings, finding => finding.Kind == "not_measured" && finding.Summary == "nobody looked for anomalies");
    }

    [Fact]
    public async Task AnomalyContent_CourseThatWasNotJudged_HasNoDataAndItsReason()
    {
        SeriesSet set = await EventfulWeek.CollectAsync();
        AnomalyReport report = AnomalyReport.Of(set, Settings, AnomalyOptions.Default, EventfulWeek.Day);
        NewReport content = AnomalyContent.Of(report, Settings);
        Assert.Null(content.Judgement);
        Assert.Equal(report.Events.Count, content.Findings.Count);
        Assert.All(content.Findings, finding => Assert.Null(finding.PValue)); // the report has a confidence, no p-value
        Assert.Equal(
            report.Courses.Select(course => course.NotJudged),
            content.Figures.Select(figure => (figure.Measurement as Measurement.NoData)?.Reason));
        Assert.Contains(report.Courses, course => course.NotJudged is not null);
        Assert.Contains(report.Courses, course => course.NotJudged is null);
    }

    [Fact]
    public async Task RegressionContent_Release_IsARegressionWithItsNumbers()
    {
        RegressionReport report = RegressionReport.Of(
            await EventfulWeek.CollectAsync(), Settings, RegressionOptions.Default with { CompareTo = new ComparisonBaseline.Previous() }, EventfulWeek.Window);
        NewReport content = RegressionContent.Of(report, Settings);
        MetricComparison memory = Assert.Single(report.Comparisons, comparison => comparison.Metric == IndicatorNames.Memory && comparison.Deployment is not null);
        NewFinding found = Assert.Single(content.Findings, finding => finding.Metric == IndicatorNames.Memory && finding.Kind == "regression");
        Assert.Equal((memory.Change, memory.PValue, memory.Multiple), (found.Effect, found.PValue, found.Score));
        Assert.Equal(memory.Severity.ToString(), found.Severity.ToString());
        Assert.Null(found.Ended);
        Assert.Contains(content.Findings, finding => finding.Kind == "not_compared" && finding is { Effect: null, PValue: null, Score: null });
        Assert.DoesNotContain(content.Findings, finding => finding.Kind == "no_relevant_change");
    }

    [Fact]
    public async Task StabilityContent_Drift_HasItsPercentAndTheRulesTheirAction()
    {
        SeriesSet set = await EventfulWeek.CollectAsync();
        Baseline baseline = Baseline.Of(KpiSummary.Of(set, Settings, new TimeWindow(EventfulWeek.All.From, EventfulWeek.Window.From)));
        StabilityReport report = StabilityReport.Of(set, Settings, EventfulWeek.Window, baseline);
        NewReport content = StabilityContent.Of(report, Settings);
        Drift drift = report.Drift.First(drift => drift.Effect == DriftEffect.Worse);
        Assert.Equal(drift.Change.Value, Assert.Single(content.Findings, f => f.Kind == "drift" && f.Service == (drift.Service ?? "(all)") && f.Metric == drift.Metric).Effect);
        Assert.Equal(report.Recommendation.Rules.Count, content.Findings.Count(finding => finding.Kind == "stability"));
        Assert.Equal(report.Days.Count, content.Figures.Count(figure => figure.Metric == "day_score"));
    }

    [Fact]
    public async Task RetrospectiveContent_WithoutMeasuredRecovery_DoesNotEnd()
    {
        Retrospective told = Retrospective.Of(await EventfulWeek.CollectAsync(), Settings, EventfulWeek.Window);
        NewReport content = RetrospectiveContent.Of(told, Settings);
        Assert.Equal(told.Incidents.Count, content.Findings.Count(finding => finding.Kind == "incident"));
        Assert.Equal(told.Degradations.Count, content.Findings.Count(finding => finding.Kind == "degradation"));
        Assert.NotEmpty(told.Degradations);
        foreach (Degradation degradation in told.Degradations)
        {
            NewFinding kept = Assert.Single(content.Findings, finding => finding.Summary.StartsWith(degradation.Id + ":", StringComparison.Ordinal));
            Assert.Equal(degradation.Recovery is Recovery.Recovered ? degradation.End : null, kept.Ended);
        }

        Assert.Equal(told.Recommendations.Select(followUp => $"{followUp.Priority}: {followUp.Text}"), content.Findings.Where(finding => finding.Kind == "recommendation").Select(finding => finding.Summary));
    }

    [Fact]
    public async Task EveryContent_InADatabase_IsReadBackAsItWas()
    {
        SeriesSet set = await EventfulWeek.CollectAsync();
        AnomalyReport anomalies = AnomalyReport.Of(set, Settings, AnomalyOptions.Default, EventfulWeek.Day);
        NewReport[] contents =
        [
            KpiContent.Of(KpiSummary.Of(set, Settings, EventfulWeek.Window), Settings),
            DailyHealthContent.Of(Daily(set, anomalies.Events), Settings),
            AnomalyContent.Of(anomalies, Settings),
            RegressionContent.Of(RegressionReport.Of(set, Settings, RegressionOptions.Default, EventfulWeek.Window), Settings),
            StabilityContent.Of(StabilityReport.Of(set, Settings, EventfulWeek.Window, null), Settings),
            RetrospectiveContent.Of(Retrospective.Of(set, Settings, EventfulWeek.Window), Settings),
        ];
        using TemporaryDirectory folder = new();
        await using Store store = await Store.OpenAsync(StoreAddress.Parse("sqlite:" + folder.Combine("store.db")), TimeProvider.System, null, Cancellation);
        Guid run = store.Runs.NewId();
        await store.Runs.IntendAsync(new RunIntent(run, "test"), Cancellation);
        IReadOnlyList<StoredReport> kept = await store.Reports.StoreAsync(run, contents, Cancellation);
        foreach ((NewReport content, StoredReport report) in contents.Zip(kept))
        {
            Assert.Equal(content.Figures, await store.Reports.FiguresAsync(report.Id, Cancellation));
            FindingPage page = await store.Findings.QueryAsync(new FindingFilter { ReportId = report.Id }, FindingOrder.OldestFirst, 1000, null, Cancellation);
            Assert.Equal(content.Findings.Count, page.Findings.Count);
            Assert.All(page.Findings, finding => Assert.Equal(content.Findings[finding.Ordinal].Summary, finding.Found.Summary));
        }

        Assert.Empty(await store.CheckAsync(Cancellation));
    }

    private static DailyHealth Daily(SeriesSet set, IReadOnlyList<AnomalyEvent>? anomalies) =>
        DailyHealth.Of(set, Settings, new CalendarDay(DateOnly.FromDateTime(EventfulWeek.Day.From.UtcDateTime), EventfulWeek.Day, true), anomalies);

    private static StoredFigure Availability(NewReport content, string service) =>
        Assert.Single(content.Figures, figure => figure.Service == service && figure.Region is null && figure.Metric == KpiNames.Availability);
}
