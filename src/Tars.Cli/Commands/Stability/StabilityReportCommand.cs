using System.CommandLine;
using System.Globalization;
using Tars.Application.Collecting;
using Tars.Application.Publishing.Contents;
using Tars.Cli.CommandLine;
using Tars.Observability.Stability;
using Tars.Observability.TimeSeries;
using Tars.Reports.Baselines;
using Tars.Reports.Stability;

namespace Tars.Cli.Commands.Stability;

/// <summary><c>tars stability</c>: day by day and all together, against a baseline.</summary>
internal static class StabilityReportCommand
{
    private static readonly Option<int?> Days = new("--days") { HelpName = "N", Description = "Whole days before the end of the window, in place of --window" };

    private static readonly Option<string?> BaselinePath = CommonOptions.Text("--baseline", "FILE", "A ga_kpi_summary.json to compare with");

    public static Command Create() => TarsCommand.Noun(
        "stability",
        "Day by day: drift from a baseline, trends, and whether to hold, watch or roll back",
        [Days, BaselinePath, FailOn.Stability.Option],
        RunAsync,
        ["tars stability --days 7 --baseline output/ga_kpi_summary.json", "tars stability --capture captures/week -o markdown"]);

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        BaselineReading? baseline = run.Value(BaselinePath) is { } path ? await BaselineFile.ReadAsync(path, cancellationToken).ConfigureAwait(false) : null;
        foreach (string warning in baseline?.Warnings ?? [])
        {
            run.Console.Warn($"--baseline: {warning}");
        }

        using SeriesReading reading = await run.OpenAsync(cancellationToken).ConfigureAwait(false);
        TimeWindow window = WindowOf(run, reading);
        if (await run.CollectAsync(reading, window, TimeSpan.Zero, cancellationToken).ConfigureAwait(false) is not { } collected)
        {
            return ExitCode.Ok;
        }

        StabilityReport report = StabilityReport.Of(collected.Set, collected.Analysis, window, baseline?.Baseline);
        return await run.PublishAsync(OutcomeOf(report, FailOn.Stability.Of(run)), () => StabilityContent.Of(report, collected.Analysis), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What a report says, for every output.</summary>
    public static Outcome OutcomeOf(StabilityReport report, string failOn) => new(
        WeeklyReport.Render(report),
        [$"{Word(report.Recommendation.Action)}: {report.Window}", .. report.Recommendation.Rules.Take(5).Select(rule => $"  {rule.Rule}: {rule.Reason}")],
        () => WeeklyReport.Tables(report),
        () => WeeklyReport.Json(report),
        () => WeeklyReport.Markdown(report),
        () => WeeklyReport.Csv(report),
        CodeOf(report.Recommendation.Action, failOn));

    private static int CodeOf(StabilityAction action, string failOn) => (action, failOn) switch
    {
        (_, "none") => ExitCode.Ok,
        (StabilityAction.RollBack, _) or (StabilityAction.Watch, "watch") => ExitCode.Negative,
        (StabilityAction.Inconclusive, _) => ExitCode.Inconclusive,
        _ => ExitCode.Ok,
    };

    private static string Word(StabilityAction action) => action switch
    {
        StabilityAction.Hold => "hold",
        StabilityAction.Watch => "watch",
        StabilityAction.RollBack => "roll back",
        _ => "inconclusive",
    };

    /// <summary>The asked window; with <c>--days</c> that many whole calendar days up to its end.</summary>
    private static TimeWindow WindowOf(CommandRun run, SeriesReading reading)
    {
        if (run.Value(Days) is not { } days)
        {
            return reading.Resolve(run.Window(), TimeSpan.FromDays(7));
        }

        if (days is < 1 or > 366 || run.Value(CommonOptions.Window) is not null || run.Value(CommonOptions.From) is not null)
        {
            throw new UsageException(
                string.Create(CultureInfo.InvariantCulture, $"--days: {days} is not between 1 and 366, or --window or --from is given besides"), "write --days 7, with --to at most");
        }

        WindowRequest request = run.Window();
        TimeWindow latest = reading.Resolve(request with { Length = TimeSpan.FromDays(1) }, TimeSpan.FromDays(1));
        TimeZoneInfo zone = run.Settings.Observability.TimeZone;
        DateOnly end = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(latest.To, zone).DateTime);
        return reading.Resolve(
            new WindowRequest(CalendarDay.WindowOf(end.AddDays(-days), zone).From, CalendarDay.WindowOf(end, zone).From, null), TimeSpan.FromDays(days));
    }
}
