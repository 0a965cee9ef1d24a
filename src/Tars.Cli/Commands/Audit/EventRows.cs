using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tars.Compliance.Audit;

namespace Tars.Cli.Commands.Audit;

/// <summary>Events as rows, as JSON and as CSV.</summary>
internal static class EventRows
{
    private static readonly string[] Columns =
        ["sequence", "event_id", "timestamp", "event_type", "outcome", "actor", "actor_from", "role", "resource", "standard", "control", "run_id", "request_id", "data", "hash"];

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The header of the table.</summary>
    public static string[] Header { get; } = ["SEQUENCE", "TIME", "TYPE", "OUTCOME", "ACTOR", "RESOURCE", "EVENT"];

    /// <summary>The header of the CSV.</summary>
    public static string CsvHeader { get; } = string.Join(',', Columns);

    /// <summary>A row of the table.</summary>
    public static string[] Row(AuditRecord record, Persons persons) =>
        [record.Sequence.ToString(CultureInfo.InvariantCulture), Time(record.Timestamp), record.Type, Outcome(record), Shown(persons.Of(record) is (var name, { } from) ? $"{name} ({from})" : persons.Of(record).Name), Shown(record.Resource), record.EventId.ToString()];

    /// <summary>The line's members, with the actor revealed as far as may be.</summary>
    public static JsonObject Json(AuditRecord record, Persons persons)
    {
        (string name, string? from) = persons.Of(record);
        return new JsonObject
        {
            ["sequence"] = record.Sequence,
            ["event_id"] = record.EventId.ToString(),
            ["timestamp"] = Time(record.Timestamp),
            ["event_type"] = record.Type,
            ["outcome"] = Outcome(record),
            ["actor"] = name.Length > 0 ? name : null,
            ["actor_from"] = from,
            ["subject"] = record.Person?.Subject,
            ["role"] = record.Role,
            ["resource"] = record.Resource,
            ["standard"] = record.Standard,
            ["control"] = record.Control,
            ["run_id"] = record.RunId,
            ["request_id"] = record.RequestId,
            ["data"] = record.Data?.DeepClone(),
            ["current_hash"] = $"sha256:{record.Hash}",
        };
    }

    /// <summary>The same on one line.</summary>
    public static string JsonLine(AuditRecord record, Persons persons) => Json(record, persons).ToJsonString(Plain);

    /// <summary>The line as it stands in the log.</summary>
    public static string AsWritten(AuditRecord record) => Encoding.UTF8.GetString(record.Line.Span);

    /// <summary>A row of the CSV.</summary>
    public static string Csv(AuditRecord record, Persons persons)
    {
        (string name, string? from) = persons.Of(record);
        string?[] cells =
        [
            record.Sequence.ToString(CultureInfo.InvariantCulture), record.EventId.ToString(), Time(record.Timestamp), record.Type, Outcome(record), name, from, record.Role,
            record.Resource, record.Standard, record.Control, record.RunId, record.RequestId, record.Data?.ToJsonString(Plain), $"sha256:{record.Hash}",
        ];
        return string.Join(',', cells.Select(Cell));
    }

    /// <summary>A time with its microseconds.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    private static string Outcome(AuditRecord record) => record.Outcome.ToString().ToLowerInvariant();

    // An event's text is anybody's: it must not steer the terminal that shows it.
    private static string Shown(string? text) => string.Concat((text ?? string.Empty).Select(c => char.IsControl(c) ? '\uFFFD' : c));

    // What a spreadsheet would take for a formula gets an apostrophe before it, as in reports.
    private static string Cell(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return string.Empty;
        }

        string safe = text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' ? "'" + text : text;
        return safe.AsSpan().IndexOfAny(",\"\n\r") < 0 ? safe : $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
