namespace Tars.Storage.Blobs;

/// <summary>What follows from the operations of a store, for any store.</summary>
public static class BlobReading
{
    /// <summary>Reads a blob into memory; its bytes are released once all of them are verified.</summary>
    /// <param name="store">The store.</param>
    /// <param name="digest">Which.</param>
    /// <param name="maximumBytes">A longer blob is not read.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="BlobStoreException">The store failed.</exception>
    public static async Task<BlobRead> ReadAsync(this IBlobStore store, BlobDigest digest, int maximumBytes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        using MemoryStream content = new();
        BlobCopy copy = await store.CopyToAsync(digest, content, maximumBytes, cancellationToken).ConfigureAwait(false);
        return copy is BlobCopy.Copied ? new BlobRead.Whole(content.GetBuffer().AsMemory(0, (int)content.Length)) : new BlobRead.Nothing(copy);
    }

    /// <summary>Stores bytes; see <see cref="IBlobStore.PutAsync"/>.</summary>
    /// <exception cref="BlobStoreException">The store failed.</exception>
    public static async Task<BlobPut> PutAsync(this IBlobStore store, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        using MemoryStream stream = new(content.ToArray(), writable: false);
        return await store.PutAsync(stream, BlobDigest.Of(content.Span), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>All blobs, in the order of their digests. What is stored or removed meanwhile may or may not be among them.</summary>
    /// <exception cref="BlobStoreException">The store failed.</exception>
    public static async IAsyncEnumerable<BlobEntry> ListAllAsync(
        this IBlobStore store, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        BlobDigest? after = null;
        do
        {
            BlobPage page = await store.ListAsync(after, 1000, cancellationToken).ConfigureAwait(false);
            foreach (BlobEntry blob in page.Blobs)
            {
                yield return blob;
            }

            after = page.Next;
        }
        while (after is not null);
    }

    /// <summary>Number and size of all blobs; reads the whole listing.</summary>
    /// <exception cref="BlobStoreException">The store failed.</exception>
    public static async Task<BlobTotals> TotalAsync(this IBlobStore store, CancellationToken cancellationToken)
    {
        (long count, long bytes) = (0, 0);
        await foreach (BlobEntry blob in store.ListAllAsync(cancellationToken).ConfigureAwait(false))
        {
            count++;
            bytes += blob.Info.Size;
        }

        return new BlobTotals(count, bytes);
    }
}
