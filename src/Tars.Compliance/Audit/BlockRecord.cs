using System.Buffers.Binary;
using System.Security.Cryptography;
using Tars.Sealing.Logs;

namespace Tars.Compliance.Audit;

/// <summary>What the index says of a block, 256 lines from a multiple of 256 on; the filter over their tokens lies behind it.</summary>
/// <param name="First">The block's first line.</param>
/// <param name="Offset">Where it begins in its segment.</param>
/// <param name="End">Where the block ends in its segment.</param>
/// <param name="Hash">The subtree of its lines.</param>
/// <param name="From">The time of its first line.</param>
/// <param name="To">The time of its last line.</param>
/// <param name="FirstId">The event id of its first line.</param>
internal readonly record struct BlockRecord(long First, long Offset, long End, TreeHash Hash, DateTimeOffset From, DateTimeOffset To, Guid FirstId)
{
    /// <summary>Bytes of a record: little-endian, with the beginning of its own SHA-256 at its end.</summary>
    public const int Length = FilterAt + BlockFilter.Length + DigestLength;

    private const int HashAt = 24;
    private const int FromAt = HashAt + TreeHash.Length;
    private const int IdAt = FromAt + 16;
    private const int FilterAt = IdAt + 16;
    private const int DigestLength = 16;

    /// <summary>The filter in a record's bytes.</summary>
    public static Span<byte> FilterOf(Span<byte> record) => record.Slice(FilterAt, BlockFilter.Length);

    /// <summary>The filter in a record's bytes.</summary>
    public static ReadOnlySpan<byte> FilterOf(ReadOnlySpan<byte> record) => record.Slice(FilterAt, BlockFilter.Length);

    /// <summary>Writes around the filter that stands in the record already.</summary>
    public void Write(Span<byte> record)
    {
        BinaryPrimitives.WriteInt64LittleEndian(record, First);
        BinaryPrimitives.WriteInt64LittleEndian(record[8..], Offset);
        BinaryPrimitives.WriteInt64LittleEndian(record[16..], End);
        Hash.CopyTo(record[HashAt..]);
        BinaryPrimitives.WriteInt64LittleEndian(record[FromAt..], From.UtcTicks);
        BinaryPrimitives.WriteInt64LittleEndian(record[(FromAt + 8)..], To.UtcTicks);
        FirstId.TryWriteBytes(record[IdAt..], bigEndian: true, out _);
        Digest(record).CopyTo(record[^DigestLength..]);
    }

    /// <summary>Reads a record.</summary>
    /// <returns>False when it is not whole.</returns>
    public static bool TryRead(ReadOnlySpan<byte> record, out BlockRecord block)
    {
        block = default;
        if (record.Length != Length || !Digest(record).AsSpan(0, DigestLength).SequenceEqual(record[^DigestLength..]))
        {
            return false;
        }

        block = Parse(record);
        return true;
    }

    /// <summary>Reads a record that was found whole before.</summary>
    public static BlockRecord Parse(ReadOnlySpan<byte> record) => new(
        BinaryPrimitives.ReadInt64LittleEndian(record),
        BinaryPrimitives.ReadInt64LittleEndian(record[8..]),
        BinaryPrimitives.ReadInt64LittleEndian(record[16..]),
        new TreeHash(record.Slice(HashAt, TreeHash.Length)),
        new DateTimeOffset(BinaryPrimitives.ReadInt64LittleEndian(record[FromAt..]), TimeSpan.Zero),
        new DateTimeOffset(BinaryPrimitives.ReadInt64LittleEndian(record[(FromAt + 8)..]), TimeSpan.Zero),
        new Guid(record.Slice(IdAt, 16), bigEndian: true));

    private static byte[] Digest(ReadOnlySpan<byte> record) => SHA256.HashData(record[..^DigestLength])[..DigestLength];
}
