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
public sealed record StoredUser(NewUser User, DateTimeOffset Created, DateTimeOffset? Disabled);

/// <summary>Users.</summary>
public sealed class UserStore
{
    private const string Columns = "user_id AS Id, subject_id AS SubjectId, login AS Login, role AS Role, password_hash AS PasswordHash, created AS Created, disabled AS Disabled";

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
                    "INSERT INTO users (user_id, subject_id, login, role, password_hash, created) VALUES (@id, @SubjectId, @Login, @Role, @PasswordHash, @now) ON CONFLICT DO NOTHING",
                    new { id = user.Id.ToString(), user.SubjectId, user.Login, user.Role, user.PasswordHash, now }) == 1;
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

    /// <summary>Gives a user another role.</summary>
    /// <returns>Whether the user is known.</returns>
    public Task<bool> SetRoleAsync(Guid id, string role, CancellationToken cancellationToken)
    {
        Reports.ReportContent.RequireWord(role, nameof(role));
        return ChangeAsync("UPDATE users SET role = @value WHERE user_id = @id", id, role, cancellationToken);
    }

    /// <summary>Gives a user another password.</summary>
    /// <returns>Whether the user is known.</returns>
    public Task<bool> SetPasswordHashAsync(Guid id, string passwordHash, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(passwordHash);
        return ChangeAsync("UPDATE users SET password_hash = @value WHERE user_id = @id", id, passwordHash, cancellationToken);
    }

    /// <summary>Disables a user: sessions end, tokens and keys are revoked, in one transaction.</summary>
    /// <returns>Whether the user is known and was not disabled before.</returns>
    public Task<bool> DisableAsync(Guid id, CancellationToken cancellationToken) => _database.WriteAsync(
        "disable a user",
        async work =>
        {
            var parameters = new { id = id.ToString(), now = StoreTime.Of(_time.GetUtcNow()) };
            await work.ExecuteAsync("DELETE FROM sessions WHERE user_id = @id", parameters);
            await work.ExecuteAsync("UPDATE tokens SET revoked = @now WHERE user_id = @id AND revoked IS NULL", parameters);
            await work.ExecuteAsync("UPDATE api_keys SET revoked = @now WHERE user_id = @id AND revoked IS NULL", parameters);
            return await work.ExecuteAsync("UPDATE users SET disabled = @now WHERE user_id = @id AND disabled IS NULL", parameters) == 1;
        },
        cancellationToken);

    private Task<StoredUser?> FirstAsync(string condition, string key, CancellationToken cancellationToken) => _database.ReadAsync(
        "find a user",
        async work => (await work.FirstAsync<Row>($"SELECT {Columns} FROM users WHERE {condition}", new { key }))?.ToUser(),
        cancellationToken);

    private Task<bool> ChangeAsync(string sql, Guid id, string value, CancellationToken cancellationToken) =>
        _database.WriteAsync("change a user", async work => await work.ExecuteAsync(sql, new { id = id.ToString(), value }) == 1, cancellationToken);

    private sealed record Row(string Id, string SubjectId, string Login, string Role, string? PasswordHash, long Created, long? Disabled)
    {
        public StoredUser ToUser() => new(new NewUser(Guid.Parse(Id), SubjectId, Login, Role, PasswordHash), StoreTime.At(Created), StoreTime.At(Disabled));
    }
}
