using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tars.Application.Auditing;
using Tars.Compliance.Audit;
using Tars.Sealing.Keys;
using Tars.Storage;
using Tars.Storage.Blobs;

namespace Tars.Application.Stores;

/// <summary>What a restore brought back.</summary>
/// <param name="Backup">The backup.</param>
/// <param name="BlobsWritten">Files that were not there yet.</param>
/// <param name="LogRestored">Whether the audit log was brought back; false where one is there already, or the backup has none.</param>
/// <param name="Erased">Ids of persons who were erased, as the log and the ledger say, and were erased again.</param>
public sealed record RestoredBackup(BackupManifest Backup, long BlobsWritten, bool LogRestored, IReadOnlyList<string> Erased);

/// <summary>
/// Brings a backup back to an empty place: it is verified whole, files and log are put where they belong, whoever was erased is erased again, and only then are there
/// rows, in one transaction with those erasures. Interrupted, it is begun again by calling it again.
/// </summary>
/// <param name="folder">The backup.</param>
/// <param name="audit">Where the audit log is to be.</param>
/// <param name="time">The clock.</param>
public sealed class BackupRestoring(string folder, AuditSettings audit, TimeProvider time)
{
    private readonly BackupFolder _backup = new(Path.GetFullPath(folder));

    /// <summary>The ledger of erasures as it is now, kept apart from backups; null for the one at its configured place.</summary>
    public string? Erasures { get; init; }

    /// <summary>Whether the backup's own ledger is believed to be the newest there is.</summary>
    public bool TrustsOwnErasures { get; init; }

    private string LedgerPath => audit.Erasures ?? audit.Subjects + ".erasures";

    /// <summary>Reads the backup through: each file is what the manifest says, and each blob what its name says.</summary>
    /// <exception cref="BackupException">It is not.</exception>
    public async Task<BackupManifest> VerifyAsync(IProgress<string>? progress, CancellationToken cancellationToken)
    {
        BackupManifest manifest = BackupManifest.Read(_backup);
        progress?.Report("verifying the backup");
        Dictionary<string, BackupFile> found = (await BackupWriting.FilesAsync(_backup, cancellationToken).ConfigureAwait(false)).ToDictionary(file => file.Path, StringComparer.Ordinal);
        foreach (BackupFile file in manifest.Files)
        {
            if (!found.Remove(file.Path, out BackupFile? there) || there != file)
            {
                throw Damaged(file.Path, there is null ? "it is missing" : $"expected sha256 {file.Sha256}, found {there.Sha256}");
            }
        }

        if (found.Count > 0)
        {
            throw Damaged(found.Keys.First(), "it is not in the manifest");
        }

        DirectoryBlobStore blobs = new(_backup.Blobs, time);
        using IncrementalHash digests = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        (long count, long bytes) = (0, 0);
        await foreach ((string digest, long size) in BackupWriting.BlobsOf(_backup, cancellationToken).ConfigureAwait(false))
        {
            count++;
            progress?.Report(string.Create(CultureInfo.InvariantCulture, $"verifying files {count}/{manifest.Blobs}"));
            BlobCopy copy = await blobs.CopyToAsync(BlobDigest.Parse(digest), Stream.Null, long.MaxValue, cancellationToken).ConfigureAwait(false);
            bytes += copy is BlobCopy.Copied whole && whole.Size == size ? size : throw Damaged($"blobs/…/{digest}", copy is BlobCopy.Missing ? "it is missing" : copy.ToString()!);
            digests.AppendData(Encoding.ASCII.GetBytes(digest + "\n"));
        }

        return count == manifest.Blobs && bytes == manifest.BlobBytes && Convert.ToHexStringLower(digests.GetHashAndReset()) == manifest.BlobsSha256
            ? manifest
            : throw Damaged("rows.jsonl", "it names other files than the manifest");
    }

    /// <summary>Restores a verified backup.</summary>
    /// <param name="manifest">What <see cref="VerifyAsync"/> gave.</param>
    /// <param name="store">An empty store.</param>
    /// <param name="blobs">Where files go.</param>
    /// <param name="progress">Told how far it is; null tells nobody.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="BackupException">It is not known who was erased since the backup.</exception>
    /// <exception cref="StoreException">The store is not empty, or failed.</exception>
    /// <exception cref="BlobStoreException">The place of files failed.</exception>
    /// <exception cref="AuditLogException">The log cannot be put there, or is not what was signed.</exception>
    public async Task<RestoredBackup> RestoreAsync(BackupManifest manifest, Store store, IBlobStore blobs, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(blobs);
        RequireErasures(manifest);
        if (!await store.IsEmptyAsync(cancellationToken).ConfigureAwait(false))
        {
            throw new BackupException($"{store.Location}: the store is not empty", "a backup is restored where nothing is: name another storage.folder or storage.database_url, or move this store away");
        }

        try
        {
            long written = await PutBlobsAsync(manifest, blobs, progress, cancellationToken).ConfigureAwait(false);
            progress?.Report("restoring the audit log");
            bool restored = manifest.HasLog && PlaceLog();
            IReadOnlyList<string> erased = manifest.HasLog ? EraseAgain() : [];
            progress?.Report("restoring the rows");
            FileStream rows = File.OpenRead(_backup.Rows);
            await using (rows.ConfigureAwait(false))
            {
                await store.ImportAsync(rows, erased, cancellationToken).ConfigureAwait(false);
            }

            return new RestoredBackup(manifest, written, restored, erased);
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException || (exception is IOException and not (BackupException or StoreException or AuditLogException)))
        {
            throw new BackupException($"the backup cannot be restored: {exception.Message}", "nothing is served before its rows are there; the same command begins again", exception);
        }
    }

    // An old copy of log and keys knows of no later erasure: whoever restores it must have the ledger, or say that it is the newest.
    private void RequireErasures(BackupManifest manifest)
    {
        if (Erasures is { } given && !File.Exists(given))
        {
            throw new BackupException($"{given}: there is no such ledger of erasures", "name the ledger that is kept apart from backups") { IsUsage = true };
        }

        if (manifest.HasLog && Erasures is null && !TrustsOwnErasures && !File.Exists(LedgerPath))
        {
            throw new BackupException(
                $"it is not known who was erased after {manifest.Created.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC: there is no ledger of erasures at {LedgerPath}",
                "give the ledger as it is now with --erasures FILE; or, if nobody was erased since the backup, --erasures none")
            { IsUsage = true };
        }
    }

    private async Task<long> PutBlobsAsync(BackupManifest manifest, IBlobStore blobs, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        await blobs.CheckAsync(cancellationToken).ConfigureAwait(false);
        DirectoryBlobStore source = new(_backup.Blobs, time);
        (long count, long written) = (0, 0);
        await foreach ((string digest, long size) in BackupWriting.BlobsOf(_backup, cancellationToken).ConfigureAwait(false))
        {
            count++;
            progress?.Report(string.Create(CultureInfo.InvariantCulture, $"restoring files {count}/{manifest.Blobs}"));
            BlobCopy? copy = await BlobTransfer.CopyAsync(source, blobs, BlobDigest.Parse(digest), size, cancellationToken).ConfigureAwait(false);
            written += copy switch
            {
                null => 0,
                BlobCopy.Copied => 1,
                _ => throw Damaged($"blobs/…/{digest}", "it was changed since it was verified"),
            };
        }

        return written;
    }

    // A log that is there already is newer than its copy, and stays.
    private bool PlaceLog()
    {
        Merge(LedgerPath, Erasures, _backup.Erasures);
        if (Directory.Exists(_backup.Subjects) && IsFree(audit.Subjects))
        {
            Place(_backup.Subjects, audit.Subjects);
            BackupFolder.CreatePrivate(Path.Combine(audit.Subjects, "ids"));
        }

        if (!IsFree(audit.Log))
        {
            return false;
        }

        Place(_backup.Log, audit.Log);
        Directory.CreateDirectory(Path.Combine(audit.Log, "index"));
        return true;
    }

    private List<string> EraseAgain()
    {
        if (!Directory.Exists(audit.Subjects))
        {
            throw new BackupException($"{audit.Subjects}: there is no folder of subjects, without which nobody knows who was erased", "restore the folder of subjects first");
        }

        using SubjectKeys subjects = SubjectKeys.Open(audit.Subjects, time, audit.Erasures);
        subjects.ReplayErasures(audit.Log);
        return [.. subjects.Erased(audit.Log).Order(StringComparer.Ordinal)];
    }

    private static void Merge(string ledger, params ReadOnlySpan<string?> others)
    {
        List<string> lines = File.Exists(ledger) ? [.. File.ReadAllLines(ledger)] : [];
        int before = lines.Count;
        foreach (string? other in others)
        {
            lines.AddRange(other is not null && File.Exists(other) ? File.ReadAllLines(other).Except(lines) : []);
        }

        if (lines.Count > before)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(ledger))!);
            DurableFile.Write(ledger, Encoding.ASCII.GetBytes(string.Join('\n', lines) + "\n"));
        }
    }

    private static bool IsFree(string folder) => !File.Exists(folder) && (!Directory.Exists(folder) || !Directory.EnumerateFileSystemEntries(folder).Any());

    // Beside its place, and then there as a whole.
    private static void Place(string from, string to)
    {
        string making = $"{Path.TrimEndingDirectorySeparator(to)}.restoring";
        if (Directory.Exists(making))
        {
            Directory.Delete(making, recursive: true);
        }

        BackupFolder.CreatePrivate(making);
        foreach (string path in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(making, Path.GetRelativePath(from, path));
            BackupFolder.CreatePrivate(Path.GetDirectoryName(copy)!);
            CopyOwn(path, copy);
        }

        if (Directory.Exists(to))
        {
            Directory.Delete(to);
        }

        Directory.Move(making, to);
        DurableFile.FlushDirectory(Path.GetDirectoryName(Path.GetFullPath(to))!);
    }

    private static void CopyOwn(string from, string to)
    {
        using FileStream source = File.OpenRead(from);
        FileStreamOptions own = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            own.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using FileStream target = new(to, own);
        source.CopyTo(target);
        target.Flush(flushToDisk: true);
    }

    private BackupException Damaged(string path, string how) => new($"{Path.Combine(_backup.Root, path)}: the backup is damaged: {how}", "nothing was restored; use another backup");
}
