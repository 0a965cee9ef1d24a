using System.Globalization;
using Tars.Sealing.Streams;
using Tars.TestKit;

namespace Tars.Sealing.Tests.Streams;

/// <summary>Streams that give and take a little at a time, fail, or do not say how long they are.</summary>
public sealed class StreamingTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    [Fact]
    public async Task SealAndOpen_StreamsThatTrickle_GiveThePlaintext()
    {
        Random random = new(Seeds.Draw());
        for (int run = 0; run < 30; run++)
        {
            int length = random.Next(3) switch { 0 => random.Next(50_000), 1 => random.Next(6 << 20), _ => random.Next(1, 80) << 14 };
            SealOptions options = new("text/csv", 1 << random.Next(14, 21));
            byte[] plain = SealedSample.Bytes(random, length);
            KeyEncryptionKey key = SealedSample.Key("trickle", run + 1);
            using MemoryStream file = new();
            using MemoryStream opened = new();
            using TrickleStream plainStream = new(plain, random.Next(1, 300_000));
            await StreamSealing.SealAsync(plainStream, file, [key], options, Cancelled);
            using TrickleStream fileStream = new(file.ToArray(), random.Next(1, 300_000));
            OpenResult result = await StreamSealing.OpenAsync(fileStream, opened, [key], Cancelled);

            string what = string.Create(CultureInfo.InvariantCulture, $"run {run}: {length} bytes, {options}: {result.Description}");
            Assert.True(result is OpenResult.Opened, what);
            Assert.True(opened.ToArray().AsSpan().SequenceEqual(plain), what);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1 << 20)]
    [InlineData(5 << 20)]
    public async Task Seal_StreamThatFails_FailsAsItDid(int after)
    {
        using TrickleStream source = new(new byte[after], 100_000, failsAtEnd: true);
        IOException failure = await Assert.ThrowsAsync<IOException>(
            () => StreamSealing.SealAsync(source, Stream.Null, [SealedSample.Key("k")], new SealOptions(), Cancelled));
        Assert.Equal("the disk is gone", failure.Message);
    }

    [Fact]
    public async Task Open_ManyBatchesWithOneChanged_HandsOutExactlyWhatStandsBefore()
    {
        Random random = new(Seeds.Draw());
        byte[] plain = SealedSample.Bytes(random, 8 << 20);
        byte[] file = await SealedSample.SealAsync(plain, new SealOptions(), SealedSample.Key("k"));
        int header = HeaderReader.Read(file).Header!.Length;
        foreach (int chunk in new[] { 0, 15, 16, 17, 63, 127, random.Next(128) })
        {
            byte[] changed = (byte[])file.Clone();
            changed[header + (chunk * ((1 << 16) + 16)) + random.Next(1 << 16)] ^= 0x10;
            (OpenResult result, byte[] handedOut) = await SealedSample.OpenAsync(changed, SealedSample.Key("k"));
            await File.WriteAllBytesAsync(_folder.Combine("changed"), changed, Cancelled);
            OpenResult ofFile = await FileSealing.OpenAsync(_folder.Combine("changed"), _folder.Combine("opened"), [SealedSample.Key("k")], Cancelled);

            OpenResult.Damaged damaged = Assert.IsType<OpenResult.Damaged>(result);
            Assert.Equal((long)chunk << 16, damaged.VerifiedBytes);
            Assert.Equal(header + (chunk * ((1 << 16) + 16)), damaged.Offset);
            Assert.True(handedOut.AsSpan().SequenceEqual(plain.AsSpan(0, chunk << 16)));
            Assert.Equal(damaged, ofFile);
            Assert.False(File.Exists(_folder.Combine("opened")));
        }
    }

    [Fact]
    public async Task Open_FileDamagedInTwoBatches_SaysTheFirst()
    {
        // Chunk 15 ends the first batch, chunk 16 begins the second: the worker with the second finds its damage first.
        byte[] file = await SealedSample.SealAsync(new byte[4 << 20], new SealOptions(), SealedSample.Key("k"));
        int header = HeaderReader.Read(file).Header!.Length;
        file[header + (15 * ((1 << 16) + 16))] ^= 1;
        file[header + (16 * ((1 << 16) + 16))] ^= 1;
        await File.WriteAllBytesAsync(_folder.Combine("changed"), file, Cancelled);
        for (int run = 0; run < 10; run++)
        {
            OpenResult result = await FileSealing.OpenAsync(_folder.Combine("changed"), _folder.Combine("opened"), [SealedSample.Key("k")], Cancelled);
            Assert.Equal(15L << 16, Assert.IsType<OpenResult.Damaged>(result).VerifiedBytes);
        }
    }

    [Fact]
    public async Task Seal_FileWithoutALength_IsSealedAsAStream()
    {
        const string File_ = "/proc/version";
        Assert.SkipUnless(File.Exists(File_), $"no {File_}: a file of the system that says it is empty and is not");
        Assert.Equal(0, new FileInfo(File_).Length);
        SealResult made = await FileSealing.SealAsync(File_, _folder.Combine("sealed"), [SealedSample.Key("k")], new SealOptions(), Cancelled);
        Assert.IsType<OpenResult.Opened>(await FileSealing.OpenAsync(_folder.Combine("sealed"), _folder.Combine("opened"), [SealedSample.Key("k")], Cancelled));
        byte[] expected = await File.ReadAllBytesAsync(File_, Cancelled);
        Assert.Equal(expected.Length, made.PlainBytes);
        Assert.Equal(expected, await File.ReadAllBytesAsync(_folder.Combine("opened"), Cancelled));
    }

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Gives between 1 byte and <paramref name="most"/> bytes at a time, and cannot seek.</summary>
    private sealed class TrickleStream(byte[] bytes, int most, bool failsAtEnd = false) : Stream
    {
        private readonly Random _random = new(most);
        private int _position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            int count = Math.Min(Math.Min(buffer.Length, bytes.Length - _position), _random.Next(1, most + 1));
            if (count == 0 && failsAtEnd && buffer.Length > 0)
            {
                throw new IOException("the disk is gone");
            }

            bytes.AsSpan(_position, count).CopyTo(buffer);
            _position += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return new ValueTask<int>(Read(buffer.Span));
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
