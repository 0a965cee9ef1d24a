using Amazon.Runtime;
using Amazon.S3;

namespace Tars.Storage.Blobs.S3;

/// <summary>With which keys requests are signed. Nothing is taken from the machine unless <see cref="OfTheMachine"/> says so.</summary>
public sealed class S3Credentials
{
    private readonly AWSCredentials? _keys;

    private S3Credentials(AWSCredentials? keys) => _keys = keys;

    /// <summary>What the SDK finds by itself: environment, profile files, container or instance role, in the order it documents.</summary>
    public static S3Credentials OfTheMachine { get; } = new(null);

    /// <summary>These keys.</summary>
    /// <param name="accessKeyId">The public part.</param>
    /// <param name="secretAccessKey">The key that signs.</param>
    /// <param name="sessionToken">With temporary keys; null else.</param>
    /// <exception cref="ArgumentException">One of them is empty.</exception>
    public static S3Credentials Of(string accessKeyId, string secretAccessKey, string? sessionToken = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(accessKeyId);
        ArgumentException.ThrowIfNullOrEmpty(secretAccessKey);
        return new S3Credentials(sessionToken is null ? new BasicAWSCredentials(accessKeyId, secretAccessKey) : new SessionAWSCredentials(accessKeyId, secretAccessKey, sessionToken));
    }

    /// <summary>Says what kind it is, and nothing of the keys.</summary>
    public override string ToString() => _keys is null ? "credentials of the machine" : "given keys";

    internal AmazonS3Client Connect(AmazonS3Config config) => _keys is null ? new AmazonS3Client(config) : new AmazonS3Client(_keys, config);
}
