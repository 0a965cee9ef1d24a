using Tars.Storage.Databases;

namespace Tars.Storage.Identity;

/// <summary>An API key, of which only the hash is kept.</summary>
/// <param name="Id">Its id.</param>
/// <param name="UserId">Whose it is.</param>
/// <param name="Name">What it is for.</param>
/// <param name="Hash">SHA-256 of the key, 64 lower-case hexadecimal digits. The key is random and long: a slow hash adds nothing.</param>
/// <param name="Scopes">What it may be used for: the role it acts in at most, a lower-case word.</param>
/// <param name="Expires">Until when, UTC, exclusive; null without end.</param>
public sealed record NewApiKey(Guid Id, Guid UserId, string Name, string Hash, string Scopes, DateTimeOffset? Expires);

/// <summary>An API key as it is kept.</summary>
/// <param name="Key">Which.</param>
/// <param name="Created">Since when, UTC.</param>
/// <param name="LastUsed">When it was last used, UTC; null when never.</param>
/// <param name="Revoked">When it was revoked, UTC; null before.</param>
public sealed record StoredApiKey(NewApiKey Key, DateTimeOffset Created, DateTimeOffset? LastUsed, DateTimeOffset? Revoked);

/// <summary>API keys.</summary>
public sealed class ApiKeyStore
{
    private const string Columns = "key_id AS Id, user_id AS UserId, name AS Name, hash AS Hash, scopes AS Scopes, created AS Created, expires AS Expires, last_used AS LastUsed, revoked AS Revoked";

    private readonly Database _database;
    private readonly TimeProvider _time;

    internal ApiKeyStore(Database database, TimeProvider time) => (_database, _time) = (database, time);

    /// <summary>Adds a key.</summary>
    /// <exception cref="StoreException">The user is not known, or the id or hash is taken, or the database failed.</exception>
    public Task AddAsync(NewApiKey key, CancellationToken cancellationToken)
    {
        StoreDigest.Require(key.Hash, nameof(key));
        return _database.WriteAsync(
            "add an API key",
            work => AddAsync(work, key, Now),
            cancellationToken);
    }

    /// <summary>What the key of a hash allows, whether it still holds or not; null when there is none.</summary>
    public Task<AccessGrant?> FindGrantAsync(string hash, CancellationToken cancellationToken) => _database.ReadAsync(
        "find an API key",
        async work => (await work.FirstAsync<AccessGrantRow>(
            $"""
            SELECT {AccessGrantRow.UserColumns}, k.key_id AS CredentialId, k.scopes AS CredentialRole, k.expires AS Expires, k.revoked AS Revoked, k.last_used AS LastUsed
            FROM api_keys k JOIN users u ON u.user_id = k.user_id WHERE k.hash = @hash
            """,
            new { hash }))?.ToGrant(),
        cancellationToken);

    /// <summary>A key by its id, or null.</summary>
    public Task<StoredApiKey?> FindAsync(Guid id, CancellationToken cancellationToken) => _database.ReadAsync(
        "find an API key",
        async work => (await work.FirstAsync<Row>($"SELECT {Columns} FROM api_keys WHERE key_id = @id", new { id = id.ToString() }))?.ToKey(),
        cancellationToken);

    /// <summary>All keys, by when they were made.</summary>
    public Task<IReadOnlyList<StoredApiKey>> ListAsync(CancellationToken cancellationToken) => _database.ReadAsync(
        "list API keys",
        async work => (IReadOnlyList<StoredApiKey>)[.. (await work.QueryAsync<Row>($"SELECT {Columns} FROM api_keys ORDER BY created, key_id")).Select(row => row.ToKey())],
        cancellationToken);

    /// <summary>Puts another key in the place of one, which ends after a while, so that whoever uses it can change over.</summary>
    /// <param name="id">The key that is replaced.</param>
    /// <param name="successorId">The id of the new one.</param>
    /// <param name="hash">The hash of the new one, which has name, role and expiry of the old one.</param>
    /// <param name="overlap">How long the old one still holds.</param>
    /// <param name="expires">Until when the new one holds, UTC; null as the old one's.</param>
    /// <param name="cancellationToken">Stops waiting for the database.</param>
    /// <returns>The new key; null when the old one is not known, has expired or was revoked.</returns>
    public Task<NewApiKey?> RotateAsync(Guid id, Guid successorId, string hash, TimeSpan overlap, DateTimeOffset? expires, CancellationToken cancellationToken)
    {
        StoreDigest.Require(hash, nameof(hash));
        return _database.WriteAsync(
            "replace an API key",
            async work =>
            {
                long now = Now;
                Row? row = await work.FirstAsync<Row>($"SELECT {Columns} FROM api_keys WHERE key_id = @id{{for_update}}", new { id = id.ToString() });
                if (row is null || row.Revoked is not null || row.Expires <= now)
                {
                    return null;
                }

                NewApiKey successor = row.ToKey().Key with { Id = successorId, Hash = hash, Expires = expires ?? StoreTime.At(row.Expires) };
                await AddAsync(work, successor, now);
                long until = StoreTime.Of(_time.GetUtcNow() + overlap);
                await work.ExecuteAsync("UPDATE api_keys SET expires = @until WHERE key_id = @id", new { id = row.Id, until = Math.Min(until, row.Expires ?? until) });
                await RevocationStore.CountAsync(work);
                return successor;
            },
            cancellationToken);
    }

    /// <summary>The keys of a user, by when they were made.</summary>
    public Task<IReadOnlyList<StoredApiKey>> OfUserAsync(Guid userId, CancellationToken cancellationToken) => _database.ReadAsync(
        "list API keys",
        async work => (IReadOnlyList<StoredApiKey>)[.. (await work.QueryAsync<Row>($"SELECT {Columns} FROM api_keys WHERE user_id = @id ORDER BY created, key_id", new { id = userId.ToString() })).Select(row => row.ToKey())],
        cancellationToken);

    /// <summary>Notes that a key was used now. Call it rarely: each call is a write.</summary>
    public Task TouchAsync(Guid id, CancellationToken cancellationToken) =>
        _database.WriteAsync("note an API key", work => work.ExecuteAsync("UPDATE api_keys SET last_used = @now WHERE key_id = @id", new { id = id.ToString(), now = Now }), cancellationToken);

    /// <summary>Revokes a key.</summary>
    /// <returns>Whether it is known and was not revoked before.</returns>
    public Task<bool> RevokeAsync(Guid id, CancellationToken cancellationToken) => _database.WriteAsync(
        "revoke an API key",
        async work =>
        {
            await RevocationStore.CountAsync(work);
            return await work.ExecuteAsync("UPDATE api_keys SET revoked = @now WHERE key_id = @id AND revoked IS NULL", new { id = id.ToString(), now = Now }) == 1;
        },
        cancellationToken);

    private long Now => StoreTime.Of(_time.GetUtcNow());

    private static Task<int> AddAsync(SqlWork work, NewApiKey key, long now) => work.ExecuteAsync(
        "INSERT INTO api_keys (key_id, user_id, name, hash, scopes, created, expires) VALUES (@id, @user, @Name, @Hash, @Scopes, @now, @expires)",
        new { id = key.Id.ToString(), user = key.UserId.ToString(), key.Name, key.Hash, key.Scopes, now, expires = StoreTime.Of(key.Expires) });

    private sealed record Row(string Id, string UserId, string Name, string Hash, string Scopes, long Created, long? Expires, long? LastUsed, long? Revoked)
    {
        public StoredApiKey ToKey() => new(
            new NewApiKey(Guid.Parse(Id), Guid.Parse(UserId), Name, Hash, Scopes, StoreTime.At(Expires)), StoreTime.At(Created), StoreTime.At(LastUsed), StoreTime.At(Revoked));
    }
}
