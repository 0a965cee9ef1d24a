using Tars.TestKit;
using Xunit;

namespace Tars.Cli.Tests.Failures;

/// <summary>What cannot be meant ends the run with 2 before a request is sent or a file is written.</summary>
[Collection(FleetBackends.Name)]
public sealed class RefusalTests(SmallFleet fleet) : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    [Theory]
    [InlineData("kpi --sign", "--sign: security.signing_enabled: signing needs a key")]
    [InlineData("kpi --encrypt", "--encrypt: security.encryption_enabled: encryption needs a key")]
    [InlineData("stability --sign", "--sign: security.signing_enabled: signing needs a key")]
    [InlineData("anomalies --encrypt", "--encrypt: security.encryption_enabled: encryption needs a key")]
    [InlineData("regressions --sign --encrypt", "--sign: security.signing_enabled: signing needs a key")]
    [InlineData("retro --sign", "signing needs a key")]
    [InlineData("kpi --sign --set security.signing_key_path=none.pem", "security.signing_key_path: there is no file none.pem")]
    [InlineData("kpi --services frontent", "there is no service frontent\ntars: hint: did you mean frontend?")]
    [InlineData("kpi --captrue x", "tars kpi: unknown option '--captrue'\ntars: hint: did you mean '--capture'?")]
    [InlineData("retor", "tars: unknown command 'retor'\ntars: hint: did you mean 'retro'?")]
    [InlineData("kpi --profile prdo", "--profile: there is no profile prdo; known are local, dev, staging, prod")]
    [InlineData("kpi --set observability.stepp=1m", "--set: observability.stepp: is not a known key; did you mean observability.step?")]
    [InlineData("kpi --profile prod --set secrets.backend=env --set compliance.enforcement_mode=log", "--set: compliance.enforcement_mode: is log, and in prod a violation blocks; or waive it with its reason: waivers.enforcement")]
    [InlineData("kpi --set security.signing_enabled=true", "--set: security.signing_enabled: signing needs a key; write security.key_ring or security.signing_key_path")]
    [InlineData("kpi --set secrets.backend=vault --set observability.auth.username=u", "secrets.")]
    [InlineData("kpi --backend other", "--backend: observability.backend: there is no backend other")]
    [InlineData("kpi --window soon", "--window: 'soon' is no duration")]
    [InlineData("kpi -o pdf", "'pdf' is no output format; write table, json, csv or markdown")]
    [InlineData("retro --fail-on everything", "--fail-on: 'everything' is none of")]
    public async Task Command_ThatCannotBeMeant_Exits2AndSendsNothing(string command, string error)
    {
        await using FaultyBackend backend = await FaultyBackend.StartAsync(new FaultyAnswer(500, "nobody asked"));
        string[] common = command == "retor" ? [] : [.. fleet.Flags, "--prometheus-url", backend.Address, "--output", "out"];

        CommandResult result = await BuiltCommand.RunAsync(_folder.Path, [.. command.Split(' '), .. common]);

        Assert.Equal((2, string.Empty), (result.ExitCode, result.Output));
        Assert.StartsWith("tars: error: ", result.Error, StringComparison.Ordinal);
        Assert.Contains(error, result.Error, StringComparison.Ordinal);
        Assert.Equal(0, backend.RequestCount);
        Assert.Empty(BuiltCommand.FilesOf(_folder.Path));
    }

    [Fact]
    public async Task Config_NameWithAnEqualsSign_IsAFileWhereThereIsOneAndAKeyWhereNot()
    {
        _folder.WriteText("a=b.yaml", "api: {port: x}\n");

        CommandResult file = await BuiltCommand.RunAsync(_folder.Path, "kpi", "--config", "a=b.yaml");
        CommandResult key = await BuiltCommand.RunAsync(_folder.Path, "kpi", "--config", "api.port=x");

        Assert.Contains("a=b.yaml:1:13: api.port: x is not a whole number in [1, 65535]", file.Error, StringComparison.Ordinal);
        Assert.Contains("--set: api.port: x is not a whole number in [1, 65535]", key.Error, StringComparison.Ordinal);
        Assert.Equal((2, 2), (file.ExitCode, key.ExitCode));
    }

    public void Dispose() => _folder.Dispose();
}
