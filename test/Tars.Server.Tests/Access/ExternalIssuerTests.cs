using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Tars.Storage.Identity;
using Xunit;

namespace Tars.Server.Tests.Access;

/// <summary>Bearer tokens of an issuer elsewhere, which answers over HTTP on this machine.</summary>
public sealed class ExternalIssuerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Token_OfTheIssuer_HasTheRoleThatItsClaimIsMappedTo()
    {
        await using OidcIssuer issuer = await OidcIssuer.StartAsync();
        await using AccessServer server = await AccessServer.StartAsync(yaml: Yaml(issuer), audited: false);
        using HttpResponseMessage me = await server.SendAsync(HttpMethod.Get, "/auth/me", issuer.Issue("id-1", "carol", ["others", "ops", "viewers"]));
        JsonObject said = (await me.Content.ReadFromJsonAsync<JsonObject>(Token))!;
        Assert.Equal(("carol", "sre", "external_token"), ((string)said["login"]!, (string)said["role"]!, (string)said["credential"]!));
        Assert.Equal(HttpStatusCode.OK, await server.StatusAsync(HttpMethod.Get, "/api/admin/users", issuer.Issue("id-2", "dan", ["bosses"])));
        Assert.Equal(HttpStatusCode.Forbidden, await server.StatusAsync(HttpMethod.Get, "/api/admin/users", issuer.Issue("id-1", "carol", ["ops"])));
        Assert.Equal(1, issuer.KeyFetches);
    }

    [Fact]
    public async Task Token_ThatDoesNotHold_Is401()
    {
        await using OidcIssuer issuer = await OidcIssuer.StartAsync();
        await using OidcIssuer other = await OidcIssuer.StartAsync();
        await using AccessServer server = await AccessServer.StartAsync(yaml: Yaml(issuer), audited: false);
        NewUser gone = await server.AddUserAsync("gone", "admin");
        await server.Store.Users.DisableAsync(gone.Id, Token);
        Dictionary<string, string> tokens = new()
        {
            ["no role"] = issuer.Issue("id", "carol", ["nobody"]),
            ["expired"] = issuer.Issue("id", "carol", ["ops"], TimeSpan.FromSeconds(-1)),
            ["another audience"] = issuer.Issue("id", "carol", ["ops"], audience: "others"),
            ["another issuer"] = other.Issue("id", "carol", ["ops"]),
            ["another issuer's signature"] = issuer.Issue("id", "carol", ["ops"], key: other.Key),
            ["alg none"] = issuer.Issue("id", "carol", ["ops"], header: header => header["alg"] = "none"),
            ["the public key as an HMAC key"] = issuer.Issue("id", "carol", ["ops"], header: header => header["alg"] = "HS256"),
            ["no key id"] = issuer.Issue("id", "carol", ["ops"], header: header => header.Remove("kid")),
            ["disabled here"] = issuer.Issue("id", "gone", ["bosses"]),
        };
        foreach ((string state, string token) in tokens)
        {
            Assert.True(await server.StatusAsync(HttpMethod.Get, "/auth/me", token) == HttpStatusCode.Unauthorized, state);
        }
    }

    [Fact]
    public async Task Token_WithANewKey_MakesTheKeysBeFetchedOnceMore()
    {
        Microsoft.Extensions.Time.Testing.FakeTimeProvider clock = new(TimeProvider.System.GetUtcNow());
        await using OidcIssuer issuer = await OidcIssuer.StartAsync();
        await using AccessServer server = await AccessServer.StartAsync(clock, Yaml(issuer), audited: false);
        Assert.Equal(HttpStatusCode.OK, await server.StatusAsync(HttpMethod.Get, "/auth/me", issuer.Issue("id", "carol", ["ops"])));
        issuer.Rotate();
        string token = issuer.Issue("id", "carol", ["ops"]);
        Assert.Equal(HttpStatusCode.Unauthorized, await server.StatusAsync(HttpMethod.Get, "/auth/me", token)); // too soon after the last fetch
        Assert.Equal(1, issuer.KeyFetches);
        clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(HttpStatusCode.OK, await server.StatusAsync(HttpMethod.Get, "/auth/me", token));
        for (int i = 0; i < 10; i++)
        {
            await server.StatusAsync(HttpMethod.Get, "/auth/me", issuer.Issue("id", "carol", ["ops"], header: header => header["kid"] = Guid.NewGuid().ToString()));
        }

        Assert.Equal(2, issuer.KeyFetches); // whoever invents key ids makes nobody ask
    }

    [Fact]
    public async Task Token_WhileTheIssuerIsDown_Is503UntilItAnswers()
    {
        OidcIssuer issuer = await OidcIssuer.StartAsync();
        await using AccessServer server = await AccessServer.StartAsync(yaml: Yaml(issuer), audited: false);
        string token = issuer.Issue("id", "carol", ["ops"]);
        await issuer.DisposeAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await server.StatusAsync(HttpMethod.Get, "/auth/me", token));
    }

    private static string Yaml(OidcIssuer issuer) =>
        $"api:\n  jwt_secret: {AccessServer.Secret}\n  oidc:\n    issuer: {issuer.Address}\n    roles: {{bosses: admin, ops: sre, viewers: readonly}}";
}
