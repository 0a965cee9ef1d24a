using System.Buffers;
using System.Security.Cryptography;

namespace Tars.Storage.Blobs.S3;

/// <summary>
/// Content that waits until its digest, which is its key, is known: in memory up to a part, in a private temporary file when it is longer. On Unix the file has no name from
/// the start, so that nothing stays of it, whatever happens.
/// </summary>
internal sealed class Spool : IDisposable
{
    private readonly byte[] _first;
    private readonly FileStream? _file;

    private Spool(byte[] first, FileStream? file, BlobDigest digest, long size)
    {
        _first = first;
        _file = file;
        Digest = digest;
        Size = size;
    }

    internal BlobDigest Digest { get; }

    internal long Size { get; }

    /// <summary>Reads content to its end.</summary>
    /// <exception cref="BlobStoreException">The temporary file cannot be written.</exception>
    internal static async Task<Spool> ReadAsync(Stream content, int memoryBytes, string folder, CancellationToken cancellationToken)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using MemoryStream memory = new();
        byte[] buffer = ArrayPool<byte>.Shared.Rent(1 << 17);
        FileStream? file = null;
        try
        {
            while (await content.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and int read)
            {
                hash.AppendData(buffer, 0, read);
                if (file is null && memory.Length + read <= memoryBytes)
                {
                    await memory.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
                    continue;
                }

                if (file is null)
                {
                    file = await GuardedAsync(folder, () => Task.FromResult(Open(folder))).ConfigureAwait(false);
                    await WriteAsync(file, folder, memory.GetBuffer().AsMemory(0, (int)memory.Length), cancellationToken).ConfigureAwait(false);
                }

                await WriteAsync(file, folder, buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
            }

            long size = file?.Length ?? memory.Length;
            Spool spool = new(file is null ? memory.ToArray() : [], file, BlobDigest.FromBytes(hash.GetHashAndReset()), size);
            file = null;
            return spool;
        }
        finally
        {
            if (file is not null)
            {
                await file.DisposeAsync().ConfigureAwait(false);
            }

            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    /// <summary>A stretch of it, in a new array.</summary>
    /// <exception cref="BlobStoreException">The temporary file cannot be read, or is shorter.</exception>
    internal async Task<byte[]> ReadAsync(long offset, int length, CancellationToken cancellationToken)
    {
        if (_file is null)
        {
            return offset == 0 && length == _first.Length ? _first : _first.AsSpan((int)offset, length).ToArray();
        }

        byte[] part = new byte[length];
        await GuardedAsync(_file.Name, async () =>
        {
            _file.Position = offset;
            await _file.ReadExactlyAsync(part, cancellationToken).ConfigureAwait(false);
            return true;
        }).ConfigureAwait(false);
        return part;
    }

    public void Dispose() => _file?.Dispose();

    private static FileStream Open(string folder)
    {
        FileStreamOptions options = new()
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            BufferSize = 0,
            Options = FileOptions.Asynchronous | FileOptions.DeleteOnClose,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        FileStream file = new(Path.Combine(folder, $"tars-spool-{RandomNumberGenerator.GetHexString(24, lowercase: true)}"), options);
        if (!OperatingSystem.IsWindows())
        {
            File.Delete(file.Name);
        }

        return file;
    }

    private static Task<bool> WriteAsync(FileStream file, string folder, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => GuardedAsync(folder, async () =>
    {
        await file.WriteAsync(content, cancellationToken).ConfigureAwait(false);
        return true;
    });

    private static async Task<T> GuardedAsync<T>(string place, Func<Task<T>> work)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BlobStoreException(
                place,
                BlobFolders.IsFull(error) ? $"no room is left for content that waits to be sent: {error.Message}" : error.Message,
                "free space there, or choose another folder for content that waits; nothing was stored",
                isTransient: false,
                error);
        }
    }
}
