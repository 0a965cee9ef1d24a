using System.Net;
using Tars.Storage.Blobs.S3;
using Tars.TestKit;
using Tars.TestKit.SecretServers;
using Tars.TestKit.SecretServers.Aws;
using Tars.TestKit.StorageServers;

namespace Tars.Storage.Tests.Blobs;

/// <summary>A server with a bucket, and stores on it.</summary>
internal sealed class S3Place : IAsyncDisposable
{
    internal const string Bucket = "reports.example";
    internal const string Prefix = "tars/prod/";

    private readonly List<S3BlobStore> _stores = [];

    private S3Place(AwsAccount account, S3Server server)
    {
        (Account, Server) = (account, server);
        Keys = account.CreateUserKeys();
        server.CreateBucket(Bucket);
    }

    internal AwsAccount Account { get; }

    internal S3Server Server { get; }

    internal AwsCredentials Keys { get; }

    internal TemporaryDirectory Spool { get; } = new();

    internal static async Task<S3Place> StartAsync(TimeProvider? time = null, ProtocolServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        AwsAccount account = new(time ?? TimeProvider.System);
        return new S3Place(account, await S3Server.StartAsync(account, options, cancellationToken));
    }

    /// <summary>Path-style over plain HTTP, with short pauses.</summary>
    internal S3BlobStoreOptions Options => new()
    {
        Bucket = Bucket,
        Region = Account.Region,
        Credentials = S3Credentials.Of(Keys.AccessKeyId, Keys.SecretAccessKey, Keys.SessionToken),
        Prefix = Prefix,
        Endpoint = Server.HttpAddress,
        PathStyle = true,
        AllowHttp = true,
        PartBytes = S3BlobStoreOptions.MinimumPartBytes,
        SpoolDirectory = Spool.Path,
        Timeout = TimeSpan.FromSeconds(30),
    };

    internal S3BlobStoreOptions VirtualHost => Options with
    {
        Endpoint = new Uri($"http://{S3Server.Domain}:{Server.HttpAddress.Port}"),
        PathStyle = false,
        ConnectTo = new IPEndPoint(IPAddress.Loopback, Server.HttpAddress.Port),
    };

    internal S3BlobStore Open(S3BlobStoreOptions options, TimeProvider? time = null)
    {
        S3BlobStore store = new(options, time ?? TimeProvider.System);
        _stores.Add(store);
        return store;
    }

    public async ValueTask DisposeAsync()
    {
        _stores.ForEach(store => store.Dispose());
        await Server.DisposeAsync();
        Spool.Dispose();
    }
}
