using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Tars.Sealing.Logs;

/// <summary>A hash of the Merkle tree: 32 bytes of SHA-256, held in place. The default value is 32 zero bytes, which no tree has.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly struct TreeHash : IEquatable<TreeHash>
{
    /// <summary>Bytes of a hash.</summary>
    public const int Length = 32;

    // Domain separation of RFC 6962 section 2.1: a leaf can never be taken for a node.
    private const byte NodePrefix = 1;

    // Beginning anew with one object costs the platform's library a third less than a call that makes and frees its own; a log has two hashes a line.
    [ThreadStatic]
    private static IncrementalHash? _sha256;

    private readonly ulong _first;
    private readonly ulong _second;
    private readonly ulong _third;
    private readonly ulong _fourth;

    /// <summary>Takes 32 bytes as they are.</summary>
    /// <exception cref="ArgumentException">There are not exactly 32.</exception>
    public TreeHash(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
        {
            throw new ArgumentException($"a hash has {Length} bytes, not {bytes.Length}", nameof(bytes));
        }

        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        (_first, _second, _third, _fourth) = (words[0], words[1], words[2], words[3]);
    }

    /// <summary>The root of a tree without leaves: SHA-256 of nothing.</summary>
    public static TreeHash Empty { get; } = new(SHA256.HashData([]));

    /// <summary>The hash of a leaf: SHA-256 over a zero byte and the entry. Source: RFC 6962 section 2.1.</summary>
    /// <param name="entry">The entry's bytes, any number of them.</param>
    public static TreeHash OfLeaf(ReadOnlySpan<byte> entry)
    {
        (_sha256 ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA256)).AppendData([0]);
        return Of(entry);
    }

    /// <summary>The hash of a leaf whose zero byte stands in front of the entry already, so that nothing is copied.</summary>
    /// <param name="prefixed">A zero byte, then the entry.</param>
    internal static TreeHash OfPrefixedLeaf(ReadOnlySpan<byte> prefixed) => Of(prefixed);

    /// <summary>The hash of a node: SHA-256 over a byte 1 and the hashes of its children. Source: RFC 6962 section 2.1.</summary>
    public static TreeHash OfNode(TreeHash left, TreeHash right)
    {
        Span<byte> buffer = stackalloc byte[1 + (2 * Length)];
        buffer[0] = NodePrefix;
        left.CopyTo(buffer[1..]);
        right.CopyTo(buffer[(1 + Length)..]);
        return Of(buffer);
    }

    private static TreeHash Of(ReadOnlySpan<byte> bytes)
    {
        IncrementalHash hash = _sha256 ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(bytes);
        Span<byte> result = stackalloc byte[Length];
        hash.GetHashAndReset(result);
        return new TreeHash(result);
    }

    /// <summary>Writes the 32 bytes to the beginning of a span.</summary>
    public void CopyTo(Span<byte> target)
    {
        Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(target[..Length]);
        (words[0], words[1], words[2], words[3]) = (_first, _second, _third, _fourth);
    }

    /// <summary>The 32 bytes.</summary>
    public byte[] ToArray()
    {
        byte[] bytes = new byte[Length];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>Standard Base64 with padding, 44 characters, as checkpoints and proofs write a hash.</summary>
    public string ToBase64() => Convert.ToBase64String(ToArray());

    /// <summary>Reads <see cref="ToBase64"/>; nothing else is taken.</summary>
    public static bool TryParseBase64(ReadOnlySpan<char> text, out TreeHash hash)
    {
        hash = default;
        Span<byte> bytes = stackalloc byte[Length + 1];
        if (!Base64.IsValid(text) || !Convert.TryFromBase64Chars(text, bytes, out int written) || written != Length)
        {
            return false;
        }

        hash = new TreeHash(bytes[..Length]);
        return text.SequenceEqual(hash.ToBase64()); // one form only: no white space, no stray bits at the end
    }

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public override string ToString() => Convert.ToHexStringLower(ToArray());

    /// <inheritdoc/>
    public bool Equals(TreeHash other) =>
        _first == other._first && _second == other._second && _third == other._third && _fourth == other._fourth;

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is TreeHash other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _first.GetHashCode();

    /// <summary>Whether both are the same 32 bytes. Hashes of a log are public: the comparison need not take constant time.</summary>
    public static bool operator ==(TreeHash left, TreeHash right) => left.Equals(right);

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(TreeHash left, TreeHash right) => !left.Equals(right);
}
