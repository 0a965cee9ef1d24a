using System.Globalization;
using System.Text;
using Tars.Compliance.Audit;
using Tars.Sealing.Logs;

namespace Tars.Compliance.Tests.Audit;

/// <summary>What is found when a log is opened. <c>TARS_CUT_STEP=1</c> cuts at every byte; <c>bench/long/audit-cut.sh</c> does.</summary>
public sealed class RecoveryTests
{
    private static readonly int CutStep = int.Parse(Environment.GetEnvironmentVariable("TARS_CUT_STEP") ?? "251", NumberStyles.None, CultureInfo.InvariantCulture);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Open_CutAtAnyByteOfTheLast64KiB_IsRecoveredOrTold()
    {
        using LogFolder folder = new();
        byte[] checkpoint;
        int signed;
        await using (AuditLog log = folder.Open())
        {
            await LogFolder.AppendAsync(log, 100);
            signed = 100;
            await log.CheckpointAsync(Cancelled);
            checkpoint = await File.ReadAllBytesAsync(folder.Layout.Checkpoint, Cancelled);
            await LogFolder.AppendAsync(log, 100, 100);
        }

        byte[] whole = await File.ReadAllBytesAsync(folder.Layout.Segment(0), Cancelled);
        Assert.True(whole.Length > 1 << 16);
        string copy = Path.Combine(folder.Root, "copy");
        (int recovered, int told, int clean) = (0, 0, 0);
        for (int cut = whole.Length - (1 << 16); cut <= whole.Length; cut += CutStep)
        {
            if (Directory.Exists(copy))
            {
                Directory.Delete(copy, recursive: true);
            }

            LogFolder.Copy(folder.Log, copy);
            await File.WriteAllBytesAsync(new LogLayout(copy).Segment(0), whole[..cut], Cancelled);
            await File.WriteAllBytesAsync(new LogLayout(copy).Checkpoint, checkpoint, Cancelled); // as it was before the last lines
            int left = whole.AsSpan(0, cut).Count((byte)'\n');
            bool isTorn = cut > 0 && whole[cut - 1] != '\n';
            if (left < signed)
            {
                AuditLogException refused = Assert.Throws<AuditLogException>(() => AuditLog.Open(copy, folder.Options, folder.Time));
                Assert.True(refused.IsFrozen);
                Assert.Equal(left, refused.Sequence);
                Assert.Equal(whole.AsSpan(0, cut).LastIndexOf((byte)'\n') + 1, refused.Offset);
                Assert.Equal(whole[..cut], await File.ReadAllBytesAsync(new LogLayout(copy).Segment(0), Cancelled)); // what is evidence stays as it is
                Assert.True(File.Exists(new LogLayout(copy).Frozen));
                told++;
                continue;
            }

            await AuditLog.Open(copy, folder.Options, folder.Time).DisposeAsync();
            IReadOnlyList<byte[]> lines = LogFolder.ReadLines(copy);
            Assert.Equal(left + (isTorn ? 1 : 0), lines.Count);
            Assert.Equal(isTorn, Encoding.UTF8.GetString(lines[^1]).Contains("\"log.recovered\"", StringComparison.Ordinal));
            (recovered, clean) = (recovered + (isTorn ? 1 : 0), clean + (isTorn ? 0 : 1));
        }

        Assert.True(recovered > 0 && told > 0, $"{recovered} recovered, {told} told, {clean} clean");
    }

    [Theory]
    [InlineData(150, "its hash is another than it says: the line was changed")]
    [InlineData(0, "it does not begin with \"sequence\"")]
    public async Task Open_ByteOfALineChanged_FreezesAndNamesThePlace(int byteOfLine, string reason)
    {
        using LogFolder folder = new();
        await using (AuditLog log = folder.Open())
        {
            await LogFolder.AppendAsync(log, 300);
        }

        IReadOnlyList<byte[]> lines = folder.ReadLines();
        byte[] all = await File.ReadAllBytesAsync(folder.Layout.Segment(0), Cancelled);
        int offset = lines.Take(270).Sum(line => line.Length + 1);
        all[offset + byteOfLine] ^= 1;
        await File.WriteAllBytesAsync(folder.Layout.Segment(0), all, Cancelled);

        AuditLogException refused = Assert.Throws<AuditLogException>(() => folder.Open());

        Assert.Equal($"{folder.Layout.Segment(0)}: byte {offset}: sequence 270: {reason}", refused.Message);
        Assert.Equal((offset, 270L, true), (refused.Offset, refused.Sequence, refused.IsFrozen));
        AuditLogException again = Assert.Throws<AuditLogException>(() => folder.Open());
        Assert.True(again.IsFrozen);
        Assert.Contains(reason, again.Message, StringComparison.Ordinal);
        Assert.Contains("\"sequence\":270", await File.ReadAllTextAsync(folder.Layout.Frozen, Cancelled), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AppendAsync_LinesChangedUnderAnOpenLog_FreezesIt()
    {
        using LogFolder folder = new();
        await using AuditLog log = folder.Open();
        await LogFolder.AppendAsync(log, 10);
        byte[] all = await File.ReadAllBytesAsync(folder.Layout.Segment(0), Cancelled);
        await File.WriteAllBytesAsync(folder.Layout.Segment(0), all[..^50], Cancelled);
        AuditLogException refused = await Assert.ThrowsAsync<AuditLogException>(async () => await log.AppendAsync(LogFolder.Event(1), Cancelled));
        Assert.True(refused.IsFrozen);
        Assert.Contains("lines were cut off", refused.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(folder.Layout.Frozen));
    }

    [Fact]
    public async Task AppendAsync_LogFrozenByAnother_IsRefused()
    {
        using LogFolder folder = new();
        await using AuditLog log = folder.Open();
        await LogFolder.AppendAsync(log, 10);
        await File.WriteAllTextAsync(folder.Layout.Frozen, """{"reason":"a mirror holds another history"}""", Cancelled);
        AuditLogException refused = await Assert.ThrowsAsync<AuditLogException>(async () => await log.AppendAsync(LogFolder.Event(1), Cancelled));
        Assert.Contains("a mirror holds another history", refused.Message, StringComparison.Ordinal);
        Assert.True(refused.IsFrozen);
    }

    [Fact]
    public async Task Open_CheckpointGoneOrOfAnotherKey_Freezes()
    {
        foreach (bool isGone in new[] { true, false })
        {
            using LogFolder folder = new();
            await using (AuditLog log = folder.Open())
            {
                await LogFolder.AppendAsync(log, 3);
            }

            if (isGone)
            {
                File.Delete(folder.Layout.Checkpoint);
            }
            else
            {
                using LogFolder other = new();
                await using (AuditLog log = other.Open())
                {
                    await LogFolder.AppendAsync(log, 3);
                }

                File.Copy(other.Layout.Checkpoint, folder.Layout.Checkpoint, overwrite: true);
            }

            Assert.True(Assert.Throws<AuditLogException>(() => folder.Open()).IsFrozen);
        }
    }

    [Fact]
    public async Task StartContinuationAsync_FrozenLog_GoesOnFromTheLastWholeLine()
    {
        using LogFolder folder = new();
        await using (AuditLog log = folder.Open())
        {
            await LogFolder.AppendAsync(log, 300);
        }

        IReadOnlyList<byte[]> lines = folder.ReadLines();
        byte[] all = await File.ReadAllBytesAsync(folder.Layout.Segment(0), Cancelled);
        all[lines.Take(270).Sum(line => line.Length + 1) + 150] ^= 1;
        await File.WriteAllBytesAsync(folder.Layout.Segment(0), all, Cancelled);
        Assert.Throws<AuditLogException>(() => folder.Open());
        string next = Path.Combine(folder.Root, "next");

        ContinuedLog whole = await AuditLog.StartContinuationAsync(folder.Log, next, "audit.example.org/next", null, folder.Options, folder.Time);

        Assert.Equal(new ContinuedLog(LogFolder.Origin, 270, LogFolder.RootOf(lines.Take(270))), whole);
        await using (AuditLog log = AuditLog.Open(next, folder.Options, folder.Time))
        {
            await LogFolder.AppendAsync(log, 2);
        }

        AuditRecord first = new AuditQuery(next).At(0)!;
        Assert.Equal("log.continued", first.Type);
        string last = Encoding.UTF8.GetString(lines[269])[^67..^2];
        Assert.Contains($"\"previous_hash\":\"sha256:{last[1..]}\"", Encoding.UTF8.GetString(first.Line.Span), StringComparison.Ordinal);
        Assert.True(SignedNote.TryParse(await File.ReadAllBytesAsync(new LogLayout(next).Epoch(1), Cancelled), out SignedNote? note, out _));
        Assert.EndsWith($"\ncontinues {LogFolder.Origin} 270 {whole.Root.ToBase64()}\n", note.Text, StringComparison.Ordinal);
        Assert.Equal(all, await File.ReadAllBytesAsync(folder.Layout.Segment(0), Cancelled));
    }

    [Fact]
    public async Task StartContinuationAsync_LinesRewrittenWithTheirHashes_GoesBackToTheLastSignedRoot()
    {
        using LogFolder folder = new();
        using LogFolder forged = new();
        foreach (LogFolder one in new[] { folder, forged })
        {
            await using AuditLog log = one.Open();
            await LogFolder.AppendAsync(log, 20, one == folder ? 0 : 1000);
        }

        File.Copy(forged.Layout.Segment(0), folder.Layout.Segment(0), overwrite: true); // whole in itself, and never signed by this log
        string next = Path.Combine(folder.Root, "next");
        Assert.True(Assert.Throws<AuditLogException>(() => folder.Open()).IsFrozen);
        ContinuedLog whole = await AuditLog.StartContinuationAsync(folder.Log, next, "audit.example.org/next", null, folder.Options, folder.Time);
        Assert.Equal(0, whole.Size);
    }
}
