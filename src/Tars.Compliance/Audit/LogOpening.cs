using Tars.Sealing.Logs;

namespace Tars.Compliance.Audit;

/// <summary>
/// Reads a log's end when it is opened, under its lock. The tree is put together from the index and, from a few blocks before the newest checkpoint
/// on, from the lines themselves; the root that comes out must be the one that was signed.
/// </summary>
internal static class LogOpening
{
    // Lines before the checkpoint that are read and not believed: a changed line is then met where it stands.
    private const int ReadBlocks = 16;

    /// <summary>The end of the log.</summary>
    /// <param name="layout">The log.</param>
    /// <param name="epoch">Its newest epoch.</param>
    /// <param name="open">Opens a segment.</param>
    /// <param name="continued">In a new log that continues another one, and has no lines yet: the last hash of that one.</param>
    /// <param name="torn">What was moved aside; null when nothing was.</param>
    /// <exception cref="AuditLogException">The lines are not those that were signed.</exception>
    public static LogTail Read(LogLayout layout, EpochNote epoch, Func<string, LogFile> open, TreeHash? continued, out TornTail? torn)
    {
        Checkpoint signed = CheckpointFile.ReadNewest(layout, epoch).Checkpoint;
        long firstRead = Math.Max(0, (((signed.Size - 1) / LogLayout.BlockLines) - ReadBlocks) * LogLayout.BlockLines);
        try
        {
            return Read(layout, open, signed, firstRead, continued, out torn);
        }
        catch (AuditLogException exception) when (exception.IsFrozen && firstRead > 0)
        {
            // The index may be at fault: it is made anew, and every line is read.
            return Read(layout, open, signed, 0, continued, out torn);
        }
    }

    private static LogTail Read(LogLayout layout, Func<string, LogFile> open, Checkpoint signed, long firstRead, TreeHash? continued, out TornTail? torn)
    {
        torn = null;
        IReadOnlyList<long> starts = layout.SegmentStarts();
        HashSet<long> removed = [.. layout.RemovedStarts().Except(starts)]; // a removal that was killed has left the segment as well
        LogTail tail = new(layout, open);
        try
        {
            bool isSigned = signed.Size == 0 && signed.Root == TreeHash.Empty;
            if (EpochKey.ReadNote(layout, 1).Epoch.Continues is null)
            {
                tail.Follow(default);
            }
            else if (continued is { } last)
            {
                tail.Follow(last);
            }

            for (int i = 0; i < starts.Count; i++)
            {
                SkipRemoved(tail, removed);
                if (starts[i] != tail.Next)
                {
                    throw FrozenLog.Damage(layout.Segment(starts[i]), $"the segment before it ends after {tail.Next} lines: lines are missing between them", sequence: tail.Next);
                }

                bool isLast = i == starts.Count - 1;
                ReadSegment(tail, starts[i], isLast ? null : starts[i + 1], firstRead);
                torn = tail.ReadOn(isLast, reached => isSigned |= IsSigned(reached, signed)) ?? torn;
            }

            if (starts.Count == 0)
            {
                SkipRemoved(tail, removed);
                tail.OpenSegment(tail.Next);
            }

            if (tail.Next < signed.Size)
            {
                throw FrozenLog.Damage(
                    tail.File.Path, $"lines were cut off: {tail.Next} lines are there, and a checkpoint over {signed.Size} lines was signed", tail.Length, tail.Next);
            }

            return isSigned ? tail : throw FrozenLog.Damage(
                layout.Checkpoint, $"the first {signed.Size} lines do not give the root that was signed: lines were changed", sequence: signed.Size - 1);
        }
        catch
        {
            tail.Dispose();
            throw;
        }
    }

    private static bool IsSigned(LogTail tail, Checkpoint signed) => tail.Next == signed.Size && tail.Root() == signed.Root;

    private static void SkipRemoved(LogTail tail, HashSet<long> removed)
    {
        while (removed.Contains(tail.Next))
        {
            RemovedSegment gone = RemovedSegment.Read(tail.Layout, tail.Next);
            foreach (Subtree subtree in gone.Subtrees)
            {
                tail.Skip(subtree, gone.LastHash);
            }
        }
    }

    private static void ReadSegment(LogTail tail, long segment, long? next, long firstRead)
    {
        tail.OpenSegment(segment);
        byte[] index = BlockIndex.Read(tail.Layout, segment, tail.File.Length);
        DateTimeOffset began = default;
        long offset = 0;
        for (int at = 0; at < index.Length && tail.Next < firstRead; at += BlockRecord.Length)
        {
            BlockRecord block = BlockRecord.Parse(index.AsSpan(at, BlockRecord.Length));
            began = at == 0 ? block.From : began;
            offset = block.End;
            tail.Skip(new Subtree(8, block.First / LogLayout.BlockLines, block.Hash));
        }

        if (offset > 0)
        {
            tail.SkipTo(offset, began, trim: next is null || tail.Next < next);
        }
    }
}
