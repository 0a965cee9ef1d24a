using System.Globalization;
using Tars.Sealing.Logs;
using Tars.TestKit;

namespace Tars.Sealing.Tests.Logs;

/// <summary>
/// Torn or tampered: told right for every damage, with the line and the byte where it begins. <c>TARS_CUT_STEP</c> says how many bytes lie between two cuts;
/// <c>bench/long/cut-log.sh</c> cuts at each.
/// </summary>
public sealed class DamagedLogTests
{
    private const int Count = 500;

    [Fact]
    public void Verify_LabelledDamages_AreToldRight()
    {
        int seed = Seeds.Draw();
        Random random = new(seed);
        LogModel model = AttackedLog.Sample(seed);
        LogModel other = AttackedLog.Sample(seed + 1, "audit.example.org/other");
        using TemporaryDirectory folder = new();
        model.Save(folder.Combine("whole"), DamagedLogs.Covered);
        DamagedLogs damages = new(model, other, random);
        List<string> wrong = [];
        for (int i = 0; i < Count; i++)
        {
            string copy = folder.Combine($"{i}");
            Copy(folder.Combine("whole"), copy);
            Damage damage = damages.Do(new LogLayout(copy), i);
            LogVerification result = LogVerifier.Verify(copy, new LogTrust(model.FirstKeyId) { Threads = 1 + (i % 2) });
            if (!IsTold(damage, result))
            {
                wrong.Add($"{damage}: {result.GetType().Name} {result.Log.Head.Size}\n  {string.Join("\n  ", result.Findings)}");
            }

            Directory.Delete(copy, recursive: true);
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} of {Count} told wrong\n{string.Join('\n', wrong.Take(20))}");
    }

    [Fact]
    public void Verify_CutInTheLast64KiB_IsTornOrTruncatedOrAsLongAsItIs()
    {
        int step = int.Parse(Environment.GetEnvironmentVariable("TARS_CUT_STEP") ?? "13", NumberStyles.None, CultureInfo.InvariantCulture);
        const int Checkpoint = 10;
        LogModel model = new LogModel(Seeds.Draw(), dataLength: 6000).Append(16);
        using TemporaryDirectory folder = new();
        model.Save(folder.Path, Checkpoint);
        string path = new LogLayout(folder.Path).Segment(0);
        long[] ends = [.. model.Lines.Select((_, i) => model.PlaceOf(i).Offset), new FileInfo(path).Length];
        Assert.True(ends[^1] > 65536 && ends[Checkpoint] > ends[^1] - 65536, "the cuts lie on both sides of the checkpoint");
        LogTrust trust = new(model.FirstKeyId);
        using FileStream file = new(path, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite, BufferSize = 0 });
        for (long length = ends[^1]; length >= ends[^1] - 65536; length--)
        {
            if (length % step != 0 && !ends.Any(end => Math.Abs(end - length) <= 2))
            {
                continue;
            }

            file.SetLength(length);
            int whole = Array.FindLastIndex(ends, end => end <= length);
            LogVerification result = LogVerifier.Verify(folder.Path, trust);
            Assert.Equal(whole, result.Log.Head.Size);
            LogFinding? finding = result.Findings.SingleOrDefault();
            Label label = whole < Checkpoint ? Label.Tampered : ends[whole] == length ? Label.Whole : Label.Torn;
            Assert.Equal((length, label), (length, LabelOf(result)));
            Assert.Equal(label == Label.Whole ? null : (label == Label.Torn ? LogFindingKind.Torn : LogFindingKind.Truncated, ends[whole], (long)whole), finding is null ? null : ((LogFindingKind, long, long)?)(finding.Kind, finding.ByteOffset!.Value, finding.Sequence!.Value));
        }
    }

    private static bool IsTold(Damage damage, LogVerification result) => LabelOf(result) == damage.Label && damage.Label switch
    {
        Label.Whole => result.Log.Head.Size == damage.Sequence && result.Log.LinesAfterCheckpoint == damage.Sequence - DamagedLogs.Covered,
        _ when damage.IsRange => result.Findings.Any(finding => finding.Kind == LogFindingKind.Rewritten && finding.Sequence <= damage.Sequence && damage.Sequence < finding.End),
        _ => result.Findings.Any(finding => finding.ByteOffset == damage.Offset && finding.Sequence == damage.Sequence),
    };

    private static Label LabelOf(LogVerification result) => result switch
    {
        LogVerification.Whole => Label.Whole,
        LogVerification.Torn => Label.Torn,
        _ => Label.Tampered,
    };

    private static void Copy(string from, string to)
    {
        foreach (string path in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, path));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(path, target);
        }
    }
}
