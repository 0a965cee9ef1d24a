namespace Tars.Storage.Blobs;

/// <summary>
/// Files by the SHA-256 of their content: reports, envelopes, captures. A stored blob is never overwritten. Every read hashes what it reads, so a blob that was
/// changed is found and not handed out. Safe for concurrent use, by several processes too.
/// </summary>
public interface IBlobStore
{
    /// <summary>Where it is, for a person: a folder, or bucket and prefix. Never holds a credential.</summary>
    string Place { get; }

    /// <summary>Tries the store before it is needed: reads, writes, and removes what it wrote.</summary>
    /// <exception cref="BlobStoreException">It does not work; the exception says how and what to do.</exception>
    Task CheckAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Stores what <paramref name="content"/> still holds, read to its end once. When it returns <see cref="BlobPut.Stored"/> the blob is durable. When it is
    /// cancelled or fails, no part of it is visible. A blob that is there already is read through before it counts as stored.
    /// </summary>
    /// <param name="content">A readable stream; it need not seek, and it stays open.</param>
    /// <param name="expected">What the content's digest must be; other content is refused and nothing is stored. Null takes any content.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="BlobStoreException">The store failed.</exception>
    Task<BlobPut> PutAsync(Stream content, BlobDigest? expected, CancellationToken cancellationToken);

    /// <summary>
    /// Writes a blob to <paramref name="destination"/> with constant memory. Blobs up to <see cref="VerifiedCopy.HoldBytes"/> are verified before their first
    /// byte is written; of longer ones that many last bytes are held back until the digest is known to be right. So what is damaged never arrives whole: after any
    /// result but <see cref="BlobCopy.Copied"/>, discard what was written.
    /// </summary>
    /// <param name="digest">Which.</param>
    /// <param name="destination">A writable stream; it stays open and is not flushed.</param>
    /// <param name="maximumBytes">A longer blob is not copied.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="BlobStoreException">The store failed. Failures of the destination pass as they are.</exception>
    Task<BlobCopy> CopyToAsync(BlobDigest digest, Stream destination, long maximumBytes, CancellationToken cancellationToken);

    /// <summary>Size and time of a blob, without reading it: that it is undamaged is not said. Null when it is not there.</summary>
    /// <exception cref="BlobStoreException">The store failed.</exception>
    Task<BlobInfo?> FindAsync(BlobDigest digest, CancellationToken cancellationToken);

    /// <summary>The blobs after <paramref name="after"/> in the order of their digests. What else lies in the place is passed over.</summary>
    /// <param name="after">The last digest of the page before; null for the first page.</param>
    /// <param name="limit">1 to 1000.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="BlobStoreException">The store failed.</exception>
    Task<BlobPage> ListAsync(BlobDigest? after, int limit, CancellationToken cancellationToken);

    /// <summary>Removes a blob. In a bucket with versions its older versions stay.</summary>
    /// <returns>Whether it was there.</returns>
    /// <exception cref="BlobStoreException">The store failed.</exception>
    Task<bool> DeleteAsync(BlobDigest digest, CancellationToken cancellationToken);

    /// <summary>Removes what writers that ended in the middle left behind; never a blob.</summary>
    /// <param name="olderThan">What was begun later than this long ago may still be written, and stays.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>How many leftovers were removed.</returns>
    /// <exception cref="BlobStoreException">The store failed.</exception>
    Task<int> CleanAsync(TimeSpan olderThan, CancellationToken cancellationToken);
}
