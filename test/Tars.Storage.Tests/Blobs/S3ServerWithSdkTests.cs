using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Tars.TestKit.SecretServers;
using Xunit;

namespace Tars.Storage.Tests.Blobs;

/// <summary>The server of the TestKit with the SDK as it comes, without the store's settings: what it really sends is taken, and what is spoiled on the way is not.</summary>
public sealed class S3ServerWithSdkTests : IAsyncLifetime
{
    private S3Place _place = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _place = await S3Place.StartAsync(cancellationToken: Cancelled);

    public ValueTask DisposeAsync() => _place.DisposeAsync();

    [Theory]
    [InlineData(false, "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER")]
    [InlineData(true, "STREAMING-UNSIGNED-PAYLOAD-TRAILER")]
    public async Task Put_AsTheSdkDoesByItself_IsTakenWithItsTrailer(bool unsigned, string payload)
    {
        using AmazonS3Client client = Client(tls: unsigned);
        byte[] content = CountingStream.Bytes(200_000, seed: 1);
        using MemoryStream stream = new(content);
        await client.PutObjectAsync(new PutObjectRequest { BucketName = S3Place.Bucket, Key = "a/b c+d.txt", InputStream = stream, DisablePayloadSigning = unsigned }, Cancelled);
        ReceivedRequest put = Assert.Single(_place.Server.Requests);
        Assert.Equal((payload, "x-amz-checksum-crc32"), (put.Header("x-amz-content-sha256"), put.Header("x-amz-trailer")));
        Assert.Equal(content, _place.Server.Content(S3Place.Bucket, "a/b c+d.txt"));
        using GetObjectResponse get = await client.GetObjectAsync(S3Place.Bucket, "a/b c+d.txt", Cancelled);
        using MemoryStream back = new();
        await get.ResponseStream.CopyToAsync(back, Cancelled);
        Assert.Equal(content, back.ToArray());
    }

    [Fact]
    public async Task List_AsTheSdkDoesByItself_GivesAllPages()
    {
        using AmazonS3Client client = Client(tls: false);
        for (int i = 0; i < 5; i++)
        {
            await client.PutObjectAsync(new PutObjectRequest { BucketName = S3Place.Bucket, Key = $"k/{i}", ContentBody = "x" }, Cancelled);
        }

        List<string> keys = [];
        await foreach (S3Object found in client.Paginators.ListObjectsV2(new ListObjectsV2Request { BucketName = S3Place.Bucket, MaxKeys = 2 }).S3Objects.WithCancellation(Cancelled))
        {
            keys.Add(found.Key);
        }

        Assert.Equal(["k/0", "k/1", "k/2", "k/3", "k/4"], keys);
    }

    [Theory]
    [InlineData("NoSuchBucket")]
    [InlineData("NoSuchKey")]
    [InlineData("SignatureDoesNotMatch")]
    [InlineData("AccessDenied")]
    public async Task Get_Refused_CarriesTheCodeToTheSdk(string code)
    {
        if (code == "AccessDenied")
        {
            _place.Account.Deny(_place.Keys, "s3:GetObject");
        }

        using AmazonS3Client client = Client(tls: false, secret: code == "SignatureDoesNotMatch" ? "wrong" : null);
        AmazonS3Exception error = await Assert.ThrowsAnyAsync<AmazonS3Exception>(() => client.GetObjectAsync(code == "NoSuchBucket" ? "elsewhere" : S3Place.Bucket, "k", Cancelled));
        Assert.Equal(code, error.ErrorCode);
    }

    private AmazonS3Client Client(bool tls, string? secret = null) => new(
        new BasicAWSCredentials(_place.Keys.AccessKeyId, secret ?? _place.Keys.SecretAccessKey),
        new AmazonS3Config
        {
            ServiceURL = (tls ? _place.Server.HttpsAddress : _place.Server.HttpAddress).GetLeftPart(UriPartial.Authority),
            AuthenticationRegion = _place.Account.Region,
            ForcePathStyle = true,
            MaxErrorRetry = 0,
            HttpClientFactory = new TrustingFactory(_place.Server.AuthorityPem),
        });

    private sealed class TrustingFactory(string pem) : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig)
        {
            System.Security.Cryptography.X509Certificates.X509ChainPolicy policy = new()
            {
                TrustMode = System.Security.Cryptography.X509Certificates.X509ChainTrustMode.CustomRootTrust,
                RevocationMode = System.Security.Cryptography.X509Certificates.X509RevocationMode.NoCheck,
            };
            policy.CustomTrustStore.ImportFromPem(pem);
            return new HttpClient(new SocketsHttpHandler { UseProxy = false, SslOptions = { CertificateChainPolicy = policy } });
        }
    }
}
