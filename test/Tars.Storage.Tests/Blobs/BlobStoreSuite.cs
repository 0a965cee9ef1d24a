using System.Security.Cryptography;
using Tars.Storage.Blobs;
using Tars.Storage.Blobs.Retention;
using Xunit;

namespace Tars.Storage.Tests.Blobs;

/// <summary>What every blob store does, whatever it stands on. Digests in here are computed by the platform's SHA-256 over the test's own bytes.</summary>
public abstract class BlobStoreSuite : IAsyncLifetime
{
    /// <summary>The part size of the S3 store under test; sizes around it are tried on all stores.</summary>
    protected const int Part = 5 << 20;

    public static TheoryData<int> Sizes => [0, 1, 1000, VerifiedCopy.HoldBytes - 1, VerifiedCopy.HoldBytes, (2 * VerifiedCopy.HoldBytes) + 1, Part - 1, Part, Part + 1, (2 * Part) + 17];

    protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    protected IBlobStore Store { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Store = await StartAsync();

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task Put_AnySize_ReadsBackTheSame(int size)
    {
        byte[] content = CountingStream.Bytes(size, seed: size);
        BlobPut put = await Store.PutAsync(new CountingStream(size, seed: size), null, Cancelled);
        BlobDigest digest = BlobDigest.Parse(Convert.ToHexStringLower(SHA256.HashData(content)));
        Assert.Equal(new BlobPut.Stored(digest, size, WasPresent: false), put);
        Assert.Equal(size, (await Store.FindAsync(digest, Cancelled))!.Value.Size);
        BlobRead.Whole read = Assert.IsType<BlobRead.Whole>(await Store.ReadAsync(digest, size, Cancelled));
        Assert.True(read.Content.Span.SequenceEqual(content));
        AssertNoLeftovers();
    }

    [Fact]
    public async Task Put_64MiBThroughAStream_ComesBackInTheSameOrder()
    {
        const long size = 64 << 20;
        BlobPut.Stored put = Assert.IsType<BlobPut.Stored>(await Store.PutAsync(new CountingStream(size, seed: 64), null, Cancelled));
        using CountingStream again = new(size, seed: 64);
        string expected = Convert.ToHexStringLower(await SHA256.HashDataAsync(again, Cancelled));
        Assert.Equal((expected, size), (put.Digest.ToString(), put.Size));
        using HashingSink sink = new();
        Assert.Equal(new BlobCopy.Copied(size), await Store.CopyToAsync(put.Digest, sink, size, Cancelled));
        Assert.Equal((expected, size), (sink.Hash, sink.Written));
        AssertNoLeftovers();
    }

    [Theory]
    [InlineData(10)]
    [InlineData(Part + 5)]
    public async Task Put_OfWhatIsThere_SaysSoAndKeepsTheFirst(int size)
    {
        BlobDigest digest = await PutAsync(size, seed: 1);
        BlobInfo? first = await Store.FindAsync(digest, Cancelled);
        Assert.Equal(new BlobPut.Stored(digest, size, WasPresent: true), await Store.PutAsync(new CountingStream(size, seed: 1), digest, Cancelled));
        Assert.Equal(first, await Store.FindAsync(digest, Cancelled));
        AssertNoLeftovers();
    }

    [Theory]
    [InlineData(10)]
    [InlineData(Part + 5)]
    public async Task Put_OfOtherContentThanExpected_IsRefusedAndNothingIsThere(int size)
    {
        BlobDigest expected = BlobDigest.Of("something else"u8);
        BlobDigest found = BlobDigest.Of(CountingStream.Bytes(size, seed: 2));
        BlobPut put = await Store.PutAsync(new CountingStream(size, seed: 2), expected, Cancelled);
        Assert.Equal(new BlobPut.Refused(expected, found, size), put);
        Assert.Equal($"refused: expected sha256 {expected}, found {found} ({size} bytes)", put.ToString());
        Assert.Null(await Store.FindAsync(expected, Cancelled));
        Assert.Null(await Store.FindAsync(found, Cancelled));
        AssertNoLeftovers();
    }

    [Theory]
    [InlineData(3000)]
    [InlineData(Part + 100)]
    public async Task Put_ByManyAtOnceOfTheSameContent_OneBlobAndAllSucceed(int size)
    {
        BlobPut[] puts = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Store.PutAsync(new CountingStream(size, seed: 3), null, Cancelled), Cancelled)));
        BlobDigest digest = BlobDigest.Of(CountingStream.Bytes(size, seed: 3));
        Assert.All(puts, put => Assert.Equal(digest, Assert.IsType<BlobPut.Stored>(put).Digest));
        Assert.Single(puts, put => put is BlobPut.Stored { WasPresent: false });
        Assert.Equal(new BlobTotals(1, size), await Store.TotalAsync(Cancelled));
        AssertNoLeftovers();
    }

    [Fact]
    public async Task PutAndRead_OfDifferentContentAtOnce_EachGetsItsOwn()
    {
        await Task.WhenAll(Enumerable.Range(0, 24).Select(i => Task.Run(
            async () =>
            {
                BlobDigest digest = await PutAsync(5000 + i, seed: i);
                Assert.IsType<BlobRead.Whole>(await Store.ReadAsync(digest, 10_000, Cancelled));
            },
            Cancelled)));
        Assert.Equal(24, (await Store.TotalAsync(Cancelled)).Count);
    }

    [Fact]
    public async Task Read_OfWhatIsNotThere_IsMissing()
    {
        BlobDigest digest = BlobDigest.Of("nowhere"u8);
        Assert.Equal(new BlobRead.Nothing(new BlobCopy.Missing()), await Store.ReadAsync(digest, 10, Cancelled));
        Assert.Null(await Store.FindAsync(digest, Cancelled));
        Assert.False(await Store.DeleteAsync(digest, Cancelled));
    }

    [Fact]
    public async Task Read_OfALongerBlobThanAllowed_IsTooLong()
    {
        BlobDigest digest = await PutAsync(1001, seed: 4);
        Assert.Equal(new BlobRead.Nothing(new BlobCopy.TooLong(1000)), await Store.ReadAsync(digest, 1000, Cancelled));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(300)]
    [InlineData((2 * VerifiedCopy.HoldBytes) + 77)]
    public async Task Read_OfABlobWithOneBitFlipped_IsDamagedAndNeverArrivesWhole(int size)
    {
        BlobDigest digest = await PutAsync(size, seed: 5);
        byte[] good = CountingStream.Bytes(size, seed: 5);
        foreach (int at in new[] { 0, size / 2, size - 1 }.Distinct())
        {
            byte[] bad = [.. good];
            bad[at] ^= (byte)(1 << (at % 8));
            await AssertDamagedAsync(digest, good, bad);
        }
    }

    [Theory]
    [InlineData("cut by one")]
    [InlineData("cut to nothing")]
    [InlineData("longer by one")]
    [InlineData("another blob")]
    public async Task Read_OfABlobThatWasReplaced_IsDamaged(string how)
    {
        BlobDigest digest = await PutAsync(4096, seed: 6);
        byte[] good = CountingStream.Bytes(4096, seed: 6);
        byte[] bad = how switch
        {
            "cut by one" => good[..^1],
            "cut to nothing" => [],
            "longer by one" => [.. good, 0],
            _ => CountingStream.Bytes(4096, seed: 7),
        };
        await AssertDamagedAsync(digest, good, bad);
    }

    [Fact]
    public async Task Put_OverADamagedBlob_IsNotAcknowledgedAndOverwritesNothing()
    {
        BlobDigest digest = await PutAsync(100, seed: 8);
        byte[] bad = CountingStream.Bytes(100, seed: 9);
        await DamageAsync(digest, bad);
        BlobPut put = await Store.PutAsync(new CountingStream(100, seed: 8), null, Cancelled);
        Assert.Equal(new BlobPut.Damaged(digest, BlobDigest.Of(bad), 100), put);
        Assert.True(await Store.DeleteAsync(digest, Cancelled));
        Assert.Equal(digest, await PutAsync(100, seed: 8));
        Assert.IsType<BlobRead.Whole>(await Store.ReadAsync(digest, 100, Cancelled));
    }

    [Theory]
    [InlineData(3 << 20, 1 << 20)]
    [InlineData(3 * Part, 2 * Part)]
    public async Task Put_CancelledInTheMiddle_LeavesNothing(int size, int at)
    {
        using CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        CountingStream content = new(size, seed: 10) { Reading = position => _ = position >= at ? source.CancelAsync() : Task.CompletedTask };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.PutAsync(content, null, source.Token));
        Assert.Equal(new BlobTotals(0, 0), await Store.TotalAsync(Cancelled));
        AssertNoLeftovers();
    }

    [Fact]
    public async Task Put_OfAStreamThatFails_PassesTheFailureAndLeavesNothing()
    {
        CountingStream content = new(3 << 20, seed: 11) { Reading = position => _ = position > 1 << 20 ? throw new InvalidDataException("the source broke") : 0 };
        await Assert.ThrowsAsync<InvalidDataException>(() => Store.PutAsync(content, null, Cancelled));
        Assert.Equal(new BlobTotals(0, 0), await Store.TotalAsync(Cancelled));
        AssertNoLeftovers();
    }

    [Fact]
    public async Task List_InPagesOfAnySize_GivesEachBlobOnceInOrder()
    {
        List<BlobDigest> put = [];
        for (int i = 0; i < 23; i++)
        {
            put.Add(await PutAsync(10 + i, seed: i));
        }

        PlaceStranger("sha256/00/00/readme.txt");
        PlaceStranger("sha256/zz/note");
        string[] expected = [.. put.Select(digest => digest.ToString()).Order(StringComparer.Ordinal)];
        foreach (int limit in new[] { 1, 2, 7, 23, 1000 })
        {
            List<string> seen = [];
            BlobDigest? after = null;
            do
            {
                BlobPage page = await Store.ListAsync(after, limit, Cancelled);
                Assert.True(page.Blobs.Count <= limit);
                seen.AddRange(page.Blobs.Select(blob => blob.Digest.ToString()));
                after = page.Next;
            }
            while (after is not null);
            Assert.Equal(expected, seen);
        }

        Assert.Equal(new BlobTotals(23, Enumerable.Range(10, 23).Sum()), await Store.TotalAsync(Cancelled));
    }

    [Fact]
    public async Task Delete_OfABlob_TakesItAndNoOther()
    {
        BlobDigest gone = await PutAsync(20, seed: 12);
        BlobDigest kept = await PutAsync(21, seed: 13);
        Assert.True(await Store.DeleteAsync(gone, Cancelled));
        Assert.False(await Store.DeleteAsync(gone, Cancelled));
        Assert.Equal([kept], (await Store.ListAsync(null, 10, Cancelled)).Blobs.Select(blob => blob.Digest));
    }

    [Fact]
    public async Task Check_OfAWorkingStore_LeavesNothing()
    {
        await Store.CheckAsync(Cancelled);
        Assert.Equal(new BlobTotals(0, 0), await Store.TotalAsync(Cancelled));
        AssertNoLeftovers();
    }

    [Fact]
    public async Task Retention_DryRunThenApplied_RemovesWhatWasPlannedAndNotWhatIsHeldSince()
    {
        BlobDigest[] digests = [await PutAsync(100, seed: 20), await PutAsync(100, seed: 21), await PutAsync(100, seed: 22)];
        List<RetainedBlob> blobs = [];
        await foreach (BlobEntry blob in Store.ListAllAsync(Cancelled))
        {
            blobs.Add(new RetainedBlob(blob.Digest, "report", blob.Info.Size, blob.Info.Created));
        }

        RetentionRules rules = new(new Dictionary<string, RetentionRule> { ["report"] = new(TimeSpan.FromDays(1), null) });
        RetentionPlan plan = RetentionPlan.Of(blobs, rules, new HashSet<BlobDigest> { digests[0] }, blobs.Max(blob => blob.Created).AddDays(2));
        RetentionRun run = await RetentionRun.DryAsync(Store, plan, Cancelled);
        Assert.Equal((2, 200L), (run.Steps.Count, run.WouldFreeBytes));
        Assert.Equal(3, (await Store.TotalAsync(Cancelled)).Count); // a dry run
        IReadOnlyList<RetentionStep> done = await run.ApplyAsync((digest, _) => ValueTask.FromResult(digest == digests[1]), null, Cancelled);
        Assert.Equal(RemovalOutcome.Held, Assert.Single(done, step => step.Digest == digests[1]).Outcome);
        Assert.Equal(RemovalOutcome.Removed, Assert.Single(done, step => step.Digest == digests[2]).Outcome);
        Assert.Equal(2, (await Store.TotalAsync(Cancelled)).Count);
        Assert.Equal([RemovalOutcome.Gone, RemovalOutcome.Held], (await run.ApplyAsync((digest, _) => ValueTask.FromResult(digest == digests[1]), null, Cancelled)).Select(step => step.Outcome).Order().ToArray());
    }

    protected abstract Task<IBlobStore> StartAsync();

    protected abstract ValueTask StopAsync();

    /// <summary>Puts other bytes in the place of a blob, behind the store's back.</summary>
    protected abstract Task DamageAsync(BlobDigest digest, byte[] content);

    /// <summary>Puts something that is no blob below the store's folder or prefix.</summary>
    protected abstract void PlaceStranger(string key);

    protected abstract void AssertNoLeftovers();

    protected async Task<BlobDigest> PutAsync(int size, int seed) =>
        Assert.IsType<BlobPut.Stored>(await Store.PutAsync(new CountingStream(size, seed), null, Cancelled)).Digest;

    private async Task AssertDamagedAsync(BlobDigest digest, byte[] good, byte[] bad)
    {
        await DamageAsync(digest, bad);
        using MemoryStream destination = new();
        BlobCopy copy = await Store.CopyToAsync(digest, destination, long.MaxValue, Cancelled);
        Assert.Equal(new BlobCopy.Damaged(digest, BlobDigest.Of(bad), bad.Length), copy);
        Assert.Equal($"damaged: expected sha256 {digest}, found {BlobDigest.Of(bad)} ({bad.Length} bytes)", copy.ToString());
        Assert.True(destination.Length <= Math.Max(0, bad.Length - VerifiedCopy.HoldBytes), $"{destination.Length} of {bad.Length} bytes were released");
        Assert.IsType<BlobRead.Nothing>(await Store.ReadAsync(digest, int.MaxValue, Cancelled));
        await DamageAsync(digest, good);
        Assert.IsType<BlobRead.Whole>(await Store.ReadAsync(digest, int.MaxValue, Cancelled));
    }
}
