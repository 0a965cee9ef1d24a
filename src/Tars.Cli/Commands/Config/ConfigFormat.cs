using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tars.Cli.CommandLine;
using Tars.Configuration.Documents;
using Tars.Configuration.Layers;

namespace Tars.Cli.Commands.Config;

/// <summary>The output formats of <c>tars config</c>, and what its JSON has in common; docs/formats/config-commands.md describes it.</summary>
internal static class ConfigFormat
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary><c>-o table|json</c>.</summary>
    public static Option<string?> TableOrJson { get; } = Of("table", "json");

    /// <summary><c>-o table|json|yaml</c>.</summary>
    public static Option<string?> TableJsonOrYaml { get; } = Of("table", "json", "yaml");

    /// <summary>Whether JSON was asked for.</summary>
    public static bool IsJson(CommandRun run) => (run.Value(TableOrJson) ?? run.Value(TableJsonOrYaml)) == "json";

    /// <summary>Writes a JSON document to standard output.</summary>
    public static void WriteJson(TarsConsole console, JsonObject document) => console.Write(Json(document) + "\n");

    /// <summary>A document as it is written, without the line feed after it.</summary>
    public static string Json(JsonObject document) => document.ToJsonString(Indented);

    /// <summary>A place as JSON.</summary>
    public static JsonObject Place(Origin origin) => new()
    {
        ["layer"] = LayerName(origin.Layer),
        ["source"] = origin.Source,
        ["line"] = origin.Line == 0 ? null : origin.Line,
        ["column"] = origin.Line == 0 ? null : origin.Column,
    };

    /// <summary>A value and its place as JSON.</summary>
    public static JsonObject ValueAt(Candidate candidate) => new() { ["value"] = candidate.Text, ["from"] = Place(candidate.Origin) };

    /// <summary>Texts as a JSON list.</summary>
    public static JsonArray List(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode)text)];

    /// <summary>Rows as aligned text, two spaces between columns.</summary>
    public static IEnumerable<string> Aligned(IReadOnlyList<string[]> rows, string indent = "")
    {
        int columns = rows.Count == 0 ? 0 : rows[0].Length;
        int[] widths = [.. Enumerable.Range(0, columns).Select(i => rows.Max(row => row[i].Length))];
        return rows.Select(row => (indent + string.Join("  ", row.Select((cell, i) => cell.PadRight(widths[i])))).TrimEnd());
    }

    private static string LayerName(LayerKind layer) => JsonNamingPolicy.SnakeCaseLower.ConvertName(layer.ToString());

    private static Option<string?> Of(params string[] formats)
    {
        Option<string?> option = new("--format", "-o") { HelpName = string.Join('|', formats), Description = "What standard output gets" };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && !formats.Contains(result.Tokens[0].Value))
            {
                result.AddError($"'{result.Tokens[0].Value}' is no output format; write {string.Join(" or ", formats)}");
            }
        });
        option.CompletionSources.Add(formats);
        return option;
    }
}
