using System.Buffers.Binary;
using System.Globalization;

namespace Tars.Sealing.Streams;

/// <summary>
/// Consecutive chunks in one buffer, encrypted and decrypted in place, with a cipher of their own. Chunk <c>j</c> stands at <c>j</c> times
/// the chunk size plus tag, so sealed chunks follow each other without a gap.
/// </summary>
internal sealed class ChunkBatch : IDisposable
{
    private readonly Aes256Gcm _cipher;
    private readonly byte[] _buffer = BatchBuffers.Rent();
    private int _used;

    internal ChunkBatch(FileKeys keys, int chunkSize)
    {
        _cipher = new Aes256Gcm(keys.ChunkKey);
        ChunkSize = chunkSize;
        Capacity = BatchBuffers.PlainBytes / chunkSize;
    }

    internal int ChunkSize { get; }

    /// <summary>Length of a full sealed chunk.</summary>
    internal int SealedSize => ChunkSize + Aes256Gcm.TagLength;

    /// <summary>Most chunks that fit.</summary>
    internal int Capacity { get; }

    /// <summary>Index in the file of the first chunk here.</summary>
    internal long First { get; private set; }

    /// <summary>How many chunks are here.</summary>
    internal int Count { get; private set; }

    /// <summary>Plaintext length of the last chunk here; below 0 when a sealed file ends inside of a tag.</summary>
    internal int LastLength { get; private set; }

    /// <summary>Whether the last chunk here is the last of the file.</summary>
    internal bool EndsFile { get; private set; }

    /// <summary>After <see cref="Open"/>: how many chunks, from the first on, are genuine.</summary>
    internal int Verified { get; private set; }

    private string? Failure { get; set; }

    /// <summary>Says what the buffer holds.</summary>
    internal void Set(long first, int count, int lastLength, bool endsFile)
    {
        if (first + count > HeaderLayout.MostChunks)
        {
            throw new IOException(string.Create(CultureInfo.InvariantCulture, $"a sealed file holds at most {HeaderLayout.MostChunks} chunks of {ChunkSize} bytes; choose larger chunks"));
        }

        (First, Count, LastLength, EndsFile) = (first, count, lastLength, endsFile);
        _used = Math.Max(_used, SealedLength);
    }

    /// <summary>The place of a full sealed chunk, whatever is in it.</summary>
    internal Memory<byte> Place(int chunk) => _buffer.AsMemory(chunk * SealedSize, SealedSize);

    /// <summary>The plaintext of a chunk.</summary>
    internal Memory<byte> Plain(int chunk) => Place(chunk)[..LengthOf(chunk)];

    /// <summary>All sealed chunks, one after another.</summary>
    internal Memory<byte> Sealed => _buffer.AsMemory(0, SealedLength);

    /// <summary>Encrypts each chunk in its place.</summary>
    internal void Seal()
    {
        Span<byte> nonce = stackalloc byte[Aes256Gcm.NonceLength];
        for (int j = 0; j < Count; j++)
        {
            WriteNonce(nonce, First + j, IsLast(j));
            Span<byte> plain = Plain(j).Span;
            _cipher.Seal(nonce, plain, plain, Place(j).Span.Slice(plain.Length, Aes256Gcm.TagLength));
        }
    }

    /// <summary>Decrypts each chunk in its place, up to the first that is not genuine.</summary>
    internal void Open()
    {
        Failure = null;
        for (Verified = 0; Verified < Count && Failure is null;)
        {
            Failure = FailureOf(Verified);
            Verified += Failure is null ? 1 : 0;
        }
    }

    /// <summary>After <see cref="Open"/>: where the first chunk that is not genuine stands, and what it shows; null when all are genuine.</summary>
    internal OpenResult.Damaged? Damage(SealedHeader header)
    {
        long chunk = First + Verified;
        return Failure is null ? null : new OpenResult.Damaged(header.Length + (chunk * SealedSize), Failure, chunk * ChunkSize);
    }

    public void Dispose()
    {
        _cipher.Dispose();
        BatchBuffers.Return(_buffer, _used);
    }

    /// <summary>The nonce of a chunk: three zero bytes, the index, the flag.</summary>
    internal static void WriteNonce(Span<byte> nonce, long index, bool isLast)
    {
        nonce.Clear();
        BinaryPrimitives.WriteInt64BigEndian(nonce[3..], index);
        nonce[^1] = isLast ? (byte)1 : (byte)0;
    }

    private int SealedLength => Count == 0 ? 0 : ((Count - 1) * SealedSize) + LastLength + Aes256Gcm.TagLength;

    private int LengthOf(int chunk) => chunk == Count - 1 ? LastLength : ChunkSize;

    private bool IsLast(int chunk) => EndsFile && chunk == Count - 1;

    private string? FailureOf(int chunk)
    {
        long index = First + chunk;
        int length = LengthOf(chunk);
        return length < 0 ? Said($"the file ends inside of chunk {index}: it was cut")
            : length == 0 && index > 0 ? Said($"chunk {index} is empty; only an empty file has an empty chunk")
            : IsLast(chunk) && length == ChunkSize ? FailureOfFullLast(chunk)
            : TryOpen(chunk, Place(chunk).Span, length, IsLast(chunk)) ? null
            : Changed(index);
    }

    /// <summary>A full last chunk may be what is left of a file that was cut between two chunks. A failed attempt destroys it, so a copy is kept.</summary>
    private string? FailureOfFullLast(int chunk)
    {
        byte[] copy = BatchBuffers.Rent();
        try
        {
            Place(chunk).Span.CopyTo(copy);
            return TryOpen(chunk, Place(chunk).Span, ChunkSize, isLast: true) ? null
                : TryOpen(chunk, copy, ChunkSize, isLast: false) ? Said($"the file ends after chunk {First + chunk}, which is not its last: it was cut")
                : Changed(First + chunk);
        }
        finally
        {
            BatchBuffers.Return(copy, SealedSize);
        }
    }

    private static string Changed(long index) => Said($"chunk {index} does not hold: it was changed or cut, or belongs to another place or file");

    private static string Said(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private bool TryOpen(int chunk, Span<byte> place, int length, bool isLast)
    {
        Span<byte> nonce = stackalloc byte[Aes256Gcm.NonceLength];
        WriteNonce(nonce, First + chunk, isLast);
        return _cipher.TryOpen(nonce, place[..length], place.Slice(length, Aes256Gcm.TagLength), place[..length]);
    }
}
