using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tars.Server.Access;
using Tars.Server.Access.Credentials;
using Tars.Server.Access.Tokens;
using Tars.Server.Routes;
using Tars.Storage.Identity;
using Xunit;

namespace Tars.Server.Tests.Access;

/// <summary>Every route, every method, every state of a credential and every role: what is answered is what the route's policy says, and nothing else.</summary>
public sealed partial class AccessMatrixTests
{
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Matrix_EveryRouteMethodAndCredential_IsAsThePolicySays()
    {
        await using AccessServer server = await AccessServer.StartAsync(audited: false);
        IReadOnlyList<(string State, string? Credential, Role? Role)> credentials = await CredentialsAsync(server);
        HashSet<string> mapped = [.. Endpoints(server).SelectMany(endpoint => endpoint.Metadata.GetRequiredMetadata<Microsoft.AspNetCore.Routing.HttpMethodMetadata>().HttpMethods.Select(method => $"{method} /{endpoint.RoutePattern.RawText!.TrimStart('/')}"))];
        List<string> wrong = [];
        int requests = 0;
        foreach (string path in ApiRoutes.All.SelectMany(route => route.Aliases.Append(route.Template)).Distinct())
        {
            foreach (string method in Methods)
            {
                ApiRoute? route = ApiRoutes.All.FirstOrDefault(one => (one.Method == method || (method == "HEAD" && one.Method == "GET")) && one.Aliases.Append(one.Template).Contains(path));
                if (route is not null && !mapped.Contains($"{method} {path}"))
                {
                    continue; // of a resource that is not served here
                }

                bool isKnown = mapped.Any(one => one.EndsWith(" " + path, StringComparison.Ordinal));
                foreach ((string state, string? credential, Role? role) in credentials)
                {
                    using HttpResponseMessage answer = await server.SendAsync(new HttpMethod(method), Fill(path), credential, method is "POST" or "PUT" or "PATCH" ? new JsonObject() : null); // which asks for nothing that changes anything
                    requests++;
                    string? refusal = Expect(route, isKnown, state, role, (int)answer.StatusCode, answer);
                    if (refusal is not null)
                    {
                        wrong.Add($"{method} {path} with {state}: {(int)answer.StatusCode}, {refusal}");
                    }
                }
            }
        }

        Assert.Empty(wrong);
        Assert.True(requests > 1000, $"only {requests} requests were sent");
    }

    [Fact]
    public async Task Endpoints_AllOfThem_HaveAPolicyOfTheTable()
    {
        await using AccessServer server = await AccessServer.StartAsync(audited: false);
        RouteEndpoint[] endpoints = [.. Endpoints(server)];
        Assert.NotEmpty(endpoints);
        Assert.All(endpoints, endpoint => Assert.Contains(endpoint.Metadata.GetMetadata<ApiRoute>(), ApiRoutes.All));
    }

    [Fact]
    public void Routes_ThatAnybodyMayCall_AreThese() =>
        Assert.Equal(
            ["getHealth", "getLiveness", "getReadiness", "logIn", "makeFactor", "refresh", "logOut", "getTokenKeys"],
            ApiRoutes.All.Where(route => route.Least is null && (route.Template.StartsWith("/auth", StringComparison.Ordinal) || route.Template.StartsWith("/health", StringComparison.Ordinal) || route.Template.StartsWith("/.well", StringComparison.Ordinal)))
                .Select(route => route.OperationId));

    [Fact]
    public void Routes_OfAdministration_NeedAnAdministratorButThreeThatOperateTheServer()
    {
        ILookup<Role?, ApiRoute> routes = ApiRoutes.All.Where(route => route.Template.StartsWith("/api/admin", StringComparison.Ordinal)).ToLookup(route => route.Least);
        Assert.Equal([Role.Sre, Role.Admin], routes.Select(group => group.Key!.Value).Order());
        Assert.Equal(["clearCache", "listSchedules", "refreshData"], routes[Role.Sre].Select(route => route.OperationId).Order());
    }

    private static string? Expect(ApiRoute? route, bool isKnown, string state, Role? role, int status, HttpResponseMessage answer)
    {
        if (route is { Limit: LimitClass.None, Least: null })
        {
            return status is 401 or 403 ? "and the process's life is told to anybody" : null;
        }

        if (state != "none" && role is null)
        {
            return status != 401 ? "and a credential that does not hold is 401"
                : !answer.Headers.WwwAuthenticate.ToString().Contains("invalid_token", StringComparison.Ordinal) ? "without a challenge"
                : null;
        }

        if (route is null)
        {
            return !isKnown || status == 405 ? null : "and the method is not known: 405";
        }

        if (route.Least is { } least && role is null)
        {
            return status != 401 ? "and nobody said who calls: 401" : answer.Headers.WwwAuthenticate.Count == 0 ? "without a challenge" : null;
        }

        return route.Least is { } needed && role < needed
            ? status == 403 ? null : "and the role is not enough: 403"
            : status is 403 or 405 || (status == 401 && !route.Template.StartsWith("/auth/", StringComparison.Ordinal)) ? "and it may be called" : null;
    }

    private static async Task<IReadOnlyList<(string State, string? Credential, Role? Role)>> CredentialsAsync(AccessServer server)
    {
        TokenMint mint = server.Services.GetRequiredService<TokenMint>();
        NewUser user = await server.AddUserAsync("ann", "admin"), disabled = await server.AddUserAsync("gone", "admin");
        (string live, _) = await server.LogInAsync("ann");
        (string disabledToken, _) = await server.LogInAsync("gone");
        (string disabledKey, _) = await server.AddKeyAsync(disabled, "admin");
        await server.Store.Users.DisableAsync(disabled.Id, Token);
        (string revokedToken, string refresh) = await server.LogInAsync("ann");
        await server.StatusAsync(HttpMethod.Post, "/auth/logout", null, new JsonObject { ["refresh_token"] = refresh });
        (string revokedKey, Guid revoked) = await server.AddKeyAsync(user, "admin");
        await server.Store.ApiKeys.RevokeAsync(revoked, Token);
        (string expiredKey, _) = await server.AddKeyAsync(user, "admin", DateTimeOffset.UnixEpoch.AddDays(1));
        string[] parts = live.Split('.');
        AccessToken says;
        using (CompactToken compact = CompactToken.Read(live)!)
        {
            says = (await mint.VerifyAsync(compact, Token)).Token!;
        }

        TokenKey key = await mint.Keys.SigningKeyAsync(Token);
        List<(string, string?, Role?)> all =
        [
            ("none", null, null),
            ("garbage", "garbage", null),
            ("garbage of three parts", "a.b.c", null),
            ("wrong signature", $"{parts[0]}.{parts[1]}.{Base64Url.EncodeToString(new byte[32])}", null),
            ("alg none", $"{Base64Url.EncodeToString("""{"alg":"none","typ":"at+jwt"}"""u8)}.{parts[1]}.AAAA", null),
            ("alg none without a signature", $"{Base64Url.EncodeToString("""{"alg":"none","typ":"at+jwt"}"""u8)}.{parts[1]}.", null),
            ("claims changed", $"{parts[0]}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[1])).Replace("tars-api", "tars-apj", StringComparison.Ordinal)))}.{parts[2]}", null),
            ("expired token", (says with { Expires = says.Issued.AddSeconds(-1) }).Write(key, mint.Settings), null),
            ("token of another audience", says.Write(key, mint.Settings with { Audience = "others" }), null),
            ("token of another issuer", says.Write(key, mint.Settings with { Issuer = "others" }), null),
            ("token of another family", (says with { FamilyId = Guid.NewGuid() }).Write(key, mint.Settings), null),
            ("token of another user", (says with { UserId = disabled.Id }).Write(key, mint.Settings), null),
            ("token of a revoked login", revokedToken, null),
            ("token of a disabled user", disabledToken, null),
            ("unknown key", ApiKeyText.Create(), null),
            ("malformed key", live.Length > 0 ? "tars_notakey" : null, null),
            ("revoked key", revokedKey, null),
            ("expired key", expiredKey, null),
            ("key of a disabled user", disabledKey, null),
        ];
        foreach (Role role in Enum.GetValues<Role>())
        {
            string name = RoleNames.Of(role);
            NewUser own = await server.AddUserAsync(name, name);
            all.Add(($"token of {name}", (await server.LogInAsync(name)).Access, role));
            all.Add(($"key of {name}", (await server.AddKeyAsync(own, name)).Text, role));
            all.Add(($"key of an administrator for {name}", (await server.AddKeyAsync(user, name)).Text, role));
            all.Add(($"key for an administrator of {name}", (await server.AddKeyAsync(own, "admin")).Text, role));
        }

        return all;
    }

    private static IEnumerable<RouteEndpoint> Endpoints(AccessServer server) => server.Services.GetRequiredService<IEnumerable<EndpointDataSource>>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>().Distinct();

    private static string Fill(string template) => Parameter.Replace(template, match => match.Value switch
    {
        var one when one.Contains("date", StringComparison.Ordinal) => "2026-01-05",
        _ => "0198c0de-0000-7000-8000-000000000001",
    });

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Parameter { get; }
}
