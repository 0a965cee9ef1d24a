using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tars.Application.Auditing;
using Tars.Compliance.Audit;
using Tars.Sealing.Streams;
using Tars.Storage;
using Tars.Storage.Blobs;

namespace Tars.Application.Stores;

/// <summary>
/// Backs a store up while it is used: its rows as they are at one instant, the files they point to, and then the audit log, which by then tells of everything those
/// rows do. Interrupted, it leaves no backup, and is gone on with by calling it again.
/// </summary>
/// <param name="store">The rows.</param>
/// <param name="blobs">The files.</param>
/// <param name="audit">Where the audit log is; null where none is kept.</param>
/// <param name="time">The clock.</param>
/// <param name="program">What makes it, with its version.</param>
public sealed class BackupWriting(Store store, IBlobStore blobs, AuditSettings? audit, TimeProvider time, string program)
{
    private const int Attempts = 3;
    private const string BlobLine = "{\"table\":\"blobs\",";

    /// <summary>Whether the keys of persons are copied too. Such a backup brings back who is erased later, until the ledger of erasures is replayed.</summary>
    public bool WithPersons { get; init; }

    /// <summary>Writes the backup.</summary>
    /// <param name="folder">Not there, empty, or an interrupted backup.</param>
    /// <param name="progress">Told how far it is; null tells nobody.</param>
    /// <param name="cancellationToken">Ends it; what was copied stays for the next call.</param>
    /// <exception cref="BackupException">There is a backup already, or a file is damaged or missing, or the folder cannot be written.</exception>
    /// <exception cref="StoreException">The database failed.</exception>
    /// <exception cref="BlobStoreException">The place of files failed.</exception>
    /// <exception cref="AuditLogException">The log cannot be copied.</exception>
    public async Task<BackupManifest> WriteAsync(string folder, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        try
        {
            BackupFolder backup = BackupFolder.Begin(folder);
            BackupManifest manifest = await WriteAsync(backup, progress, cancellationToken).ConfigureAwait(false);
            backup.Finish(manifest.ToJson());
            return manifest;
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException || (exception is IOException and not (BackupException or StoreException or AuditLogException)))
        {
            throw new BackupException($"{folder}: {exception.Message}", "give it a folder that may be written and has room; the same command goes on with what is there", exception);
        }
    }

    private async Task<BackupManifest> WriteAsync(BackupFolder backup, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        DirectoryBlobStore target = new(backup.Blobs, time);
        for (int attempt = 1; ; attempt++)
        {
            progress?.Report("reading the rows");
            DateTimeOffset created = time.GetUtcNow();
            IReadOnlyDictionary<string, long> rows = await ExportAsync(backup, cancellationToken).ConfigureAwait(false);
            (long count, long bytes, string digest, string? gone) = await CopyBlobsAsync(backup, target, rows["blobs"], progress, cancellationToken).ConfigureAwait(false);
            if (gone is null)
            {
                progress?.Report("copying the audit log");
                bool hasLog = await CopyLogAsync(backup, cancellationToken).ConfigureAwait(false);
                return new BackupManifest(created, program, rows, count, bytes, digest, hasLog, hasLog && WithPersons, await FilesAsync(backup, cancellationToken).ConfigureAwait(false));
            }

            // What was collected as garbage after the rows were read is in those rows: they are read again.
            if (attempt == Attempts || (await store.Blobs.ListAsync(Before(gone), 1, cancellationToken).ConfigureAwait(false)).Any(row => row.Digest == gone))
            {
                throw new BackupException($"{blobs.Place}: the file {gone} is in the store's rows and is not there", "'tars store check' tells what else differs");
            }

            File.Delete(backup.Rows);
        }
    }

    private async Task<IReadOnlyDictionary<string, long>> ExportAsync(BackupFolder backup, CancellationToken cancellationToken)
    {
        using ReplacementFile rows = new(backup.Rows, ReplacementFile.OwnerOnly);
        IReadOnlyDictionary<string, long> counts = await store.ExportAsync(rows.Stream, cancellationToken).ConfigureAwait(false);
        rows.Commit();
        return counts;
    }

    private async Task<(long Count, long Bytes, string Sha256, string? Gone)> CopyBlobsAsync(
        BackupFolder backup, DirectoryBlobStore target, long total, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        using IncrementalHash digests = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        (long count, long bytes) = (0, 0);
        await foreach ((string digest, long size) in BlobsOf(backup, cancellationToken).ConfigureAwait(false))
        {
            progress?.Report(string.Create(CultureInfo.InvariantCulture, $"copying files {count + 1}/{total}"));
            switch (await BlobTransfer.CopyAsync(blobs, target, BlobDigest.Parse(digest), size, cancellationToken).ConfigureAwait(false))
            {
                case BlobCopy.Missing:
                    return (count, bytes, string.Empty, digest);
                case BlobCopy.Damaged damaged:
                    throw new BackupException($"{blobs.Place}: {damaged}", "'tars store check' tells what else is damaged; bring the file back from an older backup");
                default:
                    break;
            }

            digests.AppendData(Encoding.ASCII.GetBytes(digest + "\n"));
            (count, bytes) = (count + 1, bytes + size);
        }

        return (count, bytes, Convert.ToHexStringLower(digests.GetHashAndReset()), null);
    }

    /// <summary>The files that an export names, by digest.</summary>
    internal static async IAsyncEnumerable<(string Digest, long Size)> BlobsOf(
        BackupFolder backup, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using StreamReader lines = new(backup.Rows, Encoding.UTF8);
        while (await lines.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            if (line.StartsWith(BlobLine, StringComparison.Ordinal))
            {
                using JsonDocument row = JsonDocument.Parse(line);
                JsonElement members = row.RootElement.GetProperty("row");
                yield return (members.GetProperty("digest").GetString()!, members.GetProperty("size").GetInt64());
            }
        }
    }

    private async Task<bool> CopyLogAsync(BackupFolder backup, CancellationToken cancellationToken)
    {
        if (audit is null || !Directory.Exists(audit.Log))
        {
            return false;
        }

        // First who may not be named, then what names them: an erasure in between is in the log's copy, or in neither.
        string ledger = audit.Erasures ?? audit.Subjects + ".erasures";
        if (File.Exists(ledger))
        {
            BackupFolder.CopyPrivate(ledger, backup.Erasures);
        }

        CopySubjects(audit.Subjects, backup.Subjects);
        await LogCopy.WriteAsync(audit.Log, backup.Log, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private void CopySubjects(string subjects, string target)
    {
        if (!Directory.Exists(subjects))
        {
            return;
        }

        BackupFolder.CreatePrivate(target);
        foreach (string path in Directory.EnumerateFiles(subjects, "*", SearchOption.AllDirectories))
        {
            string name = Path.GetRelativePath(subjects, path);
            if (name == "folder.key" || (WithPersons && name != "lock"))
            {
                string copy = Path.Combine(target, name);
                BackupFolder.CreatePrivate(Path.GetDirectoryName(copy)!);
                BackupFolder.CopyPrivate(path, copy);
            }
        }
    }

    /// <summary>Every file of a backup with its digest.</summary>
    internal static async Task<IReadOnlyList<BackupFile>> FilesAsync(BackupFolder backup, CancellationToken cancellationToken)
    {
        List<BackupFile> files = [];
        foreach (string path in backup.Files())
        {
            FileStream file = File.OpenRead(Path.Combine(backup.Root, path));
            await using (file.ConfigureAwait(false))
            {
                files.Add(new BackupFile(path, file.Length, Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken).ConfigureAwait(false))));
            }
        }

        return files;
    }

    // The text just before a digest, in the order of digests.
    private static string Before(string digest) => digest[..^1] + (char)(digest[^1] - 1);
}
