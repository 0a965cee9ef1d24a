using Tars.Cli.Tests.Auditing;
using Tars.Cli.Tests.Failures;
using Tars.TestKit;
using Xunit;

namespace Tars.Cli.Tests.Sealing;

/// <summary>What each built-in profile does with a report, with keys and without: the table in docs/guides/configuration.md.</summary>
[Collection(FleetBackends.Name)]
public sealed class ProfileSealingTests(SmallFleet fleet) : IDisposable
{
    private static readonly string[] Tools = ["kpi", "daily"];

    private readonly TemporaryDirectory _folder = new();

    public static TheoryData<string, string> Sealing => new(from profile in (string[])["dev", "staging", "prod"] from tool in Tools select (profile, tool));

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Sealing))]
    public async Task Report_SealingProfileWithoutKeys_IsRefusedBeforeAnythingIsReadOrWritten(string profile, string tool)
    {
        await using FaultyBackend backend = await FaultyBackend.StartAsync(new FaultyAnswer(500, "nobody asked"));
        string[] command = [tool, .. fleet.Flags, "--prometheus-url", backend.Address, "--output", "out", "--profile", profile];

        CommandResult asIs = await BuiltCommand.RunAsync(_folder.Path, command);
        CommandResult withoutBackend = await BuiltCommand.RunAsync(_folder.Path, [.. command, "--set", "secrets.backend=env"]);
        CommandResult noFolder = await BuiltCommand.RunAsync(_folder.Path, [.. command, "--set", "security.key_ring=nowhere"]);

        Assert.All(new[] { asIs, withoutBackend, noFolder }, result => Assert.Equal((2, string.Empty), (result.ExitCode, result.Output)));
        Assert.Contains("security.signing_key: is asked of this backend, as signing_key", asIs.Error, StringComparison.Ordinal);
        Assert.Contains("security.encryption_enabled: encryption needs a key; write security.key_ring", withoutBackend.Error, StringComparison.Ordinal);
        Assert.Contains("security.key_ring: there is no folder nowhere", noFolder.Error, StringComparison.Ordinal);
        Assert.All(new[] { asIs, withoutBackend }, result => Assert.Contains("tars: hint: 'tars keys create encryption --ring DIR' makes a key; then write security.key_ring: DIR", result.Error, StringComparison.Ordinal));
        Assert.Contains("tars: hint: 'tars keys create signing --ring nowhere'", noFolder.Error, StringComparison.Ordinal);
        Assert.Equal(0, backend.RequestCount);
        Assert.Empty(BuiltCommand.FilesOf(_folder.Path));
    }

    // The ring is all that is added: no TLS certificate, no token secret and no Vault, which these commands have no use for.
    [Theory]
    [MemberData(nameof(Sealing))]
    public async Task Report_SealingProfileWithARing_IsSignedAndEncrypted(string profile, string tool)
    {
        CommandResult result = await ReportAsync(profile, tool, "--set", $"security.key_ring={MadeRing.FullPath}", "--set", "api.jwt_secret=${JWT_SECRET}");

        Assert.True(result.ExitCode is 0 or 4, result.Error);
        string[] names = [.. BuiltCommand.FilesOf(_folder.Combine("out")).Keys];
        Assert.Contains(names, name => name.EndsWith(".dsse.json", StringComparison.Ordinal));
        Assert.Contains(names, name => name.EndsWith(".sealed", StringComparison.Ordinal));
        Assert.All(names, name => Assert.True(name.EndsWith(".dsse.json", StringComparison.Ordinal) || name.EndsWith(".sealed", StringComparison.Ordinal), name));
        CommandResult verified = await BuiltCommand.RunAsync(_folder.Path, "verify", "out", "--ring", MadeRing.FullPath);
        Assert.True(verified.ExitCode == 0, verified.Output + verified.Error);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Report_Local_IsPlainWithAndWithoutKeys(bool keys)
    {
        foreach (string tool in Tools)
        {
            CommandResult result = await ReportAsync("local", tool, keys ? ["--set", $"security.key_ring={MadeRing.FullPath}"] : []);
            Assert.True(result.ExitCode is 0 or 4, result.Error);
        }

        string[] names = [.. BuiltCommand.FilesOf(_folder.Combine("out")).Keys];
        Assert.NotEmpty(names);
        Assert.DoesNotContain(names, name => name.EndsWith(".dsse.json", StringComparison.Ordinal) || name.EndsWith(".sealed", StringComparison.Ordinal));
    }

    // What is off is off where the profile lets it be; prod asks for a waiver by name.
    [Theory]
    [InlineData("dev", 0, "")]
    [InlineData("staging", 0, "")]
    [InlineData("prod", 2, "--set: security.signing_enabled: is off, and prod signs reports; or waive it with its reason: waivers.signing")]
    public async Task Report_SealingTurnedOff_IsPlainButInProd(string profile, int exitCode, string error)
    {
        CommandResult result = await ReportAsync(profile, "kpi", "--set", "security.signing_enabled=false", "--set", "security.encryption_enabled=false");

        Assert.True(result.ExitCode == exitCode, result.Error);
        Assert.Contains(error, result.Error, StringComparison.Ordinal);
        Assert.Equal(exitCode != 0, BuiltCommand.FilesOf(_folder.Combine("out")).Count == 0);
    }

    private Task<CommandResult> ReportAsync(string profile, string tool, params string[] more)
    {
        if (!Directory.Exists(_folder.Combine("logs")))
        {
            _ = new KeptLog(_folder.Path); // staging and prod report nothing that is not audited
        }

        return BuiltCommand.RunAsync(_folder.Path, [tool, .. fleet.Flags, "--prometheus-url", fleet.Address.ToString(), .. tool == "daily" ? ["--date", "2026-01-05"] : fleet.Window, "--output", "out", "--profile", profile, .. more]);
    }
}
