using Tars.Cli.Tests.Failures;
using Tars.TestKit;
using Tars.TestKit.SecretServers;
using Tars.TestKit.Timestamps;
using Xunit;

namespace Tars.Cli.Tests.Sealing;

/// <summary>Timestamps of a real authority over HTTP: fetched, checked before anything is written, and verified without network.</summary>
[Collection(FleetBackends.Name)]
public sealed class TimestampTests(SmallFleet fleet, TimestampTests.Signing signing) : IClassFixture<TimestampTests.Signing>, IDisposable
{
    private const string Envelope = "report.txt.dsse.json";
    private const string Token = Envelope + ".tsr";

    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Sign_WithTimestamp_IsProvenOfflineWithTheRightAuthorityOnly()
    {
        await using TimestampServer server = await TimestampServer.StartAsync(signing.Authority, TestContext.Current.CancellationToken);
        _folder.WriteText("report.txt", "figures\n");
        await ExpectAsync(0, $"wrote ./{Token}", "sign", "report.txt", "--timestamp", server.HttpAddress.AbsoluteUri);
        ReceivedRequest request = Assert.Single(server.Requests);
        Assert.Equal(("POST", "application/timestamp-query"), (request.Method, request.Header("Content-Type")));

        await ExpectAsync(0, "existed at 20", "verify", Envelope, "--timestamp-ca", signing.Authority.RootFile);
        CommandResult claimed = await ExpectAsync(0, "the signer's own claim", "verify", Envelope);
        Assert.DoesNotContain("existed at", claimed.Output, StringComparison.Ordinal);
        await ExpectAsync(1, "is not trusted", "verify", Envelope, "--timestamp-ca", signing.Other.RootFile);

        byte[] token = await File.ReadAllBytesAsync(_folder.Combine(Token), TestContext.Current.CancellationToken);
        byte[] tampered = [.. token];
        tampered[^10] ^= 1; // in the signature, which stands last
        await File.WriteAllBytesAsync(_folder.Combine(Token), tampered, TestContext.Current.CancellationToken);
        await ExpectAsync(1, "the authority's signature does not hold", "verify", Envelope, "--timestamp-ca", signing.Authority.RootFile);

        // Another statement over the same file: its time is not the token's. Signed without an authority, the old token goes.
        await ExpectAsync(0, $"wrote ./{Envelope}", "sign", "report.txt");
        Assert.False(File.Exists(_folder.Combine(Token)));
        await ExpectAsync(1, $"there is no timestamp {Token}", "verify", Envelope, "--timestamp-ca", signing.Authority.RootFile);
        await File.WriteAllBytesAsync(_folder.Combine(Token), token, TestContext.Current.CancellationToken);
        await ExpectAsync(1, "it is for other bytes", "verify", Envelope, "--timestamp-ca", signing.Authority.RootFile);
    }

    [Fact]
    public async Task Verify_CertificateThatHadEndedWhenItStamped_IsNotTrusted()
    {
        using OpenSslAuthority expired = await OpenSslAuthority.CreateAsync(expired: true, TestContext.Current.CancellationToken);
        await using TimestampServer server = await TimestampServer.StartAsync(expired, TestContext.Current.CancellationToken);
        _folder.WriteText("report.txt", "figures\n");
        await ExpectAsync(3, "NotTimeValid", "sign", "report.txt", "--timestamp", server.HttpAddress.AbsoluteUri, "--set", $"security.timestamp_ca={expired.RootFile}");
        Assert.Equal(["report.txt"], BuiltCommand.FilesOf(_folder.Path).Keys);
        await ExpectAsync(0, $"wrote ./{Token}", "sign", "report.txt", "--timestamp", server.HttpAddress.AbsoluteUri);
        await ExpectAsync(1, "NotTimeValid", "verify", Envelope, "--timestamp-ca", expired.RootFile);
    }

    [Theory]
    [InlineData("drop", "it cannot be reached: ")]
    [InlineData("down", "it answers with the status 503; 200 is expected")]
    [InlineData("portal", "it answers with text/html; application/timestamp-reply is expected")]
    [InlineData("redirect", "it answers with the status 307; 200 is expected")]
    [InlineData("huge", "its answer is longer than 262144 bytes")]
    [InlineData("cut", "it cannot be reached: ")]
    [InlineData("half", "it is malformed: ")]
    [InlineData("replay", "it is for other bytes: ")]
    [InlineData("policy", "the authority did not grant it (status 2): ")]
    [InlineData("stranger", "is not trusted")]
    public async Task Sign_AuthorityFails_Exits3AndWritesNothing(string failure, string expected)
    {
        await using TimestampServer server = await TimestampServer.StartAsync(signing.Authority, TestContext.Current.CancellationToken);
        _folder.WriteText("report.txt", "figures\n");
        if (failure == "replay")
        {
            // The answer to an earlier request, for an earlier statement.
            await ExpectAsync(0, "wrote", "sign", "report.txt", "--timestamp", server.HttpAddress.AbsoluteUri);
            server.Replay = await signing.Authority.AnswerAsync(server.Requests[0].Body, TestContext.Current.CancellationToken);
            File.Delete(_folder.Combine(Token));
            File.Delete(_folder.Combine(Envelope));
        }

        Fault? fault = failure switch
        {
            "drop" => new Fault.Drop(),
            "down" => new Fault.ServerError(503),
            "portal" => new Fault.WrongContent(),
            "redirect" => new Fault.Redirect(server.HttpAddress),
            "huge" => new Fault.Huge(10 << 20),
            "cut" => new Fault.Truncate(),
            "half" => new Fault.Malformed(),
            _ => null,
        };
        if (fault is not null)
        {
            server.Faults.Next(fault, 5);
        }

        string[] settings = failure switch
        {
            "policy" => ["--set", "security.timestamp_policy=1.2.3.9"],
            "stranger" => ["--set", $"security.timestamp_ca={signing.Other.RootFile}"],
            _ => [],
        };
        CommandResult result = await RunAsync(["sign", "report.txt", "--timestamp", server.HttpAddress.AbsoluteUri, .. settings]);
        Assert.Equal((3, string.Empty), (result.ExitCode, result.Output));
        Assert.StartsWith($"tars: error: no timestamp from {server.HttpAddress}: ", result.Error, StringComparison.Ordinal);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        Assert.Contains("tars: hint: nothing was written", result.Error, StringComparison.Ordinal);
        Assert.Equal(["report.txt"], BuiltCommand.FilesOf(_folder.Path).Keys);
    }

    [Fact]
    public async Task Sign_PolicyAndAuthorityOfTheConfiguration_AreAskedForAndChecked()
    {
        await using TimestampServer server = await TimestampServer.StartAsync(signing.Authority, TestContext.Current.CancellationToken);
        _folder.WriteText("report.txt", "figures\n");
        _folder.WriteText(
            "tars.yaml",
            $"security: {{ timestamp_url: \"{server.HttpAddress}\", timestamp_policy: {OpenSslAuthority.OtherPolicy}, timestamp_ca: {signing.Authority.RootFile} }}\n");
        await ExpectAsync(0, $"wrote ./{Token}", "sign", "report.txt");
        await ExpectAsync(0, "existed at 20", "verify", Envelope, "--timestamp-ca", signing.Authority.RootFile);
        await ExpectAsync(2, "a timestamp is over an envelope's statement", "sign", "report.txt", "--detached", "--timestamp", server.HttpAddress.AbsoluteUri);
    }

    [Fact]
    public async Task Kpi_SignedWithTimestamp_IsProvenAndAFailingAuthorityLeavesNothing()
    {
        await using TimestampServer server = await TimestampServer.StartAsync(signing.Authority, TestContext.Current.CancellationToken);
        CommandResult plain = await KpiAsync("plain", "none");
        CommandResult stamped = await KpiAsync("out", "none", "--sign", "--timestamp", server.HttpAddress.AbsoluteUri);
        Assert.Equal((plain.ExitCode, plain.Output), (stamped.ExitCode, stamped.Output));
        string envelope = Assert.Single(BuiltCommand.FilesOf(_folder.Combine("out")).Keys, name => name.EndsWith(".dsse.json", StringComparison.Ordinal));
        Assert.True(File.Exists(_folder.Combine("out", envelope + ".tsr")));
        await ExpectAsync(0, "existed at 20", "verify", "out", "--timestamp-ca", signing.Authority.RootFile);

        server.Faults.Next(new Fault.ServerError());
        CommandResult failed = await KpiAsync("failed", "none", "--sign", "--timestamp", server.HttpAddress.AbsoluteUri);
        Assert.Equal((3, string.Empty), (failed.ExitCode, failed.Output));
        Assert.False(Directory.Exists(_folder.Combine("failed")));

        CommandResult unsigned = await KpiAsync("unsigned", "none", "--timestamp", server.HttpAddress.AbsoluteUri);
        Assert.Equal(2, unsigned.ExitCode);
        Assert.Contains("a timestamp is over what is signed, and nothing is", unsigned.Error, StringComparison.Ordinal);
    }

    private Task<CommandResult> KpiAsync(string output, string failOn, params string[] sealing) => BuiltCommand.RunAsync(
        _folder.Path,
        ["kpi", .. fleet.Flags, "--prometheus-url", fleet.Address.ToString(), .. fleet.Window, "--output", output, "--fail-on", failOn, "--set", $"security.key_ring={signing.Ring}", .. sealing]);

    private async Task<CommandResult> ExpectAsync(int exitCode, string expected, params string[] arguments)
    {
        CommandResult result = await RunAsync(arguments);
        Assert.True(result.ExitCode == exitCode, $"tars {string.Join(' ', arguments)}: exit {result.ExitCode}\n{result.Output}{result.Error}");
        Assert.Contains(expected, result.Output + result.Error, StringComparison.Ordinal);
        return result;
    }

    private Task<CommandResult> RunAsync(params string[] arguments) => BuiltCommand.RunAsync(_folder.Path, [.. arguments, "--ring", signing.Ring]);

    /// <summary>One ring and two authorities for all tests: making keys takes seconds.</summary>
    public sealed class Signing : IAsyncLifetime
    {
        private readonly TemporaryDirectory _folder = new();

        public string Ring => _folder.Combine("keys");

        public OpenSslAuthority Authority { get; private set; } = null!;

        public OpenSslAuthority Other { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Authority = await OpenSslAuthority.CreateAsync();
            Other = await OpenSslAuthority.CreateAsync();
            CommandResult made = await BuiltCommand.Line(_folder.Path, "keys", "create", "signing", "--ring", "keys").RunAsync();
            Assert.True(made.ExitCode == 0, made.Error);
        }

        public ValueTask DisposeAsync()
        {
            Authority.Dispose();
            Other.Dispose();
            _folder.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
