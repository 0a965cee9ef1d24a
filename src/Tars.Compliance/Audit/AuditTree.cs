using Tars.Sealing.Logs;

namespace Tars.Compliance.Audit;

/// <summary>
/// The hashes of a log's tree, from the index where there is one: for proofs of inclusion and consistency (<see cref="MerkleProof"/>) and for roots of
/// earlier sizes. Holds 32 bytes for each 256 lines.
/// </summary>
public sealed class AuditTree
{
    private const int BlockLevel = 8;

    private readonly LogLayout _layout;
    private readonly IReadOnlyList<long> _starts;
    private readonly Dictionary<(int Level, long Index), TreeHash> _known = [];
    private long _leavesOf = -1;
    private IReadOnlyList<TreeHash> _leaves = [];

    /// <exception cref="AuditLogException">The log cannot be read, or has a gap.</exception>
    internal AuditTree(LogLayout layout)
    {
        (_layout, _starts) = (layout, layout.SegmentStarts());
        HashSet<long> removed = [.. layout.RemovedStarts()];
        int segment = 0;
        while (segment < _starts.Count || removed.Contains(Size))
        {
            if (segment < _starts.Count && _starts[segment] == Size)
            {
                using SegmentReader reader = new(layout, _starts[segment++]);
                Size = reader.Complete();
                for (int i = 0; i < reader.Blocks; i++)
                {
                    BlockRecord block = reader.Block(i);
                    _known[(BlockLevel, block.First >> BlockLevel)] = block.Hash;
                }
            }
            else if (removed.Contains(Size))
            {
                RemovedSegment gone = RemovedSegment.Read(layout, Size);
                foreach (Subtree subtree in gone.Subtrees)
                {
                    _known[(subtree.Level, subtree.Index)] = subtree.Hash;
                }

                Size = gone.End;
            }
            else
            {
                throw new AuditLogException(layout.Segment(_starts[segment]), $"lines are missing before it: {Size} lines are there", sequence: Size);
            }
        }
    }

    /// <summary>Lines of the log.</summary>
    public long Size { get; private set; }

    /// <summary>The root over the first lines.</summary>
    /// <param name="size">0 to <see cref="Size"/>.</param>
    public TreeHash Root(long size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, Size);
        CompactRange range = new();
        foreach ((int level, long index) in RemovedSegment.Cover(0, size))
        {
            range.Append(new Subtree(level, index, Subtree(level, index)));
        }

        return range.Root();
    }

    /// <summary>The hash of a complete subtree: see <see cref="SubtreeHashes"/>.</summary>
    /// <param name="level">0 for a line.</param>
    /// <param name="index">Which subtree of the level.</param>
    /// <exception cref="AuditLogException">Its lines were removed by retention, and no hash of it was kept.</exception>
    public TreeHash Subtree(int level, long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(level);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((index + 1) << level, Size);
        if (_known.TryGetValue((level, index), out TreeHash hash))
        {
            return hash;
        }

        return level > 0
            ? TreeHash.OfNode(Subtree(level - 1, 2 * index), Subtree(level - 1, (2 * index) + 1))
            : Leaf(index);
    }

    private TreeHash Leaf(long sequence)
    {
        long block = sequence >> BlockLevel;
        if (block != _leavesOf)
        {
            (_leaves, _leavesOf) = (LeavesOf(sequence), block);
        }

        return _leaves[(int)(sequence & (LogLayout.BlockLines - 1))];
    }

    private IReadOnlyList<TreeHash> LeavesOf(long sequence)
    {
        for (int i = _starts.Count - 1; i >= 0; i--)
        {
            if (_starts[i] <= sequence)
            {
                using SegmentReader reader = new(_layout, _starts[i]);
                IReadOnlyList<TreeHash> leaves = reader.Leaves(sequence);
                if ((sequence & (LogLayout.BlockLines - 1)) < leaves.Count)
                {
                    return leaves;
                }

                break;
            }
        }

        throw new AuditLogException(_layout.Root, "the line was removed by retention: no proof can be made for it", sequence: sequence);
    }
}
