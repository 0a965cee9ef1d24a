using Tars.Storage.Databases;

namespace Tars.Storage.Identity;

/// <summary>Logins with their refresh tokens: each token is used once, and a later use ends its family.</summary>
public sealed class RefreshTokenStore
{
    private const string Columns =
        "family_id AS Id, user_id AS UserId, counter AS Counter, created AS Created, rotated AS Rotated, expires AS Expires, ends AS Ends, revoked AS Revoked, reason AS Reason";

    private readonly Database _database;
    private readonly TimeProvider _time;

    internal RefreshTokenStore(Database database, TimeProvider time) => (_database, _time) = (database, time);

    /// <summary>Begins a family: a login.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="userId">Whose it is.</param>
    /// <param name="idle">How long a token can be used.</param>
    /// <param name="absolute">How long the login can be continued at all.</param>
    /// <param name="cancellationToken">Stops waiting for the database.</param>
    /// <exception cref="StoreException">The user is not known, or the database failed.</exception>
    public Task<TokenFamily> BeginAsync(Guid id, Guid userId, TimeSpan idle, TimeSpan absolute, CancellationToken cancellationToken) => _database.WriteAsync(
        "begin a login",
        async work =>
        {
            long now = Now;
            Row row = new(id.ToString(), userId.ToString(), 0, now, now, now + Microseconds(idle < absolute ? idle : absolute), now + Microseconds(absolute), null, null);
            await work.ExecuteAsync(
                "INSERT INTO token_families (family_id, user_id, counter, created, rotated, expires, ends) VALUES (@Id, @UserId, @Counter, @Created, @Rotated, @Expires, @Ends)", row);
            await work.ExecuteAsync("UPDATE users SET last_login = @Created, failures = NULL, locked_until = NULL WHERE user_id = @UserId", row);
            return row.ToFamily();
        },
        cancellationToken);

    /// <summary>Uses a token up and puts its successor in its place, in one transaction.</summary>
    /// <param name="familyId">The family of the token that was shown.</param>
    /// <param name="counter">Its number.</param>
    /// <param name="idle">How long the successor can be used.</param>
    /// <param name="grace">How long after a rotation the token before is answered with the same successor, as long as that was not used.</param>
    /// <param name="cancellationToken">Stops waiting for the database.</param>
    public Task<TokenRotation> RotateAsync(Guid familyId, long counter, TimeSpan idle, TimeSpan grace, CancellationToken cancellationToken) => _database.WriteAsync(
        "replace a token",
        async work =>
        {
            long now = Now;
            Row? row = await work.FirstAsync<Row>($"SELECT {Columns} FROM token_families WHERE family_id = @id{{for_update}}", new { id = familyId.ToString() });
            if (row is null || row.Revoked is not null)
            {
                return new TokenRotation.Refused(row is null ? "unknown" : "revoked");
            }

            if (counter < row.Counter - 1 || (counter == row.Counter - 1 && now > row.Rotated + Microseconds(grace)))
            {
                await RevokeAsync(work, row.Id, "reused", now);
                return new TokenRotation.Reused(familyId, Guid.Parse(row.UserId));
            }

            if (row.Expires <= now || counter > row.Counter)
            {
                return new TokenRotation.Refused(row.Expires <= now ? "expired" : "unknown");
            }

            if (await work.ScalarAsync<long>("SELECT count(*) FROM users WHERE user_id = @UserId AND disabled IS NULL", row) == 0)
            {
                return new TokenRotation.Refused("disabled");
            }

            if (counter == row.Counter - 1)
            {
                return new TokenRotation.Repeated(row.ToFamily());
            }

            // The clocks of replicas differ a little: the order of the instants in a row stays what its constraints say.
            long rotated = Math.Max(now, row.Rotated);
            Row next = row with { Counter = row.Counter + 1, Rotated = rotated, Expires = Math.Max(rotated + 1, Math.Min(row.Ends, now + Microseconds(idle))) };
            await work.ExecuteAsync("UPDATE token_families SET counter = @Counter, rotated = @Rotated, expires = @Expires WHERE family_id = @Id", next);
            return (TokenRotation)new TokenRotation.Rotated(next.ToFamily());
        },
        cancellationToken);

    /// <summary>What a family allows; null when it is not known.</summary>
    public Task<AccessGrant?> FindGrantAsync(Guid familyId, CancellationToken cancellationToken) => _database.ReadAsync(
        "find a login",
        async work => (await work.FirstAsync<AccessGrantRow>(
            $"""
            SELECT {AccessGrantRow.UserColumns}, f.family_id AS CredentialId, u.role AS CredentialRole, f.ends AS Expires, f.revoked AS Revoked, f.rotated AS LastUsed
            FROM token_families f JOIN users u ON u.user_id = f.user_id WHERE f.family_id = @id
            """,
            new { id = familyId.ToString() }))?.ToGrant(),
        cancellationToken);

    /// <summary>The families that can be continued, the newest first.</summary>
    /// <param name="userId">Of this user; null for all.</param>
    /// <param name="cancellationToken">Stops waiting for the database.</param>
    public Task<IReadOnlyList<TokenFamily>> ListAsync(Guid? userId, CancellationToken cancellationToken) => _database.ReadAsync(
        "list logins",
        async work => (IReadOnlyList<TokenFamily>)[.. (await work.QueryAsync<Row>(
            $"SELECT {Columns} FROM token_families WHERE revoked IS NULL AND expires > @now AND (user_id = @user OR @user = '') ORDER BY created DESC, family_id",
            new { now = Now, user = userId?.ToString() ?? string.Empty })).Select(row => row.ToFamily())],
        cancellationToken);

    /// <summary>Revokes a family.</summary>
    /// <param name="familyId">The family.</param>
    /// <param name="reason">Why, a word.</param>
    /// <param name="cancellationToken">Stops waiting for the database.</param>
    /// <returns>Whether it is known and was not revoked before.</returns>
    public Task<bool> RevokeFamilyAsync(Guid familyId, string reason, CancellationToken cancellationToken)
    {
        Reports.ReportContent.RequireWord(reason, nameof(reason));
        return _database.WriteAsync("revoke tokens", async work => await RevokeAsync(work, familyId.ToString(), reason, Now) == 1, cancellationToken);
    }

    /// <summary>Removes families that expired before an instant.</summary>
    /// <returns>How many.</returns>
    public Task<int> RemoveExpiredAsync(DateTimeOffset before, CancellationToken cancellationToken) =>
        _database.WriteAsync("remove tokens", work => work.ExecuteAsync("DELETE FROM token_families WHERE expires < @before", new { before = StoreTime.Of(before) }), cancellationToken);

    /// <summary>Revokes all families of a user, as part of another transaction that counts it as a revocation.</summary>
    internal static Task<int> RevokeAllAsync(SqlWork work, string userId, string reason, long now) =>
        work.ExecuteAsync("UPDATE token_families SET revoked = @now, reason = @reason WHERE user_id = @userId AND revoked IS NULL", new { userId, reason, now });

    private static async Task<int> RevokeAsync(SqlWork work, string familyId, string reason, long now)
    {
        int revoked = await work.ExecuteAsync("UPDATE token_families SET revoked = @now, reason = @reason WHERE family_id = @familyId AND revoked IS NULL", new { familyId, reason, now });
        if (revoked > 0)
        {
            await RevocationStore.CountAsync(work);
        }

        return revoked;
    }

    private long Now => StoreTime.Of(_time.GetUtcNow());

    private static long Microseconds(TimeSpan span) => span.Ticks / TimeSpan.TicksPerMicrosecond;

    private sealed record Row(string Id, string UserId, long Counter, long Created, long Rotated, long Expires, long Ends, long? Revoked, string? Reason)
    {
        public TokenFamily ToFamily() => new(
            Guid.Parse(Id), Guid.Parse(UserId), Counter, StoreTime.At(Created), StoreTime.At(Rotated), StoreTime.At(Expires), StoreTime.At(Ends), StoreTime.At(Revoked), Reason);
    }
}
