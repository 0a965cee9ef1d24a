using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;

namespace Tars.Storage.Blobs.S3;

/// <summary>Sends content to a key that must be free: in one request, or in parts. Each request carries the SHA-256 of its bytes, which the service checks.</summary>
internal sealed class S3Upload(IAmazonS3 client, S3Attempts attempts, S3BlobStoreOptions options, string key, Spool content)
{
    private const int MaximumParts = 10_000;
    private const string FreeOnly = "*";

    private string Place => options.PlaceOf(key);

    /// <returns>False when the key was taken, or is after an answer was lost: look what lies there.</returns>
    internal Task<bool> RunAsync(CancellationToken cancellationToken) => content.Size <= options.PartBytes ? OneRequestAsync(cancellationToken) : PartsAsync(cancellationToken);

    private async Task<bool> OneRequestAsync(CancellationToken cancellationToken)
    {
        byte[] bytes = await content.ReadAsync(0, (int)content.Size, cancellationToken).ConfigureAwait(false);
        try
        {
            await attempts.RunAsync(Place, cancelled => client.PutObjectAsync(Put(bytes), cancelled), cancellationToken, S3Failures.PreconditionFailed).ConfigureAwait(false);
            return true;
        }
        catch (AmazonS3Exception refusal) when (S3Failures.Is(refusal, S3Failures.PreconditionFailed))
        {
            return false;
        }
    }

    private PutObjectRequest Put(byte[] bytes)
    {
        PutObjectRequest request = new()
        {
            BucketName = options.Bucket,
            Key = key,
            InputStream = new MemoryStream(bytes, writable: false),
            ContentType = "application/octet-stream",
            IfNoneMatch = FreeOnly,
            ChecksumSHA256 = Convert.ToBase64String(content.Digest.ToArray()),
            UseChunkEncoding = false, // the signature then covers the SHA-256 of the whole body
        };
        switch (options.Encryption)
        {
            case S3Encryption.WithServiceKeys:
                request.ServerSideEncryptionMethod = ServerSideEncryptionMethod.AES256;
                break;
            case S3Encryption.WithKms kms:
                request.ServerSideEncryptionMethod = ServerSideEncryptionMethod.AWSKMS;
                request.ServerSideEncryptionKeyManagementServiceKeyId = kms.KeyId;
                break;
        }

        return request;
    }

    private async Task<bool> PartsAsync(CancellationToken cancellationToken)
    {
        InitiateMultipartUploadResponse begun = await attempts
            .RunAsync(Place, cancelled => client.InitiateMultipartUploadAsync(Begin(), cancelled), cancellationToken).ConfigureAwait(false);
        bool isOver = false;
        try
        {
            List<PartETag> parts = await SendAsync(begun.UploadId, cancellationToken).ConfigureAwait(false);
            bool placed = await CompleteAsync(begun.UploadId, parts, cancellationToken).ConfigureAwait(false);
            isOver = placed;
            return placed;
        }
        finally
        {
            if (!isOver)
            {
                await AbortAsync(begun.UploadId).ConfigureAwait(false);
            }
        }
    }

    private InitiateMultipartUploadRequest Begin()
    {
        InitiateMultipartUploadRequest request = new()
        {
            BucketName = options.Bucket,
            Key = key,
            ContentType = "application/octet-stream",
            ChecksumAlgorithm = ChecksumAlgorithm.SHA256,
        };
        switch (options.Encryption)
        {
            case S3Encryption.WithServiceKeys:
                request.ServerSideEncryptionMethod = ServerSideEncryptionMethod.AES256;
                break;
            case S3Encryption.WithKms kms:
                request.ServerSideEncryptionMethod = ServerSideEncryptionMethod.AWSKMS;
                request.ServerSideEncryptionKeyManagementServiceKeyId = kms.KeyId;
                break;
        }

        return request;
    }

    private async Task<List<PartETag>> SendAsync(string uploadId, CancellationToken cancellationToken)
    {
        long partBytes = Math.Max(options.PartBytes, (content.Size + MaximumParts - 1) / MaximumParts);
        List<PartETag> parts = [];
        using IncrementalHash whole = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (long offset = 0; offset < content.Size; offset += partBytes)
        {
            int number = parts.Count + 1;
            byte[] bytes = await content.ReadAsync(offset, (int)Math.Min(partBytes, content.Size - offset), cancellationToken).ConfigureAwait(false);
            whole.AppendData(bytes);
            string checksum = Convert.ToBase64String(SHA256.HashData(bytes));
            UploadPartResponse sent = await attempts.RunAsync(Place, cancelled => client.UploadPartAsync(
                new UploadPartRequest
                {
                    BucketName = options.Bucket,
                    Key = key,
                    UploadId = uploadId,
                    PartNumber = number,
                    InputStream = new MemoryStream(bytes, writable: false),
                    PartSize = bytes.Length,
                    ChecksumSHA256 = checksum,
                    UseChunkEncoding = false,
                },
                cancelled), cancellationToken).ConfigureAwait(false);
            parts.Add(new PartETag(number, sent.ETag) { ChecksumSHA256 = checksum });
        }

        if (BlobDigest.FromBytes(whole.GetHashAndReset()) != content.Digest)
        {
            throw new BlobStoreException(options.SpoolDirectory, "content that waited to be sent has changed", "look whether the disk or the memory is healthy; nothing was stored", isTransient: false);
        }

        return parts;
    }

    private async Task<bool> CompleteAsync(string uploadId, List<PartETag> parts, CancellationToken cancellationToken)
    {
        try
        {
            await attempts.RunAsync(Place, cancelled => client.CompleteMultipartUploadAsync(
                new CompleteMultipartUploadRequest { BucketName = options.Bucket, Key = key, UploadId = uploadId, PartETags = parts, IfNoneMatch = FreeOnly },
                cancelled), cancellationToken, S3Failures.PreconditionFailed, S3Failures.NoSuchUpload).ConfigureAwait(false);
            return true;
        }
        catch (AmazonS3Exception refusal) when (S3Failures.Is(refusal, S3Failures.PreconditionFailed, S3Failures.NoSuchUpload))
        {
            return false; // taken by another writer, or completed by an attempt whose answer was lost
        }
    }

    /// <summary>Drops the parts, also when the caller has cancelled. What cannot be dropped now stays for <see cref="IBlobStore.CleanAsync"/>, and the first failure is told.</summary>
    private async Task AbortAsync(string uploadId)
    {
        try
        {
            await attempts.RunAsync(Place, cancelled => client.AbortMultipartUploadAsync(
                new AbortMultipartUploadRequest { BucketName = options.Bucket, Key = key, UploadId = uploadId }, cancelled), CancellationToken.None, S3Failures.NoSuchUpload).ConfigureAwait(false);
        }
        catch (BlobStoreException)
        {
            // CleanAsync, or the bucket's own rule for incomplete uploads.
        }
        catch (AmazonS3Exception refusal) when (S3Failures.Is(refusal, S3Failures.NoSuchUpload))
        {
            // It is over already.
        }
    }
}
