using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Tars.Sealing.Streams;

/// <summary>Reads a header from its bytes and refuses what the format does not allow, with the place.</summary>
internal sealed class HeaderReader
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private int _position;
    private OpenResult.Malformed? _malformed;

    private HeaderReader(ReadOnlyMemory<byte> bytes) => _bytes = bytes;

    /// <summary>Reads from the beginning of an open file.</summary>
    internal static (SealedHeader? Header, OpenResult.Malformed? Malformed) Read(SafeFileHandle file)
    {
        byte[] beginning = new byte[HeaderLayout.Longest];
        return Read(beginning.AsMemory(0, FileBytes.Read(file, beginning, 0)));
    }

    /// <summary>Reads from the beginning of a file; bytes after the header are left alone.</summary>
    /// <returns>The header, or what is wrong; exactly one is not null.</returns>
    internal static (SealedHeader? Header, OpenResult.Malformed? Malformed) Read(ReadOnlyMemory<byte> beginning)
    {
        HeaderReader reader = new(beginning);
        SealedHeader? header = reader.ReadHeader();
        return reader._malformed is { } malformed ? (null, malformed) : (header, null);
    }

    private SealedHeader? ReadHeader()
    {
        ReadMagic();
        ReadNumber("chunk exponent", HeaderLayout.SmallestExponent, HeaderLayout.LargestExponent);
        string contentType = ReadText("content type", HeaderLayout.LongestContentType);
        Take(HeaderLayout.SaltLength + HeaderLayout.CommitmentLength, "salt and commitment");
        int fixedLength = _position;
        int count = ReadNumber("number of recipients", 1, HeaderLayout.MostRecipients);
        List<KeyVersion> names = [];
        List<Range> places = [];
        for (int i = 0; i < count && _malformed is null; i++)
        {
            int start = _position;
            KeyVersion name = new(ReadText("key id", KeyVersion.LongestKeyId), ReadVersion());
            Take(HeaderLayout.WrappingLength, "wrapped data key");
            if (_malformed is null && names.Contains(name))
            {
                Refuse(start, $"recipient {name} stands there twice");
            }

            names.Add(name);
            places.Add(start.._position);
        }

        Take(HeaderLayout.MacLength, "header MAC");
        return _malformed is null ? new SealedHeader(_bytes[.._position].ToArray(), contentType, fixedLength, names, places) : null;
    }

    private void ReadMagic()
    {
        ReadOnlySpan<byte> magic = HeaderLayout.Magic;
        ReadOnlySpan<byte> found = _bytes.Span[..Math.Min(magic.Length, _bytes.Length)];
        if (!found.StartsWith(magic[..^1]))
        {
            Refuse(0, "not a sealed file: it does not begin with TARSEAL");
        }
        else if (found.Length == magic.Length && found[^1] != magic[^1])
        {
            Refuse(magic.Length - 1, $"format version {found[^1]} is not known; this program reads version {magic[^1]}");
        }

        Take(magic.Length, "format version");
    }

    private int ReadNumber(string what, int smallest, int largest)
    {
        int place = _position;
        ReadOnlySpan<byte> taken = Take(1, what);
        int value = taken.IsEmpty ? 0 : taken[0];
        if (_malformed is null && (value < smallest || value > largest))
        {
            Refuse(place, $"{what} {value} is not in {smallest} to {largest}");
        }

        return value;
    }

    private string ReadText(string what, int longest)
    {
        int length = ReadNumber("length of the " + what, 1, longest);
        int place = _position;
        string text = Encoding.Latin1.GetString(Take(length, what));
        if (_malformed is null && !KeyVersion.IsVisible(text))
        {
            Refuse(place, $"the {what} is not visible ASCII");
        }

        return text;
    }

    private int ReadVersion()
    {
        int place = _position;
        ReadOnlySpan<byte> taken = Take(sizeof(uint), "key version");
        uint version = taken.IsEmpty ? 0 : BinaryPrimitives.ReadUInt32BigEndian(taken);
        if (_malformed is null && version is 0 or > int.MaxValue)
        {
            Refuse(place, $"key version {version} is not in 1 to {int.MaxValue}");
        }

        return (int)version;
    }

    private ReadOnlySpan<byte> Take(int length, string what)
    {
        if (_malformed is not null)
        {
            return default;
        }

        if (_bytes.Length - _position < length)
        {
            Refuse(_bytes.Length, $"the file ends in the header's {what}");
            return default;
        }

        _position += length;
        return _bytes.Span.Slice(_position - length, length);
    }

    private void Refuse(int offset, string reason) => _malformed ??= new OpenResult.Malformed(offset, reason);
}
