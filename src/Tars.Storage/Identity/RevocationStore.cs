using Tars.Storage.Databases;

namespace Tars.Storage.Identity;

/// <summary>A number that grows with each revocation: replicas that remember who may come in look whether it is still the same.</summary>
public sealed class RevocationStore
{
    private readonly Database _database;

    internal RevocationStore(Database database) => _database = database;

    /// <summary>The number; 0 when nothing was ever revoked.</summary>
    /// <exception cref="StoreException">The database failed.</exception>
    public Task<long> EpochAsync(CancellationToken cancellationToken) =>
        _database.ReadAsync("look for revocations", work => work.ScalarAsync<long>("SELECT COALESCE(MAX(epoch), 0) FROM revocations"), cancellationToken);

    /// <summary>Counts a revocation, in the transaction that makes it.</summary>
    internal static Task CountAsync(SqlWork work) =>
        work.ExecuteAsync("INSERT INTO revocations (name, epoch) VALUES ('access', 1) ON CONFLICT (name) DO UPDATE SET epoch = revocations.epoch + 1");
}
