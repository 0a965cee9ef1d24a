using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Config;
using Tars.Compliance.Audit;
using Tars.Configuration.Scalars;
using Tars.Sealing.Logs;

namespace Tars.Cli.Commands.Audit;

/// <summary><c>tars audit stats</c>: how many events there are, of what kind, when, and when none came.</summary>
internal static class AuditStatsCommand
{
    private const string Heartbeat = "log.heartbeat";
    private static readonly TimeSpan DefaultGap = TimeSpan.FromHours(1);

    private static readonly Option<string?> Gap = CommonOptions.Text("--gap", "DURATION", "A silence longer than this is told (default 1h)");

    public static Command Create() => AuditOptions.Verb(
        "stats", "Counts the events of an audit log by type, outcome and day, and tells its silences", [.. EventFilter.Options, Gap, AuditOptions.Log, AuditOptions.Subjects, ConfigFormat.TableOrJson], RunAsync,
        "tars audit stats --log audit");

    private static Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        string log = AuditOptions.LogOf(run);
        TimeSpan gap = CommonOptions.Duration(Gap, run.Value(Gap)) ?? DefaultGap;
        AuditQuery query = new(log);
        using SubjectKeys? keys = AuditOptions.OpenSubjects(run, log);
        SortedDictionary<string, long> types = new(StringComparer.Ordinal), outcomes = new(StringComparer.Ordinal), days = new(StringComparer.Ordinal);
        List<(DateTimeOffset From, DateTimeOffset To)> silences = [];
        DateTimeOffset? first = null, last = null;
        long count = 0;
        foreach (AuditRecord record in query.Find(EventFilter.Of(run, new Persons(query, keys))))
        {
            cancellationToken.ThrowIfCancellationRequested();
            Add(types, record.Type);
            Add(outcomes, SealingOptions.NameOf(record.Outcome));
            Add(days, record.Timestamp.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
            if (last is { } before && record.Timestamp - before > gap)
            {
                silences.Add((before, record.Timestamp));
            }

            first ??= record.Timestamp;
            last = record.Timestamp;
            count++;
        }

        LogLayout layout = new(log);
        long bytes = layout.SegmentStarts().Sum(start => new FileInfo(layout.Segment(start)).Length);
        if (ConfigFormat.IsJson(run))
        {
            ConfigFormat.WriteJson(run.Console, new JsonObject
            {
                ["events"] = count,
                ["bytes"] = bytes,
                ["segments"] = layout.SegmentStarts().Count,
                ["first"] = first is { } from ? EventRows.Time(from) : null,
                ["last"] = last is { } to ? EventRows.Time(to) : null,
                ["types"] = Json(types),
                ["outcomes"] = Json(outcomes),
                ["days"] = Json(days),
                ["heartbeats"] = types.GetValueOrDefault(Heartbeat),
                ["gap_seconds"] = gap.TotalSeconds,
                ["silences"] = new JsonArray([.. silences.Select(silence => (JsonNode)new JsonObject
                {
                    ["from"] = EventRows.Time(silence.From),
                    ["to"] = EventRows.Time(silence.To),
                    ["seconds"] = (silence.To - silence.From).TotalSeconds,
                })]),
            });
            return Task.FromResult(ExitCode.Ok);
        }

        run.Console.Say(Invariant($"{count} events{(first is { } begin && last is { } end ? $", {EventRows.Time(begin)} to {EventRows.Time(end)}" : string.Empty)}; {bytes} bytes in {layout.SegmentStarts().Count} segments"));
        Table(run, "TYPE", types);
        Table(run, "OUTCOME", outcomes);
        Table(run, "DAY", days);
        run.Console.Say(string.Empty);
        run.Console.Say(Invariant($"{silences.Count} silences longer than {DurationText.Format(gap)}{(types.ContainsKey(Heartbeat) ? string.Empty : "; the log has no heartbeats, so a silence may be nothing but idleness")}"));
        foreach ((DateTimeOffset from, DateTimeOffset to) in silences)
        {
            run.Console.Say($"  {EventRows.Time(from)} to {EventRows.Time(to)}");
        }

        return Task.FromResult(ExitCode.Ok);
    }

    private static void Add(SortedDictionary<string, long> counts, string key) => counts[key] = counts.GetValueOrDefault(key) + 1;

    private static JsonObject Json(SortedDictionary<string, long> counts) => new(counts.Select(one => KeyValuePair.Create(one.Key, (JsonNode?)one.Value)));

    private static void Table(CommandRun run, string header, SortedDictionary<string, long> counts)
    {
        run.Console.Say(string.Empty);
        foreach (string line in ConfigFormat.Aligned([[header, "EVENTS"], .. counts.Select(one => (string[])[one.Key, one.Value.ToString(CultureInfo.InvariantCulture)])]))
        {
            run.Console.Say(line);
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
