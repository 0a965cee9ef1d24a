using Tars.Sealing.Logs;
using Tars.Sealing.Signatures;

namespace Tars.Compliance.Audit;

/// <summary>
/// An audit log that is open for appending. Described in docs/formats/audit-log.md. Safe from several threads; several processes may have one log open
/// at the same time. An event is acknowledged once it, and everything before it, has been flushed to the disk; what arrives during a flush goes into
/// the next one together. Whoever appends alone writes and flushes on the calling thread, as any write to a file does: the call blocks for so long.
/// </summary>
public sealed class AuditLog : IAuditLog, IAsyncDisposable
{
    private readonly AuditLogOptions _options;
    private readonly AppendQueue _queue;
    private readonly LogCommitter _committer;

    private AuditLog(LogLayout layout, AuditLogOptions options, TimeProvider time, EpochKey epoch, LogTail tail, LogLock held, AuditEvent? recovered)
    {
        (Layout, Origin, _options) = (layout, epoch.Note.Origin, options);
        FirstKey = EpochKey.ReadNote(layout, 1).Epoch.Key;
        _queue = new AppendQueue(options.PendingBytes);
        _committer = new LogCommitter(layout, options, time, _queue, epoch, tail, held, recovered);
    }

    /// <summary>The folder.</summary>
    public string Folder => Layout.Root;

    /// <summary>The log's name, once for all time.</summary>
    public string Origin { get; }

    /// <summary>The key of the log's first epoch: its id is what an auditor must have from elsewhere.</summary>
    public PublicKey FirstKey { get; }

    /// <summary>Where things lie.</summary>
    internal LogLayout Layout { get; }

    /// <summary>Makes an empty log: its folders, the key and the note of its first epoch, and the checkpoint over no lines.</summary>
    /// <param name="folder">Not there, or empty. Afterwards the log is in it, or nothing is.</param>
    /// <param name="origin">The log's name: no white space, no plus sign; such as <c>audit.example.org/tars/7d1f</c>.</param>
    /// <param name="time">The clock.</param>
    /// <returns>The key whose id an auditor must have from elsewhere.</returns>
    /// <exception cref="AuditLogException">The folder is not empty, or the disk refuses it.</exception>
    public static PublicKey Create(string folder, string origin, TimeProvider time)
    {
        LogCreation creation = LogCreation.Begin(folder, origin, time, null);
        creation.Place();
        return creation.FirstKey;
    }

    /// <summary>
    /// Makes a new log that continues another one: a frozen log as far as its lines are whole, or one that became too large and is no longer written.
    /// The note of its first epoch and its first line, <c>log.continued</c>, name the older log's origin, size and root. The older log is not changed.
    /// </summary>
    /// <param name="older">The folder of the older log.</param>
    /// <param name="folder">The new log's: not there, or empty.</param>
    /// <param name="origin">The new log's name, another than the older one's.</param>
    /// <param name="by">Who continues it.</param>
    /// <param name="options">How to write the first line.</param>
    /// <param name="time">The clock.</param>
    /// <returns>How much of the older log was found whole.</returns>
    /// <exception cref="AuditLogException">The older log cannot be read, or the new one not be made.</exception>
    public static async Task<ContinuedLog> StartContinuationAsync(
        string older, string folder, string origin, AuditActor? by, AuditLogOptions options, TimeProvider time)
    {
        ArgumentException.ThrowIfNullOrEmpty(older);
        ArgumentNullException.ThrowIfNull(options);
        WholeLines whole = WholeLines.Of(new LogLayout(Path.GetFullPath(older)));
        if (origin == whole.Log.Origin)
        {
            throw new ArgumentException($"\"{origin}\" is the older log's origin; the new log needs another", nameof(origin));
        }

        LogCreation creation = LogCreation.Begin(folder, origin, time, whole.Log);
        AuditLog log = Open(creation.Making, options, time, whole.LastHash);
        await using (log.ConfigureAwait(false))
        {
            await log.AppendAsync(whole.ToEvent(by)).ConfigureAwait(false);
        }

        creation.Place();
        return whole.Log;
    }

    /// <summary>
    /// Opens a log. Its end is checked; what a writer that died left unfinished is moved aside and an event says so; persons whom its lines call erased
    /// are erased from the folder of subjects once more.
    /// </summary>
    /// <param name="folder">The log.</param>
    /// <param name="options">How to write.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="AuditLogException">It is no log, is frozen, or is found damaged and frozen thereby.</exception>
    public static AuditLog Open(string folder, AuditLogOptions options, TimeProvider time) => Open(folder, options, time, null);

    private static AuditLog Open(string folder, AuditLogOptions options, TimeProvider time, TreeHash? continued)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        options.Validate();
        LogLayout layout = new(Path.GetFullPath(folder));
        if (!File.Exists(layout.Epoch(1)))
        {
            throw new AuditLogException(layout.Root, "there is no audit log", "make one with `tars audit init`");
        }

        LogLock held = new(layout.Lock);
        IReadOnlyList<string> replayed = [];
        EpochKey? epoch = null;
        LogTail? tail = null;
        AuditLog log;
        try
        {
            held.Acquire();
            try
            {
                FrozenLog.Refuse(layout);
                epoch = EpochKey.Load(layout);
                tail = LogOpening.Read(layout, epoch.Note, options.OpenFile, continued, out TornTail? torn);
                tail.Flush();
                replayed = options.Subjects?.ReplayErasures(layout.Root) ?? [];
                log = new AuditLog(layout, options, time, epoch, tail, held, torn?.ToEvent());
            }
            finally
            {
                held.Release();
            }

            log._committer.Start();
        }
        catch (Exception exception)
        {
            tail?.Dispose();
            epoch?.Dispose();
            held.Dispose();
            if (exception is AuditLogException { IsFrozen: true } damage)
            {
                FrozenLog.Write(layout, damage, time.GetUtcNow());
            }
            else if (exception is (IOException and not AuditLogException) or UnauthorizedAccessException)
            {
                throw new AuditLogException(layout.Root, $"the log cannot be read: {exception.Message}", inner: exception);
            }

            throw;
        }

        foreach (string id in replayed)
        {
            log.AppendAsync(SubjectErasure.ToEvent(id, LogActor.Self)).AsTask().GetAwaiter().GetResult(); // the log is older than the erasure
        }

        return log;
    }

    /// <inheritdoc/>
    public ValueTask<AuditReceipt> AppendAsync(AuditEvent auditEvent, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(auditEvent);
        cancellationToken.ThrowIfCancellationRequested();
        PendingAppend pending = _queue.Rent();
        bool isAccepted = false;
        try
        {
            EventBody.Write(auditEvent, _options.Subjects, pending);
            Task? room = _committer.TryAppendHere(pending) ? null : _queue.TryAdd(pending);
            isAccepted = true;
            return room is null ? pending.Waiting : AppendWhenThereIsRoomAsync(pending, room, cancellationToken);
        }
        finally
        {
            if (!isAccepted)
            {
                _queue.Return(pending);
            }
        }
    }

    /// <summary>
    /// Appends an event of a run unless the log has one of its type and run. Of several processes that want to say how one run ended, the first does, whatever stalls
    /// in between: they look and append under a lock that the system releases when its holder dies.
    /// </summary>
    /// <param name="auditEvent">The event; it has a run, and is no intent.</param>
    /// <exception cref="AuditLogException">The log cannot be read, or as for <see cref="AppendAsync"/>.</exception>
    public async Task<OnceAppended> AppendOnceAsync(AuditEvent auditEvent)
    {
        ArgumentNullException.ThrowIfNull(auditEvent);
        string runId = auditEvent.RunId ?? throw new ArgumentException("it names no run", nameof(auditEvent));
        using LogLock held = new(Layout.OutcomesLock); // closing it releases it
        held.Acquire();
        AuditRecord? there = new AuditQuery(Folder).Find(new AuditFilter { RunId = runId }).FirstOrDefault(record => record.Type == auditEvent.Type && record.Outcome != AuditOutcome.Intent);
        return there is not null
            ? new OnceAppended(there.Sequence, false, there.Outcome)
            : new OnceAppended((await AppendAsync(auditEvent).ConfigureAwait(false)).Sequence, true, auditEvent.Outcome);
    }

    /// <summary>A signed checkpoint over every line that is acknowledged by now. It is the log's newest one, and lies in <c>checkpoint</c>.</summary>
    /// <exception cref="AuditLogException">It cannot be signed or written.</exception>
    public Task<SignedNote> CheckpointAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return _committer.RequestCheckpoint();
    }

    /// <summary>
    /// Erases a person: writes the event <c>subject.erased</c>, and once it is durable destroys the person's key, so that nobody can learn from this log,
    /// or from any copy of it, who it was. Killed in between, the next opening of the log destroys the key.
    /// </summary>
    /// <param name="name">The person's name, letter for letter.</param>
    /// <param name="by">Who erases.</param>
    /// <param name="cancellationToken">Looked at before the event is accepted.</param>
    /// <returns>The id that stands in the log for the person, from now on for nobody; null when the log knows no such person.</returns>
    /// <exception cref="InvalidOperationException">The log was opened without keys of persons.</exception>
    public async Task<string?> EraseAsync(string name, AuditActor? by, CancellationToken cancellationToken = default)
    {
        SubjectKeys subjects = _options.Subjects ?? throw new InvalidOperationException("the log was opened without keys of persons");
        if (subjects.Find(name) is not { } id)
        {
            return null;
        }

        await AppendAsync(SubjectErasure.ToEvent(id, by), cancellationToken).ConfigureAwait(false);
        subjects.NoteErasure(id);
        subjects.Erase([id]);
        return id;
    }

    /// <summary>Writes what was accepted, signs a checkpoint over it, and closes the log.</summary>
    public async ValueTask DisposeAsync() => await _committer.DisposeAsync().ConfigureAwait(false);

    private async ValueTask<AuditReceipt> AppendWhenThereIsRoomAsync(PendingAppend pending, Task room, CancellationToken cancellationToken)
    {
        bool isAccepted = false;
        try
        {
            for (Task? next = room; next is not null; next = _queue.TryAdd(pending))
            {
                await next.WaitAsync(cancellationToken).ConfigureAwait(false);
            }

            isAccepted = true;
        }
        finally
        {
            if (!isAccepted)
            {
                _queue.Return(pending);
            }
        }

        return await pending.Waiting.ConfigureAwait(false);
    }
}
