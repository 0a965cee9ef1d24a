using System.Text.Json.Nodes;
using Tars.Application.Settings.Refusals;
using Tars.Compliance.Audit;
using Tars.Sealing.Envelopes;

namespace Tars.Application.Auditing;

/// <summary>What is to be audited.</summary>
/// <param name="Kind">Its class.</param>
/// <param name="Intent">The type of the event before it.</param>
/// <param name="Outcome">The type of the event after it.</param>
public sealed record AuditedAct(AuditClass Kind, string Intent, string Outcome)
{
    /// <summary>The type of a run's intent.</summary>
    public const string RunIntent = "run.intent";

    /// <summary>A run: something is read, analysed and published.</summary>
    public static AuditedAct Run { get; } = new(AuditClass.Runs, RunIntent, "run.outcome");

    /// <summary>Something else, whose intent and outcome bear the same type.</summary>
    public static AuditedAct Of(AuditClass kind, string type) => new(kind, type, type);
}

/// <summary>
/// One run of one command in the audit log: its intent before anything is done, its outcome at the end. When it ends in between, by a crash or a kill,
/// the intent stays without an outcome. Without a log it does nothing.
/// </summary>
public sealed class RunAudit : IAsyncDisposable
{
    private const string Configuration = "configuration";

    private readonly AuditedAct _act;
    private readonly AuditActor _actor;
    private readonly TimeProvider _time;
    private readonly JsonObject _outcome = [];
    private readonly Dictionary<string, JsonObject> _outputs = new(StringComparer.Ordinal);
    private AuditTrail? _trail;
    private AuditReceipt _intent;

    private RunAudit(AuditedAct act, AuditActor actor, TimeProvider time, Guid? runId) =>
        (_act, _actor, _time, RunId) = (act, actor, time, (runId ?? Guid.CreateVersion7()).ToString());

    /// <summary>Names the run; unique in an installation.</summary>
    public string RunId { get; }

    /// <summary>Where its intent stands in the log; null before, and without a log.</summary>
    public long? IntentSequence => _intent.EventId == Guid.Empty ? null : _intent.Sequence;

    /// <summary>Where its outcome stands in the log; null before, and without a log.</summary>
    public long? OutcomeSequence { get; private set; }

    /// <summary>The id that stands in the log for who does it; null without a log, and for a program.</summary>
    public string? ActorSubject => _actor is AuditActor.Person person ? _trail?.SubjectOf(person.Name) : null;

    /// <summary>The id that stands in the log for a person, who gets one when the log does not know them yet; null without a log.</summary>
    /// <exception cref="AuditException">The log cannot give one.</exception>
    public string? EnrolSubject(string name) => _trail?.EnrolSubject(name);

    /// <summary>Whether somebody else may say how it ended, so that whoever is second says nothing: a run that <see cref="Publishing.PublicationRecovery"/> may take over.</summary>
    internal bool EndsOnce { get; set; }

    /// <summary>The log; null without one.</summary>
    public AuditTrail? Trail => _trail;

    /// <summary>Whether it leaves events.</summary>
    public bool IsAudited => _trail is not null;

    /// <summary>What it was done to; null when there is nothing to name.</summary>
    public string? Resource { get; set; }

    /// <summary>What somebody should know: a frozen log, beside which something is verified; null when there is nothing.</summary>
    public string? Warning { get; private init; }

    /// <summary>Says who is warned of a mirror or a witness that cannot be reached.</summary>
    public void WarnThrough(Action<string> warn)
    {
        if (_trail is not null)
        {
            _trail.Warn = warn;
        }
    }

    /// <summary>Opens the log.</summary>
    /// <param name="settings">Where it is and what needs it; null where no configuration says.</param>
    /// <param name="act">What is to be done.</param>
    /// <param name="actor">Who does it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="runId">The id of the run, where somebody has given one: a schedule's claim; null for a new one.</param>
    /// <exception cref="AuditException">It cannot be audited and has to be.</exception>
    public static RunAudit Open(AuditSettings? settings, AuditedAct act, AuditActor actor, TimeProvider time, Guid? runId = null)
    {
        ArgumentNullException.ThrowIfNull(act);
        try
        {
            AuditTrail? trail = settings is null ? null : AuditTrail.Open(settings, act.Kind, time);
            return new RunAudit(act, actor, time, runId) { _trail = trail };
        }
        catch (AuditException exception) when (exception.IsFrozen && act.Kind == AuditClass.Verification)
        {
            // Whoever finds out what happened to the log must be able to verify.
            return new RunAudit(act, actor, time, runId) { Warning = $"{exception.Message.Split(';')[0]}; this verification is not audited" };
        }
    }

    /// <summary>Writes down what is about to be done, the waivers in force, and that the configuration is another one than in the last run.</summary>
    /// <param name="data">What is known beforehand.</param>
    /// <param name="configurationSha256">Digest of the effective configuration; null when the act depends on none.</param>
    /// <param name="waivers">The waivers in force.</param>
    /// <exception cref="AuditException">It is not in the log: nothing must be done.</exception>
    public async Task BeginAsync(JsonObject data, string? configurationSha256, IReadOnlyList<Waiver> waivers)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(waivers);
        if (_trail is null)
        {
            return;
        }

        List<AuditEvent> events = [];
        if (configurationSha256 is not null)
        {
            string? before = (string?)_trail.Newest(AuditedAct.RunIntent, _time.GetUtcNow())?.Data?[Configuration]?["sha256"];
            if (before is not null && before != configurationSha256)
            {
                events.Add(Event("configuration.changed", AuditOutcome.Success, new JsonObject { ["before"] = before, ["sha256"] = configurationSha256 }));
            }

            data[Configuration] = new JsonObject { ["sha256"] = configurationSha256 };
        }

        events.AddRange(waivers.Select(waiver => Event("waiver.used", AuditOutcome.Success, new JsonObject { ["waiver"] = waiver.Name, ["reason"] = waiver.Reason, ["refusal"] = waiver.Refusal })));
        events.Add(Event(_act.Intent, AuditOutcome.Intent, data));
        _intent = (await _trail.AppendAsync(events).ConfigureAwait(false))[^1];
    }

    /// <summary>Where the intent stands in the log, for what is signed; null without a log.</summary>
    /// <exception cref="AuditException">No checkpoint can be signed.</exception>
    public async Task<AuditIntent?> ProveIntentAsync() => _trail is null ? null : await _trail.ProveAsync(_intent).ConfigureAwait(false);

    /// <summary>Adds to what the outcome will say. Nothing in it may tell who a person is, and no secret.</summary>
    public void Tell(string name, JsonNode? value) => _outcome[name] = value;

    /// <summary>Adds a file that was written; a later one of the same name takes its place.</summary>
    /// <param name="output">The file, plain or with its sealed form.</param>
    public void Wrote(RunOutput output)
    {
        ArgumentNullException.ThrowIfNull(output);
        JsonObject file = new() { ["name"] = output.Name, ["sha256"] = output.Sha256 };
        if (output.SealedName is not null)
        {
            (file["sealed_name"], file["sealed_sha256"]) = (output.SealedName, output.SealedSha256);
        }

        _outputs[output.Name] = file;
    }

    /// <summary>Takes back what <see cref="Wrote"/> added: it was to be written, and was not.</summary>
    internal void ForgetWritten() => _outputs.Clear();

    /// <summary>Writes down what a run that goes on has published by now.</summary>
    /// <exception cref="AuditException">It is not in the log.</exception>
    public async Task PublishedAsync()
    {
        if (_trail is not null)
        {
            await _trail.AppendAsync(Event("run.published", AuditOutcome.Success, new JsonObject { ["outputs"] = Outputs() })).ConfigureAwait(false);
        }
    }

    /// <summary>Writes down something of the run before it is done, and before it ends.</summary>
    /// <param name="type">The event's type.</param>
    /// <param name="data">What it says; no name of a person and no secret.</param>
    /// <exception cref="AuditException">It is not in the log: it must not be done.</exception>
    public Task NoteAsync(string type, JsonObject data) => HappenedAsync(type, AuditOutcome.Intent, data);

    /// <summary>Writes down something that happened while a run goes on.</summary>
    /// <param name="type">The event's type.</param>
    /// <param name="outcome">How it went.</param>
    /// <param name="data">What is known of it. Nothing in it may tell who a person is, and no secret.</param>
    /// <exception cref="AuditException">It is not in the log.</exception>
    public async Task HappenedAsync(string type, AuditOutcome outcome, JsonObject data)
    {
        if (_trail is not null)
        {
            await _trail.AppendAsync(Event(type, outcome, data)).ConfigureAwait(false);
        }
    }

    /// <summary>Writes down how it ended, signs a checkpoint, and sends it to the mirrors and the witnesses.</summary>
    /// <param name="outcome">How.</param>
    /// <param name="error">The class of the error; null when there was none.</param>
    /// <param name="exitCode">The command's exit code; null when the program itself broke.</param>
    /// <exception cref="AuditException">It is not in the log.</exception>
    public async Task EndAsync(AuditOutcome outcome, string? error, int? exitCode)
    {
        if (_trail is null || _intent.EventId == Guid.Empty)
        {
            return;
        }

        _outcome["exit_code"] = exitCode;
        if (error is not null)
        {
            _outcome["error"] = error;
        }

        if (_outputs.Count > 0)
        {
            _outcome["outputs"] = Outputs();
        }

        AuditEvent last = Event(_act.Outcome, outcome, _outcome);
        OutcomeSequence = EndsOnce ? (await _trail.AppendOnceAsync(last).ConfigureAwait(false)).Sequence : (await _trail.AppendAsync(last).ConfigureAwait(false))[0].Sequence;
        await _trail.SendCheckpointAsync().ConfigureAwait(false);
        await DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Closes the log.</summary>
    public async ValueTask DisposeAsync()
    {
        AuditTrail? trail = _trail;
        _trail = null;
        if (trail is not null)
        {
            await trail.DisposeAsync().ConfigureAwait(false);
        }
    }

    private JsonArray Outputs() => [.. _outputs.Keys.Order(StringComparer.Ordinal).Select(name => _outputs[name].DeepClone())];

    private AuditEvent Event(string type, AuditOutcome outcome, JsonObject data) => new()
    {
        Type = type,
        Outcome = outcome,
        Actor = _actor,
        Resource = Resource,
        RunId = RunId,
        Data = AuditData.Of(data),
    };
}
