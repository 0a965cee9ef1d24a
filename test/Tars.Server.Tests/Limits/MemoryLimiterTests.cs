using System.Net;
using Microsoft.Extensions.Time.Testing;
using Tars.Server.Access;
using Tars.Server.Limits;
using Tars.TestKit;
using Xunit;

namespace Tars.Server.Tests.Limits;

public sealed class MemoryLimiterTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void Take_AnyTimesAndKeys_DecidesAsTheSlowReference()
    {
        foreach (int seed in Seeds.DrawMany(200))
        {
            Random random = new(seed);
            FakeTimeProvider clock = new();
            MemoryLimiter limiter = new(clock, shards: 1 << random.Next(0, 4));
            (LimitKey Key, SlowWindow Reference)[] keys = [.. Enumerable.Range(0, random.Next(1, 6)).Select(i =>
            {
                int limit = random.Next(1, 40);
                TimeSpan window = TimeSpan.FromMilliseconds(1000);
                return (Key(new LimitRule($"rule{i}", limit, window), i), new SlowWindow(limit, window));
            })];
            for (int step = 0; step < 600; step++)
            {
                // Often no time at all, sometimes exactly what makes a request leave, sometimes long.
                clock.Advance(TimeSpan.FromTicks(random.Next(10) switch { < 4 => 0, < 8 => random.Next(1, 500_000), 8 => 10_000_000, _ => random.Next(1, 20_000_000) }));
                (LimitKey key, SlowWindow reference) = keys[random.Next(keys.Length)];
                LimitDecision expected = reference.Take(clock.GetUtcNow());
                Assert.Equal(expected, limiter.Take(key));
            }
        }
    }

    [Theory]
    [InlineData(1025)]
    [InlineData(5000)]
    public void Take_MoreThanAreKeptOneByOne_AdmitsNeverMoreAndHardlyLess(int limit)
    {
        Random random = new(Seeds.Draw());
        FakeTimeProvider clock = new();
        MemoryLimiter limiter = new(clock);
        LimitKey key = Key(new LimitRule("large", limit, Minute), 1);
        Queue<DateTimeOffset> admitted = new();
        int wronged = 0, refused = 0;
        for (int step = 0; step < limit * 6; step++)
        {
            clock.Advance(TimeSpan.FromTicks(random.Next(0, (int)(Minute.Ticks / limit * 3 / 2))));
            DateTimeOffset now = clock.GetUtcNow();
            while (admitted.TryPeek(out DateTimeOffset oldest) && now - oldest >= Minute)
            {
                admitted.Dequeue();
            }

            if (limiter.Take(key).IsAdmitted)
            {
                admitted.Enqueue(now);
                Assert.InRange(admitted.Count, 1, limit);
            }
            else
            {
                refused++;
                wronged += admitted.Count < limit - (limit / 1024) - 8 ? 1 : 0; // what one slot holds, and a little
            }
        }

        Assert.True(refused > 0, "the limit was never reached: the test shows nothing");
        Assert.Equal(0, wronged);
    }

    [Fact]
    public void Take_ManyThreads_AdmitsExactlyTheLimit()
    {
        MemoryLimiter limiter = new(TimeProvider.System);
        LimitKey[] keys = [.. Enumerable.Range(0, 50).Select(i => Key(new LimitRule("hour", 100, TimeSpan.FromHours(1)), i))];
        int[] admitted = new int[keys.Length];
        Parallel.For(0, 8, _ =>
        {
            for (int i = 0; i < 50 * 200; i++)
            {
                if (limiter.Take(keys[i % keys.Length]).IsAdmitted)
                {
                    Interlocked.Increment(ref admitted[i % keys.Length]);
                }
            }
        });
        Assert.All(admitted, count => Assert.Equal(100, count));
    }

    [Fact]
    public void Take_FloodOfNewAddresses_ForgetsNobodyWhoIsAtTheLimit()
    {
        FakeTimeProvider clock = new();
        LimitRule rule = new("public", 3, Minute);
        MemoryLimiter limiter = new(clock, keyLimit: 1024, shards: 1);
        for (int i = 0; i < 200; i++)
        {
            for (int n = 0; n < 3; n++)
            {
                Assert.True(limiter.Take(Key(rule, i)).IsAdmitted);
            }
        }

        for (int i = 1000; i < 100_000; i++)
        {
            limiter.Take(Key(rule, i));
        }

        Assert.Equal(1024, limiter.Count);
        Assert.Equal(0, limiter.Forgotten);
        Assert.All(Enumerable.Range(0, 200), i => Assert.False(limiter.Take(Key(rule, i)).IsAdmitted));
        clock.Advance(Minute);
        for (int i = 0; i < 1024; i++)
        {
            limiter.Take(Key(rule, 5));
        }

        Assert.Equal(1, limiter.Count); // the flood leaves nothing behind
    }

    [Fact]
    public void Take_EverybodyAtTheLimit_ForgetsTheLongestSilentAndSaysSo()
    {
        FakeTimeProvider clock = new();
        LimitRule rule = new("public", 1, Minute);
        MemoryLimiter limiter = new(clock, keyLimit: 10, shards: 1);
        for (int i = 0; i < 10; i++)
        {
            Assert.True(limiter.Take(Key(rule, i)).IsAdmitted);
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.True(limiter.Take(Key(rule, 99)).IsAdmitted);
        Assert.Equal(1, limiter.Forgotten);
        Assert.False(limiter.Take(Key(rule, 9)).IsAdmitted);
        Assert.True(limiter.Take(Key(rule, 0)).IsAdmitted);
    }

    [Fact]
    public void Take_KnownKey_AllocatesNothing()
    {
        MemoryLimiter limiter = new(TimeProvider.System);
        LimitRule rule = new("admin", 1000, TimeSpan.FromHours(1));
        Caller.Known caller = new(Guid.NewGuid(), "subject", "somebody", Role.Admin, CredentialKind.ApiKey, "key-1");
        for (int i = 0; i < 1000; i++)
        {
            limiter.Take(LimitKey.Of(rule, caller));
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10_000; i++)
        {
            limiter.Take(LimitKey.Of(rule, caller));
            limiter.Take(LimitKey.Of(rule, IPAddress.Loopback));
        }

        // The address's own key and its slots are made once: 4, 8, … 1,024 of eight bytes.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 40_000);
    }

    [Fact]
    public void Of_Addresses_CountTogetherByNetworkOfVersionSixAndByAddressOfVersionFour()
    {
        LimitRule rule = new("public", 1, Minute);
        MemoryLimiter limiter = new(new FakeTimeProvider());
        Assert.True(limiter.Take(Of("2001:db8:1:2::1")).IsAdmitted);
        Assert.False(limiter.Take(Of("2001:db8:1:2:ffff:ffff:ffff:ffff")).IsAdmitted);
        Assert.True(limiter.Take(Of("2001:db8:1:3::1")).IsAdmitted);
        Assert.True(limiter.Take(Of("192.0.2.1")).IsAdmitted);
        Assert.False(limiter.Take(Of("::ffff:192.0.2.1")).IsAdmitted);
        Assert.True(limiter.Take(Of("192.0.2.2")).IsAdmitted);
        Assert.True(limiter.Take(LimitKey.Of(new LimitRule("public", 1, Minute), IPAddress.Parse("192.0.2.2"))).IsAdmitted);

        LimitKey Of(string address) => LimitKey.Of(rule, IPAddress.Parse(address));
    }

    private static LimitKey Key(LimitRule rule, int number) => LimitKey.Of(rule, new IPAddress((long)number + 1));
}
