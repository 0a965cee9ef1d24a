using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using Tars.Compliance.Audit;
using Tars.Sealing.Logs;
using Tars.TestKit;

namespace Tars.Compliance.Tests.Audit;

/// <summary>A log in a temporary folder, with a clock, keys of persons, and a slow reading of what is in it.</summary>
internal sealed class LogFolder : IDisposable
{
    public const string Origin = "audit.example.org/test";

    private readonly TemporaryDirectory _folder = new();

    public LogFolder(TimeProvider? time = null)
    {
        Time = time ?? Clock;
        AuditLog.Create(Log, Origin, Time);
        Subjects = SubjectKeys.Create(SubjectFolder, Time);
    }

    public string Root => _folder.Path;

    public string Log => _folder.Combine("log");

    public string SubjectFolder => _folder.Combine("subjects");

    public LogLayout Layout => new(Log);

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero));

    public TimeProvider Time { get; }

    public SubjectKeys Subjects { get; private set; }

    public AuditLogOptions Options => new() { Subjects = Subjects };

    public AuditLog Open(AuditLogOptions? options = null) => AuditLog.Open(Log, options ?? Options, Time);

    public void ReopenSubjects()
    {
        Subjects.Dispose();
        Subjects = SubjectKeys.Open(SubjectFolder, Time);
    }

    public static AuditEvent Event(int number, string? person = null) => new()
    {
        Type = "run.intent",
        Outcome = AuditOutcome.Intent,
        Actor = person is null ? new AuditActor.Program("schedule:weekly") : new AuditActor.Person(person, "192.0.2.1"),
        Role = "operator",
        Resource = string.Create(CultureInfo.InvariantCulture, $"report:{number}"),
        Standard = "soc2",
        Control = "CC7.2",
        RunId = string.Create(CultureInfo.InvariantCulture, $"run-{number % 10}"),
        RequestId = "request-1",
        Data = AuditData.OfUtf8("""{"window":"2026-01-31/2026-02-01"}"""u8.ToArray()),
    };

    /// <summary>Appends events one after the other.</summary>
    public static async Task<List<AuditReceipt>> AppendAsync(AuditLog log, int count, int from = 0)
    {
        List<AuditReceipt> receipts = [];
        for (int i = from; i < from + count; i++)
        {
            receipts.Add(await log.AppendAsync(Event(i), TestContext.Current.CancellationToken));
        }

        return receipts;
    }

    /// <summary>All segments' lines one behind the other, checked by the format's own words: chain, hashes, and that nothing follows the last line.</summary>
    public static IReadOnlyList<byte[]> ReadLines(string log)
    {
        List<byte[]> lines = [];
        TreeHash last = default;
        foreach (long start in new LogLayout(log).SegmentStarts())
        {
            Assert.Equal(lines.Count, start);
            byte[] all = File.ReadAllBytes(new LogLayout(log).Segment(start));
            int from = 0;
            for (int feed = Array.IndexOf(all, (byte)'\n'); feed >= 0; feed = Array.IndexOf(all, (byte)'\n', from))
            {
                byte[] prefixed = [0, .. all[from..feed]];
                Assert.True(EventLine.TryRead(prefixed, out EventLine line, out string? refusal), refusal);
                Assert.Equal(lines.Count, line.Sequence);
                Assert.Equal(line.CurrentHash, line.ActualHash);
                Assert.Equal(last, line.PreviousHash);
                last = line.CurrentHash;
                lines.Add(all[from..feed]);
                from = feed + 1;
            }

            Assert.Equal(all.Length, from);
        }

        return lines;
    }

    public IReadOnlyList<byte[]> ReadLines() => ReadLines(Log);

    /// <summary>The root over lines, leaf by leaf.</summary>
    public static TreeHash RootOf(IEnumerable<byte[]> lines)
    {
        CompactRange range = new();
        foreach (byte[] line in lines)
        {
            EventLine.TryRead([0, .. line], out EventLine read, out _);
            range.Append(read.ActualHash);
        }

        return range.Root();
    }

    /// <summary>The newest checkpoint, whoever signed it.</summary>
    public Checkpoint ReadCheckpoint()
    {
        Assert.True(SignedNote.TryParse(File.ReadAllBytes(Layout.Checkpoint), out SignedNote? note, out string? refusal), refusal);
        Assert.True(Checkpoint.TryParse(note.Text, out Checkpoint? checkpoint, out refusal), refusal);
        return checkpoint;
    }

    public static void Copy(string from, string to)
    {
        foreach (string path in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories).Where(path => Path.GetFileName(path) != "lock"))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, path));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(path, target, overwrite: true);
        }
    }

    public void Dispose()
    {
        Subjects.Dispose();
        _folder.Dispose();
    }
}
