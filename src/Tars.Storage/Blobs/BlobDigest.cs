using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Tars.Storage.Blobs;

/// <summary>
/// The SHA-256 of a blob (FIPS 180-4), which is its name in a store. The default value is 32 zero bytes. Ordered as its bytes are, which is the order of
/// its hexadecimal text.
/// </summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct BlobDigest : IComparable<BlobDigest>
{
    /// <summary>Length in bytes.</summary>
    public const int Length = 32;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    private readonly ulong _a;
    private readonly ulong _b;
    private readonly ulong _c;
    private readonly ulong _d;

    private BlobDigest(ReadOnlySpan<byte> bytes)
    {
        _a = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _b = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        _c = BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]);
        _d = BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]);
    }

    /// <summary>A digest from its bytes.</summary>
    /// <exception cref="ArgumentException">There are not exactly 32.</exception>
    public static BlobDigest FromBytes(ReadOnlySpan<byte> bytes) =>
        bytes.Length == Length ? new BlobDigest(bytes) : throw new ArgumentException($"a digest has {Length} bytes, these are {bytes.Length}", nameof(bytes));

    /// <summary>The digest of <paramref name="content"/>, which may be empty.</summary>
    public static BlobDigest Of(ReadOnlySpan<byte> content)
    {
        Span<byte> hash = stackalloc byte[Length];
        SHA256.HashData(content, hash);
        return new BlobDigest(hash);
    }

    /// <summary>Reads 64 hexadecimal digits in lower case, and nothing else.</summary>
    /// <returns>False for any other text, null among them.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out BlobDigest digest)
    {
        digest = default;
        if (text is not { Length: 2 * Length } || !IsHex(text))
        {
            return false;
        }

        digest = new BlobDigest(Convert.FromHexString(text));
        return true;
    }

    /// <summary>Reads 64 hexadecimal digits in lower case.</summary>
    /// <exception cref="FormatException">The text is anything else.</exception>
    public static BlobDigest Parse(string text) =>
        TryParse(text, out BlobDigest digest) ? digest : throw new FormatException($"\"{text}\" is no digest; write 64 hexadecimal digits in lower case");

    /// <summary>The 32 bytes, a new array.</summary>
    public byte[] ToArray()
    {
        byte[] bytes = new byte[Length];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, _a);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(8), _b);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(16), _c);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(24), _d);
        return bytes;
    }

    /// <summary>64 hexadecimal digits in lower case.</summary>
    public override string ToString() => Convert.ToHexStringLower(ToArray());

    /// <summary>Whether there are digits in lower case only.</summary>
    internal static bool IsHex(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(HexDigits);

    /// <inheritdoc/>
    public int CompareTo(BlobDigest other) => (_a, _b, _c, _d).CompareTo((other._a, other._b, other._c, other._d));

    /// <summary>Whether <paramref name="left"/> stands before <paramref name="right"/>.</summary>
    public static bool operator <(BlobDigest left, BlobDigest right) => left.CompareTo(right) < 0;

    /// <summary>Whether <paramref name="left"/> stands after <paramref name="right"/>.</summary>
    public static bool operator >(BlobDigest left, BlobDigest right) => left.CompareTo(right) > 0;

    /// <summary>Whether <paramref name="left"/> stands before <paramref name="right"/> or is it.</summary>
    public static bool operator <=(BlobDigest left, BlobDigest right) => left.CompareTo(right) <= 0;

    /// <summary>Whether <paramref name="left"/> stands after <paramref name="right"/> or is it.</summary>
    public static bool operator >=(BlobDigest left, BlobDigest right) => left.CompareTo(right) >= 0;
}
