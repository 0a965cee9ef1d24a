using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Tars.Storage.Identity;
using Xunit;

namespace Tars.Server.Tests.Access;

public sealed class AdministrationTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Users_MadeChangedAndDisabled_ArePowerlessAtOnce()
    {
        await using AccessServer server = await AccessServer.StartAsync();
        (string root, _) = await server.AddKeyAsync(await server.AddUserAsync("root", "admin"), "admin");
        JsonObject bob = await JsonAsync(server, HttpMethod.Post, "/api/admin/users", root, new JsonObject { ["username"] = "bob", ["role"] = "admin", ["password"] = AccessServer.Password }, HttpStatusCode.Created);
        string id = (string)bob["user_id"]!;
        (string access, string refresh) = await server.LogInAsync("bob");
        Assert.Equal(HttpStatusCode.OK, await server.StatusAsync(HttpMethod.Get, "/api/admin/users", access));

        await JsonAsync(server, HttpMethod.Put, $"/api/admin/users/{id}/role", root, new JsonObject { ["role"] = "readonly" }, HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.Forbidden, await server.StatusAsync(HttpMethod.Get, "/api/admin/users", access)); // the token still says admin
        JsonObject sessions = await JsonAsync(server, HttpMethod.Get, "/api/admin/sessions", root, null, HttpStatusCode.OK);
        Assert.Equal(id, (string)Assert.Single(sessions["sessions"]!.AsArray())!["user_id"]!);

        JsonObject disabled = await JsonAsync(server, HttpMethod.Post, $"/api/admin/users/{id}/disable", root, null, HttpStatusCode.OK);
        Assert.NotNull(disabled["disabled"]);
        Assert.Equal(HttpStatusCode.Unauthorized, await server.StatusAsync(HttpMethod.Get, "/auth/me", access));
        Assert.Equal(HttpStatusCode.Unauthorized, await server.StatusAsync(HttpMethod.Post, "/auth/refresh", null, new JsonObject { ["refresh_token"] = refresh }));
        await JsonAsync(server, HttpMethod.Post, $"/api/admin/users/{id}/enable", root, null, HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.Unauthorized, await server.StatusAsync(HttpMethod.Get, "/auth/me", access)); // the login stays ended
        (access, _) = await server.LogInAsync("bob");
        Assert.Equal(HttpStatusCode.OK, await server.StatusAsync(HttpMethod.Put, $"/api/admin/users/{id}/password", root, new JsonObject { ["password"] = "another kettle 43 of tea" }));
        Assert.Equal(HttpStatusCode.Unauthorized, await server.StatusAsync(HttpMethod.Get, "/auth/me", access));
        Assert.Equal(HttpStatusCode.Unauthorized, await server.StatusAsync(HttpMethod.Post, "/auth/login", null, new JsonObject { ["username"] = "bob", ["password"] = AccessServer.Password }));
        foreach (string type in (string[])["user.created", "user.role_changed", "user.disabled", "user.enabled", "user.password_reset"])
        {
            Assert.Equal(["intent", "success"], server.Events(type).Select(found => found.Outcome.ToString().ToLowerInvariant()));
        }
    }

    [Fact]
    public async Task EndSession_Login_IsRefusedAtOnce()
    {
        await using AccessServer server = await AccessServer.StartAsync();
        (string root, _) = await server.AddKeyAsync(await server.AddUserAsync("root", "admin"), "admin");
        await server.AddUserAsync("ann", "sre");
        (string access, _) = await server.LogInAsync("ann");
        (string other, _) = await server.LogInAsync("ann");
        JsonObject sessions = await JsonAsync(server, HttpMethod.Get, "/api/admin/sessions", root, null, HttpStatusCode.OK);
        JsonNode newest = sessions["sessions"]![0]!;
        Assert.Equal(HttpStatusCode.NoContent, await server.StatusAsync(HttpMethod.Delete, $"/api/admin/sessions/{newest["session_id"]}", root));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (await server.StatusAsync(HttpMethod.Get, "/auth/me", access), await server.StatusAsync(HttpMethod.Get, "/auth/me", other)));
    }

    [Theory]
    [InlineData("bob", "boss", "role")]
    [InlineData("b ob", "sre", "username")]
    [InlineData("erased:x", "sre", "username")]
    [InlineData("", "sre", "username")]
    [InlineData("аdmin", "sre", "username")] // a Cyrillic letter
    [InlineData("bob", "sre", "password", "password1234")]
    public async Task CreateUser_ValueThatIsNotValid_IsNamed(string login, string role, string field, string? password = null)
    {
        await using AccessServer server = await AccessServer.StartAsync(audited: false);
        (string root, _) = await server.AddKeyAsync(await server.AddUserAsync("root", "admin"), "admin");
        JsonObject problem = await JsonAsync(server, HttpMethod.Post, "/api/admin/users", root, new JsonObject { ["username"] = login, ["role"] = role, ["password"] = password }, HttpStatusCode.UnprocessableEntity);
        Assert.Equal(field, Assert.Single(problem["errors"]!.AsObject()).Key);
    }

    [Fact]
    public async Task Users_LastAdministrator_StaysOne()
    {
        await using AccessServer server = await AccessServer.StartAsync(audited: false);
        NewUser user = await server.AddUserAsync("root", "admin");
        (string root, _) = await server.AddKeyAsync(user, "admin");
        Assert.Equal(HttpStatusCode.Conflict, await server.StatusAsync(HttpMethod.Post, $"/api/admin/users/{user.Id}/disable", root));
        Assert.Equal(HttpStatusCode.Conflict, await server.StatusAsync(HttpMethod.Put, $"/api/admin/users/{user.Id}/role", root, new JsonObject { ["role"] = "sre" }));
        NewUser second = await server.AddUserAsync("second", "admin");
        Assert.Equal(HttpStatusCode.OK, await server.StatusAsync(HttpMethod.Post, $"/api/admin/users/{second.Id}/disable", root));
        Assert.Equal(HttpStatusCode.Conflict, await server.StatusAsync(HttpMethod.Post, "/api/admin/users", root, new JsonObject { ["username"] = "second", ["role"] = "sre" }));
    }

    [Fact]
    public async Task Anything_ThatCannotBeAudited_Is503AndNotDone()
    {
        await using AccessServer server = await AccessServer.StartAsync();
        NewUser ann = await server.AddUserAsync("ann", "sre");
        (string root, _) = await server.AddKeyAsync(await server.AddUserAsync("root", "admin"), "admin");
        Assert.Equal(HttpStatusCode.OK, await server.StatusAsync(HttpMethod.Get, "/api/admin/users", root));
        await server.BreakAuditAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await server.StatusAsync(HttpMethod.Post, "/auth/login", null, new JsonObject { ["username"] = "ann", ["password"] = AccessServer.Password }));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await server.StatusAsync(HttpMethod.Put, $"/api/admin/users/{ann.Id}/role", root, new JsonObject { ["role"] = "admin" }));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await server.StatusAsync(HttpMethod.Get, "/auth/me", "garbage"));
        Assert.Equal("sre", (await server.Store.Users.FindAsync(ann.Id, Token))!.User.Role);
        Assert.Empty(await server.Store.RefreshTokens.ListAsync(null, Token));
    }

    [Fact]
    public async Task Denials_ManyOfOneKind_AreOneEventAndACount()
    {
        Microsoft.Extensions.Time.Testing.FakeTimeProvider clock = new(DateTimeOffset.Parse("2026-03-01T00:00:00Z", null));
        await using AccessServer server = await AccessServer.StartAsync(clock);
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await server.StatusAsync(HttpMethod.Get, "/auth/me", "garbage"));
        }

        Assert.Equal("malformed", (string)Assert.Single(server.Events("access.denied")).Data!["reason"]!);
        clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(HttpStatusCode.Unauthorized, await server.StatusAsync(HttpMethod.Get, "/auth/me", "garbage"));
        Assert.Equal(19, (int)server.Events("access.denied")[1].Data!["earlier"]!);
    }

    private static async Task<JsonObject> JsonAsync(AccessServer server, HttpMethod method, string path, string key, JsonNode? body, HttpStatusCode expected)
    {
        using HttpResponseMessage answer = await server.SendAsync(method, path, key, body);
        Assert.Equal(expected, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonObject>(Token))!;
    }
}
