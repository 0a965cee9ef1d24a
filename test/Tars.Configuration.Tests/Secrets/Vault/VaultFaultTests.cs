using System.Diagnostics;
using System.Text.Json.Nodes;
using Tars.Configuration.Secrets;
using Tars.Configuration.Secrets.Vault;
using Tars.TestKit.SecretServers;
using Tars.TestKit.SecretServers.Vault;

namespace Tars.Configuration.Tests.Secrets.Vault;

/// <summary>What goes wrong on the way, each told for what it is, and nothing of it with a token.</summary>
public sealed class VaultFaultTests : IAsyncLifetime
{
    private const string Read = "secret/data/tars";

    private VaultBench _bench = null!;

    public async ValueTask InitializeAsync() => _bench = await VaultBench.StartAsync();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    public static TheoryData<string> Passing => ["throttle", "500", "502", "503", "drop", "truncate"];

    public static TheoryData<string, string> Standing => new()
    {
        { "malformed", "answered 200 with something that is not Vault's JSON; is secrets.vault_url Vault's address?" },
        { "page", "answered 200 with something that is not Vault's JSON; is secrets.vault_url Vault's address?" },
        { "empty", "answered 200 with something that is not Vault's JSON; is secrets.vault_url Vault's address?" },
        { "huge", "{place} answered with more than 1048576 bytes" },
        { "page404", "answered 404 with something that is not Vault's JSON; is secrets.vault_url Vault's address?" },
        { "list", "answered 200 with something that is not Vault's JSON; is secrets.vault_url Vault's address?" },
        { "twice", "answered 200 with something that is not Vault's JSON; is secrets.vault_url Vault's address?" },
        { "nodata", "answered 200 without the fields of a secret; is secrets.vault_kv_version right?" },
        { "half", "answered with a text that is not Unicode" },
    };

    [Theory]
    [MemberData(nameof(Passing))]
    public async Task FindAsync_PassingFault_IsSentAgain(string fault)
    {
        VaultSecrets vault = _bench.Client();
        await vault.ValueAsync("jwt_secret");
        int before = _bench.Count(Read);
        _bench.Server.Faults.Next(Of(fault), 2, Read);

        Assert.Equal("one", await vault.ValueAsync("jwt_secret"));
        Assert.Equal(3, _bench.Count(Read) - before);
    }

    [Theory]
    [MemberData(nameof(Passing))]
    public async Task FindAsync_FaultThatDoesNotPass_IsUnreachableAfterBoundedRetries(string fault)
    {
        VaultSecrets vault = _bench.Client();
        await vault.ValueAsync("jwt_secret");
        int before = _bench.Count(Read);
        _bench.Server.Faults.Next(Of(fault), 10, Read);

        string reason = await vault.OutageAsync("jwt_secret");

        Assert.StartsWith(Place, reason, StringComparison.Ordinal);
        Assert.EndsWith(", as after 2 earlier attempts", reason, StringComparison.Ordinal);
        Assert.Equal(3, _bench.Count(Read) - before);
    }

    [Theory]
    [MemberData(nameof(Standing))]
    public async Task FindAsync_AnswerThatIsNotVaults_IsUnreachableAtOnce(string fault, string expected)
    {
        VaultSecrets vault = _bench.Client();
        await vault.ValueAsync("jwt_secret");
        int before = _bench.Count(Read);
        _bench.Server.Faults.Next(Of(fault), 1, Read);

        Assert.Equal(expected.Replace("{place}", Place, StringComparison.Ordinal), await vault.OutageAsync("jwt_secret"));
        Assert.Equal(1, _bench.Count(Read) - before);
    }

    [Fact]
    public async Task FindAsync_RetryAfter_IsHonoured()
    {
        VaultSecrets vault = _bench.Client(time: TimeProvider.System);
        await vault.ValueAsync("jwt_secret");
        _bench.Server.Faults.Next(new Fault.Throttle(TimeSpan.FromSeconds(1)), 1, Read);
        Stopwatch watch = Stopwatch.StartNew();

        Assert.Equal("one", await vault.ValueAsync("jwt_secret"));
        Assert.True(watch.Elapsed >= TimeSpan.FromSeconds(1), watch.Elapsed.ToString());
    }

    [Fact]
    public async Task FindAsync_RetryAfterBeyondPatience_IsGivenUpAtOnce()
    {
        VaultSecrets vault = _bench.Client();
        await vault.ValueAsync("jwt_secret");
        _bench.Server.Faults.Next(new Fault.Throttle(TimeSpan.FromHours(1)), 1, Read);

        Assert.Equal($"{Place} answered 429: rate limit quota exceeded and asks to wait 3600 s, longer than the 20 s that are waited", await vault.OutageAsync("jwt_secret"));
    }

    [Fact]
    public async Task FindAsync_NoAnswer_IsUnreachableAfterTheTimeOut()
    {
        VaultSecrets vault = _bench.Client(
            change: options => options with { Timeout = TimeSpan.FromMilliseconds(300), Retries = 1, KvVersion = 2 }, time: TimeProvider.System);
        _bench.Server.Faults.Next(new Fault.Delay(TimeSpan.FromHours(1)), 10);

        Assert.Equal(
            $"{_bench.Server.HttpAddress}v1/auth/token/lookup-self did not answer within 0.3 s, as after 1 earlier attempt",
            await vault.OutageAsync("jwt_secret"));
    }

    [Fact]
    public async Task FindAsync_Cancelled_IsCancelled()
    {
        VaultSecrets vault = _bench.Client();
        _bench.Server.Faults.Next(new Fault.Delay(TimeSpan.FromHours(1)), 10);
        using CancellationTokenSource end = new();
        Task<SecretAnswer> question = vault.FindAsync("jwt_secret", end.Token);
        await VaultBench.UntilAsync(() => _bench.Server.Requests.Count > 0);
        await end.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => question);
    }

    [Fact]
    public async Task FindAsync_NobodyListens_IsUnreachable()
    {
        VaultSecrets vault = _bench.Client(change: options => options with { Url = new Uri("http://127.0.0.1:1"), Retries = 0 });

        Assert.Equal("http://127.0.0.1:1/v1/auth/token/lookup-self cannot be reached (no connection)", await vault.OutageAsync("jwt_secret"));
    }

    [Theory]
    [InlineData(VaultCondition.Sealed, "answered 503: Vault is sealed")]
    [InlineData(VaultCondition.Uninitialized, "answered 501: Vault is not initialized")]
    [InlineData(VaultCondition.Standby, "answered 500: local node not active but active cluster node not found")]
    [InlineData(VaultCondition.DisasterRecoverySecondary, "answered 503: path disabled in replication DR secondary mode")]
    public async Task FindAsync_NodeThatDoesNotServe_IsUnreachable(VaultCondition condition, string reason)
    {
        _bench.Server.Condition = condition;

        Assert.Contains(reason, await _bench.Client().OutageAsync("jwt_secret"), StringComparison.Ordinal);
    }

    // A standby sends its clients to the active node. The token must not follow them to a host that nobody configured.
    [Fact]
    public async Task FindAsync_RedirectToAnotherHost_DoesNotTakeTheTokenThere()
    {
        await using VaultServer other = await VaultServer.StartAsync(cancellationToken: VaultBench.Cancelled);
        _bench.Server.Condition = VaultCondition.Standby;
        _bench.Server.ActiveNode = other.HttpAddress;

        string reason = await _bench.Client().OutageAsync("jwt_secret");

        Assert.Equal(
            $"{_bench.Server.HttpAddress}v1/auth/token/lookup-self answered 307, a redirect to {other.HttpAddress.AbsoluteUri.TrimEnd('/')}, which is not followed with credentials; set secrets.vault_url to the active node, or let standbys forward requests",
            reason);
        Assert.Empty(other.Requests);
    }

    [Fact]
    public async Task FindAsync_RedirectOnTheSameHost_IsFollowedButNotInCircles()
    {
        VaultSecrets vault = _bench.Client();
        await vault.ValueAsync("jwt_secret");
        _bench.Server.Faults.Next(new Fault.Redirect(new Uri(_bench.Server.HttpAddress, "/v1/secret/data/tars")), 1, Read);
        Assert.Equal("one", await vault.ValueAsync("jwt_secret"));

        int before = _bench.Count(Read);
        _bench.Server.Faults.Next(new Fault.Redirect(new Uri(_bench.Server.HttpAddress, "/v1/secret/data/tars")), 50, Read);
        Assert.Contains("a redirect", await vault.OutageAsync("jwt_secret"), StringComparison.Ordinal);
        Assert.InRange(_bench.Count(Read) - before, 1, 5);
    }

    // What stands between, or Vault itself, repeats what it was sent: nothing of it reaches a message.
    [Theory]
    [InlineData(400)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(418)]
    [InlineData(500)]
    public async Task FindAsync_ErrorThatQuotesSecrets_IsNotRepeated(int status)
    {
        const string Canary = "hvs.canary-9d1e";
        VaultSecrets vault = _bench.Client(new VaultLogin.ByToken(VaultBench.Given(Canary)), options => options with { KvVersion = 2 });
        JsonObject quoting = new() { ["errors"] = new JsonArray($"token {Canary} is not known", $"postgres password {Canary}", "permission denied") };
        _bench.Server.Faults.Next(new Fault.Instead(Answer.Json(status, quoting)), 20);

        SecretAnswer answer = await vault.FindAsync("jwt_secret", VaultBench.Cancelled);

        Assert.False(answer is SecretAnswer.Found or SecretAnswer.Absent, answer.ToString());
        Assert.DoesNotContain("canary", answer.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("permission denied", answer.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindAsync_Https_NeedsTheAuthorityAndTheName()
    {
        string authority = _bench.Folder.WriteText("ca.pem", _bench.Server.AuthorityPem);
        Assert.Equal("one", await _bench.Client(change: options => options with { Url = _bench.Server.HttpsAddress, CertificateAuthorityFile = authority }).ValueAsync("jwt_secret"));

        const string Untrusted = "v1/auth/token/lookup-self does not present a certificate that is trusted here; set secrets.vault_ca_file to the authority that signed it, or check that secrets.vault_url begins as Vault listens (https or http)";
        Assert.Equal(_bench.Server.HttpsAddress + Untrusted, await _bench.Client(change: options => options with { Url = _bench.Server.HttpsAddress }).OutageAsync("jwt_secret"));
        foreach (ProtocolServerOptions wrong in new ProtocolServerOptions[] { new() { CertificateNamesLoopback = false }, new() { CertificateExpired = true } })
        {
            await using VaultServer server = await VaultServer.StartAsync(wrong, VaultBench.Cancelled);
            string its = _bench.Folder.WriteText("its.pem", server.AuthorityPem);
            Assert.Equal(server.HttpsAddress + Untrusted, await _bench.Client(change: options => options with { Url = server.HttpsAddress, CertificateAuthorityFile = its }).OutageAsync("jwt_secret"));
            Assert.Empty(server.Requests);
        }
    }

    [Fact]
    public async Task FindAsync_HttpWhereTlsIsSpoken_IsUnreachable()
    {
        UriBuilder plain = new(_bench.Server.HttpsAddress) { Scheme = "http" };
        UriBuilder secure = new(_bench.Server.HttpAddress) { Scheme = "https" };

        Assert.IsType<SecretAnswer.Unreachable>(await _bench.Client(change: options => options with { Url = plain.Uri }).FindAsync("a", VaultBench.Cancelled));
        Assert.Contains("secrets.vault_url", await _bench.Client(change: options => options with { Url = secure.Uri }).OutageAsync("a"), StringComparison.Ordinal);
    }

    private string Place => $"{_bench.Server.HttpAddress}v1/{Read}";

    private static Fault Of(string name) => name switch
    {
        "throttle" => new Fault.Throttle(),
        "500" or "502" or "503" => new Fault.ServerError(int.Parse(name, null)),
        "drop" => new Fault.Drop(),
        "truncate" => new Fault.Truncate(),
        "malformed" => new Fault.Malformed(),
        "page" => new Fault.WrongContent(),
        "page404" => new Fault.Instead(Answer.Text(404, "<html>no such page</html>", "text/html")),
        "empty" => new Fault.EmptyBody(),
        "huge" => new Fault.Huge(100L << 20),
        "list" => new Fault.Instead(Answer.Text(200, "[]", "application/json")),
        "twice" => new Fault.Instead(Answer.Text(200, """{"data":{"data":{"jwt_secret":"a","jwt_secret":"b"}}}""", "application/json")),
        "nodata" => new Fault.Instead(Answer.Text(200, """{"data":{"data":"x"}}""", "application/json")),
        _ => new Fault.Instead(Answer.Text(200, """{"data":{"data":{"jwt_secret":"\ud800"}}}""", "application/json")),
    };
}
