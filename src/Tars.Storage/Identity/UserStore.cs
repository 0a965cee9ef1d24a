using Tars.Storage.Databases;

namespace Tars.Storage.Identity;

/// <summary>A user.</summary>
/// <param name="Id">The id.</param>
/// <param name="SubjectId">The subject id the audit log uses.</param>
/// <param name="Login">The name to log in with.</param>
/// <param name="Role">The role, a lower-case word.</param>
/// <param name="PasswordHash">A salted password hash in its own format; null where somebody else checks the password.</param>
public sealed record NewUser(Guid Id, string SubjectId, string Login, string Role, string? PasswordHash = null);

/// <summary>A user as it is kept.</summary>
/// <param name="User">Who.</param>
/// <param name="Created">Since when, UTC.</param>
/// <param name="Disabled">Since when the user may not log in, UTC; null while that is allowed.</param>
public sealed record StoredUser(NewUser User, DateTimeOffset Created, DateTimeOffset? Disabled)
{
    /// <summary>When the password was set, UTC; null where that is not known.</summary>
    public DateTimeOffset? PasswordChanged { get; init; }

    /// <summary>How many attempts to log in have failed since the last that did not.</summary>
    public long Failures { get; init; }

    /// <summary>Until when no attempt is looked at, UTC, exclusive; null when none had failed.</summary>
    public DateTimeOffset? LockedUntil { get; init; }

    /// <summary>When the user logged in last, UTC; null when never.</summary>
    public DateTimeOffset? LastLogin { get; init; }

    /// <summary>The second factor; null without one.</summary>
    public StoredFactor? Factor { get; init; }
}

/// <summary>A second factor.</summary>
/// <param name="SealedSecret">Its secret, sealed under one that is not in the store.</param>
/// <param name="Confirmed">When the user has shown a first code, UTC; null while the factor does not count yet.</param>
/// <param name="Step">The time step of the newest code that was used; null before.</param>
public sealed record StoredFactor(string SealedSecret, DateTimeOffset? Confirmed, long? Step);

/// <summary>Users.</summary>
public sealed partial class UserStore
{
    private const string Columns = """
        user_id AS Id, subject_id AS SubjectId, login AS Login, role AS Role, password_hash AS PasswordHash, created AS Created, disabled AS Disabled,
        password_changed AS PasswordChanged, failures AS Failures, locked_until AS LockedUntil, last_login AS LastLogin,
        factor AS Factor, factor_confirmed AS FactorConfirmed, factor_step AS FactorStep
        """;

    private readonly Database _database;
    private readonly TimeProvider _time;

    internal UserStore(Database database, TimeProvider time) => (_database, _time) = (database, time);

    /// <summary>Adds a user.</summary>
    /// <returns>Whether the user is new; false when the id, the login or the subject is taken.</returns>
    public Task<bool> AddAsync(NewUser user, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(user.Login);
        ArgumentException.ThrowIfNullOrEmpty(user.SubjectId);
        return _database.WriteAsync(
            "add a user",
            async work =>
            {
                long now = StoreTime.Of(_time.GetUtcNow());
                await SubjectStore.EnsureAsync(work, user.SubjectId, now);
                return await work.ExecuteAsync(
                    "INSERT INTO users (user_id, subject_id, login, role, password_hash, created, password_changed) VALUES (@id, @SubjectId, @Login, @Role, @PasswordHash, @now, @changed) ON CONFLICT DO NOTHING",
                    new { id = user.Id.ToString(), user.SubjectId, user.Login, user.Role, user.PasswordHash, now, changed = user.PasswordHash is null ? (long?)null : now }) == 1;
            },
            cancellationToken);
    }

    /// <summary>A user by login, or null.</summary>
    public Task<StoredUser?> FindByLoginAsync(string login, CancellationToken cancellationToken) => FirstAsync("login = @key", login, cancellationToken);

    /// <summary>A user by id, or null.</summary>
    public Task<StoredUser?> FindAsync(Guid id, CancellationToken cancellationToken) => FirstAsync("user_id = @key", id.ToString(), cancellationToken);

    /// <summary>All users, by login.</summary>
    public Task<IReadOnlyList<StoredUser>> ListAsync(CancellationToken cancellationToken) => _database.ReadAsync(
        "list users",
        async work => (IReadOnlyList<StoredUser>)[.. (await work.QueryAsync<Row>($"SELECT {Columns} FROM users ORDER BY login")).Select(row => row.ToUser())],
        cancellationToken);

    /// <summary>How many users may log in.</summary>
    public Task<long> CountEnabledAsync(string role, CancellationToken cancellationToken) =>
        _database.ReadAsync("count users", work => work.ScalarAsync<long>("SELECT count(*) FROM users WHERE disabled IS NULL AND role = @role", new { role }), cancellationToken);

    /// <summary>Gives a user another role: what remembers the old one looks again.</summary>
    /// <returns>Whether the user is known.</returns>
    public Task<bool> SetRoleAsync(Guid id, string role, CancellationToken cancellationToken)
    {
        Reports.ReportContent.RequireWord(role, nameof(role));
        return ChangeAsync("UPDATE users SET role = @value WHERE user_id = @id", id, role, cancellationToken);
    }

    /// <summary>Disables a user: sessions end, tokens and keys are revoked, in one transaction.</summary>
    /// <returns>Whether the user is known and was not disabled before.</returns>
    public Task<bool> DisableAsync(Guid id, CancellationToken cancellationToken) => _database.WriteAsync(
        "disable a user",
        async work =>
        {
            var parameters = new { id = id.ToString(), now = Now };
            await work.ExecuteAsync("DELETE FROM sessions WHERE user_id = @id", parameters);
            await RefreshTokenStore.RevokeAllAsync(work, parameters.id, "disabled", parameters.now);
            await work.ExecuteAsync("UPDATE api_keys SET revoked = @now WHERE user_id = @id AND revoked IS NULL", parameters);
            await RevocationStore.CountAsync(work);
            return await work.ExecuteAsync("UPDATE users SET disabled = @now WHERE user_id = @id AND disabled IS NULL", parameters) == 1;
        },
        cancellationToken);

    /// <summary>Lets a disabled user log in again. Tokens and keys that were revoked stay revoked.</summary>
    /// <returns>Whether the user is known and was disabled.</returns>
    public Task<bool> EnableAsync(Guid id, CancellationToken cancellationToken) =>
        ChangeAsync("UPDATE users SET disabled = NULL, failures = NULL, locked_until = NULL WHERE user_id = @id AND disabled IS NOT NULL AND login NOT LIKE 'erased:%'", id, null, cancellationToken);

    private Task<StoredUser?> FirstAsync(string condition, string key, CancellationToken cancellationToken) => _database.ReadAsync(
        "find a user",
        async work => (await work.FirstAsync<Row>($"SELECT {Columns} FROM users WHERE {condition}", new { key }))?.ToUser(),
        cancellationToken);

    private Task<bool> ChangeAsync(string sql, Guid id, string? value, CancellationToken cancellationToken) => _database.WriteAsync(
        "change a user",
        async work =>
        {
            await RevocationStore.CountAsync(work);
            return await work.ExecuteAsync(sql, new { id = id.ToString(), value }) == 1;
        },
        cancellationToken);

    private long Now => StoreTime.Of(_time.GetUtcNow());

    private sealed record Row(
        string Id, string SubjectId, string Login, string Role, string? PasswordHash, long Created, long? Disabled,
        long? PasswordChanged, long? Failures, long? LockedUntil, long? LastLogin, string? Factor, long? FactorConfirmed, long? FactorStep)
    {
        public StoredUser ToUser() => new(new NewUser(Guid.Parse(Id), SubjectId, Login, Role, PasswordHash), StoreTime.At(Created), StoreTime.At(Disabled))
        {
            PasswordChanged = StoreTime.At(PasswordChanged),
            Failures = Failures ?? 0,
            LockedUntil = StoreTime.At(LockedUntil),
            LastLogin = StoreTime.At(LastLogin),
            Factor = Factor is null ? null : new StoredFactor(Factor, StoreTime.At(FactorConfirmed), FactorStep),
        };
    }
}
