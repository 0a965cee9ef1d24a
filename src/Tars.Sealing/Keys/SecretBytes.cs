using System.Security.Cryptography;

namespace Tars.Sealing.Keys;

/// <summary>Secret bytes in memory that the collector does not move, so that zeroing them on disposal leaves no copy behind.</summary>
public sealed class SecretBytes : IDisposable
{
    private readonly byte[] _bytes;
    private int _length;
    private bool _disposed;

    /// <summary>Room for so many bytes, all zero.</summary>
    /// <param name="length">0 or more.</param>
    public SecretBytes(int length)
    {
        _bytes = GC.AllocateArray<byte>(length, pinned: true);
        _length = length;
    }

    /// <summary>A copy; the caller zeroes its own.</summary>
    public SecretBytes(ReadOnlySpan<byte> bytes)
        : this(bytes.Length) => bytes.CopyTo(_bytes);

    /// <summary>How many bytes are held.</summary>
    public int Length => _length;

    /// <summary>The bytes themselves.</summary>
    /// <exception cref="ObjectDisposedException">They were zeroed.</exception>
    public Span<byte> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _bytes.AsSpan(0, _length);
        }
    }

    /// <summary>Zeroes the bytes.</summary>
    public void Dispose()
    {
        _disposed = true;
        CryptographicOperations.ZeroMemory(_bytes);
    }

    /// <summary>Says nothing of the bytes.</summary>
    public override string ToString() => $"{_length} secret bytes";

    /// <summary>Keeps the first bytes and zeroes the others.</summary>
    internal SecretBytes Shorten(int length)
    {
        CryptographicOperations.ZeroMemory(_bytes.AsSpan(length));
        _length = length;
        return this;
    }
}
