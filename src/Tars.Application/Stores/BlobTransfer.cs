using Tars.Storage.Blobs;

namespace Tars.Application.Stores;

/// <summary>Copies files from one place of files to another; what arrives is what its name says.</summary>
internal static class BlobTransfer
{
    private const int InMemory = 16 << 20;

    /// <summary>Copies one, unless it is there already.</summary>
    /// <returns>Null when it is there; else what became of it where it came from.</returns>
    /// <exception cref="BlobStoreException">One of the two failed, or holds something else under this name.</exception>
    public static async Task<BlobCopy?> CopyAsync(IBlobStore from, IBlobStore to, BlobDigest digest, long size, CancellationToken cancellationToken)
    {
        if (await to.FindAsync(digest, cancellationToken).ConfigureAwait(false) is { } there && there.Size == size)
        {
            return null;
        }

        Stream content = size <= InMemory ? new MemoryStream((int)size) : Spool();
        await using (content.ConfigureAwait(false))
        {
            BlobCopy copy = await from.CopyToAsync(digest, content, long.MaxValue, cancellationToken).ConfigureAwait(false);
            if (copy is not BlobCopy.Copied)
            {
                return copy;
            }

            content.Position = 0;
            return await to.PutAsync(content, digest, cancellationToken).ConfigureAwait(false) switch
            {
                BlobPut.Stored => copy,
                var other => throw new BlobStoreException(to.Place, other.ToString()!, "delete what lies there under this name, and try again", isTransient: false),
            };
        }
    }

    private static FileStream Spool()
    {
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous, BufferSize = 1 << 16 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), options);
    }
}
