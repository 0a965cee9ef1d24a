namespace Tars.Compliance.Audit;

/// <summary>Where callers leave their events and the committer takes them, all at once. Also says that there is other work to do.</summary>
internal sealed class AppendQueue
{
    private const int FreeLimit = 8192;

    private readonly object _gate = new(); // waited on, which a Lock cannot be
    private readonly int _pendingBytes;
    private readonly Stack<PendingAppend> _free = new();
    private List<PendingAppend> _incoming = [];
    private TaskCompletionSource? _room;
    private AuditLogException? _closed;
    private int _bytes;
    private bool _called;

    public AppendQueue(int pendingBytes) => _pendingBytes = pendingBytes;

    /// <summary>Whether nothing waits.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_gate)
            {
                return _incoming.Count == 0;
            }
        }
    }

    /// <summary>An empty event to write into.</summary>
    public PendingAppend Rent()
    {
        lock (_gate)
        {
            if (_free.TryPop(out PendingAppend? free))
            {
                return free;
            }
        }

        return new PendingAppend(this);
    }

    /// <summary>Takes back an event that nobody waits for any longer.</summary>
    public void Return(PendingAppend pending)
    {
        pending.Reset();
        lock (_gate)
        {
            if (_free.Count < FreeLimit)
            {
                _free.Push(pending);
            }
        }
    }

    /// <summary>Accepts an event; null says that it was accepted, else the task says when to try again.</summary>
    /// <exception cref="AuditLogException">The log takes no more events.</exception>
    public Task? TryAdd(PendingAppend pending)
    {
        lock (_gate)
        {
            if (_closed is not null)
            {
                throw _closed.Again();
            }

            if (_bytes > _pendingBytes)
            {
                _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                return _room.Task;
            }

            _incoming.Add(pending);
            _bytes += pending.Length;
            Monitor.Pulse(_gate);
            return null;
        }
    }

    /// <summary>Wakes the committer for other work than events.</summary>
    public void Call()
    {
        lock (_gate)
        {
            _called = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Waits for events or a call, and takes all that is there.</summary>
    /// <param name="empty">An empty list to go on with.</param>
    public List<PendingAppend> Take(List<PendingAppend> empty)
    {
        List<PendingAppend> taken;
        TaskCompletionSource? room;
        lock (_gate)
        {
            while (_incoming.Count == 0 && !_called)
            {
                Monitor.Wait(_gate);
            }

            (taken, _incoming, _called, _bytes) = (_incoming, empty, false, 0);
            (room, _room) = (_room, null);
        }

        room?.SetResult();
        return taken;
    }

    /// <summary>Accepts nothing more; fails what was accepted and not yet taken.</summary>
    public void Close(AuditLogException reason)
    {
        List<PendingAppend> left;
        TaskCompletionSource? room;
        lock (_gate)
        {
            _closed ??= reason;
            (left, _incoming, _bytes) = (_incoming, [], 0);
            (room, _room) = (_room, null);
        }

        room?.SetResult();
        Acknowledgement.Send(left, reason);
    }
}
