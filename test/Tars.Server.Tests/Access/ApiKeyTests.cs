using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Tars.Server.Access.Credentials;
using Tars.Storage.Identity;
using Xunit;

namespace Tars.Server.Tests.Access;

public sealed class ApiKeyTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void IsWellFormed_KeyWithAnyCharacterChangedOrCut_IsNot()
    {
        string key = ApiKeyText.Create();
        Assert.Matches("^tars_[A-Za-z0-9_-]{48}$", key);
        Assert.True(ApiKeyText.IsWellFormed(key));
        Assert.NotEqual(key, ApiKeyText.Create());
        for (int i = 0; i < key.Length; i++)
        {
            char[] changed = key.ToCharArray();
            changed[i] = changed[i] == 'A' ? 'B' : 'A';
            Assert.False(ApiKeyText.IsWellFormed(changed), $"character {i}");
            Assert.False(ApiKeyText.IsWellFormed(key.AsSpan(0, i)));
        }

        Assert.False(ApiKeyText.IsWellFormed(key + " "));
    }

    [Fact]
    public async Task Key_InEitherHeader_SaysWhoCalls()
    {
        await using AccessServer server = await AccessServer.StartAsync();
        NewUser user = await server.AddUserAsync("ci", "admin");
        (string key, Guid id) = await server.AddKeyAsync(user, "sre");
        foreach ((string header, string value) in ((string, string)[])[("X-API-Key", key), ("Authorization", $"Bearer {key}"), ("Authorization", $"bearer {key}")])
        {
            using HttpRequestMessage request = new(HttpMethod.Get, "/auth/me");
            request.Headers.TryAddWithoutValidation(header, value);
            using HttpResponseMessage answer = await server.Client.SendAsync(request, Token);
            JsonObject me = (await answer.Content.ReadFromJsonAsync<JsonObject>(Token))!;
            Assert.Equal(("ci", "sre", "api_key"), ((string)me["login"]!, (string)me["role"]!, (string)me["credential"]!));
        }

        DateTimeOffset? used = null;
        for (int i = 0; i < 50 && used is null; i++)
        {
            await Task.Delay(50, Token);
            used = (await server.Store.ApiKeys.FindAsync(id, Token))!.LastUsed;
        }

        Assert.NotNull(used);
        Assert.Equal(HttpStatusCode.OK, await server.StatusAsync(HttpMethod.Get, "/auth/me", key));
        await Task.Delay(200, Token);
        Assert.Equal(used, (await server.Store.ApiKeys.FindAsync(id, Token))!.LastUsed); // once a minute
    }

    [Theory]
    [InlineData("X-API-Key: {key}", "Authorization: Bearer {key}")]
    [InlineData("X-API-Key: {key}", "X-API-Key: {key}")]
    [InlineData("Authorization: Bearer {key}", "Authorization: Bearer {key}")]
    [InlineData("Authorization: Basic YW5uOnBhc3N3b3Jk", null)]
    [InlineData("Authorization: {key}", null)]
    [InlineData("Authorization: Bearer ", null)]
    [InlineData("X-API-Key: ", null)]
    [InlineData("X-API-Key: {key}x", null)]
    [InlineData("X-API-Key: ключ", null)]
    public async Task Key_InHeadersThatAreNotOneCredential_Is401(string first, string? second)
    {
        await using AccessServer server = await AccessServer.StartAsync(audited: false);
        (string key, _) = await server.AddKeyAsync(await server.AddUserAsync("ci", "admin"), "admin");
        using System.Net.Sockets.TcpClient raw = new();
        await raw.ConnectAsync("127.0.0.1", server.Client.BaseAddress!.Port, Token);
        string request = $"GET /auth/me HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{string.Join("\r\n", new[] { first, second }.OfType<string>()).Replace("{key}", key, StringComparison.Ordinal)}\r\n\r\n";
        await raw.GetStream().WriteAsync(System.Text.Encoding.UTF8.GetBytes(request), Token);
        using StreamReader reader = new(raw.GetStream());
        Assert.StartsWith("HTTP/1.1 401 ", await reader.ReadToEndAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Key_MadeRotatedAndRevokedByAnAdministrator_IsAuditedEachTime()
    {
        await using AccessServer server = await AccessServer.StartAsync();
        (string root, _) = await server.AddKeyAsync(await server.AddUserAsync("root", "admin"), "admin");
        await server.AddUserAsync("ann", "sre");
        JsonObject made = await JsonAsync(server, HttpMethod.Post, "/api/admin/api-keys", root, new JsonObject { ["name"] = "ci", ["username"] = "ann", ["expires_in_days"] = 30 }, HttpStatusCode.Created);
        string key = (string)made["api_key"]!;
        Assert.Equal("sre", (string)made["role"]!);
        Assert.Equal(HttpStatusCode.OK, await server.StatusAsync(HttpMethod.Get, "/auth/me", key));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await server.StatusAsync(HttpMethod.Post, "/api/admin/api-keys", root, new JsonObject { ["name"] = "more", ["username"] = "ann", ["role"] = "admin" }));

        JsonObject next = await JsonAsync(server, HttpMethod.Post, $"/api/admin/api-keys/{made["key_id"]}/rotate", root, new JsonObject { ["overlap_minutes"] = 0 }, HttpStatusCode.Created);
        Assert.Equal(HttpStatusCode.Unauthorized, await server.StatusAsync(HttpMethod.Get, "/auth/me", key));
        Assert.Equal(HttpStatusCode.OK, await server.StatusAsync(HttpMethod.Get, "/auth/me", (string)next["api_key"]!));
        Assert.Equal(HttpStatusCode.NoContent, await server.StatusAsync(HttpMethod.Delete, $"/api/admin/api-keys/{next["key_id"]}", root));
        Assert.Equal(HttpStatusCode.Unauthorized, await server.StatusAsync(HttpMethod.Get, "/auth/me", (string)next["api_key"]!));
        Assert.Equal(HttpStatusCode.NotFound, await server.StatusAsync(HttpMethod.Delete, $"/api/admin/api-keys/{Guid.NewGuid()}", root));

        JsonObject list = await JsonAsync(server, HttpMethod.Get, "/api/admin/api-keys", root, null, HttpStatusCode.OK);
        Assert.Equal(3, list["api_keys"]!.AsArray().Count);
        Assert.DoesNotContain(key, list.ToJsonString(), StringComparison.Ordinal);
        foreach (string type in (string[])["api_key.created", "api_key.rotated", "api_key.revoked"])
        {
            Assert.Equal(["intent", "success"], server.Events(type).Select(found => found.Outcome.ToString().ToLowerInvariant()));
        }

        string log = string.Concat(Directory.EnumerateFiles(server.Folder.Combine("audit"), "*", SearchOption.AllDirectories).Select(File.ReadAllText));
        Assert.All((string[])[key, root, "ann"], text => Assert.DoesNotContain(text, log, StringComparison.Ordinal));
    }

    private static async Task<JsonObject> JsonAsync(AccessServer server, HttpMethod method, string path, string key, JsonNode? body, HttpStatusCode expected)
    {
        using HttpResponseMessage answer = await server.SendAsync(method, path, key, body);
        Assert.Equal(expected, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonObject>(Token))!;
    }
}
