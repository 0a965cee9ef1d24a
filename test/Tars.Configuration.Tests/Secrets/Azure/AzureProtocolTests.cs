using Microsoft.Extensions.Time.Testing;
using Tars.Configuration.Secrets;
using Tars.Configuration.Secrets.Azure;
using Tars.Configuration.Tests.Secrets.Http;
using Tars.TestKit;
using Tars.TestKit.SecretServers.Azure;
using Tars.TestKit.SecretServers.Tokens;

namespace Tars.Configuration.Tests.Secrets.Azure;

/// <summary>The client against a vault and a login that check tokens, secrets and assertions.</summary>
public sealed class AzureProtocolTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly Dictionary<string, string> _environment = [];
    private readonly AzureSecretsOptions _options = new() { Resource = EntraTenant.VaultResource };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task FindAsync_ClientSecret_ReadsSecretsFieldsAndVersions()
    {
        using EntraTenant tenant = new(TimeProvider.System);
        await using EntraServer login = await LoginAsync(tenant);
        await using KeyVaultServer vault = await StartAsync(tenant, login);
        vault.Set("DB-PASSWORD", "pässword");
        string first = vault.Set("config", """{"A":"first"}""");
        vault.Set("config", """{"A":"second"}""");

        Assert.Equal("pässword", (await FindAsync("DB_PASSWORD")).Found());
        Assert.Equal("second", (await FindAsync("config#A")).Found());
        (_options.SecretName, _options.Version) = ("config", first);
        Assert.Equal("first", (await FindAsync("A")).Found());
        Assert.IsType<SecretAnswer.Absent>(await FindAsync("B"));
        Assert.IsType<SecretAnswer.Absent>(await FindAsync("no-such-secret"));
    }

    [Fact]
    public async Task FindAsync_ClientSecretWrongOrOver_IsRefused()
    {
        FakeTimeProvider clock = new(TimeProvider.System.GetUtcNow());
        using EntraTenant tenant = new(clock);
        await using EntraServer login = await LoginAsync(tenant);
        await using KeyVaultServer vault = await StartAsync(tenant, login);
        _options.ClientSecret = "canary";
        SecretAnswer wrong = await FindAsync("db");
        Assert.Contains("(invalid_client AADSTS7000215): the client secret is wrong or has expired", wrong.Refused(), StringComparison.Ordinal);
        Assert.DoesNotContain("canary", wrong.ToString(), StringComparison.Ordinal);

        EntraApplication application = tenant.CreateApplication();
        (_options.ClientId, _options.ClientSecret) = (application.ClientId, application.AddSecret(clock.GetUtcNow().AddDays(1)));
        clock.Advance(TimeSpan.FromDays(2));
        Assert.Contains("(invalid_client AADSTS7000222)", (await FindAsync("db")).Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindAsync_FederatedToken_IsReadAnewForEachLogin()
    {
        FakeTimeProvider clock = new(TimeProvider.System.GetUtcNow());
        using EntraTenant tenant = new(clock);
        using TokenIssuer cluster = new("https://cluster.example", clock);
        await using EntraServer login = await LoginAsync(tenant);
        await using KeyVaultServer vault = await StartAsync(tenant, login);
        vault.Set("db", "x");
        EntraApplication application = tenant.CreateApplication();
        application.AddFederation(cluster, "system:serviceaccount:tars:tars");
        string Token() => cluster.Issue("system:serviceaccount:tars:tars", "api://AzureADTokenExchange");
        (_options.ClientId, _options.ClientSecret, _options.FederatedTokenFile) = (application.ClientId, null, _folder.WriteText("token", Token()));
        using AzureSecretsBackend backend = new(_options, _environment, clock, Patience.Short());
        Assert.Equal("x", (await backend.FindAsync("db", Cancellation)).Found());

        clock.Advance(TimeSpan.FromHours(2));
        Assert.Contains("(invalid_client AADSTS700024): the federated token is wrong or has expired", (await backend.FindAsync("db", Cancellation)).Refused(), StringComparison.Ordinal);
        _folder.WriteText("token", Token());
        Assert.Equal("x", (await backend.FindAsync("db", Cancellation)).Found());
    }

    [Fact]
    public async Task FindAsync_ManagedIdentity_IsTheMachines()
    {
        using EntraTenant tenant = new(TimeProvider.System);
        await using EntraServer login = await LoginAsync(tenant);
        await using KeyVaultServer vault = await StartAsync(tenant, login);
        await using AzureMetadataServer metadata = await AzureMetadataServer.StartAsync(tenant, cancellationToken: Cancellation);
        vault.Set("db", "x");
        _environment["AZURE_POD_IDENTITY_AUTHORITY_HOST"] = metadata.HttpAddress.AbsoluteUri;
        (_options.ClientId, _options.ClientSecret, _options.TenantId) = (null, null, null);
        Assert.Equal("x", (await FindAsync("db")).Found());
        _options.ClientId = metadata.AssignIdentity();
        Assert.Equal("x", (await FindAsync("db")).Found());
        _options.ClientId = Guid.NewGuid().ToString();
        Assert.EndsWith("does the machine have the identity secrets.azure_client_id?", (await FindAsync("db")).Refused(), StringComparison.Ordinal);
        Assert.Empty(login.Requests);
    }

    [Fact]
    public async Task FindAsync_ChallengeOfAnotherAuthority_GetsNoCredentials()
    {
        using EntraTenant tenant = new(TimeProvider.System);
        await using EntraServer login = await LoginAsync(tenant);
        await using EntraServer elsewhere = await EntraServer.StartAsync(tenant, cancellationToken: Cancellation);
        await using KeyVaultServer vault = await StartAsync(tenant, login);
        vault.Authorization = new Uri(elsewhere.HttpAddress, tenant.Id);
        Assert.StartsWith("the vault asks for a login at ", (await FindAsync("db")).Refused(), StringComparison.Ordinal);
        vault.Authorization = new Uri(login.HttpAddress, Guid.NewGuid().ToString());
        Assert.StartsWith("the vault belongs to the tenant ", (await FindAsync("db")).Refused(), StringComparison.Ordinal);
        (vault.Authorization, vault.Resource) = (new Uri(login.HttpAddress, tenant.Id), "https://management.azure.com");
        Assert.StartsWith("the vault asks for a token for another resource", (await FindAsync("db")).Refused(), StringComparison.Ordinal);
        Assert.Empty(login.Requests);
        Assert.Empty(elsewhere.Requests);
    }

    [Fact]
    public async Task FindAsync_WhatTheVaultSays_IsRefused()
    {
        using EntraTenant tenant = new(TimeProvider.System);
        await using EntraServer login = await LoginAsync(tenant);
        await using KeyVaultServer vault = await StartAsync(tenant, login);
        vault.SetEnabled("off", vault.Set("off", "x"), false);
        Assert.Contains("(SecretDisabled)", (await FindAsync("off")).Refused(), StringComparison.Ordinal);
        vault.Set("over", "canary", expires: TimeProvider.System.GetUtcNow().AddMinutes(-1));
        Assert.StartsWith("the secret expired at ", (await FindAsync("over")).Refused(), StringComparison.Ordinal);
        vault.Set("early", "canary", notBefore: TimeProvider.System.GetUtcNow().AddHours(1));
        Assert.StartsWith("the secret is not to be used before", (await FindAsync("early")).Refused(), StringComparison.Ordinal);
        vault.Set("db", "x");
        vault.Deny(_options.ClientId!);
        Assert.Contains("(ForbiddenByRbac)", (await FindAsync("db")).Refused(), StringComparison.Ordinal);
        vault.FirewallAllows = false;
        Assert.Contains("its firewall does not admit this machine", (await FindAsync("db")).Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindAsync_RotatedAndTokenOver_GoesOn()
    {
        FakeTimeProvider clock = new(TimeProvider.System.GetUtcNow());
        using EntraTenant tenant = new(clock);
        await using EntraServer login = await LoginAsync(tenant);
        await using KeyVaultServer vault = await StartAsync(tenant, login);
        vault.Set("db", "old");
        using AzureSecretsBackend backend = new(_options, _environment, clock, Patience.Short());
        Assert.Equal("old", (await backend.FindAsync("db", Cancellation)).Found());
        vault.Set("db", "new");
        Assert.Equal("new", (await backend.FindAsync("db", Cancellation)).Found());
        Assert.Single(login.Requests);
        clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal("new", (await backend.FindAsync("db", Cancellation)).Found());
        Assert.Equal(2, login.Requests.Count);
    }

    [Theory]
    [MemberData(nameof(ServerFaults.All), MemberType = typeof(ServerFaults))]
    public async Task FindAsync_FaultThatStays_IsUnreachableWithThePlace(string fault)
    {
        using EntraTenant tenant = new(TimeProvider.System);
        await using EntraServer login = await LoginAsync(tenant);
        await using KeyVaultServer vault = await StartAsync(tenant, login);
        vault.Set("db", "canary");
        login.Faults.Next(ServerFaults.Of(fault), count: 3);
        Assert.StartsWith(login.HttpAddress.AbsoluteUri, (await FindAsync("db")).Unreachable(), StringComparison.Ordinal);
        login.Faults.Clear();

        using AzureSecretsBackend backend = new(_options, _environment, TimeProvider.System, Patience.Short());
        Assert.Equal("canary", (await backend.FindAsync("db", Cancellation)).Found());
        vault.Faults.Next(ServerFaults.Of(fault), count: 3);
        SecretAnswer answer = await backend.FindAsync("db", Cancellation);
        Assert.StartsWith(vault.HttpAddress.AbsoluteUri, answer.Unreachable(), StringComparison.Ordinal);
        Assert.DoesNotContain("canary", answer.ToString(), StringComparison.Ordinal);
    }

    private async Task<EntraServer> LoginAsync(EntraTenant tenant)
    {
        EntraApplication application = tenant.CreateApplication();
        (_options.TenantId, _options.ClientId) = (tenant.Id, application.ClientId);
        _options.ClientSecret = application.AddSecret(tenant.Time.GetUtcNow().AddYears(1));
        EntraServer login = await EntraServer.StartAsync(tenant, cancellationToken: Cancellation);
        _options.AuthorityHost = login.HttpAddress.AbsoluteUri;
        return login;
    }

    private async Task<KeyVaultServer> StartAsync(EntraTenant tenant, EntraServer login)
    {
        KeyVaultServer vault = await KeyVaultServer.StartAsync(tenant, cancellationToken: Cancellation);
        vault.Authorization = new Uri(login.HttpAddress, tenant.Id);
        _options.VaultUrl = vault.HttpAddress.AbsoluteUri;
        return vault;
    }

    private async Task<SecretAnswer> FindAsync(string name)
    {
        using AzureSecretsBackend backend = new(_options, _environment, TimeProvider.System, Patience.Short());
        return await backend.FindAsync(name, Cancellation);
    }
}
