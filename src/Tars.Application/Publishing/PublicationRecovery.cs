using System.Text.Json.Nodes;
using Tars.Application.Auditing;
using Tars.Application.Sealing;
using Tars.Application.Stores;
using Tars.Compliance.Audit;
using Tars.Sealing.Envelopes;
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

/// <summary>
/// Brings runs to their end whose process did not come back: one whose report was kept is completed, any other is given up. The audit log is told of
/// each, once. A lease sees to it that two processes do not bring the same run to its end.
/// </summary>
public static class PublicationRecovery
{
    private const string BrokeOff = "the process that ran it did not come back";
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    /// <summary>Brings them to their end.</summary>
    /// <param name="store">The store.</param>
    /// <param name="audit">The run that does so; its log is told.</param>
    /// <param name="owner">Who does so.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends it between two runs.</param>
    /// <returns>What was brought to its end, or could not be; a run whose log is another one is left to whoever has it.</returns>
    /// <exception cref="Storage.StoreException">The database failed.</exception>
    /// <exception cref="AuditException">The log cannot be told.</exception>
    public static async Task<IReadOnlyList<RecoveredRun>> RunAsync(OpenedStore store, RunAudit audit, string owner, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(audit);
        List<RecoveredRun> recovered = [];
        while (await store.Rows.Jobs.TakeLapsedAsync(Publication.JobKind, owner, Publication.Lease, cancellationToken).ConfigureAwait(false) is { } job)
        {
            if (!PublicationLease.IsOurs(job, audit))
            {
                await store.Rows.Jobs.FailAsync(job, "its audit log is not kept here", Pause, cancellationToken).ConfigureAwait(false);
                continue;
            }

            try
            {
                if (await EndAsync(store, audit, job, cancellationToken).ConfigureAwait(false) is { } ended)
                {
                    recovered.Add(ended);
                }
            }
            catch (BackupException damaged)
            {
                recovered.Add(new RecoveredRun(job.Id, string.Empty, false) { Problem = damaged.Message });
                await store.Rows.Jobs.FailAsync(job, damaged.Message, Pause, cancellationToken).ConfigureAwait(false);
                continue;
            }

            await store.Rows.Jobs.CompleteAsync(job, cancellationToken).ConfigureAwait(false);
        }

        return recovered;
    }

    private static async Task<RecoveredRun?> EndAsync(OpenedStore store, RunAudit audit, TakenJob job, CancellationToken cancellationToken)
    {
        Run? run = await store.Rows.Runs.FindAsync(job.Id, cancellationToken).ConfigureAwait(false);
        if (run?.State is RunState.Intended or RunState.Sealed)
        {
            run = await GiveUpAsync(store, job, cancellationToken).ConfigureAwait(false);
        }

        AuditTrail? trail = LogOf(audit, job.Id);
        AuditRecord? told = trail?.OutcomeOf(job.Id);
        switch (run?.State)
        {
            case RunState.Stored:
                long? outcome = told?.Sequence;
                if (told is null && trail is not null)
                {
                    JsonArray outputs = await OutputsAsync(store, run, cancellationToken).ConfigureAwait(false);
                    await HoldAsync(store, job, cancellationToken).ConfigureAwait(false); // reading the files may have taken long
                    outcome = await TellAsync(trail, job.Id, AuditOutcome.Success, new JsonObject { ["recovered"] = true, ["outputs"] = outputs }).ConfigureAwait(false);
                }

                await HoldAsync(store, job, cancellationToken).ConfigureAwait(false);
                await store.Rows.Runs.CompleteAsync(job.Id, outcome, [], cancellationToken).ConfigureAwait(false);
                return new RecoveredRun(job.Id, run.Intent.Command, true);
            case RunState.Completed:
                return null; // only its lease was left
            default:
                if (told is null && trail is not null)
                {
                    await TellAsync(trail, job.Id, AuditOutcome.Failure, Abandoned()).ConfigureAwait(false);
                }

                return run is null ? null : new RecoveredRun(job.Id, run.Intent.Command, false); // without a row at most its intent was there
        }
    }

    private static AuditTrail? LogOf(RunAudit audit, Guid runId) => audit.Trail?.HasIntent(runId) == true ? audit.Trail : null;

    // First the row: from then on the process that was taken for dead keeps nothing. It may have done so just before.
    private static async Task<Run?> GiveUpAsync(OpenedStore store, TakenJob job, CancellationToken cancellationToken)
    {
        try
        {
            return await store.Rows.Runs.AbandonAsync(job.Id, BrokeOff, cancellationToken).ConfigureAwait(false);
        }
        catch (Storage.StoreException)
        {
            Run? run = await store.Rows.Runs.FindAsync(job.Id, cancellationToken).ConfigureAwait(false);
            if (run?.State is RunState.Stored or RunState.Completed)
            {
                return run;
            }

            throw;
        }
    }

    private static async Task HoldAsync(OpenedStore store, TakenJob job, CancellationToken cancellationToken)
    {
        if (!await store.Rows.Jobs.ExtendAsync(job, Publication.Lease, cancellationToken).ConfigureAwait(false))
        {
            throw new PublicationException($"{store.Rows.Location}: run {job.Id}, which broke off, was taken by another process meanwhile", "run the command again");
        }
    }

    private static JsonObject Abandoned() => new() { ["recovered"] = true, ["error"] = "abandoned", ["reason"] = BrokeOff };

    private static async Task<long> TellAsync(AuditTrail trail, Guid runId, AuditOutcome outcome, JsonObject data) => (await trail.AppendAsync(new AuditEvent
    {
        Type = AuditedAct.Run.Outcome,
        Outcome = outcome,
        Actor = new AuditActor.Program("tars"),
        RunId = runId.ToString(),
        Data = AuditData.Of(data),
    }).ConfigureAwait(false))[0].Sequence;

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
