using Tars.Sealing.Logs;

namespace Tars.Compliance.Audit;

/// <summary>The lines that are written and flushed at once. Each is put together, hashed and chained where it will be written from.</summary>
internal sealed class BatchBuffer
{
    /// <summary>A batch past this is written before more is added to it.</summary>
    private const int Enough = 1 << 20;
    private const int HeadAndTail = 512;

    private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(1 + Enough + EventLine.MaximumBytes, pinned: true);
    private int _length;

    /// <summary>The lines.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(1, _length);

    /// <summary>Begins anew.</summary>
    public void Clear() => _length = 0;

    /// <summary>Adds a line, if there is room.</summary>
    /// <param name="tail">The log's end, which moves on by the line.</param>
    /// <param name="pending">The event, which gets its receipt.</param>
    /// <param name="time">The line's time.</param>
    /// <param name="timestamp">The same as text.</param>
    public bool TryAdd(LogTail tail, PendingAppend pending, DateTimeOffset time, ReadOnlySpan<byte> timestamp)
    {
        if (_length > 0 && _length + pending.Length + HeadAndTail > Enough)
        {
            return false;
        }

        Guid id = tail.Ids.Next(time);
        Span<byte> idText = stackalloc byte[EventLine.EventIdLength];
        id.TryFormat(idText, out _);
        Span<byte> line = _bytes.AsSpan(_length);
        byte before = line[0];
        int length = EventLine.WriteHead(line[1..], tail.Next, idText, timestamp);
        pending.Body.CopyTo(line[(1 + length)..]);
        length = EventLine.WriteTail(line, length + pending.Length, tail.LastHash ?? default, out TreeHash hash);
        line[0] = before;
        _length += length;
        pending.Receipt = new AuditReceipt(tail.Next, id, hash);
        tail.Put(hash, time, id, pending.Tokens, tail.Length + length);
        return true;
    }
}
