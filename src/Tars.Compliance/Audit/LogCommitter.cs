using Tars.Sealing.Logs;

namespace Tars.Compliance.Audit;

/// <summary>
/// Appends: takes what has arrived, and under the log's lock reads what other processes have added, writes the batch behind it, flushes, and tells the
/// callers. A thread of its own does so; a lone caller, who would only wait for that thread to wake and then to be woken by it, does it himself. Whoever
/// appends has the turn, so that nothing else here needs a lock. Only here checkpoints are signed and keys changed.
/// </summary>
internal sealed class LogCommitter : IAsyncDisposable
{
    // Callers append themselves while no more than so many come at once: where there are many, the batches of the thread are faster.
    private const int Lone = 2;

    private readonly LogLayout _layout;
    private readonly AuditLogOptions _options;
    private readonly TimeProvider _time;
    private readonly AppendQueue _queue;
    private readonly LogTail _tail;
    private readonly LogLock _lock;
    private readonly BatchBuffer _batch = new();
    private readonly LogSigner _signer;
    private readonly LogClock _clock;
    private readonly ITimer _alarm;
    private readonly Lock _turn = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CheckpointRequests _requests = new();
    private volatile AuditLogException? _failure;
    private volatile bool _stopping;
    private List<PendingAppend> _own = [];
    private readonly List<PendingAppend> _here = [];
    private volatile int _together;
    private DateTimeOffset? _unsignedSince;
    private DateTimeOffset _lastLine;
    private DateTimeOffset _alarmAt = DateTimeOffset.MaxValue;
    private volatile bool _rang;

    public LogCommitter(LogLayout layout, AuditLogOptions options, TimeProvider time, AppendQueue queue, EpochKey epoch, LogTail tail, LogLock held, AuditEvent? recovered)
    {
        (_layout, _options, _time, _queue, _tail, _lock) = (layout, options, time, queue, tail, held);
        _signer = new LogSigner(layout, options, epoch, tail);
        _clock = new LogClock(time);
        _alarm = time.CreateTimer(_ => Ring(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _lastLine = time.GetUtcNow();
        if (recovered is not null)
        {
            AddOwn(recovered);
        }

        _unsignedSince = tail.Next > _signer.SignedSize ? _lastLine : null;
    }

    /// <summary>Begins to work. The log's lock is free.</summary>
    public void Start()
    {
        _queue.Call(); // whatever is due already
        new Thread(Run) { IsBackground = true, Name = "audit log" }.Start();
    }

    /// <summary>Asks for a checkpoint over all that is acknowledged by now.</summary>
    public Task<SignedNote> RequestCheckpoint()
    {
        if (_requests.Add(out Task<SignedNote> request))
        {
            _queue.Call();
        }

        return request;
    }

    /// <summary>Ends the thread after everything that was accepted, and a last checkpoint.</summary>
    public async ValueTask DisposeAsync()
    {
        _stopping = true;
        _queue.Call();
        await _ended.Task.ConfigureAwait(false);
        await _alarm.DisposeAsync().ConfigureAwait(false);
        _signer.Dispose();
    }

    /// <summary>Appends an event on the caller's thread, when nobody else is at work and few come at once.</summary>
    /// <returns>Whether it was done: the event is durable, or has failed. When not, it has to go into the queue.</returns>
    public bool TryAppendHere(PendingAppend pending)
    {
        if (_together > Lone || !_turn.TryEnter())
        {
            return false;
        }

        try
        {
            if (_stopping || _failure is not null || !_queue.IsEmpty)
            {
                return false;
            }

            _here.Clear();
            _here.Add(pending);
            TryCommit(_here, isLast: false);
            return true;
        }
        finally
        {
            _turn.Exit();
        }
    }

    private void Run()
    {
        List<PendingAppend> events = [];
        bool isLast;
        do
        {
            events.Clear();
            events = _queue.Take(events);
            isLast = _stopping; // who sets it calls the queue afterwards
            lock (_turn)
            {
                _together = events.Count;
                if (_failure is not null)
                {
                    Acknowledgement.Send([.. events], _failure); // a caller who appended himself failed meanwhile
                    break;
                }

                if (!TryCommit(events, isLast))
                {
                    break;
                }
            }
        }
        while (!isLast || !_queue.IsEmpty);
        lock (_turn)
        {
            _queue.Close(new AuditLogException(_layout.Root, "the log was closed", "open it again"));
            _tail.Dispose();
            _lock.Dispose();
        }

        _ended.SetResult();
    }

    /// <summary>Does it, or ends the log's work with the reason why it cannot be done.</summary>
    private bool TryCommit(List<PendingAppend> events, bool isLast)
    {
        try
        {
            Commit(events, isLast);
            return true;
        }
        catch (AuditLogException exception)
        {
            Fail(exception, events);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Fail(
                new AuditLogException(
                    _tail.File.Path,
                    $"the event was not written: {exception.Message}",
                    "see that the disk is there and has room, then open the log again; nothing that was acknowledged is lost",
                    _tail.Length,
                    _tail.Next,
                    exception),
                events);
        }

        return false;
    }

    private void Commit(List<PendingAppend> events, bool isLast)
    {
        List<TaskCompletionSource<SignedNote>> requests = _requests.Take();
        SignedNote? signed = null;
        _lock.Acquire();
        try
        {
            FrozenLog.Refuse(_layout);
            long before = _tail.Next;
            if (_tail.CatchUp() is { } torn)
            {
                AddOwn(torn.ToEvent());
            }

            DateTimeOffset now = Now();
            if (_options.HeartbeatInterval is { } interval && events.Count == 0 && _own.Count == 0 && now - Latest(_lastLine, _tail.LastTime) >= interval)
            {
                AddOwn(new AuditEvent { Type = "log.heartbeat", Outcome = AuditOutcome.Success, Actor = LogActor.Self });
            }

            if (_signer.IsEpochOver(now))
            {
                _tail.Flush();
                _signer.Rotate(now);
            }

            if (_own.Count > 0)
            {
                events.InsertRange(0, _own);
                _own = [];
            }

            Write(events, now);
            if (_tail.Next > before)
            {
                _lastLine = now;
                _unsignedSince ??= now;
            }

            if (requests.Count > 0 || isLast || (_unsignedSince is { } since && now - since >= _options.CheckpointInterval))
            {
                _tail.Flush();
                signed = _signer.Sign();
                _unsignedSince = null;
            }
        }
        finally
        {
            _lock.Release();
            _requests.Answer(requests, signed);
        }

        SetAlarm();
    }

    private void Write(List<PendingAppend> events, DateTimeOffset now)
    {
        while (events.Count > 0)
        {
            if (_signer.IsSegmentOver(now))
            {
                _tail.Flush();
                _signer.EndSegment();
            }

            long durable = _tail.Length;
            try
            {
                int count = Fill(events, now);
                _tail.File.Write(_batch.Bytes, durable);
                _tail.File.Flush();
                _tail.IsDurable = true;
                Acknowledge(events[..count], ReferenceEquals(events, _here));
                events.RemoveRange(0, count);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                CutBack(durable);
                throw;
            }
        }
    }

    private static void Acknowledge(List<PendingAppend> events, bool isHere)
    {
        if (isHere)
        {
            events.ForEach(pending => pending.Complete()); // nobody waits yet
        }
        else
        {
            Acknowledgement.Send(events, null);
        }
    }

    private void CutBack(long durable)
    {
        try
        {
            _tail.File.SetLength(durable);
            _tail.File.Flush();
        }
        catch (IOException)
        {
            // What could not be cut off was never acknowledged; the next opening takes it for what it is.
        }
    }

    /// <summary>Puts lines together for as many of the events as fit, and at least for one.</summary>
    private int Fill(List<PendingAppend> events, DateTimeOffset now)
    {
        Span<byte> timestamp = stackalloc byte[EventLine.TimestampLength];
        EventLine.WriteTimestamp(timestamp, now);
        _batch.Clear();
        int at = 0;
        while (at < events.Count && (at == 0 || !_signer.IsSegmentOver(now)) && _batch.TryAdd(_tail, events[at], now, timestamp))
        {
            at++;
        }

        return at;
    }

    private DateTimeOffset Now()
    {
        DateTimeOffset now = _clock.Next(Latest(_tail.LastTime, _signer.EpochBegins), out AuditEvent? stepped);
        if (stepped is not null)
        {
            AddOwn(stepped);
        }

        return now;
    }

    private void AddOwn(AuditEvent auditEvent)
    {
        PendingAppend pending = new(_queue);
        EventBody.Write(auditEvent, null, pending);
        _own.Add(pending);
    }

    private void Ring()
    {
        _rang = true;
        _queue.Call();
    }

    /// <summary>Sets the one timer to the first thing that will be due. One that rang before its time, by a clock that was set or slowed, is set once more.</summary>
    private void SetAlarm()
    {
        DateTimeOffset due = _signer.EpochEnds;
        due = _unsignedSince is { } since ? Earliest(due, since + _options.CheckpointInterval) : due;
        due = _options.HeartbeatInterval is { } interval ? Earliest(due, Latest(_lastLine, _tail.LastTime) + interval) : due;
        DateTimeOffset now = _time.GetUtcNow();
        if (due != _alarmAt || _alarmAt <= now || _rang)
        {
            (_alarmAt, _rang) = (due, false);
            TimeSpan wait = due - now;
            _alarm.Change(TimeSpan.FromMilliseconds(Math.Clamp(Math.Ceiling(wait.TotalMilliseconds), 1, int.MaxValue)), Timeout.InfiniteTimeSpan);
        }
    }

    private void Fail(AuditLogException failure, List<PendingAppend> events)
    {
        if (failure.IsFrozen)
        {
            FrozenLog.Write(_layout, failure, _time.GetUtcNow());
        }

        _failure = failure;
        _requests.Close(failure);
        _queue.Close(failure);
        _queue.Call();
        Acknowledgement.Send([.. events], failure);
        _requests.Refuse();
    }

    private static DateTimeOffset Earliest(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    private static DateTimeOffset Latest(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
