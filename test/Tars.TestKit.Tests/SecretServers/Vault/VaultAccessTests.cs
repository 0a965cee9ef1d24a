using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Tars.TestKit.SecretServers;
using Tars.TestKit.SecretServers.Vault;
using Xunit;

namespace Tars.TestKit.Tests.SecretServers.Vault;

/// <summary>Who may do what: tokens, policies, namespaces, and nodes that do not serve.</summary>
public sealed class VaultAccessTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero));
    private VaultServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await VaultServer.StartAsync(new ProtocolServerOptions { Time = _clock }, Wire.Cancelled);
        _server.MountKeyValue().Put("app/db", ("k", "v"));
        _server.WritePolicy("reader", "", new VaultRule("secret/data/app/*", "read"));
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Read_WithoutRightToken_IsDenied()
    {
        Reply none = await Wire.GetAsync(_server.HttpAddress, "/v1/secret/data/app/db");
        Assert.Equal((403, "{\"errors\":[\"permission denied\"]}"), (none.Status, none.Body));
        Assert.Equal(403, await ReadAsync("hvs.made-up"));
        Assert.Equal(200, (await Wire.GetAsync(_server.HttpAddress, "/v1/secret/data/app/db", ("Authorization", $"Bearer {_server.RootToken}"))).Status);
        Assert.Equal(403, (await Wire.GetAsync(_server.HttpAddress, "/v1/secret/data/app/db", ("Authorization", _server.RootToken))).Status);
    }

    [Fact]
    public async Task Token_PastItsTtl_IsDenied()
    {
        string token = Reader(new VaultTokenSettings { Ttl = TimeSpan.FromMinutes(10), MaxTtl = TimeSpan.FromMinutes(15) });
        Assert.Equal(200, await ReadAsync(token));
        _clock.Advance(TimeSpan.FromMinutes(9));
        Reply renewed = await Wire.PostAsync(_server.HttpAddress, "/v1/auth/token/renew-self", "{\"increment\":\"1h\"}", Token(token));
        Assert.Equal((200, 360, token), (renewed.Status, (int)renewed.Json["auth"]!["lease_duration"]!, (string?)renewed.Json["auth"]!["client_token"]));
        Assert.Contains("exceeded the effective max_ttl", (string?)renewed.Json["warnings"]![0], StringComparison.Ordinal);
        _clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(200, await ReadAsync(token));
        Reply looked = await Wire.GetAsync(_server.HttpAddress, "/v1/auth/token/lookup-self", Token(token));
        Assert.Equal((60, true), ((int)looked.Json["data"]!["ttl"]!, (bool)looked.Json["data"]!["renewable"]!));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(403, await ReadAsync(token));
        Assert.Equal(403, (await Wire.PostAsync(_server.HttpAddress, "/v1/auth/token/renew-self", "{}", Token(token))).Status);
    }

    [Fact]
    public async Task Token_NotRenewable_IsNotRenewed()
    {
        string token = Reader(new VaultTokenSettings { Renewable = false });
        Reply reply = await Wire.PostAsync(_server.HttpAddress, "/v1/auth/token/renew-self", "{}", Token(token));
        Assert.Equal((400, "lease is not renewable"), (reply.Status, (string?)reply.Json["errors"]![0]));
        Reply wrong = await Wire.PostAsync(_server.HttpAddress, "/v1/auth/token/renew-self", "{\"increment\":\"soon\"}", Token(Reader(new VaultTokenSettings())));
        Assert.Equal(400, wrong.Status);
    }

    [Fact]
    public async Task Token_WithTwoUses_EndsAfterThem()
    {
        string token = Reader(new VaultTokenSettings { Uses = 2 });
        Assert.Equal((200, 200, 403), (await ReadAsync(token), await ReadAsync(token), await ReadAsync(token)));
    }

    [Fact]
    public async Task Token_Revoked_TakesItsLeasesAlong()
    {
        DatabaseMount database = _server.MountDatabase();
        database.AddRole("r", TimeSpan.FromHours(1), TimeSpan.FromHours(2));
        _server.WritePolicy("db", "", new VaultRule("database/creds/r", "read"));
        string token = _server.CreateToken(new VaultTokenSettings { Policies = ["db"] });
        JsonNode data = (await Wire.GetAsync(_server.HttpAddress, "/v1/database/creds/r", Token(token))).Json["data"]!;
        Assert.True(database.Accepts((string)data["username"]!, (string)data["password"]!));
        Assert.Equal(204, (await Wire.PostAsync(_server.HttpAddress, "/v1/auth/token/revoke-self", "", Token(token))).Status);
        Assert.Equal(403, (await Wire.GetAsync(_server.HttpAddress, "/v1/auth/token/lookup-self", Token(token))).Status);
        Assert.False(database.Accepts((string)data["username"]!, (string)data["password"]!));
    }

    // The examples of "Policies": exact paths, globs, segments, and which of two patterns decides.
    [Theory]
    [InlineData("secret/foo", "secret/foo", true)]
    [InlineData("secret/foo", "secret/food", false)]
    [InlineData("secret/foo", "secret/foo/bar", false)]
    [InlineData("secret/bar/*", "secret/bar/zip/zap", true)]
    [InlineData("secret/bar/*", "secret/bars/zip", false)]
    [InlineData("secret/zip-*", "secret/zip-zap/zong", true)]
    [InlineData("secret/zip-*", "secret/zip/zap", false)]
    [InlineData("secret/+/teamb", "secret/foo/teamb", true)]
    [InlineData("secret/+/teamb", "secret/foo/bar/teamb", false)]
    [InlineData("secret/+/+/teamb", "secret/foo/bar/teamb", true)]
    public async Task Policy_Pattern_MatchesAsDocumented(string pattern, string path, bool allowed)
    {
        _server.WritePolicy("p", "", new VaultRule(pattern, "read"));
        string token = _server.CreateToken(new VaultTokenSettings { Policies = ["p"] });
        int status = (await Wire.GetAsync(_server.HttpAddress, $"/v1/{path}", Token(token))).Status;
        Assert.Equal(allowed, status != 403);
    }

    [Fact]
    public async Task Policy_TwoPatterns_TheMoreSpecificDecides()
    {
        _server.WritePolicy("wide", "", new VaultRule("secret/*", "read"), new VaultRule("secret/data/app/db", "deny"));
        Assert.Equal(403, await ReadAsync(_server.CreateToken(new VaultTokenSettings { Policies = ["wide"] })));
        _server.WritePolicy("list", "", new VaultRule("secret/data/app/*", "list"));
        Assert.Equal(200, await ReadAsync(_server.CreateToken(new VaultTokenSettings { Policies = ["reader", "list"] }))); // one pattern, two policies: the union
        _server.WritePolicy("plus", "", new VaultRule("secret/+/+/db", "list"));
        Assert.Equal(200, await ReadAsync(_server.CreateToken(new VaultTokenSettings { Policies = ["reader", "plus"] }))); // the first wildcard comes later
        Assert.Equal(403, await ReadAsync(_server.CreateToken(new VaultTokenSettings { Policies = ["missing"] })));
        _server.WritePolicy("deny", "", new VaultRule("secret/data/app/*", "deny"));
        Assert.Equal(403, await ReadAsync(_server.CreateToken(new VaultTokenSettings { Policies = ["reader", "deny"] }))); // "deny always takes precedence"
    }

    [Fact]
    public async Task Namespace_HeaderOrPath_IsTheSame()
    {
        _server.MountKeyValue("team/a/secret").Put("x", ("k", "inner"));
        _server.WritePolicy("reader", "team/a", new VaultRule("secret/data/*", "read"));
        string token = _server.CreateToken(new VaultTokenSettings { Policies = ["reader"] }, "team/a");
        foreach ((string target, string? space) in new[] { ("/v1/secret/data/x", "team/a"), ("/v1/secret/data/x", "team/a/"), ("/v1/a/secret/data/x", "team"), ("/v1/team/a/secret/data/x", null) })
        {
            (string, string)[] headers = space is null ? [Token(token)] : [Token(token), ("X-Vault-Namespace", space)];
            Assert.Equal("inner", (string?)(await Wire.GetAsync(_server.HttpAddress, target, headers)).Json["data"]!["data"]!["k"]);
        }

        Assert.Equal(403, (await Wire.GetAsync(_server.HttpAddress, "/v1/secret/data/app/db", Token(token))).Status);
        Assert.Equal(403, (await Wire.GetAsync(_server.HttpAddress, "/v1/secret/data/x", Token(token), ("X-Vault-Namespace", "team/b"))).Status);
    }

    // "/sys/health": the default status codes, and the parameters that change them.
    [Theory]
    [InlineData(VaultCondition.Active, "", 200)]
    [InlineData(VaultCondition.Standby, "", 429)]
    [InlineData(VaultCondition.DisasterRecoverySecondary, "", 472)]
    [InlineData(VaultCondition.PerformanceStandby, "", 473)]
    [InlineData(VaultCondition.Uninitialized, "", 501)]
    [InlineData(VaultCondition.Sealed, "", 503)]
    [InlineData(VaultCondition.Standby, "?standbyok=true", 200)]
    [InlineData(VaultCondition.PerformanceStandby, "?standbyok=true", 473)]
    [InlineData(VaultCondition.PerformanceStandby, "?perfstandbyok=true", 200)]
    [InlineData(VaultCondition.Sealed, "?sealedcode=204&activecode=201", 204)]
    public async Task Health_OfEachCondition_HasItsCode(VaultCondition condition, string query, int status)
    {
        _server.Condition = condition;
        Assert.Equal(status, (await Wire.GetAsync(_server.HttpAddress, "/v1/sys/health" + query)).Status);
        Assert.Equal((status, ""), ((await Wire.SendAsync(_server.HttpAddress, "HEAD", "/v1/sys/health" + query, null)) is var head ? (head.Status, head.Body) : default));
    }

    [Fact]
    public async Task Read_FromANodeThatDoesNotServe_IsRefused()
    {
        _server.Condition = VaultCondition.Sealed;
        Reply withSeal = await Wire.GetAsync(_server.HttpAddress, "/v1/secret/data/app/db", Token(_server.RootToken));
        Assert.Equal((503, "Vault is sealed"), (withSeal.Status, (string?)withSeal.Json["errors"]![0]));
        _server.Condition = VaultCondition.Standby;
        Assert.Equal(500, await ReadAsync(_server.RootToken));
        _server.ActiveNode = new Uri("http://127.0.0.1:9/");
        Reply standby = await Wire.GetAsync(_server.HttpAddress, "/v1/secret/data/app/db?version=1", Token(_server.RootToken));
        Assert.Equal((307, "http://127.0.0.1:9/v1/secret/data/app/db?version=1"), (standby.Status, standby.Headers["Location"]));
        _server.Condition = VaultCondition.PerformanceStandby;
        Assert.Equal(200, await ReadAsync(_server.RootToken));
    }

    [Fact]
    public async Task Faults_ThrottleAndError_AreInVaultsForm()
    {
        _server.Faults.Next(new Fault.Throttle(TimeSpan.FromSeconds(3)));
        _server.Faults.Next(new Fault.ServerError());
        Reply throttled = await Wire.GetAsync(_server.HttpAddress, "/v1/secret/data/app/db", Token(_server.RootToken));
        Assert.Equal((429, "3", "request path \"secret/data/app/db\": rate limit quota exceeded"), (throttled.Status, throttled.Headers["Retry-After"], (string?)throttled.Json["errors"]![0]));
        Reply failed = await Wire.GetAsync(_server.HttpAddress, "/v1/secret/data/app/db", Token(_server.RootToken));
        Assert.Equal((500, "internal error"), (failed.Status, (string?)failed.Json["errors"]![0]));
    }

    [Fact]
    public async Task Read_WithoutTheRequestHeader_IsRefusedWhereItIsRequired()
    {
        _server.RequireRequestHeader = true;
        Assert.Equal(412, await ReadAsync(_server.RootToken));
        Assert.Equal(200, (await Wire.GetAsync(_server.HttpAddress, "/v1/secret/data/app/db", Token(_server.RootToken), ("X-Vault-Request", "true"))).Status);
    }

    private static (string, string) Token(string token) => ("X-Vault-Token", token);

    private string Reader(VaultTokenSettings settings) => _server.CreateToken(settings with { Policies = ["reader"] });

    private async Task<int> ReadAsync(string token) => (await Wire.GetAsync(_server.HttpAddress, "/v1/secret/data/app/db", Token(token))).Status;
}
