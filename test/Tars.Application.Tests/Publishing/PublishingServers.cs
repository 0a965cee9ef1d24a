using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using Tars.Application.Stores;
using Tars.TestKit;
using Tars.TestKit.SecretServers.Aws;
using Tars.TestKit.Servers;
using Tars.TestKit.StorageServers;
using Xunit;

namespace Tars.Application.Tests.Publishing;

/// <summary>One PostgreSQL for the tests of publishing.</summary>
[CollectionDefinition(Name)]
public sealed class PublishingDatabase : PostgresFixture, ICollectionFixture<PublishingDatabase>
{
    public const string Name = "publishing";
}

/// <summary>A place with a database of a real server behind a network that can be cut, and a bucket.</summary>
internal sealed class PublishingServers : IAsyncDisposable
{
    private const string BucketName = "reports.example";
    private readonly TemporaryDirectory _folder = new();
    private readonly string _database;

    private PublishingServers(PostgresServer server, string database, S3Server bucket, AwsAccount account, TimeProvider time)
    {
        AwsCredentials keys = account.CreateUserKeys();
        bucket.CreateBucket(BucketName);
        (Bucket, Network, Time) = (bucket, new CutProxy(server.Port), time);
        Keys = new Bucket(bucket.HttpAddress, account.Region, BucketName, keys.AccessKeyId, keys.SecretAccessKey);
        _database = database;
        Place = new PublishingPlace(_folder.Path, time);
    }

    public PublishingPlace Place { get; }

    public S3Server Bucket { get; }

    public CutProxy Network { get; }

    public TimeProvider Time { get; }

    public FakeTimeProvider Clock => (FakeTimeProvider)Time;

    public Bucket Keys { get; }

    public string Folder => _folder.Path;

    /// <summary>The database as the server gives it.</summary>
    public string Database => With(_database, "Timeout=20;Command Timeout=30");

    /// <summary>The store.</summary>
    public StorageSettings Direct => Place.Storage(Database, Keys);

    /// <summary>The store behind the network.</summary>
    public StorageSettings Behind => Place.Storage(
        With(string.Join(';', _database.Split(';').Where(part => !part.StartsWith("Port=", StringComparison.Ordinal))), string.Create(CultureInfo.InvariantCulture, $"Port={Network.Port};Timeout=20;Command Timeout=30")), Keys);

    public static async Task<PublishingServers> StartAsync(PostgresServer server, TimeProvider time, CancellationToken cancellationToken)
    {
        AwsAccount account = new(TimeProvider.System); // requests are signed by the system's clock
        PublishingServers servers = new(server, await server.CreateDatabaseAsync(cancellationToken), await S3Server.StartAsync(account, null, cancellationToken), account, time);
        await servers.Place.CreateAsync(servers.Direct, cancellationToken);
        return servers;
    }

    public async Task<OpenedStore> OpenAsync() => await OpenedStore.OpenAsync(Direct, Time, creates: false, TestContext.Current.CancellationToken);

    public string ContentKey(string digest) => Bucket.Keys(BucketName).Single(key => key.EndsWith(digest, StringComparison.Ordinal));

    public void Damage(string key) => Bucket.Replace(BucketName, key, [1, 2, 3]);

    public IReadOnlyList<string> ObjectKeys => Bucket.Keys(BucketName);

    public async ValueTask DisposeAsync()
    {
        await Network.DisposeAsync();
        await Bucket.DisposeAsync();
        _folder.Dispose();
    }

    private static string With(string text, string more) => $"{text};{more}";
}
