using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Tars.Sealing.Logs;

namespace Tars.Compliance.Audit;

/// <summary>One segment for reading, with the index that it has. Where the index ends, lines are read.</summary>
internal sealed class SegmentReader : IDisposable
{
    private readonly LogLayout _layout;
    private readonly SafeFileHandle _handle;
    private byte[]? _read;

    /// <exception cref="AuditLogException">It cannot be read.</exception>
    public SegmentReader(LogLayout layout, long first)
    {
        (_layout, First, Path) = (layout, first, layout.Segment(first));
        try
        {
            _handle = File.OpenHandle(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new AuditLogException(Path, $"the segment cannot be read: {exception.Message}", sequence: first, inner: exception);
        }
    }

    public long First { get; }

    public string Path { get; }

    /// <summary>How many blocks the index knows.</summary>
    public int Blocks => Index.Length / BlockRecord.Length;

    // Read when more than a line is looked for.
    private byte[] Index => _read ??= BlockIndex.Read(_layout, First, RandomAccess.GetLength(_handle));

    // Where the index ends.
    private long Indexed => Blocks == 0 ? 0 : Block(Blocks - 1).End;

    /// <summary>What the index says of a block.</summary>
    public BlockRecord Block(int number) => BlockRecord.Parse(Record(number));

    /// <summary>The records that fit, in order.</summary>
    /// <param name="filter">What is looked for.</param>
    /// <param name="tokens">Its tokens.</param>
    public IEnumerable<AuditRecord> Find(AuditFilter filter, IReadOnlyList<ulong> tokens)
    {
        for (int i = 0; i < Blocks; i++)
        {
            if (MayHold(i, filter, tokens))
            {
                BlockRecord block = Block(i);
                foreach (AuditRecord record in Read(block.Offset, block.End, block.First, filter, tokens))
                {
                    yield return record;
                }
            }
        }

        foreach (AuditRecord record in Read(Indexed, long.MaxValue, First + ((long)Blocks * LogLayout.BlockLines), filter, tokens))
        {
            yield return record;
        }
    }

    /// <summary>The record of an id; null when there is none.</summary>
    public AuditRecord? Find(Guid id)
    {
        using (BlockSearch? search = BlockSearch.Open(_layout, First, RandomAccess.GetLength(_handle)))
        {
            if (search?.Of(id) is { } sound)
            {
                return In(sound.Offset, sound.End, sound.First);
            }
        }

        int low = 0, high = Blocks;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (EventIds.Compare(Block(middle).FirstId, id) <= 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        BlockRecord block = low > 0 ? Block(low - 1) : default;
        AuditRecord? found = low > 0 ? In(block.Offset, block.End, block.First) : null;
        return found ?? (low == Blocks ? In(Indexed, long.MaxValue, First + ((long)Blocks * LogLayout.BlockLines)) : null);

        AuditRecord? In(long offset, long end, long first)
        {
            foreach ((EventLine line, ReadOnlyMemory<byte> text) in Lines(offset, end, first))
            {
                if (LineTokens.IdOf(text.Span) == id)
                {
                    return Parse(line, text.Span);
                }
            }

            return null;
        }
    }

    /// <summary>The record of a line; null when the segment ends before it.</summary>
    public AuditRecord? At(long sequence)
    {
        (long offset, long end, long first) = Place(sequence);
        foreach ((EventLine line, ReadOnlyMemory<byte> text) in Lines(offset, end, first))
        {
            if (line.Sequence == sequence)
            {
                return Parse(line, text.Span);
            }
        }

        return null;
    }

    /// <summary>The lines' hashes of the block that a line belongs to, as far as they are there.</summary>
    public IReadOnlyList<TreeHash> Leaves(long sequence)
    {
        (long offset, long end, long first) = Place(sequence);
        long begin = sequence / LogLayout.BlockLines * LogLayout.BlockLines;
        return [.. Lines(offset, end, first).SkipWhile(one => one.Line.Sequence < begin).Take(LogLayout.BlockLines).Select(one => one.Line.CurrentHash)];
    }

    /// <summary>Reads what the index does not know and makes records of its full blocks, in memory.</summary>
    /// <returns>The line after the segment's last.</returns>
    public long Complete()
    {
        BlockBuilder builder = new();
        long next = First + ((long)Blocks * LogLayout.BlockLines);
        long indexed = Indexed;
        builder.Begin(next, indexed);
        using MemoryStream made = new();
        made.Write(Index);
        foreach ((EventLine line, ReadOnlyMemory<byte> text, long end) in Scan(indexed, long.MaxValue, next))
        {
            builder.Add(line.CurrentHash, line.Timestamp, LineTokens.IdOf(text.Span), LineTokens.Of(text.Span));
            next++;
            if (builder.IsFull)
            {
                made.Write(builder.Finish(end));
                builder.Begin(next, end);
            }
        }

        _read = made.ToArray();
        return next;
    }

    public void Dispose() => _handle.Dispose();

    private ReadOnlySpan<byte> Record(int number) => Index.AsSpan(number * BlockRecord.Length, BlockRecord.Length);

    private (long Offset, long End, long First) Place(long sequence)
    {
        using (BlockSearch? search = _read is null ? BlockSearch.Open(_layout, First, RandomAccess.GetLength(_handle)) : null)
        {
            if (search?.Of(sequence) is { } sound)
            {
                return (sound.Offset, sound.End, sound.First);
            }
        }

        long number = (sequence - First) / LogLayout.BlockLines;
        return number < Blocks && Block((int)number) is var block
            ? (block.Offset, block.End, block.First)
            : (Indexed, long.MaxValue, First + ((long)Blocks * LogLayout.BlockLines));
    }

    private bool MayHold(int number, AuditFilter filter, IReadOnlyList<ulong> tokens)
    {
        BlockRecord block = Block(number);
        if (filter.From > block.To || filter.To <= block.From)
        {
            return false;
        }

        ReadOnlySpan<byte> bits = BlockRecord.FilterOf(Record(number));
        foreach (ulong token in tokens)
        {
            if (!BlockFilter.MayHold(bits, token))
            {
                return false;
            }
        }

        return true;
    }

    private IEnumerable<AuditRecord> Read(long offset, long end, long first, AuditFilter filter, IReadOnlyList<ulong> tokens)
    {
        foreach ((EventLine line, ReadOnlyMemory<byte> text) in Lines(offset, end, first))
        {
            if (HoldsAll(LineTokens.Of(text.Span), tokens) && Parse(line, text.Span) is { } record && filter.Fits(record))
            {
                yield return record;
            }
        }
    }

    private static bool HoldsAll(EventTokens line, IReadOnlyList<ulong> wanted)
    {
        foreach (ulong token in wanted)
        {
            bool isThere = false;
            for (int i = 0; i < line.Count; i++)
            {
                isThere |= line[i] == token;
            }

            if (!isThere)
            {
                return false;
            }
        }

        return true;
    }

    private IEnumerable<(EventLine Line, ReadOnlyMemory<byte> Text)> Lines(long offset, long end, long first) =>
        Scan(offset, end, first).Select(one => (one.Line, one.Text));

    private IEnumerable<(EventLine Line, ReadOnlyMemory<byte> Text, long End)> Scan(long offset, long end, long first)
    {
        LineScanner scanner = new((target, at) => RandomAccess.Read(_handle, target.Span, at), offset);
        for (long sequence = first; scanner.Offset < end; sequence++)
        {
            long at = scanner.Offset;
            if (Next(scanner, at, sequence) is not { } line)
            {
                yield break;
            }

            yield return (line, scanner.Line, scanner.Offset);
        }
    }

    private EventLine? Next(LineScanner scanner, long at, long sequence)
    {
        if (!scanner.TryNext(out Span<byte> prefixed))
        {
            return null; // being written, or torn
        }

        return !EventLine.TryRead(prefixed, out EventLine line, out string? refusal) ? throw Damage(at, sequence, refusal)
            : line.Sequence != sequence ? throw Damage(at, sequence, $"the line says that it is {line.Sequence}")
            : line.ActualHash != line.CurrentHash ? throw Damage(at, sequence, "its hash is another than it says: the line was changed")
            : line;
    }

    private AuditRecord Parse(in EventLine line, ReadOnlySpan<byte> text)
    {
        try
        {
            return AuditRecord.Parse(line, text);
        }
        catch (JsonException exception)
        {
            throw Damage(0, line.Sequence, $"it is no event: {exception.Message}");
        }
    }

    private AuditLogException Damage(long offset, long sequence, string reason) =>
        new(Path, reason, $"`tars audit verify {_layout.Root}` says what else is wrong", offset, sequence);
}
