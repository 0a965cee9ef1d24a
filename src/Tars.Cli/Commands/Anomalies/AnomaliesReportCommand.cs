using System.CommandLine;
using Tars.Application.Publishing.Contents;
using Tars.Cli.CommandLine;
using Tars.Observability.Anomalies;
using Tars.Reports.Anomalies;

namespace Tars.Cli.Commands.Anomalies;

/// <summary><c>tars anomalies</c>: what was unusual, as events.</summary>
internal static class AnomaliesReportCommand
{
    /// <summary>How much before the window serves as history, where there is any: two weeks, so that a week has one to compare with.</summary>
    public static readonly TimeSpan History = TimeSpan.FromDays(14);

    public static Command Create() => TarsCommand.Noun(
        "anomalies",
        "What was unusual: events with start, peak, expected range and severity",
        [.. AnomalyFlags.All, FailOn.Anomalies.Option],
        RunAsync,
        ["tars anomalies --window 7d", "tars anomalies --capture captures/week --fail-on high", "tars anomalies detect --csv cpu.csv --scores scores.csv"],
        DetectCommand.Create());

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        AnomalyOptions options = AnomalyFlags.Of(run);
        if (await run.CollectAsync(TimeSpan.FromDays(7), History, cancellationToken).ConfigureAwait(false) is not { } collected)
        {
            return ExitCode.Ok;
        }

        run.Console.Progress("looking for anomalies");
        AnomalyReport report = AnomalyReport.Of(collected.Set, collected.Analysis, options, collected.Window);
        return await run.PublishAsync(OutcomeOf(report, FailOn.Anomalies.Of(run)), () => AnomalyContent.Of(report, collected.Analysis), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What a report says, for every output.</summary>
    public static Outcome OutcomeOf(AnomalyReport report, string failOn) => new(
        AnomalyEventsReport.Render(report),
        [Headline(report)],
        () => AnomalyEventsReport.Tables(report),
        () => AnomalyEventsReport.Json(report),
        () => AnomalyEventsReport.Markdown(report),
        () => AnomalyEventsReport.Csv(report),
        CodeOf(report, failOn));

    private static string Headline(AnomalyReport report)
    {
        int harmful = report.Events.Count(found => found.IsHarmful);
        int judged = report.Courses.Count(course => course.NotJudged is null);
        return $"{report.Events.Count} {(report.Events.Count == 1 ? "event" : "events")} ({harmful} harmful) in {report.Window}; {judged} of {report.Courses.Count} courses could be judged";
    }

    private static int CodeOf(AnomalyReport report, string failOn)
    {
        if (failOn == "none")
        {
            return ExitCode.Ok;
        }

        AnomalySeverity least = Enum.Parse<AnomalySeverity>(failOn, ignoreCase: true);
        return report.Events.Any(found => found.IsHarmful && !found.InMaintenance && found.Severity >= least) ? ExitCode.Negative
            : report.Courses.All(course => course.NotJudged is not null) ? ExitCode.Inconclusive
            : ExitCode.Ok;
    }
}
