using System.Diagnostics;
using System.Globalization;
using System.Text;
using Tars.Compliance.Audit;
using Tars.Sealing.Logs;
using Tars.TestKit;

namespace Tars.Compliance.Tests.Audit;

/// <summary>
/// Several processes on one log, and <c>kill -9</c>. The processes are this program itself, told by a variable to append. <c>TARS_KILL_COUNT</c> and
/// <c>TARS_APPEND_COUNT</c> set how much; <c>bench/long/audit-kill.sh</c> and <c>audit-processes.sh</c> take 1,000 kills and 1,000,000 events.
/// </summary>
public sealed class ProcessTests : IDisposable
{
    private const string FolderVariable = "TARS_TEST_AUDIT_FOLDER";
    private const string CountVariable = "TARS_TEST_AUDIT_COUNT";
    private const int Threads = 8;

    private readonly LogFolder _folder = new(TimeProvider.System);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Kill_AtRandomMomentsUnderLoad_NoAcknowledgedEventIsLost()
    {
        Random random = new(Seeds.Draw());
        (int acknowledged, int torn) = (0, 0);
        long read = 0;
        int kills = Number("TARS_KILL_COUNT", 4);
        for (int kill = 0; kill < kills; kill++)
        {
            using Process child = Start(count: int.MaxValue);
            bool isEarly = random.Next(5) == 0; // killed while it opens, or once it writes
            string first = isEarly ? string.Empty : await child.StandardOutput.ReadLineAsync(Cancelled) + "\n";
            Task<string> output = child.StandardOutput.ReadToEndAsync(Cancelled); // what was in the pipe when it died is read
            await Task.Delay(random.Next(isEarly ? 300 : 700), Cancelled);
            child.Kill();
            await child.WaitForExitAsync(Cancelled);
            string[] acks = (first + await output).Split('\n')[..^1]; // the last one may be cut

            List<byte[]> before = WholeLinesOf(_folder.Layout, read);
            foreach (string ack in acks)
            {
                string[] parts = ack.Split(' ');
                long sequence = long.Parse(parts[0], CultureInfo.InvariantCulture);
                Assert.True(sequence >= read && sequence - read < before.Count, $"acknowledged event {sequence} is lost: lines {read} to {read + before.Count} were read; \"{ack}\"");
                string line = Encoding.UTF8.GetString(before[(int)(sequence - read)]);
                Assert.Contains($"\"event_id\":\"{parts[1]}\"", line, StringComparison.Ordinal);
                Assert.EndsWith($"\"current_hash\":\"sha256:{parts[2]}\"}}", line, StringComparison.Ordinal);
            }

            acknowledged += acks.Length;
            IReadOnlyList<long> starts = _folder.Layout.SegmentStarts();
            read = starts.Count > 0 ? starts[^1] : 0; // none when the first one was killed before it wrote
            torn = Directory.Exists(_folder.Layout.Torn) ? Directory.EnumerateFiles(_folder.Layout.Torn, "*.bytes").Count() : 0;
        }

        await using (AuditLog log = _folder.Open())
        {
            await log.AppendAsync(LogFolder.Event(1), Cancelled);
        }

        IReadOnlyList<byte[]> lines = _folder.ReadLines(); // one chain through all of it
        Assert.True(acknowledged > 0, "no kill fell into the work");
        Assert.True(lines.Count >= acknowledged);
        Assert.Equal(new Checkpoint(LogFolder.Origin, lines.Count, LogFolder.RootOf(lines)), _folder.ReadCheckpoint());
        TestContext.Current.TestOutputHelper?.WriteLine($"{kills} kills: {acknowledged} acknowledged, all there; {lines.Count} lines; {torn} torn tails moved aside; {EpochKey.Newest(_folder.Layout)} epochs, {_folder.Layout.SegmentStarts().Count} segments");
    }

    [Fact]
    public async Task Append_TwoProcessesWithEightThreadsEach_OneChainWithoutGapOrFork()
    {
        int count = Number("TARS_APPEND_COUNT", 4000);
        Process[] children = [Start(count / 2), Start(count / 2)];
        string[] outputs = await Task.WhenAll(children.Select(child => child.StandardOutput.ReadToEndAsync(Cancelled)));
        foreach (Process child in children)
        {
            await child.WaitForExitAsync(Cancelled);
            Assert.Equal(0, child.ExitCode);
            child.Dispose();
        }

        string[] acks = [.. outputs.SelectMany(output => output.Split('\n')[..^1])];
        Assert.Equal(count, acks.Length);
        IReadOnlyList<byte[]> lines = _folder.ReadLines();
        Assert.Equal(count, lines.Count);
        Assert.Equal(count, acks.Select(ack => ack.Split(' ')[0]).Distinct().Count());
        Assert.All(acks, ack => Assert.Contains(ack.Split(' ')[1], Encoding.ASCII.GetString(lines[int.Parse(ack.Split(' ')[0], CultureInfo.InvariantCulture)]), StringComparison.Ordinal));
        int switches = outputs[0].Split('\n')[..^1].Select(ack => long.Parse(ack.Split(' ')[0], CultureInfo.InvariantCulture)).Order().Aggregate((Last: -2L, Count: 0), (so, next) => (next, so.Count + (next == so.Last + 1 ? 0 : 1))).Count;
        Assert.True(switches > 1, "the processes did not write at the same time");
        Assert.Equal(new Checkpoint(LogFolder.Origin, count, LogFolder.RootOf(lines)), _folder.ReadCheckpoint());
        TestContext.Current.TestOutputHelper?.WriteLine($"{count} events by two processes of {Threads} threads; the first wrote {switches} separate stretches; {_folder.Layout.SegmentStarts().Count} segments");
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Whether this process was started to append.</summary>
    internal static bool IsAppender => Environment.GetEnvironmentVariable(FolderVariable) is not null;

    /// <summary>Appends; writes a line for each acknowledgement, in one write.</summary>
    internal static async Task<int> AppendAsync()
    {
        await RunAsync(Environment.GetEnvironmentVariable(FolderVariable)!, Number(CountVariable, 0));
        return 0;
    }

    private static async Task RunAsync(string folder, int count)
    {
        using SubjectKeys subjects = SubjectKeys.Open(Path.Combine(folder, "subjects"), TimeProvider.System);
        AuditLogOptions options = new()
        {
            Subjects = subjects,
            SegmentBytes = count == int.MaxValue ? 256 << 10 : 4 << 20,
            EpochLifetime = TimeSpan.FromMilliseconds(400),
            CheckpointInterval = TimeSpan.FromMilliseconds(50),
        };
        await using AuditLog log = AuditLog.Open(Path.Combine(folder, "log"), options, TimeProvider.System);
        using Stream output = Console.OpenStandardOutput();
        int left = count;
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(writer => new Thread(() =>
        {
            for (int i = 0; Interlocked.Decrement(ref left) >= 0; i++)
            {
                AuditReceipt receipt = log.AppendAsync(LogFolder.Event(i, $"person{writer}@example.org")).AsTask().GetAwaiter().GetResult();
                output.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{receipt.Sequence} {receipt.EventId} {receipt.Hash}\n")));
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
    }

    private static int Number(string variable, int otherwise) =>
        int.Parse(Environment.GetEnvironmentVariable(variable) ?? otherwise.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    /// <summary>The complete lines from a segment on; a torn tail is left out, as no acknowledged line is in it.</summary>
    private static List<byte[]> WholeLinesOf(LogLayout layout, long from)
    {
        List<byte[]> lines = [];
        foreach (long start in layout.SegmentStarts().Where(start => start >= from))
        {
            byte[] all = File.ReadAllBytes(layout.Segment(start));
            int begin = 0;
            for (int feed = Array.IndexOf(all, (byte)'\n'); feed >= 0; feed = Array.IndexOf(all, (byte)'\n', begin))
            {
                lines.Add(all[begin..feed]);
                begin = feed + 1;
            }
        }

        return lines;
    }

    private Process Start(int count)
    {
        ProcessStartInfo start = new(Path.Combine(AppContext.BaseDirectory, "Tars.Compliance.Tests")) { RedirectStandardOutput = true };
        start.Environment[FolderVariable] = _folder.Root;
        start.Environment[CountVariable] = count.ToString(CultureInfo.InvariantCulture);
        return Process.Start(start)!;
    }
}
