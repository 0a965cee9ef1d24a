using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Tars.Application.Stores;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Audit;
using Tars.Cli.Commands.Config;
using Tars.Cli.Commands.Store;
using Tars.Observability.TimeSeries;
using Tars.Storage.Schedules;

namespace Tars.Cli.Commands.Schedules;

/// <summary><c>tars schedules history</c>: what ran, how it went, and where.</summary>
internal static class SchedulesHistoryCommand
{
    private const int DefaultLimit = 50;
    private const int LargestLimit = 10_000;

    private static readonly Argument<string?> Name = new("NAME") { Description = "The schedule; without it all", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string?> Outcome = CommonOptions.Text("--outcome", "OUTCOME", "Only these: passed, negative, inconclusive, published, failed, missed or lost");
    private static readonly Option<string?> Replica = CommonOptions.Text("--replica", "NAME", "Only those of this replica");
    private static readonly Option<string?> From = CommonOptions.Text("--from", "TIME", "Planned at this time or later");
    private static readonly Option<string?> To = CommonOptions.Text("--to", "TIME", "Planned before this time");
    private static readonly Option<int?> Limit = new("--limit") { HelpName = "N", Description = "At most so many; default 50" };
    private static readonly Option<string?> Format = EventFormat.Of("table", "json", "csv");

    public static Command Create()
    {
        TarsCommand history = StoreCommand.Verb(
            "history", "Lists runs of schedules, the one planned last first", [Outcome, Replica, From, To, Limit, Format], RunAsync,
            "tars schedules history", "tars schedules history morning --outcome failed --from 2026-01-01 -o csv");
        history.Arguments.Add(Name);
        return history;
    }

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        ScheduleAccess access = ScheduleAccess.Of(run);
        ScheduleFilter filter = FilterOf(run, TimeZoneInfo.FindSystemTimeZoneById(access.Store.Loaded.Section("observability").Text("time_zone")));
        IReadOnlyList<ScheduledRun> runs = access.Store.IsThere ? await ReadAsync(run, access, filter, cancellationToken).ConfigureAwait(false) : [];
        if (runs.Count == 0 && filter.Schedule is { } name && access.Schedules.All(schedule => schedule.Name != name))
        {
            throw access.Unknown(name);
        }

        switch (run.Value(Format))
        {
            case "json":
                ConfigFormat.WriteJson(run.Console, new JsonObject { ["runs"] = new JsonArray([.. runs.Select(one => (JsonNode)ScheduleAccess.Json(one))]) });
                break;
            case "csv":
                ScheduleAccess.WriteCsv(run.Console, [["schedule", "planned", "origin", "outcome", "reason", "replica", "attempt", "started", "ended", "duration_seconds", "run_id"], .. runs.Select(Cells)]);
                break;
            default:
                WriteTable(run, runs, filter.Limit);
                break;
        }

        return ExitCode.Ok;
    }

    private static ScheduleFilter FilterOf(CommandRun run, TimeZoneInfo zone)
    {
        int limit = run.Value(Limit) ?? DefaultLimit;
        if (limit is < 1 or > LargestLimit)
        {
            throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"{Limit.Name}: between 1 and {LargestLimit} are listed"));
        }

        ScheduledOutcome? outcome = run.Value(Outcome) switch
        {
            null => null,
            { } word when Enum.TryParse(word, ignoreCase: true, out ScheduledOutcome known) && char.IsAsciiLetter(word[0]) => known,
            { } word => throw new UsageException($"{Outcome.Name}: '{word}' is no outcome; write passed, negative, inconclusive, published, failed, missed or lost"),
        };
        return new ScheduleFilter
        {
            Schedule = run.Value(Name),
            Outcome = outcome,
            Owner = run.Value(Replica),
            From = CommonOptions.Instant(From, run.Value(From), zone),
            To = CommonOptions.Instant(To, run.Value(To), zone),
            Limit = limit,
        };
    }

    private static async Task<IReadOnlyList<ScheduledRun>> ReadAsync(CommandRun run, ScheduleAccess access, ScheduleFilter filter, CancellationToken cancellationToken)
    {
        OpenedStore opened = await access.Store.OpenAsync(run, cancellationToken).ConfigureAwait(false);
        await using (opened.ConfigureAwait(false))
        {
            return await opened.Rows.Schedules.ListAsync(filter, cancellationToken).ConfigureAwait(false);
        }
    }

    private static void WriteTable(CommandRun run, IReadOnlyList<ScheduledRun> runs, int limit)
    {
        if (runs.Count == 0)
        {
            run.Console.Say("no run fits");
            return;
        }

        List<string[]> rows = [["planned", "schedule", "origin", "outcome", "took", "replica", "reason"]];
        rows.AddRange(runs.Select(one => new[]
        {
            Instants.Format(one.Planned), one.Schedule, one.Attempt > 1 ? $"{ScheduleAccess.WordOf(one.Origin)}, again" : ScheduleAccess.WordOf(one.Origin), ScheduleAccess.WordOf(one.Outcome),
            one.Ended is { } ended && one.Outcome != ScheduledOutcome.Missed ? ScheduleAccess.Short(ended - one.Started) : "-", one.Owner, one.Reason ?? string.Empty,
        }));
        foreach (string line in ConfigFormat.Aligned(rows))
        {
            run.Console.Say(line);
        }

        if (runs.Count == limit)
        {
            run.Console.Note(string.Create(CultureInfo.InvariantCulture, $"the newest {limit}; more with {Limit.Name}"));
        }
    }

    private static IEnumerable<string?> Cells(ScheduledRun one)
    {
        JsonObject json = ScheduleAccess.Json(one);
        return json.Select(member => member.Value is null ? null : member.Value.GetValueKind() == System.Text.Json.JsonValueKind.String ? (string?)member.Value : member.Value.ToJsonString());
    }
}
