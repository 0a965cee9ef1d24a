using System.Threading.Tasks.Sources;
using Tars.Sealing.Logs;

namespace Tars.Compliance.Audit;

/// <summary>
/// An event on its way: what its caller wrote of the line (from the event's type to its data), and the caller's waiting. Used again once the caller
/// has taken the receipt, so that an append leaves nothing to collect.
/// </summary>
internal sealed class PendingAppend : IValueTaskSource<AuditReceipt>
{
    private const int KeptBytes = 1 << 14;

    private readonly AppendQueue _owner;
    private ManualResetValueTaskSourceCore<AuditReceipt> _core; // goes on with the caller at once: Acknowledgement sees to the thread
    private byte[] _bytes = new byte[1024];

    public PendingAppend(AppendQueue owner) => _owner = owner;

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    /// <summary>What was written.</summary>
    public ReadOnlySpan<byte> Body => _bytes.AsSpan(0, Length);

    /// <summary>By what the event can be found.</summary>
    public EventTokens Tokens;

    /// <summary>What it will be told, once it is durable.</summary>
    public AuditReceipt Receipt { get; set; }

    /// <summary>The caller's waiting.</summary>
    public ValueTask<AuditReceipt> Waiting => new(this, _core.Version);

    public void Complete() => _core.SetResult(Receipt);

    public void Fail(Exception exception) => _core.SetException(exception);

    public AuditReceipt GetResult(short token)
    {
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            _owner.Return(this);
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    /// <summary>Makes it as new.</summary>
    public void Reset()
    {
        _core.Reset();
        Length = 0;
        Tokens = default;
        if (_bytes.Length > KeptBytes)
        {
            _bytes = new byte[1024];
        }
    }

    /// <summary>Writes bytes as they are.</summary>
    public void Raw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        Length += bytes.Length;
    }

    /// <summary>Writes the inside of a JSON string.</summary>
    /// <returns>What was written, until the next write.</returns>
    public ReadOnlySpan<byte> Text(string text)
    {
        Span<byte> room = Room(JsonText.MaximumLength(text));
        int written = JsonText.Write(text, room);
        Length += written;
        return room[..written];
    }

    /// <summary>Room for so many bytes after what was written.</summary>
    public Span<byte> Room(int bytes)
    {
        if (_bytes.Length - Length < bytes)
        {
            Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, Length + bytes));
        }

        return _bytes.AsSpan(Length);
    }

    /// <summary>Counts bytes that were written into <see cref="Room"/>.</summary>
    public void Advance(int bytes) => Length += bytes;

    /// <summary>The most bytes of a body: a line with its head and tail is at most <see cref="EventLine.MaximumBytes"/> long.</summary>
    public const int MaximumBody = EventLine.MaximumBytes - 512;
}
