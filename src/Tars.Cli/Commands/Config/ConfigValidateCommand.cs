using System.CommandLine;
using System.Text.Json.Nodes;
using Tars.Application.Settings;
using Tars.Application.Settings.Refusals;
using Tars.Cli.CommandLine;
using Tars.Configuration;
using Tars.Configuration.Layers;

namespace Tars.Cli.Commands.Config;

/// <summary><c>tars config validate [PATH]</c>: everything that is wrong, at once.</summary>
internal static class ConfigValidateCommand
{
    private static readonly Argument<string?> File = new("PATH") { Description = "The file; the one that would be found when left out", Arity = ArgumentArity.ZeroOrOne };

    public static Command Create()
    {
        TarsCommand command = TarsCommand.Verb(
            "validate",
            "Checks a configuration and tells everything that is wrong with it; exit code 2 when there is something",
            [ConfigFormat.TableOrJson],
            (run, _) => RunAsync(run),
            "tars config validate",
            "tars config validate deploy/tars.yaml --profile prod");
        command.Arguments.Add(File);
        return command;
    }

    private static async Task<int> RunAsync(CommandRun run)
    {
        SettingsSearch search = run.Search();
        search = run.Value(File) is string path ? search with { ConfigPath = path } : search;
        try
        {
            return Valid(run, await run.LoadAsync(search, Requirements.Service).ConfigureAwait(false));
        }
        catch (SettingsException refusal)
        {
            return Invalid(run, refusal.Problems);
        }
    }

    private static int Valid(CommandRun run, TarsSettings settings)
    {
        LoadedSettings loaded = settings.Loaded;
        string[] notes = [.. loaded.Notes, .. settings.Waivers.Select(waiver => waiver.ToString())];
        string[] sources = [.. loaded.Layers.Where(layer => layer.Root.Entries.Length > 0).Select(layer => layer.ToString())];
        if (ConfigFormat.IsJson(run))
        {
            ConfigFormat.WriteJson(run.Console, new JsonObject
            {
                ["valid"] = true,
                ["profile"] = loaded.Profile,
                ["sources"] = ConfigFormat.List(sources),
                ["problems"] = new JsonArray(),
                ["notes"] = ConfigFormat.List(notes),
            });
            return ExitCode.Ok;
        }

        foreach (string note in notes)
        {
            run.Console.Note(note);
        }

        run.Console.Say($"valid: {string.Join(" over ", sources.Append("defaults"))}");
        return ExitCode.Ok;
    }

    private static int Invalid(CommandRun run, IReadOnlyList<SettingsProblem> problems)
    {
        if (ConfigFormat.IsJson(run))
        {
            ConfigFormat.WriteJson(run.Console, new JsonObject
            {
                ["valid"] = false,
                ["problems"] = new JsonArray([.. problems.Select(problem => (JsonNode)new JsonObject
                {
                    ["key"] = problem.Path.Length == 0 ? null : problem.Path,
                    ["from"] = ConfigFormat.Place(problem.Origin),
                    ["message"] = problem.Message,
                })]),
                ["notes"] = new JsonArray(),
            });
            return ExitCode.Usage;
        }

        run.Console.Fail(string.Join('\n', problems), problems.Count == 1 ? "1 problem" : $"{problems.Count} problems; 'tars config explain KEY' says what a key takes");
        return ExitCode.Usage;
    }
}
