using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Tars.Configuration;
using Tars.Server.Routes;
using Tars.Server.Transport;
using Xunit;

namespace Tars.Server.Tests.Transport;

public sealed class TransportSecurityTests
{
    private static readonly (ApiRoute, Delegate)[] Routes =
    [
        (EdgeServer.Route("/open", "getOpen", limit: LimitClass.Public), () => "open"),
        (EdgeServer.Route("/health/live", "getLive", limit: LimitClass.None), () => "live"),
        (EdgeServer.Route("/page", "getPage", limit: LimitClass.Public), (HttpContext context) =>
        {
            SecurityHeaders.SetPage(context.Response.Headers);
            return "page";
        }),
        (EdgeServer.Route("/upload", "upload", "POST", limit: LimitClass.Public), async (HttpContext context) =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
            return "uploaded";
        }),
    ];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answer_Any_BearsTheHeadersThatBrowsersObey()
    {
        await using EdgeServer server = await EdgeServer.StartAsync(string.Empty, Routes);
        using HttpClient client = server.Client();
        foreach (string path in (string[])["/open", "/nothing"])
        {
            using HttpResponseMessage answer = await client.GetAsync(EdgeServer.At(path), Stop);
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.Equal(SecurityHeaders.ApiPolicy, answer.Headers.GetValues("Content-Security-Policy").Single());
            Assert.True(answer.Headers.CacheControl!.NoStore);
            Assert.False(answer.Headers.Contains("Server"));
            Assert.False(answer.Headers.Contains("Strict-Transport-Security")); // without TLS it means nothing (RFC 6797, section 7.2)
        }

        using HttpResponseMessage page = await client.GetAsync(EdgeServer.At("/page"), Stop);
        Assert.Equal(SecurityHeaders.PagePolicy, page.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("DENY", page.Headers.GetValues("X-Frame-Options").Single());
        Assert.Equal("same-origin", page.Headers.GetValues("Cross-Origin-Opener-Policy").Single());
    }

    [Theory]
    [InlineData("https://app.example", "https://app.example")]
    [InlineData("https://app.example.evil.example", null)]
    [InlineData("http://app.example", null)]
    [InlineData("null", null)]
    public async Task CrossOrigin_ByList_IsForThoseOriginsOnly(string origin, string? allowed)
    {
        await using EdgeServer server = await EdgeServer.StartAsync("api: {cors_origins: [https://app.example, https://other.example/]}", Routes);
        using HttpClient client = server.Client();
        using HttpRequestMessage request = new(HttpMethod.Get, "/open");
        request.Headers.Add("Origin", origin);
        using HttpResponseMessage answer = await client.SendAsync(request, Stop);
        Assert.Equal(allowed is null ? [] : [allowed], Values(answer, "Access-Control-Allow-Origin"));
        Assert.Empty(Values(answer, "Access-Control-Allow-Credentials"));
        Assert.Contains("Origin", answer.Headers.Vary);

        using HttpRequestMessage asking = new(HttpMethod.Options, "/open");
        asking.Headers.Add("Origin", origin);
        asking.Headers.Add("Access-Control-Request-Method", "GET");
        asking.Headers.Add("Access-Control-Request-Headers", "authorization");
        using HttpResponseMessage permission = await client.SendAsync(asking, Stop);
        Assert.Equal(allowed is null ? HttpStatusCode.MethodNotAllowed : HttpStatusCode.NoContent, permission.StatusCode);
        Assert.Equal(allowed is null ? [] : [allowed], Values(permission, "Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("api: {cors_origins: [\"*\"]}", "*")]
    [InlineData("api: {cors_origins: [\"*\"], cors_enabled: false}", null)]
    [InlineData("api: {}", null)]
    public async Task CrossOrigin_EveryOrigin_GoesWithoutCredentials(string yaml, string? allowed)
    {
        await using EdgeServer server = await EdgeServer.StartAsync(yaml, Routes);
        using HttpClient client = server.Client();
        using HttpRequestMessage request = new(HttpMethod.Get, "/open");
        request.Headers.Add("Origin", "https://anybody.example");
        using HttpResponseMessage answer = await client.SendAsync(request, Stop);
        Assert.Equal(allowed is null ? [] : [allowed], Values(answer, "Access-Control-Allow-Origin"));
        Assert.Empty(Values(answer, "Access-Control-Allow-Credentials"));
    }

    [Fact]
    public async Task Production_WithoutTlsAndWithoutATrustedProxy_DoesNotStart()
    {
        SettingsException refusal = await Assert.ThrowsAsync<SettingsException>(() => EdgeServer.StartAsync("api: {tls_enabled: false, audit_reads: none}\nsecrets: {backend: env}", profile: "prod"));
        Assert.Contains("api.tls_enabled: is off, and nobody in front is trusted to speak TLS instead", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https", null, 200)]
    [InlineData("http", null, 403)]
    [InlineData(null, null, 403)]
    [InlineData(null, "Bearer x", 403)]
    public async Task Production_BehindATrustedProxy_AnswersWhatCameOverTlsOnly(string? proto, string? authorization, int status)
    {
        await using EdgeServer server = await EdgeServer.StartAsync("api: {tls_enabled: false, audit_reads: none, trusted_proxies: [127.0.0.1]}\nsecrets: {backend: env}", Routes, profile: "prod");
        using HttpClient client = server.Client();
        using HttpRequestMessage request = new(HttpMethod.Get, "/open");
        request.Headers.Add("X-Forwarded-For", "198.51.100.7");
        if (proto is not null)
        {
            request.Headers.Add("X-Forwarded-Proto", proto);
        }

        if (authorization is not null)
        {
            request.Headers.Add("Authorization", authorization);
        }

        using HttpResponseMessage answer = await client.SendAsync(request, Stop);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(status == 200 ? ["max-age=31536000"] : [], Values(answer, "Strict-Transport-Security"));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(EdgeServer.At("/health/live"), Stop)).StatusCode);
    }

    [Fact]
    public async Task Body_LongerThanTheLimit_IsRefused()
    {
        await using EdgeServer server = await EdgeServer.StartAsync("api: {connections: {max_body: 4KiB}}", Routes);
        using HttpClient client = server.Client();
        using HttpResponseMessage taken = await client.PostAsync(EdgeServer.At("/upload"), new ByteArrayContent(new byte[4096]), Stop);
        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
        using HttpResponseMessage refused = await client.PostAsync(EdgeServer.At("/upload"), new ByteArrayContent(new byte[4097]), Stop);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);
    }

    [Theory]
    [InlineData("GET /open HTTP/1.1\r\nHost: x\r\nX-Slow: ", false)] // a head that never ends
    [InlineData("POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n", true)] // a body that comes byte by byte
    public async Task Client_ThatSendsTooSlowly_IsSentAway(string beginning, bool isBody)
    {
        await using EdgeServer server = await EdgeServer.StartAsync("api: {connections: {header_timeout: 2s, min_rate: 10000B}}", Routes);
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, server.Address.Port, Stop);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(beginning), Stop);
        byte[] buffer = new byte[4096];
        Task<int> answer = stream.ReadAsync(buffer, Stop).AsTask();
        while (!answer.IsCompleted)
        {
            await Task.WhenAny(answer, Task.Delay(100, Stop));
            try
            {
                await stream.WriteAsync("a"u8.ToArray(), Stop);
            }
            catch (IOException)
            {
                break; // closed
            }
        }

        string text = Encoding.ASCII.GetString(buffer, 0, await answer);
        Assert.True(text.Length == 0 || text.StartsWith(isBody ? "HTTP/1.1 4" : "HTTP/1.1 408", StringComparison.Ordinal), text);
    }

    [Fact]
    public async Task Head_LongerThanTheLimit_IsRefused()
    {
        await using EdgeServer server = await EdgeServer.StartAsync("api: {connections: {max_headers: 2KiB}}", Routes);
        using HttpClient client = server.Client();
        using HttpRequestMessage request = new(HttpMethod.Get, "/open");
        request.Headers.Add("X-Long", new string('a', 3000));
        Assert.Equal(HttpStatusCode.RequestHeaderFieldsTooLarge, (await client.SendAsync(request, Stop)).StatusCode);
    }

    private static string[] Values(HttpResponseMessage answer, string header) => answer.Headers.TryGetValues(header, out IEnumerable<string>? values) ? [.. values] : [];
}
