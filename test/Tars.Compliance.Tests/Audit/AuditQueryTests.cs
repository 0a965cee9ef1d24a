using Tars.Compliance.Audit;
using Tars.Sealing.Logs;
using Tars.TestKit;

namespace Tars.Compliance.Tests.Audit;

public sealed class AuditQueryTests : IAsyncLifetime
{
    private const int Lines = 3000;

    private readonly LogFolder _folder = new();
    private readonly List<AuditReceipt> _receipts = [];
    private AuditRecord[] _all = [];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await using AuditLog log = _folder.Open(_folder.Options with { SegmentBytes = 300_000 });
        for (int i = 0; i < Lines; i += 50)
        {
            ValueTask<AuditReceipt>[] batch = [.. Enumerable.Range(i, 50).Select(number => log.AppendAsync(Event(number), Cancelled))];
            foreach (ValueTask<AuditReceipt> one in batch)
            {
                _receipts.Add(await one);
            }

            _folder.Clock.Advance(TimeSpan.FromMilliseconds(700));
        }

        _all = [.. _folder.ReadLines().Select(Parse)]; // the slow way: no index, no filter
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("whole")]
    [InlineData("gone")]
    [InlineData("cut")]
    [InlineData("damaged")]
    public void Find_AnyFilterAndAnyIndex_FindsWhatReadingAllLinesFinds(string index)
    {
        Harm(index);
        AuditQuery query = new(_folder.Log);
        string anna = _folder.Subjects.Find("anna@example.org")!;
        AuditFilter[] filters =
        [
            new(),
            new() { Type = "login.denied" },
            new() { Type = "no.such" },
            new() { Actor = anna },
            new() { Actor = "schedule:weekly", Outcome = AuditOutcome.Intent },
            new() { Resource = "report:1234" },
            new() { RunId = "run-3", Control = "CC7.2", Standard = "soc2" },
            new() { Outcome = AuditOutcome.Denied },
            new() { From = _all[700].Timestamp, To = _all[2100].Timestamp },
            new() { From = _all[^1].Timestamp },
            new() { To = _all[0].Timestamp },
            new() { Type = "login.denied", From = _all[1500].Timestamp },
        ];
        Assert.All(filters, filter => Assert.Equal(_all.Where(filter.Fits).Select(one => one.Sequence), query.Find(filter).Select(one => one.Sequence)));
        Assert.Equal([1L, 0, Lines], new[] { 1, 2, 0 }.Select(i => (long)_all.Count(filters[i].Fits)).Select(count => count > 1 && count < Lines ? 1 : count)); // the filters divide
    }

    [Fact]
    public void Find_Id_FindsTheLineOrNothing()
    {
        AuditQuery query = new(_folder.Log);
        Random random = new(Seeds.Draw());
        foreach (int i in Enumerable.Range(0, 50).Select(_ => random.Next(Lines)).Concat([0, 255, 256, Lines - 1]))
        {
            AuditRecord record = query.Find(_receipts[i].EventId)!;
            Assert.Equal((i, _receipts[i].Hash), (record.Sequence, record.Hash));
            Assert.Equal(record.EventId, query.At(i)!.EventId);
        }

        Assert.Null(query.Find(Guid.CreateVersion7(DateTimeOffset.UnixEpoch)));
        Assert.Null(query.Find(Guid.CreateVersion7(new DateTimeOffset(2099, 1, 1, 0, 0, 0, TimeSpan.Zero))));
        Assert.Null(query.At(Lines));
    }

    [Theory]
    [InlineData("whole")]
    [InlineData("gone")]
    public void Tree_ProofsOfEveryKind_VerifyAgainstRootsComputedLeafByLeaf(string index)
    {
        Harm(index);
        AuditTree tree = new AuditQuery(_folder.Log).Tree();
        Random random = new(Seeds.Draw());
        IReadOnlyList<byte[]> lines = _folder.ReadLines();
        Assert.Equal(Lines, tree.Size);
        foreach (int size in Enumerable.Range(0, 12).Select(_ => random.Next(1, Lines)).Append(Lines).Append(256))
        {
            TreeHash root = LogFolder.RootOf(lines.Take(size));
            Assert.Equal(root, tree.Root(size));
            int leaf = random.Next(size);
            Assert.True(MerkleProof.VerifyInclusion(_receipts[leaf].Hash, leaf, size, MerkleProof.Inclusion(leaf, size, tree.Subtree), root));
            int older = random.Next(size + 1);
            Assert.True(MerkleProof.VerifyConsistency(older, LogFolder.RootOf(lines.Take(older)), size, root, MerkleProof.Consistency(older, size, tree.Subtree)));
        }
    }

    [Fact]
    public async Task Open_IndexGoneOrOfOtherLines_IsMadeAnew()
    {
        foreach (string harm in new[] { "gone", "other", "damaged" })
        {
            string[] before = [.. Directory.EnumerateFiles(_folder.Layout.Index).Order()];
            byte[][] contents = [.. before.Select(File.ReadAllBytes)];
            Harm(harm);
            await _folder.Open(_folder.Options with { SegmentBytes = 300_000 }).DisposeAsync();
            Assert.Equal(before, Directory.EnumerateFiles(_folder.Layout.Index).Order());
            Assert.Equal(contents, before.Select(File.ReadAllBytes));
        }
    }

    private static AuditEvent Event(int i)
    {
        AuditEvent plain = LogFolder.Event(i, i % 7 == 0 ? "anna@example.org" : i % 11 == 0 ? "bert@example.org" : null);
        return i % 500 == 499 ? plain with { Type = "login.denied", Outcome = AuditOutcome.Denied, Control = null, Standard = null, Data = null } : plain;
    }

    private static AuditRecord Parse(byte[] line)
    {
        EventLine.TryRead([0, .. line], out EventLine read, out _);
        return AuditRecord.Parse(read, line);
    }

    private void Harm(string index)
    {
        string[] paths = [.. Directory.EnumerateFiles(_folder.Layout.Index).Order()];
        Assert.True(paths.Length > 3);
        foreach (string path in paths.Where(_ => index is not "whole"))
        {
            byte[] content = File.ReadAllBytes(path);
            if (index == "gone")
            {
                File.Delete(path);
            }
            else if (content.Length > 0)
            {
                File.WriteAllBytes(path, index switch
                {
                    "cut" => content[..(content.Length / 2)],
                    "damaged" => [.. content[..(content.Length / 3)], (byte)(content[content.Length / 3] ^ 1), .. content[((content.Length / 3) + 1)..]],
                    _ => Forge(content),
                });
            }
        }
    }

    /// <summary>Records that are whole and say another hash than the lines have.</summary>
    private static byte[] Forge(byte[] content)
    {
        Span<byte> record = content.AsSpan(0, BlockRecord.Length);
        (BlockRecord.Parse(record) with { Hash = TreeHash.Empty }).Write(record);
        return content;
    }
}
