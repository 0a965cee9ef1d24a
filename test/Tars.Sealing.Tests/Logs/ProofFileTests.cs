using System.Security.Cryptography;
using System.Text;
using Tars.Sealing.Logs;
using Tars.TestKit;

namespace Tars.Sealing.Tests.Logs;

/// <summary>Proofs as files: checked by a program of sixty lines that knows nothing of ours, and of a size that can be handed over.</summary>
public sealed class ProofFileTests
{
    private const int CachedLevel = 12;

    [Fact]
    public async Task InclusionProof_OfTenMillionLines_IsCheckedByPythonAndHasTwoKibibytesAtMost()
    {
        const long Size = 10_000_000;
        string python = Executables.Require("python3");
        Assert.InRange(File.ReadLines(RepositoryRoot.PathOf("test/interop/check_proof.py")).Count(), 30, 60);
        LogModel model = new(Seeds.Draw());
        long[] places = [0, 1, 4_095, 4_096, 5_000_001, 8_388_607, 8_388_608, Size - 2, Size - 1];
        Dictionary<long, (byte[] Line, TreeHash Leaf)> lines = [];
        foreach (long place in places)
        {
            byte[] line = LogModel.Line(place, model.NewEvent("run.intent", model.Clock.AddSeconds(place)), new byte[32], out byte[] leaf);
            lines[place] = (line, new TreeHash(leaf));
        }

        Dictionary<(int, long), TreeHash> cache = [];
        TreeHash Leaf(long i) => lines.TryGetValue(i, out (byte[] Line, TreeHash Leaf) one) ? one.Leaf : Synthetic(i);
        TreeHash Subtree(int level, long index)
        {
            if (level == 0)
            {
                return Leaf(index);
            }

            if (!cache.TryGetValue((level, index), out TreeHash hash))
            {
                hash = TreeHash.OfNode(Subtree(level - 1, 2 * index), Subtree(level - 1, (2 * index) + 1));
                if (level >= CachedLevel)
                {
                    cache[(level, index)] = hash;
                }
            }

            return hash;
        }

        CompactRange range = new();
        for (int level = 63; level >= 0; level--)
        {
            if ((Size >> level & 1) == 1)
            {
                range.Append(new Subtree(level, range.End >> level, Subtree(level, range.End >> level)));
            }
        }

        ModelEpoch epoch = model.Epochs[0];
        string text = new Checkpoint(LogModel.Origin, Size, range.Root()).ToString();
        SignedNote note = new(text, [new NoteKey(LogModel.Origin, epoch.Public).Sign(text, epoch.Key)]);
        using TemporaryDirectory folder = new();
        folder.WriteText("log.pub", epoch.Public.ToPem());
        using ECDsa stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        folder.WriteText("stranger.pub", stranger.ExportSubjectPublicKeyInfoPem());
        foreach (long place in places)
        {
            InclusionProofFile proof = new(place, MerkleProof.Inclusion(place, Size, Subtree), note);
            string file = folder.WriteText($"{place}.tlog-proof", proof.ToString());
            Assert.InRange(new FileInfo(file).Length, 500, 2048);
            await File.WriteAllBytesAsync(folder.Combine("event.json"), lines[place].Line, TestContext.Current.CancellationToken);
            CommandResult good = await Check("event.json", file, "log.pub");
            Assert.True(good.ExitCode == 0, good.Error);
            Assert.Equal($"line {place} is in {LogModel.Origin}, of {Size} lines\n", good.Output);
            Assert.Equal(1, (await Check("event.json", file, "stranger.pub")).ExitCode);
            Assert.True(InclusionProofFile.TryParse(File.ReadAllBytes(file), out InclusionProofFile? read, out _));
            Assert.IsType<InclusionVerdict.Included>(InclusionVerdict.Of(read, lines[place].Line, epoch.Public));
        }

        // Another line with the same place, a proof of another place, another root.
        byte[] changed = LogModel.Line(4_096, model.NewEvent("run.outcome", model.Clock), new byte[32], out _);
        await File.WriteAllBytesAsync(folder.Combine("event.json"), changed, TestContext.Current.CancellationToken);
        CommandResult bad = await Check("event.json", folder.Combine("4096.tlog-proof"), "log.pub");
        Assert.Equal((1, "the line is not in the log\n"), (bad.ExitCode, bad.Error));
        await File.WriteAllBytesAsync(folder.Combine("event.json"), lines[4_096].Line, TestContext.Current.CancellationToken);
        Assert.Equal(1, (await Check("event.json", folder.Combine("4095.tlog-proof"), "log.pub")).ExitCode);
        string tampered = folder.WriteText("tampered", File.ReadAllText(folder.Combine("4096.tlog-proof")).Replace($"\n{Size}\n", $"\n{Size + 1}\n", StringComparison.Ordinal));
        Assert.Equal("the key did not sign the checkpoint\n", (await Check("event.json", tampered, "log.pub")).Error);

        Task<CommandResult> Check(params string[] arguments) => new CommandLine(python, [RepositoryRoot.PathOf("test/interop/check_proof.py"), .. arguments]) { WorkingDirectory = folder.Path }.RunAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public void InclusionVerdict_AnyByteOfTheProofChanged_IsRefused()
    {
        LogModel model = new LogModel(Seeds.Draw()).Append(11);
        InclusionProofFile proof = new(6, MerkleProof.Inclusion(6, 11, Subtrees(model)), model.Note(11));
        byte[] file = Encoding.UTF8.GetBytes(proof.ToString());
        Assert.IsType<InclusionVerdict.Included>(InclusionVerdict.Of(proof, model.Lines[6], model.Epochs[0].Public));
        Assert.IsType<InclusionVerdict.Refused>(InclusionVerdict.Of(proof, model.Lines[5], model.Epochs[0].Public));
        for (int i = 0; i < file.Length; i++)
        {
            byte[] changed = [.. file];
            changed[i] ^= 1;
            Assert.False(
                InclusionProofFile.TryParse(changed, out InclusionProofFile? read, out _) && InclusionVerdict.Of(read, model.Lines[6], model.Epochs[0].Public) is InclusionVerdict.Included,
                $"byte {i}");
        }
    }

    [Fact]
    public void ConsistencyProof_WrittenAndRead_VerifiesFromEveryOlderSizeAndNoOther()
    {
        LogModel model = new LogModel(Seeds.Draw()).Append(20);
        NoteKey key = new(LogModel.Origin, model.Epochs[0].Public);
        for (int old = 0; old <= 20; old++)
        {
            ConsistencyProofFile proof = new(old, MerkleProof.Consistency(old, 20, Subtrees(model)), model.Note(20));
            string text = proof.ToString();
            Assert.StartsWith($"old {old}\n", text, StringComparison.Ordinal);
            Assert.True(ConsistencyProofFile.TryParse(Encoding.UTF8.GetBytes(text), out ConsistencyProofFile? read, out string? refusal), refusal);
            Assert.Equal(text, read.ToString());
            Assert.True(read.Verify(model.CheckpointOf(old), key, out refusal), refusal);
            if (old > 0)
            {
                Assert.False(read.Verify(model.CheckpointOf(old) with { Root = new TreeHash(model.Leaves[3]) }, key, out refusal));
                Assert.Equal($"the log of 20 lines does not begin with that of {old}", refusal);
            }

            Assert.False(read.Verify(model.CheckpointOf((old + 1) % 21), key, out _));
        }
    }

    [Theory]
    [InlineData("old 1\n", "no empty line separates proof and checkpoint")]
    [InlineData("old 01\n\nx", "line 1 is no 'old N'")]
    [InlineData("size 1\n\nx", "line 1 is no 'old N'")]
    [InlineData("old 1\nAAAA\n\nx", "line 2 is no SHA-256 in Base64")]
    [InlineData("old 1\n\nx", "no empty line separates text and signatures")]
    public void ConsistencyProof_AnotherForm_IsRefusedWithTheReason(string text, string reason)
    {
        Assert.False(ConsistencyProofFile.TryParse(Encoding.UTF8.GetBytes(text), out _, out string? refusal));
        Assert.Equal(reason, refusal);
    }

    /// <summary>Any 32 bytes are a leaf to a tree; these need no hashing.</summary>
    private static TreeHash Synthetic(long i)
    {
        Span<byte> bytes = stackalloc byte[TreeHash.Length];
        bytes.Fill(0x5a);
        BitConverter.TryWriteBytes(bytes, i);
        return new TreeHash(bytes);
    }

    private static SubtreeHashes Subtrees(LogModel model)
    {
        TreeHash Of(int level, long index) => level == 0 ? new TreeHash(model.Leaves[(int)index]) : TreeHash.OfNode(Of(level - 1, 2 * index), Of(level - 1, (2 * index) + 1));
        return Of;
    }
}
