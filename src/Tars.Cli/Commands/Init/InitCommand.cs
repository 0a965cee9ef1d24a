using System.CommandLine;
using System.Text.Json.Nodes;
using Tars.Application.Sealing;
using Tars.Application.Settings;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Config;
using Tars.Configuration.Profiles;
using Tars.Configuration.Starters;
using Tars.Sealing.Keys;

namespace Tars.Cli.Commands.Init;

/// <summary><c>tars init</c>: the configuration somebody starts with, and, when asked, the keys and the secret it needs.</summary>
internal static class InitCommand
{
    private const string DefaultOutput = "tars.yaml";
    private const string DefaultUrl = "http://localhost:9090";

    private static readonly Option<string?> Output = CommonOptions.Text("--output", "FILE", "The file to write. Default tars.yaml, and tars.NAME.yaml for a profile of your own");

    private static readonly Option<bool> Yes = CommonOptions.Flag("--yes", "Asks nothing: what is not given has its default, and no key and no secret is made", "-y");

    private static readonly Option<bool> Force = CommonOptions.Flag("--force", "Replaces the file when it exists; never a key or a secret");

    private static readonly Option<bool> WithKeys = CommonOptions.Flag("--with-keys", "Makes the keys that sign and encrypt: a key ring in the folder keys beside the file, or in --ring");

    private static readonly Option<string?> Ring = CommonOptions.Text("--ring", "DIR", "The folder of the key ring that --with-keys makes");

    private static readonly Option<string?> PassphraseFile = CommonOptions.Text("--passphrase-file", "FILE", "Holds the passphrase that protects the keys that --with-keys makes");

    private static readonly Option<bool> WithJwtSecret = CommonOptions.Flag("--with-jwt-secret", "Makes the secret that signs the API's tokens: a file in the folder secrets beside the file");

    public static Command Create() => TarsCommand.Verb(
        "init",
        "Writes a commented configuration for a profile; asks on a terminal. No key and no password is in it, and none is made unasked",
        [Output, Yes, Force, WithKeys, Ring, PassphraseFile, WithJwtSecret, CommonOptions.PrometheusUrl, CommonOptions.TimeZone, ConfigFormat.TableOrJson],
        (run, _) => Task.FromResult(Run(run)),
        "tars init",
        "tars init --yes --profile staging --with-keys --with-jwt-secret",
        "tars init --yes --profile prod --output deploy/tars.yaml");

    private static int Run(CommandRun run)
    {
        bool asks = !run.Has(Yes);
        if (asks && System.Console.IsInputRedirected)
        {
            throw new UsageException("there is no terminal to ask on", "--yes takes the defaults; --profile, --prometheus-url, --time-zone and --output set them");
        }

        if (!run.Has(WithKeys) && (run.Value(Ring) is not null || run.Value(PassphraseFile) is not null))
        {
            throw new UsageException($"{(run.Value(Ring) is null ? PassphraseFile : Ring).Name} says how keys are made, and none are asked for", "add --with-keys");
        }

        Questions questions = new(System.Console.In, run.Console.Error, asks);
        string profile = questions.Ask("Profile (local, dev, staging, prod, or a name of your own)", run.Value(CommonOptions.Profile), BuiltInProfiles.DefaultName);
        string url = questions.Ask("Address of the metrics backend", run.Value(CommonOptions.PrometheusUrl), DefaultUrl);
        string zone = questions.Ask("Time zone in which a day is meant", run.Value(CommonOptions.TimeZone), "UTC");
        StarterConfiguration starter = new(profile, url, zone);
        string output = questions.Ask("File to write", run.Value(Output), starter.IsOwnProfile ? $"tars.{profile}.yaml" : DefaultOutput);
        RefuseHiddenProfile(starter, output);
        bool withKeys = starter.Seals ? questions.Confirm("Make the keys that sign and encrypt", run.Has(WithKeys)) : run.Has(WithKeys);
        bool withSecret = starter.TakesTokens ? questions.Confirm("Make the secret that signs the API's tokens", run.Has(WithJwtSecret)) : run.Has(WithJwtSecret);
        (starter, Made made) = Make(run, starter, output, withKeys, withSecret);
        StarterFile.Write(output, starter.ToYaml(), run.Has(Force));
        if (ConfigFormat.IsJson(run))
        {
            ConfigFormat.WriteJson(run.Console, Json(starter, made, output));
        }
        else
        {
            Tell(run.Console, starter, output);
        }

        return ExitCode.Ok;
    }

    // Everything that can be refused is, before the first key is made; the configuration comes last, so that it names nothing that is not there.
    private static (StarterConfiguration Starter, Made Made) Make(CommandRun run, StarterConfiguration starter, string output, bool withKeys, bool withSecret)
    {
        string beside = Path.GetDirectoryName(Path.GetFullPath(output))!;
        string? ring = withKeys ? Path.GetFullPath(run.Value(Ring) ?? Path.Combine(beside, "keys")) : null;
        string? secrets = withSecret ? Path.Combine(beside, "secrets") : null;
        string? passphraseFile = run.Value(PassphraseFile) is { } file ? Path.GetFullPath(file) : null;
        StarterConfiguration full = new(starter.Profile, starter.PrometheusUrl, starter.TimeZone) { KeyRing = ring, PassphraseFile = passphraseFile, SecretsFolder = secrets };
        StarterFile.Refuse(output, run.Has(Force));
        if (ring is not null)
        {
            StarterSecrets.RefuseRing(ring);
        }

        if (secrets is not null)
        {
            StarterSecrets.RefuseTokenSecret(secrets);
        }

        using Passphrase? passphrase = passphraseFile is null ? null : KeyRingAccess.PassphraseOf(SealingOptions.FileOf(passphraseFile, PassphraseFile));
        IReadOnlyList<KeyEntry> keys = [];
        if (ring is not null)
        {
            keys = StarterSecrets.MakeRing(ring, passphrase, run.Time);
            run.Console.Note($"made the key ring {ring}, {(passphrase is null ? "without a passphrase" : "with a passphrase")}; keep a copy elsewhere: without it nothing that was encrypted can be read");
        }

        string? secret = null;
        if (secrets is not null)
        {
            secret = StarterSecrets.MakeTokenSecret(secrets);
            run.Console.Note($"made {secret}, which signs tokens{(starter.TakesTokens ? "" : " once api.auth_mode is jwt")}");
        }

        return (full, new Made(ring, keys, secret));
    }

    // A profile file under another name would never be found.
    private static void RefuseHiddenProfile(StarterConfiguration starter, string output)
    {
        string folder = Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(output))!);
        string name = Path.GetFileName(output);
        if (starter.IsOwnProfile && name != $"tars.{starter.Profile}.yaml" && !(folder == "config" && name == $"{starter.Profile}.yaml"))
        {
            throw new UsageException($"--output: {output} is not found as the profile {starter.Profile}", $"a profile of your own is a file tars.{starter.Profile}.yaml or config/{starter.Profile}.yaml");
        }
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

        if (starter.IsOwnProfile)
        {
            console.Note($"{starter.Profile} is a profile of your own, which begins as prod; built in are local, dev, staging and prod");
        }

        console.Note($"wrote {output}; next: {Next(starter, output)}");
    }

    private static string Next(StarterConfiguration starter, string output) => starter.Needed.Count > 0
        ? $"fill in the above, then tars config validate {(starter.IsOwnProfile ? "" : output + " ")}--profile {starter.Profile}"
        : $"write your services into it; tars discover --config {output} --output - shows what the backend has in this form";

    private static JsonObject Json(StarterConfiguration starter, Made made, string output) => new()
    {
        ["written"] = output,
        ["profile"] = starter.Profile,
        ["key_ring"] = made.Ring,
        ["keys"] = new JsonArray([.. made.Keys.Select(key => (JsonNode)SealingOptions.Json(key))]),
        ["jwt_secret_file"] = made.SecretFile,
        ["needed"] = new JsonArray([.. starter.Needed.Select(need => (JsonNode)new JsonObject { ["key"] = need.Path, ["example"] = need.Example, ["description"] = need.Description })]),
        ["next"] = Next(starter, output),
    };

    private sealed record Made(string? Ring, IReadOnlyList<KeyEntry> Keys, string? SecretFile);
}
