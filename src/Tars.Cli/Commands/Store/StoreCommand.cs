using System.CommandLine;
using Tars.Application.Sealing;
using Tars.Cli.CommandLine;
using Tars.Sealing.Keys;

namespace Tars.Cli.Commands.Store;

/// <summary><c>tars store</c>: the store itself, for those who keep it.</summary>
internal static class StoreCommand
{
    public static Command Create()
    {
        TarsCommand store = new(
            "store", "The store of what runs produced: migrates, checks, backs up, restores, cleans and moves it",
            "tars store check", "tars store backup backups/2026-01-13", "tars store gc --dry-run");
        store.Subcommands.Add(StoreMigrateCommand.Create());
        store.Subcommands.Add(StoreCheckCommand.Create());
        store.Subcommands.Add(StoreBackupCommand.Create());
        store.Subcommands.Add(StoreRestoreCommand.Create());
        store.Subcommands.Add(StoreGcCommand.Create());
        store.Subcommands.Add(StoreRecoverCommand.Create());
        store.Subcommands.Add(StoreExportCommand.Create());
        store.Subcommands.Add(StoreImportCommand.Create());
        return store;
    }

    /// <summary>A verb over the store. What the system refuses (no right, no room) is the machine's failure, and not a defect.</summary>
    public static TarsCommand Verb(string name, string description, IEnumerable<Option> options, Func<CommandRun, CancellationToken, Task<int>> run, params string[] examples) =>
        TarsCommand.Verb(name, description, options, (own, cancellationToken) => GuardedAsync(own, run, cancellationToken), examples);

    private static async Task<int> GuardedAsync(CommandRun own, Func<CommandRun, CancellationToken, Task<int>> run, CancellationToken cancellationToken)
    {
        try
        {
            return await run(own, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException || (exception is IOException && exception is not KeyRingException && Failure.Of(exception) is null))
        {
            throw new SealingException(exception.Message, null, exception);
        }
    }
}
