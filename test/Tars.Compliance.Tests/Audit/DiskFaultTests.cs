using System.Diagnostics;
using Tars.Compliance.Audit;
using Tars.TestKit;

namespace Tars.Compliance.Tests.Audit;

/// <summary>A disk that is full or fails: simulated by a faulty file, and once with a real file system of 2 MB.</summary>
public sealed class DiskFaultTests
{
    private const string NoSpace = "No space left on device";
    private const string Broken = "Input/output error";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(300)]
    [InlineData(int.MaxValue)] // every byte reached the file, and the system says that it failed all the same
    public async Task AppendAsync_WriteFails_EveryWaiterIsToldAndTheFileIsAsBefore(int writtenBefore)
    {
        using LogFolder folder = new();
        Fault fault = new();
        AuditLog log = folder.Open(folder.Options with { OpenFile = fault.Open });
        await LogFolder.AppendAsync(log, 10);
        long before = new FileInfo(folder.Layout.Segment(0)).Length;
        (fault.OnWrite, fault.WrittenBefore) = (NoSpace, writtenBefore);

        Task<AuditReceipt>[] waiting = [.. Enumerable.Range(0, 5).Select(i => Task.Run(async () => await log.AppendAsync(LogFolder.Event(i), Cancelled)))];

        foreach (Task<AuditReceipt> one in waiting)
        {
            AuditLogException failed = await Assert.ThrowsAsync<AuditLogException>(() => one);
            Assert.Contains($"{folder.Layout.Segment(0)}: byte ", failed.Message, StringComparison.Ordinal);
            Assert.Contains($"the event was not written: {NoSpace}", failed.Message, StringComparison.Ordinal);
            Assert.NotNull(failed.Hint);
            Assert.False(failed.IsFrozen);
        }

        Assert.Equal(before, new FileInfo(folder.Layout.Segment(0)).Length);
        fault.OnWrite = null; // room again: the writer has stopped all the same
        await Assert.ThrowsAsync<AuditLogException>(async () => await log.AppendAsync(LogFolder.Event(1), Cancelled));
        await Assert.ThrowsAsync<AuditLogException>(() => log.CheckpointAsync(Cancelled));
        await log.DisposeAsync();
        await AssertGoesOnAsync(folder, 10);
    }

    [Fact]
    public async Task AppendAsync_FlushFails_NothingOfTheBatchIsAcknowledgedNorLeft()
    {
        using LogFolder folder = new();
        Fault fault = new();
        AuditLog log = folder.Open(folder.Options with { OpenFile = fault.Open });
        await LogFolder.AppendAsync(log, 10);
        fault.OnFlush = Broken;
        AuditLogException failed = await Assert.ThrowsAsync<AuditLogException>(async () => await log.AppendAsync(LogFolder.Event(1), Cancelled));
        Assert.Contains(Broken, failed.Message, StringComparison.Ordinal);
        await log.DisposeAsync();
        await AssertGoesOnAsync(folder, 10);
    }

    [Fact]
    public async Task AppendAsync_ShortWriteThatCannotBeCutOff_IsMovedAsideByTheNextOpening()
    {
        using LogFolder folder = new();
        Fault fault = new();
        AuditLog log = folder.Open(folder.Options with { OpenFile = fault.Open });
        await LogFolder.AppendAsync(log, 10);
        (fault.OnWrite, fault.OnCut, fault.WrittenBefore) = (NoSpace, Broken, 100);
        await Assert.ThrowsAsync<AuditLogException>(async () => await log.AppendAsync(LogFolder.Event(1), Cancelled));
        await log.DisposeAsync();

        await folder.Open().DisposeAsync();

        AuditRecord recovered = new AuditQuery(folder.Log).At(10)!;
        Assert.Equal("log.recovered", recovered.Type);
        Assert.Equal(100, recovered.Data!["bytes"]!.GetValue<long>());
        Assert.Equal(100, new FileInfo(Path.Combine(folder.Log, recovered.Data["file"]!.GetValue<string>())).Length);
    }

    [Fact]
    public async Task AppendAsync_WhileTheDiskIsFlushing_IsNotAcknowledged()
    {
        using LogFolder folder = new();
        using SemaphoreSlim mayFlush = new(0);
        using SemaphoreSlim flushing = new(0);
        Fault fault = new();
        await using AuditLog log = folder.Open(folder.Options with { OpenFile = fault.Open });
        await LogFolder.AppendAsync(log, 1);
        fault.Flushing = () =>
        {
            flushing.Release();
            mayFlush.Wait(Cancelled);
        };
        Task<AuditReceipt> first = Task.Run(() => log.AppendAsync(LogFolder.Event(1), Cancelled).AsTask(), Cancelled); // flushes on its own thread
        await flushing.WaitAsync(Cancelled);
        Task<AuditReceipt>[] others = [.. Enumerable.Range(2, 50).Select(i => log.AppendAsync(LogFolder.Event(i), Cancelled).AsTask())];
        await Task.Delay(100, Cancelled);
        Assert.False(first.IsCompleted); // it is written, and not yet flushed
        Assert.All(others, other => Assert.False(other.IsCompleted));

        mayFlush.Release();
        await first;
        await flushing.WaitAsync(Cancelled);
        Assert.All(others, other => Assert.False(other.IsCompleted));
        mayFlush.Release(100);
        await Task.WhenAll(others);
        Assert.Equal(Enumerable.Range(2, 50).Select(i => (long)i), others.Select(other => other.Result.Sequence)); // and all in one batch: one more flush
        fault.Flushing = null;
    }

    [Fact]
    public async Task Open_AfterPowerLossAtAnyMoment_LosesNothingThatWasAcknowledged()
    {
        Random random = new(Seeds.Draw());
        for (int round = 0; round < 20; round++)
        {
            using LogFolder folder = new();
            byte[] durable = [];
            Fault fault = new();
            fault.Flushing = () => durable = File.ReadAllBytes(folder.Layout.Segment(0));
            List<AuditReceipt> acknowledged;
            byte[] pages;
            AuditLog log = folder.Open(folder.Options with { OpenFile = fault.Open });
            acknowledged = await LogFolder.AppendAsync(log, random.Next(1, 30));
            byte[] flushed = durable;
            using SemaphoreSlim never = new(0);
            using SemaphoreSlim reached = new(0);
            fault.Flushing = () =>
            {
                reached.Release();
                never.Wait(Cancelled);
            };
            Task<AuditReceipt> first = Task.Run(() => log.AppendAsync(LogFolder.Event(0), Cancelled).AsTask(), Cancelled);
            await reached.WaitAsync(Cancelled);
            Task<AuditReceipt>[] lost = [.. Enumerable.Range(1, 39).Select(i => log.AppendAsync(LogFolder.Event(i), Cancelled).AsTask())];
            flushed = await File.ReadAllBytesAsync(folder.Layout.Segment(0), Cancelled);
            never.Release(); // the first one is durable then; the others are written, and their flush does not end
            acknowledged.Add(await first);
            await reached.WaitAsync(Cancelled);
            pages = await File.ReadAllBytesAsync(folder.Layout.Segment(0), Cancelled);

            // The disk has what was flushed; of what came after it any 512-byte sector may be there, or be zero, up to any length.
            string after = folder.Root + "/after";
            LogFolder.Copy(folder.Log, after);
            int length = random.Next(flushed.Length, pages.Length + 1);
            byte[] found = pages[..length];
            for (int sector = flushed.Length, next; sector < length; sector = next)
            {
                next = sector - (sector % 512) + 512;
                if (random.Next(3) == 0)
                {
                    found.AsSpan(sector, Math.Min(next, length) - sector).Clear();
                }
            }

            await File.WriteAllBytesAsync(new Tars.Sealing.Logs.LogLayout(after).Segment(0), found, Cancelled);
            await AuditLog.Open(after, folder.Options, folder.Time).DisposeAsync();
            IReadOnlyList<byte[]> lines = LogFolder.ReadLines(after);
            Assert.True(lines.Count >= acknowledged.Count);
            Assert.All(acknowledged, one => Assert.Contains(one.EventId.ToString(), System.Text.Encoding.UTF8.GetString(lines[(int)one.Sequence]), StringComparison.Ordinal));
            fault.Flushing = null;
            never.Release(100);
            await Task.WhenAll(lost);
            await log.DisposeAsync();
        }
    }

    [Fact]
    public async Task AppendAsync_RealDiskFull_IsToldAndRecovers()
    {
        using LogFolder folder = new(TimeProvider.System);
        string disk = Directory.CreateDirectory(Path.Combine(folder.Root, "disk")).FullName;
        Assert.SkipUnless(await MountAsync("-t", "tmpfs", "-o", "size=2m", "tmpfs", disk), "a small tmpfs cannot be mounted here: only root can");
        try
        {
            string path = Path.Combine(disk, "log");
            AuditLog.Create(path, LogFolder.Origin, folder.Time);
            long acknowledged = 0;
            AuditLog log = AuditLog.Open(path, folder.Options, folder.Time);
            AuditLogException failed = await Assert.ThrowsAsync<AuditLogException>(async () =>
            {
                while (true)
                {
                    await log.AppendAsync(LogFolder.Event(1) with { Resource = new string('x', 4000) }, Cancelled);
                    acknowledged++;
                }
            });
            Assert.False(failed.IsFrozen);
            await log.DisposeAsync();
            Assert.InRange(acknowledged, 50, 600);
            Assert.True(await MountAsync("-o", "remount,size=8m", disk));
            await using (AuditLog again = AuditLog.Open(path, folder.Options, folder.Time))
            {
                await again.AppendAsync(LogFolder.Event(1), Cancelled);
            }

            Assert.True(LogFolder.ReadLines(path).Count > acknowledged);
        }
        finally
        {
            using Process unmount = Process.Start("umount", ["-l", disk]);
            await unmount.WaitForExitAsync(CancellationToken.None);
        }
    }

    private static async Task<bool> MountAsync(params string[] arguments)
    {
        try
        {
            using Process mount = Process.Start(new ProcessStartInfo("mount", arguments) { RedirectStandardError = true })!;
            await mount.WaitForExitAsync(Cancelled);
            return mount.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static async Task AssertGoesOnAsync(LogFolder folder, int lines)
    {
        await using (AuditLog log = folder.Open())
        {
            Assert.Equal(lines, (await log.AppendAsync(LogFolder.Event(99), Cancelled)).Sequence);
        }

        Assert.Equal(lines + 1, folder.ReadLines().Count);
    }
}
