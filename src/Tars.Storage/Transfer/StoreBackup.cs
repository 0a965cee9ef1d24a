using Microsoft.Win32.SafeHandles;
using Tars.Storage.Databases;
using Tars.Storage.Migrations;

namespace Tars.Storage.Transfer;

/// <summary>Copies of embedded stores: whole files, as they were at one instant, checked.</summary>
public static class StoreBackup
{
    private const string Partial = ".partial";

    /// <summary>Puts a backup in the place of a store that does not exist. The backup is checked before and stays.</summary>
    /// <param name="backup">The file of the backup.</param>
    /// <param name="address">Where the store is to be.</param>
    /// <param name="cancellationToken">Stops the copying.</param>
    /// <exception cref="StoreException">The backup is damaged, or there is a store already, or writing failed; then nothing is left.</exception>
    public static async Task RestoreAsync(string backup, StoreAddress address, CancellationToken cancellationToken)
    {
        const string What = "restore the store";
        if (!address.IsEmbedded)
        {
            throw new StoreException(What, address.Location, "the store is on a server, and a backup is a file of the embedded database", "restore into a file, and move its rows with `tars store export` and `import`");
        }

        string target = address.File;
        if (File.Exists(target) || File.Exists(target + "-wal"))
        {
            throw new StoreException(What, target, "there is a store already", "move it away first, with the files -wal and -shm beside it");
        }

        await RequireSoundAsync(What, backup, cancellationToken);
        await CopyAsync(What, target, partial => Task.Run(() => File.Copy(backup, partial, overwrite: true), cancellationToken), cancellationToken);
    }

    internal static async Task WriteAsync(Database database, string path, CancellationToken cancellationToken)
    {
        const string What = "back the store up";
        if (!database.Address.IsEmbedded)
        {
            throw new StoreException(What, database.Address.Location, "the store is on a server", "use `tars store export`, or the server's own pg_dump or pg_basebackup");
        }

        string target = Path.GetFullPath(path);
        if (File.Exists(target))
        {
            throw new StoreException(What, target, "the file exists", "name a new file: a backup never replaces another");
        }

        // VACUUM INTO reads one instant and lets others write meanwhile.
        await CopyAsync(What, target, partial => database.ReadAsync(What, work => work.ExecuteAsync("VACUUM INTO @partial", new { partial }), cancellationToken), cancellationToken);
    }

    private static async Task CopyAsync(string what, string target, Func<string, Task> copy, CancellationToken cancellationToken)
    {
        string partial = target + Partial;
        try
        {
            File.Delete(partial);
            FileStreamOptions own = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                own.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            await new FileStream(partial, own).DisposeAsync();
            await copy(partial);
            await RequireSoundAsync(what, partial, cancellationToken);
            using (SafeFileHandle file = File.OpenHandle(partial, FileMode.Open, FileAccess.ReadWrite))
            {
                RandomAccess.FlushToDisk(file);
            }

            File.Move(partial, target);
        }
        catch (Exception e) when (e is UnauthorizedAccessException || (e is IOException && e is not StoreException))
        {
            throw new StoreException(what, target, e.Message, "give it a folder that may be written and has room", inner: e);
        }
        finally
        {
            foreach (string left in new[] { partial, partial + "-wal", partial + "-shm" })
            {
                File.Delete(left);
            }
        }
    }

    private static async Task RequireSoundAsync(string what, string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            throw new StoreException(what, path, "there is no such file");
        }

        await using SqliteDatabase copy = new(StoreAddress.Parse("sqlite:" + path), new StoreOptions());
        IReadOnlyList<SchemaMigration> known = SchemaMigration.For(copy);
        (SchemaState state, string verdict) = await copy.ReadAsync(
            what,
            async work => (await SchemaState.ReadAsync(work, known), await work.ScalarAsync<string>("PRAGMA integrity_check(1)")),
            cancellationToken);
        if (state.Version == 0 || verdict != "ok")
        {
            throw new StoreException(what, path, verdict != "ok" ? $"the file is damaged: {verdict}" : "the file holds no store", "use another backup");
        }
    }
}
