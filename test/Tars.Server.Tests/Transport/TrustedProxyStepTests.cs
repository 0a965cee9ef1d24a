using Microsoft.AspNetCore.Http;
using Tars.Configuration;
using Tars.Server.Routes;
using Xunit;

namespace Tars.Server.Tests.Transport;

public sealed class TrustedProxyStepTests
{
    private static readonly (ApiRoute, Delegate)[] Routes =
    [
        (EdgeServer.Route("/who", "getWho", limit: LimitClass.Public), (HttpContext context) =>
            $"{context.Connection.RemoteIpAddress} {context.Request.Scheme} {context.Request.Host} {string.Join(' ', context.Request.Headers.Keys.Where(key => key.Contains("Forward", StringComparison.Ordinal)))}"),
    ];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("api: {trusted_proxies: [127.0.0.1]}", "198.51.100.7 https tars.example ")]
    [InlineData("api: {trusted_proxies: [127.0.0.0/8, \"::1\"]}", "198.51.100.7 https tars.example ")]
    [InlineData("api: {trusted_proxies: [10.0.0.0/8]}", "127.0.0.1 http tars.example ")]
    [InlineData("api: {}", "127.0.0.1 http tars.example ")]
    public async Task Request_WithForwardingHeaders_IsBelievedFromTrustedProxiesOnly(string yaml, string expected)
    {
        await using EdgeServer server = await EdgeServer.StartAsync(yaml, Routes);
        using HttpClient client = server.Client();
        using HttpRequestMessage request = new(HttpMethod.Get, "/who") { Headers = { Host = "tars.example" } };
        request.Headers.Add("X-Forwarded-For", "203.0.113.9, 198.51.100.7");
        request.Headers.Add("X-Forwarded-Proto", "https");
        request.Headers.Add("X-Forwarded-Host", "evil.example");
        request.Headers.Add("Forwarded", "for=203.0.113.9;host=evil.example");
        using HttpResponseMessage answer = await client.SendAsync(request, Stop);
        Assert.Equal(expected, await answer.Content.ReadAsStringAsync(Stop));
    }

    [Fact]
    public async Task Request_WithAForgedAddressEachTime_IsLimitedAllTheSame()
    {
        await using EdgeServer server = await EdgeServer.StartAsync("api: {rate_limits: {public: 5}}", Routes);
        using HttpClient client = server.Client();
        List<int> statuses = [];
        for (int i = 0; i < 8; i++)
        {
            using HttpRequestMessage request = new(HttpMethod.Get, "/who");
            request.Headers.Add("X-Forwarded-For", $"198.51.100.{i}");
            using HttpResponseMessage answer = await client.SendAsync(request, Stop);
            statuses.Add((int)answer.StatusCode);
        }

        Assert.Equal([200, 200, 200, 200, 200, 429, 429, 429], statuses);
    }

    [Fact]
    public async Task Settings_NoNetwork_AreRefusedWithTheirPlace()
    {
        SettingsException refusal = await Assert.ThrowsAsync<SettingsException>(() => EdgeServer.StartAsync("api: {trusted_proxies: [10.0.0.0/8, \"1:2:3\"]}"));
        Assert.Contains("api.trusted_proxies: 1:2:3 is no address and no network", refusal.Message, StringComparison.Ordinal);
    }
}
