using Tars.Application.Auditing;
using Tars.Application.Sealing;
using Tars.Application.Stores;
using Tars.Compliance.Audit;
using Tars.Reports;
using Tars.Sealing.Verification;
using Tars.Storage;
using Tars.Storage.Blobs;
using Tars.Storage.Jobs;
using Tars.Storage.Reports;
using Tars.Storage.Runs;

namespace Tars.Application.Publishing;

/// <summary>
/// One run that keeps its report in the store. The order, and what a crash after each step leaves:
/// <list type="number">
/// <item>A lease. From here on <see cref="PublicationRecovery"/> finds the run, once its process has died or the lease has run out.</item>
/// <item>The intent is in the audit log, then the row of the run, <c>intended</c>.</item>
/// <item>The report is sealed, and its seal verified. The files are in the store of files, the envelope last, registered, and read back: files that nothing points to.</item>
/// <item>The folder that was asked for has its files under temporary names, which the next run there removes.</item>
/// <item>One transaction: report, files, figures, findings, and the run is <c>stored</c>. Before it a crash ends in an abandoned run, after it in a completed one.</item>
/// <item>The files in the folder get their names.</item>
/// <item>The outcome is in the audit log, with the digests, once: what was stored is a success, and what was not is given up in its row before the log is told so.</item>
/// <item>One transaction: the run is <c>completed</c>, its messages are in the outbox.</item>
/// </list>
/// So a report is there with everything or not at all, a row never names a file that is not there, and the log never says what the row does not. Steps in the rows are made again
/// for a while when the database cannot be reached: each may be made twice.
/// </summary>
public sealed class Publication : IAsyncDisposable
{
    /// <summary>The kind of the lease that a run holds while it is under way.</summary>
    internal const string JobKind = "publication";

    /// <summary>How long a run is its owner's; it is extended three times in this time.</summary>
    internal static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);

    private readonly OpenedStore _store;
    private readonly RunAudit _audit;
    private readonly TakenJob _job;
    private readonly PublicationHeartbeat _heartbeat;
    private readonly Guid _runId;
    private NewReport? _report;
    private PublicationEnd? _end;

    private Publication(OpenedStore store, RunAudit audit, TakenJob job, TimeProvider time)
    {
        (_store, _audit, _job, _runId) = (store, audit, job, job.Id);
        _heartbeat = new PublicationHeartbeat(store.Rows.Jobs, job, time);
    }

    /// <summary>Where it is kept, for a person.</summary>
    public string Place => _store.Rows.Location;

    /// <summary>Runs of others that broke off and were brought to their end first.</summary>
    public IReadOnlyList<RecoveredRun> Recovered { get; private init; } = [];

    /// <summary>Told at each step; tests stop a run there.</summary>
    internal Func<PublicationStep, Task> Reached { get; set; } = _ => Task.CompletedTask;

    /// <summary>For how long a database that cannot be reached is asked again, at each step.</summary>
    internal TimeSpan Patience { get; set; } = Lease;

    /// <summary>Opens the store, brings to their end what broke off, and takes a lease. What cannot be kept is thereby not begun.</summary>
    /// <param name="settings">The store; an embedded one that is not there is made.</param>
    /// <param name="audit">The run, whose intent is not in the log yet.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="StoreException">The database cannot be used.</exception>
    /// <exception cref="BlobStoreException">The place of files cannot be used.</exception>
    /// <exception cref="AuditException">What broke off cannot be told to the log.</exception>
    public static async Task<Publication> BeginAsync(StorageSettings settings, RunAudit audit, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(audit);
#pragma warning disable CA2000 // it is disposed below, or by the publication
        OpenedStore? store = await OpenedStore.OpenAsync(settings, time, creates: true, cancellationToken).ConfigureAwait(false);
#pragma warning restore CA2000
        try
        {
            RecoveredRuns recovery = await PublicationRecovery.RunAsync(store, audit, time, cancellationToken).ConfigureAwait(false);
            NewJob job = new(Guid.Parse(audit.RunId), JobKind, PublicationLease.Payload(audit), time.GetUtcNow(), int.MaxValue);
            TakenJob taken = await store.Rows.Jobs.AddTakenAsync(job, OwningProcess.Current.ToString(), Lease, cancellationToken).ConfigureAwait(false);
            audit.EndsOnce = true; // whoever takes this process for dead says how the run ended, too
            Publication begun = new(store, audit, taken, time) { Recovered = recovery.Runs };
            store = null;
            return begun;
        }
        finally
        {
            if (store is not null)
            {
                await store.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>Notes the run, whose intent is in the log by now.</summary>
    /// <param name="command">The command.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="StoreException">The database failed.</exception>
    public async Task NoteAsync(string command, CancellationToken cancellationToken)
    {
        RunIntent intent = new(_runId, command) { IntentSequence = _audit.IntentSequence, Actor = _audit.ActorSubject };
        await PatientlyAsync(() => _store.Rows.Runs.IntendAsync(intent, cancellationToken), cancellationToken).ConfigureAwait(false);
        await Reached(PublicationStep.Intended).ConfigureAwait(false);
    }

    /// <summary>Verifies the seal, puts the files into the store, the envelope last, and reads them back. Nothing points to them yet.</summary>
    /// <param name="content">What the report says, without files.</param>
    /// <param name="plain">The report as it was made.</param>
    /// <param name="written">The report as it is written: each file in the same order, then what was added to them.</param>
    /// <param name="signers">The keys that signed it; null when it is not signed.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="BlobStoreException">A file was not stored.</exception>
    /// <exception cref="PublicationException">A file of the same content is there and is damaged.</exception>
    /// <exception cref="SealingException">The seal does not hold.</exception>
    public async Task PutAsync(NewReport content, Report plain, Report written, TrustedKeys? signers, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(plain);
        ArgumentNullException.ThrowIfNull(written);
        PublicationFiles files = new(_store, plain, written);
        files.VerifySeal(signers);
        if (files.IsSealed)
        {
            await PatientlyAsync(() => _store.Rows.Runs.SealAsync(_runId, content.Window, cancellationToken), cancellationToken).ConfigureAwait(false);
            await Reached(PublicationStep.Sealed).ConfigureAwait(false);
        }

        NewReport report = await files.PutAsync(content, () => Reached(PublicationStep.FilePut), cancellationToken).ConfigureAwait(false);
        BlobReference[] blobs = [.. report.Renderings.Select(rendering => rendering.Blob), .. report.Envelope is { } envelope ? [envelope] : (BlobReference[])[]];
        await PatientlyAsync(
            async () =>
            {
                await _store.Rows.Blobs.RegisterAsync(blobs, cancellationToken).ConfigureAwait(false);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
        await files.ReadBackAsync(cancellationToken).ConfigureAwait(false);
        _report = report;
        await Reached(PublicationStep.FilesRead).ConfigureAwait(false);
    }

    /// <summary>
    /// Keeps what was put: from here on the report is there. Where the connection was lost while it was being kept, the same is kept again, which finds what is there.
    /// </summary>
    /// <exception cref="StoreException">It was not kept, or nobody knows: see the message.</exception>
    /// <exception cref="PublicationException">Another process has given the run up.</exception>
    public async Task<StoredReport> KeepAsync(CancellationToken cancellationToken)
    {
        NewReport report = _report ?? throw new InvalidOperationException("files are put first");
        await Reached(PublicationStep.Keeping).ConfigureAwait(false);
        StoredReport kept;
        try
        {
            kept = (await PatientlyAsync(() => _store.Rows.Reports.StoreAsync(_runId, [report], cancellationToken), cancellationToken).ConfigureAwait(false))[0];
        }
        catch (StoreException refused) when (!refused.IsTransient)
        {
            if ((await _store.Rows.Runs.FindAsync(_runId, cancellationToken).ConfigureAwait(false))?.State == RunState.Abandoned)
            {
                throw new PublicationException($"{Place}: the report was not kept: this process did not say in time that it is alive, and another one gave the run up", "run the command again");
            }

            throw;
        }

        await Reached(PublicationStep.Kept).ConfigureAwait(false);
        return kept;
    }

    /// <summary>
    /// Ends the run: its row decides whether its report is kept, the log is told so, once, and the run is over. A report that is kept is a success whatever failed besides, which
    /// <paramref name="error"/> and <paramref name="exitCode"/> say. A run whose row cannot be asked is not told to the log: recovery does so.
    /// </summary>
    /// <param name="outcome">How the command ended, for a run that kept nothing.</param>
    /// <param name="error">The class of its error; null when there was none.</param>
    /// <param name="exitCode">Its exit code; null when the program itself broke.</param>
    /// <param name="reason">Why nothing was kept.</param>
    /// <exception cref="AuditException">It is not in the log; recovery tells it.</exception>
    public async Task<PublicationEnd> EndAsync(AuditOutcome outcome, string? error, int? exitCode, string reason)
    {
        if (_end is not null)
        {
            return _end;
        }

        Run? run;
        StoredReport? kept = null;
        try
        {
            run = await PatientlyAsync(() => RunDecision.DecideAsync(_store, _runId, reason, CancellationToken.None), CancellationToken.None).ConfigureAwait(false);
            if (run?.State is RunState.Stored or RunState.Completed)
            {
                kept = (await PatientlyAsync(() => _store.Rows.Reports.OfRunAsync(_runId, CancellationToken.None), CancellationToken.None).ConfigureAwait(false))[0];
            }
        }
        catch (StoreException failure)
        {
            return _end = new PublicationEnd.Unknown { Left = failure.Message };
        }

        await Reached(PublicationStep.Decided).ConfigureAwait(false);
        if (kept is null)
        {
            _audit.ForgetWritten();
        }

        await _audit.EndAsync(kept is null ? outcome : AuditOutcome.Success, error, exitCode).ConfigureAwait(false);
        await Reached(PublicationStep.Told).ConfigureAwait(false);
        _end = kept is null ? new PublicationEnd.NothingKept() : new PublicationEnd.Kept(kept);
        return _end with { Left = await FinishAsync(run).ConfigureAwait(false) };
    }

    /// <summary>Closes the store. A run that was not ended is ended by recovery.</summary>
    public async ValueTask DisposeAsync()
    {
        await _heartbeat.DisposeAsync().ConfigureAwait(false);
        await _store.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Notes that it is over; what cannot be noted is said, and left.</summary>
    private async Task<string?> FinishAsync(Run? run)
    {
        try
        {
            if (run?.State == RunState.Stored)
            {
                await PatientlyAsync(() => _store.Rows.Runs.CompleteAsync(_runId, _audit.OutcomeSequence, [], CancellationToken.None), CancellationToken.None).ConfigureAwait(false);
            }

            await Reached(PublicationStep.Ended).ConfigureAwait(false);
            await _heartbeat.DisposeAsync().ConfigureAwait(false);
            await PatientlyAsync(() => _store.Rows.Jobs.CompleteAsync(_job, CancellationToken.None), CancellationToken.None).ConfigureAwait(false);
            return null;
        }
        catch (StoreException failure)
        {
            return failure.Message;
        }
    }

    private Task<T> PatientlyAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken) => RunDecision.PatientlyAsync(work, Patience, cancellationToken);
}
