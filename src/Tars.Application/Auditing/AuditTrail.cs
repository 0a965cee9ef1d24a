using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tars.Compliance.Audit;
using Tars.Sealing.Envelopes;
using Tars.Sealing.Logs;

namespace Tars.Application.Auditing;

/// <summary>The installation's audit log, open for appending. It is never made here: a log begins when somebody says so.</summary>
public sealed class AuditTrail : IAsyncDisposable
{
    private readonly AuditLog _log;
    private readonly SubjectKeys _subjects;
    private readonly CheckpointSending _sending;
    private volatile bool _isClosed;

    private AuditTrail(AuditSettings settings, SubjectKeys subjects, TimeProvider time)
    {
        _subjects = subjects;
        _log = AuditLog.Open(settings.Log, new AuditLogOptions { Subjects = subjects }, time);
        _sending = new CheckpointSending(_log, settings.Targets, time);
    }

    /// <summary>The id that stands in the log for a person; null for one whom the log does not know.</summary>
    public string? SubjectOf(string name) => _subjects.Find(name);

    /// <summary>The id that stands in the log for a person, who gets one when the log does not know them yet.</summary>
    /// <exception cref="AuditException">The folder of subjects cannot be written.</exception>
    public string EnrolSubject(string name)
    {
        try
        {
            return _subjects.Find(name) ?? _subjects.Seal(new AuditActor.Person(name)).Subject;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Failure(Folder, "nothing was done, because the person cannot be named in the log", exception);
        }
    }

    /// <summary>The outcome of a run; null when it has none yet.</summary>
    /// <exception cref="AuditException">The log cannot be read.</exception>
    public AuditRecord? OutcomeOf(Guid runId) => OfRun(runId, AuditedAct.Run.Outcome);

    /// <summary>Whether the intent of a run is in the log.</summary>
    /// <exception cref="AuditException">The log cannot be read.</exception>
    public bool HasIntent(Guid runId) => OfRun(runId, AuditedAct.RunIntent) is not null;

    private AuditRecord? OfRun(Guid runId, string type)
    {
        try
        {
            return new AuditQuery(Folder).Find(new AuditFilter { RunId = runId.ToString() }).LastOrDefault(record => record.Type == type);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Failure(Folder, "what became of a run that broke off is not known", exception);
        }
    }

    /// <summary>The log's name, once for all time.</summary>
    public string Origin => _log.Origin;

    /// <summary>The log's folder.</summary>
    public string Folder => _log.Folder;

    /// <summary>Opens the log; null when there is none, or none is kept, and what is to be done needs none.</summary>
    /// <param name="settings">Where it is and what needs it.</param>
    /// <param name="kind">What is to be done.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="AuditException">What is to be done needs a log and there is none; or there is one, and it cannot be appended to.</exception>
    public static AuditTrail? Open(AuditSettings settings, AuditClass kind, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (!settings.IsKept || !Exists(settings.Log))
        {
            return settings.Required.Contains(kind) ? throw Missing(settings, kind) : null;
        }

        SubjectKeys? subjects = null;
        try
        {
            subjects = SubjectKeys.Open(settings.Subjects, time, settings.Erasures);
            return new AuditTrail(settings, subjects, time);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            subjects?.Dispose();
            throw Failure(settings.Log, "nothing was done, because it cannot be audited", exception);
        }
    }

    /// <summary>Appends events, in their order.</summary>
    /// <returns>Their places, once all are durable.</returns>
    /// <exception cref="AuditException">One is not in the log.</exception>
    public async Task<IReadOnlyList<AuditReceipt>> AppendAsync(params IReadOnlyList<AuditEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        if (_isClosed)
        {
            throw new AuditException($"the audit log: {Folder} is closed, because the program ends", "ask again, once the program was started again");
        }

        try
        {
            Task<AuditReceipt>[] appended = [.. events.Select(one => _log.AppendAsync(one).AsTask())]; // one flush for all
            return await Task.WhenAll(appended).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Failure(Folder, events[^1].Outcome == AuditOutcome.Intent ? "nothing was done, because it cannot be audited" : $"what was done is not in the log ({events[^1].Type})", exception);
        }
    }

    /// <summary>Appends an event of a run, unless the log has one of its type and run.</summary>
    /// <exception cref="AuditException">It is not in the log.</exception>
    public async Task<OnceAppended> AppendOnceAsync(AuditEvent one)
    {
        ArgumentNullException.ThrowIfNull(one);
        try
        {
            return await _log.AppendOnceAsync(one).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Failure(Folder, $"what was done is not in the log ({one.Type})", exception);
        }
    }

    /// <summary>Where an event stands, in a tree whose root a checkpoint has signed.</summary>
    /// <param name="receipt">The event's place.</param>
    /// <exception cref="AuditException">The checkpoint cannot be signed.</exception>
    public async Task<AuditIntent> ProveAsync(AuditReceipt receipt)
    {
        try
        {
            SignedNote note = await _log.CheckpointAsync().ConfigureAwait(false);
            return Checkpoint.TryParse(note.Text, out Checkpoint? checkpoint, out string? refusal) && checkpoint.Size > receipt.Sequence
                ? new AuditIntent(_log.Origin, receipt.Sequence, checkpoint.Size, checkpoint.Root.ToString())
                : throw new InvalidDataException($"the checkpoint does not cover line {receipt.Sequence.ToString(CultureInfo.InvariantCulture)}: {refusal}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw Failure(Folder, "nothing was sealed, because its intent has no checkpoint", exception);
        }
    }

    /// <summary>The newest event of a type; null when there is none.</summary>
    /// <exception cref="AuditException">The log cannot be read.</exception>
    public AuditRecord? Newest(string type, DateTimeOffset now)
    {
        // Ever further back: the newest is nearly always near the end, and a log has years.
        TimeSpan?[] spans = [TimeSpan.FromMinutes(15), TimeSpan.FromDays(1), TimeSpan.FromDays(30), null];
        try
        {
            AuditQuery query = new(Folder);
            return spans.Select(span => query.Find(new AuditFilter { Type = type, From = now - span }).LastOrDefault()).FirstOrDefault(found => found is not null);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Failure(Folder, "nothing was done, because the log cannot be read", exception);
        }
    }

    /// <summary>Who is warned of a mirror or a witness that cannot be reached; nobody unless set.</summary>
    public Action<string>? Warn
    {
        get => _sending.Warn;
        set => _sending.Warn = value;
    }

    /// <summary>Sends the checkpoint over what was appended to the mirrors and the witnesses.</summary>
    /// <exception cref="AuditException">Fewer witnesses have cosigned it than the configuration asks for; or one has shown that the log was tampered with.</exception>
    public async Task SendCheckpointAsync()
    {
        try
        {
            await _sending.FinishAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is (IOException and not AuditLogException))
        {
            throw new AuditException($"the audit log: {exception.Message}", "what was done is in the log, and not cosigned; 'tars audit checkpoint' asks the witnesses again", exception);
        }
        catch (Exception exception) when (exception is AuditLogException or UnauthorizedAccessException)
        {
            throw Failure(Folder, "what was done is in the log, which nobody else vouches for", exception);
        }
    }

    /// <summary>Signs a checkpoint over what was appended, and closes the log.</summary>
    /// <exception cref="AuditException">The checkpoint cannot be written.</exception>
    public async ValueTask DisposeAsync()
    {
        _isClosed = true;
        await _sending.DisposeAsync().ConfigureAwait(false);
        try
        {
            await _log.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Failure(Folder, "what was done has no checkpoint yet", exception);
        }
        finally
        {
            _subjects.Dispose();
        }
    }

    // A folder that is there and is no log is not taken for "none": its log may have been damaged.
    private static bool Exists(string log) => File.Exists(log) || (Directory.Exists(log) && Directory.EnumerateFileSystemEntries(log).Any());

    private static AuditException Missing(AuditSettings settings, AuditClass kind)
    {
        string name = kind.ToString().ToLowerInvariant();
        return settings.IsKept
            ? new AuditException($"{settings.Log}: there is no audit log, and compliance.audit_required asks for one before anything of the class {name} is done", "'tars audit init' makes the log; compliance.audit_log_path says where")
            : new AuditException($"compliance.audit_chain_enabled is off, and compliance.audit_required asks that the class {name} is audited", "turn the log on and make it with 'tars audit init'; or waive it with its reason: waivers.audit");
    }

    private static AuditException Failure(string log, string consequence, Exception exception)
    {
        AuditLogException? told = exception as AuditLogException;
        string reason = told?.IsFrozen == true ? Frozen(log, told) : exception.Message.Contains(log, StringComparison.Ordinal) ? exception.Message : $"{log}: {exception.Message}";
        return new AuditException(
            $"the audit log: {reason}; {consequence}", told?.Hint ?? "mend the log's folder (room, rights), or say with compliance.audit_log_path where the log is", exception)
        { IsFrozen = told?.IsFrozen == true };
    }

    // Where the tampering was found stands in the file that freezes the log.
    private static string Frozen(string log, AuditLogException told)
    {
        try
        {
            JsonObject? found = JsonNode.Parse(File.ReadAllText(new LogLayout(log).Frozen))?.AsObject();
            string offset = found?["offset"] is { } at ? $", byte {at}" : string.Empty;
            string sequence = found?["sequence"] is { } line ? $", line {line}" : string.Empty;
            return $"{log} is frozen since {found?["found_at"]}, when its lines were found changed: {found?["file"]}{offset}{sequence}: {found?["reason"]}";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            return told.Message;
        }
    }
}
