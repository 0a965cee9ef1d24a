using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Tars.TestKit.SecretServers;
using Tars.TestKit.SecretServers.Azure;
using Tars.TestKit.SecretServers.Tokens;
using Xunit;

namespace Tars.TestKit.Tests.SecretServers.Azure;

/// <summary>Where tokens come from: Entra's client credentials flow with its three proofs, and managed identities.</summary>
public sealed class AzureTokenTests : IAsyncLifetime
{
    private const string Vault = "https://vault.azure.net/.default";
    private const string AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private EntraTenant _tenant = null!;
    private EntraServer _entra = null!;
    private EntraApplication _application = null!;

    public async ValueTask InitializeAsync()
    {
        _tenant = new EntraTenant(_clock);
        _application = _tenant.CreateApplication();
        _entra = await EntraServer.StartAsync(_tenant, cancellationToken: Wire.Cancelled);
    }

    public async ValueTask DisposeAsync()
    {
        await _entra.DisposeAsync();
        _tenant.Dispose();
    }

    [Fact]
    public async Task Secret_OfTheApplication_GetsATokenThatOpens()
    {
        string secret = _application.AddSecret(_clock.GetUtcNow().AddDays(1));
        Reply reply = await AskAsync(("client_secret", secret));
        Assert.Equal((200, 3599, "Bearer"), (reply.Status, (int)reply.Json["expires_in"]!, (string?)reply.Json["token_type"]));
        await AssertOpensAsync((string)reply.Json["access_token"]!);
    }

    [Fact]
    public async Task Secret_ThatIsWrong_IsRefusedWithItsCode()
    {
        string secret = _application.AddSecret(_clock.GetUtcNow().AddDays(1));
        await AssertRefusedAsync(401, "invalid_client", 7000215, AskAsync(("client_secret", secret + "x")));
        await AssertRefusedAsync(401, "invalid_client", 7000215, AskAsync(("client_secret", _tenant.CreateApplication().AddSecret(_clock.GetUtcNow().AddDays(1)))));
        await AssertRefusedAsync(401, "invalid_client", 7000218, AskAsync());
        await AssertRefusedAsync(400, "invalid_scope", 1002012, FormAsync(_tenant.Id, ("grant_type", "client_credentials"), ("client_id", _application.ClientId), ("scope", "https://vault.azure.net"), ("client_secret", secret)));
        await AssertRefusedAsync(400, "invalid_scope", 1002012, FormAsync(_tenant.Id, ("grant_type", "client_credentials"), ("client_id", _application.ClientId), ("client_secret", secret)));
        await AssertRefusedAsync(400, "unauthorized_client", 700016, FormAsync(_tenant.Id, ("grant_type", "client_credentials"), ("client_id", "x"), ("scope", Vault), ("client_secret", secret)));
        await AssertRefusedAsync(400, "invalid_request", 900144, FormAsync(_tenant.Id, ("grant_type", "client_credentials"), ("scope", Vault), ("client_secret", secret)));
        await AssertRefusedAsync(400, "unsupported_grant_type", 70003, FormAsync(_tenant.Id, ("grant_type", "magic")));
        await AssertRefusedAsync(400, "invalid_request", 900144, Wire.PostAsync(_entra.HttpAddress, $"/{_tenant.Id}/oauth2/v2.0/token", "{}", ("Content-Type", "application/json")));
        await AssertRefusedAsync(400, "invalid_request", 90002, FormAsync("other", ("grant_type", "client_credentials")));
        Assert.Equal(404, (await Wire.FormAsync(_entra.HttpAddress, $"/{_tenant.Id}/oauth2/token")).Status);
        _clock.Advance(TimeSpan.FromDays(1));
        await AssertRefusedAsync(401, "invalid_client", 7000222, AskAsync(("client_secret", secret)));
        _entra.Faults.Next(new Fault.Throttle(TimeSpan.FromSeconds(2)));
        Assert.Equal("2", (await AskAsync(("client_secret", secret))).Headers["Retry-After"]);
    }

    [Fact]
    public async Task FederatedToken_OfATrustedSubject_GetsATokenThatOpens()
    {
        using TokenIssuer cluster = new("https://oidc.test/cluster", _clock);
        using TokenIssuer forger = new("https://oidc.test/cluster", _clock);
        _application.AddFederation(cluster, "system:serviceaccount:a:b");
        Reply reply = await AssertAsync(cluster.Issue("system:serviceaccount:a:b", "api://AzureADTokenExchange"));
        await AssertOpensAsync((string)reply.Json["access_token"]!);
        await AssertRefusedAsync(400, "invalid_request", 70021, AssertAsync(cluster.Issue("system:serviceaccount:a:c", "api://AzureADTokenExchange")));
        await AssertRefusedAsync(400, "invalid_request", 70021, AssertAsync(cluster.Issue("system:serviceaccount:a:b", "elsewhere")));
        await AssertRefusedAsync(401, "invalid_client", 7000272, AssertAsync(forger.Issue("system:serviceaccount:a:b", "api://AzureADTokenExchange")));
        await AssertRefusedAsync(401, "invalid_client", 700024, AssertAsync(cluster.Issue("system:serviceaccount:a:b", "api://AzureADTokenExchange", TimeSpan.Zero)));
        await AssertRefusedAsync(401, "invalid_client", 50027, AssertAsync("nonsense"));
        string good = cluster.Issue("system:serviceaccount:a:b", "api://AzureADTokenExchange");
        await AssertRefusedAsync(400, "invalid_request", 50027, AskAsync(("client_assertion", good)));
        await AssertRefusedAsync(400, "invalid_request", 7000216, AskAsync(("client_assertion_type", AssertionType), ("client_assertion", good), ("client_secret", "x")));
    }

    [Fact]
    public async Task CertificateAssertion_OfTheApplication_GetsATokenThatOpens()
    {
        using RSA key = RSA.Create(2048);
        using X509Certificate2 certificate = new CertificateRequest("CN=app", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(_clock.GetUtcNow().AddDays(-1), _clock.GetUtcNow().AddDays(1));
        _application.AddCertificate(certificate);
        Uri endpoint = new(_entra.HttpAddress, $"{_tenant.Id}/oauth2/v2.0/token");
        using RSA stranger = RSA.Create(2048);
        await AssertOpensAsync((string)(await AssertAsync(Assertion(key, certificate, endpoint))).Json["access_token"]!);
        await AssertRefusedAsync(401, "invalid_client", 700027, AssertAsync(Assertion(stranger, certificate, endpoint)));
        await AssertRefusedAsync(401, "invalid_client", 50146, AssertAsync(Assertion(key, certificate, new Uri("https://elsewhere.test/"))));
        string old = Assertion(key, certificate, endpoint);
        _clock.Advance(TimeSpan.FromMinutes(10));
        await AssertRefusedAsync(401, "invalid_client", 700024, AssertAsync(old));
    }

    [Fact]
    public async Task ManagedIdentity_WithTheMetadataHeader_GetsATokenThatOpens()
    {
        await using AzureMetadataServer machine = await AzureMetadataServer.StartAsync(_tenant, cancellationToken: Wire.Cancelled);
        const string path = "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fvault.azure.net";
        (string, string) header = ("Metadata", "true");
        Reply reply = await Wire.GetAsync(machine.HttpAddress, path, header);
        Assert.Equal((200, "86400", machine.SystemAssigned), (reply.Status, (string?)reply.Json["expires_in"], (string?)reply.Json["client_id"]));
        Assert.Equal(_clock.GetUtcNow().AddDays(1).ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture), (string?)reply.Json["expires_on"]);
        await AssertOpensAsync((string)reply.Json["access_token"]!);
        string assigned = machine.AssignIdentity();
        Assert.Equal(assigned, (string?)(await Wire.GetAsync(machine.HttpAddress, $"{path}&client_id={assigned}", header)).Json["client_id"]);
        await AssertStatusAsync(400, "bad_request_102", path);
        await AssertStatusAsync(400, "bad_request_102", path, ("Metadata", "True"));
        await AssertStatusAsync(400, "invalid_request", path, header, ("X-Forwarded-For", "10.0.0.1"));
        await AssertStatusAsync(400, "invalid_request", "/metadata/identity/oauth2/token?resource=x", header);
        await AssertStatusAsync(400, "invalid_resource", "/metadata/identity/oauth2/token?api-version=2018-02-01", header);
        await AssertStatusAsync(400, "invalid_request", $"{path}&client_id=unknown", header);
        await AssertStatusAsync(404, "not_found", "/metadata/other", header);
        machine.AssignIdentity();
        machine.SystemAssigned = null;
        await AssertStatusAsync(400, "invalid_request", path, header);
        machine.Faults.Next(new Fault.Throttle());
        await AssertStatusAsync(429, "too_many_requests", path, header);

        async Task AssertStatusAsync(int status, string error, string target, params (string, string)[] headers)
        {
            Reply refused = await Wire.GetAsync(machine.HttpAddress, target, headers);
            Assert.Equal((status, error), (refused.Status, (string?)refused.Json["error"]));
        }
    }

    private static async Task AssertRefusedAsync(int status, string error, int code, Task<Reply> asked)
    {
        Reply reply = await asked;
        Assert.Equal((status, error, code), (reply.Status, (string?)reply.Json["error"], (int)reply.Json["error_codes"]![0]!));
        Assert.StartsWith($"AADSTS{code}:", (string?)reply.Json["error_description"], StringComparison.Ordinal);
    }

    private static string Url(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private string Assertion(RSA key, X509Certificate2 certificate, Uri audience)
    {
        long now = _clock.GetUtcNow().ToUnixTimeSeconds();
        JsonObject header = new() { ["alg"] = "PS256", ["typ"] = "JWT", ["x5t#S256"] = Url(certificate.GetCertHash(HashAlgorithmName.SHA256)) };
        JsonObject claims = new()
        {
            ["aud"] = audience.AbsoluteUri,
            ["iss"] = _application.ClientId,
            ["sub"] = _application.ClientId,
            ["jti"] = Guid.NewGuid().ToString(),
            ["nbf"] = now,
            ["exp"] = now + 600,
        };
        string input = $"{Url(Encoding.UTF8.GetBytes(header.ToJsonString()))}.{Url(Encoding.UTF8.GetBytes(claims.ToJsonString()))}";
        return $"{input}.{Url(key.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256, RSASignaturePadding.Pss))}";
    }

    private Task<Reply> AssertAsync(string assertion) => AskAsync(("client_assertion_type", AssertionType), ("client_assertion", assertion));

    private Task<Reply> AskAsync(params (string, string)[] proof) =>
        FormAsync(_tenant.Id, [("grant_type", "client_credentials"), ("client_id", _application.ClientId), ("scope", Vault), .. proof]);

    private Task<Reply> FormAsync(string tenant, params (string, string)[] fields) => Wire.FormAsync(_entra.HttpAddress, $"/{tenant}/oauth2/v2.0/token", fields);

    private async Task AssertOpensAsync(string token)
    {
        await using KeyVaultServer vault = await KeyVaultServer.StartAsync(_tenant, cancellationToken: Wire.Cancelled);
        vault.Set("a", "value");
        Assert.Equal("value", (string?)(await Wire.GetAsync(vault.HttpAddress, "/secrets/a?api-version=7.4", ("Authorization", $"Bearer {token}"))).Json["value"]);
    }
}
