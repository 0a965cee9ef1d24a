using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Tars.Sealing.Logs;

/// <summary>
/// One line of an audit log, as docs/formats/audit-log.md lays it out: an object of JSON whose first members are <c>sequence</c>, <c>event_id</c>,
/// <c>timestamp</c> and <c>event_type</c>, and whose last are <c>previous_hash</c> and <c>current_hash</c>. <c>current_hash</c> is the hash of a leaf
/// of the log's tree, whose entry is the line with that member cut out. So one hash both chains the lines and builds the tree.
/// </summary>
/// <param name="Sequence">The line's place in the log, from 0.</param>
/// <param name="Timestamp">When, UTC, in microseconds.</param>
/// <param name="PreviousHash">The line before; all zeroes in the first line of a log that continues none.</param>
/// <param name="CurrentHash">What the line says that its hash is.</param>
/// <param name="ActualHash">What its hash is.</param>
public readonly record struct EventLine(long Sequence, DateTimeOffset Timestamp, TreeHash PreviousHash, TreeHash CurrentHash, TreeHash ActualHash)
{
    /// <summary>The most bytes of a line, with its line feed.</summary>
    public const int MaximumBytes = 1 << 20;

    /// <summary>Characters of an event id: a UUID of version 7 with hyphens, in lower case.</summary>
    public const int EventIdLength = 36;

    /// <summary>From the beginning of a line's event id to that of its event type.</summary>
    internal const int EventIdToType = EventIdLength + 15 + TimestampLength + 16; // ","timestamp":" and ","event_type":"

    internal const string TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

    /// <summary>Characters of a timestamp.</summary>
    public const int TimestampLength = 27;

    private const int HexLength = 2 * TreeHash.Length;

    // Lengths of what every line ends with: ,"current_hash":"sha256:…"} and before it ,"previous_hash":"sha256:…"
    private static readonly int CurrentLength = CurrentName.Length + HexLength + Tail.Length;
    private static readonly int PreviousLength = PreviousName.Length + HexLength + 1;

    private static ReadOnlySpan<byte> SequenceName => "{\"sequence\":"u8;

    private static ReadOnlySpan<byte> EventIdName => ",\"event_id\":\""u8;

    private static ReadOnlySpan<byte> TimestampName => "\",\"timestamp\":\""u8;

    private static ReadOnlySpan<byte> EventTypeName => "\",\"event_type\":\""u8;

    private static ReadOnlySpan<byte> PreviousName => ",\"previous_hash\":\"sha256:"u8;

    private static ReadOnlySpan<byte> CurrentName => ",\"current_hash\":\"sha256:"u8;

    private static ReadOnlySpan<byte> Tail => "\"}"u8;

    /// <summary>Writes the beginning of a line, up to and with the quotation mark before the event's type.</summary>
    /// <param name="target">At least 128 bytes.</param>
    /// <param name="sequence">The line's place.</param>
    /// <param name="eventId">The event's id, 36 ASCII characters.</param>
    /// <param name="timestamp">When; finer than microseconds is cut.</param>
    /// <returns>Bytes written.</returns>
    public static int WriteHead(Span<byte> target, long sequence, ReadOnlySpan<byte> eventId, DateTimeOffset timestamp)
    {
        Span<byte> text = stackalloc byte[TimestampLength];
        WriteTimestamp(text, timestamp);
        return WriteHead(target, sequence, eventId, text);
    }

    /// <summary>The same with a timestamp that is written already: lines of one batch have the same.</summary>
    /// <param name="target">At least 128 bytes.</param>
    /// <param name="sequence">The line's place.</param>
    /// <param name="eventId">The event's id, 36 ASCII characters.</param>
    /// <param name="timestamp">What <see cref="WriteTimestamp"/> wrote.</param>
    /// <returns>Bytes written.</returns>
    public static int WriteHead(Span<byte> target, long sequence, ReadOnlySpan<byte> eventId, ReadOnlySpan<byte> timestamp)
    {
        int at = Put(target, 0, SequenceName);
        Utf8Formatter.TryFormat(sequence, target[at..], out int written);
        at = Put(target, at + written, EventIdName);
        at = Put(target, at, eventId);
        at = Put(target, at, TimestampName);
        at = Put(target, at, timestamp);
        return Put(target, at, EventTypeName);
    }

    /// <summary>Writes a time as a line has it.</summary>
    /// <param name="target">At least <see cref="TimestampLength"/> bytes.</param>
    /// <param name="timestamp">When; finer than microseconds is cut.</param>
    public static void WriteTimestamp(Span<byte> target, DateTimeOffset timestamp) =>
        timestamp.UtcDateTime.TryFormat(target, out _, TimestampFormat, CultureInfo.InvariantCulture);

    /// <summary>Writes the end of a line: both hashes, the brace, the line feed.</summary>
    /// <param name="line">A byte of no account, then the line as far as it stands, then at least 200 bytes of room.</param>
    /// <param name="length">Bytes of the line that stand, without that first byte.</param>
    /// <param name="previous">The hash of the line before.</param>
    /// <param name="current">The hash of this line.</param>
    /// <returns>Bytes of the line with its line feed, without the first byte.</returns>
    public static int WriteTail(Span<byte> line, int length, TreeHash previous, out TreeHash current)
    {
        int at = Put(line, length + 1, PreviousName);
        at = Put(line, WriteHex(line, at, previous), "\"}"u8);
        line[0] = 0; // the prefix of a leaf (RFC 6962): the entry is hashed where it lies
        current = TreeHash.OfPrefixedLeaf(line[..at]);
        at = Put(line, at - 1, CurrentName);
        return Put(line, WriteHex(line, at, current), "\"}\n"u8) - 1;
    }

    /// <summary>Reads a line. Its members between type and hashes are only looked at for their encoding; <see cref="ActualHash"/> covers them.</summary>
    /// <param name="prefixed">
    /// A byte of no account, then a line without its line feed. The first byte and one byte of the line are changed while its hash is taken, and put back.
    /// </param>
    /// <param name="line">The line; of no use when refused.</param>
    /// <param name="refusal">What is wrong with its form; null when nothing is. A hash that does not fit is not a matter of form.</param>
    public static bool TryRead(Span<byte> prefixed, out EventLine line, [NotNullWhen(false)] out string? refusal)
    {
        line = default;
        ReadOnlySpan<byte> text = prefixed[1..];
        if (!TryReadHead(text, out long sequence, out DateTime timestamp, out refusal))
        {
            return false;
        }

        int current = text.Length - CurrentLength;
        int previous = current - PreviousLength;
        TreeHash previousHash = default, currentHash = default;
        refusal = text.Length >= MaximumBytes ? $"it has {text.Length + 1} bytes; at most {MaximumBytes} are read"
            : previous < 0 || !text[current..].StartsWith(CurrentName) || !text.EndsWith(Tail) || !TryReadHex(text.Slice(current + CurrentName.Length, HexLength), out currentHash)
                ? "it does not end with \"current_hash\""
            : !text[previous..].StartsWith(PreviousName) || text[current - 1] != '"' || !TryReadHex(text.Slice(previous + PreviousName.Length, HexLength), out previousHash)
                ? "\"previous_hash\" does not stand before \"current_hash\""
            : !Utf8.IsValid(text) ? "it is not UTF-8"
            : null;
        if (refusal is not null)
        {
            return false;
        }

        (byte first, byte comma) = (prefixed[0], prefixed[current + 1]);
        (prefixed[0], prefixed[current + 1]) = (0, (byte)'}');
        TreeHash actual = TreeHash.OfPrefixedLeaf(prefixed[..(current + 2)]);
        (prefixed[0], prefixed[current + 1]) = (first, comma);
        line = new EventLine(sequence, new DateTimeOffset(timestamp, TimeSpan.Zero), previousHash, currentHash, actual);
        return true;
    }

    /// <summary>The event id of a line whose form <see cref="TryRead"/> has accepted.</summary>
    /// <param name="line">The line, without the byte before it.</param>
    public static ReadOnlySpan<byte> EventIdOf(ReadOnlySpan<byte> line) => line.Slice(line.IndexOf(EventIdName) + EventIdName.Length, EventIdLength);

    /// <summary>Where the event id of such a line begins.</summary>
    internal static int StartOfEventId(ReadOnlySpan<byte> line) => SequenceName.Length + line[SequenceName.Length..].IndexOf((byte)',') + EventIdName.Length;

    /// <summary>The event type of such a line.</summary>
    /// <param name="line">The line, without the byte before it.</param>
    public static string EventTypeOf(ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> rest = line[(line.IndexOf(EventTypeName) + EventTypeName.Length)..];
        return Encoding.UTF8.GetString(rest[..rest.IndexOf((byte)'"')]);
    }

    private static bool TryReadHead(ReadOnlySpan<byte> text, out long sequence, out DateTime timestamp, [NotNullWhen(false)] out string? refusal)
    {
        (sequence, timestamp) = (0, default);
        int digits = 0;
        if (!text.StartsWith(SequenceName) || !Utf8Parser.TryParse(text[SequenceName.Length..], out sequence, out digits) || sequence < 0
            || (text[SequenceName.Length] == '0' && digits > 1))
        {
            refusal = "it does not begin with \"sequence\"";
            return false;
        }

        ReadOnlySpan<byte> rest = text[(SequenceName.Length + digits)..];
        int time = EventIdName.Length + EventIdLength + TimestampName.Length;
        int type = time + TimestampLength + EventTypeName.Length;
        refusal = rest.Length < type || !rest.StartsWith(EventIdName) ? "\"event_id\" does not follow \"sequence\""
            : !rest[(EventIdName.Length + EventIdLength)..].StartsWith(TimestampName) ? "\"timestamp\" does not follow \"event_id\""
            : !TryReadTimestamp(rest.Slice(time, TimestampLength), out timestamp) ? "\"timestamp\" is no time in UTC with six decimals"
            : !rest[(time + TimestampLength)..].StartsWith(EventTypeName) ? "\"event_type\" does not follow \"timestamp\""
            : null;
        return refusal is null;
    }

    /// <summary>Reads <c>2026-01-31T23:59:59.123456Z</c> without a culture's help: this runs for every line of every log.</summary>
    private static bool TryReadTimestamp(ReadOnlySpan<byte> text, out DateTime time)
    {
        time = default;
        if (text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':' || text[19] != '.' || text[26] != 'Z')
        {
            return false;
        }

        int year = Digits(text, 0, 4), month = Digits(text, 5, 2), day = Digits(text, 8, 2);
        int hour = Digits(text, 11, 2), minute = Digits(text, 14, 2), second = Digits(text, 17, 2), micros = Digits(text, 20, 6);
        if (year < 1 || month is < 1 or > 12 || day < 1 || hour is < 0 or > 23 || minute is < 0 or > 59 || second is < 0 or > 59 || micros < 0
            || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        time = new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc).AddTicks(micros * TimeSpan.TicksPerMicrosecond);
        return true;
    }

    /// <summary>The number that digits write, or -1 when one is none.</summary>
    private static int Digits(ReadOnlySpan<byte> text, int from, int count)
    {
        int value = 0;
        foreach (byte digit in text.Slice(from, count))
        {
            if (digit is < (byte)'0' or > (byte)'9')
            {
                return -1;
            }

            value = (value * 10) + digit - '0';
        }

        return value;
    }

    private static int Put(Span<byte> target, int at, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(target[at..]);
        return at + bytes.Length;
    }

    private static int WriteHex(Span<byte> target, int at, TreeHash hash)
    {
        Span<byte> bytes = stackalloc byte[TreeHash.Length];
        hash.CopyTo(bytes);
        Convert.TryToHexStringLower(bytes, target[at..], out int written);
        return at + written;
    }

    private static bool TryReadHex(ReadOnlySpan<byte> hex, out TreeHash hash)
    {
        hash = default;
        if (hex.ContainsAnyInRange((byte)'A', (byte)'F'))
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[TreeHash.Length];
        if (Convert.FromHexString(hex, bytes, out _, out _) != System.Buffers.OperationStatus.Done)
        {
            return false;
        }

        hash = new TreeHash(bytes);
        return true;
    }
}
