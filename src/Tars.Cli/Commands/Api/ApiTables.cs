using System.Globalization;
using System.Text.Json.Nodes;
using Tars.Cli.Commands.Config;

namespace Tars.Cli.Commands.Api;

/// <summary>Documents of the API as lines for people. Where a figure is not a number, the reason stands in its place.</summary>
internal static class ApiTables
{
    /// <summary>The lines.</summary>
    public static IEnumerable<string> Of(string what, JsonObject document) => what switch
    {
        "health" => Aligned([["status", Text(document["status"])], ["version", Text(document["version"])], .. Pairs(document["services"])]),
        "ga" or "retro" when document["report_id"] is null => Verdict(document, what == "ga" ? "verdict" : "overall_status", what == "ga" ? "verdict_reason" : "status_reason"), // none is kept: the same reason for each figure
        "ga" => [.. Verdict(document, "verdict", "verdict_reason"), .. Figures(document, document, "overall_availability", "error_rate", "total_requests", "p50_latency_ms", "p95_latency_ms", "p99_latency_ms", "avg_cpu", "avg_memory"), .. Figures(document, document["metrics"], "uptime_hours", "downtime_minutes", "unmeasured_minutes")],
        "daily" when document["summaries"] is JsonArray days => Rows(days, document["reason"], "no day is kept", ["date", "verdict", "status", "availability", "error_rate", "p99_latency_ms", "incidents", "alerts", "anomalies"]),
        "daily" => [Text(document["date"]), .. Verdict(document, "verdict", "verdict_reason"), .. Figures(document, document, "availability", "total_requests", "failed_requests", "error_rate", "p50_latency_ms", "p95_latency_ms", "p99_latency_ms", "downtime_minutes", "unmeasured_minutes"), .. Findings(document["findings"])],
        "anomalies" => Rows(document["anomalies"]!.AsArray(), document["measurement"]?["anomalies"]?["reason"], "no anomaly", ["started_at", "severity", "service", "metric", "value", "expected", "classification", "description"]),
        "regressions" => Rows(document["regressions"]!.AsArray(), document["measurement"]?["regressions"]?["reason"], "no regression", ["detected_at", "severity", "service", "metric", "baseline_value", "current_value", "description"]),
        _ => [.. Period(document["period"]), .. Verdict(document, "overall_status", "status_reason"), .. Figures(document, document["overall_metrics"], "availability", "total_requests", "error_rate", "p50_latency_ms", "p95_latency_ms", "p99_latency_ms", "downtime_minutes"), .. Findings(document["concerns"]), .. Files(document["files"])],
    };

    /// <summary>A text as the object that the API promises.</summary>
    /// <exception cref="CommandLine.UsageException">It is none.</exception>
    public static JsonObject Json(this string text)
    {
        try
        {
            return JsonNode.Parse(text)!.AsObject();
        }
        catch (Exception exception) when (exception is System.Text.Json.JsonException or InvalidOperationException)
        {
            throw new CommandLine.UsageException("the answer is no document of the API", "--url is to be the address of a T.A.R.S. server");
        }
    }

    private static IEnumerable<string> Verdict(JsonObject document, string verdict, string reason) =>
        [$"{verdict.Replace('_', ' ')}: {Text(document[verdict]) switch { "" => "none", var word => word }}{(Text(document[reason]) is { Length: > 0 } why ? $" ({why})" : string.Empty)}"];

    private static IEnumerable<string> Figures(JsonObject document, JsonNode? values, params string[] names) => Aligned([.. names.Select(name => new[] { name, Figure(document, values, name) })]);

    private static string Figure(JsonObject document, JsonNode? values, string name)
    {
        JsonNode? state = document["measurement"]?[name];
        string unit = Text(state?["unit"]);
        return values?[name] is JsonValue value ? $"{Text(value)}{(unit.Length > 0 ? " " + unit : string.Empty)}"
            : Text(state?["state"]) == "query_failed" ? $"query failed: {Text(state!["reason"])}"
            : state is null ? "not measured" : $"not measured: {Text(state["reason"])}";
    }

    private static IEnumerable<string> Rows(JsonArray items, JsonNode? reason, string nothing, string[] columns)
    {
        if (items.Count == 0)
        {
            return [Text(reason) is { Length: > 0 } why ? why : nothing];
        }

        List<string[]> rows = [columns];
        rows.AddRange(items.Select(item => columns.Select(column => Cell(item!.AsObject(), column)).ToArray()));
        return Aligned(rows);
    }

    private static string Cell(JsonObject item, string column) => item["measurement"] is JsonObject states && states[column] is JsonObject state && item[column] is null
        ? Text(state["state"]) == "query_failed" ? "query failed" : "not measured"
        : Text(item[column]);

    private static IEnumerable<string> Findings(JsonNode? findings) => Aligned([.. (findings as JsonArray ?? []).Select(finding => new[] { Text(finding!["severity"]), Text(finding["kind"]), Text(finding["service"]), Text(finding["description"]) })]);

    private static IEnumerable<string> Files(JsonNode? files) => Aligned([.. (files as JsonArray ?? []).Select(file => new[] { Text(file!["filename"]), Text(file["format"]), Text(file["size"]), Text(file["sha256"]) })]);

    private static IEnumerable<string> Period(JsonNode? period) => period is null ? [] : [$"{Text(period["start"])} to {Text(period["end"])}"];

    private static IEnumerable<string[]> Pairs(JsonNode? node) => (node as JsonObject ?? []).Select(pair => new[] { pair.Key, Text(pair.Value) });

    private static IEnumerable<string> Aligned(IReadOnlyList<string[]> rows) => ConfigFormat.Aligned(rows);

    // What the server says goes to a terminal: no control characters.
    private static string Text(JsonNode? node) => node is not JsonValue value ? string.Empty
        : value.TryGetValue(out double number) ? number.ToString("0.######", CultureInfo.InvariantCulture)
        : new string([.. value.ToString().Where(letter => !char.IsControl(letter))]);
}
