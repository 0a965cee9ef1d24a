namespace Tars.Sealing.Logs;

/// <summary>Lines that say another sequence number than that of their place.</summary>
internal sealed partial class LineChain
{
    private Link? _rival; // a second line with the last one's number and the same predecessor: the next line tells which one belongs
    private int _rivalFinding;
    private Link? _stray; // a line that was passed over
    private (long Begin, long End, int Finding, CompactRangeAt Saved)? _gap;
    private long? _early; // the number of a line that came too early
    private int _earlyFinding;

    /// <summary>The tree up to a gap.</summary>
    private sealed record CompactRangeAt(CompactRange? Tree, TreeHash LastHash);

    /// <summary>Whether a line with another number than the next one is taken all the same; else it is passed over.</summary>
    private bool TakesPlace(in ScannedLine line, LineBlock block)
    {
        ref readonly EventLine says = ref line.Line;
        if (says.Sequence > Next)
        {
            OpenGap(line, block);
            return true;
        }

        if (_stray is { } stray && says.Sequence == stray.Place.Sequence + 1 && says.PreviousHash == stray.Hash)
        {
            Resume(stray);
            return true;
        }

        LinePlace place = new(says.Sequence, block.Part, line.Offset);
        Link link = new(place, says.CurrentHash, says.PreviousHash, IsBroken: false);
        if (_gap is { } gap && says.Sequence >= gap.Begin && says.Sequence < gap.End)
        {
            _findings.Change(gap.Finding, finding => finding with { Kind = LogFindingKind.Reordered });
        }
        else
        {
            int at = _findings.Add(new LogFinding(LogFindingKind.Inserted, _parts.NameOf(block.Part), line.Offset, says.Sequence, $"line {Next}", $"line {says.Sequence} once more"));
            if (!_isLastInTree && !_last.IsBroken && says.Sequence == _last.Place.Sequence && says.PreviousHash == _last.Previous && says.CurrentHash != _last.Hash)
            {
                (_rival, _rivalFinding) = (link, at);
            }
        }

        _stray = link;
        return false;
    }

    private void OpenGap(in ScannedLine line, LineBlock block)
    {
        ref readonly EventLine says = ref line.Line;
        long from = Next;
        TreeHash lastHash = _last.Hash;
        bool isKnown = !_isLastUnknown && !(_last.IsBroken && !_isLastInTree);
        Settle();
        CompactRangeAt saved = new(_tree.Save(), lastHash);
        bool isReturn = _early is { } early && from == early && says.Sequence == early + 1;
        if (isReturn)
        {
            _early = null; // it is the place that the early line has left
        }
        else
        {
            int finding = _findings.Add(new LogFinding(LogFindingKind.Removed, _parts.NameOf(block.Part), line.Offset, from, $"line {from}", $"line {says.Sequence}") { End = says.Sequence });
            _gap = (from, says.Sequence, finding, saved);
        }

        if (isKnown && says.Sequence == from + 1)
        {
            _tree.Append(new LinePlace(from, block.Part, line.Offset), says.PreviousHash);
        }
        else
        {
            _tree.Lose();
        }

        (Next, _isLastInTree, _isLastUnknown) = (says.Sequence, true, true);
    }

    /// <summary>Two lines that were passed over continue each other: the log goes on there.</summary>
    private void Resume(Link stray)
    {
        (_rival, _stray, _doubted) = (null, null, null);
        if (_gap is { } gap && stray.Place.Sequence == gap.Begin && stray.Previous == gap.Saved.LastHash)
        {
            _tree.Restore(gap.Saved.Tree);
            (_early, _earlyFinding) = (gap.End, gap.Finding);
        }
        else
        {
            _tree.Lose();
        }

        _gap = null;
        _last = stray;
        (_isLastInTree, _isLastUnknown) = (false, false);
        Next = stray.Place.Sequence + 1;
        _times.Forget();
    }

    /// <summary>A line that came too early comes in its place as well: the early one was a copy.</summary>
    private void ReturnOfEarly(long sequence)
    {
        if (_early is { } early && sequence >= early)
        {
            if (sequence == early)
            {
                _findings.Change(_earlyFinding, finding => finding with { Kind = LogFindingKind.Inserted, Sequence = early, End = null });
            }

            _early = null;
        }
    }

    private void ChooseRival(TreeHash previous)
    {
        if (_rival is { } rival && previous == rival.Hash)
        {
            Link first = _last;
            _findings.Change(_rivalFinding, finding => finding with { File = _parts.NameOf(first.Place.Part), ByteOffset = first.Place.Offset });
            _last = rival;
        }

        (_rival, _stray) = (null, null);
    }
}
