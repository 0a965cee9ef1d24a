using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Xunit;

namespace Tars.Cli.Tests.Audit;

public sealed class AuditRetentionTests : IDisposable
{
    private readonly AuditedFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Retain_OldSegments_AreArchivedRemovedAndVouchedFor()
    {
        await OldLog.MakeAsync(_folder);
        string[] retain = ["retain", "--log", "audit", "--older-than", "365d", "--archive", "archive"];
        Assert.Contains("would remove lines 0 to 255", await _folder.RunAsync(0, [.. retain, "--dry-run"]), StringComparison.Ordinal);
        await _folder.RunAsync(0, "hold", "set", "--reason", "case 17", "--log", "audit");
        Assert.Contains("a hold is set since line 600 (case 17)", await _folder.RunAsync(2, [.. retain, "--yes"]), StringComparison.Ordinal);
        await _folder.RunAsync(2, "hold", "set", "--reason", "again", "--log", "audit");
        await _folder.RunAsync(0, "hold", "release", "--reason", "case closed", "--log", "audit");
        Assert.Contains("nothing was removed", await _folder.RunAsync(2, retain), StringComparison.Ordinal);
        byte[] first = await File.ReadAllBytesAsync(_folder.Layout().Segment(0), TestContext.Current.CancellationToken);

        JsonNode told = await _folder.JsonAsync(0, [.. retain, "--yes"]);
        Assert.Equal([0, 256], told["segments"]!.AsArray().Select(one => (int)one!["first"]!));
        Assert.Equal([512L], _folder.Layout().SegmentStarts());
        Assert.Equal(first, await File.ReadAllBytesAsync(_folder.Combine("archive", "00000000000000000000.jsonl"), TestContext.Current.CancellationToken));

        JsonNode log = (await _folder.JsonAsync(0, "verify", "audit"))["logs"]![0]!;
        Assert.Equal(("whole", 604, 92), ((string)log["verdict"]!, (int)log["size"]!, (int)log["lines_read"]!)); // 600, two of the hold, two of the removals
        Assert.Equal([Convert.ToHexStringLower(SHA256.HashData(first))], log["removals"]!.AsArray().Take(1).Select(one => (string)one!["segment_sha256"]!));
        await _folder.RunAsync(0, "prove", "600", "--log", "audit");
        Assert.Contains("no segment has all its lines before", await _folder.RunAsync(0, [.. retain, "--yes"]), StringComparison.Ordinal);

        await _folder.AppendAsync(1); // and the log is written as before
        await _folder.RunAsync(0, "verify", "audit");
        File.Delete(_folder.Layout().RemovedSegment(256));
        await _folder.RunAsync(1, "verify", "audit");
    }

    [Fact]
    public async Task Retain_TamperedLog_RemovesNothing()
    {
        await OldLog.MakeAsync(_folder);
        string segment = _folder.Layout().Segment(256);
        string text = await File.ReadAllTextAsync(segment, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(segment, text.Replace("report:300\"", "report:301\"", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        Assert.NotEqual(text, await File.ReadAllTextAsync(segment, TestContext.Current.CancellationToken));
        string said = await _folder.RunAsync(1, "retain", "--log", "audit", "--older-than", "365d", "--yes");
        Assert.Contains("nothing was removed, for the log does not verify", said, StringComparison.Ordinal);
        Assert.Equal([0L, 256L, 512L], _folder.Layout().SegmentStarts());
    }
}
