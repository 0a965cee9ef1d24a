namespace Tars.Sealing.Logs;

/// <summary>What retention removed, and the lines that say so.</summary>
internal sealed class RemovalRecord(LineParts parts)
{
    private readonly Dictionary<long, (long Event, RemovedSegment Says)> _events = [];

    /// <summary>The type of a line that tells of a removal, with the quotation mark after it.</summary>
    internal static ReadOnlySpan<byte> EventType => "retention.removed\""u8;

    /// <summary>Such a line, whose hashes hold. Of several about one segment, one that says what its file says counts.</summary>
    internal void Saw(long sequence, ReadOnlyMemory<byte> line)
    {
        if (RemovedSegment.TryParseEvent(line, out RemovedSegment? says) && parts.Removed.FirstOrDefault(one => one.First == says.First) is { } file
            && sequence >= says.End && (!_events.TryGetValue(says.First, out (long Event, RemovedSegment Says) before) || !before.Says.Says(file)))
        {
            _events[says.First] = (sequence, says);
        }
    }

    /// <summary>The removals that a line vouches for; the others are told.</summary>
    internal IReadOnlyList<LogRemoval> Check(FindingList findings)
    {
        List<LogRemoval> removals = [];
        foreach (RemovedSegment file in parts.Removed)
        {
            string name = parts.NameOf(parts.Layout.RemovedSegment(file.First));
            bool isTold = _events.TryGetValue(file.First, out (long Event, RemovedSegment Says) told);
            if (isTold && told.Says.Says(file))
            {
                removals.Add(new LogRemoval(file.First, file.End, file.From, file.To, file.SegmentSha256, told.Event));
            }
            else
            {
                findings.Add(new LogFinding(
                    LogFindingKind.RetentionAbused, name, null, file.First, "a later line of type retention.removed that says the same", isTold ? $"line {told.Event}, which says otherwise" : "none")
                { End = file.End });
            }
        }

        return removals;
    }
}
