using System.Globalization;
using Tars.Application.Auditing;
using Tars.Application.Publishing;
using Tars.Application.Stores;
using Tars.Reports;
using Tars.Sealing.Verification;
using Tars.Storage;
using Tars.Storage.Reports;

namespace Tars.Cli.CommandLine;

/// <summary>What of one run goes into the store; only commands that are asked to keep their report have one, and load what it needs.</summary>
internal sealed class RunKeeping : IAsyncDisposable
{
    private const string NothingKept = "it published no report";
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
        foreach (RecoveredRun recovered in publication.Recovered.Where(one => one.Problem is not null))
        {
            run.Console.Warn($"run {recovered.RunId}, which broke off earlier, cannot be completed yet: {recovered.Problem}; 'tars store check' tells more");
        }

        foreach (RecoveredRun recovered in publication.Recovered.Where(one => one.Problem is null))
        {
            run.Console.Note($"run {recovered.RunId} of 'tars {recovered.Command}' broke off earlier; it was {(recovered.IsCompleted ? "completed: its report is kept" : "given up: nothing of it is kept")}");
        }

        return new RunKeeping(publication, run.Console);
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

    /// <summary>Ends the run, once its outcome is in the log, and says where its report is found again.</summary>
    /// <exception cref="StoreException">The database failed.</exception>
    public async Task EndAsync()
    {
        await _publication.EndAsync(NothingKept).ConfigureAwait(false);
        if (_publication.Kept is { } report)
        {
            _console.Note(string.Create(CultureInfo.InvariantCulture, $"kept as report {report.Id} in {_publication.Place}: 'tars reports show {report.Id}'"));
        }
    }

    /// <summary>Ends a run that failed. The failure itself is what the user must hear of: that it could not be ended is a warning, and the next run ends it.</summary>
    public async Task FailAsync(Exception exception)
    {
        try
        {
            await _publication.EndAsync(exception is OperationCanceledException ? "it was interrupted" : exception.Message).ConfigureAwait(false);
        }
        catch (StoreException unended)
        {
            _console.Warn($"{unended.Message}; the next run that keeps a report ends this one");
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _publication.DisposeAsync();
}
