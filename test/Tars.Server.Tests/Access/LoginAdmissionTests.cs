using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Tars.Server.Access.Logins;
using Xunit;

namespace Tars.Server.Tests.Access;

public sealed class LoginAdmissionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EnterAsync_MoreThanMayWait_AreTurnedAwayAtOnce()
    {
        using LoginAdmission admission = new(2, 3);
        List<IDisposable> inside = [(await admission.EnterAsync(Token))!, (await admission.EnterAsync(Token))!];
        Task<IDisposable?>[] waiting = [admission.EnterAsync(Token), admission.EnterAsync(Token), admission.EnterAsync(Token)];
        Assert.Null(await admission.EnterAsync(Token));
        inside[0].Dispose();
        inside[0].Dispose(); // twice is once
        IDisposable entered = (await await Task.WhenAny(waiting))!;
        Assert.Equal(2, waiting.Count(task => !task.IsCompleted));
        entered.Dispose();
        inside[1].Dispose();
        Assert.All(await Task.WhenAll(waiting), Assert.NotNull);
    }

    [Fact]
    public async Task EnterAsync_WhoeverGoesAwayWhileWaiting_LeavesNoPlaceTaken()
    {
        using LoginAdmission admission = new(1, 1);
        using (await admission.EnterAsync(Token))
        {
            using CancellationTokenSource gone = new();
            Task<IDisposable?> waiting = admission.EnterAsync(gone.Token);
            await gone.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        }

        for (int i = 0; i < 10; i++)
        {
            using IDisposable? place = await admission.EnterAsync(Token);
            Assert.NotNull(place);
        }
    }

    [Fact]
    public async Task LogIn_FloodOfBadOnes_IsTurnedAwayAndOthersGoOn()
    {
        await using AccessServer server = await AccessServer.StartAsync(yaml: $"api:\n  jwt_secret: {AccessServer.Secret}\n  logins: {{at_once: 1, waiting: 2}}", audited: false);
        (string key, _) = await server.AddKeyAsync(await server.AddUserAsync("ci", "sre"), "sre");
        using CancellationTokenSource stop = new();
        Task<HttpStatusCode[]> flood = Task.WhenAll(Enumerable.Range(0, 40).Select(i =>
            server.StatusAsync(HttpMethod.Post, "/auth/login", null, new JsonObject { ["username"] = $"nobody{i}", ["password"] = "guess guess guess" })));
        List<double> times = [];
        while (!flood.IsCompleted)
        {
            long began = Stopwatch.GetTimestamp();
            Assert.Equal(HttpStatusCode.OK, await server.StatusAsync(HttpMethod.Get, "/auth/me", key));
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        HttpStatusCode[] answers = await flood;
        Assert.Contains(HttpStatusCode.ServiceUnavailable, answers);
        Assert.Contains(HttpStatusCode.Unauthorized, answers);
        Assert.All(answers, answer => Assert.True(answer is HttpStatusCode.ServiceUnavailable or HttpStatusCode.Unauthorized));
        Assert.NotEmpty(times);
        using HttpResponseMessage after = await server.PostAsync("/auth/login", new JsonObject { ["username"] = "nobody", ["password"] = "guess guess guess" });
        Assert.Equal(HttpStatusCode.Unauthorized, after.StatusCode);
    }
}
