using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Tars.TestKit.SecretServers;
using Tars.TestKit.SecretServers.Tokens;
using Tars.TestKit.SecretServers.Vault;
using Xunit;

namespace Tars.TestKit.Tests.SecretServers.Vault;

/// <summary>Logins by AppRole, JWT and Kubernetes, and each thing they refuse.</summary>
public sealed class VaultLoginTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero));
    private VaultServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await VaultServer.StartAsync(new ProtocolServerOptions { Time = _clock }, Wire.Cancelled);
        _server.MountKeyValue().Put("a", ("k", "v"));
        _server.WritePolicy("reader", "", new VaultRule("secret/data/*", "read"));
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task AppRole_RoleAndSecretId_GetAToken()
    {
        AppRoleMount roles = _server.EnableAppRole("team/approle");
        string role = roles.AddRole("app", new VaultTokenSettings { Policies = ["reader"], Ttl = TimeSpan.FromMinutes(20) });
        Reply reply = await LoginAsync("team/approle", ("role_id", role), ("secret_id", roles.NewSecretId(role)));
        JsonNode auth = reply.Json["auth"]!;
        Assert.Equal((200, 1200, true, "service", "app"), (reply.Status, (int)auth["lease_duration"]!, (bool)auth["renewable"]!, (string?)auth["token_type"], (string?)auth["metadata"]!["role_name"]));
        Assert.Equal(["default", "reader"], auth["policies"]!.AsArray().Select(policy => (string?)policy));
        Assert.Null(reply.Json["data"]);
        Assert.Equal(200, (await Wire.GetAsync(_server.HttpAddress, "/v1/secret/data/a", ("X-Vault-Token", (string)auth["client_token"]!))).Status);
        Assert.Equal(403, (await Wire.PostAsync(_server.HttpAddress, "/v1/auth/approle/login", "{}")).Status); // nothing is mounted there
    }

    [Fact]
    public async Task AppRole_SecretIdThatIsUsedUpExpiredForeignOrMissing_IsRefused()
    {
        AppRoleMount roles = _server.EnableAppRole();
        string role = roles.AddRole("app", new VaultTokenSettings());
        string other = roles.AddRole("other", new VaultTokenSettings());
        string once = roles.NewSecretId(role, uses: 1);
        string brief = roles.NewSecretId(role, ttl: TimeSpan.FromMinutes(1));
        Assert.Equal(200, (await LoginAsync("approle", ("role_id", role), ("secret_id", once))).Status);
        Assert.Equal((400, "invalid role or secret ID"), await RefusalAsync("approle", ("role_id", role), ("secret_id", once)));
        Assert.Equal((400, "invalid role or secret ID"), await RefusalAsync("approle", ("role_id", other), ("secret_id", brief)));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal((400, "invalid role or secret ID"), await RefusalAsync("approle", ("role_id", role), ("secret_id", brief)));
        Assert.Equal((400, "missing secret_id"), await RefusalAsync("approle", ("role_id", role)));
        Assert.Equal((400, "missing role_id"), await RefusalAsync("approle"));
        Assert.Equal(405, (await Wire.GetAsync(_server.HttpAddress, "/v1/auth/approle/login")).Status);
        Assert.Equal(400, (await Wire.PostAsync(_server.HttpAddress, "/v1/auth/approle/login", "role_id=x")).Status);
    }

    [Theory]
    [InlineData("RS256")]
    [InlineData("ES256")]
    public async Task Jwt_TokenOfTheIssuer_GetsAToken(string algorithm)
    {
        using TokenIssuer issuer = new("https://ci.test", _clock, algorithm);
        _server.EnableJwt(issuer, "gitlab", boundIssuer: "https://ci.test").AddRole("deploy", Role());
        Assert.Equal(200, (await LoginAsync("gitlab", ("role", "deploy"), ("jwt", issuer.Issue("project:1", "vault")))).Status);
    }

    [Fact]
    public async Task Jwt_TokenThatIsWrong_IsRefusedForWhatIsWrong()
    {
        using TokenIssuer issuer = new("https://ci.test", _clock);
        using TokenIssuer stranger = new("https://ci.test", _clock);
        using TokenIssuer elliptic = new("https://ci.test", _clock, "ES256");
        _server.EnableJwt(issuer, boundIssuer: "https://ci.test").AddRole("deploy", Role());
        string good = issuer.Issue("project:1", "vault");
        Assert.Equal(200, (await LoginAsync("jwt", ("role", "deploy"), ("jwt", good))).Status);
        await AssertRefusedAsync("no known key", stranger.Issue("project:1", "vault"));
        await AssertRefusedAsync("no known key", elliptic.Issue("project:1", "vault"));
        await AssertRefusedAsync("no known key", issuer.Sign(new JsonObject { ["alg"] = "none" }, new JsonObject { ["sub"] = "project:1", ["aud"] = "vault" }));
        await AssertRefusedAsync("no known key", issuer.Sign(new JsonObject { ["alg"] = "HS256" }, new JsonObject { ["sub"] = "project:1", ["aud"] = "vault" }));
        await AssertRefusedAsync("malformed", good + "=");
        await AssertRefusedAsync("malformed", good[..good.LastIndexOf('.')]);
        await AssertRefusedAsync("missing token", "");
        await AssertRefusedAsync("expired", issuer.Issue("project:1", "vault", TimeSpan.FromSeconds(-60)));
        await AssertRefusedAsync("not yet valid", issuer.Issue("project:1", "vault", claims: new Dictionary<string, JsonNode?> { ["nbf"] = _clock.GetUtcNow().AddMinutes(2).ToUnixTimeSeconds() }));
        await AssertRefusedAsync("audience", issuer.Issue("project:1", "elsewhere"));
        await AssertRefusedAsync("(sub)", issuer.Issue("project:2", "vault"));
        await AssertRefusedAsync("(iss)", issuer.Issue("project:1", "vault", claims: new Dictionary<string, JsonNode?> { ["iss"] = "https://other.test" }));
        Assert.Equal((400, "role \"none\" could not be found"), await RefusalAsync("jwt", ("role", "none"), ("jwt", good)));
        Assert.Equal((400, "missing role"), await RefusalAsync("jwt", ("jwt", good)));

        async Task AssertRefusedAsync(string part, string jwt)
        {
            (int status, string error) = await RefusalAsync("jwt", ("role", "deploy"), ("jwt", jwt));
            Assert.Equal(400, status);
            Assert.Contains(part, error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Jwt_AnyBitOfTheTokenChanged_IsRefused()
    {
        using TokenIssuer issuer = new("https://ci.test", _clock, "ES256");
        _server.EnableJwt(issuer).AddRole("deploy", Role());
        string good = issuer.Issue("project:1", "vault");
        Random random = new(Seeds.Draw());
        for (int trial = 0; trial < 40; trial++)
        {
            char[] changed = good.ToCharArray();
            int at = random.Next(changed.Length - 1); // the last character has bits that are no part of the signature
            changed[at] = changed[at] == 'A' ? 'Q' : 'A';
            (int status, string _) = await RefusalAsync("jwt", ("role", "deploy"), ("jwt", new string(changed)));
            Assert.Equal(400, status);
        }
    }

    [Fact]
    public async Task Kubernetes_ServiceAccounts_AreHeldToTheRole()
    {
        using TokenIssuer cluster = new("https://kubernetes.default.svc", _clock);
        using TokenIssuer stranger = new("https://kubernetes.default.svc", _clock);
        _server.EnableKubernetes(cluster, "k8s").AddRole("app", new KubernetesRole(["tars"], ["monitoring"], new VaultTokenSettings { Policies = ["reader"] }, "vault"));
        Reply reply = await LoginAsync("k8s", ("role", "app"), ("jwt", cluster.Issue("system:serviceaccount:monitoring:tars", "vault")));
        Assert.Equal((200, "tars"), (reply.Status, (string?)reply.Json["auth"]!["metadata"]!["service_account_name"]));
        await AssertRefusedAsync("permission denied", stranger.Issue("system:serviceaccount:monitoring:tars", "vault"));
        await AssertRefusedAsync("permission denied", cluster.Issue("system:serviceaccount:monitoring:tars", "vault", TimeSpan.Zero));
        await AssertRefusedAsync("permission denied", cluster.Issue("system:node:n1", "vault"));
        await AssertRefusedAsync("audience", cluster.Issue("system:serviceaccount:monitoring:tars", "api"));
        await AssertRefusedAsync("namespace not authorized", cluster.Issue("system:serviceaccount:default:tars", "vault"));
        await AssertRefusedAsync("service account name not authorized", cluster.Issue("system:serviceaccount:monitoring:other", "vault"));
        Assert.Equal((400, "missing jwt"), await RefusalAsync("k8s", ("role", "app")));
        Assert.Equal((400, "invalid role name \"x\""), await RefusalAsync("k8s", ("role", "x"), ("jwt", "y")));

        async Task AssertRefusedAsync(string part, string jwt)
        {
            (int status, string error) = await RefusalAsync("k8s", ("role", "app"), ("jwt", jwt));
            Assert.Equal(403, status);
            Assert.Contains(part, error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Login_InANamespace_GivesATokenOfIt()
    {
        _server.MountKeyValue("team/secret").Put("a", ("k", "inner"));
        _server.WritePolicy("reader", "team", new VaultRule("secret/data/*", "read"));
        AppRoleMount roles = _server.EnableAppRole(space: "team");
        string role = roles.AddRole("app", new VaultTokenSettings { Policies = ["reader"] });
        string body = $"{{\"role_id\":\"{role}\",\"secret_id\":\"{roles.NewSecretId(role)}\"}}";
        Assert.Equal(403, (await Wire.PostAsync(_server.HttpAddress, "/v1/auth/approle/login", body)).Status);
        Reply reply = await Wire.PostAsync(_server.HttpAddress, "/v1/auth/approle/login", body, ("X-Vault-Namespace", "team"));
        string token = (string)reply.Json["auth"]!["client_token"]!;
        Assert.Equal(403, (await Wire.GetAsync(_server.HttpAddress, "/v1/secret/data/a", ("X-Vault-Token", token))).Status);
        Assert.Equal(200, (await Wire.GetAsync(_server.HttpAddress, "/v1/secret/data/a", ("X-Vault-Token", token), ("X-Vault-Namespace", "team"))).Status);
    }

    private static JwtRole Role() => new() { BoundAudiences = ["vault"], BoundSubject = "project:1", Token = new VaultTokenSettings { Policies = ["reader"] } };

    private Task<Reply> LoginAsync(string mount, params (string Key, string Value)[] fields) => Wire.PostAsync(
        _server.HttpAddress,
        $"/v1/auth/{mount}/login",
        new JsonObject(fields.Select(field => new KeyValuePair<string, JsonNode?>(field.Key, field.Value))).ToJsonString());

    private async Task<(int Status, string Error)> RefusalAsync(string mount, params (string Key, string Value)[] fields)
    {
        Reply reply = await LoginAsync(mount, fields);
        return (reply.Status, (string)reply.Json["errors"]![0]!);
    }
}
