using System.CommandLine;
using System.Text.Json.Nodes;
using Tars.Application.Schedules;
using Tars.Application.Stores;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Audit;
using Tars.Cli.Commands.Config;
using Tars.Cli.Commands.Store;
using Tars.Observability.TimeSeries;
using Tars.Storage.Schedules;

namespace Tars.Cli.Commands.Schedules;

/// <summary><c>tars schedules list</c>: what is planned, and how it went last.</summary>
internal static class SchedulesListCommand
{
    private static readonly Option<int?> Next = new("--next") { HelpName = "N", Description = "How many coming runs of each are shown; default 1" };
    private static readonly Option<string?> Format = EventFormat.Of("table", "json", "csv");

    public static Command Create() => StoreCommand.Verb(
        "list", "Lists the schedules of the configuration with their coming runs and their last one", [Next, Format], RunAsync, "tars schedules list", "tars schedules list --next 5 -o json");

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        int count = run.Value(Next) ?? 1;
        if (count is < 1 or > 100)
        {
            throw new UsageException($"{Next.Name}: between 1 and 100 are shown");
        }

        ScheduleAccess access = ScheduleAccess.Of(run);
        Dictionary<string, ScheduledRun> last = await LastAsync(run, access, cancellationToken).ConfigureAwait(false);
        (ScheduleSettings Schedule, IReadOnlyList<DateTimeOffset> Next, ScheduledRun? Last)[] rows =
            [.. access.Schedules.Select(schedule => (schedule, Coming(schedule, run.Time.GetUtcNow(), count), last.GetValueOrDefault(schedule.Name)))];
        switch (run.Value(Format))
        {
            case "json":
                ConfigFormat.WriteJson(run.Console, new JsonObject { ["schedules"] = new JsonArray([.. rows.Select(row => (JsonNode)Json(row.Schedule, row.Next, row.Last))]) });
                break;
            case "csv":
                ScheduleAccess.WriteCsv(
                    run.Console,
                    [
                        ["schedule", "task", "cron", "time_zone", "missed", "next", "last_planned", "last_outcome", "last_replica"],
                        .. rows.Select(row => (string?[])
                        [
                            row.Schedule.Name, row.Schedule.TaskName, row.Schedule.Cron, row.Schedule.TimeZone.Id, Word(row.Schedule.Missed), string.Join(' ', row.Next.Select(Instants.Format)),
                            row.Last is null ? null : Instants.Format(row.Last.Planned), row.Last is null ? null : ScheduleAccess.WordOf(row.Last.Outcome), row.Last?.Owner,
                        ]),
                    ]);
                break;
            default:
                WriteTable(run, rows);
                break;
        }

        return ExitCode.Ok;
    }

    private static void WriteTable(CommandRun run, (ScheduleSettings Schedule, IReadOnlyList<DateTimeOffset> Next, ScheduledRun? Last)[] rows)
    {
        if (rows.Length == 0)
        {
            run.Console.Say("the configuration has no schedules");
            run.Console.Note($"write for example {ScheduleAccess.Example}");
            return;
        }

        List<string[]> lines = [["schedule", "task", "cron", "time zone", "next run", "last run", "outcome"]];
        foreach ((ScheduleSettings schedule, IReadOnlyList<DateTimeOffset> next, ScheduledRun? last) in rows)
        {
            lines.Add(
            [
                schedule.Name, schedule.TaskName, schedule.Cron, schedule.TimeZone.Id, next.Count == 0 ? "never" : Instants.Format(next[0]),
                last is null ? "never" : Instants.Format(last.Planned), last is null ? "-" : ScheduleAccess.WordOf(last.Outcome),
            ]);
            lines.AddRange(next.Skip(1).Select(instant => (string[])[string.Empty, string.Empty, string.Empty, string.Empty, Instants.Format(instant), string.Empty, string.Empty]));
        }

        foreach (string line in ConfigFormat.Aligned(lines))
        {
            run.Console.Say(line);
        }
    }

    private static JsonObject Json(ScheduleSettings schedule, IReadOnlyList<DateTimeOffset> next, ScheduledRun? last) => new()
    {
        ["schedule"] = schedule.Name,
        ["task"] = schedule.TaskName,
        ["cron"] = schedule.Cron,
        ["time_zone"] = schedule.TimeZone.Id,
        ["missed"] = Word(schedule.Missed),
        ["next"] = ConfigFormat.List(next.Select(Instants.Format)),
        ["last"] = last is null ? null : ScheduleAccess.Json(last),
    };

    private static string Word(MissedPolicy policy) => policy == MissedPolicy.RunOnce ? "run_once" : policy.ToString().ToLowerInvariant();

    private static List<DateTimeOffset> Coming(ScheduleSettings schedule, DateTimeOffset now, int count)
    {
        PlannedTimes times = new(schedule);
        List<DateTimeOffset> coming = [];
        for (DateTimeOffset? next = times.After(now); next is { } instant && coming.Count < count; next = times.After(instant))
        {
            coming.Add(instant);
        }

        return coming;
    }

    private static async Task<Dictionary<string, ScheduledRun>> LastAsync(CommandRun run, ScheduleAccess access, CancellationToken cancellationToken)
    {
        Dictionary<string, ScheduledRun> last = new(StringComparer.Ordinal);
        if (!access.Store.IsThere || access.Schedules.Count == 0)
        {
            return last;
        }

        OpenedStore opened = await access.Store.OpenAsync(run, cancellationToken).ConfigureAwait(false);
        await using (opened.ConfigureAwait(false))
        {
            foreach (ScheduleSettings schedule in access.Schedules)
            {
                foreach (ScheduledRun newest in await opened.Rows.Schedules.ListAsync(new ScheduleFilter { Schedule = schedule.Name, Limit = 1 }, cancellationToken).ConfigureAwait(false))
                {
                    last[schedule.Name] = newest;
                }
            }
        }

        return last;
    }
}
