using System.CommandLine;
using System.Text.Json.Nodes;
using Tars.Cli.CommandLine;
using Tars.Configuration.Interrogation;
using Tars.Configuration.Layers;

namespace Tars.Cli.Commands.Config;

/// <summary><c>tars config diff A B</c>: what differs in effect between two files or two profiles.</summary>
internal static class ConfigDiffCommand
{
    private static readonly Argument<string[]> Sides = new("A B") { Description = "Two files, two profiles, or one of each", Arity = new ArgumentArity(0, 2) };

    public static Command Create()
    {
        TarsCommand command = TarsCommand.Verb(
            "diff",
            "Says what differs in effect between two files or profiles: values in force, not the places they are written at",
            [ConfigFormat.TableOrJson],
            (run, _) => Task.FromResult(Run(run)),
            "tars config diff staging prod",
            "tars config diff old.yaml tars.yaml");
        command.Arguments.Add(Sides);
        return command;
    }

    private static int Run(CommandRun run)
    {
        string[] sides = run.Value(Sides) ?? [];
        if (sides.Length != 2)
        {
            throw new UsageException("two files or profiles are needed", "write for example tars config diff staging prod");
        }

        SettingsSearch search = run.Search();
        IReadOnlyList<SettingsDifference> differences = SettingsDifference.Between(run.Load(search.Of(sides[0])), run.Load(search.Of(sides[1])));
        if (ConfigFormat.IsJson(run))
        {
            ConfigFormat.WriteJson(run.Console, new JsonObject
            {
                ["a"] = sides[0],
                ["b"] = sides[1],
                ["differences"] = new JsonArray([.. differences.Select(difference => (JsonNode)new JsonObject
                {
                    ["key"] = difference.Path,
                    ["a"] = Json(difference.Before),
                    ["b"] = Json(difference.After),
                })]),
            });
            return ExitCode.Ok;
        }

        if (differences.Count == 0)
        {
            run.Console.Say($"{sides[0]} and {sides[1]} are the same in effect");
            return ExitCode.Ok;
        }

        List<string[]> rows = [["key", sides[0], sides[1]]];
        rows.AddRange(differences.Select(difference => (string[])[difference.Path, difference.Before?.Text ?? "(none)", difference.After?.Text ?? "(none)"]));
        foreach (string line in ConfigFormat.Aligned(rows))
        {
            run.Console.Say(line);
        }

        return ExitCode.Ok;
    }

    private static JsonObject? Json(EffectiveValue? value) => value is null ? null : ConfigFormat.ValueAt(new Candidate(value.Origin, value.Text));
}
