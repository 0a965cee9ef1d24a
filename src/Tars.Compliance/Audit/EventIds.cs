using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Tars.Compliance.Audit;

/// <summary>
/// Event ids: UUIDs of version 7, each greater than the one before. Source: RFC 9562 section 5.7 and, for the order inside a millisecond, section 6.2
/// method 2: the random bits are a counter, drawn anew in each millisecond.
/// </summary>
internal struct EventIds
{
    private const ulong TailMask = (1UL << 62) - 1;
    private const ulong Variant = 2UL << 62;

    private long _milliseconds;
    private int _head; // 12 bits
    private ulong _tail; // 62 bits

    /// <summary>The next id.</summary>
    /// <param name="time">Now. An earlier time than the last one is taken for the last one.</param>
    public Guid Next(DateTimeOffset time)
    {
        long now = time.ToUnixTimeMilliseconds();
        if (now > _milliseconds)
        {
            Span<byte> random = stackalloc byte[sizeof(ulong) + sizeof(ushort)];
            RandomNumberGenerator.Fill(random);
            _milliseconds = now;
            _tail = BinaryPrimitives.ReadUInt64LittleEndian(random) & TailMask;
            _head = random[sizeof(ulong)] | ((random[^1] & 7) << 8); // the counter's first bit is 0: it cannot run over within a millisecond
        }
        else if (++_tail > TailMask)
        {
            _tail = 0;
            if (++_head > 0xfff)
            {
                (_head, _milliseconds) = (0, _milliseconds + 1);
            }
        }

        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, ((ulong)_milliseconds << 16) | 0x7000UL | (uint)_head);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], Variant | _tail);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>Goes on after an id that stands in the log.</summary>
    public void Follow(Guid last)
    {
        Span<byte> bytes = stackalloc byte[16];
        last.TryWriteBytes(bytes, bigEndian: true, out _);
        ulong first = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        (_milliseconds, _head, _tail) = ((long)(first >> 16), (int)(first & 0xfff), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]) & TailMask);
    }

    /// <summary>Whether a text is such an id, in lower case with hyphens.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out Guid id) =>
        Guid.TryParseExact(Encoding.ASCII.GetString(text), "D", out id) && id is { Version: 7, Variant: >= 8 and <= 11 } && !text.ContainsAnyInRange((byte)'A', (byte)'F');

    /// <summary>Order of ids as the log has it: by their bytes as they are written.</summary>
    public static int Compare(Guid left, Guid right)
    {
        Span<byte> bytes = stackalloc byte[32];
        left.TryWriteBytes(bytes, bigEndian: true, out _);
        right.TryWriteBytes(bytes[16..], bigEndian: true, out _);
        return bytes[..16].SequenceCompareTo(bytes[16..]);
    }
}
