using System.Diagnostics;
using System.Net;
using Tars.Server.Limits;
using Tars.TestKit.Servers;
using Xunit;

namespace Tars.Server.Tests.Limits;

public sealed class SharedLimiterTests
{
    private const int Replicas = 4;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task Take_FourReplicasAtOnce_AdmitExactlyTheLimit()
    {
        await using RedisServer redis = await RedisServer.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        await using ReplicaSet set = await ReplicaSet.StartAsync(redis.Port, TimeSpan.FromHours(1));
        LimitRule rule = new("hour", 100, TimeSpan.FromHours(1));
        int[] admitted = new int[10];
        await Task.WhenAll(Enumerable.Range(0, 16).Select(worker => Task.Run(
            async () =>
            {
                for (int i = 0; i < 400; i++)
                {
                    int key = (i + worker) % admitted.Length;
                    if ((await set[worker % Replicas].Limiter.TakeAsync(Key(rule, key))).IsAdmitted)
                    {
                        Interlocked.Increment(ref admitted[key]);
                    }
                }
            },
            TestContext.Current.CancellationToken)));
        Assert.All(admitted, count => Assert.Equal(100, count));
        Assert.All(Enumerable.Range(0, Replicas), i => Assert.Equal(LimiterMode.Shared, set[i].Limiter.State.Mode));
    }

    // The oracle knows of each request when it was sent and when it was answered; Redis decided in between, by the same clock.
    [Fact(Timeout = 120_000)]
    public async Task Take_FourReplicasOverManyWindows_IsWhatTheOracleAllows()
    {
        await using RedisServer redis = await RedisServer.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        TimeSpan window = TimeSpan.FromSeconds(1);
        await using ReplicaSet set = await ReplicaSet.StartAsync(redis.Port, window);
        LimitRule rule = new("second", 20, window);
        List<Asked> asked = [];
        long end = Stopwatch.GetTimestamp() + (5 * Stopwatch.Frequency);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(
            async () =>
            {
                Random random = new(worker);
                while (Stopwatch.GetTimestamp() < end)
                {
                    long sent = Stopwatch.GetTimestamp();
                    LimitDecision decision = await set[worker % Replicas].Limiter.TakeAsync(Key(rule, 1));
                    lock (asked)
                    {
                        asked.Add(new Asked(sent, Stopwatch.GetTimestamp(), decision.IsAdmitted));
                    }

                    await Task.Delay(random.Next(0, 40), TestContext.Current.CancellationToken);
                }
            },
            TestContext.Current.CancellationToken)));
        Assert.All(Enumerable.Range(0, Replicas), i => Assert.Equal(LimiterMode.Shared, set[i].Limiter.State.Mode));

        long ticks = (long)(window.TotalSeconds * Stopwatch.Frequency);
        Asked[] admitted = [.. asked.Where(one => one.IsAdmitted).OrderBy(one => one.Answered)];
        Asked[] refused = [.. asked.Where(one => !one.IsAdmitted)];
        Assert.True(admitted.Length > 60 && refused.Length > 20, $"{admitted.Length} were admitted and {refused.Length} refused: too few to show anything");
        Assert.All(admitted, last =>
        {
            // Surely younger than the window when the last was decided: sent at most a window before that was sent, and answered before.
            int surely = admitted.Count(one => one.Answered <= last.Sent && one.Sent > last.Answered - ticks);
            Assert.InRange(surely, 0, 19);
        });
        Assert.All(refused, one =>
        {
            int perhaps = admitted.Count(other => other.Sent <= one.Answered && other.Answered > one.Sent - ticks);
            Assert.InRange(perhaps, 20, int.MaxValue);
        });
    }

    [Fact(Timeout = 180_000)]
    public async Task Take_RedisKilledAndStartedAgainUnderLoad_StaysNeitherOpenNorClosedAndComesBack()
    {
        await using RedisServer redis = await RedisServer.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        TimeSpan window = TimeSpan.FromSeconds(2);
        await using ReplicaSet set = await ReplicaSet.StartAsync(redis.Port, window);
        LimitRule rule = new("two_seconds", 10, window);
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        List<Asked>[] asked = [.. Enumerable.Range(0, Replicas).Select(_ => new List<Asked>())];
        Task[] load = [.. Enumerable.Range(0, Replicas).Select(replica => Task.Run(
            async () =>
            {
                while (!end.IsCancellationRequested)
                {
                    long sent = Stopwatch.GetTimestamp();
                    bool isAdmitted = (await set[replica].Limiter.TakeAsync(Key(rule, 1))).IsAdmitted; // an exception fails the test
                    asked[replica].Add(new Asked(sent, Stopwatch.GetTimestamp(), isAdmitted));
                    await Task.Delay(5, TestContext.Current.CancellationToken);
                }
            },
            TestContext.Current.CancellationToken))];
        await Task.Delay(1000, TestContext.Current.CancellationToken);
        await redis.KillAsync();
        long killed = Stopwatch.GetTimestamp();
        await WhileRunningAsync(load, set.WaitForAsync(LimiterMode.Local, TestContext.Current.CancellationToken));
        await Task.Delay(3000, TestContext.Current.CancellationToken);
        Assert.True((await set[0].Limiter.TakeAsync(Key(rule, 2))).IsAdmitted); // somebody new is not refused for want of Redis
        await redis.RestartAsync(TestContext.Current.CancellationToken);
        long restarted = Stopwatch.GetTimestamp();
        await WhileRunningAsync(load, set.WaitForAsync(LimiterMode.Shared, TestContext.Current.CancellationToken));
        await Task.Delay(3000, TestContext.Current.CancellationToken);
        long shared = Stopwatch.GetTimestamp();
        await Task.Delay(3000, TestContext.Current.CancellationToken);
        await end.CancelAsync();
        await Task.WhenAll(load);

        long ticks = (long)(window.TotalSeconds * Stopwatch.Frequency);
        for (int replica = 0; replica < Replicas; replica++)
        {
            Asked[] admitted = [.. asked[replica].Where(one => one.IsAdmitted)];
            Assert.Contains(admitted, one => one.Sent > killed && one.Answered < restarted);
            string told = set[replica].Told;
            Assert.Contains($"WARNING Redis (127.0.0.1:{redis.Port}) is lost (RedisConnectionException); this process counts requests by itself until it is back", told, StringComparison.Ordinal);
            Assert.Contains($"INFO Redis (127.0.0.1:{redis.Port}) is back; requests are counted with the other replicas again", told, StringComparison.Ordinal);
            Assert.All(admitted, last => Assert.InRange(admitted.Count(one => one.Answered <= last.Sent && one.Sent > last.Answered - ticks), 0, 9));
        }

        // After a window with Redis, all replicas together are at the one limit again.
        Asked[] together = [.. asked.SelectMany(of => of).Where(one => one.IsAdmitted && one.Sent > shared)];
        Assert.NotEmpty(together);
        Assert.All(together, last => Assert.InRange(together.Count(one => one.Answered <= last.Sent && one.Sent > last.Answered - ticks), 0, 9));
    }

    [Fact(Timeout = 60_000)]
    public async Task Take_RedisThatAnswersNoMore_IsDecidedHereWithinItsPatience()
    {
        await using RedisServer redis = await RedisServer.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        await using Replica replica = await Replica.StartAsync(redis.Port, TimeSpan.FromHours(1));
        LimitRule rule = new("hour", 2, TimeSpan.FromHours(1));
        Assert.True((await replica.Limiter.TakeAsync(Key(rule, 1))).IsAdmitted);
        using (Process stopping = Process.Start("kill", ["-STOP", $"{redis.Id}"]))
        {
            await stopping.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        Stopwatch watch = Stopwatch.StartNew();
        Assert.True((await replica.Limiter.TakeAsync(Key(rule, 1))).IsAdmitted);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, RedisWindows.Patience * 8); // a busy machine wakes late
        Assert.Equal(LimiterMode.Local, replica.Limiter.State.Mode);
        watch.Restart();
        Assert.False((await replica.Limiter.TakeAsync(Key(rule, 1))).IsAdmitted); // both before are remembered
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, RedisWindows.Patience / 2); // and nobody waits for Redis any more
        using Process waking = Process.Start("kill", ["-CONT", $"{redis.Id}"]);
        await waking.WaitForExitAsync(TestContext.Current.CancellationToken);
        await replica.WaitForAsync(LimiterMode.Recovering, TestContext.Current.CancellationToken);
        Assert.False((await replica.Limiter.TakeAsync(Key(rule, 1))).IsAdmitted);
    }

    [Fact(Timeout = 60_000)]
    public async Task Take_ScriptForgottenByRedis_IsLoadedAgainWithoutLosingCount()
    {
        await using RedisServer redis = await RedisServer.StartAsync("a-password", TestContext.Current.CancellationToken);
        await using Replica replica = await Replica.StartAsync(redis.Port, TimeSpan.FromHours(1), "a-password");
        LimitRule rule = new("hour", 2, TimeSpan.FromHours(1));
        Assert.True((await replica.Limiter.TakeAsync(Key(rule, 1))).IsAdmitted);
        await redis.SayAsync("SCRIPT FLUSH", TestContext.Current.CancellationToken);
        Assert.True((await replica.Limiter.TakeAsync(Key(rule, 1))).IsAdmitted);
        Assert.False((await replica.Limiter.TakeAsync(Key(rule, 1))).IsAdmitted);
        Assert.Equal(LimiterMode.Shared, replica.Limiter.State.Mode);
    }

    [Fact(Timeout = 60_000)]
    public async Task Start_WithoutRedis_CountsHereAndJoinsWhenItComes()
    {
        await using RedisServer redis = await RedisServer.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        await redis.KillAsync();
        await using Replica replica = await Replica.StartAsync(redis.Port, TimeSpan.FromMilliseconds(200));
        LimitRule rule = new("hour", 1, TimeSpan.FromHours(1));
        Assert.Equal(LimiterMode.Local, replica.Limiter.State.Mode);
        Assert.True((await replica.Limiter.TakeAsync(Key(rule, 1))).IsAdmitted);
        Assert.False((await replica.Limiter.TakeAsync(Key(rule, 1))).IsAdmitted);
        await redis.RestartAsync(TestContext.Current.CancellationToken);
        await replica.WaitForAsync(LimiterMode.Recovering, TestContext.Current.CancellationToken);
        await Task.Delay(300, TestContext.Current.CancellationToken);
        Assert.True((await replica.Limiter.TakeAsync(Key(rule, 2))).IsAdmitted);
        await replica.WaitForAsync(LimiterMode.Shared, TestContext.Current.CancellationToken);
        Assert.Contains("tars:limit:hour:a:", await redis.SayAsync("KEYS tars:limit:hour:*", TestContext.Current.CancellationToken) + await redis.SayAsync("RANDOMKEY", TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    // A load that ended early ended with the exception that is the failure.
    private static async Task WhileRunningAsync(Task[] load, Task waiting) => await await Task.WhenAny([.. load, waiting]);

    private static LimitKey Key(LimitRule rule, int number) => LimitKey.Of(rule, new IPAddress((long)number + 1));

    private sealed record Asked(long Sent, long Answered, bool IsAdmitted);

    private sealed class ReplicaSet(IReadOnlyList<Replica> all) : IAsyncDisposable
    {
        public Replica this[int index] => all[index];

        public static async Task<ReplicaSet> StartAsync(int port, TimeSpan window) =>
            new(await Task.WhenAll(Enumerable.Range(0, Replicas).Select(_ => Replica.StartAsync(port, window))));

        public Task WaitForAsync(LimiterMode mode, CancellationToken cancellationToken) => Task.WhenAll(all.Select(one => one.WaitForAsync(mode, cancellationToken)));

        public async ValueTask DisposeAsync()
        {
            foreach (Replica one in all)
            {
                await one.DisposeAsync();
            }
        }
    }
}
