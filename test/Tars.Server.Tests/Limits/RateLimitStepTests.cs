using System.Net;
using System.Text.Json;
using Tars.Configuration;
using Tars.Server.Access;
using Tars.Server.Routes;
using Tars.TestKit.Servers;
using Xunit;

namespace Tars.Server.Tests.Limits;

public sealed class RateLimitStepTests
{
    private static readonly (ApiRoute, Delegate)[] Routes =
    [
        (EdgeServer.Route("/a", "getA", least: Role.ReadOnly), () => "a"),
        (EdgeServer.Route("/b", "getB", least: Role.ReadOnly), () => "b"),
        (EdgeServer.Route("/open", "getOpen", limit: LimitClass.Public), () => "open"),
        (EdgeServer.Route("/live", "getLive", limit: LimitClass.None), () => "live"),
        (EdgeServer.Route("/login", "login", "POST", limit: LimitClass.Login), () => "login"),
        (EdgeServer.Route("/file", "getFile", least: Role.Admin, limit: LimitClass.Download), () => "file"),
    ];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("readonly", "/a", 30)]
    [InlineData("sre", "/a", 60)]
    [InlineData("admin", "/a", 100)]
    [InlineData("admin", "/file", 50)]
    [InlineData(null, "/open", 30)]
    [InlineData(null, "/a", 30)]
    [InlineData("refused", "/a", 30)]
    [InlineData("refused", "/live", 30)]
    [InlineData(null, "/no/such/path", 30)]
    public async Task Request_ByDefault_IsLimitedAsTheIssueSays(string? caller, string path, int limit)
    {
        await using EdgeServer server = await EdgeServer.StartAsync(string.Empty, Routes);
        using HttpClient client = server.Client(caller);
        for (int i = 1; i <= limit; i++)
        {
            using HttpResponseMessage answer = await client.GetAsync(EdgeServer.At(path), Stop);
            Assert.NotEqual(HttpStatusCode.TooManyRequests, answer.StatusCode);
            Assert.Contains($";r={limit - i};t=", answer.Headers.GetValues("RateLimit").Single(), StringComparison.Ordinal);
            Assert.EndsWith($";q={limit};w=60", answer.Headers.GetValues("RateLimit-Policy").Single(), StringComparison.Ordinal);
        }

        using HttpResponseMessage refused = await client.GetAsync(EdgeServer.At(path), Stop);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType!.MediaType);
        using JsonDocument problem = JsonDocument.Parse(await refused.Content.ReadAsStringAsync(Stop));
        Assert.Equal("RATE_LIMITED", problem.RootElement.GetProperty("error_code").GetString());
    }

    [Fact]
    public async Task Request_OfOneCredential_CountsWithNoOther()
    {
        await using EdgeServer server = await EdgeServer.StartAsync("api: {rate_limit_requests: 2}", Routes);
        Assert.Equal("200 200 429", await StatusesAsync(server, "readonly/one", "/a", "/b", "/a"));
        Assert.Equal("200 200 429", await StatusesAsync(server, "readonly/two", "/a", "/a", "/a"));
        Assert.Equal("200 200 429", await StatusesAsync(server, null, "/open", "/open", "/open"));
        Assert.Equal("200 200 200 200", await StatusesAsync(server, null, "/live", "/live", "/live", "/live"));
    }

    [Fact]
    public async Task Login_AnybodyOfOneAddress_IsLimitedTogether()
    {
        await using EdgeServer server = await EdgeServer.StartAsync("api: {rate_limit_login: 3}", Routes);
        List<int> statuses = [];
        foreach (string? caller in (string?[])[null, "readonly", "admin", "sre"])
        {
            using HttpClient client = server.Client(caller);
            using HttpResponseMessage answer = await client.PostAsync(EdgeServer.At("/login"), null, Stop);
            statuses.Add((int)answer.StatusCode);
        }

        Assert.Equal([200, 200, 200, 429], statuses);
    }

    [Fact]
    public async Task Settings_OwnNumbers_AreTaken()
    {
        await using EdgeServer server = await EdgeServer.StartAsync("api: {rate_limit_requests: 2, rate_limits: {public: 1, admin: 3, downloads: 1, routes: {getMetrics: 5}}}", Routes);
        Assert.Equal("200 429", await StatusesAsync(server, null, "/open", "/open"));
        Assert.Equal("200 200 200 429", await StatusesAsync(server, "admin", "/a", "/a", "/a", "/a"));
        Assert.Equal("200 429", await StatusesAsync(server, "admin", "/file", "/file"));
    }

    [Fact]
    public async Task Settings_LimitOfNoRoute_IsRefusedWithItsName()
    {
        SettingsException refusal = await Assert.ThrowsAsync<SettingsException>(() => EdgeServer.StartAsync("api: {rate_limits: {routes: {getNothing: 5}}}"));
        Assert.Contains("api.rate_limits.routes: getNothing is no operation of the API", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_TurnedOff_LimitNothing()
    {
        await using EdgeServer server = await EdgeServer.StartAsync("api: {rate_limit_enabled: false, rate_limit_requests: 1}", Routes);
        Assert.Equal("200 200 200", await StatusesAsync(server, "readonly", "/a", "/a", "/a"));
    }

    [Fact(Timeout = 120_000)]
    public async Task Request_ToServersWithOneRedis_IsLimitedOnce()
    {
        await using RedisServer redis = await RedisServer.StartAsync("a-password", TestContext.Current.CancellationToken);
        string yaml = $"api: {{rate_limit_requests: 40}}\nstorage: {{redis_url: \"{redis.Address}\", redis_password: a-password}}";
        await using EdgeServer first = await EdgeServer.StartAsync(yaml, Routes);
        await using EdgeServer second = await EdgeServer.StartAsync(yaml, Routes);
        int admitted = 0;
        await Task.WhenAll(((EdgeServer[])[first, second, first, second]).Select(async server =>
        {
            using HttpClient client = server.Client("readonly");
            for (int i = 0; i < 20; i++)
            {
                using HttpResponseMessage answer = await client.GetAsync(EdgeServer.At("/a"), TestContext.Current.CancellationToken);
                Interlocked.Add(ref admitted, answer.IsSuccessStatusCode ? 1 : 0);
            }
        }));
        Assert.Equal(40, admitted);
    }

    private static async Task<string> StatusesAsync(EdgeServer server, string? caller, params string[] paths)
    {
        using HttpClient client = server.Client(caller);
        List<int> statuses = [];
        foreach (string path in paths)
        {
            using HttpResponseMessage answer = await client.GetAsync(EdgeServer.At(path), TestContext.Current.CancellationToken);
            statuses.Add((int)answer.StatusCode);
        }

        return string.Join(' ', statuses);
    }
}
