using System.Globalization;
using Tars.Sealing.Streams;
using Tars.TestKit;

namespace Tars.Sealing.Tests.Streams;

/// <summary>
/// A sealed file of 40 KiB in three chunks, changed in every way: no change is accepted, and nothing is handed out from the first changed chunk
/// on. <c>TARS_SEAL_FLIPS=all</c> flips every bit; without it, every bit of the header and of the tags, and every 16th bit else, from a drawn start
/// on. <c>bench/long/tamper-sealed.sh</c> flips all.
/// </summary>
public sealed class TamperingTests
{
    private const int Chunk = 1 << 14;
    private const int Sealed = Chunk + 16;

    private static readonly SealOptions Options = new("application/json", Chunk);

    private readonly KeyEncryptionKey _key = SealedSample.Key("reports", 7);

    [Fact]
    public async Task Open_AnyBitFlipped_IsRefusedAndHandsOutOnlyWhatStandsBefore()
    {
        Sample sample = await SampleAsync();
        int start = new Random(Seeds.Draw()).Next(16);
        bool all = Environment.GetEnvironmentVariable("TARS_SEAL_FLIPS") == "all";
        int[] bits = [.. Enumerable.Range(0, sample.File.Length * 8).Where(bit => all || sample.IsHeaderOrTag(bit / 8) || bit % 16 == start)];
        TestContext.Current.TestOutputHelper?.WriteLine($"{bits.Length} of {sample.File.Length * 8} bits");
        await Parallel.ForEachAsync(bits, Cancelled, async (bit, _) =>
        {
            byte[] changed = (byte[])sample.File.Clone();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            await AssertRefusedAsync(sample, changed, sample.ChunkOf(bit / 8) * Chunk, string.Create(CultureInfo.InvariantCulture, $"bit {bit}"));
        });
    }

    [Fact]
    public async Task Open_CutAtAnyLength_IsRefusedAndHandsOutOnlyWhatStandsBefore()
    {
        Sample sample = await SampleAsync();
        await Parallel.ForEachAsync(Enumerable.Range(0, sample.File.Length), Cancelled, async (length, _) =>
        {
            // The chunk that the cut runs through, or that would be taken for the last when the cut is behind it.
            int whole = Math.Max(0, sample.ChunkOf(length - 1)) * Chunk;
            await AssertRefusedAsync(sample, sample.File[..length], whole, string.Create(CultureInfo.InvariantCulture, $"cut to {length}"));
        });
    }

    [Theory]
    [InlineData(new[] { 1, 0, 2 }, 0)]
    [InlineData(new[] { 2, 1, 0 }, 0)]
    [InlineData(new[] { 0, 2, 1 }, 1)]
    [InlineData(new[] { 1, 2 }, 0)]
    [InlineData(new[] { 0, 2 }, 1)]
    [InlineData(new[] { 0, 1 }, 1)]
    [InlineData(new[] { 0 }, 0)]
    [InlineData(new[] { 2 }, 0)]
    [InlineData(new int[0], 0)]
    [InlineData(new[] { 0, 0, 1, 2 }, 1)]
    [InlineData(new[] { 0, 1, 1, 2 }, 2)]
    [InlineData(new[] { 0, 1, 2, 2 }, 2)]
    public async Task Open_ChunksSwappedDroppedOrRepeated_IsRefused(int[] order, int whole)
    {
        Sample sample = await SampleAsync();
        byte[] changed = [.. sample.Header, .. order.SelectMany(sample.ChunkAt)];
        await AssertRefusedAsync(sample, changed, whole * Chunk, string.Join(",", order));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(40_000)]
    public async Task Open_BytesAfterTheEnd_IsRefused(int extra)
    {
        Sample sample = await SampleAsync();
        await AssertRefusedAsync(sample, [.. sample.File, .. new byte[extra]], 2 * Chunk, "appended");
    }

    [Fact]
    public async Task Open_ChunksOfAnotherFile_AreRefused()
    {
        Sample sample = await SampleAsync();
        Sample other = await SampleAsync(); // same length, type, key
        for (int i = 0; i < 3; i++)
        {
            byte[] changed = [.. sample.Header, .. Enumerable.Range(0, 3).SelectMany(chunk => (chunk == i ? other : sample).ChunkAt(chunk))];
            await AssertRefusedAsync(sample, changed, i * Chunk, "splice");
        }

        await AssertRefusedAsync(sample, [.. other.Header, .. sample.File[sample.Header.Length..]], 0, "header of another file");
        byte[] recipient = other.Header[^(32 + 60)..^32];
        byte[] spliced = (byte[])sample.File.Clone();
        recipient.CopyTo(spliced, sample.Header.Length - 32 - 60);
        await AssertRefusedAsync(sample, spliced, 0, "recipient of another file");
    }

    [Fact]
    public async Task Open_FullLastChunkMissing_SaysThatTheFileWasCut()
    {
        byte[] file = await SealedSample.SealAsync(new byte[2 * Chunk], Options, _key);
        (OpenResult result, byte[] handedOut) = await SealedSample.OpenAsync(file[..^Sealed], _key);
        Assert.Equal("the file ends after chunk 0, which is not its last: it was cut", Assert.IsType<OpenResult.Damaged>(result).Reason);
        Assert.Empty(handedOut);
    }

    [Fact]
    public async Task Open_EmptyChunkAfterAFullOne_IsRefused()
    {
        // Genuine tags, but not the one form that the format gives to a plaintext of one chunk.
        using FileKeys keys = new();
        SealedHeader header = HeaderKeys.Create(Options, [_key], keys);
        using ChunkBatch batch = new(keys, Chunk);
        batch.Set(0, 2, 0, endsFile: true);
        batch.Plain(0).Span.Clear();
        batch.Seal();
        (OpenResult result, byte[] handedOut) = await SealedSample.OpenAsync([.. header.Bytes, .. batch.Sealed.Span], _key);
        Assert.Equal("chunk 1 is empty; only an empty file has an empty chunk", Assert.IsType<OpenResult.Damaged>(result).Reason);
        Assert.Equal(new byte[Chunk], handedOut);
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private async Task<Sample> SampleAsync()
    {
        byte[] plain = SealedSample.Bytes(new Random(Seeds.Draw()), 40 << 10);
        byte[] file = await SealedSample.SealAsync(plain, Options, _key, SealedSample.Key("auditor"));
        return new Sample(plain, file, file.Length - plain.Length - (3 * 16));
    }

    private async Task AssertRefusedAsync(Sample sample, byte[] changed, int whole, string what)
    {
        (OpenResult result, byte[] handedOut) = await SealedSample.OpenAsync(changed, _key);
        Assert.False(result is OpenResult.Opened, what);
        Assert.True(handedOut.Length == whole, $"{what}: {handedOut.Length} bytes were handed out, {whole} stand before it");
        Assert.True(handedOut.AsSpan().SequenceEqual(sample.Plain.AsSpan(0, whole)), what);
        Assert.Equal(whole, result is OpenResult.Damaged damaged ? damaged.VerifiedBytes : 0);
    }

    private sealed record Sample(byte[] Plain, byte[] File, int HeaderLength)
    {
        public byte[] Header => File[..HeaderLength];

        public int ChunkOf(int position) => position < HeaderLength ? 0 : (position - HeaderLength) / Sealed;

        public byte[] ChunkAt(int chunk) => File[(HeaderLength + (chunk * Sealed))..Math.Min(File.Length, HeaderLength + ((chunk + 1) * Sealed))];

        public bool IsHeaderOrTag(int position) => position < HeaderLength || (position - HeaderLength) % Sealed >= Chunk || position >= File.Length - 16;
    }
}
