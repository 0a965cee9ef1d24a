using Tars.Sealing.Logs;

namespace Tars.Compliance.Audit;

/// <summary>
/// The one thread that appends: takes what has arrived, and under the log's lock reads what other processes have added, writes the batch behind it,
/// flushes, and tells the callers. It alone signs checkpoints and changes keys, so nothing here needs a lock of its own.
/// </summary>
internal sealed class LogCommitter : IAsyncDisposable
{
    // A clock that goes back by less is no event: lines keep the last time.
    private static readonly TimeSpan StepTolerance = TimeSpan.FromMilliseconds(100);

    private readonly LogLayout _layout;
    private readonly AuditLogOptions _options;
    private readonly TimeProvider _time;
    private readonly AppendQueue _queue;
    private readonly LogTail _tail;
    private readonly LogLock _lock;
    private readonly BatchBuffer _batch = new();
    private readonly LogSigner _signer;
    private readonly ITimer _alarm;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private List<TaskCompletionSource<SignedNote>> _requests = [];
    private AuditLogException? _failure;
    private volatile bool _stopping;
    private List<PendingAppend> _own = [];
    private bool _stepped;
    private DateTimeOffset? _unsignedSince;
    private DateTimeOffset _lastLine;
    private DateTimeOffset _alarmAt = DateTimeOffset.MaxValue;

    public LogCommitter(LogLayout layout, AuditLogOptions options, TimeProvider time, AppendQueue queue, EpochKey epoch, LogTail tail, LogLock held, AuditEvent? recovered)
    {
        (_layout, _options, _time, _queue, _tail, _lock) = (layout, options, time, queue, tail, held);
        _signer = new LogSigner(layout, options, epoch, tail);
        _alarm = time.CreateTimer(_ => _queue.Call(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
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
        TaskCompletionSource<SignedNote> request = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_failure is not null)
            {
                return Task.FromException<SignedNote>(_failure.Again());
            }

            _requests.Add(request);
        }

        _queue.Call();
        return request.Task;
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

    private void Run()
    {
        List<PendingAppend> events = [];
        try
        {
            bool isLast;
            do
            {
                events.Clear();
                events = _queue.Take(events);
                isLast = _stopping; // who sets it calls the queue afterwards
                Commit(events, isLast);
            }
            while (!isLast || !_queue.IsEmpty);
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
        finally
        {
            _queue.Close(new AuditLogException(_layout.Root, "the log was closed", "open it again"));
            _tail.Dispose();
            _lock.Dispose();
            _ended.SetResult();
        }
    }

    private void Commit(List<PendingAppend> events, bool isLast)
    {
        List<TaskCompletionSource<SignedNote>> requests;
        lock (_gate)
        {
            (requests, _requests) = (_requests.Count > 0 ? _requests : [], _requests.Count > 0 ? [] : _requests);
        }

        SignedNote? signed = null;
        _lock.Acquire();
        long durable = 0;
        bool isWriting = false;
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

            for (int done = 0; done < events.Count;)
            {
                if (_signer.IsSegmentOver(now))
                {
                    _tail.Flush();
                    _signer.EndSegment();
                }

                durable = _tail.Length;
                isWriting = true;
                int end = Fill(events, done, now);
                _tail.File.Write(_batch.Bytes, durable);
                _tail.File.Flush();
                _tail.IsDurable = true;
                isWriting = false;
                for (; done < end; done++)
                {
                    PendingAppend pending = events[done];
                    events[done] = null!;
                    pending.Complete();
                }
            }

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
        catch (Exception exception) when (isWriting && exception is IOException or UnauthorizedAccessException)
        {
            CutBack(durable);
            throw;
        }
        finally
        {
            _lock.Release();
            requests.ForEach(request => Answer(request, signed));
        }

        SetAlarm();
    }

    private int Fill(List<PendingAppend> events, int from, DateTimeOffset now)
    {
        Span<byte> timestamp = stackalloc byte[EventLine.TimestampLength];
        EventLine.WriteTimestamp(timestamp, now);
        _batch.Clear();
        int at = from;
        while (at < events.Count && (at == from || !_signer.IsSegmentOver(now)) && _batch.TryAdd(_tail, events[at], now, timestamp))
        {
            at++;
        }

        return at;
    }

    /// <summary>Now, in microseconds, and never before the last line or the beginning of the epoch.</summary>
    private DateTimeOffset Now()
    {
        DateTimeOffset now = _time.GetUtcNow();
        now = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
        DateTimeOffset earliest = _tail.LastTime > _signer.EpochBegins ? _tail.LastTime : _signer.EpochBegins;
        if (now >= earliest)
        {
            _stepped = false;
            return now;
        }

        TimeSpan behind = earliest - now;
        if (!_stepped && behind >= StepTolerance)
        {
            _stepped = true;
            AddOwn(new AuditEvent
            {
                Type = "clock.stepped",
                Outcome = AuditOutcome.Unknown,
                Actor = LogActor.Self,
                Data = AuditData.Of(new System.Text.Json.Nodes.JsonObject
                {
                    ["clock"] = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", System.Globalization.CultureInfo.InvariantCulture),
                    ["behind_seconds"] = Math.Round(behind.TotalSeconds, 6),
                }),
            });
        }

        return earliest;
    }

    private void AddOwn(AuditEvent auditEvent)
    {
        PendingAppend pending = new(_queue);
        EventBody.Write(auditEvent, null, pending);
        _own.Add(pending);
    }

    /// <summary>Sets the one timer to the first thing that will be due.</summary>
    private void SetAlarm()
    {
        DateTimeOffset due = _signer.EpochEnds;
        due = _unsignedSince is { } since ? Earliest(due, since + _options.CheckpointInterval) : due;
        due = _options.HeartbeatInterval is { } interval ? Earliest(due, Latest(_lastLine, _tail.LastTime) + interval) : due;
        DateTimeOffset now = _time.GetUtcNow();
        if (due != _alarmAt || _alarmAt <= now)
        {
            _alarmAt = due;
            TimeSpan wait = due - now;
            _alarm.Change(TimeSpan.FromMilliseconds(Math.Clamp(Math.Ceiling(wait.TotalMilliseconds), 1, int.MaxValue)), Timeout.InfiniteTimeSpan);
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

    private void Fail(AuditLogException failure, List<PendingAppend> events)
    {
        if (failure.IsFrozen)
        {
            FrozenLog.Write(_layout, failure, _time.GetUtcNow());
        }

        List<TaskCompletionSource<SignedNote>> requests;
        lock (_gate)
        {
            _failure = failure;
            (requests, _requests) = (_requests, []);
        }

        _queue.Close(failure);
        foreach (PendingAppend pending in events.Where(pending => pending is not null))
        {
            pending.Fail(failure.Again());
        }

        requests.ForEach(request => request.SetException(failure.Again()));
    }

    private void Answer(TaskCompletionSource<SignedNote> request, SignedNote? signed)
    {
        if (signed is not null)
        {
            request.SetResult(signed);
        }
        else
        {
            lock (_gate)
            {
                _requests.Add(request); // Fail answers it
            }
        }
    }

    private static DateTimeOffset Earliest(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    private static DateTimeOffset Latest(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
