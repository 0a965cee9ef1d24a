using Tars.Storage.Databases;

namespace Tars.Storage.Identity;

/// <summary>An API key, of which only the hash is kept.</summary>
/// <param name="Id">Its id.</param>
/// <param name="UserId">Whose it is.</param>
/// <param name="Name">What it is for.</param>
/// <param name="Hash">SHA-256 of the key, 64 lower-case hexadecimal digits. The key is random and long: a slow hash adds nothing.</param>
/// <param name="Scopes">What it may be used for, words separated by spaces.</param>
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
            work => work.ExecuteAsync(
                "INSERT INTO api_keys (key_id, user_id, name, hash, scopes, created, expires) VALUES (@id, @user, @Name, @Hash, @Scopes, @now, @expires)",
                new { id = key.Id.ToString(), user = key.UserId.ToString(), key.Name, key.Hash, key.Scopes, now = Now, expires = StoreTime.Of(key.Expires) }),
            cancellationToken);
    }

    /// <summary>The key of a hash if it may be used now: neither expired nor revoked, and its user not disabled. Otherwise null.</summary>
    public Task<StoredApiKey?> FindUsableAsync(string hash, CancellationToken cancellationToken) => _database.ReadAsync(
        "find an API key",
        async work => (await work.FirstAsync<Row>(
            $"""
            SELECT {Columns} FROM api_keys WHERE hash = @hash AND revoked IS NULL AND (expires IS NULL OR expires > @now)
            AND EXISTS (SELECT 1 FROM users WHERE users.user_id = api_keys.user_id AND users.disabled IS NULL)
            """,
            new { hash, now = Now }))?.ToKey(),
        cancellationToken);

    /// <summary>The keys of a user, by when they were made.</summary>
    public Task<IReadOnlyList<StoredApiKey>> OfUserAsync(Guid userId, CancellationToken cancellationToken) => _database.ReadAsync(
        "list API keys",
        async work => (IReadOnlyList<StoredApiKey>)[.. (await work.QueryAsync<Row>($"SELECT {Columns} FROM api_keys WHERE user_id = @id ORDER BY created, key_id", new { id = userId.ToString() })).Select(row => row.ToKey())],
        cancellationToken);

    /// <summary>Notes that a key was used now. Call it rarely: each call is a write.</summary>
    public Task TouchAsync(Guid id, CancellationToken cancellationToken) => ChangeAsync("UPDATE api_keys SET last_used = @now WHERE key_id = @id", id, cancellationToken);

    /// <summary>Revokes a key.</summary>
    /// <returns>Whether it is known and was not revoked before.</returns>
    public Task<bool> RevokeAsync(Guid id, CancellationToken cancellationToken) =>
        ChangeAsync("UPDATE api_keys SET revoked = @now WHERE key_id = @id AND revoked IS NULL", id, cancellationToken);

    private long Now => StoreTime.Of(_time.GetUtcNow());

    private Task<bool> ChangeAsync(string sql, Guid id, CancellationToken cancellationToken) =>
        _database.WriteAsync("change an API key", async work => await work.ExecuteAsync(sql, new { id = id.ToString(), now = Now }) == 1, cancellationToken);

    private sealed record Row(string Id, string UserId, string Name, string Hash, string Scopes, long Created, long? Expires, long? LastUsed, long? Revoked)
    {
        public StoredApiKey ToKey() => new(
            new NewApiKey(Guid.Parse(Id), Guid.Parse(UserId), Name, Hash, Scopes, StoreTime.At(Expires)), StoreTime.At(Created), StoreTime.At(LastUsed), StoreTime.At(Revoked));
    }
}
