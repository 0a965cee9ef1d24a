using System.Globalization;
using System.Security.Cryptography;
using Tars.Application.Auditing;
using Tars.Application.Sealing;
using Tars.Application.Stores;
using Tars.Reports;
using Tars.Sealing.Envelopes;
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
/// <item>A lease. From here on <see cref="PublicationRecovery"/> finds the run once the lease has run out.</item>
/// <item>The intent is in the audit log, then the row of the run, <c>intended</c>.</item>
/// <item>The report is sealed, and its seal verified. The files are in the store of files, the envelope last: files that nothing points to.</item>
/// <item>The folder that was asked for has its files.</item>
/// <item>One transaction: report, files, figures, findings, and the run is <c>stored</c>. Before it a crash ends in an abandoned run, after it in a completed one.</item>
/// <item>The outcome is in the audit log, with the digests.</item>
/// <item>One transaction: the run is <c>completed</c>, its messages are in the outbox.</item>
/// </list>
/// So a report is there with everything or not at all, and a row never names a file that is not there.
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
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _heart;
    private readonly Guid _runId;
    private volatile bool _isLost;
    private NewReport? _report;
    private StoredReport? _kept;
    private bool _isEnded;

    private Publication(OpenedStore store, RunAudit audit, TakenJob job, TimeProvider time)
    {
        (_store, _audit, _job, _runId) = (store, audit, job, job.Id);
        _heart = Task.Run(() => BeatAsync(time));
    }

    /// <summary>The report as it was kept; null before.</summary>
    public StoredReport? Kept => _kept;

    /// <summary>Where it is kept, for a person.</summary>
    public string Place => _store.Rows.Location;

    /// <summary>Runs of others that broke off and were brought to their end first.</summary>
    public IReadOnlyList<RecoveredRun> Recovered { get; private init; } = [];

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
            string owner = string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}/{Environment.ProcessId}");
            IReadOnlyList<RecoveredRun> recovered = await PublicationRecovery.RunAsync(store, audit, owner, time, cancellationToken).ConfigureAwait(false);
            Guid runId = Guid.Parse(audit.RunId);
            TakenJob job = await store.Rows.Jobs.AddTakenAsync(new NewJob(runId, JobKind, PublicationLease.Payload(audit), time.GetUtcNow(), int.MaxValue), owner, Lease, cancellationToken).ConfigureAwait(false);
            Publication begun = new(store, audit, job, time) { Recovered = recovered };
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
    public Task NoteAsync(string command, CancellationToken cancellationToken) =>
        _store.Rows.Runs.IntendAsync(new RunIntent(_runId, command) { IntentSequence = _audit.IntentSequence, Actor = _audit.ActorSubject }, cancellationToken);

    /// <summary>Verifies the seal and puts the files into the store, the envelope last. Nothing points to them yet.</summary>
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
        ReportFile? envelope = written.Files.Skip(plain.Files.Count).FirstOrDefault(file => file.Name.EndsWith(Envelope.FileSuffix, StringComparison.Ordinal));
        if (envelope is not null)
        {
            Verify(envelope, written, signers);
            await _store.Rows.Runs.SealAsync(_runId, cancellationToken).ConfigureAwait(false);
        }

        List<Rendering> renderings = [];
        for (int i = 0; i < plain.Files.Count; i++)
        {
            (ReportFile file, ReportFile form) = (plain.Files[i], written.Files[i]);
            BlobReference blob = await PutAsync(form, cancellationToken).ConfigureAwait(false);
            bool isSealed = form.Name != file.Name;
            renderings.Add(new Rendering(RenderingFormat.Of(file.Name, renderings), file.Name, blob, isSealed ? DigestOf(file) : blob.Digest, isSealed ? blob.Digest : null));
        }

        foreach (ReportFile added in written.Files.Skip(plain.Files.Count).Where(added => added != envelope))
        {
            BlobReference blob = await PutAsync(added, cancellationToken).ConfigureAwait(false);
            renderings.Add(new Rendering(RenderingFormat.Timestamp, added.Name, blob, blob.Digest));
        }

        _report = content with { Renderings = renderings, Envelope = envelope is null ? null : await PutAsync(envelope, cancellationToken).ConfigureAwait(false) };
        await RegisterAsync(written, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Keeps what was put: from here on the report is there.</summary>
    /// <exception cref="StoreException">It was not kept, or nobody knows: see the message.</exception>
    /// <exception cref="PublicationException">Another process has given the run up.</exception>
    public async Task KeepAsync(CancellationToken cancellationToken)
    {
        // Whoever finds the lease run out gives the run up: what is kept after that would be told as nothing.
        if (_isLost || !await _store.Rows.Jobs.ExtendAsync(_job, Lease, cancellationToken).ConfigureAwait(false))
        {
            throw new PublicationException($"{Place}: the report was not kept: this process did not say in time that it is alive, and another one gave the run up", "run the command again");
        }

        _kept = (await _store.Rows.Reports.StoreAsync(_runId, [_report ?? throw new InvalidOperationException("files are put first")], cancellationToken).ConfigureAwait(false))[0];
    }

    /// <summary>Ends the run: completed when a report was kept, else given up. The outcome is in the audit log.</summary>
    /// <param name="reason">Why nothing was kept.</param>
    /// <exception cref="StoreException">The database failed; the next run that keeps a report ends this one.</exception>
    public async Task EndAsync(string reason)
    {
        if (_isEnded)
        {
            return;
        }

        _isEnded = true;
        await _stop.CancelAsync().ConfigureAwait(false);
        await _heart.ConfigureAwait(false);
        // The rows say whether the report is kept: where the connection broke at the end of a transaction, this process does not know.
        switch ((await _store.Rows.Runs.FindAsync(_runId, CancellationToken.None).ConfigureAwait(false))?.State)
        {
            case RunState.Stored:
                await _store.Rows.Runs.CompleteAsync(_runId, _audit.OutcomeSequence, [], CancellationToken.None).ConfigureAwait(false);
                break;
            case RunState.Intended or RunState.Sealed:
                await _store.Rows.Runs.AbandonAsync(_runId, reason, CancellationToken.None).ConfigureAwait(false);
                break;
        }

        await _store.Rows.Jobs.CompleteAsync(_job, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Closes the store. A run that was not ended is ended by the next one that keeps a report.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _heart.ConfigureAwait(false);
        _stop.Dispose();
        await _store.DisposeAsync().ConfigureAwait(false);
    }

    internal static string DigestOf(ReportFile file) => Convert.ToHexStringLower(SHA256.HashData(file.Content.Span));

    private static void Verify(ReportFile envelope, Report written, TrustedKeys? signers)
    {
        string? wrong = signers is null ? "it has an envelope, and nobody signed it"
            : EnvelopeVerifier.Verify(envelope.Content.ToArray(), signers, new EnvelopePolicy(false)) is not EnvelopeVerdict.Verified verified ? "its own signature does not verify"
            : Statement.Parse(verified.Envelope.Payload.Span) is not StatementReading.Read { Statement: var statement } ? "its envelope holds no statement"
            : written.Files.TakeWhile(file => file != envelope).FirstOrDefault(file => statement.Subjects.All(subject => subject.Sha256 != DigestOf(file))) is { } missing ? $"its envelope does not name {missing.Name}"
            : null;
        if (wrong is not null)
        {
            throw new SealingException($"the report was not kept: {wrong}", "the keys or this program are broken; 'tars keys list' and 'tars verify' tell more");
        }
    }

    // A file that was there already may have been garbage, and is collected meanwhile: once it is registered it no longer is, and what is gone is put again.
    private async Task RegisterAsync(Report written, CancellationToken cancellationToken)
    {
        await _store.Rows.Blobs.RegisterAsync(
            [.. _report!.Renderings.Select(rendering => rendering.Blob).Concat(_report.Envelope is { } signed ? [signed] : (BlobReference[])[])], cancellationToken).ConfigureAwait(false);
        foreach (ReportFile file in written.Files)
        {
            if (await _store.Files.FindAsync(BlobDigest.Of(file.Content.Span), cancellationToken).ConfigureAwait(false) is null)
            {
                await PutAsync(file, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task<BlobReference> PutAsync(ReportFile file, CancellationToken cancellationToken)
    {
        using MemoryStream content = new(file.Content.ToArray(), writable: false);
        return await _store.Files.PutAsync(content, BlobDigest.Of(file.Content.Span), cancellationToken).ConfigureAwait(false) switch
        {
            BlobPut.Stored stored => new BlobReference(stored.Digest.ToString(), stored.Size),
            BlobPut.Damaged damaged => throw new PublicationException(
                $"{_store.Files.Place}: the report was not kept: {file.Name} is {damaged}", "'tars store check' tells what else is damaged; remove the damaged file, and run the command again"),
            var other => throw new PublicationException($"{_store.Files.Place}: the report was not kept: {file.Name} is {other}", "run the command again"),
        };
    }

    private async Task BeatAsync(TimeProvider time)
    {
        try
        {
            using PeriodicTimer timer = new(Lease / 3, time);
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
            {
                try
                {
                    if (!await _store.Rows.Jobs.ExtendAsync(_job, Lease, _stop.Token).ConfigureAwait(false))
                    {
                        _isLost = true; // somebody has taken this process for dead
                        return;
                    }
                }
                catch (StoreException)
                {
                    // The database may come back; whether the lease still holds is asked when something is kept.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The run has ended.
        }
    }
}
