using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Tars.Sealing.Logs;
using Tars.Sealing.Signatures;

namespace Tars.Benchmarks;

/// <summary>Verifying an audit log of a million lines of 300 to 400 bytes with one thread and with two, by the clock and by processor time.</summary>
internal static class AuditVerifyBenchmark
{
    private const string Origin = "audit.example.org/bench";
    private const int SegmentLines = 196_608;

    /// <summary>Runs it.</summary>
    public static Task RunAsync(BenchmarkArguments arguments)
    {
        int lines = arguments.Number("lines", 1_000_000);
        string folder = Directory.CreateTempSubdirectory("tars-bench-").FullName;
        try
        {
            string keyId = Write(new LogLayout(folder), lines);
            double hashing = HashNanoseconds();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"audit-verify the two SHA-256 of a line (375 and 65 bytes) alone: {hashing:0} ns of processor time, {1e9 / hashing:0} a second"));
            foreach (int threads in new[] { 1, 2 })
            {
                List<(double Clock, double Processor, long Allocated)> rates = [];
                for (int run = -1; run < arguments.Runs; run++) // the first warms up
                {
                    TimeSpan used = Environment.CpuUsage.TotalTime;
                    long began = Stopwatch.GetTimestamp();
                    long allocated = GC.GetTotalAllocatedBytes(precise: true);
                    LogVerification result = LogVerifier.Verify(folder, new LogTrust(keyId) { Threads = threads });
                    double clock = lines / Stopwatch.GetElapsedTime(began).TotalSeconds;
                    if (result is not LogVerification.Whole || result.Log.LinesRead != lines)
                    {
                        throw new InvalidOperationException($"the log is not whole: {string.Join('\n', result.Findings)}");
                    }

                    if (run >= 0)
                    {
                        rates.Add((clock, lines / (Environment.CpuUsage.TotalTime - used).TotalSeconds, GC.GetTotalAllocatedBytes(precise: true) - allocated));
                    }
                }

                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"audit-verify {lines} lines, {threads} thread(s): {Median(rates, one => one.Clock):0} events/s by the clock ({rates.Min(one => one.Clock):0} to {rates.Max(one => one.Clock):0}), {Median(rates, one => one.Processor):0} per second of processor time; {rates.Max(one => one.Allocated) / 1024} KiB allocated; wanted: at least 500000 per core"));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return Task.CompletedTask;
    }

    private static double Median(List<(double Clock, double Processor, long Allocated)> rates, Func<(double Clock, double Processor, long Allocated), double> of) =>
        rates.Select(of).Order().ElementAt(rates.Count / 2);

    /// <summary>What no verifier can do without: the hash of a leaf and of a node.</summary>
    private static double HashNanoseconds()
    {
        const int Rounds = 1_000_000;
        byte[] leaf = new byte[375], node = new byte[65], result = new byte[32];
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        TimeSpan used = Environment.CpuUsage.TotalTime;
        for (int i = 0; i < Rounds; i++)
        {
            hash.AppendData(leaf);
            hash.GetHashAndReset(result);
            hash.AppendData(node);
            hash.GetHashAndReset(result);
        }

        return (Environment.CpuUsage.TotalTime - used).TotalNanoseconds / Rounds;
    }

    /// <summary>Writes a log as docs/formats/audit-log.md lays it out: one epoch, segments, checkpoints at their ends.</summary>
    /// <returns>The id of its key.</returns>
    private static string Write(LogLayout layout, int lines)
    {
        foreach (string one in new[] { layout.Segments, layout.Epochs, layout.Checkpoints })
        {
            Directory.CreateDirectory(one);
        }

        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        PublicKey publicKey = PublicKey.TryRead(key.ExportSubjectPublicKeyInfo(), out PublicKey? read, out string? refusal) ? read : throw new InvalidOperationException(refusal);
        NoteKey name = new(Origin, publicKey);
        DateTimeOffset time = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        File.WriteAllBytes(layout.Epoch(1), Sign(new EpochNote(Origin, 1, time, 0, TreeHash.Empty, publicKey).ToString()));
        CompactRange tree = new();
        byte[] buffer = new byte[1024];
        byte[] id = new byte[EventLine.EventIdLength];
        TreeHash previous = default;
        long bytes = 0;
        FileStream? file = null;
        for (int i = 0; i < lines; i++)
        {
            if (i % SegmentLines == 0)
            {
                file?.Dispose();
                file = new FileStream(layout.Segment(i), new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 1 << 20 });
                if (i > 0)
                {
                    File.WriteAllBytes(layout.CheckpointOf(i), Sign(new Checkpoint(Origin, i, tree.Root()).ToString()));
                }
            }

            time = time.AddMilliseconds(1);
            Guid.CreateVersion7(time).TryFormat(id, out _);
            int length = EventLine.WriteHead(buffer.AsSpan(1), i, id, time);
            ReadOnlySpan<byte> rest = i % 2 == 0 ? "run.intent\",\"resource\":\"kpi\",\"outcome\":\"intent\""u8 : "run.outcome\",\"resource\":\"kpi/weekly/checkout\",\"outcome\":\"success\",\"run_id\":\"019ac4c5-7c2e\""u8;
            rest.CopyTo(buffer.AsSpan(1 + length));
            length = EventLine.WriteTail(buffer, length + rest.Length, previous, out previous);
            file!.Write(buffer, 1, length);
            bytes += length;
            tree.Append(previous);
        }

        file?.Dispose();
        File.WriteAllBytes(layout.Checkpoint, Sign(new Checkpoint(Origin, lines, tree.Root()).ToString()));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"audit-verify {lines} lines of {(double)bytes / lines:0} bytes on average"));
        return publicKey.KeyId;

        byte[] Sign(string text) => new SignedNote(text, [name.Sign(text, key)]).ToBytes();
    }
}
