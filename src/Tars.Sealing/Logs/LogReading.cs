namespace Tars.Sealing.Logs;

/// <summary>Reads the lines of a log from the first to the last.</summary>
internal sealed class LogReading
{
    private readonly LineParts _parts;
    private readonly FindingList _findings;
    private readonly LineChain _chain;
    private readonly long _covered; // lines that a checkpoint covers: they were whole once
    private long _bytes;
    private int _removed;

    private LogReading(LineParts parts, LineChain chain, long covered, FindingList findings) => (_parts, _chain, _covered, _findings) = (parts, chain, covered, findings);

    /// <summary>What was read.</summary>
    internal required LogSummary Summary { get; set; }

    /// <summary>How the last file ends when it does not end with a line.</summary>
    internal (string File, LineEnd End)? Tail { get; private set; }

    /// <summary>Lines that mirrors have after the last one, and where.</summary>
    internal List<(long Count, string File)> MirroredAfter { get; } = [];

    /// <summary>Where the last line ends: the file, below the log's folder, and the offset.</summary>
    internal (string File, long Offset) LastEnd { get; private set; }

    /// <summary>Sizes at which segments other than the last one end.</summary>
    internal List<long> SegmentEnds { get; } = [];

    /// <summary>Reads all.</summary>
    internal static LogReading Read(LineParts parts, EpochChain epochs, LogNotes notes, LogTrust trust, FindingList findings)
    {
        List<MirrorLines> mirrors = [.. trust.Mirrors.Select(mirror => new LogLayout(mirror)).Where(MirrorLines.IsIn).Select(mirror => new MirrorLines(mirror))];
        try
        {
            LineTree tree = new(notes.Claims, mirrors, parts, findings);
            LineTimes times = new(notes.Marks, parts, findings);
            RemovalRecord removals = new(parts);
            LineChain chain = new(tree, parts, times, removals, findings, epochs.Epochs.Count > 0 && epochs.Epochs[0].Continues is { Size: > 0 });
            LogReading reading = new(parts, chain, notes.Claims.Select(claim => claim.Size).DefaultIfEmpty(0).Max(), findings) { Summary = new LogSummary { Head = new LogHead(0, null, default) } };
            reading.ReadLines(trust.Threads);
            chain.End();
            reading.MirroredAfter.AddRange(mirrors.Select(mirror => mirror.After(chain.Next)).OfType<(long Count, string File)>());
            reading.Summary = new LogSummary
            {
                LinesRead = chain.LinesRead,
                BytesRead = reading._bytes,
                Segments = parts.Segments.Count,
                Head = new LogHead(chain.Next, tree.Size == chain.Next ? tree.Root : null, chain.LastHash),
                First = times.First,
                Last = times.Last,
                FirstPreviousHash = chain.FirstPrevious,
                TornBytes = reading.Tail?.End.Length ?? 0,
                Removals = removals.Check(findings),
            };
            return reading;
        }
        finally
        {
            mirrors.ForEach(mirror => mirror.Dispose());
        }
    }

    private void ReadLines(int threads)
    {
        int part = -1;
        foreach (LineBlock block in LineBlocks.Read(_parts.Paths, threads))
        {
            if (block.Part != part)
            {
                part = block.Part;
                Begin(part);
            }

            if (AddUpToTorn(block))
            {
                break;
            }

            if (block.IsLast)
            {
                _bytes += block.RestOffset + block.Rest.Length + block.Unread;
                End(block);
            }
        }

        TakeRemoved(long.MaxValue);
    }

    /// <summary>Everything before a segment must be there.</summary>
    private void Begin(int part)
    {
        long first = _parts.Segments[part];
        TakeRemoved(first);
        string name = _parts.NameOf(part);
        if (first > _chain.Next)
        {
            TellMissing(first);
        }
        else if (first < _chain.Next)
        {
            _findings.Add(new LogFinding(LogFindingKind.Malformed, name, 0, first, $"a segment that begins with line {_chain.Next}, where the one before ends", $"line {first}"));
        }

        if (first % LogLayout.BlockLines != 0)
        {
            _findings.Add(new LogFinding(LogFindingKind.Malformed, name, 0, first, $"a segment that begins at a multiple of {LogLayout.BlockLines} lines", $"line {first}"));
        }

        if (part > 0)
        {
            SegmentEnds.Add(first);
        }
    }

    private void TakeRemoved(long before)
    {
        for (; _removed < _parts.Removed.Count && _parts.Removed[_removed].First < before; _removed++)
        {
            RemovedSegment removed = _parts.Removed[_removed];
            if (removed.First > _chain.Next)
            {
                TellMissing(removed.First);
            }

            if (removed.First < _chain.Next)
            {
                _findings.Add(new LogFinding(
                    LogFindingKind.RetentionAbused, _parts.NameOf(_parts.Layout.RemovedSegment(removed.First)), null, removed.First, $"removed lines from {_chain.Next} on, where the lines before end", $"from {removed.First} on")
                { End = removed.End });
                continue;
            }

            _chain.Add(removed);
            SegmentEnds.Add(removed.End);
        }
    }

    private void TellMissing(long until)
    {
        long from = _chain.Next;
        _findings.Add(new LogFinding(LogFindingKind.Missing, _parts.NameOf(_parts.Layout.Segment(from)), null, from, $"lines {from} to {until - 1}, or what stands for them in removed/", "neither") { End = until });
        _chain.Miss(until);
    }

    private void End(LineBlock block)
    {
        bool isLast = block.Part == _parts.Segments.Count - 1;
        LastEnd = (_parts.NameOf(block.Part), block.RestOffset);
        if (block.Rest.Length == 0 && block.Unread == 0)
        {
            return;
        }

        string name = _parts.NameOf(block.Part);
        LineEnd end = LineEnd.Of(Reader(block), block.RestOffset, block.Rest.Length + block.Unread, _chain.Next, _chain.KnownLastHash);
        if (isLast)
        {
            Tail = (name, end);
        }
        else
        {
            _findings.Add(new LogFinding(LogFindingKind.Malformed, name, end.Offset, _chain.Next, "a line feed at the end of a segment that another one follows", end.Found));
        }
    }

    /// <summary>
    /// Takes the lines of a block; in the last segment, and past every checkpoint, up to one that did not reach the disk as a whole, if all that follows is what a
    /// crash leaves.
    /// </summary>
    /// <returns>Whether the log ends in this block.</returns>
    private bool AddUpToTorn(LineBlock block)
    {
        int holed = block.Part == _parts.Segments.Count - 1 ? block.FirstWithZero() : -1;
        if (holed < 0)
        {
            _chain.Add(block, 0, block.Lines.Length);
            return false;
        }

        _chain.Add(block, 0, holed);
        long offset = block.Lines[holed].Offset;
        using FileStream file = LineBlocks.Open(_parts.Paths[block.Part]);
        LineEnd? end = _chain.Next < _covered ? null : LineEnd.Of((target, at) => RandomAccess.Read(file.SafeFileHandle, target, at), offset, file.Length - offset, _chain.Next, _chain.KnownLastHash);
        if (end is not { IsTorn: true })
        {
            _chain.Add(block, holed, block.Lines.Length);
            return false;
        }

        _bytes += offset + end.Length;
        (LastEnd, Tail) = ((_parts.NameOf(block.Part), offset), (_parts.NameOf(block.Part), end));
        return true;
    }

    /// <summary>What the block has read is not read again: a log that grows meanwhile is judged as it was.</summary>
    private ReadAt Reader(LineBlock block)
    {
        byte[] rest = block.Rest.ToArray();
        string path = _parts.Paths[block.Part];
        return (target, at) =>
        {
            int from = (int)Math.Min(at - block.RestOffset, rest.Length);
            int count = Math.Min(target.Length, rest.Length - from);
            if (count > 0)
            {
                rest.AsSpan(from, count).CopyTo(target);
                return count;
            }

            using FileStream file = LineBlocks.Open(path);
            return RandomAccess.Read(file.SafeFileHandle, target, at);
        };
    }
}
