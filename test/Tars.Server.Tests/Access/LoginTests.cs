using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Tars.Storage.Identity;
using Xunit;

namespace Tars.Server.Tests.Access;

/// <summary>Logging in, going on and out over HTTP.</summary>
public sealed class LoginTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task LogIn_RightPassword_GivesTokensThatHold()
    {
        await using AccessServer server = await AccessServer.StartAsync();
        await server.AddUserAsync("ann", "sre");
        using HttpResponseMessage answer = await server.PostAsync("/auth/login", new JsonObject { ["username"] = "ann", ["password"] = AccessServer.Password });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("no-store", answer.Headers.CacheControl!.ToString());
        JsonObject tokens = (await answer.Content.ReadFromJsonAsync<JsonObject>(Token))!;
        Assert.Equal(("bearer", 3600, "sre"), ((string)tokens["token_type"]!, (int)tokens["expires_in"]!, (string)tokens["role"]!));

        using HttpResponseMessage me = await server.SendAsync(HttpMethod.Get, "/auth/me", (string)tokens["access_token"]!);
        Assert.Equal("""{"user_id":"…","login":"ann","role":"sre","credential":"access_token","second_factor":false}""", System.Text.RegularExpressions.Regex.Replace(await me.Content.ReadAsStringAsync(Token), "[0-9a-f-]{36}", "…"));
        Assert.Equal("sre", Assert.Single(server.Events("login.succeeded")).Role);
    }

    [Theory]
    [InlineData("ann", "wrong password of ann")]
    [InlineData("bob", AccessServer.Password)]
    [InlineData("gone", AccessServer.Password)]
    public async Task LogIn_WrongPasswordOrUser_IsTheSame401(string login, string password)
    {
        await using AccessServer server = await AccessServer.StartAsync();
        await server.AddUserAsync("ann", "sre");
        NewUser gone = await server.AddUserAsync("gone", "admin");
        await server.Store.Users.DisableAsync(gone.Id, Token);
        using HttpResponseMessage answer = await server.PostAsync("/auth/login", new JsonObject { ["username"] = login, ["password"] = password });
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        JsonObject problem = (await answer.Content.ReadFromJsonAsync<JsonObject>(Token))!;
        Assert.Equal(("UNAUTHORIZED", "login, password or code is not right, or attempts are not looked at for a while"), ((string)problem["error_code"]!, (string)problem["detail"]!));
        Assert.Single(server.Events("login.failed"));
    }

    [Fact]
    public async Task LogIn_TooManyFailures_IsNotLookedAtForAWhileThatDoubles()
    {
        FakeTimeProvider clock = new(DateTimeOffset.Parse("2026-03-01T00:00:00Z", null));
        await using AccessServer server = await AccessServer.StartAsync(clock, audited: false);
        await server.AddUserAsync("ann", "sre");
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await TryAsync("wrong wrong wrong"));
        }

        Assert.Equal(HttpStatusCode.Unauthorized, await TryAsync(AccessServer.Password)); // the right one, too early
        clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(HttpStatusCode.Unauthorized, await TryAsync("wrong wrong wrong")); // the sixth: 60 s
        clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(HttpStatusCode.Unauthorized, await TryAsync(AccessServer.Password));
        clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(HttpStatusCode.OK, await TryAsync(AccessServer.Password));
        Assert.Equal(0, (await server.Store.Users.FindByLoginAsync("ann", Token))!.Failures);

        Task<HttpStatusCode> TryAsync(string password) => server.StatusAsync(HttpMethod.Post, "/auth/login", null, new JsonObject { ["username"] = "ann", ["password"] = password });
    }

    [Fact]
    public async Task LogIn_PredecessorsHash_HoldsAndIsUpgraded()
    {
        await using AccessServer server = await AccessServer.StartAsync();
        // Made with Python's bcrypt, the predecessor's library, of the password of all tests.
        string bcrypt = PasswordHashTests.BcryptOf(AccessServer.Password);
        NewUser user = await server.AddUserAsync("old", "readonly", bcrypt);
        await server.LogInAsync("old");
        Assert.StartsWith("$argon2id$v=19$m=19456,t=2,p=1$", (await server.Store.Users.FindAsync(user.Id, Token))!.User.PasswordHash, StringComparison.Ordinal);
        await server.LogInAsync("old");
    }

    [Fact]
    public async Task Refresh_LostAnswer_GivesTheSameSuccessorUntilItIsUsed()
    {
        await using AccessServer server = await AccessServer.StartAsync();
        await server.AddUserAsync("ann", "sre");
        (_, string first) = await server.LogInAsync("ann");
        string second = await RefreshAsync(server, first);
        Assert.Equal(second, await RefreshAsync(server, first)); // the answer was lost, and is asked for again
        string third = await RefreshAsync(server, second);
        Assert.NotEqual(second, third);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server, first)); // a copy: the whole family ends
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server, third));
        Assert.Equal("used before", (string)Assert.Single(server.Events("login.token_reused")).Data!["reason"]!);
    }

    [Fact]
    public async Task LogOut_Family_IsRefusedAtOnceHereAndWithinASecondElsewhere()
    {
        await using AccessServer one = await AccessServer.StartAsync(audited: false);
        await using AccessServer other = await AccessServer.StartAsync(folder: one.Folder, audited: false);
        await one.AddUserAsync("ann", "sre");
        (string access, string refresh) = await one.LogInAsync("ann");
        Assert.Equal(HttpStatusCode.OK, await one.StatusAsync(HttpMethod.Get, "/auth/me", access));
        Assert.Equal(HttpStatusCode.OK, await other.StatusAsync(HttpMethod.Get, "/auth/me", access));
        Assert.Equal(HttpStatusCode.NoContent, await one.StatusAsync(HttpMethod.Post, "/auth/logout", null, new JsonObject { ["refresh_token"] = refresh }));
        Assert.Equal(HttpStatusCode.Unauthorized, await one.StatusAsync(HttpMethod.Get, "/auth/me", access));
        await Task.Delay(TimeSpan.FromSeconds(1), Token);
        Assert.Equal(HttpStatusCode.Unauthorized, await other.StatusAsync(HttpMethod.Get, "/auth/me", access));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(other, refresh));
    }

    [Fact]
    public async Task LogIn_Es256_GivesTokensThatThePublishedKeysVerify()
    {
        await using AccessServer server = await AccessServer.StartAsync(yaml: $"api:\n  jwt_secret: {AccessServer.Secret}\n  jwt_algorithm: ES256", audited: false);
        await using AccessServer replica = await AccessServer.StartAsync(yaml: $"api:\n  jwt_secret: {AccessServer.Secret}\n  jwt_algorithm: ES256", folder: server.Folder, audited: false);
        await server.AddUserAsync("ann", "sre");
        (string access, _) = await server.LogInAsync("ann");
        string keys = await replica.Client.GetStringAsync(new Uri("/.well-known/jwks.json", UriKind.Relative), Token);
        Microsoft.IdentityModel.Tokens.TokenValidationParameters parameters = new()
        {
            IssuerSigningKeys = new Microsoft.IdentityModel.Tokens.JsonWebKeySet(keys).GetSigningKeys(),
            ValidIssuer = "tars",
            ValidAudience = "tars-api",
            ValidAlgorithms = ["ES256"],
            ValidTypes = ["at+jwt"],
        };
        Microsoft.IdentityModel.Tokens.TokenValidationResult result = await new Microsoft.IdentityModel.JsonWebTokens.JsonWebTokenHandler().ValidateTokenAsync(access, parameters);
        Assert.True(result.IsValid, result.Exception?.Message);
        Assert.DoesNotContain("\"d\"", keys, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await replica.StatusAsync(HttpMethod.Get, "/auth/me", access));
    }

    [Fact]
    public async Task Logins_OverForLong_AreRemoved()
    {
        FakeTimeProvider clock = new(DateTimeOffset.Parse("2026-03-01T00:00:00Z", null));
        await using AccessServer server = await AccessServer.StartAsync(clock, audited: false);
        await server.AddUserAsync("ann", "sre");
        (string access, string refresh) = await server.LogInAsync("ann");
        Guid family = Assert.Single(await server.Store.RefreshTokens.ListAsync(null, Token)).Id;
        clock.Advance(TimeSpan.FromDays(7));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server, refresh));
        using Tars.Server.Access.Logins.ExpiredLogins removal = new(server.Store.RefreshTokens, clock);
        Assert.Equal(0, await removal.RemoveAsync(Token));
        clock.Advance(TimeSpan.FromDays(3));
        for (int i = 0; i < 200 && await server.Store.RefreshTokens.FindGrantAsync(family, Token) is not null; i++)
        {
            await Task.Delay(25, Token); // the server does it by itself
        }

        Assert.Null(await server.Store.RefreshTokens.FindGrantAsync(family, Token));
        Assert.Equal(HttpStatusCode.Unauthorized, await server.StatusAsync(HttpMethod.Get, "/auth/me", access));
    }

    [Fact]
    public async Task LogIn_WithoutSecret_Is503()
    {
        await using AccessServer server = await AccessServer.StartAsync(yaml: "api:\n  port: 8100");
        using HttpResponseMessage answer = await server.PostAsync("/auth/login", new JsonObject { ["username"] = "ann", ["password"] = "x" });
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
    }

    [Theory]
    [InlineData("{", HttpStatusCode.BadRequest)]
    [InlineData("{\"username\":\"a\",\"username\":\"b\",\"password\":\"c\"}", HttpStatusCode.UnprocessableEntity)]
    [InlineData("{\"username\":1,\"password\":\"c\"}", HttpStatusCode.UnprocessableEntity)]
    [InlineData("{\"username\":\"a\"}", HttpStatusCode.UnprocessableEntity)]
    [InlineData("{\"username\":\"a\",\"password\":\"b\",\"role\":\"admin\"}", HttpStatusCode.UnprocessableEntity)]
    [InlineData("null", HttpStatusCode.UnprocessableEntity)]
    public async Task LogIn_BodyThatIsNone_IsTold(string body, HttpStatusCode expected)
    {
        await using AccessServer server = await AccessServer.StartAsync();
        using StringContent content = new(body, System.Text.Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await server.Client.PostAsync(new Uri("/auth/login", UriKind.Relative), content, Token);
        Assert.Equal(expected, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
    }

    private static async Task<string> RefreshAsync(AccessServer server, string token)
    {
        using HttpResponseMessage answer = await server.PostAsync("/auth/refresh", new JsonObject { ["refresh_token"] = token });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (string)(await answer.Content.ReadFromJsonAsync<JsonObject>(Token))!["refresh_token"]!;
    }

    private static Task<HttpStatusCode> StatusAsync(AccessServer server, string refresh) => server.StatusAsync(HttpMethod.Post, "/auth/refresh", null, new JsonObject { ["refresh_token"] = refresh });
}
