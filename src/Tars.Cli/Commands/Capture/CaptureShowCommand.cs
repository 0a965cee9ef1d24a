using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Config;
using Tars.Configuration.Scalars;
using Tars.Observability.Captures;
using Tars.Reports;

namespace Tars.Cli.Commands.Capture;

/// <summary><c>tars capture show</c>: what a capture holds.</summary>
internal static class CaptureShowCommand
{
    private static readonly Argument<string?> Folder = new("DIR") { Description = "The capture", Arity = ArgumentArity.ZeroOrOne };

    public static Command Create()
    {
        TarsCommand command = TarsCommand.Verb("show", "What a capture holds; its files are checked against their digests when they are read", [ConfigFormat.TableOrJson], RunAsync, "tars capture show captures/week");
        command.Arguments.Add(Folder);
        return command;
    }

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        string folder = run.Value(Folder) ?? throw new UsageException("a capture's folder is needed", "write for example tars capture show captures/week");
        string[] parts = !File.Exists(Path.Combine(folder, "manifest.json")) && Directory.Exists(folder)
            ? [.. Directory.EnumerateDirectories(folder).Where(part => File.Exists(Path.Combine(part, "manifest.json"))).Order(StringComparer.Ordinal)]
            : [];
        if (parts.Length == 0 && !File.Exists(Path.Combine(folder, "manifest.json")))
        {
            throw new UsageException($"{folder}: there is no capture: no manifest.json is in it", "'tars capture --output DIR' makes one");
        }

        JsonArray documents = [];
        foreach (string part in parts.Length == 0 ? [folder] : parts)
        {
            CaptureSource capture = await CaptureSource.OpenAsync(part, cancellationToken).ConfigureAwait(false);
            CaptureManifest manifest = capture.Manifest;
            if (ConfigFormat.IsJson(run))
            {
                documents.Add((JsonNode)Document(part, capture));
                continue;
            }

            run.Console.Say($"{part}: {capture.Grid.Window} in steps of {DurationText.Format(capture.Grid.Step)}, lead-in included");
            run.Console.Say($"made by {manifest.CreatedBy} from {manifest.Source.Application} {manifest.Source.Version}".TrimEnd());
            run.Console.WriteTable(new ReportTable(
                "Queries",
                [ReportColumn.Number("series"), ReportColumn.Number("points"), "query"],
                [.. manifest.Queries.Select(string[] (query) =>
                [
                    query.SeriesCount.ToString(CultureInfo.InvariantCulture), query.PointCount.ToString(CultureInfo.InvariantCulture),
                    query.Failure is null ? query.Text : $"{query.Text}  FAILED: {query.Failure}",
                ])],
                "It holds no query."));
        }

        if (ConfigFormat.IsJson(run))
        {
            ConfigFormat.WriteJson(run.Console, new JsonObject { ["captures"] = documents });
        }

        return ExitCode.Ok;
    }

    private static JsonObject Document(string folder, CaptureSource capture) => new()
    {
        ["folder"] = folder,
        ["from"] = Instant(capture.Grid.Window.From),
        ["to"] = Instant(capture.Grid.Window.To),
        ["step_seconds"] = capture.Grid.Step.TotalSeconds,
        ["created_by"] = capture.Manifest.CreatedBy,
        ["source"] = new JsonObject { ["application"] = capture.Manifest.Source.Application, ["version"] = capture.Manifest.Source.Version },
        ["queries"] = new JsonArray([.. capture.Manifest.Queries.Select(query => (JsonNode)new JsonObject
        {
            ["query"] = query.Text,
            ["series"] = query.SeriesCount,
            ["points"] = query.PointCount,
            ["failure"] = query.Failure,
            ["file"] = query.File,
            ["sha256"] = query.Sha256,
        })]),
    };

    private static string Instant(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy'-'MM'-'dd'T'HH':'mm':'ss'Z'", CultureInfo.InvariantCulture);
}
