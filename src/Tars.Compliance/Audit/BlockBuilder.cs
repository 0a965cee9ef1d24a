using Tars.Sealing.Logs;

namespace Tars.Compliance.Audit;

/// <summary>Gathers the index record of a block while its lines come.</summary>
internal sealed class BlockBuilder
{
    private readonly byte[] _record = new byte[BlockRecord.Length];
    private CompactRange _lines = new();
    private long _offset;
    private DateTimeOffset _from;
    private DateTimeOffset _to;
    private Guid _firstId;

    /// <summary>The lines that are there.</summary>
    public CompactRange Lines => _lines;

    /// <summary>Whether all lines of the block are there.</summary>
    public bool IsFull => _lines.End - _lines.Begin == LogLayout.BlockLines;

    /// <summary>Begins a block.</summary>
    /// <param name="first">Its first line.</param>
    /// <param name="offset">Where that begins in its segment.</param>
    public void Begin(long first, long offset)
    {
        (_lines, _offset) = (new CompactRange(first), offset);
        Array.Clear(_record);
    }

    /// <summary>Adds the next line.</summary>
    public void Add(TreeHash leaf, DateTimeOffset time, Guid id, in EventTokens tokens)
    {
        if (_lines.End == _lines.Begin)
        {
            (_from, _firstId) = (time, id);
        }

        _to = time;
        _lines.Append(leaf);
        Span<byte> filter = BlockRecord.FilterOf(_record.AsSpan());
        for (int i = 0; i < tokens.Count; i++)
        {
            BlockFilter.Add(filter, tokens[i]);
        }
    }

    /// <summary>The record of a full block, valid until the next <see cref="Begin"/>.</summary>
    /// <param name="end">Where the block ends in its segment.</param>
    public ReadOnlySpan<byte> Finish(long end)
    {
        new BlockRecord(_lines.Begin, _offset, end, _lines.Subtrees[0].Hash, _from, _to, _firstId).Write(_record);
        return _record;
    }
}
