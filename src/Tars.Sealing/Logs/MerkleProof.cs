using System.Numerics;

namespace Tars.Sealing.Logs;

/// <summary>Gives the hash of a complete subtree of a log: <c>2^level</c> leaves from <c>index · 2^level</c> on.</summary>
/// <param name="level">0 for a leaf.</param>
/// <param name="index">Which subtree of the level.</param>
public delegate TreeHash SubtreeHashes(int level, long index);

/// <summary>
/// Proofs of a Merkle tree: that a leaf is in it, and that a later tree begins with an earlier one. Source: RFC 6962 sections 2.1.1 and 2.1.2;
/// checking follows RFC 9162 sections 2.1.3.2 and 2.1.4.2. Hashes stand in the order of those sections, from the leaf to the root.
/// </summary>
public static class MerkleProof
{
    /// <summary>The most hashes that a proof can have: one for each level of the largest tree.</summary>
    public const int MaximumLength = 63;

    /// <summary>The proof that a leaf is in the tree of a size.</summary>
    /// <param name="index">The leaf, from 0.</param>
    /// <param name="size">Leaves of the tree, more than <paramref name="index"/>.</param>
    /// <param name="subtrees">Asked for complete subtrees only.</param>
    public static IReadOnlyList<TreeHash> Inclusion(long index, long size, SubtreeHashes subtrees)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, size);
        ArgumentNullException.ThrowIfNull(subtrees);
        List<TreeHash> path = [];
        long low = 0, high = size;
        while (high - low > 1)
        {
            long middle = low + LeftLeaves(high - low);
            if (index < middle)
            {
                path.Add(Range(middle, high, subtrees));
                high = middle;
            }
            else
            {
                path.Add(Range(low, middle, subtrees));
                low = middle;
            }
        }

        path.Reverse();
        return path;
    }

    /// <summary>Whether a proof shows that a leaf is in a tree.</summary>
    /// <param name="leaf">The leaf's hash.</param>
    /// <param name="index">Its place; any number may be given.</param>
    /// <param name="size">Leaves of the tree; any number may be given.</param>
    /// <param name="path">The proof; any hashes may be given.</param>
    /// <param name="root">The tree's root hash.</param>
    public static bool VerifyInclusion(TreeHash leaf, long index, long size, IReadOnlyList<TreeHash> path, TreeHash root)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (index < 0 || index >= size)
        {
            return false;
        }

        long node = index, last = size - 1;
        TreeHash hash = leaf;
        foreach (TreeHash next in path)
        {
            if (last == 0)
            {
                return false;
            }

            if ((node & 1) == 1 || node == last)
            {
                hash = TreeHash.OfNode(next, hash);
                while ((node & 1) == 0 && node != 0)
                {
                    (node, last) = (node >> 1, last >> 1);
                }
            }
            else
            {
                hash = TreeHash.OfNode(hash, next);
            }

            (node, last) = (node >> 1, last >> 1);
        }

        return last == 0 && hash == root;
    }

    /// <summary>The proof that the tree of <paramref name="size"/> leaves begins with that of <paramref name="oldSize"/>. Empty when either is 0 or both are equal.</summary>
    public static IReadOnlyList<TreeHash> Consistency(long oldSize, long size, SubtreeHashes subtrees)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(oldSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(oldSize, size);
        ArgumentNullException.ThrowIfNull(subtrees);
        List<TreeHash> proof = [];
        if (oldSize == 0 || oldSize == size)
        {
            return proof;
        }

        long low = 0, high = size;
        bool whole = true; // the old tree is known to the reader as a whole: its root is not repeated
        while (oldSize != high)
        {
            long middle = low + LeftLeaves(high - low);
            if (oldSize <= middle)
            {
                proof.Add(Range(middle, high, subtrees));
                high = middle;
            }
            else
            {
                proof.Add(Range(low, middle, subtrees));
                low = middle;
                whole = false;
            }
        }

        if (!whole)
        {
            proof.Add(Range(low, high, subtrees));
        }

        proof.Reverse();
        return proof;
    }

    /// <summary>Whether a proof shows that a tree begins with an older one. Between equal sizes the roots must be equal and the proof empty.</summary>
    public static bool VerifyConsistency(long oldSize, TreeHash oldRoot, long size, TreeHash root, IReadOnlyList<TreeHash> proof)
    {
        ArgumentNullException.ThrowIfNull(proof);
        if (oldSize < 0 || oldSize > size)
        {
            return false;
        }

        if (oldSize == 0 || oldSize == size)
        {
            return proof.Count == 0 && (oldSize == 0 ? oldRoot == TreeHash.Empty && (size > 0 || root == oldRoot) : oldRoot == root);
        }

        long node = oldSize - 1, last = size - 1;
        while ((node & 1) == 1)
        {
            (node, last) = (node >> 1, last >> 1);
        }

        // A power of two is a complete subtree of the new tree: its root begins the proof without being written in it.
        bool complete = BitOperations.IsPow2(oldSize);
        if (!complete && proof.Count == 0)
        {
            return false;
        }

        TreeHash oldHash = complete ? oldRoot : proof[0];
        TreeHash hash = oldHash;
        foreach (TreeHash next in proof.Skip(complete ? 0 : 1))
        {
            if (last == 0)
            {
                return false;
            }

            if ((node & 1) == 1 || node == last)
            {
                oldHash = TreeHash.OfNode(next, oldHash);
                hash = TreeHash.OfNode(next, hash);
                while ((node & 1) == 0 && node != 0)
                {
                    (node, last) = (node >> 1, last >> 1);
                }
            }
            else
            {
                hash = TreeHash.OfNode(hash, next);
            }

            (node, last) = (node >> 1, last >> 1);
        }

        return last == 0 && oldHash == oldRoot && hash == root;
    }

    /// <summary>The largest power of two below a count of at least two: how many leaves the left child has.</summary>
    private static long LeftLeaves(long count) => 1L << (BitOperations.Log2((ulong)(count - 1)));

    /// <summary>The hash of the node over <c>[low, high)</c>, where <c>low</c> begins a subtree that is at least as large.</summary>
    private static TreeHash Range(long low, long high, SubtreeHashes subtrees)
    {
        CompactRange range = new(low);
        while (low < high)
        {
            int level = BitOperations.Log2((ulong)(high - low));
            if (low != 0)
            {
                level = Math.Min(level, BitOperations.TrailingZeroCount(low));
            }

            range.Append(new Subtree(level, low >> level, subtrees(level, low >> level)));
            low += 1L << level;
        }

        return range.Fold();
    }
}
