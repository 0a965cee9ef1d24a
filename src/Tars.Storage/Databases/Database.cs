using System.Data.Common;
using System.Diagnostics;
using Tars.Storage.Schema;

namespace Tars.Storage.Databases;

/// <summary>
/// What differs between the two databases: how a connection and a transaction begin, how many rows are inserted, what a failure means. What
/// does not: a write is one transaction, made again when it lost against another, and a failure is a <see cref="StoreException"/>.
/// </summary>
internal abstract class Database(StoreAddress address, StoreOptions options) : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);

    /// <summary>Where it is.</summary>
    public StoreAddress Address { get; } = address;

    /// <summary>How it is used.</summary>
    public StoreOptions Options { get; } = options;

    /// <summary>The ending of migrations that are for this database only: <c>sqlite</c> or <c>postgresql</c>.</summary>
    public abstract string Dialect { get; }

    /// <summary>A query with a row when the table of migrations exists.</summary>
    protected abstract string VersionsQuery { get; }

    /// <summary>Words in braces and what this database writes for them.</summary>
    protected abstract IReadOnlyDictionary<string, string> Words { get; }

    /// <summary>The database of an address.</summary>
    public static Database Of(StoreAddress address, StoreOptions options) =>
        address.IsEmbedded ? new SqliteDatabase(address, options) : new PostgresDatabase(address, options);

    /// <summary>Replaces the words in braces.</summary>
    public string Translate(string sql)
    {
        if (sql.Contains('{', StringComparison.Ordinal))
        {
            foreach ((string word, string own) in Words)
            {
                sql = sql.Replace(word, own, StringComparison.Ordinal);
            }
        }

        return sql;
    }

    /// <summary>Reads, outside any transaction. A read that met a lock is made again.</summary>
    public Task<T> ReadAsync<T>(string what, Func<SqlWork, Task<T>> read, CancellationToken cancellationToken) => AttemptAsync(
        what,
        async () =>
        {
            await using DbConnection connection = await ConnectAsync(cancellationToken);
            return await read(new SqlWork(this, connection, null, cancellationToken));
        },
        cancellationToken);

    /// <summary>Reads everything as it was at one instant, while others write. Not repeated.</summary>
    public async Task<T> SnapshotAsync<T>(string what, Func<SqlWork, Task<T>> read, CancellationToken cancellationToken)
    {
        try
        {
            await using DbConnection connection = await ConnectAsync(cancellationToken);
            await using DbTransaction transaction = await BeginSnapshotAsync(connection, cancellationToken);
            return await read(new SqlWork(this, connection, transaction, cancellationToken));
        }
        catch (DbException e)
        {
            throw Describe(what, e);
        }
    }

    /// <summary>Runs a transaction and returns when it is on the disk. It is run again, from its beginning, when it lost against another.</summary>
    public Task<T> WriteAsync<T>(string what, Func<SqlWork, Task<T>> write, CancellationToken cancellationToken) => AttemptAsync(
        what,
        async () =>
        {
            using IDisposable turn = await TakeTurnAsync(cancellationToken);
            await using DbConnection connection = await ConnectAsync(cancellationToken);
            await using DbTransaction transaction = await BeginWriteAsync(connection, cancellationToken);
            T result = await write(new SqlWork(this, connection, transaction, cancellationToken));
            try
            {
                // Not to be broken off: a commit that was begun is waited for, so that its outcome is known.
                await transaction.CommitAsync(CancellationToken.None);
            }
            catch (DbException e) when (IsConnectionLost(e))
            {
                StoreException lost = Describe(what, e);
                throw new StoreException(what, lost.Location, lost.Reason, "the transaction may have been kept or not; look before making it again", true, e) { IsOutcomeUnknown = true };
            }

            return result;
        },
        cancellationToken);

    /// <inheritdoc cref="WriteAsync{T}"/>
    public Task WriteAsync(string what, Func<SqlWork, Task> write, CancellationToken cancellationToken) => WriteAsync(
        what,
        async work =>
        {
            await write(work);
            return true;
        },
        cancellationToken);

    /// <summary>Begins to insert rows.</summary>
    public abstract Task<RowWriter> InsertAsync(DbTransaction transaction, Table table, IReadOnlyList<Column> columns, CancellationToken cancellationToken);

    /// <summary>Whether the table of migrations exists.</summary>
    public async Task<bool> HasVersionsAsync(SqlWork work) => (await work.QueryPlainAsync(VersionsQuery, _ => true)).Count > 0;

    /// <summary>Whether anything at all is in the database that is not ours.</summary>
    public abstract Task<bool> IsEmptyAsync(SqlWork work);

    /// <summary>Waits until no other process migrates, for the rest of the transaction.</summary>
    public abstract Task LockSchemaAsync(SqlWork work);

    /// <summary>After rows with given identities: the next one the database gives is greater.</summary>
    public abstract Task ContinueIdentityAsync(SqlWork work, Table table);

    /// <summary>Says what a failure of the database means.</summary>
    public abstract StoreException Describe(string what, DbException failure);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();

    /// <summary>A connection that is ready for statements.</summary>
    protected abstract Task<DbConnection> ConnectAsync(CancellationToken cancellationToken);

    /// <summary>A transaction that writes.</summary>
    protected abstract Task<DbTransaction> BeginWriteAsync(DbConnection connection, CancellationToken cancellationToken);

    /// <summary>A transaction that sees one instant.</summary>
    protected abstract Task<DbTransaction> BeginSnapshotAsync(DbConnection connection, CancellationToken cancellationToken);

    /// <summary>Waits for the turn to write, where writers of one process must take turns.</summary>
    protected abstract Task<IDisposable> TakeTurnAsync(CancellationToken cancellationToken);

    /// <summary>Whether the transaction lost against another and may simply be run again.</summary>
    protected abstract bool IsConflict(DbException failure);

    /// <summary>Whether the connection is gone, so that nobody knows what became of a commit.</summary>
    protected abstract bool IsConnectionLost(DbException failure);

    private async Task<T> AttemptAsync<T>(string what, Func<Task<T>> work, CancellationToken cancellationToken)
    {
        long began = Stopwatch.GetTimestamp();
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await work();
            }
            catch (DbException e) when (IsConflict(e) && attempt < Options.MaximumAttempts && Stopwatch.GetElapsedTime(began) < Options.BusyTimeout)
            {
                // Waiting for a real lock takes real time, whatever the clock of the program says.
                await Task.Delay(FirstPause * (Math.Pow(2, attempt - 1) * (0.5 + Random.Shared.NextDouble())), cancellationToken);
            }
            catch (DbException e)
            {
                throw Describe(what, e);
            }
        }
    }
}
