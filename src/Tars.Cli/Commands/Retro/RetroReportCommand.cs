using System.CommandLine;
using Tars.Application.Collecting;
using Tars.Application.Publishing.Contents;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Regressions;
using Tars.Observability.Retrospectives;
using Tars.Observability.TimeSeries;
using Tars.Reports.Retrospectives;

namespace Tars.Cli.Commands.Retro;

/// <summary><c>tars retro</c>: a period told once.</summary>
internal static class RetroReportCommand
{
    public static Command Create() => TarsCommand.Noun(
        "retro",
        "A period told once: what went well, what did not, what changed, what to do; as Markdown, JSON and a page",
        [FailOn.Retro.Option],
        RunAsync,
        ["tars retro --window 7d", "tars retro --capture captures/fortnight --window 7d --output reports", "tars retro --window 7d --fail-on budget"]);

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        using SeriesReading reading = await run.OpenAsync(cancellationToken).ConfigureAwait(false);
        TimeWindow window = reading.Resolve(run.Window(), TimeSpan.FromDays(7));
        if (await run.CollectAsync(reading, window, RegressionsReportCommand.HistoryFor(window), cancellationToken).ConfigureAwait(false) is not { } collected)
        {
            return ExitCode.Ok;
        }

        run.Console.Progress("looking back");
        Retrospective retrospective = Retrospective.Of(collected.Set, collected.Analysis, window);
        return await run.PublishAsync(OutcomeOf(retrospective, collected, FailOn.Retro.Of(run)), () => RetrospectiveContent.Of(retrospective, collected.Analysis), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What a retrospective says, for every output.</summary>
    public static Outcome OutcomeOf(Retrospective retrospective, Collected collected, string failOn) => new(
        RetrospectiveReport.Render(retrospective, collected.Set),
        [$"{Word(retrospective.Summary.Status)}: {retrospective.Window}", .. retrospective.Summary.Sentences.Select(sentence => $"  {sentence}")],
        () => RetrospectiveReport.Tables(retrospective),
        () => RetrospectiveReport.Json(retrospective),
        () => RetrospectiveReport.Markdown(retrospective),
        () => RetrospectiveReport.Csv(retrospective),
        CodeOf(retrospective, collected.Analysis.CoverageMinimum, failOn));

    private static int CodeOf(Retrospective retrospective, Ratio coverageMinimum, string failOn)
    {
        Verdict budgets = Verdict.All([.. retrospective.Budgets.Select(story => story.Budget.Judge(coverageMinimum))]);
        bool missed = retrospective.Kpis.Certification.Objectives.Any(result => result.Verdict is Verdict.Fail);
        bool degraded = retrospective.Degradations.Count + retrospective.Incidents.Count + retrospective.Regressions.Count > 0;
        bool inconclusive = budgets is Verdict.Inconclusive || retrospective.Summary.Status == RetrospectiveStatus.Inconclusive;
        return failOn switch
        {
            "none" => ExitCode.Ok,
            "budget" when budgets is Verdict.Fail => ExitCode.Negative,
            "degradation" when budgets is Verdict.Fail || missed || degraded => ExitCode.Negative,
            _ => inconclusive ? ExitCode.Inconclusive : ExitCode.Ok,
        };
    }

    private static string Word(RetrospectiveStatus status) => status switch
    {
        RetrospectiveStatus.Good => "good",
        RetrospectiveStatus.NeedsAttention => "needs attention",
        RetrospectiveStatus.Critical => "critical",
        _ => "inconclusive",
    };
}
