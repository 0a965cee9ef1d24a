using Tars.Cli.CommandLine;
using Tars.Observability.Anomalies;
using Tars.Observability.Health;
using Tars.Observability.Indicators;
using Tars.Observability.Kpis;
using Tars.Observability.Regressions;
using Tars.Observability.Retrospectives;
using Tars.Observability.Stability;
using Tars.Observability.TimeSeries;
using Tars.Reports;
using Tars.Reports.Anomalies;
using Tars.Reports.Health;
using Tars.Reports.Kpis;
using Tars.Reports.Regressions;
using Tars.Reports.Retrospectives;
using Tars.Reports.Stability;

namespace Tars.Cli.Commands.Demo;

/// <summary>The whole chain on one set of series: the same calls as those of the commands.</summary>
internal sealed record DemoAnalyses(
    KpiSummary Baseline,
    KpiSummary Week,
    StabilityReport Stability,
    IReadOnlyList<DailyHealth> Days,
    Retrospective Retrospective)
{
    /// <summary>What changed, with the spans left out that the retrospective knows to be unusual.</summary>
    public RegressionReport Changes => Retrospective.Changes;

    /// <summary>What was unusual.</summary>
    public AnomalyReport Anomalies => Retrospective.Anomalies;

    /// <summary>Runs it.</summary>
    /// <param name="collected">The week, and the week before it as history.</param>
    /// <param name="progress">Receives what is done.</param>
    public static async Task<DemoAnalyses> RunAsync(Collected collected, Action<string> progress)
    {
        progress("key figures, anomalies, regressions, retrospective");
        Task<Retrospective> looking = Task.Run(() => Retrospective.Of(collected.Set, collected.Analysis, collected.Window));
        KpiSummary baseline = KpiSummary.Of(collected.Set, collected.Analysis, new TimeWindow(collected.Set.Window.From, collected.Window.From));
        KpiSummary week = KpiSummary.Of(collected.Set, collected.Analysis, collected.Window);
        StabilityReport stability = StabilityReport.Of(collected.Set, collected.Analysis, collected.Window, Observability.Stability.Baseline.Of(baseline));
        Retrospective retrospective = await looking.ConfigureAwait(false);
        progress("days");
        DailyHealth[] days =
        [
            .. collected.Window.Days(collected.Analysis.TimeZone).AsParallel().AsOrdered().Select(day => DailyHealth.Of(collected.Set, collected.Analysis, day, retrospective.Anomalies.Events)),
        ];
        return new DemoAnalyses(baseline, week, stability, days, retrospective);
    }

    /// <summary>Every report with its folder.</summary>
    /// <param name="set">The series, for the charts.</param>
    public IEnumerable<(string Folder, Report Report)> Reports(SeriesSet set)
    {
        yield return ("baseline", KpiReport.Render(Baseline, []));
        yield return ("reports", KpiReport.Render(Week, []));
        yield return ("reports", WeeklyReport.Render(Stability));
        yield return ("reports", AnomalyEventsReport.Render(Anomalies));
        for (int i = 0; i < Days.Count; i++)
        {
            yield return ("reports", DailyHealthReport.Render(Days[i], i + 1));
        }

        yield return ("reports", RegressionSummaryReport.Render(Changes));
        yield return ("reports", RetrospectiveReport.Render(Retrospective, set));
    }
}
