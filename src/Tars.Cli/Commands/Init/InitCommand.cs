using System.CommandLine;
using System.Text.Json.Nodes;
using Tars.Application.Settings;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Config;
using Tars.Configuration.Profiles;
using Tars.Configuration.Starters;

namespace Tars.Cli.Commands.Init;

/// <summary><c>tars init</c>: the configuration somebody starts with.</summary>
internal static class InitCommand
{
    private const string DefaultOutput = "tars.yaml";
    private const string DefaultUrl = "http://localhost:9090";

    private static readonly Option<string?> Output = CommonOptions.Text("--output", "FILE", "The file to write. Default tars.yaml");

    private static readonly Option<bool> Yes = CommonOptions.Flag("--yes", "Asks nothing: what is not given has its default", "-y");

    private static readonly Option<bool> Force = CommonOptions.Flag("--force", "Replaces the file when it exists");

    public static Command Create() => TarsCommand.Verb(
        "init",
        "Writes a commented configuration for a profile; asks on a terminal. No key and no password is in it",
        [Output, Yes, Force, CommonOptions.PrometheusUrl, CommonOptions.TimeZone, ConfigFormat.TableOrJson],
        (run, _) => Task.FromResult(Run(run)),
        "tars init",
        "tars init --yes --profile prod --output deploy/tars.yaml");

    private static int Run(CommandRun run)
    {
        bool asks = !run.Has(Yes);
        if (asks && System.Console.IsInputRedirected)
        {
            throw new UsageException("there is no terminal to ask on", "--yes takes the defaults; --profile, --prometheus-url, --time-zone and --output set them");
        }

        Questions questions = new(System.Console.In, run.Console.Error, asks);
        string profile = questions.Ask("Profile (local, dev, staging, prod)", run.Value(CommonOptions.Profile), BuiltInProfiles.DefaultName);
        string url = questions.Ask("Address of the metrics backend", run.Value(CommonOptions.PrometheusUrl), DefaultUrl);
        string zone = questions.Ask("Time zone in which a day is meant", run.Value(CommonOptions.TimeZone), "UTC");
        string output = questions.Ask("File to write", run.Value(Output), DefaultOutput);
        StarterConfiguration starter = new(profile, url, zone);
        StarterFile.Write(output, starter.ToYaml(), run.Has(Force));
        if (ConfigFormat.IsJson(run))
        {
            ConfigFormat.WriteJson(run.Console, Json(starter, output));
        }
        else
        {
            Tell(run.Console, starter, output);
        }

        return ExitCode.Ok;
    }

    private static void Tell(TarsConsole console, StarterConfiguration starter, string output)
    {
        if (starter.Needed.Count > 0)
        {
            console.Say($"The profile {starter.Profile} needs from you, in {output}:");
            foreach (string line in ConfigFormat.Aligned([.. starter.Needed.Select(need => (string[])[need.Path, need.Description])], "  "))
            {
                console.Say(line);
            }
        }

        console.Note($"wrote {output}; next: {Next(starter, output)}");
    }

    private static string Next(StarterConfiguration starter, string output) => starter.Needed.Count > 0
        ? $"fill in the above, then tars config validate {output} --profile {starter.Profile}"
        : $"write your services into it; tars discover --config {output} --output - shows what the backend has in this form";

    private static JsonObject Json(StarterConfiguration starter, string output) => new()
    {
        ["written"] = output,
        ["profile"] = starter.Profile,
        ["needed"] = new JsonArray([.. starter.Needed.Select(need => (JsonNode)new JsonObject { ["key"] = need.Path, ["example"] = need.Example, ["description"] = need.Description })]),
        ["next"] = Next(starter, output),
    };
}
