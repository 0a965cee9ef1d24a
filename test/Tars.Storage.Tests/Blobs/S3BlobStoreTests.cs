using Tars.Storage.Blobs;
using Xunit;

namespace Tars.Storage.Tests.Blobs;

/// <summary>The suite on a bucket, addressed by path and by host name.</summary>
public abstract class S3BlobStoreSuite(bool virtualHost) : BlobStoreSuite
{
    private S3Place _place = null!;

    protected override async Task<IBlobStore> StartAsync()
    {
        _place = await S3Place.StartAsync(cancellationToken: Cancelled);
        return _place.Open(virtualHost ? _place.VirtualHost : _place.Options);
    }

    protected override ValueTask StopAsync() => _place.DisposeAsync();

    protected override Task DamageAsync(BlobDigest digest, byte[] content)
    {
        string name = digest.ToString();
        _place.Server.Replace(S3Place.Bucket, $"{S3Place.Prefix}sha256/{name[..2]}/{name[2..4]}/{name}", content);
        return Task.CompletedTask;
    }

    protected override void PlaceStranger(string key) => _place.Server.Replace(S3Place.Bucket, S3Place.Prefix + key, [1, 2, 3]);

    protected override void AssertNoLeftovers()
    {
        Assert.Equal(0, _place.Server.OpenUploads);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_place.Spool.Path));
        Assert.All(_place.Server.Keys(S3Place.Bucket), key => Assert.StartsWith(S3Place.Prefix + "sha256/", key, StringComparison.Ordinal));
    }
}

/// <summary>The bucket in the path.</summary>
public sealed class S3PathStyleBlobStoreTests() : S3BlobStoreSuite(virtualHost: false);

/// <summary>The bucket in the host name.</summary>
public sealed class S3VirtualHostBlobStoreTests() : S3BlobStoreSuite(virtualHost: true);
