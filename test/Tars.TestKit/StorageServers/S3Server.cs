using System.Globalization;
using Tars.TestKit.SecretServers;
using Tars.TestKit.SecretServers.Aws;

namespace Tars.TestKit.StorageServers;

/// <summary>
/// Amazon S3 in one region, written from the public documentation (API Reference and User Guide of Amazon S3) and not from any implementation: PutObject, GetObject with Range, HeadObject,
/// DeleteObject, ListObjectsV2, uploads in parts, conditional headers, checksums, signatures in headers with whole, chunked and trailed payloads, path-style and virtual-host addresses. Where the
/// documentation is silent it refuses. It does not cover: creating buckets over the wire, versions, locks, access lists and policies beyond denied actions, presigned addresses and browser forms,
/// SigV4A, copies, ListParts, tags, user metadata, CRC-64/NVME and SHA-1 checksums, customer keys, several ranges, redirects, and eventual delays. What passes here has not been shown to pass there.
/// </summary>
public sealed partial class S3Server : ProtocolServer
{
    /// <summary>Host names that end so name the bucket before it.</summary>
    public const string Domain = "s3.test";

    private readonly AwsAccount _account;
    private readonly Dictionary<string, SortedDictionary<string, S3Object>> _buckets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, S3Upload> _uploads = new(StringComparer.Ordinal);

    private S3Server(AwsAccount account, ProtocolServerOptions? options)
        : base((options ?? new ProtocolServerOptions()) with { Time = account.Time }) => _account = account;

    /// <summary>Uploads in parts that are neither completed nor aborted.</summary>
    public int OpenUploads
    {
        get
        {
            lock (Gate)
            {
                return _uploads.Count;
            }
        }
    }

    /// <inheritdoc/>
    protected override int BodyLimit => 64 << 20;

    /// <summary>Starts the service for an account, in its region; the account's clock is the server's.</summary>
    public static async Task<S3Server> StartAsync(AwsAccount account, ProtocolServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        S3Server server = new(account, options);
        await server.ListenAsync(cancellationToken);
        return server;
    }

    /// <summary>Makes an empty bucket.</summary>
    public void CreateBucket(string name)
    {
        lock (Gate)
        {
            _buckets.Add(name, new SortedDictionary<string, S3Object>(StringComparer.Ordinal));
        }
    }

    /// <summary>The keys in a bucket, in order.</summary>
    public IReadOnlyList<string> Keys(string bucket)
    {
        lock (Gate)
        {
            return [.. _buckets[bucket].Keys];
        }
    }

    /// <summary>What lies under a key; a copy.</summary>
    public byte[] Content(string bucket, string key)
    {
        lock (Gate)
        {
            return [.. _buckets[bucket][key].Content];
        }
    }

    /// <summary>Changes what lies under a key, without anybody noticing: a disk that fails. The object is made when it is not there.</summary>
    public void Replace(string bucket, string key, byte[] content)
    {
        lock (Gate)
        {
            S3Object old = _buckets[bucket].GetValueOrDefault(key) ?? new S3Object([], S3Object.ETagOf(content), Now, "application/octet-stream");
            _buckets[bucket][key] = old with { Content = content };
        }
    }

    /// <summary>The headers about encryption of an object.</summary>
    public IReadOnlyList<string> EncryptionOf(string bucket, string key)
    {
        lock (Gate)
        {
            return [.. _buckets[bucket][key].Encryption.Select(header => header.Value)];
        }
    }

    /// <inheritdoc/>
    protected override Answer Throttled(ReceivedRequest request, TimeSpan? retryAfter)
    {
        Answer answer = S3Refusal.SlowDown.ToAnswer(request.Path);
        return retryAfter is { } wait ? answer.With("Retry-After", ((long)wait.TotalSeconds).ToString(CultureInfo.InvariantCulture)) : answer;
    }

    /// <inheritdoc/>
    protected override Answer Failed(ReceivedRequest request, int status) => status == 503
        ? new S3Refusal(503, "ServiceUnavailable", "Service is unable to handle request.").ToAnswer(request.Path)
        : (S3Refusal.InternalError with { Status = status }).ToAnswer(request.Path);

    /// <inheritdoc/>
    protected override Answer Respond(ReceivedRequest request)
    {
        (S3Caller? caller, S3Refusal? refusal) = S3Signature.Verify(request, _account);
        if (caller is null)
        {
            return refusal!.ToAnswer(request.Path);
        }

        (string bucket, string key) = Address(request);
        if (!_buckets.TryGetValue(bucket, out SortedDictionary<string, S3Object>? objects))
        {
            return new S3Refusal(404, "NoSuchBucket", "The specified bucket does not exist") { Details = [("BucketName", bucket)] }.ToAnswer(request.Path);
        }

        (string action, Func<Answer>? work) = key.Length == 0 ? OfBucket(request, bucket, objects) : OfObject(request, caller, bucket, key, objects);
        return work is null ? new S3Refusal(405, "MethodNotAllowed", "The specified method is not allowed against this resource.").ToAnswer(request.Path)
            : _account.IsDenied(caller.Credentials, action) ? S3Refusal.AccessDenied.ToAnswer(request.Path)
            : work();
    }

    private static bool Has(ReceivedRequest request, string name) => request.Query(name) is not null;

    /// <summary>Bucket and key, out of the host name or of the path.</summary>
    private static (string Bucket, string Key) Address(ReceivedRequest request)
    {
        string host = (request.Header("Host") ?? "").Split(':')[0];
        if (host.EndsWith("." + Domain, StringComparison.Ordinal))
        {
            return (host[..^(Domain.Length + 1)], request.Path[1..]);
        }

        string[] parts = request.Path[1..].Split('/', 2);
        return (parts[0], parts.Length == 2 ? parts[1] : "");
    }

    private (string Action, Func<Answer>? Work) OfBucket(ReceivedRequest request, string bucket, SortedDictionary<string, S3Object> objects) => request.Method switch
    {
        "GET" when request.Query("list-type") == "2" => ("s3:ListBucket", () => S3Listing.Objects(request, bucket, objects)),
        "GET" when Has(request, "uploads") => ("s3:ListBucketMultipartUploads", () => S3Listing.Uploads(request, bucket, _uploads.Values)),
        "HEAD" => ("s3:ListBucket", () => Answer.Empty(200)),
        _ => ("", null),
    };

    private (string Action, Func<Answer>? Work) OfObject(ReceivedRequest request, S3Caller caller, string bucket, string key, SortedDictionary<string, S3Object> objects)
    {
        string? uploadId = request.Query("uploadId");
        return request.Method switch
        {
            "PUT" when uploadId is not null => ("s3:PutObject", () => PutPart(request, caller, bucket, key, uploadId)),
            "PUT" => ("s3:PutObject", () => Put(request, caller, key, objects)),
            "GET" => ("s3:GetObject", () => Get(request, caller, bucket, key, objects)),
            "HEAD" => ("s3:GetObject", () => Get(request, caller, bucket, key, objects)),
            "DELETE" when uploadId is not null => ("s3:AbortMultipartUpload", () => Abort(request, bucket, key, uploadId)),
            "DELETE" => ("s3:DeleteObject", () => Delete(key, objects)),
            "POST" when Has(request, "uploads") => ("s3:PutObject", () => Begin(request, bucket, key)),
            "POST" when uploadId is not null => ("s3:PutObject", () => Complete(request, caller, bucket, key, uploadId, objects)),
            _ => ("", null),
        };
    }
}
