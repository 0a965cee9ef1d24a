namespace Tars.Storage.Blobs.S3;

/// <summary>What the service is told about encrypting a blob where it lies. Sealed reports are encrypted before, whatever stands here.</summary>
public abstract record S3Encryption
{
    private S3Encryption()
    {
    }

    /// <summary>Nothing is said: the bucket's own setting holds.</summary>
    public sealed record AsTheBucketSays : S3Encryption;

    /// <summary>With keys of the service: <c>x-amz-server-side-encryption: AES256</c>.</summary>
    public sealed record WithServiceKeys : S3Encryption;

    /// <summary>With a key of AWS KMS: <c>x-amz-server-side-encryption: aws:kms</c>.</summary>
    /// <param name="KeyId">The key's id, ARN or alias; null is the account's key for S3.</param>
    public sealed record WithKms(string? KeyId) : S3Encryption;
}
