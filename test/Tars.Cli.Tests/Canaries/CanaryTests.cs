using Tars.Cli.Tests.Failures;
using Tars.TestKit;
using Tars.TestKit.Canaries;
using Tars.TestKit.Servers;
using Xunit;

namespace Tars.Cli.Tests.Canaries;

/// <summary>No command shows a secret: not when it works, not when the backend is down, not when a server repeats what it was sent.</summary>
[Collection(FleetBackends.Name)]
public sealed class CanaryTests(SmallFleet fleet, PlantedKeys keys) : IClassFixture<PlantedKeys>
{
    public static TheoryData<string> Commands => [.. EveryCommand.Names];

    // Whoever asks no backend does the same with a backend that refuses.
    public static TheoryData<string> Asking => [.. EveryCommand.Names.Where(name => EveryCommand.Has(name, "--prometheus-url"))];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Command_Working_ShowsNoSecret(string command)
    {
        using PlantedSecrets secrets = new(fleet.Address, "bearer");
        await AssertTightAsync(secrets, command, "-v");
        string[] plan = EveryCommand.Has(command, "--plan") ? ["--plan"] : [];
        string[] json = EveryCommand.Has(command, "-o") ? ["-o", "json"] : [];
        if (plan.Length + json.Length > 0 && command != "demo")
        {
            await AssertTightAsync(secrets, command, [.. plan, .. json]);
        }
    }

    [Theory]
    [MemberData(nameof(Asking))]
    public async Task Command_BackendRefusesAndRepeatsTheRequest_ShowsNoSecret(string command)
    {
        await using EchoingServer server = EchoingServer.Start(401);
        using PlantedSecrets secrets = new(server.Address, command.Length % 2 == 0 ? "basic" : "bearer file");
        await AssertTightAsync(secrets, command, "-v");
        Assert.True(server.RequestCount > 0 || !EveryCommand.Has(command, "--plan") || command is "capture import", $"{command} asked nobody");
    }

    [Theory]
    [InlineData("kpi")]
    [InlineData("discover")]
    public async Task Command_BackendWarnsWithTheRequest_ShowsNoSecret(string command)
    {
        await using EchoingServer server = EchoingServer.Start(200);
        using PlantedSecrets secrets = new(server.Address, "basic");
        await AssertTightAsync(secrets, command, "-v");
        Assert.True(server.RequestCount > 0, $"{command} asked nobody");
    }

    [Fact]
    public void Report_OfEveryNoun_IsTheNounByItself() => Assert.All(EveryCommand.Nouns, noun =>
    {
        Assert.Contains(noun, EveryCommand.Names);
        Assert.Equal(EveryCommand.OptionsOf(noun), EveryCommand.OptionsOf(noun + " report"));
    });

    [Theory]
    [InlineData("kpi", "basic file")]
    [InlineData("capture", "basic")]
    [InlineData("discover", "bearer file")]
    [InlineData("retro", "bearer")]
    public async Task Command_BackendDown_ShowsNoSecret(string command, string login)
    {
        using PlantedSecrets secrets = new(new Uri($"http://127.0.0.1:{LoopbackPort.Free()}"), login);
        await AssertTightAsync(secrets, command, "-v");
    }

    [Theory]
    [InlineData("kpi")]
    [InlineData("config validate")]
    [InlineData("config validate -o json")]
    [InlineData("config explain observability.auth")]
    public async Task Command_ConfigurationIsWrongWhereSecretsStand_ShowsNoSecret(string command)
    {
        using TemporaryDirectory folder = new();
        using PlantedSecrets secrets = new(fleet.Address, "bearer");
        CanaryRunResult run = await RunAsync(secrets, folder, [.. command.Split(' '), "--config", secrets.PlantWrong()]);

        Assert.Equal(2, run.Result.ExitCode);
        Assert.True(run.Hits.Count == 0, string.Join('\n', run.Hits));
    }

    // The harness among the command's own plants: the same run with one line that shows a variable is seen.
    [Fact]
    public async Task Run_ThatShowsItsEnvironment_IsSeen()
    {
        using TemporaryDirectory folder = new();
        using PlantedSecrets secrets = new(fleet.Address, "bearer");
        TestKit.CommandLine leaking = new("/bin/sh", "-c", "env > out/log 2>&1 || env | base64")
        {
            WorkingDirectory = folder.Path,
            Environment = secrets.Environment,
        };
        CanaryRunResult run = await secrets.Run().RunAsync(leaking, TestContext.Current.CancellationToken);

        Assert.Contains(run.Hits, hit => hit.Canary == "variable VAULT_TOKEN" && hit.Form.StartsWith("base64", StringComparison.Ordinal));
    }

    private async Task AssertTightAsync(PlantedSecrets secrets, string command, params string[] more)
    {
        using TemporaryDirectory folder = new();
        secrets.PlantPredecessor(folder.Path);
        secrets.PlantRing(folder.Path);
        if (MakesKeys(command))
        {
            folder.WriteText("series.csv", "timestamp,value\n1767571200,1\n");
        }
        else
        {
            secrets.PlantKeys(keys, folder.Path);
        }

        string[] configured = command is "completion" or "demo" ? [] : ["--config", secrets.ConfigPath];
        CanaryRunResult run = await RunAsync(
            secrets, folder, [.. EveryCommand.LineOf(command).Select(word => word == "RING" ? keys.RsaKeyId : word), .. configured, .. more]);

        Assert.True(run.Hits.Count == 0, $"tars {command} {string.Join(' ', more)} (exit {run.Result.ExitCode}):\n{string.Join('\n', run.Hits)}");
        Assert.True(UsesKeys(command) ? run.Result.ExitCode == 0 : run.Result.ExitCode is not 2 || NamesWhatIsNotThere(command), $"tars {command} did not do its work:\n{run.Result.Error}");
    }

    // They begin with no ring.
    private static bool MakesKeys(string command) => command.StartsWith("keys create", StringComparison.Ordinal);

    private static bool UsesKeys(string command) =>
        command.StartsWith("keys ", StringComparison.Ordinal) || command is "encrypt" or "decrypt" or "rewrap" or "sign" or "verify";

    // Their line names a capture, shards, a keyring, a request, a schedule, a user, a key or an address that is not there: what they show of a refusal is looked at.
    private static bool NamesWhatIsNotThere(string command) => command is "capture show" or "capture import" or "audit approve" or "users disable" or "users enable" or "users reset" or "users role"
        or "api-keys create" or "api-keys rotate" or "api-keys revoke" or "serve" || command.Split(' ')[0] is "pgp" or "reports" or "store" || command.EndsWith(" merge", StringComparison.Ordinal) || command is "schedules run" or "schedules start";

    private static Task<CanaryRunResult> RunAsync(PlantedSecrets secrets, TemporaryDirectory folder, string[] arguments)
    {
        TestKit.CommandLine line = TarsProgram.Command(folder.Path, arguments);
        Dictionary<string, string?> environment = new(line.Environment);
        foreach ((string name, string? value) in secrets.Environment)
        {
            environment[name] = value;
        }

        return secrets.Run().RunAsync(line with { Environment = environment }, TestContext.Current.CancellationToken);
    }
}
