using Tars.Configuration.Secrets;
using Tars.Configuration.Secrets.Vault;
using Tars.TestKit.SecretServers.Vault;

namespace Tars.Configuration.Tests.Secrets.Vault;

/// <summary>Credentials that Vault makes, renews and revokes, and values that change while somebody holds them.</summary>
public sealed class VaultLeaseTests : IAsyncLifetime
{
    private const string User = "database/creds/app#username";
    private const string Password = "database/creds/app#password";

    private VaultBench _bench = null!;
    private DatabaseMount _database = null!;

    public async ValueTask InitializeAsync()
    {
        _bench = await VaultBench.StartAsync();
        _database = _bench.Server.MountDatabase();
        _database.AddRole("app", TimeSpan.FromHours(1), TimeSpan.FromHours(3));
    }

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task FindAsync_UserAndPassword_ComeFromOneLease()
    {
        VaultSecrets vault = Client();
        string[] pair = await Task.WhenAll(vault.ValueAsync(User), vault.ValueAsync(Password));
        SecretAnswer.Found again = Assert.IsType<SecretAnswer.Found>(await vault.FindAsync(User, VaultBench.Cancelled));

        Assert.True(_database.Accepts(pair[0], pair[1]));
        Assert.Equal(pair[0], again.Value.Reveal());
        Assert.Equal(TimeSpan.FromHours(1), again.Lifetime);
        Assert.EndsWith("database/creds/app#username (leased)", again.Place, StringComparison.Ordinal);
        Assert.Equal(1, _bench.Count("database/creds/app") - _bench.Count("sys/internal"));
        Assert.IsType<SecretAnswer.Absent>(await vault.FindAsync("database/creds/app#none", VaultBench.Cancelled));
    }

    [Fact]
    public async Task FindAsync_PastHalfOfTheLease_IsRenewed()
    {
        VaultSecrets vault = Client();
        string user = await vault.ValueAsync(User);
        _bench.Clock.Advance(TimeSpan.FromMinutes(29));
        await vault.ValueAsync(User);
        Assert.Equal(0, _bench.Count("sys/leases/renew"));

        _bench.Clock.Advance(TimeSpan.FromMinutes(2));
        SecretAnswer.Found found = Assert.IsType<SecretAnswer.Found>(await vault.FindAsync(User, VaultBench.Cancelled));

        Assert.Equal(1, _bench.Count("sys/leases/renew"));
        Assert.Equal(TimeSpan.FromHours(1), found.Lifetime);
        _bench.Clock.Advance(TimeSpan.FromMinutes(50));
        Assert.Equal(user, await vault.ValueAsync(User));
        Assert.True(_database.Accepts(user, await vault.ValueAsync(Password)));
    }

    // The lease may live 3 hours. Before that new credentials are taken while the old ones still work.
    [Fact]
    public async Task FindAsync_NearTheMaximum_TakesNewCredentialsInTime()
    {
        VaultSecrets vault = Client();
        string user = await vault.ValueAsync(User);
        string password = await vault.ValueAsync(Password);
        string current = user;
        for (int minutes = 0; minutes < 300 && current == user; minutes += 10)
        {
            _bench.Clock.Advance(TimeSpan.FromMinutes(10));
            current = await vault.ValueAsync(User);
            Assert.True(_database.Accepts(current, await vault.ValueAsync(Password)));
        }

        Assert.NotEqual(user, current);
        Assert.True(_database.Accepts(user, password));
    }

    [Fact]
    public async Task FindAsync_NotRenewable_TakesNewCredentialsAtHalfTime()
    {
        _database.AddRole("app", TimeSpan.FromHours(1), TimeSpan.FromHours(1), renewable: false);
        VaultSecrets vault = Client();
        string user = await vault.ValueAsync(User);
        _bench.Clock.Advance(TimeSpan.FromMinutes(31));

        Assert.NotEqual(user, await vault.ValueAsync(User));
        Assert.Equal(0, _bench.Count("sys/leases/renew"));
    }

    [Fact]
    public async Task FindAsync_LeaseEndedOrRevoked_TakesNewCredentials()
    {
        VaultSecrets vault = Client();
        string user = await vault.ValueAsync(User);
        _bench.Clock.Advance(TimeSpan.FromHours(2));

        string second = await vault.ValueAsync(User);

        Assert.NotEqual(user, second);
        Assert.True(_database.Accepts(second, await vault.ValueAsync(Password)));
    }

    // A lease ends with the token it was got with.
    [Fact]
    public async Task FindAsync_AfterANewLogin_TakesNewCredentials()
    {
        AppRoleMount roles = _bench.Server.EnableAppRole();
        string role = roles.AddRole("tars", new VaultTokenSettings { Policies = ["reader"], Ttl = TimeSpan.FromMinutes(10), MaxTtl = TimeSpan.FromMinutes(10), Renewable = false });
        VaultSecrets vault = _bench.Client(new VaultLogin.ByAppRole("approle", VaultBench.Given(role), VaultBench.Given(roles.NewSecretId(role))));
        SecretAnswer.Found first = Assert.IsType<SecretAnswer.Found>(await vault.FindAsync(User, VaultBench.Cancelled));
        Assert.Equal(TimeSpan.FromMinutes(10), first.Lifetime);

        _bench.Clock.Advance(TimeSpan.FromMinutes(11));

        string second = await vault.ValueAsync(User);
        Assert.NotEqual(first.Value.Reveal(), second);
        Assert.True(_database.Accepts(second, await vault.ValueAsync(Password)));
    }

    [Fact]
    public async Task FindAsync_OutageAtRenewal_GivesTheOldCredentialsToTheirEnd()
    {
        VaultSecrets vault = Client();
        string user = await vault.ValueAsync(User);
        _bench.Clock.Advance(TimeSpan.FromMinutes(40));
        _bench.Server.Condition = VaultCondition.Sealed;

        SecretAnswer.Found held = Assert.IsType<SecretAnswer.Found>(await vault.FindAsync(User, VaultBench.Cancelled));
        Assert.Equal((user, TimeSpan.FromMinutes(20)), (held.Value.Reveal(), held.Lifetime));
        _bench.Clock.Advance(TimeSpan.FromMinutes(19.8));
        Assert.Equal(user, await vault.ValueAsync(User));
        _bench.Clock.Advance(TimeSpan.FromMinutes(0.3));

        Assert.Contains("Vault is sealed", await vault.OutageAsync(User), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindAsync_UnknownRole_IsRefused() =>
        Assert.Contains("unknown role", await Client().RefusalAsync("database/creds/none#username"), StringComparison.Ordinal);

    // The whole way: a cache over Vault, readers that hold values, and a rotation nobody asked for.
    [Fact]
    public async Task Cache_RotationInVault_IsTakenUpWithoutAQuestion()
    {
        List<SecretNotice> notices = [];
        await using CachedSecrets cache = new(
            _bench.Client(), new CacheRules(TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30)), _bench.Clock, notice => { lock (notices) { notices.Add(notice); } });
        Assert.Equal("one", await cache.ValueAsync("jwt_secret"));
        _bench.Store.Put("tars", ("jwt_secret", "rotated"));

        _bench.Clock.Advance(TimeSpan.FromMinutes(4.6));
        await VaultBench.UntilAsync(() => { lock (notices) { return notices.Count > 0; } });

        Assert.IsType<SecretNotice.Rotated>(Assert.Single(notices));
        Assert.Equal("rotated", await cache.ValueAsync("jwt_secret"));
    }

    // Whoever hears of a new password and then reads both gets a pair that works.
    [Fact]
    public async Task Cache_NewCredentials_ArePairedWhenTheyAreTold()
    {
        _database.AddRole("app", TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(4), renewable: false);
        System.Collections.Concurrent.ConcurrentQueue<SecretNotice> notices = [];
        await using CachedSecrets cache = new(Client(), new CacheRules(TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30)), _bench.Clock, notices.Enqueue);
        string user = await cache.ValueAsync(User);
        await cache.ValueAsync(Password);

        _bench.Clock.Advance(TimeSpan.FromMinutes(3.7));
        await VaultBench.UntilAsync(() => !notices.IsEmpty);
        string newUser = await cache.ValueAsync(User);
        string newPassword = await cache.ValueAsync(Password);

        Assert.NotEqual(user, newUser);
        Assert.True(_database.Accepts(newUser, newPassword));
    }

    private VaultSecrets Client() => _bench.Client(new VaultLogin.ByToken(_bench.Token(new VaultTokenSettings { Policies = ["reader"], Ttl = TimeSpan.FromDays(10), MaxTtl = TimeSpan.FromDays(10) })));
}
