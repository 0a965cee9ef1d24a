using System.Buffers;
using System.Security.Cryptography;

namespace Tars.Configuration.Secrets.Http;

/// <summary>
/// Bytes in pinned memory that is zeroed when the buffer grows and when it is disposed. The arrays are of no pool: a request that is given up
/// may still be writing from its body, and must meet zeros there, never what somebody else put into the same array.
/// </summary>
internal sealed class ClearedBuffer : IBufferWriter<byte>, IDisposable
{
    private byte[] _array = New(1024);
    private int _length;

    /// <summary>The number of bytes written.</summary>
    public int Length => _length;

    /// <summary>What was written; valid until the next write.</summary>
    public ReadOnlySpan<byte> Span => _array.AsSpan(0, _length);

    /// <summary>What was written, for interfaces that need memory; valid until the next write.</summary>
    public ReadOnlyMemory<byte> Memory => _array.AsMemory(0, _length);

    /// <inheritdoc/>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _array.Length - _length);
        _length += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Grow(sizeHint);
        return _array.AsMemory(_length);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Grow(sizeHint);
        return _array.AsSpan(_length);
    }

    /// <summary>Writes bytes.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        _length += bytes.Length;
    }

    /// <summary>Forgets the bytes from <paramref name="length"/> on, and zeroes them.</summary>
    public void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, _length);
        CryptographicOperations.ZeroMemory(_array.AsSpan(length, _length - length));
        _length = length;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_array);
        (_array, _length) = ([], 0);
    }

    private static byte[] New(int length) => GC.AllocateUninitializedArray<byte>(length, pinned: true);

    private void Grow(int sizeHint)
    {
        int wanted = Math.Max(sizeHint, 1);
        if (_array.Length - _length >= wanted)
        {
            return;
        }

        byte[] larger = New(Math.Max(_array.Length * 2, _length + wanted));
        Span.CopyTo(larger);
        CryptographicOperations.ZeroMemory(_array);
        _array = larger;
    }
}
