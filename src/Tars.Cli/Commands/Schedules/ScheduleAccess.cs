using System.Globalization;
using System.Text.Json.Nodes;
using Tars.Application.Schedules;
using Tars.Application.Stores;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Store;
using Tars.Configuration.Schemas;
using Tars.Observability.TimeSeries;
using Tars.Storage.Schedules;

namespace Tars.Cli.Commands.Schedules;

/// <summary>The schedules of a configuration and the store that knows what they did.</summary>
/// <param name="Store">The store.</param>
/// <param name="Schedules">The schedules, in the order written.</param>
internal sealed record ScheduleAccess(StoreAccess Store, IReadOnlyList<ScheduleSettings> Schedules)
{
    /// <summary>How a schedule is written, for a configuration that has none.</summary>
    public const string Example = "schedules: { morning: { task: daily, cron: \"0 6 * * *\", time_zone: Europe/Berlin } }";

    /// <summary>Reads the configuration.</summary>
    public static ScheduleAccess Of(CommandRun run)
    {
        StoreAccess store = StoreAccess.Of(run);
        return new ScheduleAccess(store, ScheduleSettings.Of(store.Loaded));
    }

    /// <summary>Opens the store; an embedded one that is not there is made.</summary>
    public Task<OpenedStore> OpenAsync(CommandRun run, CancellationToken cancellationToken) => OpenedStore.OpenAsync(Store.Storage, run.Time, creates: true, cancellationToken);

    /// <summary>The schedule of that name.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    public ScheduleSettings Find(string name) => Schedules.FirstOrDefault(schedule => schedule.Name == name) ?? throw Unknown(name);

    /// <summary>That there is no schedule of that name, and what there is.</summary>
    public UsageException Unknown(string name)
    {
        string[] names = [.. Schedules.Select(schedule => schedule.Name)];
        return new UsageException(
            $"there is no schedule '{name}'",
            names.Length == 0 ? $"the configuration has none; write for example {Example}" : Nearest.Of(name, names) is { } near ? $"did you mean '{near}'?" : $"there are: {string.Join(", ", names)}");
    }

    /// <summary>The word of an outcome: <c>passed</c>; of a run that goes on <c>running</c>.</summary>
    public static string WordOf(ScheduledOutcome? outcome) => outcome is { } known ? known.ToString().ToLowerInvariant() : "running";

    /// <summary>The word of an origin: <c>planned</c>, <c>caught up</c>, <c>manual</c>.</summary>
    public static string WordOf(ScheduledOrigin origin) => origin == ScheduledOrigin.CaughtUp ? "caught up" : origin.ToString().ToLowerInvariant();

    /// <summary>A span in words: <c>1.2 s</c>, <c>3 min 5 s</c>.</summary>
    public static string Short(TimeSpan span) => span < TimeSpan.FromMinutes(1)
        ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.0} s")
        : string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalMinutes} min {span.Seconds} s");

    /// <summary>A run as JSON.</summary>
    public static JsonObject Json(ScheduledRun run) => new()
    {
        ["schedule"] = run.Schedule,
        ["planned"] = Instants.Format(run.Planned),
        ["origin"] = run.Origin == ScheduledOrigin.CaughtUp ? "caught_up" : WordOf(run.Origin),
        ["outcome"] = run.Outcome is { } outcome ? WordOf(outcome) : null,
        ["reason"] = run.Reason,
        ["replica"] = run.Owner,
        ["attempt"] = run.Attempt,
        ["started"] = Instants.Format(run.Started),
        ["ended"] = run.Ended is { } ended ? Instants.Format(ended) : null,
        ["duration_seconds"] = run.Ended is { } end && run.Outcome != ScheduledOutcome.Missed ? (end - run.Started).TotalSeconds : null,
        ["run_id"] = run.RunId?.ToString(),
    };

    /// <summary>Rows as CSV.</summary>
    public static void WriteCsv(TarsConsole console, IEnumerable<IEnumerable<string?>> rows)
    {
        foreach (IEnumerable<string?> row in rows)
        {
            console.Write(string.Join(',', row.Select(Cell)) + "\n");
        }
    }

    private static string Cell(string? text) => text is null ? string.Empty
        : text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
        : text;
}
