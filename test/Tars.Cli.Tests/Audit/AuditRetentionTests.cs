using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Tars.TestKit;
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

    /// <summary><c>TARS_KILL_COUNT</c> says how often each stage is killed; <c>bench/long/audit-retain-kill.sh</c> takes fifty.</summary>
    [Theory]
    [InlineData("archive/00000000000000000000.jsonl", true)]
    [InlineData("audit/checkpoint", false)]
    [InlineData("audit/removed/00000000000000000000.json", true)]
    [InlineData("audit/segments/00000000000000000000.jsonl", false)]
    [InlineData("audit/removed/00000000000000000256.json", true)]
    public async Task Retain_Killed_LeavesALogThatVerifiesAndIsEndedByTheNext(string file, bool appears)
    {
        int kills = int.Parse(Environment.GetEnvironmentVariable("TARS_KILL_COUNT") ?? "1", System.Globalization.CultureInfo.InvariantCulture);
        for (int kill = 0; kill < kills; kill++)
        {
            using AuditedFolder folder = new();
            await OldLog.MakeAsync(folder);
            string watched = folder.Combine(file);
            DateTime before = File.GetLastWriteTimeUtc(watched);
            await using (RunningCommand retain = folder.Start("retain", "--log", "audit", "--older-than", "365d", "--archive", "archive", "--yes"))
            {
                SpinWait wait = default;
                while (!retain.HasExited && (appears ? !File.Exists(watched) : File.Exists(watched) && File.GetLastWriteTimeUtc(watched) == before))
                {
                    wait.SpinOnce(sleep1Threshold: -1);
                }

                await retain.SignalAsync("KILL", TestContext.Current.CancellationToken);
                await retain.WaitAsync(TestContext.Current.CancellationToken);
            }

            await VerifyAsync(folder);
            await folder.AppendAsync(1); // a log whose retention was killed is written as before
            await folder.RunAsync(0, "retain", "--log", "audit", "--older-than", "365d", "--archive", "archive", "--yes");
            await VerifyAsync(folder);
            Assert.Equal([512L], folder.Layout().SegmentStarts());
            Assert.Equal([0L, 256L], folder.Layout().RemovedStarts());
        }
    }

    /// <summary>The moment between the file that stands for a segment and the segment's end, which a kill meets seldom.</summary>
    [Fact]
    public async Task Retain_KilledWithTheSegmentStillThere_IsEndedByTheNext()
    {
        await OldLog.MakeAsync(_folder);
        byte[] segment = await File.ReadAllBytesAsync(_folder.Layout().Segment(256), TestContext.Current.CancellationToken);
        string[] retain = ["retain", "--log", "audit", "--older-than", "365d", "--yes"];
        await _folder.RunAsync(0, retain);
        await File.WriteAllBytesAsync(_folder.Layout().Segment(256), segment, TestContext.Current.CancellationToken);
        await VerifyAsync(_folder);
        await _folder.AppendAsync(1);
        await _folder.RunAsync(0, retain);
        await VerifyAsync(_folder);
        Assert.Equal([512L], _folder.Layout().SegmentStarts());
    }

    [Fact]
    public async Task Retain_OfTheConfiguredLog_SendsTheCheckpointToTheMirrors()
    {
        await OldLog.MakeAsync(_folder);
        await File.WriteAllTextAsync(_folder.Combine("tars.yaml"), "compliance:\n  audit_log_path: audit\n  audit_mirrors: [mirror]\n", TestContext.Current.CancellationToken);
        await _folder.RunAsync(0, "retain", "--older-than", "365d", "--dry-run");
        Assert.False(Directory.Exists(_folder.Combine("mirror")));
        await _folder.RunAsync(0, "retain", "--older-than", "365d", "--yes");
        Assert.Equal(
            await File.ReadAllTextAsync(_folder.Layout().Checkpoint, TestContext.Current.CancellationToken),
            await File.ReadAllTextAsync(_folder.Combine("mirror", "checkpoint"), TestContext.Current.CancellationToken));
        await _folder.RunAsync(0, "verify");
    }

    private static async Task VerifyAsync(AuditedFolder folder) =>
        Assert.NotEqual("tampered", (string?)(await folder.JsonAsync(0, "verify", "audit"))["logs"]![0]!["verdict"]);

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
