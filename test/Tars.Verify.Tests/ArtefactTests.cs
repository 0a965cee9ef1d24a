using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;
using System.Text.Json;
using Tars.Sealing.Signatures;
using Tars.Sealing.Streams;
using Tars.TestKit;

namespace Tars.Verify.Tests;

/// <summary>Each kind of artefact, and what the program says of its own use.</summary>
public sealed class ArtefactTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Verify_SigMadeByOpenSsl_IsVerifiedAndAChangedFileIsNot()
    {
        using SignedReports reports = new();
        string openssl = Executables.Require("openssl");
        foreach (string arguments in (string[])["ecparam -name prime256v1 -genkey -noout -out key.pem", "pkey -in key.pem -pubout -out key.pub", "dgst -sha256 -sign key.pem -out sig.bin trust/rsa.pub"])
        {
            CommandResult made = await new CommandLine(openssl, arguments.Split(' ')) { WorkingDirectory = reports.Folder }.RunAsync(TestContext.Current.CancellationToken);
            Assert.True(made.ExitCode == 0, made.Error);
        }

        Assert.True(PublicKey.TryRead(PemBytes(reports.Combine("key.pub")), out PublicKey? key, out _));
        reports.Write("trust/rsa.pub.sig", $"tars-signature 1\necdsa-p256-sha256 {key.KeyId} {Convert.ToBase64String(File.ReadAllBytes(reports.Combine("sig.bin")))}\n");
        CommandResult good = await reports.RunAsync("trust/rsa.pub.sig", "--key", "key.pub");
        Assert.Equal((0, string.Empty), (good.ExitCode, good.Error));
        Assert.Contains($"signature verified over sha256 {reports.Sha256("trust/rsa.pub")}", good.Output, StringComparison.Ordinal);
        reports.Flip("trust/rsa.pub", 40);
        CommandResult bad = await reports.RunAsync("trust/rsa.pub.sig", "--key", "key.pub");
        Assert.Equal(1, bad.ExitCode);
        Assert.Contains($"line 2: key {key.KeyId} did not make it over a file with the digest {reports.Sha256("trust/rsa.pub")}", bad.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_EmbeddedSignature_IsVerifiedAndAChangedFieldIsNot()
    {
        using SignedReports reports = new();
        string text = Encoding.UTF8.GetString(EmbeddedSignature.Sign("{\"a\":1}"u8, SignedReports.Ecdsa, Noon, "ann"));
        reports.Write("signed.json", text);
        CommandResult good = await reports.RunAsync("signed.json", "--key", "trust/p256.pub", "-o", "json");
        Assert.Equal(0, good.ExitCode);
        using JsonDocument json = JsonDocument.Parse(good.Output);
        Assert.True(json.RootElement.GetProperty("verified").GetBoolean());
        Assert.Equal("signed at 2026-01-31T12:00:00Z, as the signer claims (ann)", json.RootElement.GetProperty("checks")[0].GetProperty("notes")[1].GetString());
        reports.Write("signed.json", text.Replace("\"a\":1", "\"a\":2", StringComparison.Ordinal));
        CommandResult bad = await reports.RunAsync("signed.json", "--key", "trust/p256.pub");
        Assert.Equal(1, bad.ExitCode);
        Assert.Contains("signed.json: signature: key ", bad.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_Capture_IsVerifiedOnlyWithTheEnvelopeThatNamesIt()
    {
        using SignedReports reports = new();
        reports.Write("capture/manifest.json", "{}");
        reports.Write("capture/SHA256SUMS", $"{reports.Sha256("capture/manifest.json")}  manifest.json\n");
        reports.SignEnvelope([SignedReports.Ecdsa], reports.Sha256("capture/SHA256SUMS"));
        Assert.Equal(0, (await reports.RunAsync("capture", "reports", "--trust", "trust")).ExitCode);
        CommandResult alone = await reports.RunAsync("capture", "--trust", "trust");
        Assert.Equal(1, alone.ExitCode);
        Assert.Contains($"no verified envelope among the paths names its sha256 {reports.Sha256("capture/SHA256SUMS")}", alone.Output, StringComparison.Ordinal);
        string expected = reports.Sha256("capture/manifest.json");
        reports.Flip("capture/manifest.json", 0);
        CommandResult changed = await reports.RunAsync("capture", "reports", "--trust", "trust");
        Assert.Equal(1, changed.ExitCode);
        Assert.Contains($"capture/manifest.json: expected sha256 {expected}, found {reports.Sha256("capture/manifest.json")}", changed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_SealedFileNobodyNames_TellsItsHeaderAndIsNegative()
    {
        using SignedReports reports = new();
        using KeyEncryptionKey key = new("auditor", 3, new byte[32]);
        await FileSealing.SealAsync(reports.Combine("reports/kpi.md"), reports.Combine("kpi.md.sealed"), [key], new SealOptions(), TestContext.Current.CancellationToken);
        CommandResult result = await reports.RunAsync("kpi.md.sealed", "--trust", "trust");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("recipient auditor version 3", result.Output, StringComparison.Ordinal);
        Assert.Contains($"no verified envelope names its sha256 {reports.Sha256("kpi.md.sealed")}", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "exactly one of --key FILE and --trust DIR is expected", "reports")]
    [InlineData(2, "no path is given", "--trust", "trust")]
    [InlineData(2, "--keys: no such option", "reports", "--keys", "x")]
    [InlineData(2, "-o yaml: text or json is expected", "reports", "--trust", "trust", "-o", "yaml")]
    [InlineData(2, "reports/kpi.md: ", "reports", "--key", "reports/kpi.md")]
    [InlineData(3, "nowhere.pub: there is no such file", "reports", "--key", "nowhere.pub")]
    [InlineData(3, "nowhere: there is no such file or folder", "nowhere", "--trust", "trust")]
    public async Task Run_WrongUseOrUnreadable_IsAnErrorWithItsCode(int code, string expected, params string[] arguments)
    {
        using SignedReports reports = new();
        CommandResult result = await reports.RunAsync(arguments);
        Assert.Equal((code, string.Empty), (result.ExitCode, result.Output));
        Assert.StartsWith("tars-verify: error: ", result.Error, StringComparison.Ordinal);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tars-verify.dll")]
    [InlineData("Tars.Sealing.dll")]
    public void Metadata_OfTheProgram_NamesNoNetworkAssembly(string assembly)
    {
        using PEReader file = new(File.OpenRead(Path.Combine(AppContext.BaseDirectory, assembly)));
        MetadataReader metadata = file.GetMetadataReader();
        string[] references = [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))];
        Assert.Contains("System.Runtime", references);
        Assert.DoesNotContain(references, name => name.StartsWith("System.Net", StringComparison.Ordinal));
    }

    private static byte[] PemBytes(string path) => Convert.FromBase64String(string.Concat(File.ReadAllLines(path).Where(line => !line.StartsWith('-'))));
}
