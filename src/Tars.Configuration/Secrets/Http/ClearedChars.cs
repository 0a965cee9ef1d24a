using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Xml;

namespace Tars.Configuration.Secrets.Http;

/// <summary>Characters in pooled memory that is zeroed on <see cref="Dispose"/>.</summary>
internal sealed class ClearedChars : IDisposable
{
    private char[] _array;
    private int _length;

    private ClearedChars(int capacity) => _array = ArrayPool<char>.Shared.Rent(capacity);

    /// <summary>The characters.</summary>
    public ReadOnlySpan<char> Span => _array.AsSpan(0, _length);

    /// <summary>Reads the text at which <paramref name="reader"/> stands.</summary>
    public static ClearedChars Read(XmlReader reader)
    {
        ClearedChars chars = new(4096);
        int read;
        while ((read = reader.ReadValueChunk(chars._array, chars._length, chars._array.Length - chars._length)) > 0)
        {
            chars._length += read;
            if (chars._length == chars._array.Length)
            {
                chars.Grow();
            }
        }

        return chars;
    }

    /// <summary>Returns the characters that <paramref name="utf8"/> holds.</summary>
    /// <exception cref="DecoderFallbackException">It is not UTF-8.</exception>
    public static ClearedChars Of(ReadOnlySpan<byte> utf8)
    {
        ClearedChars chars = new(Math.Max(1, utf8.Length));
        chars._length = new UTF8Encoding(false, throwOnInvalidBytes: true).GetChars(utf8, chars._array);
        return chars;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        GiveBack(_array);
        (_array, _length) = ([], 0);
    }

    private static void GiveBack(char[] array)
    {
        if (array.Length > 0)
        {
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(array.AsSpan()));
            ArrayPool<char>.Shared.Return(array);
        }
    }

    private void Grow()
    {
        char[] larger = ArrayPool<char>.Shared.Rent(_array.Length * 2);
        Span.CopyTo(larger);
        GiveBack(_array);
        _array = larger;
    }
}
