using System.CommandLine;
using System.Globalization;
using Tars.Application.Collecting;
using Tars.Application.Publishing.Contents;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Anomalies;
using Tars.Observability.Anomalies;
using Tars.Observability.Health;
using Tars.Observability.TimeSeries;
using Tars.Reports.Health;

namespace Tars.Cli.Commands.Daily;

/// <summary><c>tars daily</c>: how a day was.</summary>
internal static class DailyReportCommand
{
    private static readonly Option<string?> Date = CommonOptions.Text("--date", "DATE", "The day, for example 2026-01-13 or yesterday (the default: the last whole day)");

    private static readonly Option<int?> Number = new("--day") { HelpName = "N", Description = "Number of the day in the file names (default 1)" };

    public static Command Create() => TarsCommand.Noun(
        "daily",
        "How a day was: score, findings, budgets, first steps",
        [Date, Number, FailOn.Daily.Option],
        RunAsync,
        ["tars daily", "tars daily --date 2026-01-13 --capture captures/week", "tars daily --fail-on degraded --quiet"]);

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        int number = run.Value(Number) ?? 1;
        if (number is < 1 or > 9999)
        {
            throw new UsageException("--day: the number of a day is between 1 and 9999");
        }

        if (run.Window() != WindowRequest.Unspecified)
        {
            throw new UsageException("a day is chosen with --date; --from, --to and --window do not apply", "write for example --date 2026-01-13");
        }

        using SeriesReading reading = await run.OpenAsync(cancellationToken).ConfigureAwait(false);
        CalendarDay day = DayOf(run, reading);
        if (await run.CollectAsync(reading, day.Window, AnomaliesReportCommand.History, cancellationToken).ConfigureAwait(false) is not { } collected)
        {
            return ExitCode.Ok;
        }

        run.Console.Progress("looking for anomalies");
        AnomalyReport anomalies = AnomalyReport.Of(collected.Set, collected.Analysis, AnomalyOptions.Default, day.Window);
        DailyHealth health = DailyHealth.Of(collected.Set, collected.Analysis, day, anomalies.Events);
        return await run.PublishAsync(OutcomeOf(health, number, FailOn.Daily.Of(run)), () => DailyHealthContent.Of(health, collected.Analysis), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What a report says, for every output.</summary>
    public static Outcome OutcomeOf(DailyHealth health, int number, string failOn) => new(
        DailyHealthReport.Render(health, number),
        [string.Create(CultureInfo.InvariantCulture, $"{Word(health.Status)}: {health.Date:yyyy-MM-dd}, score {(health.Score.Value is { } score ? score.ToString("0.0", CultureInfo.InvariantCulture) : "not known")} of 100")],
        () => DailyHealthReport.Tables(health),
        () => DailyHealthReport.Json(health, number),
        () => DailyHealthReport.Markdown(health, number),
        () => DailyHealthReport.Csv(health, number),
        CodeOf(health.Status, failOn));

    private static int CodeOf(HealthStatus status, string failOn) => (status, failOn) switch
    {
        (_, "none") => ExitCode.Ok,
        (HealthStatus.Critical, _) or (HealthStatus.Degraded, "degraded") => ExitCode.Negative,
        (HealthStatus.Inconclusive, _) => ExitCode.Inconclusive,
        _ => ExitCode.Ok,
    };

    private static string Word(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => "healthy",
        HealthStatus.Degraded => "degraded",
        HealthStatus.Critical => "critical",
        _ => "inconclusive",
    };

    private static CalendarDay DayOf(CommandRun run, SeriesReading reading)
    {
        TimeZoneInfo zone = run.Settings.Observability.TimeZone;
        string? text = run.Value(Date);
        if (text is null or "yesterday")
        {
            TimeWindow latest = reading.Resolve(WindowRequest.Unspecified with { Length = reading.Step }, reading.Step);
            DateOnly today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(latest.To, zone).DateTime);
            return Day(today.AddDays(-1), zone, reading);
        }

        return DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date)
            ? Day(date, zone, reading)
            : throw new UsageException($"--date: '{text}' is no day; write for example 2026-01-13, or yesterday");
    }

    private static CalendarDay Day(DateOnly date, TimeZoneInfo zone, SeriesReading reading)
    {
        TimeWindow whole = CalendarDay.WindowOf(date, zone);
        return new CalendarDay(date, reading.Resolve(new WindowRequest(whole.From, whole.To, null), whole.Duration), IsWhole: true);
    }
}
