using Tars.Compliance.Audit;
using Tars.Sealing.Logs;

namespace Tars.Compliance.Tests.Audit;

/// <summary>A copy of a log that is appended to is the log as it was at one instant.</summary>
public sealed class LogCopyTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WriteAsync_WhileOthersAppend_IsAPrefixThatOpensAndGoesOn()
    {
        using LogFolder folder = new(TimeProvider.System);
        await using AuditLog log = folder.Open(folder.Options with { SegmentBytes = 64 * 1024 });
        await LogFolder.AppendAsync(log, 700);
        await log.CheckpointAsync(Cancellation);
        using CancellationTokenSource end = new();
        Task writing = Task.Run(
            async () =>
            {
                for (int i = 700; !end.IsCancellationRequested; i++)
                {
                    await log.AppendAsync(LogFolder.Event(i, "ada@example.org"), CancellationToken.None);
                }
            },
            Cancellation);
        for (int copy = 0; copy < 5; copy++)
        {
            string target = Path.Combine(folder.Root, $"copy{copy}");
            Assert.True(await LogCopy.WriteAsync(folder.Log, target, Cancellation) > 0);
            Assert.False(File.Exists(new LogLayout(target).Lock));
            await using (AuditLog copied = AuditLog.Open(target, folder.Options, folder.Time))
            {
                await LogFolder.AppendAsync(copied, 1, from: 1_000_000);
            }

            IReadOnlyList<byte[]> lines = LogFolder.ReadLines(target);
            Assert.True(lines.Count > 700);
            Assert.Equal(LogFolder.ReadLines(folder.Log).Take(lines.Count - 1), lines.SkipLast(1));
        }

        await end.CancelAsync();
        await writing;
    }

    [Fact]
    public async Task WriteAsync_NoLog_IsRefused()
    {
        using LogFolder folder = new();
        AuditLogException refused = await Assert.ThrowsAsync<AuditLogException>(() => LogCopy.WriteAsync(Path.Combine(folder.Root, "none"), Path.Combine(folder.Root, "copy"), Cancellation));
        Assert.Contains("there is no audit log", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Erased_OfLogAndLedger_AreBoth()
    {
        using LogFolder folder = new();
        string first;
        string second;
        await using (AuditLog log = folder.Open())
        {
            first = folder.Subjects.Seal(new AuditActor.Person("ada@example.org", "here")).Subject;
            second = folder.Subjects.Seal(new AuditActor.Person("bob@example.org", "here")).Subject;
            Assert.Empty(folder.Subjects.Erased(folder.Log));
            await log.EraseAsync("ada@example.org", null, Cancellation);
        }

        folder.Subjects.Erase("bob@example.org"); // the ledger alone
        Assert.Equal(new[] { first, second }.Order(), folder.Subjects.Erased(folder.Log).Order());
    }
}
