using Tars.Storage.Databases;

namespace Tars.Storage.Identity;

/// <summary>A refresh token, of which only the hash is kept.</summary>
/// <param name="Hash">SHA-256 of the token, 64 lower-case hexadecimal digits.</param>
/// <param name="FamilyId">The login it descends from: all tokens that replaced one another.</param>
/// <param name="UserId">Whose it is.</param>
/// <param name="Expires">Until when, UTC, exclusive.</param>
public sealed record NewRefreshToken(string Hash, Guid FamilyId, Guid UserId, DateTimeOffset Expires);

/// <summary>What became of the attempt to replace a refresh token by a new one.</summary>
public abstract record TokenRotation
{
    private TokenRotation()
    {
    }

    /// <summary>The new token holds, the old one is used up.</summary>
    /// <param name="Token">The new token.</param>
    public sealed record Rotated(NewRefreshToken Token) : TokenRotation;

    /// <summary>The old token had been used before: somebody has a copy. The whole family is revoked.</summary>
    /// <param name="FamilyId">The family.</param>
    /// <param name="UserId">Whose it was.</param>
    public sealed record Reused(Guid FamilyId, Guid UserId) : TokenRotation;

    /// <summary>The old token is not known, has expired or was revoked.</summary>
    public sealed record Refused : TokenRotation;
}

/// <summary>Refresh tokens: each is used once, and a second use ends its family.</summary>
public sealed class RefreshTokenStore
{
    private readonly Database _database;
    private readonly TimeProvider _time;

    internal RefreshTokenStore(Database database, TimeProvider time) => (_database, _time) = (database, time);

    /// <summary>Adds the first token of a family.</summary>
    public Task AddAsync(NewRefreshToken token, CancellationToken cancellationToken)
    {
        StoreDigest.Require(token.Hash, nameof(token));
        return _database.WriteAsync("add a token", work => AddAsync(work, token, StoreTime.Of(_time.GetUtcNow())), cancellationToken);
    }

    /// <summary>Uses a token up and puts a new one in its place, in one transaction. Of several attempts at once, one succeeds.</summary>
    /// <param name="hash">Hash of the token that was shown.</param>
    /// <param name="newHash">Hash of the token that replaces it.</param>
    /// <param name="expires">Until when the new one holds, UTC.</param>
    /// <param name="cancellationToken">Stops waiting for the database.</param>
    public Task<TokenRotation> RotateAsync(string hash, string newHash, DateTimeOffset expires, CancellationToken cancellationToken)
    {
        StoreDigest.Require(newHash, nameof(newHash));
        return _database.WriteAsync<TokenRotation>(
            "replace a token",
            async work =>
            {
                long now = StoreTime.Of(_time.GetUtcNow());
                Row? row = await work.FirstAsync<Row>(
                    "SELECT family_id AS FamilyId, user_id AS UserId, expires AS Expires, used AS Used, revoked AS Revoked FROM tokens WHERE hash = @hash{for_update}", new { hash });
                if (row is null || row.Revoked is not null)
                {
                    return new TokenRotation.Refused();
                }

                if (row.Used is not null)
                {
                    await work.ExecuteAsync("UPDATE tokens SET revoked = @now WHERE family_id = @FamilyId AND revoked IS NULL", new { row.FamilyId, now });
                    return new TokenRotation.Reused(Guid.Parse(row.FamilyId), Guid.Parse(row.UserId));
                }

                if (row.Expires <= now)
                {
                    return new TokenRotation.Refused();
                }

                NewRefreshToken token = new(newHash, Guid.Parse(row.FamilyId), Guid.Parse(row.UserId), expires);
                await work.ExecuteAsync("UPDATE tokens SET used = @now WHERE hash = @hash", new { hash, now });
                await AddAsync(work, token, now);
                return new TokenRotation.Rotated(token);
            },
            cancellationToken);
    }

    /// <summary>Revokes all tokens of a family: a logout.</summary>
    public Task RevokeFamilyAsync(Guid familyId, CancellationToken cancellationToken) => _database.WriteAsync(
        "revoke tokens",
        work => work.ExecuteAsync("UPDATE tokens SET revoked = @now WHERE family_id = @id AND revoked IS NULL", new { id = familyId.ToString(), now = StoreTime.Of(_time.GetUtcNow()) }),
        cancellationToken);

    /// <summary>Removes tokens that expired before an instant.</summary>
    /// <returns>How many.</returns>
    public Task<int> RemoveExpiredAsync(DateTimeOffset before, CancellationToken cancellationToken) =>
        _database.WriteAsync("remove tokens", work => work.ExecuteAsync("DELETE FROM tokens WHERE expires < @before", new { before = StoreTime.Of(before) }), cancellationToken);

    private static Task<int> AddAsync(SqlWork work, NewRefreshToken token, long now) => work.ExecuteAsync(
        "INSERT INTO tokens (hash, family_id, user_id, issued, expires) VALUES (@Hash, @family, @user, @now, @expires)",
        new { token.Hash, family = token.FamilyId.ToString(), user = token.UserId.ToString(), now, expires = StoreTime.Of(token.Expires) });

    private sealed record Row(string FamilyId, string UserId, long Expires, long? Used, long? Revoked);
}
