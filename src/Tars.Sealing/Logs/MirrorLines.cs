namespace Tars.Sealing.Logs;

/// <summary>The lines of a copy of the log, read beside the log's own.</summary>
internal sealed class MirrorLines : IDisposable
{
    private readonly LogLayout _layout;
    private readonly IReadOnlyList<long> _segments;
    private readonly IEnumerator<(ScannedLine Line, int Part)> _lines;
    private bool _isOpen;

    internal MirrorLines(LogLayout layout)
    {
        _layout = layout;
        _segments = layout.SegmentStarts();
        _lines = Lines().GetEnumerator();
        _isOpen = _lines.MoveNext();
    }

    /// <summary>Whether a folder holds lines.</summary>
    internal static bool IsIn(LogLayout layout) => layout.SegmentStarts().Count > 0;

    /// <summary>Compares the line of one place. The first difference ends the comparison.</summary>
    internal void Compare(in LinePlace place, TreeHash leaf, LineParts parts, FindingList findings)
    {
        while (_isOpen && _lines.Current.Line.Refusal is null && _lines.Current.Line.Line.Sequence < place.Sequence)
        {
            _isOpen = _lines.MoveNext();
        }

        if (!_isOpen || (_lines.Current.Line.Refusal is null && _lines.Current.Line.Line.Sequence != place.Sequence))
        {
            return;
        }

        (ScannedLine line, int part) = _lines.Current;
        if (line.Refusal is not null || line.Line.ActualHash != line.Line.CurrentHash)
        {
            findings.Add(new LogFinding(LogFindingKind.Malformed, PathOf(part), line.Offset, place.Sequence, "a copy of the log's line", line.Refusal ?? "a line that does not fit its hash"));
            _isOpen = false;
        }
        else if (line.Line.CurrentHash != leaf)
        {
            findings.Add(new LogFinding(
                LogFindingKind.Rewritten, parts.NameOf(place.Part), place.Offset, place.Sequence, $"sha256:{line.Line.CurrentHash}, as in {PathOf(part)}:{line.Offset}", $"sha256:{leaf}"));
            _isOpen = false;
        }
    }

    /// <summary>Lines of the copy after the log's last one, with the copy's name; null when there are none.</summary>
    internal (long Count, string File)? After(long size)
    {
        long count = 0;
        int part = 0;
        for (; _isOpen && _lines.Current.Line.Refusal is null; _isOpen = _lines.MoveNext())
        {
            (ScannedLine line, part) = _lines.Current;
            count += line.Line.Sequence >= size ? 1 : 0;
        }

        return count > 0 ? (count, PathOf(part)) : null;
    }

    public void Dispose() => _lines.Dispose();

    private string PathOf(int part) => _layout.Segment(_segments[part]);

    private IEnumerable<(ScannedLine Line, int Part)> Lines()
    {
        foreach (LineBlock block in LineBlocks.Read([.. _segments.Select(_layout.Segment)], threads: 1))
        {
            for (int i = 0; i < block.Lines.Length; i++)
            {
                yield return (block.Lines[i], block.Part);
            }
        }
    }
}
