using System.CommandLine;
using System.Text.Json.Nodes;
using Tars.Cli.CommandLine;
using Tars.Configuration.Interrogation;

namespace Tars.Cli.Commands.Config;

/// <summary><c>tars config show</c>: the configuration in force.</summary>
internal static class ConfigShowCommand
{
    private static readonly Option<bool> Redacted = CommonOptions.Flag("--redacted", "Leaves out addresses, paths, names and other free text as well");

    private static readonly Option<bool> Origin = CommonOptions.Flag("--origin", "Says where each value was written");

    public static Command Create() => TarsCommand.Verb(
        "show",
        "Shows the configuration in force, defaults included; secrets are always (secret)",
        [Redacted, Origin, ConfigFormat.TableJsonOrYaml],
        (run, _) => Task.FromResult(Run(run)),
        "tars config show --origin",
        "tars config show --profile prod --redacted -o yaml");

    private static int Run(CommandRun run)
    {
        EffectiveSettings settings = EffectiveSettings.Of(run.Load(run.Search()), run.Has(Redacted) ? Disclosure.Redacted : Disclosure.Values);
        bool withOrigin = run.Has(Origin);
        switch (run.Value(ConfigFormat.TableJsonOrYaml))
        {
            case "json":
                JsonObject document = new() { ["profile"] = settings.Profile, ["settings"] = settings.ToJson() };
                if (withOrigin)
                {
                    document["origins"] = new JsonObject(settings.Values.Select(value => KeyValuePair.Create(value.Path, (JsonNode?)ConfigFormat.Place(value.Origin))));
                }

                ConfigFormat.WriteJson(run.Console, document);
                break;
            case "yaml":
                run.Console.Write(settings.ToYaml(withOrigin));
                break;
            default:
                string[][] rows = [.. settings.Values.Select(value => (string[])(withOrigin ? [value.Path, value.Text, value.Origin.ToString()] : [value.Path, value.Text]))];
                foreach (string line in ConfigFormat.Aligned(rows))
                {
                    run.Console.Say(line);
                }

                break;
        }

        return ExitCode.Ok;
    }
}
