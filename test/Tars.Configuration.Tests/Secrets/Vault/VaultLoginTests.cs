using Tars.Configuration.Secrets;
using Tars.Configuration.Secrets.Files;
using Tars.Configuration.Secrets.Vault;
using Tars.TestKit.SecretServers;
using Tars.TestKit.SecretServers.Tokens;
using Tars.TestKit.SecretServers.Vault;

namespace Tars.Configuration.Tests.Secrets.Vault;

/// <summary>Logins, renewal of tokens, and what happens at their end.</summary>
public sealed class VaultLoginTests : IAsyncLifetime
{
    private static readonly VaultTokenSettings Reader = new() { Policies = ["reader"], Ttl = TimeSpan.FromHours(1), MaxTtl = TimeSpan.FromHours(3) };

    private VaultBench _bench = null!;

    public async ValueTask InitializeAsync() => _bench = await VaultBench.StartAsync();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task AppRole_RoleAndSecretId_LogInOnce()
    {
        VaultSecrets vault = _bench.Client(AppRole());

        Assert.Equal("one", await vault.ValueAsync("jwt_secret"));
        Assert.Equal("two", await vault.ValueAsync("db_password"));
        Assert.Equal(1, _bench.Count("auth/approle/login"));
    }

    [Fact]
    public async Task AppRole_ManyAtOnce_ShareOneLogin()
    {
        VaultSecrets vault = _bench.Client(AppRole());

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => vault.ValueAsync("jwt_secret")));

        Assert.Equal(1, _bench.Count("auth/approle/login"));
    }

    [Fact]
    public async Task AppRole_WrongSecretId_IsRefusedWithTheWayOut()
    {
        AppRoleMount roles = _bench.Server.EnableAppRole();
        string role = roles.AddRole("tars", Reader);
        VaultSecrets vault = _bench.Client(new VaultLogin.ByAppRole("approle", VaultBench.Given(role), VaultBench.Given("11111111-wrong")));

        string reason = await vault.RefusalAsync("jwt_secret");

        Assert.Equal(
            "the login answered 400: invalid role or secret ID; check role id and secret id, secrets.vault_auth_mount and secrets.vault_namespace", reason);
    }

    [Fact]
    public async Task AppRole_SecretIdInAFile_IsReadAtEveryLogin()
    {
        AppRoleMount roles = _bench.Server.EnableAppRole();
        string role = roles.AddRole("tars", Reader);
        Credential secretId = _bench.InFile("secret-id", roles.NewSecretId(role, uses: 1) + "\n");
        VaultSecrets vault = _bench.Client(new VaultLogin.ByAppRole("approle", _bench.InFile("role-id", role), secretId));
        Assert.Equal("one", await vault.ValueAsync("jwt_secret"));

        _bench.InFile("secret-id", roles.NewSecretId(role, uses: 1));
        _bench.Clock.Advance(TimeSpan.FromHours(4));

        Assert.Equal("one", await vault.ValueAsync("jwt_secret"));
        Assert.Equal(2, _bench.Count("auth/approle/login"));
    }

    [Fact]
    public async Task Kubernetes_ServiceAccountToken_IsReadAtEveryLogin()
    {
        using TokenIssuer cluster = new("https://cluster.test", _bench.Clock);
        _bench.Server.EnableKubernetes(cluster).AddRole("tars", new KubernetesRole(["tars"], ["monitoring"], Reader));
        Credential jwt = _bench.InFile("token", cluster.Issue("system:serviceaccount:monitoring:tars", "vault"), FileRule.Anybody);
        VaultSecrets vault = _bench.Client(new VaultLogin.ByJwt("kubernetes", "tars", jwt));
        Assert.Equal("one", await vault.ValueAsync("jwt_secret"));

        _bench.Clock.Advance(TimeSpan.FromHours(4));
        Assert.Contains("check role and the token's file", await vault.RefusalAsync("jwt_secret"), StringComparison.Ordinal);
        _bench.InFile("token", cluster.Issue("system:serviceaccount:monitoring:tars", "vault"));

        Assert.Equal("one", await vault.ValueAsync("jwt_secret"));
    }

    [Theory]
    [InlineData("system:serviceaccount:monitoring:other", "tars", "service account name not authorized")]
    [InlineData("system:serviceaccount:other:tars", "tars", "namespace not authorized")]
    [InlineData("system:serviceaccount:monitoring:tars", "none", "invalid role name")]
    public async Task Kubernetes_NotBound_IsRefusedInVaultsKnownWords(string subject, string role, string words)
    {
        using TokenIssuer cluster = new("https://cluster.test", _bench.Clock);
        _bench.Server.EnableKubernetes(cluster, "k8s/prod").AddRole("tars", new KubernetesRole(["tars"], ["monitoring"], Reader));
        VaultSecrets vault = _bench.Client(new VaultLogin.ByJwt("k8s/prod", role, VaultBench.Given(cluster.Issue(subject, "vault"))));

        Assert.Contains(words, await vault.RefusalAsync("jwt_secret"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vault", "deploy", null)]
    [InlineData("vault", null, null)]
    [InlineData("other", "deploy", "audience")]
    public async Task Jwt_Token_LogsInWithARoleOrTheDefaultOne(string audience, string? role, string? words)
    {
        using TokenIssuer issuer = new("https://ci.test", _bench.Clock, "ES256");
        _bench.Server.EnableJwt(issuer, boundIssuer: "https://ci.test", defaultRole: "deploy")
            .AddRole("deploy", new JwtRole { BoundAudiences = ["vault"], Token = Reader });
        VaultSecrets vault = _bench.Client(new VaultLogin.ByJwt("jwt", role, VaultBench.Given(issuer.Issue("project:1", audience))));

        SecretAnswer answer = await vault.FindAsync("jwt_secret", VaultBench.Cancelled);

        Assert.Equal(words is null, answer is SecretAnswer.Found);
        Assert.True(words is null || ((SecretAnswer.Refused)answer).Reason.Contains(words, StringComparison.OrdinalIgnoreCase), answer.ToString());
    }

    [Fact]
    public async Task Token_Wrong_IsRefusedAndNeverShown()
    {
        string reason = await _bench.Client(new VaultLogin.ByToken(VaultBench.Given("hvs.canary"))).RefusalAsync("jwt_secret");

        Assert.Contains("answered 403", reason, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("with blank")]
    [InlineData("line\nend")]
    [InlineData("ümlaut")]
    public async Task Token_WithCharactersNoTokenHas_IsRefusedUnsent(string token)
    {
        Assert.Contains("visible ASCII", await _bench.Client(new VaultLogin.ByToken(VaultBench.Given(token))).RefusalAsync("jwt_secret"), StringComparison.Ordinal);
        Assert.Empty(_bench.Server.Requests);
    }

    [Fact]
    public async Task Token_WithoutTheDefaultPolicy_IsUsedAlthoughItMayNotLookItselfUp() =>
        Assert.Equal("one", await _bench.Client(new VaultLogin.ByToken(_bench.Token(new VaultTokenSettings { Policies = ["reader"], NoDefaultPolicy = true }))).ValueAsync("jwt_secret"));

    [Fact]
    public async Task Token_Renewable_IsRenewedInTheBackground()
    {
        VaultSecrets vault = _bench.Client(new VaultLogin.ByToken(_bench.Token(Reader)));
        await vault.ValueAsync("jwt_secret");

        _bench.Clock.Advance(TimeSpan.FromMinutes(35));
        Assert.Equal(0, _bench.Count("renew-self"));
        for (int renewal = 1; renewal <= 3; renewal++)
        {
            _bench.Clock.Advance(TimeSpan.FromMinutes(renewal == 1 ? 8 : 43));
            await VaultBench.UntilAsync(() => _bench.Count("renew-self") == renewal);
            Assert.Equal("one", await vault.ValueAsync("jwt_secret"));
        }
    }

    // After 3 hours no renewal helps: a login by AppRole logs in again, a token that was given is over.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Token_PastItsMaximum_LogsInAgainWhereItCan(bool byRole)
    {
        VaultSecrets vault = _bench.Client(byRole ? AppRole() : new VaultLogin.ByToken(_bench.Token(Reader)));
        await vault.ValueAsync("jwt_secret");

        _bench.Clock.Advance(TimeSpan.FromHours(4));
        SecretAnswer answer = await vault.FindAsync("jwt_secret", VaultBench.Cancelled);

        Assert.Equal(byRole, answer is SecretAnswer.Found);
        Assert.True(byRole || answer is SecretAnswer.Refused, answer.ToString());
    }

    [Fact]
    public async Task Token_Revoked_LogsInAgainAtOnce()
    {
        VaultSecrets vault = _bench.Client(AppRole());
        await vault.ValueAsync("jwt_secret");
        _bench.Server.RevokeToken(_bench.Server.Requests[^1].Header("X-Vault-Token")!);

        Assert.Equal("one", await vault.ValueAsync("jwt_secret"));
        Assert.Equal(2, _bench.Count("auth/approle/login"));
    }

    [Fact]
    public async Task Token_InAFileThatChanged_IsTakenUp()
    {
        string first = _bench.Server.CreateToken(Reader);
        VaultSecrets vault = _bench.Client(new VaultLogin.ByToken(_bench.InFile("token", first)));
        await vault.ValueAsync("jwt_secret");
        _bench.Server.RevokeToken(first);
        Assert.Contains("403", await vault.RefusalAsync("jwt_secret"), StringComparison.Ordinal);

        _bench.InFile("token", _bench.Server.CreateToken(Reader));

        Assert.Equal("one", await vault.ValueAsync("jwt_secret"));
    }

    // A policy that lacks a path is not cured by a login: a good token is not thrown away for it.
    [Fact]
    public async Task Policy_LacksThePath_DoesNotLogInAgain()
    {
        VaultSecrets vault = _bench.Client(AppRole());
        for (int i = 0; i < 3; i++)
        {
            Assert.Contains("403", await vault.RefusalAsync("closed/x#y"), StringComparison.Ordinal);
        }

        Assert.Equal(1, _bench.Count("auth/approle/login"));
    }

    [Fact]
    public async Task Token_WithUsesUsedUp_LogsInAgain()
    {
        AppRoleMount roles = _bench.Server.EnableAppRole();
        string role = roles.AddRole("tars", Reader with { Uses = 2 });
        VaultSecrets vault = _bench.Client(new VaultLogin.ByAppRole("approle", VaultBench.Given(role), VaultBench.Given(roles.NewSecretId(role))));

        for (int i = 0; i < 4; i++)
        {
            Assert.Equal("one", await vault.ValueAsync("jwt_secret"));
        }
    }

    [Fact]
    public async Task Login_FileThatIsMissingOrOpen_IsRefusedUnsent()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "modes are of Unix");
        string path = _bench.Folder.Combine("none");
        Assert.Equal("there is no such file", await _bench.Client(new VaultLogin.ByToken(new Credential.InFile(path, FileRule.OwnerOnly))).RefusalAsync("a"));
        _bench.Folder.WriteText("open", "hvs.canary");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_bench.Folder.Combine("open"), UnixFileMode.UserRead | UnixFileMode.OtherRead);
        }

        Assert.Contains(
            "mode 0404", await _bench.Client(new VaultLogin.ByToken(new Credential.InFile(_bench.Folder.Combine("open"), FileRule.OwnerOnly))).RefusalAsync("a"), StringComparison.Ordinal);
        Assert.Empty(_bench.Server.Requests);
    }

    // Renewal meets an outage: it is tried again before the token's end.
    [Fact]
    public async Task Renewal_MeetsAnOutage_IsTriedAgain()
    {
        VaultSecrets vault = _bench.Client(new VaultLogin.ByToken(_bench.Token(Reader)));
        await vault.ValueAsync("jwt_secret");
        _bench.Server.Faults.Next(new Fault.ServerError(503), 3, "renew-self");

        _bench.Clock.Advance(TimeSpan.FromMinutes(43));
        await VaultBench.UntilAsync(() => _bench.Count("renew-self") == 3);
        await VaultBench.UntilAsync(() =>
        {
            _bench.Clock.Advance(TimeSpan.FromSeconds(30));
            return _bench.Count("renew-self") == 4;
        });

        Assert.Equal("one", await vault.ValueAsync("jwt_secret"));
    }

    private VaultLogin.ByAppRole AppRole()
    {
        AppRoleMount roles = _bench.Server.EnableAppRole();
        string role = roles.AddRole("tars", Reader);
        return new VaultLogin.ByAppRole("approle", VaultBench.Given(role), VaultBench.Given(roles.NewSecretId(role)));
    }
}
