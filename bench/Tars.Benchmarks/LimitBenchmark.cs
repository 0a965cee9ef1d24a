using System.Globalization;
using System.Net;
using Tars.Server.Access;
using Tars.Server.Limits;

namespace Tars.Benchmarks;

/// <summary>What deciding on one request costs in memory: of one credential, of many addresses, of a flood of new ones, and of one that is refused.</summary>
internal static class LimitBenchmark
{
    private const int Decisions = 2_000_000;

    /// <summary>Runs it.</summary>
    public static Task RunAsync(BenchmarkArguments arguments)
    {
        Caller.Known caller = new(Guid.NewGuid(), "subject", "somebody", Role.Admin, CredentialKind.AccessToken, Guid.NewGuid().ToString());
        LimitRule never = new("admin", 1_000_000, TimeSpan.FromMinutes(1));
        LimitRule usual = new("public", 30, TimeSpan.FromMinutes(1));
        LimitRule small = new("hundred", 1000, TimeSpan.FromMilliseconds(1));
        IPAddress[] addresses = [.. Enumerable.Range(1, 50_000).Select(i => new IPAddress((long)i))];
        IPAddress[] flood = [.. Enumerable.Range(1, Decisions).Select(i => new IPAddress((long)i))];
        for (int run = 0; run < arguments.Runs; run++)
        {
            Measure("one credential, never refused", _ => LimitKey.Of(never, caller));
            Measure("one credential, window of 1 ms", _ => LimitKey.Of(small, caller));
            Measure("one credential, refused", _ => LimitKey.Of(usual, caller));
            Measure("50,000 addresses", i => LimitKey.Of(usual, addresses[i % addresses.Length]));
            Measure("2,000,000 new addresses", i => LimitKey.Of(usual, flood[i]));
        }

        return Task.CompletedTask;
    }

    private static void Measure(string what, Func<int, LimitKey> key)
    {
        MemoryLimiter limiter = new(TimeProvider.System);
        int warm = what.StartsWith("2,", StringComparison.Ordinal) ? 0 : 100_000;
        for (int i = 0; i < warm; i++)
        {
            limiter.Take(key(i));
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread();
        TimeSpan used = Environment.CpuUsage.TotalTime; // of the processor: other programs on it do not count
        int admitted = 0;
        for (int i = 0; i < Decisions; i++)
        {
            admitted += limiter.Take(key(i)).IsAdmitted ? 1 : 0;
        }

        double nanoseconds = (Environment.CpuUsage.TotalTime - used).TotalNanoseconds / Decisions;
        double bytes = (GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)Decisions;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"limits   {what,-32} {nanoseconds,6:0} ns a decision, {bytes,6:0.00} bytes, {100.0 * admitted / Decisions:0.0} % admitted, {limiter.Count} keys, {limiter.Forgotten} forgotten at their limit"));
    }
}
