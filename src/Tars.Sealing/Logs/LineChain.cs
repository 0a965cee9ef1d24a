namespace Tars.Sealing.Logs;

/// <summary>
/// Follows the lines: each names the hash of the one before, fits its own hash, and stands in its place and time. A line goes into the tree one step
/// late, when the next one has said what its hash is: so a line that was changed is told as that line, and the roots after it can still be compared.
/// </summary>
internal sealed partial class LineChain
{
    private readonly LineTree _tree;
    private readonly LineParts _parts;
    private readonly LineTimes _times;
    private readonly RemovalRecord _removals;
    private readonly FindingList _findings;
    private readonly bool _isContinued;

    private Link _last;
    private Link? _doubted; // the line before the last one, when the last one does not continue it
    private bool _isLastInTree = true; // there is none, or it was removed
    private bool _isLastUnknown; // lines are missing here

    internal LineChain(LineTree tree, LineParts parts, LineTimes times, RemovalRecord removals, FindingList findings, bool isContinued)
    {
        (_tree, _parts, _times, _removals, _findings, _isContinued) = (tree, parts, times, removals, findings, isContinued);
    }

    /// <summary>A line that was read.</summary>
    /// <param name="Place">Where.</param>
    /// <param name="Hash">Its hash.</param>
    /// <param name="Previous">What it names as the hash before.</param>
    /// <param name="IsBroken">Whether its own hash does not fit or its form is another: the next line tells what its hash was.</param>
    private readonly record struct Link(LinePlace Place, TreeHash Hash, TreeHash Previous, bool IsBroken);

    /// <summary>The sequence number of the line that comes next.</summary>
    internal long Next { get; private set; }

    /// <summary>Lines read.</summary>
    internal long LinesRead { get; private set; }

    /// <summary>The hash of the last line.</summary>
    internal TreeHash LastHash => _last.Hash;

    /// <summary>The hash that the next line has to name; null when it is not known.</summary>
    internal TreeHash? KnownLastHash => _isLastUnknown || _last.IsBroken || (Next == 0 && _isContinued) ? null : _last.Hash;

    /// <summary>What the first line names as the hash before it.</summary>
    internal TreeHash? FirstPrevious { get; private set; }

    private bool IsUsual => !_isLastInTree && !_last.IsBroken && _doubted is null && _rival is null && _stray is null && _early is null;

    /// <summary>Takes some of the lines of a block.</summary>
    internal void Add(LineBlock block, int from, int to)
    {
        ReadOnlySpan<ScannedLine> lines = block.Lines[..to];
        for (int i = from; i < lines.Length; i++)
        {
            ref readonly ScannedLine line = ref lines[i];
            LinesRead++;
            if (line.Refusal is null && line.Line.Sequence == Next && line.Line.PreviousHash == _last.Hash && line.Line.ActualHash == line.Line.CurrentHash && IsUsual)
            {
                _tree.Append(_last.Place, _last.Hash);
                Take(line, block);
            }
            else
            {
                AddUnusual(line, block);
            }
        }
    }

    /// <summary>Lines are missing up to here.</summary>
    internal void Miss(long until)
    {
        Settle();
        _tree.Lose();
        (Next, _isLastInTree, _isLastUnknown) = (until, true, true);
    }

    /// <summary>Takes what stands for removed lines, which begin where the lines before ended.</summary>
    internal void Add(RemovedSegment removed)
    {
        Settle();
        _tree.Append(removed);
        _times.Add(removed);
        _last = new Link(new LinePlace(removed.End - 1, -1, 0), removed.LastHash, default, IsBroken: false);
        (Next, _isLastInTree, _isLastUnknown) = (removed.End, true, false);
    }

    /// <summary>After the last line.</summary>
    internal void End()
    {
        Settle();
        _isLastInTree = true;
        _tree.TellBreaks();
    }

    /// <summary>A line in its place.</summary>
    private void Take(in ScannedLine line, LineBlock block)
    {
        LinePlace place = new(Next, block.Part, line.Offset);
        _times.Add(place, line.Line.Timestamp, block.EventIdOf(line));
        if (block.FromTypeOf(line).StartsWith(RemovalRecord.EventType))
        {
            _removals.Saw(line.Line.Sequence, block.MemoryOf(line));
        }

        _last = new Link(place, line.Line.CurrentHash, line.Line.PreviousHash, IsBroken: false);
        (_isLastInTree, _isLastUnknown) = (false, false);
        Next = line.Line.Sequence + 1;
    }

    private void AddUnusual(in ScannedLine line, LineBlock block)
    {
        ref readonly EventLine says = ref line.Line;
        if (line.Refusal is not null || says.ActualHash != says.CurrentHash)
        {
            TakeBroken(line, block);
            return;
        }

        if (says.Sequence != Next && !TakesPlace(line, block))
        {
            return;
        }

        ReturnOfEarly(says.Sequence);
        ChooseRival(says.PreviousHash);
        if (_isLastInTree)
        {
            Begin(line, block);
        }
        else if (_last.IsBroken)
        {
            SettleDoubted();
            _tree.Append(_last.Place, says.PreviousHash);
        }
        else if (says.PreviousHash == _last.Hash)
        {
            SettleDoubted();
            _tree.Append(_last.Place, _last.Hash);
        }
        else if (_doubted is { } before)
        {
            // The line between fits neither neighbour, and its neighbours may be those of each other.
            _tree.Append(before.Place, before.Hash);
            _tree.Append(_last.Place, says.PreviousHash);
            _doubted = null;
            _findings.Add(new LogFinding(LogFindingKind.Spliced, _parts.NameOf(_last.Place.Part), _last.Place.Offset, _last.Place.Sequence, $"a line after sha256:{before.Hash}", $"one after sha256:{_last.Previous}"));
        }
        else
        {
            _doubted = _last;
        }

        Take(line, block);
    }

    /// <summary>The first line, or the first one after a part that is not there.</summary>
    private void Begin(in ScannedLine line, LineBlock block)
    {
        ref readonly EventLine says = ref line.Line;
        if (Next == 0)
        {
            FirstPrevious = says.PreviousHash;
            if (says.PreviousHash == default == _isContinued)
            {
                _findings.Add(new LogFinding(
                    LogFindingKind.Spliced, _parts.NameOf(block.Part), line.Offset, 0,
                    _isContinued ? "the last hash of the log that this one continues, as its first epoch says" : "a first line after no other: zeroes as previous_hash", $"sha256:{says.PreviousHash}"));
            }
        }
        else if (!_isLastUnknown && says.PreviousHash != _last.Hash)
        {
            _findings.Add(new LogFinding(
                LogFindingKind.RetentionAbused, _parts.NameOf(block.Part), line.Offset, says.Sequence, $"sha256:{_last.Hash} as previous_hash, the last hash of the removed segment", $"sha256:{says.PreviousHash}"));
        }
    }

    /// <summary>A line of another form, or one that does not fit its hash, stands where it stands.</summary>
    private void TakeBroken(in ScannedLine line, LineBlock block)
    {
        LinePlace place = new(Next, block.Part, line.Offset);
        bool isForm = line.Refusal is not null;
        TreeHash previous = isForm ? _last.Hash : line.Line.PreviousHash;
        if (_last.IsBroken && isForm && !_isLastInTree)
        {
            SettleDoubted();
            _tree.Lose(); // two in a row: nobody says what the first one's hash was
        }
        else if (!_isLastInTree)
        {
            SettleDoubted();
            _tree.Append(_last.Place, _last.IsBroken ? previous : _last.Hash);
        }

        _findings.Add(isForm
            ? new LogFinding(LogFindingKind.Malformed, _parts.NameOf(block.Part), line.Offset, Next, "a line of the documented form", line.Refusal!)
            : new LogFinding(LogFindingKind.Rewritten, _parts.NameOf(block.Part), line.Offset, Next, $"sha256:{line.Line.CurrentHash}, as the line says", $"sha256:{line.Line.ActualHash}"));
        (_rival, _stray) = (null, null);
        _last = new Link(place, default, previous, IsBroken: true);
        (_isLastInTree, _isLastUnknown) = (false, false);
        Next++;
    }

    private void SettleDoubted()
    {
        if (_doubted is { } doubted)
        {
            _tree.AddBreak(doubted.Place, _last.Place, $"sha256:{_last.Previous}, as the next line names it", $"sha256:{doubted.Hash}");
            _tree.Append(doubted.Place, _last.Previous);
            _doubted = null;
        }
    }

    /// <summary>Puts what is held into the tree: no further line will tell of it.</summary>
    private void Settle()
    {
        SettleDoubted();
        if (!_isLastInTree && _last.IsBroken)
        {
            _tree.Lose();
        }
        else if (!_isLastInTree)
        {
            _tree.Append(_last.Place, _last.Hash);
        }

        (_rival, _stray) = (null, null);
    }
}
