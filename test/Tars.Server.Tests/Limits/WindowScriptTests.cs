using System.Globalization;
using StackExchange.Redis;
using Tars.Server.Limits;
using Tars.TestKit;
using Tars.TestKit.Servers;
using Xunit;

namespace Tars.Server.Tests.Limits;

/// <summary>The script as it is, but for the clock, which the test moves, and for the expiry of lists, which goes by the real one.</summary>
public sealed class WindowScriptTests
{
    private static readonly string Clocked = WindowScript.Text
        .Replace("redis.call('TIME')", "{ARGV[3], ARGV[4]}", StringComparison.Ordinal)
        .Replace("redis.call('PEXPIRE', KEYS[1], math.ceil(window / 1000) + 1000)", string.Empty, StringComparison.Ordinal);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task Text_AnyTimes_DecidesAsTheSlowReference()
    {
        await using RedisServer redis = await RedisServer.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        await using ConnectionMultiplexer connection = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{redis.Port}");
        foreach (int seed in Seeds.DrawMany(20))
        {
            Random random = new(seed);
            int limit = random.Next(1, 30);
            TimeSpan window = TimeSpan.FromSeconds(1);
            SlowWindow reference = new(limit, window);
            DateTimeOffset now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
            for (int step = 0; step < 200; step++)
            {
                now += TimeSpan.FromMicroseconds(random.Next(10) switch { < 3 => 0, < 8 => random.Next(1, 60_000), 8 => 1_000_000, _ => random.Next(1, 2_000_000) });
                Assert.Equal(reference.Take(now), await TakeAsync(connection, $"key{seed}", limit, window, now));
            }
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Text_ClockSetBack_RefusesForOneWindowAndNotLonger()
    {
        await using RedisServer redis = await RedisServer.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        await using ConnectionMultiplexer connection = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{redis.Port}");
        TimeSpan window = TimeSpan.FromSeconds(10);
        DateTimeOffset now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
        Assert.True((await TakeAsync(connection, "back", 2, window, now)).IsAdmitted);
        Assert.True((await TakeAsync(connection, "back", 2, window, now)).IsAdmitted);
        now -= TimeSpan.FromHours(1);
        Assert.Equal(new LimitDecision(false, 0, window), await TakeAsync(connection, "back", 2, window, now));
        Assert.False((await TakeAsync(connection, "back", 2, window, now + window - TimeSpan.FromMicroseconds(1))).IsAdmitted);
        Assert.True((await TakeAsync(connection, "back", 2, window, now + window)).IsAdmitted);
    }

    [Fact(Timeout = 60_000)]
    public async Task Text_LimitLowered_CountsWhatWasAdmittedBefore()
    {
        await using RedisServer redis = await RedisServer.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        await using ConnectionMultiplexer connection = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{redis.Port}");
        TimeSpan window = TimeSpan.FromSeconds(10);
        DateTimeOffset start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
        for (int i = 0; i < 5; i++)
        {
            Assert.True((await TakeAsync(connection, "less", 5, window, start + TimeSpan.FromSeconds(i))).IsAdmitted);
        }

        // Of the five, at seconds 0 to 4, fewer than two count once that of second 3 has left.
        Assert.Equal(new LimitDecision(false, 0, TimeSpan.FromSeconds(8)), await TakeAsync(connection, "less", 2, window, start + TimeSpan.FromSeconds(5)));
        Assert.True((await TakeAsync(connection, "less", 2, window, start + TimeSpan.FromSeconds(13))).IsAdmitted);
    }

    private static async Task<LimitDecision> TakeAsync(ConnectionMultiplexer connection, string key, int limit, TimeSpan window, DateTimeOffset now)
    {
        long microseconds = (now - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        RedisValue[] values =
        [
            limit, (long)window.TotalMicroseconds, (microseconds / 1_000_000).ToString(CultureInfo.InvariantCulture), (microseconds % 1_000_000).ToString(CultureInfo.InvariantCulture),
        ];
        RedisResult[] answer = (RedisResult[])(await connection.GetDatabase().ScriptEvaluateAsync(Clocked, [key], values))!;
        return new LimitDecision((int)answer[0] == 1, (int)answer[1], TimeSpan.FromMicroseconds((long)answer[2]));
    }
}
