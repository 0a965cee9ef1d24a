using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Tars.Storage;

/// <summary>SHA-256 digests, written as 64 lower-case hexadecimal digits.</summary>
internal static class StoreDigest
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    /// <summary>The text, if it is a digest.</summary>
    /// <exception cref="ArgumentException">It is none.</exception>
    public static string Require(string text, string name) => text.Length == 64 && !text.AsSpan().ContainsAnyExcept(Digits)
        ? text
        : throw new ArgumentException($"\"{text}\" is no SHA-256 digest in 64 lower-case hexadecimal digits", name);
}

/// <summary>A digest over values in order, so that the same report twice is told from another one of the same name. Refuses text a database cannot hold.</summary>
internal sealed class ContentDigest : IDisposable
{
    private static readonly UTF8Encoding Strict = new(false, true);
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly ArrayBufferWriter<byte> _buffer = new(8192);

    /// <summary>Adds a text; null is told from empty.</summary>
    /// <exception cref="ArgumentException">It holds U+0000 or half a surrogate pair.</exception>
    public ContentDigest Add(string? text)
    {
        if (text is null)
        {
            return Add(-1L);
        }

        if (text.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException("a text holds U+0000, which PostgreSQL cannot store");
        }

        int length = Strict.GetByteCount(text);
        Add((long)length);
        Strict.GetBytes(text, _buffer);
        return Flush();
    }

    /// <summary>Adds a whole number; null is told from every number.</summary>
    public ContentDigest Add(long? value) => value is { } number ? Add(1).Add(number) : Add(0);

    /// <summary>Adds a number.</summary>
    public ContentDigest Add(double? value) => Add(value is { } number ? BitConverter.DoubleToInt64Bits(number) : (long?)null);

    /// <summary>The digest.</summary>
    public string Finish()
    {
        _hash.AppendData(_buffer.WrittenSpan);
        _buffer.ResetWrittenCount();
        return Convert.ToHexStringLower(_hash.GetHashAndReset());
    }

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();

    private ContentDigest Add(long number)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_buffer.GetSpan(8), number);
        _buffer.Advance(8);
        return Flush();
    }

    private ContentDigest Flush()
    {
        if (_buffer.WrittenCount > 4096)
        {
            _hash.AppendData(_buffer.WrittenSpan);
            _buffer.ResetWrittenCount();
        }

        return this;
    }
}
