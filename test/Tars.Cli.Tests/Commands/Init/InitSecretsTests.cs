using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tars.Cli.CommandLine;
using Tars.TestKit;
using Xunit;

namespace Tars.Cli.Tests.Commands.Init;

/// <summary>Keys and the token secret that <c>tars init</c> makes when it is asked to, and only then.</summary>
public sealed class InitSecretsTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    // What remains to be given is given here: a certificate, an address. Then nothing is wrong.
    [Theory]
    [InlineData("local", 0)]
    [InlineData("dev", 2)]
    [InlineData("staging", 2)]
    [InlineData("prod", 2)]
    [InlineData("edge", 2)]
    public async Task Init_WithKeysAndSecret_ValidatesOnceTheUsersOwnFilesAreThere(string profile, int before)
    {
        CommandResult made = await RunAsync("init", "--yes", "--profile", profile, "--with-keys", "--with-jwt-secret", "-o", "json");
        Assert.True(made.ExitCode == ExitCode.Ok, made.Error);
        string file = profile == "edge" ? "tars.edge.yaml" : "tars.yaml";
        JsonNode told = JsonNode.Parse(made.Output)!;
        Assert.Subset(new HashSet<string> { "api.base_url", "api.tls_cert_path", "api.tls_key_path" }, told["needed"]!.AsArray().Select(need => (string)need!["key"]!).ToHashSet());
        Assert.Equal(
            ["aes-256", "ecdsa-p256-sha256", "rsa-pss-sha256"], told["keys"]!.AsArray().Select(key => (string)key!["algorithm"]!).Order(StringComparer.Ordinal));

        CommandResult open = await RunAsync("config", "validate", "--profile", profile);
        Assert.Equal(before, open.ExitCode);
        Assert.All(
            open.Error.Split('\n').Where(line => line.StartsWith("tars: error: ", StringComparison.Ordinal)),
            line => Assert.Contains("api.tls_enabled: needs a certificate", line, StringComparison.Ordinal));

        WriteCertificate();
        string text = await File.ReadAllTextAsync(_folder.Combine(file), TestContext.Current.CancellationToken);
        text = Regex.Replace(text, "  # (tls_(cert|key)_path): .*", match => $"  {match.Groups[1].Value}: {_folder.Combine($"tls.{(match.Groups[2].Value == "cert" ? "crt" : "key")}")}");
        await File.WriteAllTextAsync(_folder.Combine(file), text, TestContext.Current.CancellationToken);
        CommandResult valid = await RunAsync("config", "validate", "--profile", profile);
        Assert.True(valid.ExitCode == ExitCode.Ok, valid.Error + text);
    }

    [Fact]
    public async Task Init_WithKeysAndSecret_ClosesThemToOthersAndKeepsThemOutOfTheFile()
    {
        CommandResult made = await RunAsync("init", "--yes", "--profile", "prod", "--output", "deploy/tars.yaml", "--with-keys", "--with-jwt-secret");

        Assert.True(made.ExitCode == ExitCode.Ok, made.Error);
        string secret = await File.ReadAllTextAsync(_folder.Combine("deploy", "secrets", "jwt_secret"), TestContext.Current.CancellationToken);
        Assert.True(Convert.FromBase64String(secret).Length >= 32);
        string[] texts = [made.Output, made.Error, await File.ReadAllTextAsync(_folder.Combine("deploy", "tars.yaml"), TestContext.Current.CancellationToken)];
        Assert.All(texts, text => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
        Assert.Contains($"key_ring: {_folder.Combine("deploy", "keys")}", texts[2], StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            foreach (string folder in (string[])["keys", "secrets"])
            {
                Assert.Equal("700", ModeOf(_folder.Combine("deploy", folder)));
                Assert.All(Directory.EnumerateFiles(_folder.Combine("deploy", folder)), file => Assert.Equal("600", ModeOf(file)));
            }
        }

        CommandResult other = await RunAsync("init", "--yes", "--profile", "prod", "--output", "other/tars.yaml", "--with-jwt-secret");
        Assert.True(other.ExitCode == ExitCode.Ok, other.Error);
        Assert.NotEqual(secret, await File.ReadAllTextAsync(_folder.Combine("other", "secrets", "jwt_secret"), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("keys/mine", "--with-keys", "keys exists, and keys are never replaced")]
    [InlineData("secrets/jwt_secret", "--with-jwt-secret", "jwt_secret exists, and a secret is never replaced")]
    [InlineData("tars.yaml", "", "--output: tars.yaml exists")]
    public async Task Init_SomethingThatIsThere_IsNotReplacedAndNothingElseIsMade(string existing, string option, string error)
    {
        _folder.WriteText(existing, "mine");
        SortedDictionary<string, byte[]> before = BuiltCommand.FilesOf(_folder.Path);

        CommandResult result = await RunAsync(["init", "--yes", "--profile", "staging", "--with-keys", "--with-jwt-secret", .. option.Length == 0 ? (string[])[] : ["--force"]]);

        Assert.Equal((ExitCode.Usage, string.Empty), (result.ExitCode, result.Output));
        Assert.Contains(error, result.Error, StringComparison.Ordinal);
        BuiltCommand.AssertSame(before, BuiltCommand.FilesOf(_folder.Path));
    }

    [Theory]
    [InlineData("init --with-keys --with-jwt-secret", "there is no terminal to ask on")]
    [InlineData("init --yes --ring keys", "--ring says how keys are made, and none are asked for")]
    [InlineData("init --yes --profile edge --output mine.yaml", "--output: mine.yaml is not found as the profile edge")]
    [InlineData("init --yes --profile a.b", "--profile: is not a profile's name")]
    public async Task Init_ThatCannotBeMeant_Exits2AndWritesNothing(string command, string error)
    {
        CommandResult result = await RunAsync(command.Split(' '));

        Assert.Equal((ExitCode.Usage, string.Empty), (result.ExitCode, result.Output));
        Assert.Contains(error, result.Error, StringComparison.Ordinal);
        Assert.Empty(BuiltCommand.FilesOf(_folder.Path));
    }

    [Theory]
    [InlineData("staging\n\n\n\nyes\nno\n", true, false)]
    [InlineData("staging\n\n\n\nperhaps\nn\ny\n", false, true)]
    [InlineData("local\n\n\n\n", false, false)]
    public async Task Init_OnATerminal_MakesWhatIsAnsweredWithYes(string typed, bool keys, bool secret)
    {
        string? script = Executables.Find("script");
        if (script is null)
        {
            Assert.Skip("script(1) is not on PATH");
        }

        TestKit.CommandLine tars = TarsProgram.Command(_folder.Path);
        TestKit.CommandLine line = tars with { Program = script, Arguments = ["-qec", $"'{tars.Program}' init", "/dev/null"], Input = typed };
        CommandResult result = await line.RunAsync(TestContext.Current.CancellationToken);

        Assert.True(result.ExitCode == ExitCode.Ok, result.Output + result.Error);
        Assert.Equal(!typed.StartsWith("local", StringComparison.Ordinal), result.Output.Contains("Make the keys that sign and encrypt (yes, no) [no]: ", StringComparison.Ordinal));
        Assert.Equal((keys, secret), (Directory.Exists(_folder.Combine("keys")), File.Exists(_folder.Combine("secrets", "jwt_secret"))));
    }

    [Fact]
    public async Task Init_KeysWithAPassphrase_AreUsedByAReportsRun()
    {
        _folder.WriteText("passphrase", "correct horse battery staple");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_folder.Combine("passphrase"), UnixFileMode.UserRead);
        }

        CommandResult made = await RunAsync("init", "--yes", "--profile", "dev", "--with-keys", "--ring", "ring", "--passphrase-file", "passphrase");
        Assert.True(made.ExitCode == ExitCode.Ok, made.Error);
        _folder.WriteText("note.txt", "signed");

        CommandResult signed = await RunAsync("sign", "note.txt", "--profile", "dev");
        CommandResult verified = await RunAsync("verify", "note.txt.dsse.json", "--profile", "dev");

        Assert.True((signed.ExitCode, verified.ExitCode) == (0, 0), signed.Error + verified.Error + verified.Output);
        Assert.Contains("with a passphrase", made.Error, StringComparison.Ordinal);
    }

    private static string ModeOf(string path) => OperatingSystem.IsWindows() ? string.Empty : Convert.ToString((int)File.GetUnixFileMode(path), 8);

    private void WriteCertificate()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 certificate = new CertificateRequest("CN=tars.example.com", key, HashAlgorithmName.SHA256).CreateSelfSigned(now, now.AddDays(1));
        File.WriteAllText(_folder.Combine("tls.crt"), certificate.ExportCertificatePem(), Encoding.ASCII);
        File.WriteAllText(_folder.Combine("tls.key"), key.ExportPkcs8PrivateKeyPem(), Encoding.ASCII);
    }

    private Task<CommandResult> RunAsync(params string[] arguments) => BuiltCommand.RunAsync(_folder.Path, arguments);
}
