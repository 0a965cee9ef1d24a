using System.Globalization;
using Tars.TestKit.SecretServers.Aws;
using Tars.TestKit.Servers;
using Tars.TestKit.StorageServers;
using Xunit;

namespace Tars.Cli.Tests.Store;

/// <summary>One PostgreSQL for the tests of the store's commands.</summary>
[CollectionDefinition(Name)]
public sealed class StorePostgres : PostgresFixture, ICollectionFixture<StorePostgres>
{
    public const string Name = "store commands on PostgreSQL";

    /// <summary>The section of a store with a new database, and a bucket that is there.</summary>
    public async Task<string> SectionAsync(S3Server server, AwsAccount account, AwsCredentials keys, string bucket)
    {
        string database = await DatabaseAsync();
        return $"storage: {{ {database}, blobs: {{ bucket: {bucket}, prefix: tars, region: {account.Region}, endpoint_url: \"{server.HttpAddress}\", access_key_id: {keys.AccessKeyId}, secret_access_key: \"{keys.SecretAccessKey}\" }} }}";
    }

    /// <summary>The settings of a new database.</summary>
    public async Task<string> DatabaseAsync()
    {
        PostgresServer server = Require();
        string text = await server.CreateDatabaseAsync(TestContext.Current.CancellationToken);
        string name = text.Split(';').Single(part => part.StartsWith("Database=", StringComparison.Ordinal))["Database=".Length..];
        return string.Create(
            CultureInfo.InvariantCulture, $"database_url: \"postgresql://127.0.0.1:{server.Port}/{name}\", database_user: {PostgresServer.User}, database_password: \"{server.Password}\"");
    }
}
