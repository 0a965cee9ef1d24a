using Tars.Storage.Databases;

namespace Tars.Storage.Identity;

/// <summary>A person, by the id the audit log uses. Who that is stands elsewhere, sealed.</summary>
/// <param name="Id">The subject id.</param>
/// <param name="Created">When it was first met, UTC.</param>
/// <param name="Erased">When the person was erased, UTC; null before.</param>
public sealed record StoredSubject(string Id, DateTimeOffset Created, DateTimeOffset? Erased);

/// <summary>Persons who did something.</summary>
public sealed class SubjectStore
{
    private readonly Database _database;
    private readonly TimeProvider _time;

    internal SubjectStore(Database database, TimeProvider time) => (_database, _time) = (database, time);

    /// <summary>A subject by its id, or null.</summary>
    public Task<StoredSubject?> FindAsync(string id, CancellationToken cancellationToken) => _database.ReadAsync(
        "find a subject",
        async work => (await work.FirstAsync<Row>("SELECT subject_id AS Id, created AS Created, erased AS Erased FROM subjects WHERE subject_id = @id", new { id }))?.ToSubject(),
        cancellationToken);

    /// <summary>
    /// Erases what the store knows of a person, in one transaction: the login and the password go, sessions, tokens and keys end. The subject id stays, because
    /// other rows point to it; without the audit log's key it names nobody.
    /// </summary>
    /// <returns>Whether the person was known and not erased before.</returns>
    public Task<bool> EraseAsync(string id, CancellationToken cancellationToken) =>
        _database.WriteAsync("erase a person", work => EraseAsync(work, id, StoreTime.Of(_time.GetUtcNow())), cancellationToken);

    /// <summary>The same as part of another transaction.</summary>
    internal static async Task<bool> EraseAsync(SqlWork work, string id, long now)
    {
        var parameters = new { id, now };
        const string Own = "WHERE user_id IN (SELECT user_id FROM users WHERE subject_id = @id)";
        await work.ExecuteAsync($"DELETE FROM sessions {Own}", parameters);
        await work.ExecuteAsync($"DELETE FROM tokens {Own}", parameters);
        await work.ExecuteAsync($"DELETE FROM token_families {Own}", parameters);
        await work.ExecuteAsync($"UPDATE api_keys SET name = '', revoked = COALESCE(revoked, @now) {Own}", parameters);
        await work.ExecuteAsync("UPDATE users SET login = 'erased:' || user_id, password_hash = NULL, factor = NULL, disabled = COALESCE(disabled, @now) WHERE subject_id = @id", parameters);
        await RevocationStore.CountAsync(work);
        return await work.ExecuteAsync("UPDATE subjects SET erased = @now WHERE subject_id = @id AND erased IS NULL", parameters) == 1;
    }

    /// <summary>Adds a subject that is not there yet.</summary>
    internal static Task EnsureAsync(SqlWork work, string id, long now) =>
        work.ExecuteAsync("INSERT INTO subjects (subject_id, created) VALUES (@id, @now) ON CONFLICT (subject_id) DO NOTHING", new { id, now });

    private sealed record Row(string Id, long Created, long? Erased)
    {
        public StoredSubject ToSubject() => new(Id, StoreTime.At(Created), StoreTime.At(Erased));
    }
}
