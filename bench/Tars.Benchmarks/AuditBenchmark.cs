using System.Diagnostics;
using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Tars.Compliance.Audit;

namespace Tars.Benchmarks;

/// <summary>
/// The audit log, beside what the disk itself does at the same time: durable events per second from many writers and the time to acknowledgement, one
/// writer beside a bare loop of write and flush, erasing a person, and finding an id. <c>--part</c> chooses one of <c>many</c>, <c>single</c>,
/// <c>erase</c>, <c>query</c>; <c>--directory</c> the disk; <c>--events</c> the size of the log that is searched.
/// </summary>
internal static class AuditBenchmark
{
    private const int Persons = 1000;

    /// <summary>Runs it.</summary>
    public static async Task RunAsync(BenchmarkArguments arguments)
    {
        string directory = Directory.CreateDirectory(Path.Combine(arguments.Text("directory", Path.GetTempPath()), $"tars-bench-{Environment.ProcessId}")).FullName;
        try
        {
            string part = arguments.Text("part", "all");
            if (part is "all" or "many")
            {
                await ManyAsync(directory, arguments.Runs, arguments.Number("writers", 416), arguments.Number("seconds", 4));
            }

            if (part is "all" or "single")
            {
                await SingleAsync(directory, arguments.Runs, arguments.Number("seconds", 4));
            }

            if (part is "all" or "erase")
            {
                await EraseAsync(directory, arguments.Runs, arguments.Number("among", 1_000_000));
            }

            if (part is "all" or "query")
            {
                await QueryAsync(directory, arguments.Number("events", 10_000_000));
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"audit    peak memory of this process {Machine.PeakMemory:0} MiB; wanted: at most 256"));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task ManyAsync(string directory, int runs, int writers, int seconds)
    {
        List<double> rates = [], tails = [], disk = [];
        await using Bench bench = new(directory); // one log for all runs: deleting a large one keeps some disks busy for a while
        for (int run = -1; run < runs; run++) // the first warms up
        {
            double flushes = BareRate(directory, 600, 1);
            TimeSpan used = Environment.CpuUsage.TotalTime;
            long allocated = GC.GetTotalAllocatedBytes();
            (double rate, double p50, double p99, double bytes) = await bench.LoadAsync(writers, seconds);
            double events = rate * seconds;
            double processor = (Environment.CpuUsage.TotalTime - used).TotalMicroseconds / events;
            double garbage = (GC.GetTotalAllocatedBytes() - allocated) / events;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"audit    many   {rate,7:0} events/s, acknowledged in {p50:0.00} ms (median) and {p99:0.00} ms (p99), {bytes:0} bytes, {processor:0.0} µs of processor time and {garbage:0} bytes of garbage an event; the disk alone: {flushes:0} flushes/s"));
            if (run >= 0)
            {
                rates.Add(rate);
                tails.Add(p99);
                disk.Add(flushes);
            }
        }

        Print($"many: durable events/s from {writers} writers", rates, "; wanted: at least 200000");
        Print("many: milliseconds to acknowledgement, p99", tails, "; wanted: at most 5");
        Print("many: flushes/s of the disk alone", disk, string.Empty);
    }

    /// <summary>One writer that waits for each acknowledgement, in turns with a bare loop, so that both see the same disk.</summary>
    private static async Task SingleAsync(string directory, int runs, int seconds)
    {
        List<double> ratios = [];
        for (int run = -1; run < runs; run++)
        {
            await using Bench bench = new(directory);
            double bare = 0, own = 0;
            for (int turn = 0; turn < 2 * seconds; turn++)
            {
                bare += BareRate(directory, 600, 0.25);
                own += await bench.SingleAsync(0.25);
            }

            if (run >= 0)
            {
                ratios.Add(own / bare);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"audit    single {own / (2 * seconds):0} events/s, bare write and flush {bare / (2 * seconds):0}/s: {own / bare:0.000}"));
            }
        }

        Print("single: of a bare write and flush for each event", ratios, "; wanted: at least 0.800");
    }

    private static async Task EraseAsync(string directory, int runs, int events)
    {
        await using Bench bench = new(directory);
        await bench.FillAsync(events);
        List<double> times = [];
        for (int run = 0; run < runs; run++)
        {
            long began = Stopwatch.GetTimestamp();
            string? erased = await bench.Log.EraseAsync(Bench.PersonOf(run), new AuditActor.Program("bench"));
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            if (erased is null || bench.Subjects.Find(Bench.PersonOf(run)) is not null)
            {
                throw new InvalidOperationException($"{Bench.PersonOf(run)} was not erased");
            }
        }

        Print($"erase: milliseconds to erase one of {Persons} persons among {events} events", times, "; wanted: at most 100");
        await bench.CloseAsync();
        long opening = Stopwatch.GetTimestamp();
        await bench.OpenAsync();
        Print($"erase: milliseconds to open the log and erase {runs} persons again", [Stopwatch.GetElapsedTime(opening).TotalMilliseconds], string.Empty);
    }

    /// <summary>Makes the system forget what it has read of files.</summary>
    /// <returns>False where that is not allowed.</returns>
    private static bool TryForgetFiles()
    {
        try
        {
            File.WriteAllText("/proc/sys/vm/drop_caches", "3");
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static async Task QueryAsync(string directory, int events)
    {
        await using Bench bench = new(directory);
        await bench.FillAsync(events);
        await bench.CloseAsync();
        AuditQuery query = new(bench.Folder);
        Random random = new(1);
        List<double> warm = [], cold = [], byResource = [];
        AuditRecord[] wanted = [.. Enumerable.Range(0, 100).Select(_ => query.At(random.Next(events))!)];
        for (int round = 0; round < 3; round++) // the first compiles what it calls
        {
            foreach (AuditRecord one in wanted)
            {
                if (round == 2 && !TryForgetFiles())
                {
                    break;
                }

                long began = Stopwatch.GetTimestamp();
                AuditRecord? found = query.Find(one.EventId);
                double took = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
                if (found?.Sequence != one.Sequence)
                {
                    throw new InvalidOperationException($"event {one.EventId} was not found");
                }

                (round == 2 ? cold : warm).Add(took);
            }

            if (round == 0)
            {
                Print($"query: milliseconds to find the first id, with its compilation", [warm[0]], string.Empty);
                warm.Clear();
            }
        }

        for (int i = 0; i < 5; i++)
        {
            string resource = query.At(random.Next(events))!.Resource!;
            long began = Stopwatch.GetTimestamp();
            _ = query.Find(new AuditFilter { Resource = resource }).Count();
            byResource.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        Print($"query: milliseconds to find an id in {events} events, worst of 100 {warm.Max():0.00}", warm, "; wanted: at most 10");
        if (cold.Count > 0)
        {
            Print($"query: the same with nothing of the log in memory, worst of 100 {cold.Max():0.00}", cold, "; wanted: at most 10");
        }
        else
        {
            Console.WriteLine("audit    query: with nothing of the log in memory: not measured; only root can empty the system's memory of files");
        }

        Print($"query: milliseconds to find one resource in {events} events", byResource, string.Empty);
        long tree = Stopwatch.GetTimestamp();
        AuditTree hashes = query.Tree();
        _ = Tars.Sealing.Logs.MerkleProof.Inclusion(events / 3, events, hashes.Subtree);
        Print($"query: milliseconds for the tree and a proof of inclusion in {events} events", [Stopwatch.GetElapsedTime(tree).TotalMilliseconds], string.Empty);
        long opening = Stopwatch.GetTimestamp();
        await bench.OpenAsync();
        Print($"query: milliseconds to open a log of {events} events", [Stopwatch.GetElapsedTime(opening).TotalMilliseconds], string.Empty);
    }

    /// <summary>Writes and flushes per second, of one thread that does nothing else.</summary>
    private static double BareRate(string directory, int bytes, double seconds)
    {
        string path = Path.Combine(directory, "bare");
        byte[] block = new byte[bytes];
        using SafeFileHandle file = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
        long began = Stopwatch.GetTimestamp();
        int count = 0;
        for (; Stopwatch.GetElapsedTime(began).TotalSeconds < seconds; count++)
        {
            RandomAccess.Write(file, block, (long)count * bytes);
            RandomAccess.FlushToDisk(file);
        }

        return count / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static void Print(string what, List<double> values, string wanted) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"audit    {what}: {values.Order().ElementAt(values.Count / 2):0.###} (median of {values.Count}; {values.Min():0.###} to {values.Max():0.###}){wanted}"));

    /// <summary>A log with persons in a folder of its own.</summary>
    private sealed class Bench : IAsyncDisposable
    {
        private readonly string _root;
        private AuditLog? _log;
        private long _bytes;

        public Bench(string directory)
        {
            _root = Path.Combine(directory, Guid.NewGuid().ToString("N"));
            AuditLog.Create(Folder, "audit.example.org/bench", TimeProvider.System);
            Subjects = SubjectKeys.Create(Path.Combine(_root, "subjects"), TimeProvider.System);
            for (int i = 0; i < Persons; i++)
            {
                Subjects.Seal(new AuditActor.Person(PersonOf(i), "192.0.2.17"));
            }

            _log = AuditLog.Open(Folder, Options, TimeProvider.System);
        }

        public string Folder => Path.Combine(_root, "log");

        public SubjectKeys Subjects { get; }

        public AuditLog Log => _log!;

        private AuditLogOptions Options => new() { Subjects = Subjects };

        public static string PersonOf(int number) => string.Create(CultureInfo.InvariantCulture, $"person{number}@example.org");

        public Task OpenAsync()
        {
            _log = AuditLog.Open(Folder, Options, TimeProvider.System);
            return Task.CompletedTask;
        }

        public async Task CloseAsync()
        {
            if (_log is not null)
            {
                await _log.DisposeAsync();
                _log = null;
            }
        }

        /// <summary>Many writers, each of which waits for its acknowledgement before its next event.</summary>
        public async Task<(double Rate, double Median, double P99, double Bytes)> LoadAsync(int writers, int seconds)
        {
            long began = Stopwatch.GetTimestamp();
            long end = began + (long)(seconds * (double)Stopwatch.Frequency);
            List<long>[] all = await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(async () =>
            {
                List<long> took = new(1024);
                for (int i = 0; Stopwatch.GetTimestamp() < end; i++)
                {
                    long at = Stopwatch.GetTimestamp();
                    await Log.AppendAsync(Event(writer, i));
                    took.Add(Stopwatch.GetTimestamp() - at);
                }

                return took;
            })));
            double elapsed = Stopwatch.GetElapsedTime(began).TotalSeconds;
            List<long> sorted = [.. all.SelectMany(one => one).Order()];
            long there = Directory.EnumerateFiles(Path.Combine(Folder, "segments")).Sum(path => new FileInfo(path).Length);
            double bytes = (there - _bytes) / (double)sorted.Count;
            _bytes = there;
            return (sorted.Count / elapsed, Milliseconds(sorted[sorted.Count / 2]), Milliseconds(sorted[(int)(sorted.Count * 0.99)]), bytes);
        }

        public async Task<double> SingleAsync(double seconds)
        {
            long began = Stopwatch.GetTimestamp();
            int count = 0;
            for (; Stopwatch.GetElapsedTime(began).TotalSeconds < seconds; count++)
            {
                await Log.AppendAsync(Event(1, count));
            }

            return count / Stopwatch.GetElapsedTime(began).TotalSeconds;
        }

        public async Task FillAsync(int events)
        {
            int left = events;
            await Task.WhenAll(Enumerable.Range(0, 2048).Select(writer => Task.Run(async () =>
            {
                for (int i = 0; Interlocked.Decrement(ref left) >= 0; i++)
                {
                    await Log.AppendAsync(Event(writer, i));
                }
            })));
        }

        public async ValueTask DisposeAsync()
        {
            await CloseAsync();
            Subjects.Dispose();
            Directory.Delete(_root, recursive: true);
        }

        private static double Milliseconds(long ticks) => ticks * 1e3 / Stopwatch.Frequency;

        private static AuditEvent Event(int writer, int number) => new()
        {
            Type = "report.read",
            Outcome = AuditOutcome.Success,
            Actor = new AuditActor.Person(PersonOf(writer % Persons), "192.0.2.17"),
            Role = "viewer",
            Resource = string.Create(CultureInfo.InvariantCulture, $"report:{writer}-{number}"),
            RequestId = "019ac4c5-7c2e-7d31",
        };
    }
}
