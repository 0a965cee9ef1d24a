using System.Net;
using System.Text.RegularExpressions;

namespace Tars.Storage.Blobs.S3;

/// <summary>Where a bucket is and how it is spoken to.</summary>
public sealed partial record S3BlobStoreOptions
{
    /// <summary>The smallest part S3 takes, except for the last: 5 MiB ("Amazon S3 multipart upload limits").</summary>
    public const int MinimumPartBytes = 5 << 20;

    /// <summary>The bucket, which exists already.</summary>
    public required string Bucket { get; init; }

    /// <summary>The region that signatures are for. Services other than AWS often take <c>us-east-1</c>.</summary>
    public required string Region { get; init; }

    /// <summary>The keys.</summary>
    public required S3Credentials Credentials { get; init; }

    /// <summary>What stands before each key: empty, or ends with a slash, such as <c>tars/</c>.</summary>
    public string Prefix { get; init; } = string.Empty;

    /// <summary>The service's address; null is AWS in <see cref="Region"/>.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>Whether the bucket stands in the path (<c>https://host/bucket/key</c>) and not in the host name.</summary>
    public bool PathStyle { get; init; }

    /// <summary>Whether an <see cref="Endpoint"/> without TLS is allowed. Signatures hold there too, but anyone on the way reads the blobs.</summary>
    public bool AllowHttp { get; init; }

    /// <summary>PEM of the authority that alone is trusted for the service's certificate; null trusts what the machine does.</summary>
    public string? AuthorityPem { get; init; }

    /// <summary>The proxy; null is none, whatever the environment says.</summary>
    public Uri? Proxy { get; init; }

    /// <summary>Encryption where the blob lies.</summary>
    public S3Encryption Encryption { get; init; } = new S3Encryption.AsTheBucketSays();

    /// <summary>Blobs up to this size are put in one request, longer ones in parts of it, more when there would be over 10,000. Memory per put is one part.</summary>
    public int PartBytes { get; init; } = 8 << 20;

    /// <summary>How often a request is made before it counts as failed, 1 to 10.</summary>
    public int Attempts { get; init; } = 5;

    /// <summary>The longest pause between attempts, a <c>Retry-After</c> included: when more is asked for, the operation fails at once and says so.</summary>
    public TimeSpan MaximumPause { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long one attempt may take: a whole request, or, of a download, the answer's head and then each read.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Where content longer than a part waits, readable by its owner only, until its digest is known and while it is sent.</summary>
    public string SpoolDirectory { get; init; } = Path.GetTempPath();

    /// <summary>Where connections go instead of where the host name points; for tests of host names that do not resolve.</summary>
    internal IPEndPoint? ConnectTo { get; init; }

    /// <summary>For a person: address, bucket and prefix.</summary>
    internal string Place => PlaceOf(Prefix);

    /// <summary>The same for a key, which begins with the prefix.</summary>
    internal string PlaceOf(string key) => Endpoint is null ? $"s3://{Bucket}/{key}" : $"{Endpoint.GetLeftPart(UriPartial.Authority)}/{Bucket}/{key}";

    /// <summary>Names the first thing that cannot be.</summary>
    internal void Validate()
    {
        Require(BucketName().IsMatch(Bucket), $"bucket: \"{Bucket}\" is no name of a bucket; 3 to 63 letters in lower case, digits, dots and hyphens");
        Require(RegionName().IsMatch(Region), $"region: \"{Region}\" is no region; write it as the service does, such as eu-central-1");
        Require(
            PrefixForm().IsMatch(Prefix) && !Prefix.Split('/').Any(part => part is "." or ".."),
            $"prefix: \"{Prefix}\" is empty or made of letters, digits and -_.!*'() with slashes between and one at its end");
        Require(
            Endpoint is null || (Endpoint is { IsAbsoluteUri: true, AbsolutePath: "/", Query: "", UserInfo: "" } && (Endpoint.Scheme == "https" || Endpoint.Scheme == "http")),
            "endpoint: expected https://host or https://host:port, without path, user or query");
        Require(Endpoint is null || Endpoint.Scheme == "https" || AllowHttp, "endpoint: it is not encrypted (http); use https, or allow http where the network is trusted");
        Require(PartBytes is >= MinimumPartBytes and <= 512 << 20, "part size: between 5 MiB and 512 MiB");
        Require(Attempts is >= 1 and <= 10, "attempts: between 1 and 10");
        Require(Timeout > TimeSpan.Zero && MaximumPause >= TimeSpan.Zero, "timeout and longest pause: not below zero");
    }

    private static void Require(bool holds, string problem)
    {
        if (!holds)
        {
            throw new ArgumentException(problem);
        }
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", RegexOptions.CultureInvariant)]
    private static partial Regex BucketName();

    [GeneratedRegex("^[a-z0-9-]{2,40}$", RegexOptions.CultureInvariant)]
    private static partial Regex RegionName();

    [GeneratedRegex(@"^([A-Za-z0-9_.!*'()-]+/)*$", RegexOptions.CultureInvariant)]
    private static partial Regex PrefixForm();
}
