namespace Tars.Sealing.Logs;

/// <summary>A complete subtree: <c>2^Level</c> leaves from leaf <c>Index · 2^Level</c> on.</summary>
/// <param name="Level">0 for a leaf.</param>
/// <param name="Index">Which subtree of its level, from 0.</param>
/// <param name="Hash">Its hash.</param>
public readonly record struct Subtree(int Level, long Index, TreeHash Hash)
{
    /// <summary>Its first leaf.</summary>
    public long Begin => Index << Level;

    /// <summary>The leaf after its last.</summary>
    public long End => (Index + 1) << Level;
}

/// <summary>
/// The leaves <c>[Begin, End)</c> of a tree as the fewest complete subtrees that cover them, at most two of each level. It is all that has to be
/// known of them to append further leaves and to compute a root, so it stands for leaves that are no longer there.
/// </summary>
public sealed class CompactRange
{
    private readonly List<Subtree> _subtrees = [];

    /// <summary>An empty range.</summary>
    /// <param name="begin">Where it begins.</param>
    public CompactRange(long begin = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(begin);
        Begin = begin;
        End = begin;
    }

    /// <summary>The first leaf.</summary>
    public long Begin { get; }

    /// <summary>The leaf after the last.</summary>
    public long End { get; private set; }

    /// <summary>The subtrees from left to right, without a gap.</summary>
    public IReadOnlyList<Subtree> Subtrees => _subtrees;

    /// <summary>Appends the next leaf.</summary>
    /// <param name="leaf">Its hash.</param>
    public void Append(TreeHash leaf) => Append(new Subtree(0, End, leaf));

    /// <summary>Appends a subtree that begins where the range ends.</summary>
    /// <exception cref="ArgumentException">It begins elsewhere.</exception>
    public void Append(Subtree next)
    {
        if (next.Begin != End)
        {
            throw new ArgumentException($"the subtree begins at leaf {next.Begin}; the range ends at {End}", nameof(next));
        }

        End = next.End;
        while (_subtrees.Count > 0 && (next.Index & 1) == 1 && _subtrees[^1].Level == next.Level)
        {
            next = new Subtree(next.Level + 1, next.Index >> 1, TreeHash.OfNode(_subtrees[^1].Hash, next.Hash));
            _subtrees.RemoveAt(_subtrees.Count - 1);
        }

        _subtrees.Add(next);
    }

    /// <summary>Appends every subtree of a range that begins where this one ends.</summary>
    public void Append(CompactRange next)
    {
        ArgumentNullException.ThrowIfNull(next);
        foreach (Subtree subtree in next._subtrees)
        {
            Append(subtree);
        }
    }

    /// <summary>The root hash of the tree of the first <see cref="End"/> leaves. Source: RFC 6962 section 2.1.</summary>
    /// <exception cref="InvalidOperationException">The range does not begin at leaf 0.</exception>
    public TreeHash Root()
    {
        if (Begin != 0)
        {
            throw new InvalidOperationException($"a root needs every leaf from 0 on; this range begins at {Begin}");
        }

        return Fold();
    }

    /// <summary>An independent copy.</summary>
    public CompactRange Clone()
    {
        CompactRange copy = new(Begin) { End = End };
        copy._subtrees.AddRange(_subtrees);
        return copy;
    }

    /// <summary>The hash over the subtrees from right to left; for a range inside a tree, the hash of a node whose leaves they are.</summary>
    internal TreeHash Fold()
    {
        if (_subtrees.Count == 0)
        {
            return TreeHash.Empty;
        }

        TreeHash hash = _subtrees[^1].Hash;
        for (int i = _subtrees.Count - 2; i >= 0; i--)
        {
            hash = TreeHash.OfNode(_subtrees[i].Hash, hash);
        }

        return hash;
    }
}
