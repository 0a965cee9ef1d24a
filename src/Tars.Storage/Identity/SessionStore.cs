using Tars.Storage.Databases;

namespace Tars.Storage.Identity;

/// <summary>A session of a person at the pages, of whose cookie only the hash is kept.</summary>
/// <param name="Hash">SHA-256 of the cookie's value, 64 lower-case hexadecimal digits.</param>
/// <param name="UserId">Whose it is.</param>
/// <param name="Created">Since when, UTC.</param>
/// <param name="Seen">When it was last seen, UTC.</param>
/// <param name="Expires">Until when, UTC, exclusive.</param>
public sealed record StoredSession(string Hash, Guid UserId, DateTimeOffset Created, DateTimeOffset Seen, DateTimeOffset Expires);

/// <summary>Sessions.</summary>
public sealed class SessionStore
{
    private readonly Database _database;
    private readonly TimeProvider _time;

    internal SessionStore(Database database, TimeProvider time) => (_database, _time) = (database, time);

    /// <summary>Begins a session.</summary>
    public Task AddAsync(string hash, Guid userId, DateTimeOffset expires, CancellationToken cancellationToken)
    {
        StoreDigest.Require(hash, nameof(hash));
        return _database.WriteAsync(
            "begin a session",
            work => work.ExecuteAsync(
                "INSERT INTO sessions (hash, user_id, created, seen, expires) VALUES (@hash, @user, @now, @now, @expires)", new { hash, user = userId.ToString(), now = Now, expires = StoreTime.Of(expires) }),
            cancellationToken);
    }

    /// <summary>The session of a hash, if it has not expired; otherwise null.</summary>
    public Task<StoredSession?> FindAsync(string hash, CancellationToken cancellationToken) => _database.ReadAsync(
        "find a session",
        async work => (await work.FirstAsync<Row>(
            "SELECT hash AS Hash, user_id AS UserId, created AS Created, seen AS Seen, expires AS Expires FROM sessions WHERE hash = @hash AND expires > @now", new { hash, now = Now }))?.ToSession(),
        cancellationToken);

    /// <summary>Notes that a session was seen now. Call it rarely: each call is a write.</summary>
    public Task TouchAsync(string hash, CancellationToken cancellationToken) =>
        _database.WriteAsync("note a session", work => work.ExecuteAsync("UPDATE sessions SET seen = @now WHERE hash = @hash", new { hash, now = Now }), cancellationToken);

    /// <summary>Ends a session.</summary>
    /// <returns>Whether there was one.</returns>
    public Task<bool> EndAsync(string hash, CancellationToken cancellationToken) =>
        _database.WriteAsync("end a session", async work => await work.ExecuteAsync("DELETE FROM sessions WHERE hash = @hash", new { hash }) == 1, cancellationToken);

    /// <summary>Removes sessions that have expired.</summary>
    /// <returns>How many.</returns>
    public Task<int> RemoveExpiredAsync(CancellationToken cancellationToken) =>
        _database.WriteAsync("remove sessions", work => work.ExecuteAsync("DELETE FROM sessions WHERE expires <= @now", new { now = Now }), cancellationToken);

    private long Now => StoreTime.Of(_time.GetUtcNow());

    private sealed record Row(string Hash, string UserId, long Created, long Seen, long Expires)
    {
        public StoredSession ToSession() => new(Hash, Guid.Parse(UserId), StoreTime.At(Created), StoreTime.At(Seen), StoreTime.At(Expires));
    }
}
