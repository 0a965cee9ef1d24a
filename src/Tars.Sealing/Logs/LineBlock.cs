using System.Buffers;

namespace Tars.Sealing.Logs;

/// <summary>A line as it was found in a file. Fields, not properties: a line is large, and it is read and looked at without being copied.</summary>
internal struct ScannedLine
{
    /// <summary>What it says; of no use when it was refused.</summary>
    internal EventLine Line;

    /// <summary>Where it begins in its file.</summary>
    internal long Offset;

    /// <summary>Where it begins in the block's buffer.</summary>
    internal int Start;

    /// <summary>Its bytes without the line feed.</summary>
    internal int Length;

    /// <summary>Where its event id begins in it.</summary>
    internal int EventId;

    /// <summary>What is wrong with its form; null when nothing is.</summary>
    internal string? Refusal;
}

/// <summary>
/// A piece of one segment: whole lines, read, parsed and hashed where they lie. It is filled again and again, so that a log of any length is read in the
/// same memory and no line costs an allocation.
/// </summary>
internal sealed class LineBlock
{
    private const int ReadBytes = 1 << 18;
    private static readonly SearchValues<byte> IdBytes = SearchValues.Create("0123456789abcdef-"u8);

    // A byte before the first line takes the prefix of its leaf. It grows when what is left of a line is long.
    private byte[] _buffer = [];
    private ScannedLine[] _lines = new ScannedLine[64];
    private int _count;

    /// <summary>The segment's place among those that are read.</summary>
    internal int Part { get; private set; }

    /// <summary>The lines.</summary>
    internal ReadOnlySpan<ScannedLine> Lines => _lines.AsSpan(0, _count);

    /// <summary>Whether the segment ends with this block.</summary>
    internal bool IsLast { get; private set; }

    /// <summary>Where the bytes after the last line feed begin in the file.</summary>
    internal long RestOffset { get; private set; }

    /// <summary>Those bytes; when the block is the last one, what ends the file without a line feed, or the beginning of a line that is too long.</summary>
    internal ReadOnlySpan<byte> Rest => _buffer.AsSpan(_restStart, _restLength);

    /// <summary>Bytes of the file that were not read because a line is too long.</summary>
    internal long Unread { get; private set; }

    private int _restStart;
    private int _restLength;

    /// <summary>A line's event id.</summary>
    internal ReadOnlySpan<byte> EventIdOf(in ScannedLine line) => _buffer.AsSpan(line.Start + line.EventId, EventLine.EventIdLength);

    /// <summary>A line from its event type on.</summary>
    internal ReadOnlySpan<byte> FromTypeOf(in ScannedLine line) => _buffer.AsSpan(line.Start + line.EventId + EventLine.EventIdToType, line.Length - line.EventId - EventLine.EventIdToType);

    /// <summary>A line's bytes, without its line feed; they hold until the block is filled again.</summary>
    internal ReadOnlyMemory<byte> MemoryOf(in ScannedLine line) => _buffer.AsMemory(line.Start, line.Length);

    /// <summary>The first line that holds a zero byte, which none does that was written as a whole; -1 when none holds one.</summary>
    internal int FirstWithZero()
    {
        for (int i = 0; i < _count; i++)
        {
            ref readonly ScannedLine line = ref _lines[i];
            if ((line.Refusal is not null || line.Line.ActualHash != line.Line.CurrentHash) && _buffer.AsSpan(line.Start, line.Length).Contains((byte)0))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Reads the next piece.</summary>
    /// <param name="file">The segment, where the block before has left it.</param>
    /// <param name="part">The segment's place.</param>
    /// <param name="before">The block before, of the same segment, whose rest is the beginning of this one; null at the segment's beginning. May be this one.</param>
    internal void Fill(FileStream file, int part, LineBlock? before)
    {
        Part = part;
        long offset = before?.RestOffset ?? 0;
        int length = before?._restLength ?? 0;
        byte[] rest = before?._buffer ?? [];
        int restStart = before?._restStart ?? 0;
        int wanted = (int)Math.Clamp(file.Length + 1 - file.Position, 1, ReadBytes);
        if (1 + length + wanted > _buffer.Length)
        {
            int more = length < ReadBytes ? ReadBytes : EventLine.MaximumBytes;
            _buffer = GC.AllocateUninitializedArray<byte>(1 + (wanted < ReadBytes ? length : more) + wanted);
        }

        rest.AsSpan(restStart, length).CopyTo(_buffer.AsSpan(1));
        int read = file.ReadAtLeast(_buffer.AsSpan(1 + length, wanted), wanted, throwOnEndOfStream: false);
        IsLast = read < wanted;
        Scan(1 + length + read, offset);
        if (_restLength >= EventLine.MaximumBytes && !IsLast)
        {
            IsLast = true; // nothing says where a line this long ends
            Unread = file.Length - file.Position;
        }
        else
        {
            Unread = 0;
        }
    }

    private void Scan(int end, long offset)
    {
        _count = 0;
        int start = 1;
        for (int length; (length = _buffer.AsSpan(start, end - start).IndexOf((byte)'\n')) >= 0; start += length + 1)
        {
            if (_count == _lines.Length)
            {
                Array.Resize(ref _lines, 2 * _lines.Length);
            }

            ref ScannedLine line = ref _lines[_count++];
            (line.Offset, line.Start, line.Length) = (offset, start, length);
            if (EventLine.TryRead(_buffer.AsSpan(start - 1, length + 1), out line.Line, out line.Refusal))
            {
                line.EventId = EventLine.StartOfEventId(_buffer.AsSpan(start, length));
                if (!IsEventId(_buffer.AsSpan(start + line.EventId, EventLine.EventIdLength)))
                {
                    line.Refusal = "\"event_id\" is no UUID of version 7 in lower case";
                }
            }

            offset += length + 1;
        }

        RestOffset = offset;
        _restStart = start;
        _restLength = end - start;
    }

    private static bool IsEventId(ReadOnlySpan<byte> id) =>
        id[8] == '-' && id[13] == '-' && id[18] == '-' && id[23] == '-' && id[14] == '7' && id[19] is (byte)'8' or (byte)'9' or (byte)'a' or (byte)'b'
        && !id.ContainsAnyExcept(IdBytes) && id.Count((byte)'-') == 4;
}
