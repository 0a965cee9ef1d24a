using Tars.Storage.Databases;
using Tars.Storage.Reports;

namespace Tars.Storage.BlobIndex;

/// <summary>
/// Which files the blob store is known to hold. What points to a file (a rendering, an envelope, a capture, an attestation) does so by a foreign key, so
/// that references are never counted, and so never miscounted.
/// </summary>
public sealed class BlobRecords
{
    private const string Unreferenced = """
        NOT EXISTS (SELECT 1 FROM renderings WHERE renderings.blob_digest = blobs.digest)
        AND NOT EXISTS (SELECT 1 FROM reports WHERE reports.envelope_digest = blobs.digest)
        AND NOT EXISTS (SELECT 1 FROM captures WHERE captures.blob_digest = blobs.digest)
        AND NOT EXISTS (SELECT 1 FROM attestations WHERE attestations.blob_digest = blobs.digest)
        """;

    private readonly Database _database;
    private readonly TimeProvider _time;

    internal BlobRecords(Database database, TimeProvider time) => (_database, _time) = (database, time);

    /// <summary>Notes that files are in the blob store, or were put there again now. Call it after the file is there.</summary>
    public Task RegisterAsync(IReadOnlyList<BlobReference> blobs, CancellationToken cancellationToken)
    {
        foreach (BlobReference blob in blobs)
        {
            StoreDigest.Require(blob.Digest, nameof(blobs));
        }

        return _database.WriteAsync("note blobs", work => RegisterAsync(work, blobs, StoreTime.Of(_time.GetUtcNow())), cancellationToken);
    }

    /// <summary>Files that nothing points to and that were last put there before an instant, by digest. Leave a day for runs under way.</summary>
    public Task<IReadOnlyList<BlobReference>> UnreferencedAsync(DateTimeOffset seenBefore, int limit, CancellationToken cancellationToken) => _database.ReadAsync(
        "find blobs that nothing points to",
        async work => (IReadOnlyList<BlobReference>)await work.QueryAsync<BlobReference>(
            $"SELECT digest AS Digest, size AS Size FROM blobs WHERE seen < @before AND {Unreferenced} ORDER BY digest LIMIT @limit", new { before = StoreTime.Of(seenBefore), limit = (long)limit }),
        cancellationToken);

    /// <summary>Forgets a file, if still nothing points to it and it was not put there again since. Remove the file after that, not before.</summary>
    /// <returns>Whether it was forgotten.</returns>
    public Task<bool> ForgetAsync(string digest, DateTimeOffset seenBefore, CancellationToken cancellationToken) => _database.WriteAsync(
        "forget a blob",
        async work => await work.ExecuteAsync($"DELETE FROM blobs WHERE digest = @digest AND seen < @before AND {Unreferenced}", new { digest, before = StoreTime.Of(seenBefore) }) == 1,
        cancellationToken);

    /// <summary>All files from a digest on, by digest, for a comparison with the blob store.</summary>
    public Task<IReadOnlyList<BlobReference>> ListAsync(string? after, int limit, CancellationToken cancellationToken) => _database.ReadAsync(
        "list blobs",
        async work => (IReadOnlyList<BlobReference>)await work.QueryAsync<BlobReference>(
            "SELECT digest AS Digest, size AS Size FROM blobs WHERE digest > @after ORDER BY digest LIMIT @limit", new { after = after ?? string.Empty, limit = (long)limit }),
        cancellationToken);

    internal static async Task RegisterAsync(SqlWork work, IEnumerable<BlobReference> blobs, long now)
    {
        // In one order for all, so that two transactions do not wait for each other.
        foreach (BlobReference blob in blobs.DistinctBy(blob => blob.Digest).OrderBy(blob => blob.Digest, StringComparer.Ordinal))
        {
            await work.ExecuteAsync(
                "INSERT INTO blobs (digest, size, created, seen) VALUES (@Digest, @Size, @now, @now) ON CONFLICT (digest) DO UPDATE SET seen = excluded.seen", new { blob.Digest, blob.Size, now });
        }
    }
}
