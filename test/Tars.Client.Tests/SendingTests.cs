using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.Time.Testing;
using Tars.Server.Tests.Access;
using Xunit;

namespace Tars.Client.Tests;

/// <summary>Servers that are busy, that restart, and whose answers are lost.</summary>
public sealed class SendingTests
{
    private const string Busy = "Retry-After: 7\r\nContent-Type: application/problem+json\r\n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RateLimit_OfTheRealServer_IsWaitedForAsTheServerSays()
    {
        await using ServedClient served = await ServedClient.StartAsync("readonly", $"api:\n  jwt_secret: {AccessServer.Secret}\n  rate_limit_requests: 2\n  rate_limit_window: 2\n  rate_limits: {{ readonly: 2 }}\n");
        using TarsClient tars = served.Client(new TarsClientOptions { FirstWait = TimeSpan.Zero, Attempts = 2 });
        Stopwatch watch = Stopwatch.StartNew();
        for (int i = 0; i < 4; i++)
        {
            Assert.Equal("ann", (await tars.GetMeAsync(Token)).Login); // without the wait that Retry-After asks for the second attempt would fail as well
        }

        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(0.9), TimeSpan.FromMinutes(1));
        Assert.True(served.Proxy.Count("/auth/me") > 4);
    }

    [Theory]
    [InlineData("429 Too Many Requests")]
    [InlineData("503 Service Unavailable")]
    public async Task RetryAfter_IsTheWait(string status)
    {
        FakeTimeProvider clock = new();
        await using ServedClient served = await ServedClient.StartAsync();
        served.Proxy.Spoil("/api/ga", new Fault.AnswerInstead(status, Busy, "{}"));
        using TarsClient tars = served.Client(new TarsClientOptions { Time = clock, FirstWait = TimeSpan.Zero });
        Task<GeneralAvailability> asked = tars.GetGeneralAvailabilityAsync(cancellationToken: Token);
        while (served.Proxy.Count("/api/ga") < 1)
        {
            await Task.Delay(10, Token);
        }

        await Task.Delay(200, Token);
        clock.Advance(TimeSpan.FromSeconds(6.9));
        await Task.Delay(200, Token);
        Assert.False(asked.IsCompleted);
        Assert.Equal(1, served.Proxy.Count("/api/ga"));
        clock.Advance(TimeSpan.FromSeconds(0.2));
        await asked;
        Assert.Equal(2, served.Proxy.Count("/api/ga"));
    }

    [Fact]
    public async Task RetryAfter_LongerThanTheLongestWait_IsThrownAtOnce()
    {
        await using ServedClient served = await ServedClient.StartAsync();
        served.Proxy.Spoil("/api/ga", new Fault.AnswerInstead("429 Too Many Requests", Busy.Replace("7", "3600", StringComparison.Ordinal), """{"error_code":"RATE_LIMITED","detail":"later"}"""));
        using TarsClient tars = served.Client();
        TarsProblemException problem = await Assert.ThrowsAsync<TarsProblemException>(() => tars.GetGeneralAvailabilityAsync(cancellationToken: Token));
        Assert.Equal((HttpStatusCode.TooManyRequests, "RATE_LIMITED", TimeSpan.FromHours(1)), (problem.Status, problem.Code, problem.RetryAfter));
    }

    [Fact]
    public async Task Restart_WhileRequestsRun_IsNotNoticed()
    {
        await using ServedClient served = await ServedClient.StartAsync();
        using TarsClient tars = served.Client(new TarsClientOptions { FirstWait = TimeSpan.FromMilliseconds(300), Attempts = 12, LongestWait = TimeSpan.FromSeconds(2) });
        List<Task<CallerIdentity>> asked = [];
        await served.RestartAsync(async () =>
        {
            asked.AddRange(Enumerable.Range(0, 5).Select(_ => tars.GetMeAsync(Token)));
            while (served.Proxy.Count("/auth/me") < 5)
            {
                await Task.Delay(10, Token);
            }
        });
        Assert.All(await Task.WhenAll(asked), me => Assert.Equal("ann", me.Login));
    }

    [Fact]
    public async Task NobodyThere_IsUnreachableAfterTheAttempts()
    {
        using TarsClient tars = new(new Uri("http://127.0.0.1:1"), new TarsCredential.None(), new TarsClientOptions { Attempts = 3, FirstWait = TimeSpan.Zero });
        TarsUnreachableException refusal = await Assert.ThrowsAsync<TarsUnreachableException>(() => tars.GetHealthAsync(Token));
        Assert.Equal((3, "http://127.0.0.1:1/health"), (refusal.Attempts, refusal.Address.ToString()));
        Assert.Contains("the server cannot be reached, 3 times", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silence_IsLostAfterTheTimeout_AndAskedAgain()
    {
        await using ServedClient served = await ServedClient.StartAsync();
        served.Proxy.Spoil("/auth/me", new Fault.Silence());
        using TarsClient tars = served.Client(new TarsClientOptions { Timeout = TimeSpan.FromSeconds(1), FirstWait = TimeSpan.Zero, Attempts = 20 });
        Assert.Equal("ann", (await tars.GetMeAsync(Token)).Login);
        Assert.InRange(served.Proxy.Count("/auth/me"), 2, 20);
    }

    [Fact]
    public async Task Cancellation_EndsAWait()
    {
        await using ServedClient served = await ServedClient.StartAsync();
        served.Proxy.Spoil("/auth/me", new Fault.AnswerInstead("503 Service Unavailable", "Retry-After: 50\r\n", ""));
        using TarsClient tars = served.Client();
        using CancellationTokenSource stop = new();
        Task<CallerIdentity> asked = tars.GetMeAsync(stop.Token);
        while (served.Proxy.Count("/auth/me") < 1)
        {
            await Task.Delay(10, Token);
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
    }

    [Fact]
    public async Task Order_AnswerLostTwice_IsSentUnderOneKey()
    {
        await using ServedClient served = await ServedClient.StartAsync();
        served.Proxy.Spoil("/api/retrospective", new Fault.LoseAnswer(), new Fault.CutAnswer(30), new Fault.AnswerInstead("202 Accepted", "Content-Type: application/json\r\n", """{"job_id":"j1","kind":"retrospective","status":"waiting","created_at":"2026-01-05T00:00:00Z","self":"/api/jobs/j1","events":"/api/jobs/j1/events","added_later":{}}"""));
        using TarsClient tars = served.Client();
        Job job = await tars.OrderRetrospectiveAsync(new RetrospectiveOrder { Days = 7, Formats = ["markdown"] }, cancellationToken: Token);
        Assert.Equal(("j1", "waiting", 0), (job.JobId, job.Status, job.Files.Count));
        string[] keys = [.. served.Proxy.Requests.Select(head => head.Split("\r\n").Single(line => line.StartsWith("Idempotency-Key: ", StringComparison.Ordinal)))];
        Assert.Equal(3, keys.Length);
        Assert.Single(keys.Distinct());
        Assert.All(served.Proxy.Requests, head => Assert.StartsWith("POST ", head, StringComparison.Ordinal));
    }
}
