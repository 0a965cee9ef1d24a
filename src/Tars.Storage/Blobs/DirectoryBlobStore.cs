using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Tars.Storage.Blobs;

/// <summary>
/// Blobs in a folder: <c>sha256/ab/cd/abcd…</c>, unfinished ones in <c>unfinished/</c>. Files are readable by their owner only (0600, folders 0700; on Windows the
/// folder's own rights hold). A blob is written under a temporary name, flushed, linked to its real name if that is free, and the folder is flushed: after
/// <c>kill -9</c> or a power failure each acknowledged blob is whole, and no half one has a name.
/// </summary>
public sealed class DirectoryBlobStore : IBlobStore
{
    private const string Unfinished = "unfinished";

    private readonly string _root;
    private readonly string _unfinished;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, bool> _durableFolders = new(StringComparer.Ordinal);

    /// <summary>A store in <paramref name="path"/>, which is made with the first blob when it does not exist.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="time">The clock by which leftovers get old; their own times are the disk's.</param>
    public DirectoryBlobStore(string path, TimeProvider time)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(time);
        _root = Path.GetFullPath(path);
        _unfinished = Path.Combine(_root, Unfinished);
        _time = time;
    }

    /// <summary>The folder's full path.</summary>
    public string Place => _root;

    /// <inheritdoc/>
    public Task CheckAsync(CancellationToken cancellationToken) => Guarded(_root, () =>
    {
        cancellationToken.ThrowIfCancellationRequested();
        Prepare();
        using ContentFile probe = ContentFile.Create(_unfinished);
        probe.Stream.Write("probe"u8);
        string placed = probe.Path + ".placed"; // stays in the folder of unfinished files, where a cleaner would find it
        if (!probe.TryPlace(placed))
        {
            throw new IOException($"\"{placed}\" is there already");
        }

        File.Delete(placed);
        ContentFile.FlushFolder(_unfinished);
        return Task.FromResult(Directory.EnumerateFileSystemEntries(Path.Combine(_root, BlobLayout.Root)).Any());
    });

    /// <inheritdoc/>
    public Task<BlobPut> PutAsync(Stream content, BlobDigest? expected, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        return PutCoreAsync(content, expected, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<BlobCopy> CopyToAsync(BlobDigest digest, Stream destination, long maximumBytes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(destination);
        ArgumentOutOfRangeException.ThrowIfNegative(maximumBytes);
        return CopyCoreAsync(digest, destination, maximumBytes, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<BlobInfo?> FindAsync(BlobDigest digest, CancellationToken cancellationToken)
    {
        string path = PathOf(digest);
        return Guarded(path, () =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            FileInfo file = new(path);
            return Task.FromResult<BlobInfo?>(file.Exists ? InfoOf(file) : null);
        });
    }

    /// <inheritdoc/>
    public Task<BlobPage> ListAsync(BlobDigest? after, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 1000);
        return Guarded(_root, () =>
        {
            List<BlobEntry> blobs = [];
            foreach (BlobEntry blob in BlobFolders.After(Path.Combine(_root, BlobLayout.Root), after))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (blobs.Count == limit)
                {
                    return Task.FromResult(new BlobPage(blobs, blobs[^1].Digest));
                }

                blobs.Add(blob);
            }

            return Task.FromResult(new BlobPage(blobs, null));
        });
    }

    /// <inheritdoc/>
    public Task<bool> DeleteAsync(BlobDigest digest, CancellationToken cancellationToken)
    {
        string path = PathOf(digest);
        return Guarded(path, () =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!File.Exists(path))
            {
                return Task.FromResult(false);
            }

            File.Delete(path);
            ContentFile.FlushFolder(Path.GetDirectoryName(path)!);
            return Task.FromResult(true);
        });
    }

    /// <inheritdoc/>
    public Task<int> CleanAsync(TimeSpan olderThan, CancellationToken cancellationToken) => Guarded(_unfinished, () =>
    {
        int removed = 0;
        if (!Directory.Exists(_unfinished))
        {
            return Task.FromResult(removed);
        }

        DateTime limit = (_time.GetUtcNow() - olderThan).UtcDateTime;
        foreach (FileInfo file in new DirectoryInfo(_unfinished).EnumerateFiles())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (file.LastWriteTimeUtc < limit && BlobFolders.RemoveUnlocked(file.FullName))
            {
                removed++;
            }
        }

        return Task.FromResult(removed);
    });

    internal static BlobInfo InfoOf(FileInfo file) => new(file.Length, new DateTimeOffset(file.LastWriteTimeUtc, TimeSpan.Zero));

    internal string PathOf(BlobDigest digest) => Path.Combine(_root, BlobLayout.KeyOf(digest).Replace('/', Path.DirectorySeparatorChar));

    private async Task<BlobPut> PutCoreAsync(Stream content, BlobDigest? expected, CancellationToken cancellationToken)
    {
        using ContentFile file = await Guarded(_root, () =>
        {
            Prepare();
            return Task.FromResult(ContentFile.Create(_unfinished));
        }).ConfigureAwait(false);
        (BlobDigest digest, long size) = await WriteAsync(content, file, cancellationToken).ConfigureAwait(false);
        if (expected is { } wanted && wanted != digest)
        {
            return new BlobPut.Refused(wanted, digest, size);
        }

        string path = PathOf(digest);
        bool isNew = await Guarded(path, () =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            string folder = Path.GetDirectoryName(path)!;
            MakeDurable(folder);
            bool placed = file.TryPlace(path);
            ContentFile.FlushFolder(folder); // also when another writer placed it and has not come to this line yet
            return Task.FromResult(placed);
        }).ConfigureAwait(false);
        if (isNew)
        {
            return new BlobPut.Stored(digest, size, WasPresent: false);
        }

        return await CopyCoreAsync(digest, Stream.Null, long.MaxValue, cancellationToken).ConfigureAwait(false) switch
        {
            BlobCopy.Copied => new BlobPut.Stored(digest, size, WasPresent: true),
            BlobCopy.Damaged damaged => new BlobPut.Damaged(digest, damaged.Found, damaged.Size),
            _ => throw new BlobStoreException(path, "it was there, and is gone now: somebody deletes what is being stored", "store it again", isTransient: true),
        };
    }

    private static async Task<(BlobDigest Digest, long Size)> WriteAsync(Stream content, ContentFile file, CancellationToken cancellationToken)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(1 << 20);
        long size = 0;
        try
        {
            while (await content.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false) is > 0 and int read)
            {
                hash.AppendData(buffer, 0, read);
                await Guarded(file.Path, async () =>
                {
                    await file.Stream.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
                    return true;
                }).ConfigureAwait(false);
                size += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }

        return (BlobDigest.FromBytes(hash.GetHashAndReset()), size);
    }

    private async Task<BlobCopy> CopyCoreAsync(BlobDigest digest, Stream destination, long maximumBytes, CancellationToken cancellationToken)
    {
        string path = PathOf(digest);
        using FileStream? file = await Guarded(path, () => Task.FromResult(BlobFolders.Open(path))).ConfigureAwait(false);
        if (file is null)
        {
            return new BlobCopy.Missing();
        }

        using GuardedStream guarded = new(file, error => Failure(path, error));
        return await VerifiedCopy.RunAsync(guarded, digest, destination, maximumBytes, cancellationToken).ConfigureAwait(false);
    }

    private void Prepare()
    {
        MakeDurable(_unfinished);
        MakeDurable(Path.Combine(_root, BlobLayout.Root.TrimEnd('/')));
    }

    /// <summary>Makes a folder and the name of each one on the way to it durable, once in the life of this store.</summary>
    private void MakeDurable(string folder)
    {
        if (_durableFolders.ContainsKey(folder) && Directory.Exists(folder))
        {
            return;
        }

        string above = Path.GetDirectoryName(folder)!;
        if (folder != _root)
        {
            MakeDurable(above);
        }

        ContentFile.CreateFolder(folder);
        ContentFile.FlushFolder(above);
        _durableFolders[folder] = true;
    }

    private static async Task<T> Guarded<T>(string place, Func<Task<T>> work)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Failure(place, error);
        }
    }

    private static BlobStoreException Failure(string place, Exception error) => error switch
    {
        UnauthorizedAccessException => new(place, error.Message, "give this user the right to read and write below the folder", isTransient: false, error),
        IOException when BlobFolders.IsFull(error) => new(place, $"no room is left: {error.Message}", "free space or raise the quota; nothing of this blob was kept", isTransient: false, error),
        _ => new(place, error.Message, "look whether the disk is there and healthy", isTransient: false, error),
    };
}
