using Tars.Sealing.Logs;

namespace Tars.Sealing.Tests.Logs;

/// <summary>One class of tampering, done as well as the attacker named can do it.</summary>
/// <param name="Name">As docs/threat-model.md names it.</param>
/// <param name="Do">Does it.</param>
/// <param name="Kinds">What a verifier may call it; one of these must be among the findings.</param>
internal sealed record Attack(string Name, Action<AttackedLog> Do, params LogFindingKind[] Kinds)
{
    /// <summary>The fifteen classes. Some need the log's current key, which the attacker has then.</summary>
    internal static readonly Attack[] All =
    [
        new("a bit flipped", log => log.Edit(log.Model.PlaceOf(300).File, bytes => Flip(bytes, log.Model.PlaceOf(300).Offset + 200, 3)), LogFindingKind.Rewritten),
        new("a line inserted", Insert, LogFindingKind.Rewritten),
        new("a line deleted", log => Rechain(log, () => log.Model.Events.RemoveAt(450), 450), LogFindingKind.Rewritten, LogFindingKind.Truncated),
        new("lines reordered", Reorder, LogFindingKind.Rewritten),
        new("the end cut", log => Cut(log, 560), LogFindingKind.Truncated),
        new("emptied", Empty, LogFindingKind.Truncated),
        new("a file deleted", log => File.Delete(log.Layout.Segment(256)), LogFindingKind.Missing),
        new("rolled back", RollBack, LogFindingKind.RolledBack),
        new("forked", Fork, LogFindingKind.Forked),
        new("rewritten with the current key", RewriteWithKey, LogFindingKind.Forked),
        new("backdated", Backdate, LogFindingKind.Backdated),
        new("the checkpoint swapped", log => File.Copy(log.Layout.CheckpointOf(512), log.Layout.Checkpoint, overwrite: true), LogFindingKind.CheckpointSwapped),
        new("the key swapped", SwapKey, LogFindingKind.WrongKey),
        new("retention abused", log => LogModel.RemoveSegment(log.Log, 0, log.Model.RemovalOf(0)), LogFindingKind.RetentionAbused),
        new("spliced from another log", Splice, LogFindingKind.Spliced),
    ];

    internal static Attack Named(string name) => All.Single(attack => attack.Name == name);

    internal static byte[] Flip(byte[] bytes, long at, int bit)
    {
        bytes[at] ^= (byte)(1 << bit);
        return bytes;
    }

    /// <summary>Changes the events and chains all later lines again; nothing is signed again.</summary>
    private static void Rechain(AttackedLog log, Action change, int from)
    {
        change();
        log.Model.Chain(from);
        log.Model.SaveSegments(log.Log);
    }

    private static void Insert(AttackedLog log) =>
        Rechain(log, () => log.Model.Events.Insert(450, log.Model.NewEvent("access.granted", log.Model.Events[449].Time.AddMilliseconds(500))), 450);

    private static void Reorder(AttackedLog log) => Rechain(
        log,
        () =>
        {
            // What was done is told in another order; the times and ids stay in theirs.
            (ModelEvent one, ModelEvent two) = (log.Model.Events[450], log.Model.Events[451]);
            log.Model.Events[450] = one with { Type = "run.outcome", Members = two.Members };
            log.Model.Events[451] = two with { Members = one.Members };
        },
        450);

    private static void Cut(AttackedLog log, int size)
    {
        (string file, long offset) = log.Model.PlaceOf(size);
        log.Edit(file, bytes => bytes[..(int)offset]);
    }

    private static void Empty(AttackedLog log)
    {
        foreach (long first in log.Model.Segments)
        {
            File.WriteAllBytes(log.Layout.Segment(first), []);
        }
    }

    /// <summary>The folder as it was at 512 lines, when a segment had just ended.</summary>
    private static void RollBack(AttackedLog log)
    {
        File.Delete(log.Layout.Segment(512));
        File.Copy(log.Layout.CheckpointOf(512), log.Layout.Checkpoint, overwrite: true);
        Directory.Delete(log.Layout.Witnesses, recursive: true);
    }

    /// <summary>Two histories under one key: A sees one, B, the mirror and the auditor the other.</summary>
    private static void Fork(AttackedLog log)
    {
        DateTimeOffset now = log.Model.Clock.AddSeconds(2);
        log.Model.Append(5);
        log.WitnessA.Cosign(log.Model.Note(605), now);
        log.Model.Events.RemoveRange(602, 3);
        log.Model.Events.AddRange(Enumerable.Range(0, 6).Select(i => log.Model.NewEvent("run.outcome", log.Model.Events[601].Time.AddMilliseconds(400 * (i + 1)))));
        log.Model.Chain(602);
        Directory.Delete(log.Layout.Witnesses, recursive: true);
        log.Model.Save(log.Log);
        log.WitnessB.Cosign(log.Model.Note(log.Model.Size), now.AddSeconds(1), log.Log);
        log.Copy();
    }

    /// <summary>Whatever the current epoch has written is written anew and signed by its key.</summary>
    private static void RewriteWithKey(AttackedLog log)
    {
        log.Model.Events[550] = log.Model.Events[550] with { Members = ",\"outcome\":\"failure\"" };
        log.Model.Chain(550);
        Directory.Delete(log.Layout.Witnesses, recursive: true);
        log.Model.Save(log.Log);
    }

    /// <summary>Six quiet hours, in which the witnesses see the log as it is; then a line that says it was written at their beginning, and all is signed and cosigned.</summary>
    private static void Backdate(AttackedLog log)
    {
        DateTimeOffset before = log.Model.Clock;
        DateTimeOffset now = before.AddHours(6);
        log.Publish(now);
        log.Model.Events.Add(log.Model.NewEvent("access.granted", before.AddSeconds(30)));
        log.Model.Chain(600);
        log.Model.Save(log.Log);
        log.Publish(now.AddSeconds(2));
    }

    /// <summary>A whole log of the attacker's own, with the same name and the same events.</summary>
    private static void SwapKey(AttackedLog log)
    {
        LogModel own = AttackedLog.Sample(1);
        Directory.Delete(log.Log, recursive: true);
        own.Save(log.Log);
    }

    /// <summary>Lines 300 to 319 of another log with the same places.</summary>
    private static void Splice(AttackedLog log)
    {
        LogModel other = AttackedLog.Sample(2, "audit.example.org/other");
        (string file, long from) = log.Model.PlaceOf(300);
        long to = log.Model.PlaceOf(320).Offset;
        log.Edit(file, bytes => [.. bytes[..(int)from], .. other.Lines.Skip(300).Take(20).SelectMany(line => line), .. bytes[(int)to..]]);
    }
}
