using Tars.Configuration.Secrets;
using Tars.Configuration.Secrets.Azure;
using Tars.Configuration.Tests.Secrets.Http;
using Tars.TestKit;

namespace Tars.Configuration.Tests.Secrets.Azure;

/// <summary>What is asked and how each documented answer is taken (Key Vault REST reference, Get Secret; Microsoft identity platform, client credentials).</summary>
public sealed class AzureSecretsBackendTests : IDisposable
{
    private const string Tenant = "72f988bf-86f1-41af-91ab-2d7cd011db47";
    private const string Token = """{"token_type":"Bearer","expires_in":3599,"ext_expires_in":3599,"access_token":"canary-token"}""";

    private readonly TemporaryDirectory _folder = new();
    private readonly Dictionary<string, string> _environment = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task FindAsync_ClientSecret_FollowsTheChallenge()
    {
        await using ScriptedHttp server = Vault(Bundle("value"));

        SecretAnswer answer = await FindAsync(server, "DB_PASSWORD");

        Assert.Equal("azure https://my-vault.vault.azure.net/secrets/DB-PASSWORD/4387e9f3d6e14c459867679a90fd0f79", Assert.IsType<SecretAnswer.Found>(answer).Place);
        Assert.Equal("value", answer.Found());
        Assert.Equal(
            [("GET", "/secrets/DB-PASSWORD?api-version=7.4", null), ("POST", $"/{Tenant}/oauth2/v2.0/token", null), ("GET", "/secrets/DB-PASSWORD?api-version=7.4", "Bearer canary-token")],
            server.Requests.Select(request => (request.Method, request.Target, request.Header("Authorization"))));
        ScriptedRequest login = server.Requests[1];
        Assert.Equal(
            ("client_credentials", "client", "https://vault.azure.net/.default", "canary-secret+/="),
            (login.Field("grant_type"), login.Field("client_id"), login.Field("scope"), login.Field("client_secret")));
    }

    [Fact]
    public async Task FindAsync_FederatedToken_IsSentAsItIsThen()
    {
        await using ScriptedHttp server = Vault(Bundle("value"));
        string file = _folder.WriteText("token", "first\n");
        using AzureSecretsBackend backend = Backend(server, options => (options.ClientSecret, options.FederatedTokenFile) = (null, file));
        await backend.FindAsync("db", TestContext.Current.CancellationToken);

        ScriptedRequest login = server.Requests[1];
        Assert.Equal(
            ("urn:ietf:params:oauth:client-assertion-type:jwt-bearer", "first", null),
            (login.Field("client_assertion_type"), login.Field("client_assertion"), login.Field("client_secret")));
    }

    [Fact]
    public async Task FindAsync_ManagedIdentity_AsksInstanceMetadata()
    {
        await using ScriptedHttp server = Vault(Bundle("value"));
        _environment["AZURE_POD_IDENTITY_AUTHORITY_HOST"] = server.Address.AbsoluteUri;
        using AzureSecretsBackend backend = Backend(server, options => (options.ClientSecret, options.TenantId) = (null, null));

        Assert.Equal("value", (await backend.FindAsync("db", TestContext.Current.CancellationToken)).Found());

        ScriptedRequest asked = server.Requests[1];
        Assert.Equal(
            ("GET", "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fvault.azure.net&client_id=client", "true"),
            (asked.Method, asked.Target, asked.Header("Metadata")));
    }

    [Theory]
    [InlineData("""Bearer authorization="https://login.evil.example/72f988bf-86f1-41af-91ab-2d7cd011db47", resource="https://vault.azure.net" """, "the vault asks for a login at https://login.evil.example, and only ")]
    [InlineData("""Bearer authorization="{login}11111111-2222-3333-4444-555555555555", resource="https://vault.azure.net" """, "the vault belongs to the tenant 11111111-2222-3333-4444-555555555555, and secrets.azure_tenant_id is ")]
    [InlineData("""Bearer authorization="{login}72f988bf-86f1-41af-91ab-2d7cd011db47", resource="https://management.azure.com" """, "the vault asks for a token for another resource than secrets.azure_resource")]
    public async Task FindAsync_ChallengeThatDoesNotFit_SendsNoCredentials(string challenge, string reason)
    {
        await using ScriptedHttp server = Vault(Bundle("value"), challenge);
        Assert.StartsWith(reason, (await FindAsync(server, "db")).Refused(), StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    // A resource that the vault is not below would get a token that opens other things.
    [Theory]
    [InlineData("https://my-vault.vault.azure.net", "https://vault.azure.net", true)]
    [InlineData("https://my-vault.vault.azure.net", "https://management.azure.com", false)]
    [InlineData("https://my-vault.vault.azure.net", "https://ault.azure.net", false)]
    [InlineData("https://vault.azure.net.evil.example", "https://vault.azure.net", false)]
    [InlineData("https://my-vault.vault.azure.net", "http://vault.azure.net", false)]
    public void Checked_Resource_IsOneThatTheVaultIsBelow(string vault, string resource, bool isTaken)
    {
        VaultChallenge challenge = new(new Uri($"https://login.microsoftonline.com/{Tenant}"), resource);
        Exception? refusal = Record.Exception(() => challenge.Checked(new Uri(vault), new Uri("https://login.microsoftonline.com"), Tenant, null));
        Assert.Equal(isTaken, refusal is null);
    }

    [Theory]
    [InlineData("https://login.microsoftonline.com.evil.example/t")]
    [InlineData("http://login.microsoftonline.com/t")]
    [InlineData("https://login.microsoftonline.com:8443/t")]
    [InlineData("https://login.microsoftonline.com@evil.example/t")]
    public void Checked_OtherAuthority_IsRefused(string authority) =>
        Assert.NotNull(Record.Exception(() => new VaultChallenge(new Uri(authority), "https://vault.azure.net")
            .Checked(new Uri("https://my-vault.vault.azure.net"), new Uri("https://login.microsoftonline.com"), Tenant, null)));

    [Fact]
    public async Task FindAsync_NoSuchSecret_IsAbsent()
    {
        await using ScriptedHttp server = Vault(new ScriptedAnswer(404, """{"error":{"code":"SecretNotFound","message":"A secret with (name/id) db was not found in this key vault."}}"""));
        Assert.Equal(new SecretAnswer.Absent($"azure {server.Address}secrets/db"), await FindAsync(server, "db"));
    }

    [Fact]
    public async Task FindAsync_NotFoundThatIsNotTheVaults_IsUnreachable()
    {
        await using ScriptedHttp server = Vault(new ScriptedAnswer(404, "<html>"));
        Assert.EndsWith("is secrets.azure_vault_url right?", (await FindAsync(server, "db")).Unreachable(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"error":{"code":"Forbidden","message":"canary","innererror":{"code":"SecretDisabled"}}}""", "the vault refuses (SecretDisabled): this version of the secret is disabled; enable it or name another")]
    [InlineData("""{"error":{"code":"Forbidden","message":"canary","innererror":{"code":"ForbiddenByRbac"}}}""", "the vault refuses (ForbiddenByRbac): the application client lacks the permission to get secrets")]
    [InlineData("""{"error":{"code":"Forbidden","message":"canary","innererror":{"code":"ForbiddenByFirewall"}}}""", "the vault refuses (ForbiddenByFirewall): its firewall does not admit this machine")]
    [InlineData("""{"error":{"code":"canary"}}""", "the vault refuses (403): the application client lacks the permission to get secrets")]
    public async Task FindAsync_Forbidden_SaysWhy(string body, string reason)
    {
        await using ScriptedHttp server = Vault(new ScriptedAnswer(403, body));
        Assert.Equal(reason, (await FindAsync(server, "db")).Refused());
    }

    [Fact]
    public async Task FindAsync_WrongClientSecret_IsExplainedByItsNumberAlone()
    {
        await using ScriptedHttp server = Vault(Bundle("value"), login: new ScriptedAnswer(
            401, """{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided. canary","error_codes":[7000215]}"""));
        Assert.Equal(
            $"{server.Address}{Tenant}/oauth2/v2.0/token refuses the application client (invalid_client AADSTS7000215): the client secret is wrong or has expired",
            (await FindAsync(server, "db")).Refused());
    }

    [Fact]
    public async Task FindAsync_EndsAtATime_IsKeptNoLonger()
    {
        long end = TimeProvider.System.GetUtcNow().AddMinutes(10).ToUnixTimeSeconds();
        await using ScriptedHttp server = Vault(Bundle("value", $",\"exp\":{end}"));
        Assert.InRange(Assert.IsType<SecretAnswer.Found>(await FindAsync(server, "db")).Lifetime!.Value, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(10));
    }

    [Theory]
    [InlineData(",\"exp\":1600000000", "the secret expired at 2020-09-13 12:26:40Z; set a new value or end in the vault")]
    [InlineData(",\"nbf\":4102444800", "the secret is not to be used before its activation date in the vault")]
    public async Task FindAsync_OutsideItsTime_IsRefused(string attributes, string reason)
    {
        await using ScriptedHttp server = Vault(Bundle("value", attributes));
        Assert.Equal(reason, (await FindAsync(server, "db")).Refused());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"value":"canary"}""")]
    [InlineData("""{"value":"canary","id":"https://my-vault.vault.azure.net/secrets/another/1"}""")]
    [InlineData("""{"value":["canary"],"id":"https://my-vault.vault.azure.net/secrets/db/1"}""")]
    public async Task FindAsync_MalformedAnswer_IsUnreachableWithThePlace(string body)
    {
        await using ScriptedHttp server = Vault(new ScriptedAnswer(200, body));
        SecretAnswer answer = await FindAsync(server, "db");
        Assert.StartsWith($"{server.Address}secrets/db answered 200 with ", answer.Unreachable(), StringComparison.Ordinal);
        Assert.DoesNotContain("canary", answer.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindAsync_TokenRevoked_IsChallengedAndLogsInAgainOnce()
    {
        await using ScriptedHttp server = Vault(null);
        Assert.Equal("the vault does not take the token of the application client", (await FindAsync(server, "db")).Refused());
        Assert.Equal(["GET", "POST", "GET", "POST", "GET"], server.Requests.Select(request => request.Method));
    }

    [Theory]
    [InlineData("a.b")]
    [InlineData("a/b")]
    [InlineData("ä")]
    public async Task FindAsync_NameThatNoSecretHas_IsAbsentWithoutARequest(string name)
    {
        await using ScriptedHttp server = Vault(Bundle("value"));
        Assert.IsType<SecretAnswer.Absent>(await FindAsync(server, name));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task FindAsync_ConfiguredSecret_HasFieldsAndAVersion()
    {
        await using ScriptedHttp server = Vault(new ScriptedAnswer(200, """{"value":"{\"DB_PASSWORD\":\"x\"}","id":"https://my-vault.vault.azure.net/secrets/config/abc123","attributes":{"enabled":true}}"""));
        using AzureSecretsBackend backend = Backend(server, options => (options.SecretName, options.Version) = ("config", "abc123"));
        Assert.Equal("x", (await backend.FindAsync("DB_PASSWORD", TestContext.Current.CancellationToken)).Found());
        Assert.Equal("/secrets/config/abc123?api-version=7.4", server.Requests[^1].Target);
    }

    // The response of the reference's example, with another name and value.
    private static ScriptedAnswer? Bundle(string value, string attributes = "") => new(200, $$$"""
        {"value":"{{{value}}}","id":"https://my-vault.vault.azure.net/secrets/NAME/4387e9f3d6e14c459867679a90fd0f79",
         "attributes":{"enabled":true,"created":1493938410,"updated":1493938410,"recoveryLevel":"Recoverable+Purgeable"{{{attributes}}}}}
        """);

    private static ScriptedHttp Vault(ScriptedAnswer? secret, string? challenge = null, ScriptedAnswer? login = null) => new(request =>
    {
        string self = $"http://{request.Header("Host")}/";
        if (request.Target.StartsWith("/metadata/", StringComparison.Ordinal))
        {
            return new ScriptedAnswer(200, """{"access_token":"canary-token","expires_in":"3599","resource":"https://vault.azure.net","token_type":"Bearer"}""");
        }

        if (request.Method == "POST")
        {
            return login ?? new ScriptedAnswer(200, Token);
        }

        string name = request.Target.Split('/', '?')[2];
        return request.Header("Authorization") is null || secret is null
            ? new ScriptedAnswer(401, "", "WWW-Authenticate: " + (challenge ?? $$"""Bearer authorization="{login}{{Tenant}}", resource="https://vault.azure.net" """).Replace("{login}", self, StringComparison.Ordinal))
            : secret with { Body = secret.Body.Replace("NAME", name, StringComparison.Ordinal) };
    });

    private async Task<SecretAnswer> FindAsync(ScriptedHttp server, string name)
    {
        using AzureSecretsBackend backend = Backend(server);
        return await backend.FindAsync(name, TestContext.Current.CancellationToken);
    }

    private AzureSecretsBackend Backend(ScriptedHttp server, Action<AzureSecretsOptions>? change = null)
    {
        AzureSecretsOptions options = new()
        {
            VaultUrl = server.Address.AbsoluteUri,
            AuthorityHost = server.Address.AbsoluteUri,
            TenantId = Tenant,
            ClientId = "client",
            ClientSecret = "canary-secret+/=",
            Resource = "https://vault.azure.net",
        };
        change?.Invoke(options);
        return new AzureSecretsBackend(options, _environment, TimeProvider.System, Patience.Short());
    }
}
