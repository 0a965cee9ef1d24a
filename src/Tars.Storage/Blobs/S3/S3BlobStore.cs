using Amazon.S3;
using Amazon.S3.Model;

namespace Tars.Storage.Blobs.S3;

/// <summary>
/// Blobs in a bucket of Amazon S3 or of a service that speaks its API with conditional writes: key <c>prefix/sha256/ab/cd/abcd…</c>. Every upload says <c>If-None-Match: *</c> and carries its
/// SHA-256. When an answer is lost, the request is made again and what lies under the key is read through: nothing is lost and nothing is there twice.
/// </summary>
public sealed class S3BlobStore : IBlobStore, IDisposable
{
    private readonly S3BlobStoreOptions _options;
    private readonly S3Connection _connection;
    private readonly S3Attempts _attempts;

    /// <summary>A store; nothing is sent yet.</summary>
    /// <param name="options">Where and how.</param>
    /// <param name="time">The clock for pauses, timeouts and the age of leftovers. Signatures follow the system's clock.</param>
    /// <exception cref="ArgumentException">An option cannot be.</exception>
    public S3BlobStore(S3BlobStoreOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        options.Validate();
        _options = options;
        Time = time;
        _connection = new S3Connection(options);
        _attempts = new S3Attempts(options, time);
    }

    /// <summary>Address, bucket and prefix.</summary>
    public string Place => _options.Place;

    private TimeProvider Time { get; }

    private AmazonS3Client Client => _connection.Client;

    /// <summary>Lists, writes a small object below <c>check/</c>, sees that writing it again is refused, reads it and removes it.</summary>
    /// <exception cref="BlobStoreException">One of these does not work.</exception>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        await ListAsync(null, 1, cancellationToken).ConfigureAwait(false);
        byte[] random = Guid.NewGuid().ToByteArray();
        using MemoryStream stream = new(random, writable: false);
        using Spool probe = await Spool.ReadAsync(stream, random.Length, _options.SpoolDirectory, cancellationToken).ConfigureAwait(false);
        string key = $"{_options.Prefix}check/{probe.Digest}";
        string place = _options.PlaceOf(key);
        S3Upload upload = new(Client, _attempts, _options, key, probe);
        await upload.RunAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (await upload.RunAsync(cancellationToken).ConfigureAwait(false))
            {
                throw new BlobStoreException(place, "the service overwrites an object although it was told not to (If-None-Match: *)", "use a service with conditional writes", isTransient: false);
            }

            using S3Download? back = await S3Download.OpenAsync(Client, _attempts, _options, key, cancellationToken).ConfigureAwait(false);
            if (back is null || await VerifiedCopy.RunAsync(back, probe.Digest, Stream.Null, random.Length, cancellationToken).ConfigureAwait(false) is not BlobCopy.Copied)
            {
                throw new BlobStoreException(place, "what was written does not come back", "look whether a cache or a proxy stands before the service", isTransient: false);
            }
        }
        finally
        {
            await RemoveAsync(key, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async Task<BlobPut> PutAsync(Stream content, BlobDigest? expected, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        using Spool spool = await Spool.ReadAsync(content, _options.PartBytes, _options.SpoolDirectory, cancellationToken).ConfigureAwait(false);
        if (expected is { } wanted && wanted != spool.Digest)
        {
            return new BlobPut.Refused(wanted, spool.Digest, spool.Size);
        }

        bool isLong = spool.Size > _options.PartBytes; // asking first costs less than parts that are thrown away
        bool isTaken = isLong && await FindAsync(spool.Digest, cancellationToken).ConfigureAwait(false) is not null;
        if (!isTaken && await new S3Upload(Client, _attempts, _options, KeyOf(spool.Digest), spool).RunAsync(cancellationToken).ConfigureAwait(false))
        {
            return new BlobPut.Stored(spool.Digest, spool.Size, WasPresent: false);
        }

        return await CopyToAsync(spool.Digest, Stream.Null, long.MaxValue, cancellationToken).ConfigureAwait(false) switch
        {
            BlobCopy.Copied => new BlobPut.Stored(spool.Digest, spool.Size, WasPresent: true),
            BlobCopy.Damaged damaged => new BlobPut.Damaged(spool.Digest, damaged.Found, damaged.Size),
            _ => throw new BlobStoreException(PlaceOf(spool.Digest), "it was there, and is gone now: somebody deletes what is being stored", "store it again", isTransient: true),
        };
    }

    /// <inheritdoc/>
    public async Task<BlobCopy> CopyToAsync(BlobDigest digest, Stream destination, long maximumBytes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(destination);
        ArgumentOutOfRangeException.ThrowIfNegative(maximumBytes);
        using S3Download? source = await S3Download.OpenAsync(Client, _attempts, _options, KeyOf(digest), cancellationToken).ConfigureAwait(false);
        return source is null ? new BlobCopy.Missing()
            : source.Length > maximumBytes ? new BlobCopy.TooLong(maximumBytes)
            : await VerifiedCopy.RunAsync(source, digest, destination, maximumBytes, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<BlobInfo?> FindAsync(BlobDigest digest, CancellationToken cancellationToken)
    {
        try
        {
            GetObjectMetadataResponse head = await _attempts.RunAsync(
                PlaceOf(digest),
                cancelled => Client.GetObjectMetadataAsync(new GetObjectMetadataRequest { BucketName = _options.Bucket, Key = KeyOf(digest) }, cancelled),
                cancellationToken,
                S3Failures.NotFound,
                S3Failures.NoSuchKey).ConfigureAwait(false);
            return new BlobInfo(head.ContentLength, Utc(head.LastModified));
        }
        catch (AmazonS3Exception refusal) when (S3Failures.Is(refusal, S3Failures.NotFound, S3Failures.NoSuchKey))
        {
            await ListAsync(null, 1, cancellationToken).ConfigureAwait(false); // HEAD answers the same for a bucket that does not exist; a listing says so
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task<BlobPage> ListAsync(BlobDigest? after, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 1000);
        List<BlobEntry> blobs = [];
        ListObjectsV2Request request = new()
        {
            BucketName = _options.Bucket,
            Prefix = _options.Prefix + BlobLayout.Root,
            MaxKeys = limit,
            StartAfter = after is { } last ? KeyOf(last) : null,
        };
        ListObjectsV2Response page;
        do
        {
            page = await _attempts.RunAsync(Place, cancelled => Client.ListObjectsV2Async(request, cancelled), cancellationToken).ConfigureAwait(false);
            foreach (S3Object found in page.S3Objects ?? [])
            {
                if (BlobLayout.TryParse(found.Key[_options.Prefix.Length..], out BlobDigest digest) && blobs.Count < limit)
                {
                    blobs.Add(new BlobEntry(digest, new BlobInfo(found.Size ?? 0, Utc(found.LastModified))));
                }
            }

            request.ContinuationToken = page.NextContinuationToken; // strange objects filled the page: go on
        }
        while (page.IsTruncated == true && blobs.Count < limit);
        return new BlobPage(blobs, page.IsTruncated == true ? blobs[^1].Digest : null);
    }

    /// <inheritdoc/>
    public async Task<bool> DeleteAsync(BlobDigest digest, CancellationToken cancellationToken)
    {
        if (await FindAsync(digest, cancellationToken).ConfigureAwait(false) is null)
        {
            return false;
        }

        await RemoveAsync(KeyOf(digest), cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>Aborts uploads in parts below the prefix that were begun long ago.</summary>
    /// <inheritdoc/>
    public async Task<int> CleanAsync(TimeSpan olderThan, CancellationToken cancellationToken)
    {
        int removed = 0;
        DateTimeOffset limit = Time.GetUtcNow() - olderThan;
        ListMultipartUploadsRequest request = new() { BucketName = _options.Bucket, Prefix = _options.Prefix + BlobLayout.Root };
        ListMultipartUploadsResponse page;
        do
        {
            page = await _attempts.RunAsync(Place, cancelled => Client.ListMultipartUploadsAsync(request, cancelled), cancellationToken).ConfigureAwait(false);
            foreach (MultipartUpload upload in (page.MultipartUploads ?? []).Where(upload => Utc(upload.Initiated) < limit))
            {
                await AbortAsync(upload, cancellationToken).ConfigureAwait(false);
                removed++;
            }

            (request.KeyMarker, request.UploadIdMarker) = (page.NextKeyMarker, page.NextUploadIdMarker);
        }
        while (page.IsTruncated == true);
        return removed;
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose() => _connection.Dispose();

    private static DateTimeOffset Utc(DateTime? time) => new(DateTime.SpecifyKind((time ?? DateTime.UnixEpoch).ToUniversalTime(), DateTimeKind.Utc));

    private async Task AbortAsync(MultipartUpload upload, CancellationToken cancellationToken)
    {
        try
        {
            await _attempts.RunAsync(
                Place,
                cancelled => Client.AbortMultipartUploadAsync(new AbortMultipartUploadRequest { BucketName = _options.Bucket, Key = upload.Key, UploadId = upload.UploadId }, cancelled),
                cancellationToken,
                S3Failures.NoSuchUpload).ConfigureAwait(false);
        }
        catch (AmazonS3Exception refusal) when (S3Failures.Is(refusal, S3Failures.NoSuchUpload))
        {
            // Its writer has finished meanwhile.
        }
    }

    private Task<DeleteObjectResponse> RemoveAsync(string key, CancellationToken cancellationToken) => _attempts.RunAsync(
        _options.PlaceOf(key), cancelled => Client.DeleteObjectAsync(new DeleteObjectRequest { BucketName = _options.Bucket, Key = key }, cancelled), cancellationToken);

    private string KeyOf(BlobDigest digest) => _options.Prefix + BlobLayout.KeyOf(digest);

    private string PlaceOf(BlobDigest digest) => _options.PlaceOf(KeyOf(digest));
}
