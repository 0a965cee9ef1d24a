using Tars.Compliance.Audit;
using Tars.Sealing.Logs;

namespace Tars.Compliance.Tests.Audit;

public sealed class EpochTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AppendAsync_OverThreeDays_EachDayHasItsKeyCertifiedByTheOneBefore()
    {
        using LogFolder folder = new();
        List<string> keys = [];
        await using (AuditLog log = folder.Open())
        {
            for (int day = 0; day < 3; day++)
            {
                await LogFolder.AppendAsync(log, 10, 10 * day);
                keys.Add(await File.ReadAllTextAsync(folder.Layout.PrivateKey, Cancelled));
                folder.Clock.Advance(TimeSpan.FromDays(1));
            }

            await LogFolder.AppendAsync(log, 10, 30);
            keys.Add(await File.ReadAllTextAsync(folder.Layout.PrivateKey, Cancelled));
        }

        Assert.Equal(4, keys.Distinct().Count());
        Assert.False(File.Exists(Path.Combine(folder.Log, "key.next.pem")));
        IReadOnlyList<byte[]> lines = folder.ReadLines();
        EpochNote? before = null;
        for (int number = 1; number <= 4; number++)
        {
            (SignedNote note, EpochNote epoch) = EpochKey.ReadNote(folder.Layout, number);
            Assert.Equal(NoteVerdict.Verified, (before ?? epoch).NoteKey.Verify(note));
            Assert.Equal(LogFolder.RootOf(lines.Take((int)epoch.Size)), epoch.Root);
            if (before is not null)
            {
                // The checkpoint at the epoch's end was kept, signed by the epoch that ended.
                Assert.True(SignedNote.TryParse(await File.ReadAllBytesAsync(folder.Layout.CheckpointOf(epoch.Size), Cancelled), out SignedNote? kept, out _));
                Assert.Equal(NoteVerdict.Verified, before.NoteKey.Verify(kept));
                Assert.Equal(new Checkpoint(LogFolder.Origin, epoch.Size, epoch.Root).ToString(), kept.Text);
            }

            before = epoch;
        }

        Assert.Equal([0L, 10, 20, 30], Enumerable.Range(1, 4).Select(number => EpochKey.ReadNote(folder.Layout, number).Epoch.Size));
        await folder.Open().DisposeAsync();
    }

    [Theory]
    [InlineData(true, false)] // killed before the new key was certified: it was never used
    [InlineData(false, false)] // killed after it: the new key is the log's
    [InlineData(false, true)] // and the old one was overwritten already
    public async Task Open_KilledWhileTheKeyChanged_GoesOnWithTheKeyThatIsCertified(bool isBefore, bool isOverwritten)
    {
        using LogFolder folder = new();
        string old = await File.ReadAllTextAsync(folder.Layout.PrivateKey, Cancelled);
        await using (AuditLog log = folder.Open())
        {
            await LogFolder.AppendAsync(log, 10);
            folder.Clock.Advance(TimeSpan.FromDays(1));
            await LogFolder.AppendAsync(log, 1);
        }

        string next = Path.Combine(folder.Log, "key.next.pem");
        File.Move(folder.Layout.PrivateKey, next);
        await File.WriteAllTextAsync(folder.Layout.PrivateKey, isOverwritten ? new string('\0', old.Length) : old, Cancelled);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder.Layout.PrivateKey, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        if (isBefore)
        {
            File.Delete(folder.Layout.Epoch(2));
            File.Copy(folder.Layout.CheckpointOf(10), folder.Layout.Checkpoint, overwrite: true);
        }

        await using (AuditLog log = folder.Open())
        {
            await LogFolder.AppendAsync(log, 1);
        }

        Assert.False(File.Exists(next) && !isBefore);
        Assert.NotEqual(old, await File.ReadAllTextAsync(folder.Layout.PrivateKey, Cancelled));
        Assert.Equal(2, EpochKey.Newest(folder.Layout)); // before: the day is over, and so another key was made
        await folder.Open().DisposeAsync();
    }

    [Fact]
    public async Task CheckpointAsync_KeyThatOthersCanRead_IsRefused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such rights");
        using LogFolder folder = new();
        await using AuditLog log = folder.Open();
        await LogFolder.AppendAsync(log, 1);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.Layout.PrivateKey));
            File.SetUnixFileMode(folder.Layout.PrivateKey, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        }

        AuditLogException refused = await Assert.ThrowsAsync<AuditLogException>(() => log.CheckpointAsync(Cancelled));
        Assert.Contains("(604); 600 is expected", refused.Message, StringComparison.Ordinal);
        Assert.Equal($"chmod 600 {folder.Layout.PrivateKey}", refused.Hint);
        Assert.Throws<AuditLogException>(() => folder.Open());
    }

    [Fact]
    public async Task AppendAsync_TwoLogsOpenOnOneFolder_OneChainThroughSegmentsAndEpochs()
    {
        using LogFolder folder = new();
        AuditLogOptions options = folder.Options with { SegmentBytes = 50_000 };
        await using (AuditLog one = folder.Open(options))
        await using (AuditLog other = folder.Open(options with { Subjects = null }))
        {
            for (int round = 0; round < 40; round++)
            {
                await LogFolder.AppendAsync(round % 3 == 0 ? other : one, 60, 60 * round);
                if (round % 10 == 9)
                {
                    folder.Clock.Advance(TimeSpan.FromDays(1));
                }

                IReadOnlyList<byte[]> now = folder.ReadLines();
                Assert.Equal(new Checkpoint(LogFolder.Origin, now.Count, LogFolder.RootOf(now)).ToString(), (await (round % 2 == 0 ? one : other).CheckpointAsync(Cancelled)).Text);
            }
        }

        IReadOnlyList<byte[]> lines = folder.ReadLines();
        Assert.Equal(2400, lines.Count);
        Assert.True(folder.Layout.SegmentStarts().Count > 5);
        Assert.All(folder.Layout.SegmentStarts(), start => Assert.True(start % 256 == 0 && (start == 0 || File.Exists(folder.Layout.CheckpointOf(start)))));
        Assert.True(EpochKey.Newest(folder.Layout) >= 4);
        Assert.Equal(new Checkpoint(LogFolder.Origin, 2400, LogFolder.RootOf(lines)), folder.ReadCheckpoint());
    }
}
