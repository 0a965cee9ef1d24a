using System.Text.Json.Nodes;
using Tars.Application.Auditing;
using Tars.Application.Sealing;
using Tars.Application.Stores;
using Tars.Compliance.Audit;
using Tars.Sealing.Envelopes;
using Tars.Storage;
using Tars.Storage.Blobs;
using Tars.Storage.Jobs;
using Tars.Storage.Reports;
using Tars.Storage.Runs;

namespace Tars.Application.Publishing;

/// <summary>A run that broke off and was brought to its end.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Command">Its command.</param>
/// <param name="IsCompleted">Whether its report is kept; else it was given up.</param>
public sealed record RecoveredRun(Guid RunId, string Command, bool IsCompleted)
{
    /// <summary>Why it could not be brought to its end, and is tried again later; null when it was.</summary>
    public string? Problem { get; init; }
}

/// <summary>What a recovery did.</summary>
/// <param name="Runs">What was brought to its end, or could not be.</param>
/// <param name="Elsewhere">How many runs broke off whose audit log is another one: whoever has it brings them to their end.</param>
/// <param name="UnderWay">How many runs are under way.</param>
public sealed record RecoveredRuns(IReadOnlyList<RecoveredRun> Runs, int Elsewhere, int UnderWay);

/// <summary>
/// Brings runs to their end whose process did not come back: one whose report was kept is completed, any other is given up. The audit log is told of
/// each, once, whoever else does the same at the same time. A run is taken over when its lease has run out, and at once when its process ran on this machine and has died.
/// </summary>
public static class PublicationRecovery
{
    private const string BrokeOff = "the process that ran it did not come back";
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    /// <summary>Brings them to their end.</summary>
    /// <param name="store">The store.</param>
    /// <param name="audit">The run that does so; its log is told.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends it between two runs.</param>
    /// <exception cref="StoreException">The database failed.</exception>
    /// <exception cref="BlobStoreException">The place of files failed.</exception>
    /// <exception cref="AuditException">The log cannot be told.</exception>
    public static Task<RecoveredRuns> RunAsync(OpenedStore store, RunAudit audit, TimeProvider time, CancellationToken cancellationToken) =>
        RunAsync(store, audit, time, _ => Task.CompletedTask, cancellationToken);

    /// <summary>Brings them to their end, and says after each step how far one is.</summary>
    internal static async Task<RecoveredRuns> RunAsync(OpenedStore store, RunAudit audit, TimeProvider time, Func<PublicationStep, Task> reached, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(audit);
        List<RecoveredRun> recovered = [];
        (int elsewhere, int underWay) = (0, 0);
        foreach (OpenJob seen in await store.Rows.Jobs.ListOpenAsync(Publication.JobKind, cancellationToken).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            bool isDead = IsOwnerDead(seen);
            if (!seen.IsDue && !isDead)
            {
                underWay++;
                continue;
            }

            if (!PublicationLease.IsOurs(seen.Payload, audit))
            {
                elsewhere++;
                continue;
            }

            TakenJob? job = await store.Rows.Jobs.TakeOverAsync(seen, OwningProcess.Current.ToString(), Publication.Lease, isDead, cancellationToken).ConfigureAwait(false);
            if (job is not null && await RecoverAsync(store, audit, job, time, reached, cancellationToken).ConfigureAwait(false) is { } ended)
            {
                recovered.Add(ended);
            }
        }

        return new RecoveredRuns(recovered, elsewhere, underWay);
    }

    /// <summary>How many runs broke off and were not brought to their end yet, and how many are under way.</summary>
    /// <exception cref="StoreException">The database failed.</exception>
    public static async Task<(int BrokenOff, int UnderWay)> CountAsync(Store store, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        IReadOnlyList<OpenJob> open = await store.Jobs.ListOpenAsync(Publication.JobKind, cancellationToken).ConfigureAwait(false);
        int brokenOff = open.Count(job => job.IsDue || job.Owner is null || IsOwnerDead(job));
        return (brokenOff, open.Count - brokenOff);
    }

    private static bool IsOwnerDead(OpenJob job) => OwningProcess.Parse(job.Owner)?.IsDead() == true;

    private static async Task<RecoveredRun?> RecoverAsync(
        OpenedStore store, RunAudit audit, TakenJob job, TimeProvider time, Func<PublicationStep, Task> reached, CancellationToken cancellationToken)
    {
        PublicationHeartbeat heartbeat = new(store.Rows.Jobs, job, time); // files of a gigabyte are read for longer than a lease lasts
        await using (heartbeat.ConfigureAwait(false))
        {
            try
            {
                RecoveredRun? ended = await EndAsync(store, audit, job, reached, cancellationToken).ConfigureAwait(false);
                await store.Rows.Jobs.CompleteAsync(job, cancellationToken).ConfigureAwait(false);
                return ended;
            }
            catch (BackupException damaged)
            {
                await store.Rows.Jobs.FailAsync(job, damaged.Message, Pause, cancellationToken).ConfigureAwait(false);
                return new RecoveredRun(job.Id, string.Empty, false) { Problem = damaged.Message };
            }
        }
    }

    // First the row: from then on the process that was taken for dead keeps nothing. It may have done so just before.
    private static async Task<RecoveredRun?> EndAsync(OpenedStore store, RunAudit audit, TakenJob job, Func<PublicationStep, Task> reached, CancellationToken cancellationToken)
    {
        Run? run = await RunDecision.DecideAsync(store, job.Id, BrokeOff, cancellationToken).ConfigureAwait(false);
        AuditTrail? trail = LogOf(audit, job.Id);
        AuditRecord? told = trail?.OutcomeOf(job.Id);
        switch (run?.State)
        {
            case RunState.Stored:
                long? outcome = told?.Sequence;
                if (told is null && trail is not null)
                {
                    JsonArray outputs = await OutputsAsync(store, run, cancellationToken).ConfigureAwait(false);
                    await reached(PublicationStep.Decided).ConfigureAwait(false);
                    outcome = await TellAsync(trail, job.Id, AuditOutcome.Success, new JsonObject { ["recovered"] = true, ["outputs"] = outputs }).ConfigureAwait(false);
                }

                await reached(PublicationStep.Told).ConfigureAwait(false);
                await store.Rows.Runs.CompleteAsync(job.Id, outcome, [], cancellationToken).ConfigureAwait(false);
                await reached(PublicationStep.Ended).ConfigureAwait(false);
                return new RecoveredRun(job.Id, run.Intent.Command, true);
            case RunState.Completed:
                return null; // only its lease was left
            default:
                await reached(PublicationStep.Decided).ConfigureAwait(false);
                if (told is null && trail is not null)
                {
                    await TellAsync(trail, job.Id, AuditOutcome.Failure, new JsonObject { ["recovered"] = true, ["error"] = "abandoned", ["reason"] = BrokeOff }).ConfigureAwait(false);
                }

                await reached(PublicationStep.Told).ConfigureAwait(false);
                return run is null ? null : new RecoveredRun(job.Id, run.Intent.Command, false); // without a row at most its intent was there
        }
    }

    private static AuditTrail? LogOf(RunAudit audit, Guid runId) => audit.Trail?.HasIntent(runId) == true ? audit.Trail : null;

    private static async Task<long> TellAsync(AuditTrail trail, Guid runId, AuditOutcome outcome, JsonObject data) => (await trail.AppendOnceAsync(new AuditEvent
    {
        Type = AuditedAct.Run.Outcome,
        Outcome = outcome,
        Actor = new AuditActor.Program("tars"),
        RunId = runId.ToString(),
        Data = AuditData.Of(data),
    }).ConfigureAwait(false)).Sequence;

    // The rows are whole, or they would not be there: the files were put before them, and are looked at once more.
    private static async Task<JsonArray> OutputsAsync(OpenedStore store, Run run, CancellationToken cancellationToken)
    {
        JsonArray outputs = [];
        foreach (StoredReport report in await store.Rows.Reports.OfRunAsync(run.Intent.RunId, cancellationToken).ConfigureAwait(false))
        {
            IReadOnlyList<Rendering> files = await store.Rows.Reports.RenderingsAsync(report.Id, cancellationToken).ConfigureAwait(false);
            foreach (Rendering file in files)
            {
                await LookAsync(store, file.Blob.Digest, file.FileName, cancellationToken).ConfigureAwait(false);
                JsonObject output = new() { ["name"] = file.FileName, ["sha256"] = file.PlainDigest };
                if (file.SealedDigest is { } sealed_)
                {
                    (output["sealed_name"], output["sealed_sha256"]) = (file.FileName + ReportSealing.SealedSuffix, sealed_);
                }

                outputs.Add((JsonNode)output);
            }

            if (report.EnvelopeDigest is { } envelope)
            {
                string name = (files.Count > 0 ? files[0].FileName : report.Name) + Envelope.FileSuffix;
                await LookAsync(store, envelope, name, cancellationToken).ConfigureAwait(false);
                outputs.Add((JsonNode)new JsonObject { ["name"] = name, ["sha256"] = envelope });
            }
        }

        return outputs;
    }

    private static async Task LookAsync(OpenedStore store, string digest, string name, CancellationToken cancellationToken)
    {
        if (await store.Files.CopyToAsync(BlobDigest.Parse(digest), Stream.Null, long.MaxValue, cancellationToken).ConfigureAwait(false) is not BlobCopy.Copied)
        {
            throw new BackupException($"{store.Files.Place}: {name} of a run that broke off is missing or damaged (sha256 {digest})", "'tars store check' tells what else is; bring it back from a backup");
        }
    }
}
