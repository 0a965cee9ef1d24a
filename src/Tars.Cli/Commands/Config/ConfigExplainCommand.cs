using System.CommandLine;
using System.Text.Json.Nodes;
using Tars.Cli.CommandLine;
using Tars.Configuration.Interrogation;
using Tars.Configuration.Layers;
using Tars.Configuration.Sections;

namespace Tars.Cli.Commands.Config;

/// <summary><c>tars config explain KEY</c>: what a key means, what it is, and who said so.</summary>
internal static class ConfigExplainCommand
{
    private static readonly Argument<string?> Key = CreateKey();

    public static Command Create()
    {
        TarsCommand command = TarsCommand.Verb(
            "explain",
            "Explains a key: its value, where that was written, whom it overrode, and what it may be",
            [ConfigFormat.TableOrJson],
            (run, _) => Task.FromResult(Run(run)),
            "tars config explain observability.step",
            "tars config explain api --profile prod",
            "tars config explain services[].labels");
        command.Arguments.Add(Key);
        return command;
    }

    private static int Run(CommandRun run)
    {
        string path = run.Value(Key) ?? throw new UsageException("a key is needed", "write for example tars config explain observability.step");
        KeyExplanation why = KeyExplanation.Of(run.Load(run.Search()), path) ?? throw Unknown(path);
        if (ConfigFormat.IsJson(run))
        {
            ConfigFormat.WriteJson(run.Console, Json(why));
            return ExitCode.Ok;
        }

        foreach (string line in Lines(why))
        {
            run.Console.Say(line);
        }

        return ExitCode.Ok;
    }

    private static UsageException Unknown(string path) => new(
        $"there is no key {path}",
        KeyExplanation.NearestTo(TarsSchema.Instance, path) is string nearest ? $"did you mean {nearest}?" : "'tars config docs' lists every key");

    private static IEnumerable<string> Lines(KeyExplanation why)
    {
        bool holds = why.Keys.Count > 0;
        yield return why.Winner is { } winner && !holds ? $"{why.Path} = {winner.Text}" : why.Path;
        List<string[]> rows = [];
        if (why.OlderName is not null)
        {
            rows.Add(["older name", $"{why.OlderName}; write {why.Path}"]);
        }

        if (!holds)
        {
            rows.Add(["from", why.Winner?.Origin.ToString() ?? (why.IsOfAnyItem ? "each item has its own" : "nowhere: it has no value")]);
            rows.AddRange((why.Winner?.Sources ?? []).Select(source => (string[])[$"${{{source.Name}}}", source.IsSecret ? source.Place : $"variable {source.Place}"]));
            rows.AddRange(why.Losers.Select((loser, i) => (string[])[i == 0 ? "overrides" : "", $"{loser.Text}  from {loser.Origin}"]));
        }

        rows.Add(["meaning", why.Description]);
        rows.Add(["type", why.Unit is null ? why.Type : $"{why.Type}, in {why.Unit}"]);
        if (!holds)
        {
            rows.Add(["default", why.Default ?? "none"]);
        }

        if (why.SecretEntry is not null)
        {
            rows.Add(["secret", $"{why.SecretEntry}, an entry of the secret backend"]);
        }

        if (why.Variable is not null)
        {
            rows.Add(["variable", why.Variable]);
        }

        foreach (string line in ConfigFormat.Aligned(rows, "  "))
        {
            yield return line;
        }

        foreach (string line in Below("values", [.. why.Values.Select(value => (string[])[value.Path, value.Text, value.Origin.ToString()])])
            .Concat(Below("keys", [.. why.Keys.Select(key => (string[])[key.Path, key.Type.Expectation, key.Description])])))
        {
            yield return line;
        }
    }

    private static IEnumerable<string> Below(string title, IReadOnlyList<string[]> rows) =>
        rows.Count == 0 ? [] : ConfigFormat.Aligned(rows, "    ").Prepend("  " + title);

    private static JsonObject Json(KeyExplanation why) => new()
    {
        ["key"] = why.Path,
        ["older_name"] = why.OlderName,
        ["description"] = why.Description,
        ["type"] = why.Type,
        ["default"] = why.Default,
        ["unit"] = why.Unit,
        ["variable"] = why.Variable,
        ["value"] = why.Winner?.Text,
        ["from"] = why.Winner is { } winner ? ConfigFormat.Place(winner.Origin) : null,
        ["placeholders"] = new JsonArray([.. (why.Winner?.Sources ?? []).Select(source => (JsonNode)new JsonObject { ["name"] = source.Name, ["place"] = source.Place })]),
        ["secret_entry"] = why.SecretEntry,
        ["overrides"] = new JsonArray([.. why.Losers.Select(ConfigFormat.ValueAt)]),
        ["values"] = new JsonObject(why.Values.Select(value => KeyValuePair.Create(value.Path, (JsonNode?)ConfigFormat.ValueAt(new Candidate(value.Origin, value.Text))))),
        ["keys"] = ConfigFormat.List(why.Keys.Select(key => key.Path)),
    };

    private static Argument<string?> CreateKey()
    {
        Argument<string?> key = new("KEY") { Description = "The key, such as api.port, services[0].name or observability", Arity = ArgumentArity.ZeroOrOne };
        key.CompletionSources.Add([.. TarsSchema.Instance.Root.Keys.Select(section => section.Name), .. TarsSchema.Instance.Keys.Select(pair => pair.Path)]);
        return key;
    }
}
