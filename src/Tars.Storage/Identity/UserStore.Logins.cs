namespace Tars.Storage.Identity;

/// <content>Passwords, attempts to log in, and second factors.</content>
public sealed partial class UserStore
{
    /// <summary>Gives a user another password: what was logged in with the old one ends, in one transaction.</summary>
    /// <returns>Whether the user is known.</returns>
    public Task<bool> SetPasswordHashAsync(Guid id, string passwordHash, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(passwordHash);
        return _database.WriteAsync(
            "change a password",
            async work =>
            {
                var parameters = new { id = id.ToString(), passwordHash, now = Now };
                await work.ExecuteAsync("DELETE FROM sessions WHERE user_id = @id", parameters);
                await RefreshTokenStore.RevokeAllAsync(work, parameters.id, "password", parameters.now);
                await RevocationStore.CountAsync(work);
                return await work.ExecuteAsync(
                    "UPDATE users SET password_hash = @passwordHash, password_changed = @now, failures = NULL, locked_until = NULL WHERE user_id = @id", parameters) == 1;
            },
            cancellationToken);
    }

    /// <summary>Puts a better hash of the same password in the place of one, unless that was changed meanwhile.</summary>
    /// <returns>Whether it was.</returns>
    public Task<bool> UpgradePasswordHashAsync(Guid id, string from, string to, CancellationToken cancellationToken) => _database.WriteAsync(
        "upgrade a password's hash",
        async work => await work.ExecuteAsync("UPDATE users SET password_hash = @to WHERE user_id = @id AND password_hash = @from", new { id = id.ToString(), from, to }) == 1,
        cancellationToken);

    /// <summary>Counts an attempt to log in that failed. From some number on, no attempt is looked at for a while, which doubles with each.</summary>
    /// <param name="id">The user.</param>
    /// <param name="allowed">How many may fail before.</param>
    /// <param name="first">The first pause.</param>
    /// <param name="longest">The longest.</param>
    /// <param name="cancellationToken">Stops waiting for the database.</param>
    /// <returns>Until when no attempt is looked at, UTC; null while the next one is.</returns>
    public Task<DateTimeOffset?> CountFailureAsync(Guid id, int allowed, TimeSpan first, TimeSpan longest, CancellationToken cancellationToken) => _database.WriteAsync(
        "count a failed login",
        async work =>
        {
            var parameters = new { id = id.ToString() };
            await work.ExecuteAsync("UPDATE users SET failures = COALESCE(failures, 0) + 1 WHERE user_id = @id", parameters);
            long failures = await work.ScalarAsync<long>("SELECT COALESCE(MAX(failures), 0) FROM users WHERE user_id = @id", parameters);
            if (failures < allowed)
            {
                return (DateTimeOffset?)null;
            }

            double pause = Math.Min(longest.TotalSeconds, first.TotalSeconds * Math.Pow(2, Math.Min(failures - allowed, 60)));
            long until = StoreTime.Of(_time.GetUtcNow().AddSeconds(pause));
            await work.ExecuteAsync("UPDATE users SET locked_until = @until WHERE user_id = @id", new { parameters.id, until });
            return StoreTime.At(until);
        },
        cancellationToken);

    /// <summary>Gives a user a second factor, which counts once it is confirmed, or takes it away.</summary>
    /// <param name="id">The user.</param>
    /// <param name="sealedSecret">Its secret, sealed; null to take it away.</param>
    /// <param name="cancellationToken">Stops waiting for the database.</param>
    /// <returns>Whether the user is known.</returns>
    public Task<bool> SetFactorAsync(Guid id, string? sealedSecret, CancellationToken cancellationToken) => _database.WriteAsync(
        "change a second factor",
        async work => await work.ExecuteAsync(
            "UPDATE users SET factor = @sealedSecret, factor_confirmed = NULL, factor_step = NULL WHERE user_id = @id", new { id = id.ToString(), sealedSecret }) == 1,
        cancellationToken);

    /// <summary>Uses a code up, so that it is good once. The first one confirms the factor.</summary>
    /// <param name="id">The user.</param>
    /// <param name="step">The code's time step.</param>
    /// <param name="cancellationToken">Stops waiting for the database.</param>
    /// <returns>Whether no code of this step or a later one was used before.</returns>
    public Task<bool> UseFactorAsync(Guid id, long step, CancellationToken cancellationToken) => _database.WriteAsync(
        "use a code up",
        async work => await work.ExecuteAsync(
            """
            UPDATE users SET factor_step = @step, factor_confirmed = COALESCE(factor_confirmed, @now)
            WHERE user_id = @id AND factor IS NOT NULL AND (factor_step IS NULL OR factor_step < @step)
            """,
            new { id = id.ToString(), step, now = Now }) == 1,
        cancellationToken);
}
