using System.Text.Json.Nodes;
using Tars.Configuration.Secrets;
using Tars.Configuration.Secrets.Vault;
using Tars.TestKit.SecretServers.Vault;

namespace Tars.Configuration.Tests.Secrets.Vault;

/// <summary>What a name means and what comes back for it.</summary>
public sealed class VaultReadTests : IAsyncLifetime
{
    private VaultBench _bench = null!;

    public async ValueTask InitializeAsync() => _bench = await VaultBench.StartAsync();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task FindAsync_PlainName_IsAFieldOfTheConfiguredSecret()
    {
        VaultSecrets vault = _bench.Client();
        SecretAnswer.Found found = Assert.IsType<SecretAnswer.Found>(await vault.FindAsync("jwt_secret", VaultBench.Cancelled));

        Assert.Equal("one", found.Value.Reveal());
        Assert.Equal($"vault {_bench.Server.HttpAddress.AbsoluteUri.TrimEnd('/')} secret/tars#jwt_secret version 1", found.Place);
        Assert.Null(found.Lifetime);
        Assert.Equal("two", await vault.ValueAsync("db_password"));
        Assert.Equal(1, _bench.Count("sys/internal/ui/mounts"));
        Assert.All(_bench.Server.Requests, request => Assert.Equal("true", request.Header("X-Vault-Request")));
    }

    [Theory]
    [InlineData(1, null)]
    [InlineData(1, 1)]
    [InlineData(2, null)]
    [InlineData(2, 2)]
    public async Task FindAsync_EitherVersionOfTheStore_IsReadDetectedOrConfigured(int version, int? configured)
    {
        _bench.Server.MountKeyValue("kv1", version).Put("app/prod", ("a", "x"));
        _bench.Server.WritePolicy("reader", "", new VaultRule("kv1/*", "read"));
        VaultSecrets vault = _bench.Client(change: options => options with { Mount = "kv1", Path = "app/prod", KvVersion = configured });

        Assert.Equal("x", await vault.ValueAsync("a"));
        Assert.Equal(configured is null ? 1 : 0, _bench.Count("sys/internal/ui/mounts"));
    }

    [Fact]
    public async Task FindAsync_PathAndField_NameAnotherSecretByMountAndPath()
    {
        _bench.Store.Put("team/app", ("key", "x"));
        _bench.Server.MountKeyValue("kv1", 1).Put("old", ("key", "y"));
        VaultSecrets vault = _bench.Client();

        Assert.Equal("x", await vault.ValueAsync("secret/team/app#key"));
        Assert.Equal("y", await vault.ValueAsync("kv1/old#key"));
    }

    [Fact]
    public async Task FindAsync_NoSuchSecretFieldOrVersion_IsAbsent()
    {
        _bench.Store.Put("gone", ("key", "x"));
        _bench.Store.Delete("gone", 1);
        _bench.Store.Put("destroyed", ("key", "x"));
        _bench.Store.Destroy("destroyed", 1);
        _bench.Store.Put("null", new JsonObject { ["key"] = null });
        _bench.Server.MountKeyValue("kv1", 1);
        VaultSecrets vault = _bench.Client();

        foreach (string name in new[] { "none", "secret/none#key", "secret/gone#key", "secret/destroyed#key", "secret/null#key", "kv1/none#key" })
        {
            Assert.IsType<SecretAnswer.Absent>(await vault.FindAsync(name, VaultBench.Cancelled));
        }
    }

    [Fact]
    public async Task FindAsync_NewVersion_IsReadWithItsNumber()
    {
        VaultSecrets vault = _bench.Client();
        Assert.Equal("one", await vault.ValueAsync("jwt_secret"));
        _bench.Store.Put("tars", ("jwt_secret", "three"));

        SecretAnswer.Found found = Assert.IsType<SecretAnswer.Found>(await vault.FindAsync("jwt_secret", VaultBench.Cancelled));

        Assert.Equal("three", found.Value.Reveal());
        Assert.EndsWith("version 2", found.Place, StringComparison.Ordinal);
    }

    // RFC 8259, section 7: escapes stand for the characters.
    [Fact]
    public async Task FindAsync_ValuesOfAnyKind_AreTheirTextOrJson()
    {
        _bench.Store.Put("kinds", new JsonObject
        {
            ["text"] = "a\"b\\c\n\u00e4\ud83d\ude00",
            ["number"] = 5432,
            ["flag"] = true,
            ["object"] = new JsonObject { ["a"] = 1 },
            ["empty"] = "",
        });
        VaultSecrets vault = _bench.Client();

        Assert.Equal("a\"b\\c\n\u00e4\ud83d\ude00", await vault.ValueAsync("secret/kinds#text"));
        Assert.Equal("5432", await vault.ValueAsync("secret/kinds#number"));
        Assert.Equal("true", await vault.ValueAsync("secret/kinds#flag"));
        Assert.Equal("{\"a\":1}", await vault.ValueAsync("secret/kinds#object"));
        Assert.Contains("is empty", await vault.RefusalAsync("secret/kinds#empty"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("secret/../sys/seal#x")]
    [InlineData("secret/./x#x")]
    [InlineData("secret//x#x")]
    [InlineData("/secret/x#x")]
    [InlineData("secret/x#")]
    [InlineData("secret#x")]
    [InlineData("#x")]
    [InlineData("a#b#c")]
    public async Task FindAsync_NameThatIsNoPath_IsRefusedUnsent(string name)
    {
        Assert.Contains("path#field", await _bench.Client().RefusalAsync(name), StringComparison.Ordinal);
        Assert.Empty(_bench.Server.Requests);
    }

    [Fact]
    public async Task FindAsync_PathWithOddCharacters_IsEscaped()
    {
        _bench.Store.Put("a b?c%2Fd", ("key", "x"));

        Assert.Equal("x", await _bench.Client().ValueAsync("secret/a b?c%2Fd#key"));
    }

    [Fact]
    public async Task FindAsync_PolicyThatLacksThePath_IsRefusedWithTheWayOut()
    {
        _bench.Server.WritePolicy("narrow", "", new VaultRule("secret/data/other", "read"));
        _bench.Server.MountKeyValue("closed");
        VaultSecrets vault = _bench.Client(new VaultLogin.ByToken(_bench.Token(new VaultTokenSettings { Policies = ["narrow"] })));

        Assert.Equal(
            "answered 403: permission denied; check secrets.vault_mount, vault_path and vault_namespace and the token's policies",
            await vault.RefusalAsync("jwt_secret"));
        Assert.Contains("preflight capability check returned 403", await vault.RefusalAsync("closed/x#y"), StringComparison.Ordinal);
        Assert.Contains("preflight capability check returned 403", await vault.RefusalAsync("nowhere/x#y"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindAsync_Namespace_IsSentAndAWrongOneRefused()
    {
        _bench.Server.MountKeyValue("team/secret").Put("tars", ("jwt_secret", "of the team"));
        _bench.Server.WritePolicy("reader", "team", new VaultRule("secret/data/*", "read"));
        Credential token = VaultBench.Given(_bench.Server.CreateToken(new VaultTokenSettings { Policies = ["reader"] }, "team"));
        VaultLogin.ByToken login = new(token);

        SecretAnswer.Found found = Assert.IsType<SecretAnswer.Found>(
            await _bench.Client(login, options => options with { Namespace = "team/" }).FindAsync("jwt_secret", VaultBench.Cancelled));
        Assert.Equal("of the team", found.Value.Reveal());
        Assert.Contains("(team/) secret/tars#jwt_secret", found.Place, StringComparison.Ordinal);
        Assert.Contains("vault_namespace", await _bench.Client(login, options => options with { Namespace = "other" }).RefusalAsync("jwt_secret"), StringComparison.Ordinal);
        Assert.Contains("vault_namespace", await _bench.Client(login).RefusalAsync("jwt_secret"), StringComparison.Ordinal);
    }

    // The wrong version configured: the store's own answers tell it, and nothing is taken for a secret.
    [Theory]
    [InlineData(2, 1)]
    [InlineData(1, 2)]
    public async Task FindAsync_WrongVersionConfigured_IsNotFound(int version, int configured)
    {
        _bench.Server.MountKeyValue("kv1", version).Put("tars", ("a", "x"));
        VaultSecrets vault = _bench.Client(change: options => options with { Mount = "kv1", KvVersion = configured });

        Assert.IsNotType<SecretAnswer.Found>(await vault.FindAsync("a", VaultBench.Cancelled));
    }
}
