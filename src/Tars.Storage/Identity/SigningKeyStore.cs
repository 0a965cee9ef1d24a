using Tars.Storage.Databases;

namespace Tars.Storage.Identity;

/// <summary>A key that signs access tokens, sealed under a secret that is not in the store.</summary>
/// <param name="Id">Its id, which stands in each token.</param>
/// <param name="Algorithm">What it signs with, such as <c>ES256</c>.</param>
/// <param name="PublicKey">The public half, SubjectPublicKeyInfo in base64.</param>
/// <param name="SealedKey">The private half, sealed.</param>
/// <param name="Created">Since when, UTC.</param>
/// <param name="Retires">From when on nothing that it signed is believed, UTC.</param>
public sealed record StoredSigningKey(string Id, string Algorithm, string PublicKey, string SealedKey, DateTimeOffset Created, DateTimeOffset Retires);

/// <summary>Keys that sign access tokens, shared by all replicas.</summary>
public sealed class SigningKeyStore
{
    private readonly Database _database;
    private readonly TimeProvider _time;

    internal SigningKeyStore(Database database, TimeProvider time) => (_database, _time) = (database, time);

    /// <summary>The keys that have not retired, the newest first.</summary>
    public Task<IReadOnlyList<StoredSigningKey>> ListAsync(CancellationToken cancellationToken) => _database.ReadAsync("list signing keys", ListAsync, cancellationToken);

    /// <summary>Adds a key unless another replica has added one since an instant; then that one is taken.</summary>
    /// <param name="key">The key.</param>
    /// <param name="unlessSince">The instant, UTC.</param>
    /// <param name="cancellationToken">Stops waiting for the database.</param>
    /// <returns>The keys that have not retired, the newest first.</returns>
    public Task<IReadOnlyList<StoredSigningKey>> AddAsync(StoredSigningKey key, DateTimeOffset unlessSince, CancellationToken cancellationToken) => _database.WriteAsync(
        "add a signing key",
        async work =>
        {
            await RevocationStore.CountAsync(work); // its row is the lock: of several replicas one adds a key
            IReadOnlyList<StoredSigningKey> known = await ListAsync(work);
            if (known.Any(one => one.Algorithm == key.Algorithm && one.Created > unlessSince))
            {
                return known;
            }

            await work.ExecuteAsync("DELETE FROM signing_keys WHERE retires <= @now", new { now = Now });
            await work.ExecuteAsync(
                "INSERT INTO signing_keys (key_id, algorithm, public_key, sealed_key, created, retires) VALUES (@Id, @Algorithm, @PublicKey, @SealedKey, @created, @retires)",
                new { key.Id, key.Algorithm, key.PublicKey, key.SealedKey, created = StoreTime.Of(key.Created), retires = StoreTime.Of(key.Retires) });
            return await ListAsync(work);
        },
        cancellationToken);

    private long Now => StoreTime.Of(_time.GetUtcNow());

    private async Task<IReadOnlyList<StoredSigningKey>> ListAsync(SqlWork work) =>
    [
        .. (await work.QueryAsync<Row>(
            """
            SELECT key_id AS Id, algorithm AS Algorithm, public_key AS PublicKey, sealed_key AS SealedKey, created AS Created, retires AS Retires
            FROM signing_keys WHERE retires > @now ORDER BY created DESC, key_id
            """,
            new { now = Now })).Select(row => new StoredSigningKey(row.Id, row.Algorithm, row.PublicKey, row.SealedKey, StoreTime.At(row.Created), StoreTime.At(row.Retires))),
    ];

    private sealed record Row(string Id, string Algorithm, string PublicKey, string SealedKey, long Created, long Retires);
}
