using System.Security.Cryptography;
using Tars.Sealing.Logs;
using Tars.TestKit;

namespace Tars.Sealing.Tests.Logs;

public sealed class MerkleTreeTests
{
    // The inputs and roots of the reference tests of Certificate Transparency (google/certificate-transparency, merkle_tree_test).
    private static readonly string[] Entries = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];

    private static readonly string[] Roots =
    [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    [Fact]
    public void Root_CertificateTransparencyVectors_IsTheirs()
    {
        CompactRange range = new();
        Assert.Equal("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", range.Root().ToString());
        foreach ((string entry, string root) in Entries.Zip(Roots))
        {
            range.Append(TreeHash.OfLeaf(Convert.FromHexString(entry)));
            Assert.Equal(root, range.Root().ToString());
        }
    }

    [Fact]
    public void Proofs_EveryPairOfSizesUpTo70_VerifyAndNothingElseDoes()
    {
        TreeHash[] leaves = [.. Enumerable.Range(0, 70).Select(i => TreeHash.OfLeaf([(byte)i]))];
        SubtreeHashes subtrees = (level, index) => Recursive(leaves, index << level, (index + 1) << level);
        for (int size = 0; size <= leaves.Length; size++)
        {
            TreeHash root = Recursive(leaves, 0, size);
            for (int index = 0; index < size; index++)
            {
                IReadOnlyList<TreeHash> path = MerkleProof.Inclusion(index, size, subtrees);
                Assert.True(MerkleProof.VerifyInclusion(leaves[index], index, size, path, root));
                Assert.False(MerkleProof.VerifyInclusion(leaves[index], index ^ 1, size, path, root));
                Assert.False(MerkleProof.VerifyInclusion(leaves[(index + 1) % 70], index, size, path, root));
                Assert.False(MerkleProof.VerifyInclusion(leaves[index], index, size, [.. path, root], root));
                Assert.False(path.Count > 0 && MerkleProof.VerifyInclusion(leaves[index], index, size, [.. path.Skip(1)], root));
            }

            for (int old = 0; old <= size; old++)
            {
                TreeHash oldRoot = Recursive(leaves, 0, old);
                IReadOnlyList<TreeHash> proof = MerkleProof.Consistency(old, size, subtrees);
                Assert.True(MerkleProof.VerifyConsistency(old, oldRoot, size, root, proof), $"{old} to {size}");
                if (old > 0)
                {
                    Assert.False(MerkleProof.VerifyConsistency(old, TreeHash.OfLeaf([1, 2]), size, root, proof));
                    Assert.False(MerkleProof.VerifyConsistency(old, oldRoot, size, TreeHash.OfLeaf([1, 2]), proof));
                    Assert.False(MerkleProof.VerifyConsistency(old, oldRoot, size, root, [.. proof, root]));
                }

                for (int i = 0; i < proof.Count; i++)
                {
                    TreeHash[] changed = [.. proof];
                    changed[i] = leaves[0];
                    Assert.True(proof[i] == leaves[0] || !MerkleProof.VerifyConsistency(old, oldRoot, size, root, changed), $"{old} to {size}, hash {i}");
                }
            }
        }
    }

    [Fact]
    public void CompactRange_CutAnywhere_PartsAppendToTheSameTree()
    {
        int seed = Seeds.Draw();
        Random random = new(seed);
        TreeHash[] leaves = [.. Enumerable.Range(0, 300).Select(i => TreeHash.OfLeaf(BitConverter.GetBytes(i)))];
        for (int round = 0; round < 200; round++)
        {
            int size = random.Next(1, leaves.Length), first = random.Next(size), second = random.Next(first, size);
            CompactRange whole = new(), middle = new(first), end = new(second);
            for (int i = 0; i < size; i++)
            {
                (i < first ? whole : i < second ? middle : end).Append(leaves[i]);
            }

            whole.Append(middle);
            whole.Append(end);
            Assert.Equal(Recursive(leaves, 0, size), whole.Root());
            Assert.Throws<ArgumentException>(() => whole.Append(new Subtree(0, size + 1, leaves[0])));
        }
    }
    // The definition of RFC 6962 section 2.1, word for word and slow.
    private static TreeHash Recursive(TreeHash[] leaves, long from, long to)
    {
        long count = to - from;
        if (count < 2)
        {
            return count == 0 ? new TreeHash(SHA256.HashData([])) : leaves[from];
        }

        long left = 1;
        while (left * 2 < count)
        {
            left *= 2;
        }

        return new TreeHash(SHA256.HashData([1, .. Recursive(leaves, from, from + left).ToArray(), .. Recursive(leaves, from + left, to).ToArray()]));
    }
}
