using Tars.Cli.Tests.Failures;
using Tars.TestKit;
using Xunit;

namespace Tars.Cli.Tests.Sealing;

/// <summary>A report that is signed and encrypted, and what openssl and an auditor without T.A.R.S. make of it.</summary>
[Collection(FleetBackends.Name)]
public sealed class SealedRunTests(SmallFleet fleet) : IDisposable
{
    // As docs/formats/envelope.md prints it.
    private const string Script = """
        set -eu
        ENVELOPE=$(echo *.dsse.json)
        jq -rj .payload "$ENVELOPE" | base64 -d > statement.json
        { printf 'DSSEv1 28 application/vnd.in-toto+json %s ' "$(stat -c %s statement.json)"; cat statement.json; } > signed.bin
        jq -r '.signatures[0].sig' "$ENVELOPE" | base64 -d > sig.bin
        openssl dgst -sha256 -verify ../rsa.pub -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32 -signature sig.bin signed.bin
        jq -r '.signatures[1].sig' "$ENVELOPE" | base64 -d > cosig.bin
        openssl dgst -sha256 -verify ../p256.pub -signature cosig.bin signed.bin
        jq -r '.subject[] | .digest.sha256 + "  " + .name' statement.json | sha256sum -c --strict
        """;

    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Kpi_Signed_IsVerifiedByOpensslAndATamperedFileIsNamed()
    {
        Executables.Require("openssl");
        Executables.Require("jq");
        MadeRing.CopyTo(_folder.Combine("keys"));
        CommandResult plain = await KpiAsync("plain");
        CommandResult signed = await KpiAsync("out", "--sign");
        Assert.Equal((plain.ExitCode, plain.Output), (signed.ExitCode, signed.Output));
        SortedDictionary<string, byte[]> before = BuiltCommand.FilesOf(_folder.Combine("plain"));
        SortedDictionary<string, byte[]> after = BuiltCommand.FilesOf(_folder.Combine("out"));
        string envelope = Assert.Single(after.Keys.Except(before.Keys));
        Assert.EndsWith(".dsse.json", envelope, StringComparison.Ordinal);
        Assert.All(before, file => Assert.Equal(file.Value, after[file.Key]));

        await ExportAsync();
        TestKit.CommandLine script = new("/bin/sh", ["-c", Script]) { WorkingDirectory = _folder.Combine("out") };
        CommandResult checkedByOpenssl = await script.RunAsync(TestContext.Current.CancellationToken);
        Assert.True(checkedByOpenssl.ExitCode == 0, checkedByOpenssl.Output + checkedByOpenssl.Error);
        Assert.Equal(0, (await RunAsync("verify", "out", "--ring", "keys")).ExitCode);
        string victim = before.Keys.First();
        byte[] changed = [.. after[victim]];
        changed[^2] ^= 1;
        await File.WriteAllBytesAsync(_folder.Combine("out", victim), changed, TestContext.Current.CancellationToken);
        CommandResult refused = await RunAsync("verify", "out", "--ring", "keys");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains($"{victim}: differs: expected sha256 ", refused.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kpi_Encrypted_LeavesNoPlaintextAndTheEnvelopeStaysReadable()
    {
        MadeRing.CopyTo(_folder.Combine("keys"));
        await KpiAsync("out");
        string[] plain = [.. BuiltCommand.FilesOf(_folder.Combine("out")).Keys];
        await KpiAsync("out", "--sign", "--encrypt");

        string[] names = [.. BuiltCommand.FilesOf(_folder.Combine("out")).Keys];
        Assert.Equal([.. plain.Select(name => name + ".sealed").Append(Assert.Single(names, name => name.EndsWith(".dsse.json", StringComparison.Ordinal))).Order(StringComparer.Ordinal)], names);
        CommandResult verified = await RunAsync("verify", "out", "--ring", "keys");
        Assert.True(verified.ExitCode == 0, verified.Output + verified.Error);
    }

    [Fact]
    public async Task Capture_Signed_EachOfItsFilesIsVouchedForAndItIsReadAsBefore()
    {
        MadeRing.CopyTo(_folder.Combine("keys"));
        CommandResult made = await CaptureAsync("keys");
        Assert.True(made.ExitCode == 0, made.Error);
        string[] names = [.. BuiltCommand.FilesOf(_folder.Combine("held")).Keys];
        Assert.Contains("SHA256SUMS.dsse.json", names);
        CommandResult verified = await RunAsync("verify", "held", "--ring", "keys");
        Assert.True(verified.ExitCode == 0, verified.Output + verified.Error);
        Assert.DoesNotContain("not signed", verified.Output, StringComparison.Ordinal);
        Assert.All(names.Where(name => name != "SHA256SUMS.dsse.json"), name => Assert.Contains($"intact: {name}", verified.Output, StringComparison.Ordinal));
        CommandResult read = await RunAsync(["kpi", .. fleet.Flags, "--capture", "held", .. fleet.Window, "--output", "none"]);
        Assert.True(read.ExitCode == 0, read.Error);

        string data = _folder.Combine("held", names.First(name => name.EndsWith(".parquet", StringComparison.Ordinal)));
        byte[] content = await File.ReadAllBytesAsync(data, TestContext.Current.CancellationToken);
        content[content.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(data, content, TestContext.Current.CancellationToken);
        Assert.Equal(1, (await RunAsync("verify", "held", "--ring", "keys")).ExitCode);
    }

    [Fact]
    public async Task Capture_ThatCannotBeSigned_Exits2BeforeTheBackendIsAsked()
    {
        CommandResult refused = await CaptureAsync("nowhere");
        Assert.Equal((2, string.Empty), (refused.ExitCode, refused.Output));
        Assert.False(Directory.Exists(_folder.Combine("held")));
    }

    [Theory]
    [InlineData("--set", "security.key_ring=nowhere")]
    [InlineData("--output", "none")]
    public async Task Kpi_SealingThatCannotBeDone_Exits2AndWritesNothing(string option, string value)
    {
        string[] output = option == "--output" ? [] : ["--output", "out"];
        CommandResult result = await RunAsync(["kpi", .. fleet.Flags, "--prometheus-url", fleet.Address.ToString(), .. fleet.Window, "--sign", option, value, .. output]);
        Assert.Equal((2, string.Empty), (result.ExitCode, result.Output));
        Assert.Empty(BuiltCommand.FilesOf(_folder.Path));
    }

    [Fact]
    public async Task Kpi_RingThatOthersMayRead_Exits2AndNamesTheWayOut()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("the folder's access list decides there");
            return;
        }

        MadeRing.CopyTo(_folder.Combine("keys"));
        File.SetUnixFileMode(_folder.Combine("keys"), File.GetUnixFileMode(_folder.Combine("keys")) | UnixFileMode.OtherRead);
        CommandResult result = await KpiAsync("out", "--sign");
        Assert.Equal((2, string.Empty), (result.ExitCode, result.Output));
        Assert.Contains("chmod go-rwx", result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.Combine("out")));
    }

    private async Task ExportAsync()
    {
        CommandResult list = await RunAsync("keys", "list", "--ring", "keys", "-o", "json");
        foreach (System.Text.Json.Nodes.JsonNode? key in System.Text.Json.Nodes.JsonNode.Parse(list.Output)!["keys"]!.AsArray().Where(key => (string)key!["purpose"]! == "signing"))
        {
            string file = (string)key!["algorithm"]! == "rsa-pss-sha256" ? "rsa.pub" : "p256.pub";
            Assert.Equal(0, (await RunAsync("keys", "export", (string)key["key_id"]!, "--ring", "keys", "--output", file)).ExitCode);
        }
    }

    private Task<CommandResult> KpiAsync(string output, params string[] sealing) => RunAsync(
        ["kpi", .. fleet.Flags, "--prometheus-url", fleet.Address.ToString(), .. fleet.Window, "--output", output, "--set", $"security.key_ring={_folder.Combine("keys")}", .. sealing]);

    private Task<CommandResult> CaptureAsync(string ring) => RunAsync(
        ["capture", .. fleet.Flags, "--prometheus-url", fleet.Address.ToString(), .. fleet.Window, "--output", "held", "--sign", "--set", $"security.key_ring={_folder.Combine(ring)}"]);

    private Task<CommandResult> RunAsync(params string[] arguments) => BuiltCommand.RunAsync(_folder.Path, arguments);
}
