namespace Tars.Sealing.Logs;

/// <summary>The tree over the lines that were read, and what was signed of it: each claim is compared when the tree has its size.</summary>
internal sealed class LineTree
{
    private readonly RootClaim[] _claims;
    private readonly List<MirrorLines> _mirrors;
    private readonly List<(LinePlace Blamed, LinePlace Break, string Expected, string Found)> _breaks = [];
    private readonly LineParts _parts;
    private readonly FindingList _findings;
    private CompactRange? _tree = new();
    private int _next;
    private LinePlace? _uncovered;
    private long _covered;

    internal LineTree(IEnumerable<RootClaim> claims, List<MirrorLines> mirrors, LineParts parts, FindingList findings)
    {
        _claims = [.. claims.OrderBy(claim => claim.Size)];
        (_mirrors, _parts, _findings) = (mirrors, parts, findings);
        Compare();
    }

    /// <summary>The root over all lines; null when a hash is not known.</summary>
    internal TreeHash? Root => _tree?.Root();

    /// <summary>Lines in the tree; no more are added once a hash is not known.</summary>
    internal long Size => _tree?.End ?? -1;

    /// <summary>Where the lines begin that no fitting claim covers; null when no such line has been read.</summary>
    internal LinePlace? Uncovered => _uncovered;

    internal void Append(in LinePlace place, TreeHash leaf)
    {
        foreach (MirrorLines mirror in _mirrors)
        {
            mirror.Compare(place, leaf, _parts, _findings);
        }

        if (_tree is null)
        {
            return;
        }

        if (place.Sequence == _covered)
        {
            _uncovered = place;
        }

        _tree.Append(leaf);
        if (_next < _claims.Length && _claims[_next].Size == _tree.End)
        {
            Compare();
        }
    }

    /// <summary>Appends what stands for removed lines. Claims about sizes between cannot be compared.</summary>
    internal void Append(RemovedSegment removed)
    {
        if (_tree is null)
        {
            return;
        }

        foreach (Subtree subtree in removed.Subtrees())
        {
            _tree.Append(subtree);
            while (_next < _claims.Length && _claims[_next].Size < _tree.End)
            {
                _next++;
            }

            Compare();
        }
    }

    /// <summary>A line's hash is not known: no root can be computed any more.</summary>
    internal void Lose() => _tree = null;

    /// <summary>The tree as it is, to come back to.</summary>
    internal CompactRange? Save() => _tree?.Clone();

    /// <summary>Back to a tree that was saved.</summary>
    internal void Restore(CompactRange? saved) => _tree = saved?.Clone();

    /// <summary>Between these two lines the chain is broken; a root that fits will tell which of them was changed.</summary>
    internal void AddBreak(LinePlace blamed, LinePlace at, string expected, string found) => _breaks.Add((blamed, at, expected, found));

    /// <summary>Tells the breaks that no root has explained.</summary>
    internal void TellBreaks()
    {
        bool refuted = _tree is null || _claims.Any(claim => claim.Fits == false) || _breaks.Count > 1;
        for (int i = 0; i < _breaks.Count; i++)
        {
            (LinePlace blamed, LinePlace at, string expected, string found) = _breaks[i];
            _findings.Add(refuted
                ? new LogFinding(LogFindingKind.Spliced, _parts.NameOf(at.Part), at.Offset, at.Sequence, expected, found) { End = i + 1 < _breaks.Count ? _breaks[i + 1].Break.Sequence : null }
                : new LogFinding(LogFindingKind.Rewritten, _parts.NameOf(blamed.Part), blamed.Offset, blamed.Sequence, expected, found) { End = at.Sequence + 1 });
        }

        _breaks.Clear();
    }

    private void Compare()
    {
        if (_tree is null)
        {
            return;
        }

        TreeHash? root = null;
        for (; _next < _claims.Length && _claims[_next].Size == _tree.End; _next++)
        {
            RootClaim claim = _claims[_next];
            root ??= _tree.Root();
            claim.ActualRoot = root.Value;
            claim.From = _uncovered;
            claim.Fits = claim.Root == root;
        }

        if (root is not null && _claims[.._next].Any(claim => claim.Size == _tree.End && claim.Fits == true))
        {
            Cover(_tree.End);
        }
    }

    /// <summary>The lines up to here are those that were signed, so each break among them was made by changing the line before it.</summary>
    private void Cover(long size)
    {
        foreach ((LinePlace blamed, _, string expected, string found) in _breaks.Where(one => one.Blamed.Sequence < size))
        {
            _findings.Add(new LogFinding(LogFindingKind.Rewritten, _parts.NameOf(blamed.Part), blamed.Offset, blamed.Sequence, expected, found));
        }

        _breaks.RemoveAll(one => one.Blamed.Sequence < size);
        (_covered, _uncovered) = (size, null);
    }
}
