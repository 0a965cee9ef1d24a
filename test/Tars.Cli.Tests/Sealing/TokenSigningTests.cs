using System.Text.Json.Nodes;
using Tars.Cli.Tests.Failures;
using Tars.TestKit;
using Xunit;

namespace Tars.Cli.Tests.Sealing;

/// <summary>Reports and files signed by keys that stay in a SoftHSM token, and what an auditor without token makes of them.</summary>
[Collection(FleetBackends.Name)]
public sealed class TokenSigningTests(SmallFleet fleet) : IDisposable
{
    private const string Label = "tars";

    private readonly SoftHsm _hsm = SoftHsm.Require();
    private readonly TemporaryDirectory _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        _hsm.Dispose();
    }

    [Fact]
    public async Task Sign_PairInTheToken_IsVerifiedWithoutTheToken()
    {
        await MakeTokenAsync("rsa:3072", "EC:prime256v1");
        Configure("require_cosignature: true");
        _folder.WriteText("data.txt", "x\n");
        CommandResult signed = await RunAsync("sign", "data.txt");
        Assert.Equal((0, "wrote ./data.txt.dsse.json\n", string.Empty), (signed.ExitCode, signed.Output, signed.Error));

        CommandResult list = await RunAsync("keys", "list", "-o", "json");
        JsonArray keys = JsonNode.Parse(list.Output)!["keys"]!.AsArray();
        Assert.Equal(["rsa-pss-sha256", "ecdsa-p256-sha256"], keys.Select(key => (string)key!["algorithm"]!));
        Assert.All(keys, key => Assert.Equal((Label, "report"), ((string)key!["token"]!, (string)key["label"]!)));
        string trust = _folder.Combine("trust");
        Directory.CreateDirectory(trust);
        foreach (JsonNode? key in keys)
        {
            string id = (string)key!["key_id"]!;
            CommandResult shown = await RunAsync("keys", "show", id[..8]);
            Assert.Contains($"fingerprint {key["fingerprint"]}", shown.Output, StringComparison.Ordinal);
            Assert.Equal(0, (await RunAsync("keys", "export", id, "--output", $"trust/{id[..8]}.pub")).ExitCode);
            CommandResult secret = await RunAsync("keys", "export", id, "--secret", "--output", "secret.key");
            Assert.Equal(2, secret.ExitCode);
            Assert.Contains($"key {id[..16]} is in the token '{Label}' and does not leave it", secret.Error, StringComparison.Ordinal);
        }

        await _hsm.DeleteAsync(Label);
        CommandResult verified = await RunAsync("verify", "data.txt.dsse.json", "--trust", "trust");
        Assert.True(verified.ExitCode == 0, verified.Output + verified.Error);
        CommandResult gone = await RunAsync("sign", "data.txt");
        Assert.Equal(3, gone.ExitCode);
        Assert.Contains($"tars: error: {_hsm.ModulePath}: the token '{Label}' is not present; no token is there\ntars: hint: ", gone.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kpi_SignWithTheTokensRsaAndTheRingsP256_CoSigns()
    {
        await MakeTokenAsync("rsa:3072");
        Configure("require_cosignature: true, key_ring: keys");
        Assert.Equal(0, (await RunAsync("keys", "create", "signing")).ExitCode);
        string[] token = [$"pkcs11_module={_hsm.ModulePath}", $"pkcs11_token_label={Label}", $"pkcs11_pin_file={_folder.Combine("pin")}", $"key_ring={_folder.Combine("keys")}", "require_cosignature=true"];
        CommandResult signed = await RunAsync(
            ["kpi", .. fleet.Flags, "--prometheus-url", fleet.Address.ToString(), .. fleet.Window, "--output", "out", "--sign", .. token.SelectMany(setting => (string[])["--set", "security." + setting])], configured: false);
        Assert.True(Directory.Exists(_folder.Combine("out")), signed.Error);

        JsonArray keys = JsonNode.Parse((await RunAsync("keys", "list", "-o", "json")).Output)!["keys"]!.AsArray();
        string[] expected = [IdOf(keys, "rsa-pss-sha256", inToken: true), IdOf(keys, "ecdsa-p256-sha256", inToken: false)];
        string envelope = await File.ReadAllTextAsync(Directory.GetFiles(_folder.Combine("out"), "*.dsse.json").Single(), TestContext.Current.CancellationToken);
        Assert.Equal(expected, JsonNode.Parse(envelope)!["signatures"]!.AsArray().Select(signature => (string)signature!["keyid"]!));
    }

    [Fact]
    public async Task Sign_OneAlgorithmWhereBothAreRequired_Exits2()
    {
        await MakeTokenAsync("EC:prime256v1");
        Configure("require_cosignature: true");
        _folder.WriteText("data.txt", "x\n");
        CommandResult refused = await RunAsync("sign", "data.txt");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("there is one signing key only", refused.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.Combine("data.txt.dsse.json")));
    }

    [Fact]
    public async Task Sign_WrongPinOpenPinFileOrPinOnTheCommandLine_IsRefusedAndThePinIsNotShown()
    {
        await MakeTokenAsync("EC:prime256v1");
        Configure(string.Empty);
        _folder.WriteText("data.txt", "x\n");
        _folder.WriteText("pin", "98765-wrong\n");
        CommandResult wrong = await RunAsync("sign", "data.txt");
        Assert.Equal((2, string.Empty), (wrong.ExitCode, wrong.Output));
        Assert.Contains($"tars: error: token '{Label}': the PIN is wrong\ntars: hint: it was tried once and is not tried again", wrong.Error, StringComparison.Ordinal);

        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_folder.Combine("pin"), UnixFileMode.UserRead | UnixFileMode.OtherRead);
            CommandResult open = await RunAsync("sign", "data.txt");
            Assert.Equal(2, open.ExitCode);
            Assert.Contains("others may use it (security.pkcs11_pin_file)", open.Error, StringComparison.Ordinal);
        }

        CommandResult onCommandLine = await RunAsync("sign", "data.txt", "--set", $"security.pkcs11_pin={SoftHsm.Pin}");
        Assert.Equal(2, onCommandLine.ExitCode);
        Assert.Contains("a PIN is not taken from the command line, which other users see", onCommandLine.Error, StringComparison.Ordinal);
        Assert.All([wrong, onCommandLine], result => Assert.DoesNotContain("98765", result.Output + result.Error, StringComparison.Ordinal));
        Assert.False(File.Exists(_folder.Combine("data.txt.dsse.json")));
    }

    [Fact]
    public async Task Sign_PinOfTheSecretBackendAndExtractableKey_SignsAndWarns()
    {
        await _hsm.InitialiseAsync(Label);
        await _hsm.MakeKeyAsync(Label, "EC:prime256v1", "report", "02", "--extractable");
        _folder.WriteText("data.txt", "x\n");
        _folder.WriteText("token.yaml", $"secrets: {{backend: env}}\nsecurity: {{pkcs11_module: {_hsm.ModulePath}, pkcs11_token_label: {Label}, pkcs11_pin: '${{TOKEN_PIN}}'}}\n");
        TestKit.CommandLine command = Command(["sign", "data.txt", "--config", _folder.Combine("token.yaml")]);
        CommandResult signed = await (command with { Environment = new Dictionary<string, string?>(command.Environment) { ["TOKEN_PIN"] = SoftHsm.Pin } }).RunAsync(TestContext.Current.CancellationToken);
        Assert.True(signed.ExitCode == 0, signed.Error);
        Assert.Contains($"tars: warning: token '{Label}': the EC key 'report' can be taken out of the token", signed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Guide_ItsCommandsAndConfiguration_SignWithBothKeys()
    {
        string[] lines = await File.ReadAllLinesAsync(RepositoryRoot.PathOf("docs/guides/tokens.md"), TestContext.Current.CancellationToken);
        await _hsm.InitialiseAsync(Label);
        string[] commands = [.. lines.Where(line => line.StartsWith("pkcs11-tool ", StringComparison.Ordinal))];
        Assert.Equal(2, commands.Length);
        foreach (string command in commands)
        {
            string[] words = command.Split(' ');
            Assert.Equal(["--module", "MODULE", "--token-label", Label, "--login"], words[1..6]);
            await _hsm.ToolAsync(Label, ["--login", "--pin", SoftHsm.Pin, .. words[6..]]);
        }

        Configure(string.Empty);
        string yaml = string.Join('\n', lines.SkipWhile(line => line != "```yaml").Skip(1).TakeWhile(line => line != "```"));
        Assert.Contains("pkcs11_module: /usr/lib/softhsm/libsofthsm2.so", yaml, StringComparison.Ordinal);
        _folder.WriteText("token.yaml", yaml.Replace("/usr/lib/softhsm/libsofthsm2.so", _hsm.ModulePath, StringComparison.Ordinal) + "\n");
        _folder.WriteText("data.txt", "x\n");
        CommandResult signed = await RunAsync("sign", "data.txt");
        Assert.True(signed.ExitCode == 0, signed.Error);
        string envelope = await File.ReadAllTextAsync(_folder.Combine("data.txt.dsse.json"), TestContext.Current.CancellationToken);
        Assert.Equal(2, JsonNode.Parse(envelope)!["signatures"]!.AsArray().Count);
    }

    private static string IdOf(JsonArray keys, string algorithm, bool inToken) =>
        (string)Assert.Single(keys, key => (string)key!["algorithm"]! == algorithm && key["token"] is not null == inToken)!["key_id"]!;

    private async Task MakeTokenAsync(params string[] types)
    {
        await _hsm.InitialiseAsync(Label);
        foreach ((int index, string type) in types.Index())
        {
            await _hsm.MakeKeyAsync(Label, type, "report", $"0{index + 1}");
        }
    }

    private void Configure(string more)
    {
        string pin = _folder.WriteText("pin", SoftHsm.Pin + "\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(pin, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        _folder.WriteText("token.yaml", $"security: {{pkcs11_module: {_hsm.ModulePath}, pkcs11_token_label: {Label}, pkcs11_key_label: report, pkcs11_pin_file: {pin}{(more.Length > 0 ? ", " + more : string.Empty)}}}\n");
    }

    private Task<CommandResult> RunAsync(params string[] arguments) => RunAsync(arguments, configured: true);

    private Task<CommandResult> RunAsync(string[] arguments, bool configured) =>
        Command(configured ? [.. arguments, "--config", _folder.Combine("token.yaml")] : arguments).RunAsync(TestContext.Current.CancellationToken);

    private TestKit.CommandLine Command(string[] arguments)
    {
        TestKit.CommandLine command = BuiltCommand.Line(_folder.Path, arguments);
        return command with { Environment = new Dictionary<string, string?>(command.Environment) { [SoftHsm.ConfigurationVariable] = _hsm.ConfigurationPath } };
    }
}
