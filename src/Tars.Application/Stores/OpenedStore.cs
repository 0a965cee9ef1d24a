using Tars.Application.Publishing;
using Tars.Storage;
using Tars.Storage.Blobs;
using Tars.Storage.Blobs.S3;

namespace Tars.Application.Stores;

/// <summary>The installation's store, open: its rows and its files.</summary>
public sealed class OpenedStore : IAsyncDisposable
{
    private OpenedStore(Store rows, IBlobStore files) => (Rows, Files) = (rows, files);

    /// <summary>The rows.</summary>
    public Store Rows { get; }

    /// <summary>The files.</summary>
    public IBlobStore Files { get; }

    /// <summary>Opens it.</summary>
    /// <param name="settings">Where it is.</param>
    /// <param name="time">The clock.</param>
    /// <param name="creates">Whether an embedded store that is not there is made.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="StoreException">The database cannot be opened, or needs to be migrated.</exception>
    /// <exception cref="PublicationException">The folder of an embedded store cannot be made.</exception>
    public static async Task<OpenedStore> OpenAsync(StorageSettings settings, TimeProvider time, bool creates, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (creates)
        {
            CreateFolder(settings);
        }

        IBlobStore files = FilesOf(settings, time);
        try
        {
            return new OpenedStore(await Store.OpenAsync(settings.Address, time, new StoreOptions { CreateEmbedded = creates }, cancellationToken).ConfigureAwait(false), files);
        }
        catch
        {
            (files as IDisposable)?.Dispose();
            throw;
        }
    }

    /// <summary>Makes a store that is not there, or brings one to the newest schema.</summary>
    /// <returns>The migrations that were applied.</returns>
    /// <exception cref="StoreException">The database is of a newer program, or failed.</exception>
    public static Task<IReadOnlyList<Storage.Migrations.AppliedMigration>> MigrateAsync(StorageSettings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        CreateFolder(settings);

        return Store.MigrateAsync(settings.Address, time, null, cancellationToken);
    }

    /// <summary>The place of files.</summary>
    public static IBlobStore FilesOf(StorageSettings settings, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return settings.Bucket is { } bucket ? new S3BlobStore(bucket, time) : new DirectoryBlobStore(settings.FileFolder!, time);
    }

    private static void CreateFolder(StorageSettings settings)
    {
        if (settings.Address.File is not { } file)
        {
            return;
        }

        string folder = Path.GetDirectoryName(file)!;
        try
        {
            BackupFolder.CreatePrivate(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PublicationException($"{folder}: the folder of the store cannot be made: {exception.Message}", "name another with storage.folder");
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        (Files as IDisposable)?.Dispose();
        await Rows.DisposeAsync().ConfigureAwait(false);
    }
}
