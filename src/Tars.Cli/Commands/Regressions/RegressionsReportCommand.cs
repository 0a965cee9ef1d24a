using System.CommandLine;
using Tars.Application.Collecting;
using Tars.Application.Publishing.Contents;
using Tars.Cli.CommandLine;
using Tars.Observability.Regressions;
using Tars.Observability.TimeSeries;
using Tars.Reports.Regressions;

namespace Tars.Cli.Commands.Regressions;

/// <summary><c>tars regressions</c>: what changed, and with which deployment.</summary>
internal static class RegressionsReportCommand
{
    private static readonly Option<string?> CompareTo = CommonOptions.Text(
        "--compare-to", "PERIOD", "Also compares the whole window: with 'previous' (as long, just before) or a start time (as long, from there)");

    public static Command Create() => TarsCommand.Noun(
        "regressions",
        "What changed, for each deployment and between periods, with intervals and false-discovery control",
        [CompareTo, FailOn.Regressions.Option],
        RunAsync,
        ["tars regressions --window 7d", "tars regressions --window 7d --compare-to previous --fail-on medium", "tars regressions changepoints --csv cpu.csv -o json"],
        ChangePointsCommand.Create());

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        using SeriesReading reading = await run.OpenAsync(cancellationToken).ConfigureAwait(false);
        TimeWindow window = reading.Resolve(run.Window(), TimeSpan.FromDays(7));
        ComparisonBaseline baseline = BaselineOf(run, window);
        TimeSpan history = baseline is ComparisonBaseline.Fixed { Window.From: { } from } && window.From - from > HistoryFor(window) ? window.From - from : HistoryFor(window);
        if (await run.CollectAsync(reading, window, history, cancellationToken).ConfigureAwait(false) is not { } collected)
        {
            return ExitCode.Ok;
        }

        RegressionReport report = RegressionReport.Of(collected.Set, collected.Analysis, RegressionOptions.Default with { CompareTo = baseline }, window);
        return await run.PublishAsync(OutcomeOf(report, FailOn.Regressions.Of(run)), () => RegressionContent.Of(report, collected.Analysis), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What is read before a window: as much again, at least a week, so that the rhythm of a week is known.</summary>
    public static TimeSpan HistoryFor(TimeWindow window) => window.Duration > TimeSpan.FromDays(7) ? window.Duration : TimeSpan.FromDays(7);

    /// <summary>What a report says, for every output.</summary>
    public static Outcome OutcomeOf(RegressionReport report, string failOn)
    {
        int regressions = report.Regressions.Count;
        int improvements = report.Comparisons.Count(comparison => comparison.Outcome == ComparisonOutcome.Improvement);
        return new Outcome(
            RegressionSummaryReport.Render(report),
            [$"{Count(regressions, "regression")} and {Count(improvements, "improvement")} in {report.Window}; {Count(report.Deployments.Count, "deployment")}, {Count(report.TestCount, "comparison")}"],
            () => RegressionSummaryReport.Tables(report),
            () => RegressionSummaryReport.Json(report),
            () => RegressionSummaryReport.Markdown(report),
            () => RegressionSummaryReport.Csv(report),
            CodeOf(report, failOn));
    }

    private static int CodeOf(RegressionReport report, string failOn)
    {
        if (failOn == "none")
        {
            return ExitCode.Ok;
        }

        RegressionSeverity least = Enum.Parse<RegressionSeverity>(failOn, ignoreCase: true);
        return report.Regressions.Any(regression => regression.Severity >= least) ? ExitCode.Negative
            : report.Comparisons.Any() && report.Comparisons.All(comparison => comparison.Outcome == ComparisonOutcome.NotEnoughData) ? ExitCode.Inconclusive
            : ExitCode.Ok;
    }

    private static string Count(int count, string noun) => $"{count} {noun}{(count == 1 ? string.Empty : "s")}";

    private static ComparisonBaseline BaselineOf(CommandRun run, TimeWindow window)
    {
        switch (run.Value(CompareTo))
        {
            case null:
                return new ComparisonBaseline.None();
            case "previous":
                return new ComparisonBaseline.Previous();
            case { } text:
                DateTimeOffset from = CommonOptions.Instant(CompareTo, text, run.Settings.Observability.TimeZone)!.Value;
                return from + window.Duration <= window.From
                    ? new ComparisonBaseline.Fixed(new TimeWindow(from, from + window.Duration))
                    : throw new UsageException($"--compare-to: a period of {window.Duration} from {Instants.Format(from)} overlaps the window", "choose an earlier start");
        }
    }
}
