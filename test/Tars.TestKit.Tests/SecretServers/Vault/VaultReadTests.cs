using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Tars.TestKit.SecretServers;
using Tars.TestKit.SecretServers.Vault;
using Xunit;

namespace Tars.TestKit.Tests.SecretServers.Vault;

/// <summary>Statuses and bodies as Vault's API pages have them: "KV secrets engine", versions 1 and 2, "Databases", "HTTP API".</summary>
public sealed class VaultReadTests : IAsyncLifetime
{
    private VaultServer _server = null!;

    private (string, string) Root => ("X-Vault-Token", _server.RootToken);

    public async ValueTask InitializeAsync() => _server = await VaultServer.StartAsync(cancellationToken: Wire.Cancelled);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Data_LatestVersion_IsInsideTwoDataObjects()
    {
        KeyValueMount secrets = _server.MountKeyValue();
        secrets.Put("app/db", ("password", "one"));
        secrets.Put("app/db", ("password", "two"));
        secrets.SetCustomMetadata("app/db", new JsonObject { ["owner"] = "jdoe" });
        Reply reply = await Wire.GetAsync(_server.HttpAddress, "/v1/secret/data/app/db", Root);
        Assert.Equal((200, "application/json"), (reply.Status, reply.Headers["Content-Type"]));
        Assert.Equal("two", (string?)reply.Json["data"]!["data"]!["password"]);
        Assert.Equal((2, "jdoe", "", false), ((int)reply.Json["data"]!["metadata"]!["version"]!, (string?)reply.Json["data"]!["metadata"]!["custom_metadata"]!["owner"],
            (string?)reply.Json["data"]!["metadata"]!["deletion_time"], (bool)reply.Json["data"]!["metadata"]!["destroyed"]!));
        Assert.Equal(
            ["request_id", "lease_id", "renewable", "lease_duration", "data", "wrap_info", "warnings", "auth"],
            reply.Json.AsObject().Select(property => property.Key));
        Assert.Equal("one", (string?)(await Wire.GetAsync(_server.HttpAddress, "/v1/secret/data/app/db?version=1", Root)).Json["data"]!["data"]!["password"]);
    }

    [Fact]
    public async Task Data_DeletedOrDestroyed_Is404WithMetadata()
    {
        KeyValueMount secrets = _server.MountKeyValue();
        secrets.Put("a", ("k", "v"));
        secrets.Put("a", ("k", "w"));
        secrets.Delete("a", 2);
        Reply deleted = await Wire.GetAsync(_server.HttpAddress, "/v1/secret/data/a", Root);
        Assert.Equal((404, null, false), (deleted.Status, deleted.Json["data"]!["data"], (bool)deleted.Json["data"]!["metadata"]!["destroyed"]!));
        Assert.NotEqual("", (string?)deleted.Json["data"]!["metadata"]!["deletion_time"]);
        Assert.Equal(200, (await Wire.GetAsync(_server.HttpAddress, "/v1/secret/data/a?version=1", Root)).Status);
        secrets.Undelete("a", 2);
        Assert.Equal(200, (await Wire.GetAsync(_server.HttpAddress, "/v1/secret/data/a", Root)).Status);
        secrets.Destroy("a", 2);
        Reply destroyed = await Wire.GetAsync(_server.HttpAddress, "/v1/secret/data/a", Root);
        Assert.Equal((404, null, true), (destroyed.Status, destroyed.Json["data"]!["data"], (bool)destroyed.Json["data"]!["metadata"]!["destroyed"]!));
        Assert.DoesNotContain("\"w\"", destroyed.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/secret/data/none", 404, "{\"errors\":[]}")]
    [InlineData("/v1/secret/data/a?version=9", 404, "{\"errors\":[]}")]
    [InlineData("/v1/secret/metadata/none", 404, "{\"errors\":[]}")]
    [InlineData("/v1/secret/data/a?version=x", 400, "cannot parse")]
    [InlineData("/v1/secret/a", 404, "Invalid path for a versioned K/V secrets engine")]
    [InlineData("/v1/other/data/a", 404, "no handler for route")]
    [InlineData("/v1/secret/data/a.", 404, "unsupported path")]
    [InlineData("/secret/data/a", 404, "unsupported path")]
    public async Task Get_PathThatIsWrong_SaysWhich(string target, int status, string part)
    {
        _server.MountKeyValue().Put("a", ("k", "v"));
        Reply reply = await Wire.GetAsync(_server.HttpAddress, target, Root);
        Assert.Equal(status, reply.Status);
        Assert.Contains(part, reply.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("\"v\"", reply.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Data_PostedTo_IsUnsupported()
    {
        _server.MountKeyValue().Put("a", ("k", "v"));
        Assert.Equal(405, (await Wire.PostAsync(_server.HttpAddress, "/v1/secret/data/a", "{}", Root)).Status);
        Assert.Equal(405, (await Wire.SendAsync(_server.HttpAddress, "LIST", "/v1/secret/data/", null, Root)).Status);
    }

    [Fact]
    public async Task Metadata_ReadAndListed_ShowsVersionsAndFolders()
    {
        KeyValueMount secrets = _server.MountKeyValue();
        secrets.Put("foo", ("k", "v"));
        secrets.Put("foo/bar", ("k", "v"));
        Reply metadata = await Wire.GetAsync(_server.HttpAddress, "/v1/secret/metadata/foo", Root);
        Assert.Equal(1, (int)metadata.Json["data"]!["current_version"]!);
        Assert.Equal(["1"], metadata.Json["data"]!["versions"]!.AsObject().Select(version => version.Key));
        foreach (Reply list in new[]
        {
            await Wire.SendAsync(_server.HttpAddress, "LIST", "/v1/secret/metadata", null, Root),
            await Wire.GetAsync(_server.HttpAddress, "/v1/secret/metadata/?list=true", Root),
        })
        {
            Assert.Equal(["foo", "foo/"], list.Json["data"]!["keys"]!.AsArray().Select(key => (string?)key));
        }

        Assert.Equal((404, "{\"errors\":[]}"), await StatusAndBody("LIST", "/v1/secret/metadata/none"));
    }

    [Fact]
    public async Task VersionOne_Read_IsInsideOneDataObjectWithItsAdvice()
    {
        KeyValueMount secrets = _server.MountKeyValue("kv", 1);
        secrets.Put("a", ("foo", "bar"), ("ttl", "1h"));
        Reply reply = await Wire.GetAsync(_server.HttpAddress, "/v1/kv/a", Root);
        Assert.Equal(("bar", 3600, "", false), ((string?)reply.Json["data"]!["foo"], (int)reply.Json["lease_duration"]!, (string?)reply.Json["lease_id"], (bool)reply.Json["renewable"]!));
        Assert.Equal((404, "{\"errors\":[]}"), await StatusAndBody("GET", "/v1/kv/data/a"));
        secrets.Put("a", ("foo", "new"));
        Assert.Equal("new", (string?)(await Wire.GetAsync(_server.HttpAddress, "/v1/kv/a", Root)).Json["data"]!["foo"]);
    }

    [Fact]
    public async Task Preflight_OfEachEngine_TellsItsVersion()
    {
        _server.MountKeyValue("team/secret");
        _server.MountKeyValue("kv", 1);
        Reply two = await Wire.GetAsync(_server.HttpAddress, "/v1/sys/internal/ui/mounts/team/secret/app/db", Root);
        Assert.Equal(("team/secret/", "2", "kv"), ((string?)two.Json["data"]!["path"], (string?)two.Json["data"]!["options"]!["version"], (string?)two.Json["data"]!["type"]));
        Assert.Null((await Wire.GetAsync(_server.HttpAddress, "/v1/sys/internal/ui/mounts/kv/a", Root)).Json["data"]!["options"]);
        Assert.Equal(403, (await Wire.GetAsync(_server.HttpAddress, "/v1/sys/internal/ui/mounts/none/a", Root)).Status);
        string stranger = _server.CreateToken(new VaultTokenSettings());
        Assert.Equal(403, (await Wire.GetAsync(_server.HttpAddress, "/v1/sys/internal/ui/mounts/kv/a", ("X-Vault-Token", stranger))).Status);
    }

    [Fact]
    public async Task Credentials_OfADatabase_EndWithTheirLease()
    {
        FakeTimeProvider clock = new(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero));
        await using VaultServer server = await VaultServer.StartAsync(new ProtocolServerOptions { Time = clock }, Wire.Cancelled);
        DatabaseMount database = server.MountDatabase();
        database.AddRole("reader", TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(25));
        (string, string) root = ("X-Vault-Token", server.RootToken);
        Reply first = await Wire.GetAsync(server.HttpAddress, "/v1/database/creds/reader", root);
        Reply second = await Wire.GetAsync(server.HttpAddress, "/v1/database/creds/reader", root);
        (string user, string password) = ((string)first.Json["data"]!["username"]!, (string)first.Json["data"]!["password"]!);
        string lease = (string)first.Json["lease_id"]!;
        Assert.Equal((600, true), ((int)first.Json["lease_duration"]!, (bool)first.Json["renewable"]!));
        Assert.StartsWith("database/creds/reader/", lease, StringComparison.Ordinal);
        Assert.NotEqual(user, (string?)second.Json["data"]!["username"]);

        clock.Advance(TimeSpan.FromMinutes(9));
        Assert.Equal(600, await RenewAsync(""));
        clock.Advance(TimeSpan.FromMinutes(9));
        Assert.Equal(420, await RenewAsync(",\"increment\":1800")); // 25 minutes are its end, and 18 are gone
        Assert.True(database.Accepts(user, password));
        Assert.False(database.Accepts(user, password + "x"));
        clock.Advance(TimeSpan.FromMinutes(7));
        Assert.False(database.Accepts(user, password));
        Reply late = await Wire.PostAsync(server.HttpAddress, "/v1/sys/leases/renew", $"{{\"lease_id\":\"{lease}\"}}", root);
        Assert.Equal((400, "lease expired"), (late.Status, (string?)late.Json["errors"]![0]));
        Assert.Equal(400, (await Wire.GetAsync(server.HttpAddress, "/v1/database/creds/none", root)).Status);

        async Task<int> RenewAsync(string increment)
        {
            Reply renewed = await Wire.PostAsync(server.HttpAddress, "/v1/sys/leases/renew", $"{{\"lease_id\":\"{lease}\"{increment}}}", root);
            Assert.Equal((200, lease), (renewed.Status, (string?)renewed.Json["lease_id"]));
            return (int)renewed.Json["lease_duration"]!;
        }
    }

    private async Task<(int, string)> StatusAndBody(string method, string target)
    {
        Reply reply = await Wire.SendAsync(_server.HttpAddress, method, target, null, Root);
        return (reply.Status, reply.Body);
    }
}
