using Tars.Sealing.Logs;
using Tars.TestKit;

namespace Tars.Sealing.Tests.Logs;

/// <summary>The fifteen classes of tampering of docs/threat-model.md: each is found by an auditor who asks two witnesses, and told by its name.</summary>
public sealed class TamperingClassTests
{
    [Fact]
    public void FlippedBit_IsFound() => Finds("a bit flipped");

    [Fact]
    public void InsertedLine_IsFound() => Finds("a line inserted");

    [Fact]
    public void DeletedLine_IsFound() => Finds("a line deleted");

    [Fact]
    public void ReorderedLines_AreFound() => Finds("lines reordered");

    [Fact]
    public void CutEnd_IsFound() => Finds("the end cut");

    [Fact]
    public void EmptiedLog_IsFound() => Finds("emptied");

    [Fact]
    public void DeletedFile_IsFound() => Finds("a file deleted");

    [Fact]
    public void RolledBackLog_IsFound() => Finds("rolled back");

    [Fact]
    public void ForkedLog_IsFound() => Finds("forked");

    [Fact]
    public void RewrittenWithTheCurrentKey_IsFound() => Finds("rewritten with the current key");

    [Fact]
    public void BackdatedLine_IsFound() => Finds("backdated");

    [Fact]
    public void SwappedCheckpoint_IsFound() => Finds("the checkpoint swapped");

    [Fact]
    public void SwappedKey_IsFound() => Finds("the key swapped");

    [Fact]
    public void AbusedRetention_IsFound() => Finds("retention abused");

    [Fact]
    public void SplicedFromAnotherLog_IsFound() => Finds("spliced from another log");

    [Fact]
    public void Verify_NothingDone_IsWholeForEveryAuditor()
    {
        using AttackedLog log = new();
        foreach (Anchors anchors in Enum.GetValues<Anchors>())
        {
            LogVerification result = log.Verify(anchors);
            Assert.True(result is LogVerification.Whole, Told(result));
            Assert.Equal((600L, 600L, 0L), (result.Log.Head.Size, result.Log.NewestCheckpoint!.Size, result.Log.LinesAfterCheckpoint));
            Assert.Equal(log.Model.Root(600), result.Log.Head.Root!.Value.ToArray());
        }
    }

    [Fact]
    public void ThreatModel_TableOfClasses_IsWhatIsMeasured()
    {
        string[] rows = [.. File.ReadAllLines(RepositoryRoot.PathOf("docs/threat-model.md")).SkipWhile(line => !line.StartsWith("| tampering ", StringComparison.Ordinal)).Skip(2).TakeWhile(line => line.StartsWith('|'))];
        Assert.Equal(Attack.All.Select(Row), rows);
    }

    private static string Row(Attack attack)
    {
        bool Found(Anchors anchors)
        {
            using AttackedLog log = new();
            attack.Do(log);
            return log.Verify(anchors) is LogVerification.Tampered;
        }

        bool[] one = [Found(Anchors.WitnessA), Found(Anchors.WitnessB)];
        string either = one.All(found => found) ? "found" : one.Any(found => found) ? "by one of the two" : "no";
        return $"| {attack.Name} | {Word(Found(Anchors.TwoWitnesses))} | {either} | {Word(Found(Anchors.Mirror))} | {Word(Found(Anchors.None))} |";

        static string Word(bool found) => found ? "found" : "no";
    }

    private static void Finds(string name)
    {
        using AttackedLog log = new();
        Attack attack = Attack.Named(name);
        attack.Do(log);
        LogVerification result = log.Verify(Anchors.TwoWitnesses);
        Assert.True(result is LogVerification.Tampered && result.Findings.Any(finding => attack.Kinds.Contains(finding.Kind)), Told(result));
    }

    private static string Told(LogVerification result) => $"{result.GetType().Name}\n{string.Join('\n', result.Findings)}";
}
