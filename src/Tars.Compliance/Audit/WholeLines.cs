using System.Text.Json.Nodes;
using Tars.Sealing.Logs;

namespace Tars.Compliance.Audit;

/// <summary>How much of a log can be relied on: up to the first line that does not fit, and not past the last signed root that its lines give.</summary>
/// <param name="Log">Origin, lines and root.</param>
/// <param name="LastHash">The hash of the last of these lines.</param>
/// <param name="Damage">What follows them; null when nothing is wrong.</param>
internal sealed record WholeLines(ContinuedLog Log, TreeHash LastHash, string? Damage)
{
    /// <summary>Reads a log from its first line on; nothing of it is changed.</summary>
    public static WholeLines Of(LogLayout layout)
    {
        (SignedNote first, EpochNote epoch) = File.Exists(layout.Epoch(1))
            ? EpochKey.ReadNote(layout, 1)
            : throw new AuditLogException(layout.Root, "there is no audit log");
        if (epoch.NoteKey.Verify(first) != NoteVerdict.Verified)
        {
            throw new AuditLogException(layout.Epoch(1), "the log's first key has not signed it: the log cannot be continued", "bring the file back from a copy");
        }

        Dictionary<long, TreeHash> signed = Signed(layout, epoch);
        WholeLines proven = new(new ContinuedLog(epoch.Origin, 0, TreeHash.Empty), default, null);
        CompactRange tree = new();
        TreeHash last = default;
        bool isFirst = epoch.Continues is not null;
        string? damage = null;
        while (damage is null)
        {
            long start = tree.End;
            if (File.Exists(layout.Segment(start)))
            {
                damage = Read(layout, tree, ref last, ref isFirst, signed, ref proven);
            }
            else if (File.Exists(layout.RemovedSegment(start)))
            {
                RemovedSegment gone = RemovedSegment.Read(layout, start);
                foreach (Subtree subtree in gone.Subtrees)
                {
                    tree.Append(subtree);
                }

                (last, isFirst) = (gone.LastHash, false);
                proven = Prove(proven, tree, last, signed);
            }

            if (tree.End == start)
            {
                break;
            }
        }

        long most = signed.Keys.Max();
        damage ??= tree.End < most ? $"{tree.End} lines are there, and a checkpoint over {most} lines was signed" : null;
        bool isProven = !signed.Any(one => one.Key <= tree.End && one.Key > proven.Log.Size);
        return isProven
            ? new WholeLines(new ContinuedLog(epoch.Origin, tree.End, tree.Root()), last, damage)
            : proven with { Damage = damage ?? "the lines do not give a root that was signed" };
    }

    /// <summary>The first line of the log that continues this one.</summary>
    public AuditEvent ToEvent(AuditActor? by)
    {
        JsonObject data = new() { ["origin"] = Log.Origin, ["size"] = Log.Size, ["root"] = Log.Root.ToBase64() };
        if (Damage is not null)
        {
            data["damage"] = Damage;
        }

        return new AuditEvent { Type = "log.continued", Outcome = AuditOutcome.Success, Actor = by ?? LogActor.Self, Data = AuditData.Of(data) };
    }

    /// <summary>The roots that keys of this log have signed, by size: those of its epochs and its newest checkpoint.</summary>
    private static Dictionary<long, TreeHash> Signed(LogLayout layout, EpochNote epoch)
    {
        Dictionary<long, TreeHash> signed = new() { [0] = TreeHash.Empty };
        try
        {
            for (int number = 2; File.Exists(layout.Epoch(number)); number++)
            {
                (SignedNote note, EpochNote next) = EpochKey.ReadNote(layout, number);
                if (epoch.NoteKey.Verify(note) != NoteVerdict.Verified)
                {
                    return signed;
                }

                signed[next.Size] = next.Root;
                epoch = next;
            }

            Checkpoint newest = CheckpointFile.ReadNewest(layout, epoch).Checkpoint;
            signed[newest.Size] = newest.Root;
        }
        catch (AuditLogException)
        {
            // What is damaged proves nothing; what was signed before it does.
        }

        return signed;
    }

    private static string? Read(LogLayout layout, CompactRange tree, ref TreeHash last, ref bool isFirst, Dictionary<long, TreeHash> signed, ref WholeLines proven)
    {
        string path = layout.Segment(tree.End);
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        LineScanner scanner = new((target, at) => RandomAccess.Read(file.SafeFileHandle, target.Span, at), 0);
        while (scanner.TryNext(out Span<byte> prefixed))
        {
            if (!EventLine.TryRead(prefixed, out EventLine line, out string? refusal)
                || line.Sequence != tree.End || line.ActualHash != line.CurrentHash || (!isFirst && line.PreviousHash != last))
            {
                return $"line {tree.End} does not fit: {refusal ?? "its place, its hash or its predecessor is another"}";
            }

            (last, isFirst) = (line.CurrentHash, false);
            tree.Append(line.CurrentHash);
            proven = Prove(proven, tree, last, signed);
        }

        return null;
    }

    private static WholeLines Prove(WholeLines proven, CompactRange tree, TreeHash last, Dictionary<long, TreeHash> signed) =>
        signed.TryGetValue(tree.End, out TreeHash root) && root == tree.Root()
            ? new WholeLines(proven.Log with { Size = tree.End, Root = root }, last, null)
            : proven;
}
