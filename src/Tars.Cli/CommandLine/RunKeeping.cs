using System.Globalization;
using Tars.Application.Auditing;
using Tars.Application.Publishing;
using Tars.Application.Stores;
using Tars.Compliance.Audit;
using Tars.Reports;
using Tars.Sealing.Verification;
using Tars.Storage;
using Tars.Storage.Reports;

namespace Tars.Cli.CommandLine;

/// <summary>What of one run goes into the store; only commands that are asked to keep their report have one, and load what it needs.</summary>
internal sealed class RunKeeping : IAsyncDisposable
{
    private const string NothingKept = "it published no report";
    private const string WhoEndsIt = "the next run that keeps a report, or 'tars store recover', ends this one";
    private readonly Publication _publication;
    private readonly TarsConsole _console;
    private Func<NewReport>? _content;

    private RunKeeping(Publication publication, TarsConsole console) => (_publication, _console) = (publication, console);

    /// <summary>Opens the store before anything is read: what cannot be kept is not begun.</summary>
    /// <exception cref="StoreException">The store cannot be used.</exception>
    public static async Task<RunKeeping> BeginAsync(CommandRun run, RunAudit audit, CancellationToken cancellationToken)
    {
        StorageSettings settings = StorageSettings.Of(run.Settings.Loaded);
        Publication publication = await Publication.BeginAsync(settings, audit, run.Time, cancellationToken).ConfigureAwait(false);
        Tell(publication.Recovered, run.Console);
        return new RunKeeping(publication, run.Console);
    }

    /// <summary>Says which runs of others were brought to their end, and which could not be.</summary>
    public static void Tell(IReadOnlyList<RecoveredRun> runs, TarsConsole console)
    {
        foreach (RecoveredRun recovered in runs.Where(one => one.Problem is not null))
        {
            console.Warn($"run {recovered.RunId}, which broke off earlier, cannot be completed yet: {recovered.Problem}; 'tars store check' tells more");
        }

        foreach (RecoveredRun recovered in runs.Where(one => one.Problem is null))
        {
            console.Note($"run {recovered.RunId} of 'tars {recovered.Command}' broke off earlier; it was {(recovered.IsCompleted ? "completed: its report is kept" : "given up: nothing of it is kept")}");
        }
    }

    /// <summary>Notes the run, whose intent is in the log by now.</summary>
    public Task NoteAsync(string command, CancellationToken cancellationToken) => _publication.NoteAsync(command, cancellationToken);

    /// <summary>Says what the report tells, for the rows; made when the files are put.</summary>
    public void Tells(Func<NewReport> content) => _content = content;

    /// <summary>Puts the files.</summary>
    public Task PutAsync(Report plain, Report written, TrustedKeys? signers, CancellationToken cancellationToken) =>
        _publication.PutAsync(_content?.Invoke() ?? throw new InvalidOperationException("what the report tells is said first"), plain, written, signers, cancellationToken);

    /// <summary>Keeps what was put.</summary>
    public Task KeepAsync(CancellationToken cancellationToken) => _publication.KeepAsync(cancellationToken);

    /// <summary>Ends the run in rows and log, and says where its report is found again.</summary>
    /// <param name="outcome">How the command ended.</param>
    /// <param name="exitCode">Its exit code.</param>
    /// <exception cref="AuditException">Its outcome is not in the log.</exception>
    public Task EndAsync(AuditOutcome outcome, int exitCode) => EndAsync(outcome, null, exitCode, NothingKept);

    /// <summary>Ends a run that failed. The failure itself is what the user must hear of; what else went wrong is a warning.</summary>
    /// <param name="exception">How it failed.</param>
    /// <param name="error">The class of its error.</param>
    /// <param name="exitCode">Its exit code; null when the program itself broke.</param>
    public async Task FailAsync(Exception exception, string error, int? exitCode)
    {
        try
        {
            await EndAsync(AuditOutcome.Failure, error, exitCode, exception is OperationCanceledException ? "it was interrupted" : exception.Message).ConfigureAwait(false);
        }
        catch (AuditException unaudited)
        {
            _console.Warn(unaudited.Message);
        }
    }

    private async Task EndAsync(AuditOutcome outcome, string? error, int? exitCode, string reason)
    {
        PublicationEnd end = await _publication.EndAsync(outcome, error, exitCode, reason).ConfigureAwait(false);
        if (end is PublicationEnd.Kept { Report: var report })
        {
            _console.Note(string.Create(CultureInfo.InvariantCulture, $"kept as report {report.Id} in {_publication.Place}: 'tars reports show {report.Id}'"));
        }

        if (end.Left is { } left)
        {
            _console.Warn($"{left}; {(end is PublicationEnd.Unknown ? "whether the report is kept is not known, and the audit log is not told; " : string.Empty)}{WhoEndsIt}");
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _publication.DisposeAsync();
}
