using System.Net;
using Tars.Server.Tests.Access;
using Xunit;

namespace Tars.Client.Tests;

/// <summary>Logins and the tokens of a real server, over a line that loses answers.</summary>
public sealed class TokenTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Login_IsMadeOnceForManyRequests_AndKept()
    {
        await using ServedClient served = await ServedClient.StartAsync();
        MemoryTokenStore store = new();
        using (TarsClient tars = served.Client(new TarsCredential.Login("ann", AccessServer.Password, store)))
        {
            CallerIdentity[] all = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => tars.GetMeAsync(Token)));
            Assert.All(all, me => Assert.Equal(("ann", "access_token"), (me.Login, me.Credential)));
        }

        Assert.Equal(1, served.Proxy.Count("/auth/login"));
        using TarsClient later = served.Client(new TarsCredential.Tokens(store));
        Assert.Equal("ann", (await later.GetMeAsync(Token)).Login);
        Assert.Equal((1, 0), (served.Proxy.Count("/auth/login"), served.Proxy.Count("/auth/refresh")));
    }

    [Fact]
    public async Task Refresh_AnswerLost_IsAskedForAgainWithTheSameToken_AndNothingIsLost()
    {
        await using ServedClient served = await ServedClient.StartAsync();
        MemoryTokenStore store = await ExpiredAsync(served);
        TarsTokens before = (await store.LoadAsync(Token))!;
        served.Proxy.Spoil("/auth/refresh", new Fault.LoseAnswer(), new Fault.CutAnswer(60), new Fault.CutAnswer(400));
        using TarsClient tars = served.Client(new TarsCredential.Tokens(store));
        CallerIdentity[] all = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => tars.GetMeAsync(Token)));
        Assert.All(all, me => Assert.Equal("ann", me.Login));
        Assert.Equal(4, served.Proxy.Count("/auth/refresh")); // three lost, one that arrived; one flight for twenty requests
        TarsTokens after = (await store.LoadAsync(Token))!;
        Assert.NotEqual(before.RefreshToken, after.RefreshToken);
        Assert.Empty(served.Server.Events("login.token_reused"));

        await store.SaveAsync(after with { ExpiresAt = DateTimeOffset.UnixEpoch }, Token); // and the login goes on
        using TarsClient later = served.Client(new TarsCredential.Tokens(store));
        Assert.Equal("ann", (await later.GetMeAsync(Token)).Login);
    }

    [Fact]
    public async Task Refresh_CallerGivesUpMeanwhile_TokensAreKeptAllTheSame()
    {
        await using ServedClient served = await ServedClient.StartAsync();
        MemoryTokenStore store = await ExpiredAsync(served);
        TarsTokens before = (await store.LoadAsync(Token))!;
        served.Proxy.Spoil("/auth/refresh", new Fault.LoseAnswer());
        using TarsClient tars = served.Client(new TarsCredential.Tokens(store), new TarsClientOptions { FirstWait = TimeSpan.FromMilliseconds(500) });
        using CancellationTokenSource stop = new();
        Task<CallerIdentity> asked = tars.GetMeAsync(stop.Token);
        while (served.Proxy.Count("/auth/refresh") < 1)
        {
            await Task.Delay(5, Token);
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        Assert.Equal("ann", (await tars.GetMeAsync(Token)).Login);
        Assert.NotEqual(before.RefreshToken, (await store.LoadAsync(Token))!.RefreshToken);
        Assert.Equal(2, served.Proxy.Count("/auth/refresh"));
    }

    [Fact]
    public async Task AccessToken_RefusedByTheServer_IsRenewedAndTheRequestSentAgain()
    {
        await using ServedClient served = await ServedClient.StartAsync();
        MemoryTokenStore store = await ExpiredAsync(served);
        TarsTokens tokens = (await store.LoadAsync(Token))!;
        await store.SaveAsync(tokens with { AccessToken = tokens.AccessToken[..^4] + "AAAA", ExpiresAt = DateTimeOffset.MaxValue }, Token);
        using TarsClient tars = served.Client(new TarsCredential.Tokens(store));
        Assert.Equal("ann", (await tars.GetMeAsync(Token)).Login);
        Assert.Equal((2, 1), (served.Proxy.Count("/auth/me"), served.Proxy.Count("/auth/refresh")));
    }

    [Fact]
    public async Task TwoClients_ShareAStore_AndTakeUpWhatTheOtherRenewed()
    {
        await using ServedClient served = await ServedClient.StartAsync();
        MemoryTokenStore store = await ExpiredAsync(served);
        using TarsClient one = served.Client(new TarsCredential.Tokens(store));
        using TarsClient two = served.Client(new TarsCredential.Tokens(store));
        await one.GetMeAsync(Token);
        await two.GetMeAsync(Token);
        Assert.Equal(1, served.Proxy.Count("/auth/refresh"));
    }

    [Fact]
    public async Task Login_AnswerLost_IsNotSentAgain()
    {
        await using ServedClient served = await ServedClient.StartAsync();
        served.Proxy.Spoil("/auth/login", new Fault.LoseAnswer());
        using TarsClient tars = served.Client(new TarsCredential.Login("ann", AccessServer.Password, new MemoryTokenStore()));
        await Assert.ThrowsAsync<TarsUnreachableException>(() => tars.GetMeAsync(Token));
        Assert.Single(served.Server.Events("login.succeeded"));
        Assert.Equal("ann", (await tars.GetMeAsync(Token)).Login);
    }

    [Fact]
    public async Task LogOut_EndsTheLogin_AndALaterRequestLogsInAgain()
    {
        await using ServedClient served = await ServedClient.StartAsync();
        MemoryTokenStore store = new();
        using TarsClient tars = served.Client(new TarsCredential.Login("ann", AccessServer.Password, store));
        await tars.GetMeAsync(Token);
        string old = (await store.LoadAsync(Token))!.AccessToken;
        served.Proxy.Spoil("/auth/logout", new Fault.LoseAnswer());
        await tars.LogOutAsync(Token);
        Assert.Null(await store.LoadAsync(Token));
        Assert.Equal(HttpStatusCode.Unauthorized, await served.Server.StatusAsync(HttpMethod.Get, "/auth/me", old));
        Assert.Single(served.Server.Events("login.ended"));
        Assert.Equal("ann", (await tars.GetMeAsync(Token)).Login);
        Assert.Equal(2, served.Proxy.Count("/auth/login"));
    }

    [Fact]
    public async Task WrongPassword_IsRefusedOnce()
    {
        await using ServedClient served = await ServedClient.StartAsync();
        using TarsClient tars = served.Client(new TarsCredential.Login("ann", "not the password", new MemoryTokenStore()));
        Assert.Equal("UNAUTHORIZED", (await Assert.ThrowsAsync<TarsProblemException>(() => tars.GetMeAsync(Token))).Code);
        Assert.Equal(1, served.Proxy.Count("/auth/login"));
    }

    [Fact]
    public void Secrets_StandInNoText()
    {
        object[] all = [new TarsCredential.ApiKey("s3cret"), new TarsCredential.Login("ann", "s3cret", new MemoryTokenStore()), new TarsTokens("s3cret", "s3cret", default), new TarsCredential.Tokens(new MemoryTokenStore(new TarsTokens("s3cret", "s3cret", default)))];
        Assert.All(all, one => Assert.DoesNotContain("s3cret", one.ToString(), StringComparison.Ordinal));
    }

    // Logged in a while ago.
    private static async Task<MemoryTokenStore> ExpiredAsync(ServedClient served)
    {
        (string access, string refresh) = await served.Server.LogInAsync("ann");
        return new MemoryTokenStore(new TarsTokens(access, refresh, DateTimeOffset.UnixEpoch));
    }
}
