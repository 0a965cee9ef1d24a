using Tars.Compliance.Audit;
using Xunit;

namespace Tars.Cli.Tests.Audit;

/// <summary>A log whose first segments are older than any policy.</summary>
internal static class OldLog
{
    /// <summary>600 lines of 2020 in segments of 256.</summary>
    public static async Task MakeAsync(AuditedFolder folder)
    {
        PastTime past = new(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero));
        AuditLog.Create(folder.Combine("audit"), "audit.example.org/tars/old", past);
        SubjectKeys.Create(folder.Combine("audit.subjects"), past).Dispose();
        using SubjectKeys subjects = SubjectKeys.Open(folder.Combine("audit.subjects"), past);
        await using AuditLog log = AuditLog.Open(folder.Combine("audit"), new AuditLogOptions { Subjects = subjects, SegmentBytes = 1 }, past);
        await Task.WhenAll(Enumerable.Range(0, 600).Select(i => log.AppendAsync(AuditedFolder.Event(i), TestContext.Current.CancellationToken).AsTask()));
    }
}
