using System.Diagnostics;
using System.Globalization;
using System.Text;
using Tars.Configuration.Secrets.Http;
using Tars.TestKit.Servers;

namespace Tars.Configuration.Tests.Secrets.Http;

public sealed class SecretConnectionTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(200)]
    [InlineData(400)]
    [InlineData(403)]
    [InlineData(404)]
    public async Task SendAsync_LastingStatus_IsTheAnswer(int status)
    {
        await using ScriptedHttp server = new(new ScriptedAnswer(status, "body", "X-Name: value"));
        using SecretConnection connection = new(Patience.Short(), TimeProvider.System);

        using SecretResponse response = await connection.SendAsync(() => new SecretRequest(HttpMethod.Get, server.Address), null, Cancellation);

        Assert.Equal((status, "body"), ((int)response.Status, Encoding.UTF8.GetString(response.Body)));
        Assert.Equal(["value"], response.Headers("x-name"));
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task SendAsync_PassingStatus_IsSentAgain(int status)
    {
        await using ScriptedHttp server = new(new ScriptedAnswer(status, ""), new ScriptedAnswer(status, ""), new ScriptedAnswer(200, "at last"));
        using SecretConnection connection = new(Patience.Short(), TimeProvider.System);
        int made = 0;

        using SecretResponse response = await connection.SendAsync(
            () => new SecretRequest(HttpMethod.Get, server.Address).With("X-Attempt", (++made).ToString(CultureInfo.InvariantCulture)), null, Cancellation);

        Assert.Equal("at last", Encoding.UTF8.GetString(response.Body));
        Assert.Equal(["1", "2", "3"], server.Requests.Select(request => request.Header("X-Attempt")));
    }

    [Fact]
    public async Task SendAsync_PassingStatusThatDoesNotPass_IsUnreachableAfterTheRetries()
    {
        await using ScriptedHttp server = new(new ScriptedAnswer(503, "canary"));

        SecretBackendException failure = await FailAsync(server.Address, Patience.Short(retries: 2));

        Assert.Equal($"{server.Address} answered 503, as after 2 earlier attempts", failure.Message);
        Assert.False(failure.IsRefusal);
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task SendAsync_RetryAfterSeconds_AreWaited()
    {
        await using ScriptedHttp server = new(new ScriptedAnswer(429, "", "Retry-After: 1"), new ScriptedAnswer(200, ""));
        using SecretConnection connection = new(Patience.Short(), TimeProvider.System);
        long start = Stopwatch.GetTimestamp();

        using SecretResponse response = await connection.SendAsync(() => new SecretRequest(HttpMethod.Get, server.Address), null, Cancellation);

        Assert.True(Stopwatch.GetElapsedTime(start) > TimeSpan.FromSeconds(0.95));
    }

    [Theory]
    [InlineData("3600", "and asks to wait 3600 s, longer than the 2 s that are waited")]
    [InlineData("date", "longer than the 2 s that are waited")]
    public async Task SendAsync_RetryAfterBeyondPatience_IsUnreachableAtOnce(string value, string reason)
    {
        string header = value == "date" ? TimeProvider.System.GetUtcNow().AddHours(1).ToString("R", CultureInfo.InvariantCulture) : value;
        await using ScriptedHttp server = new(new ScriptedAnswer(429, "", $"Retry-After: {header}"), new ScriptedAnswer(200, ""));

        Assert.EndsWith(reason, (await FailAsync(server.Address, Patience.Short())).Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task SendAsync_Redirect_IsNotFollowed(int status)
    {
        await using ScriptedHttp elsewhere = new(new ScriptedAnswer(200, ""));
        await using ScriptedHttp server = new(new ScriptedAnswer(status, "", $"Location: {elsewhere.Address}"));

        Assert.Equal(
            $"{server.Address} answered {status}, a redirect to {elsewhere.Address.GetLeftPart(UriPartial.Authority)}, which is not followed with credentials",
            (await FailAsync(server.Address, Patience.Short())).Message);
        Assert.Empty(elsewhere.Requests);
    }

    [Fact]
    public async Task SendAsync_NoAnswer_TimesOut()
    {
        await using ScriptedHttp server = new(new ScriptedAnswer(200, "") { Delay = TimeSpan.FromMinutes(5) });
        SecretConnectionOptions options = Patience.Short(retries: 1);
        options.AttemptTimeout = TimeSpan.FromMilliseconds(200);

        Assert.Equal($"{server.Address} did not answer within 0.2 s, as after 1 earlier attempt", (await FailAsync(server.Address, options)).Message);
    }

    [Fact]
    public async Task SendAsync_DeadlineOverAllAttempts_Ends()
    {
        await using ScriptedHttp server = new(new ScriptedAnswer(503, "", "Retry-After: 2"));
        SecretConnectionOptions options = Patience.Short(retries: 100);
        options.Deadline = TimeSpan.FromSeconds(0.5);

        Assert.Equal($"no usable answer within 0.5 s: {server.Address} answered 503", (await FailAsync(server.Address, options)).Message);
    }

    [Fact]
    public async Task SendAsync_CancelledByTheCaller_Throws()
    {
        await using ScriptedHttp server = new(new ScriptedAnswer(200, "") { Delay = TimeSpan.FromMinutes(5) });
        using SecretConnection connection = new(Patience.Short(), TimeProvider.System);
        using CancellationTokenSource soon = new(TimeSpan.FromMilliseconds(100));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => connection.SendAsync(() => new SecretRequest(HttpMethod.Get, server.Address), null, soon.Token));
    }

    [Fact]
    public async Task SendAsync_AnswerOverTheBound_IsUnreachable()
    {
        await using ScriptedHttp server = new(new ScriptedAnswer(200, new string('x', 100_000)));
        SecretConnectionOptions options = Patience.Short();
        options.MaximumBytes = 1000;

        Assert.Equal($"{server.Address} answered with more than 1000 bytes", (await FailAsync(server.Address, options)).Message);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task SendAsync_AnswerBrokenOff_IsTriedAgain()
    {
        await using ScriptedHttp server = new(new ScriptedAnswer(200, "half") { Missing = 100 });

        Assert.Equal($"{server.Address} broke off its answer, as after 2 earlier attempts", (await FailAsync(server.Address, Patience.Short())).Message);
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task SendAsync_NotHttp_IsUnreachable()
    {
        await using ScriptedHttp server = new(new ScriptedAnswer(200, "") { Raw = "canary canary canary\r\n\r\n"u8.ToArray() });

        string message = (await FailAsync(server.Address, Patience.Short(retries: 0))).Message;

        Assert.Equal($"{server.Address} cannot be reached (its answer is not HTTP)", message);
    }

    [Fact]
    public async Task SendAsync_NobodyListens_IsUnreachableWithoutTheQuery()
    {
        int port = LoopbackPort.Free();
        SecretBackendException failure = await FailAsync(new Uri($"http://127.0.0.1:{port}/path?token=canary"), Patience.Short(retries: 0));
        Assert.Equal($"http://127.0.0.1:{port}/path cannot be reached (no connection)", failure.Message);
    }

    [Fact]
    public void With_LineBreakInAValue_IsRefusedWithoutIt()
    {
        using SecretRequest request = new(HttpMethod.Get, new Uri("https://example.com"));
        SecretBackendException failure = Assert.Throws<SecretBackendException>(() => request.With("Authorization", "canary\r\nX-More: 1"));
        Assert.DoesNotContain("canary", failure.Message, StringComparison.Ordinal);
    }

    // application/x-www-form-urlencoded with percent-encoding for everything but unreserved characters (RFC 3986, section 2.3).
    [Fact]
    public async Task WithForm_AnyBytes_ArePercentEncoded()
    {
        await using ScriptedHttp server = new(new ScriptedAnswer(200, ""));
        using SecretConnection connection = new(Patience.Short(), TimeProvider.System);

        using SecretResponse response = await connection.SendAsync(
            () => new SecretRequest(HttpMethod.Post, server.Address).WithForm(("a", "x y&z=+/~"u8.ToArray()), ("b", "ä"u8.ToArray())), null, Cancellation);

        Assert.Equal("a=x%20y%26z%3D%2B%2F~&b=%C3%A4", server.Requests[0].Body);
        Assert.Equal("application/x-www-form-urlencoded", server.Requests[0].Header("Content-Type"));
    }

    private static async Task<SecretBackendException> FailAsync(Uri address, SecretConnectionOptions options)
    {
        using SecretConnection connection = new(options, TimeProvider.System);
        return await Assert.ThrowsAsync<SecretBackendException>(
            () => connection.SendAsync(() => new SecretRequest(HttpMethod.Get, address), null, Cancellation));
    }
}
