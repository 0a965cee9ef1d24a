using Tars.Cli.CommandLine;
using Tars.Observability.Anomalies;
using Tars.Observability.Health;
using Tars.Observability.Kpis;
using Tars.Observability.Regressions;
using Tars.Observability.Stability;
using Tars.Observability.TimeSeries;
using Tars.Reports;
using Tars.Reports.Anomalies;
using Tars.Reports.Health;
using Tars.Reports.Kpis;
using Tars.Reports.Regressions;
using Tars.Reports.Stability;

namespace Tars.Cli.Commands.Demo;

/// <summary>The whole chain on one set of series: the same calls as those of the commands.</summary>
internal sealed record DemoAnalyses(
    KpiSummary Baseline,
    KpiSummary Week,
    StabilityReport Stability,
    AnomalyReport Anomalies,
    IReadOnlyList<DailyHealth> Days,
    RegressionReport Changes)
{
    /// <summary>Runs it.</summary>
    /// <param name="collected">The week, and the week before it as history.</param>
    /// <param name="progress">Receives what is done.</param>
    public static DemoAnalyses Of(Collected collected, Action<string> progress)
    {
        progress("key figures");
        KpiSummary baseline = KpiSummary.Of(collected.Set, collected.Analysis, new TimeWindow(collected.Set.Window.From, collected.Window.From));
        KpiSummary week = KpiSummary.Of(collected.Set, collected.Analysis, collected.Window);
        progress("stability");
        StabilityReport stability = StabilityReport.Of(collected.Set, collected.Analysis, collected.Window, Observability.Stability.Baseline.Of(baseline));
        progress("anomalies");
        AnomalyReport anomalies = AnomalyReport.Of(collected.Set, collected.Analysis, AnomalyOptions.Default, collected.Window);
        progress("days");
        DailyHealth[] days =
        [
            .. collected.Window.Days(collected.Analysis.TimeZone).Select(day => DailyHealth.Of(collected.Set, collected.Analysis, day, anomalies.Events)),
        ];
        progress("regressions");
        RegressionReport changes = RegressionReport.Of(collected.Set, collected.Analysis, RegressionOptions.Default, collected.Window);
        return new DemoAnalyses(baseline, week, stability, anomalies, days, changes);
    }

    /// <summary>Every report with its folder.</summary>
    public IEnumerable<(string Folder, Report Report)> Reports()
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
    }
}
