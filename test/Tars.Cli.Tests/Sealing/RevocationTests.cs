using System.Text;
using System.Text.Json.Nodes;
using Tars.TestKit;
using Tars.TestKit.Timestamps;
using Xunit;

namespace Tars.Cli.Tests.Sealing;

/// <summary>A key is revoked with <c>tars keys revoke</c>, its statement is exported to an auditor, and <c>tars verify --trust</c> follows it.</summary>
public sealed class RevocationTests : IDisposable
{
    private const string Envelope = "report.txt.dsse.json";
    private const string Statement = "trust/revocations/rsa.revocation.dsse.json";
    private const string WayOut = "get it anew (`tars keys export KEY --revocation` writes it), or if it is none of yours, take it out of the folder";

    // An authority of openssl stamps whole seconds: one second apart is surely before or after.
    private static readonly TimeSpan SurelyLater = TimeSpan.FromSeconds(1.1);

    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("superseded", true)]
    [InlineData("discontinued", true)]
    [InlineData("compromised", false)]
    public async Task Verify_StampedBeforeAndAfterTheRevocation_BelievesWhatIsProvablyOlderUnlessCompromised(string reason, bool isOlderBelieved)
    {
        using OpenSslAuthority authority = await OpenSslAuthority.CreateAsync(cancellationToken: TestContext.Current.CancellationToken);
        await using TimestampServer server = await TimestampServer.StartAsync(authority, TestContext.Current.CancellationToken);
        string rsa = await MakeAsync();
        MadeRing.CopyTo(_folder.Combine("stolen"));
        await HoldsAsync("sign", "report.txt", "--timestamp", server.HttpAddress.AbsoluteUri);
        string[] stamped = ["verify", Envelope, "--trust", "trust", "--timestamp-ca", authority.RootFile];
        await HoldsAsync(stamped);
        await Task.Delay(SurelyLater, TimeProvider.System, TestContext.Current.CancellationToken);
        await RevokeAndPublishAsync(rsa, reason);
        string revoked = $"key {rsa} was revoked at {RevokedAt(rsa)} ({reason}), and ";

        CommandResult older = await RunAsync(stamped);
        if (isOlderBelieved)
        {
            Assert.Equal((0, string.Empty), (older.ExitCode, older.Error));
            Assert.StartsWith($"holds: {Envelope}\n  signed by rsa-pss-sha256 {rsa} (rsa.pub)\n", older.Output, StringComparison.Ordinal);
        }
        else
        {
            AssertRefused(older, $"{revoked}nothing that a compromised key signed is believed");
        }

        string withoutTime = isOlderBelieved ? "no timestamp proves that the signature is older" : "nothing that a compromised key signed is believed";
        AssertRefused(await RunAsync("verify", Envelope, "--trust", "trust"), revoked + withoutTime);

        await Task.Delay(SurelyLater, TimeProvider.System, TestContext.Current.CancellationToken);
        await HoldsAsync("sign", "report.txt", "--ring", "stolen", "--timestamp", server.HttpAddress.AbsoluteUri);
        string later = (await HoldsAsync("verify", Envelope, "--ring", "stolen", "--timestamp-ca", authority.RootFile)).Output.Split("existed at ")[1].Split(',')[0];
        AssertRefused(await RunAsync(stamped), revoked + (isOlderBelieved ? $"the timestamp proves {later} only" : "nothing that a compromised key signed is believed"));
    }

    [Fact]
    public async Task Export_Revocation_IsTheStatementThatRevokeMade()
    {
        string rsa = await MakeAsync();
        CommandResult none = await RunAsync("keys", "export", rsa, "--revocation");
        Assert.Equal((2, string.Empty), (none.ExitCode, none.Output));
        Assert.Equal($"tars: error: key {rsa[..16]} has no signed statement of a revocation\ntars: hint: 'tars keys revoke' makes it\n", none.Error);

        CommandResult made = await RevokeAndPublishAsync(rsa, "superseded");
        string path = _folder.Combine("keys", "revocations", rsa + ".revocation.dsse.json");
        Assert.Contains($"the signed statement of the revocation is {path}\n", made.Output, StringComparison.Ordinal);
        string statement = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal(statement, await File.ReadAllTextAsync(_folder.Combine(Statement), TestContext.Current.CancellationToken));
        Assert.Equal(statement, (await HoldsAsync("keys", "export", rsa, "--revocation")).Output);
        JsonNode predicate = JsonNode.Parse(Encoding.UTF8.GetString(Convert.FromBase64String((string)JsonNode.Parse(statement)!["payload"]!)))!["predicate"]!;
        Assert.Equal((rsa, "superseded", "laptop lost"), ((string)predicate["key_id"]!, (string)predicate["reason"]!, (string)predicate["comment"]!));
        Assert.Equal(RevokedAt(rsa), (string)predicate["at"]!);
    }

    [Fact]
    public async Task Revoke_Unsigned_CountsInTheRingAloneAndStatesNothing()
    {
        string rsa = await MakeAsync();
        await HoldsAsync("sign", "report.txt");
        CommandResult made = await HoldsAsync("keys", "revoke", rsa, "--reason", "compromised", "--unsigned");
        Assert.DoesNotContain("statement", made.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.Combine("keys", "revocations")));

        CommandResult exported = await RunAsync("keys", "export", rsa, "--revocation");
        Assert.Equal((2, $"tars: error: key {rsa[..16]} has no signed statement of a revocation\ntars: hint: 'tars keys revoke' makes it\n"), (exported.ExitCode, exported.Error));
        AssertRefused(await RunAsync("verify", Envelope), $"key {rsa} was revoked at {RevokedAt(rsa)} (compromised), and nothing that a compromised key signed is believed");
        await HoldsAsync("verify", Envelope, "--trust", "trust"); // nobody told the auditor
    }

    [Fact]
    public async Task Verify_StatementOfAKeyThatIsNotTrusted_Exits2AndNamesFileAndWayOut()
    {
        string rsa = await MakeAsync();
        await HoldsAsync("sign", "report.txt");
        CommandResult key = await new TestKit.CommandLine(Executables.Require("openssl"), "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "stranger.pem")
        {
            WorkingDirectory = _folder.Path,
        }.RunAsync(TestContext.Current.CancellationToken);
        Assert.True(key.ExitCode == 0, key.Error);
        await HoldsAsync("keys", "create", "encryption", "--ring", "strangers"); // any key makes the ring
        await HoldsAsync("keys", "import", "stranger.pem", "--ring", "strangers");
        await HoldsAsync("keys", "import", "trust/rsa.pub", "--ring", "strangers");
        await HoldsAsync("keys", "revoke", rsa, "--reason", "compromised", "--ring", "strangers");
        await HoldsAsync("keys", "export", rsa, "--revocation", "--ring", "strangers", "--output", Statement);

        await AssertNothingIsVerifiedAsync(Statement, "no trusted key signed it, or a signature does not hold");
    }

    [Theory]
    [InlineData("rsa.revocation.dsse.json")]
    [InlineData("renamed.dsse.json")]
    [InlineData("renamed.txt")]
    public async Task Verify_DamagedStatementOfAnyName_Exits2AndNamesFileAndWayOut(string name)
    {
        string rsa = await MakeAsync();
        await HoldsAsync("sign", "report.txt");
        await RevokeAndPublishAsync(rsa, "compromised");
        byte[] statement = await File.ReadAllBytesAsync(_folder.Combine(Statement), TestContext.Current.CancellationToken);
        File.Delete(_folder.Combine(Statement));
        await File.WriteAllBytesAsync(_folder.Combine("trust", "revocations", name), statement[..^20], TestContext.Current.CancellationToken);

        await AssertNothingIsVerifiedAsync($"trust/revocations/{name}", "it is no envelope with a statement");
    }

    private static void AssertRefused(CommandResult result, string reason) =>
        Assert.Equal((1, $"DOES NOT HOLD: {Envelope}\n  {reason}\n", string.Empty), (result.ExitCode, result.Output, result.Error));

    private async Task AssertNothingIsVerifiedAsync(string file, string reason)
    {
        CommandResult result = await RunAsync("verify", Envelope, "--trust", "trust");
        Assert.Equal((2, string.Empty, $"tars: error: {file}: the statement of a revocation is not believed: {reason}; {WayOut}\n"), (result.ExitCode, result.Output, result.Error));
        File.Delete(_folder.Combine(file));
        await HoldsAsync("verify", Envelope, "--trust", "trust");
    }

    // The ring, a report, and an auditor's folder with both public keys; returns the id of the RSA key.
    private async Task<string> MakeAsync()
    {
        MadeRing.CopyTo(_folder.Combine("keys"));
        _folder.WriteText("report.txt", "figures\n");
        JsonArray keys = JsonNode.Parse((await HoldsAsync("keys", "list", "-o", "json")).Output)!["keys"]!.AsArray();
        string rsa = IdOf(keys, "rsa-pss-sha256");
        await HoldsAsync("keys", "export", rsa, "--output", "trust/rsa.pub");
        await HoldsAsync("keys", "export", IdOf(keys, "ecdsa-p256-sha256"), "--output", "trust/p256.pub");
        return rsa;
    }

    private static string IdOf(JsonArray keys, string algorithm) => (string)keys.Single(key => (string)key!["algorithm"]! == algorithm)!["key_id"]!;

    private string RevokedAt(string keyId) =>
        (string)JsonNode.Parse(File.ReadAllText(_folder.Combine("keys", "ring.json")))!["keys"]!.AsArray().Single(key => (string)key!["key_id"]! == keyId)!["revocation"]!["at"]!;

    private async Task<CommandResult> RevokeAndPublishAsync(string keyId, string reason)
    {
        CommandResult made = await HoldsAsync("keys", "revoke", keyId, "--reason", reason, "--comment", "laptop lost");
        await HoldsAsync("keys", "export", keyId, "--revocation", "--output", Statement);
        return made;
    }

    private async Task<CommandResult> HoldsAsync(params string[] arguments)
    {
        CommandResult result = await RunAsync(arguments);
        Assert.True(result.ExitCode == 0, $"tars {string.Join(' ', arguments)}: exit {result.ExitCode}\n{result.Output}{result.Error}");
        return result;
    }

    private Task<CommandResult> RunAsync(params string[] arguments) => BuiltCommand.RunAsync(_folder.Path, [.. arguments, "--set", $"security.key_ring={_folder.Combine("keys")}"]);
}
