using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tars.Application.Auditing;
using Tars.Application.Publishing;
using Tars.Compliance.Audit;
using Tars.Sealing.Logs;
using Tars.Storage;
using Tars.Storage.Jobs;
using Tars.Storage.Reports;
using Tars.Storage.Runs;

namespace Tars.Application.Stores;

/// <summary>
/// Compares runs with the audit log: the outcome of a completed run stands where its row says, is of that run, says that it succeeded, and names each of its files with the same
/// digests; a run that was given up published nothing; no run has two outcomes; and whoever the log or the ledger calls erased is erased here.
/// </summary>
/// <param name="store">The rows.</param>
/// <param name="audit">Where the audit log is; null where none is kept.</param>
/// <param name="time">The clock.</param>
public sealed class LogComparison(Store store, AuditSettings? audit, TimeProvider time)
{
    /// <summary>The type of the event that names reports before they are removed: <c>data.removed_reports</c>, each with its <c>run_id</c>.</summary>
    public const string RemovingType = "store.removing";

    private const string Part = "audit log";
    private const int Page = 500;

    /// <summary>Compares every run, and every erased person.</summary>
    /// <param name="counts">Gets what was compared.</param>
    /// <param name="differences">Gets what differs.</param>
    /// <param name="notChecked">Gets what could not be compared.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="AuditLogException">The log cannot be read.</exception>
    /// <exception cref="StoreException">The database failed.</exception>
    public async Task RunAsync(StoreCheckCounts counts, List<StoreDifference> differences, List<string> notChecked, CancellationToken cancellationToken)
    {
        bool hasLog = audit is not null && Directory.Exists(audit.Log);
        AuditQuery? log = hasLog ? new AuditQuery(audit!.Log) : null;
        bool hasRemoved = hasLog && new LogLayout(Path.GetFullPath(audit!.Log)).RemovedStarts().Count > 0;
        HashSet<string> collected = log is null ? [] : Collected(log);
        LoggedOutcomes? outcomes = log is null ? null : LoggedOutcomes.Of(log);
        (long withoutLog, long elsewhere) = (0, 0);
        Run? last = null;
        for (IReadOnlyList<Run> runs = await ListAsync(null).ConfigureAwait(false); runs.Count > 0; runs = await ListAsync(last).ConfigureAwait(false))
        {
            foreach (Run run in runs)
            {
                counts.Runs++;
                if (log is null)
                {
                    withoutLog += run.OutcomeSequence is null ? 0 : 1;
                    continue;
                }

                List<StoreDifference> found = [.. outcomes!.DifferencesOf(run).Select(what => new StoreDifference(Part, KeyOf(run), what))];
                if (run.State == RunState.Completed && run.OutcomeSequence is { } sequence)
                {
                    await CompareAsync(run, sequence, log, hasRemoved, collected, counts, found, cancellationToken).ConfigureAwait(false);
                }
                else if (run.State == RunState.Abandoned && !outcomes.Has(run) && IsIntendedIn(log, run)
                    && await JobOfAsync(run).ConfigureAwait(false) is not { State: JobState.Leased or JobState.Waiting })
                {
                    found.Add(new StoreDifference(Part, KeyOf(run), "it was given up, and its outcome is not in the log"));
                }

                // Each replica has a log of its own; the lease of a run says which.
                bool isElsewhere = found.Count > 0 && await JobOfAsync(run).ConfigureAwait(false) is { } job && PublicationLease.OriginOf(job.Payload) is { } origin && origin != log.Origin;
                elsewhere += isElsewhere ? 1 : 0;
                differences.AddRange(isElsewhere ? [] : found);
            }

            last = runs[^1];
        }

        if (withoutLog > 0)
        {
            differences.Add(new StoreDifference(Part, audit?.Log ?? "compliance.audit_log_path", $"there is no audit log, and {withoutLog} runs say that their outcome is in it"));
        }

        if (elsewhere > 0)
        {
            notChecked.Add($"runs whose outcomes are in the audit logs of other replicas: {elsewhere}");
        }

        if (hasLog)
        {
            await CheckPersonsAsync(differences, notChecked, cancellationToken).ConfigureAwait(false);
        }

        Task<IReadOnlyList<Run>> ListAsync(Run? before) => store.Runs.ListAsync(null, before, Page, cancellationToken);

        Task<Job?> JobOfAsync(Run run) => store.Jobs.FindAsync(run.Intent.RunId, cancellationToken);
    }

    private static bool IsIntendedIn(AuditQuery log, Run run) => run.Intent.IntentSequence is { } intent && log.At(intent)?.RunId == run.Intent.RunId.ToString();

    private static string KeyOf(Run run) => $"run {run.Intent.RunId}";

    private async Task CompareAsync(
        Run run,
        long sequence,
        AuditQuery log,
        bool hasRemoved,
        HashSet<string> collected,
        StoreCheckCounts counts,
        List<StoreDifference> differences,
        CancellationToken cancellationToken)
    {
        string key = KeyOf(run);
        if (log.At(sequence) is not { } record)
        {
            if (hasRemoved && log.Find(new AuditFilter { To = run.Started }).Take(1).ToArray() is [])
            {
                counts.OutlivedInLog++; // what is that old, retention has removed
                return;
            }

            differences.Add(new StoreDifference(Part, key, $"its outcome is not in the log: there is no line {sequence}"));
            return;
        }

        if (record.RunId != run.Intent.RunId.ToString() || record.Outcome == AuditOutcome.Intent)
        {
            differences.Add(new StoreDifference(Part, key, $"line {sequence} of the log is not its outcome: it is {record.Type} of run {record.RunId ?? "(none)"}"));
            return;
        }

        List<string> wrong = record.Outcome == AuditOutcome.Success ? [] : [$"its report is kept, and line {sequence} of the log says {WordOf(record.Outcome)}"];
        try
        {
            HashSet<(string Plain, string? Sealed)> told =
                [.. (record.Data?["outputs"]?.AsArray() ?? []).Select(output => output!.AsObject()).Where(output => !IsCapture(output)).Select(OutputOf)];
            IReadOnlyList<StoredReport> reports = await store.Reports.OfRunAsync(run.Intent.RunId, cancellationToken).ConfigureAwait(false);
            if (reports.Count == 0 && told.Count > 0 && !collected.Contains(run.Intent.RunId.ToString()))
            {
                wrong.Add($"line {sequence} of the log names what it published, and none of it is here");
            }

            foreach (StoredReport report in reports)
            {
                foreach (Rendering file in await store.Reports.RenderingsAsync(report.Id, cancellationToken).ConfigureAwait(false))
                {
                    if (!told.Contains((file.PlainDigest, file.SealedDigest)))
                    {
                        wrong.Add(string.Create(CultureInfo.InvariantCulture, $"report {report.Id}: {file.FileName}: line {sequence} of the log does not name it with sha256 {file.PlainDigest}"));
                    }
                }

                if (report.EnvelopeDigest is { } envelope && !told.Contains((envelope, null)))
                {
                    wrong.Add(string.Create(CultureInfo.InvariantCulture, $"report {report.Id}: line {sequence} of the log does not name its envelope {envelope}"));
                }
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or NullReferenceException)
        {
            wrong.Add($"line {sequence} of the log: its outputs cannot be read: {exception.Message}");
        }

        counts.InLog += wrong.Count == 0 ? 1 : 0;
        differences.AddRange(wrong.Select(what => new StoreDifference(Part, key, what)));
    }

    private static string WordOf(AuditOutcome outcome) => outcome.ToString().ToLowerInvariant();

    /// <summary>Runs whose reports outlived the policy and were removed, as the log says.</summary>
    private static HashSet<string> Collected(AuditQuery log) =>
    [
        .. log.Find(new AuditFilter { Type = RemovingType })
            .SelectMany(record => record.Data?["removed_reports"] as JsonArray ?? [])
            .Select(report => (report as JsonObject)?["run_id"] as JsonValue)
            .Select(id => id is not null && id.TryGetValue(out string? text) ? text : string.Empty),
    ];

    // A capture stays where it was written; the store knows it by its manifest.
    private static bool IsCapture(JsonObject output) => ((string?)output["name"])?.EndsWith("/SHA256SUMS", StringComparison.Ordinal) == true;

    private static (string Plain, string? Sealed) OutputOf(JsonObject output) => ((string?)output["sha256"] ?? string.Empty, (string?)output["sealed_sha256"]);

    private async Task CheckPersonsAsync(List<StoreDifference> differences, List<string> notChecked, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(audit!.Subjects))
        {
            notChecked.Add($"who was erased is not known: {audit.Subjects} is not there");
            return;
        }

        using SubjectKeys subjects = SubjectKeys.Open(audit.Subjects, time, audit.Erasures);
        foreach (string id in subjects.Erased(audit.Log).Order(StringComparer.Ordinal))
        {
            if (await store.Subjects.FindAsync(id, cancellationToken).ConfigureAwait(false) is { Erased: null } known)
            {
                differences.Add(new StoreDifference("persons", known.Id, "was erased, as the audit log or the ledger of erasures says, and is not erased here"));
            }
        }
    }
}
