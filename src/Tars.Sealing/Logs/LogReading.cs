namespace Tars.Sealing.Logs;

/// <summary>Reads the lines of a log from the first to the last.</summary>
internal sealed class LogReading
{
    private readonly LineParts _parts;
    private readonly FindingList _findings;
    private readonly LineChain _chain;
    private long _bytes;
    private int _removed;

    private LogReading(LineParts parts, LineChain chain, FindingList findings) => (_parts, _chain, _findings) = (parts, chain, findings);

    /// <summary>What was read.</summary>
    internal required LogSummary Summary { get; set; }

    /// <summary>How the last file ends when it does not end with a line.</summary>
    internal LineTail? Tail { get; private set; }

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
            LogReading reading = new(parts, chain, findings) { Summary = new LogSummary { Head = new LogHead(0, null, default) } };
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
                TornBytes = reading.Tail?.Length ?? 0,
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

            _chain.Add(block);
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

        LineTail tail = LineTail.Of(block, _parts.Paths[block.Part], _parts.NameOf(block.Part), _chain.Next);
        if (isLast)
        {
            Tail = tail;
        }
        else
        {
            _findings.Add(new LogFinding(LogFindingKind.Malformed, tail.File, tail.Offset, _chain.Next, "a line feed at the end of a segment that another one follows", tail.Found));
        }
    }
}
