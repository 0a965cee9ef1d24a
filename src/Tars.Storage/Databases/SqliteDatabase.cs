using System.Data;
using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Tars.Storage.Schema;

namespace Tars.Storage.Databases;

/// <summary>
/// The embedded database: one file with a write-ahead log beside it, used by any number of processes of one machine. A commit is on the disk when it
/// returns (<c>synchronous=FULL</c>); writers take turns, readers never wait.
/// </summary>
internal sealed class SqliteDatabase : Database
{
    private static readonly Dictionary<string, string> OwnWords = new()
    {
        ["{identity}"] = "INTEGER PRIMARY KEY AUTOINCREMENT",
        ["{text}"] = "TEXT",
        ["{integer}"] = "INTEGER",
        ["{real}"] = "REAL",
        ["{strict}"] = " STRICT",
        ["{for_update}"] = string.Empty,
        ["{skip_locked}"] = string.Empty,
    };

    private const long MostPages = 0xFFFFFFFE;

    // KiB. One writer at a time holds the upper levels of all indexes; readers are many and follow one index.
    private const string WriteCache = "PRAGMA cache_size=-32768";
    private const string ReadCache = "PRAGMA cache_size=-4096";

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly string _connectionText;
    private readonly string _pragmas;

    public SqliteDatabase(StoreAddress address, StoreOptions options)
        : base(address, options)
    {
        // Waiting is done by SQLite itself (busy_timeout), finely; the provider's own waiting, in steps of 150 ms, is cut to its least.
        _connectionText = new SqliteConnectionStringBuilder { DataSource = address.File, Mode = SqliteOpenMode.ReadWrite, DefaultTimeout = 1, Pooling = true }.ToString();
        // Set even without a limit: the provider's pool hands connections of other stores on, with what was set there.
        long pages = options.MaximumPages ?? MostPages;
        _pragmas = string.Create(
            CultureInfo.InvariantCulture,
            $"PRAGMA busy_timeout={(long)options.BusyTimeout.TotalMilliseconds}; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; {ReadCache}; PRAGMA max_page_count={pages};");
    }

    /// <inheritdoc/>
    public override string Dialect => "sqlite";

    /// <inheritdoc/>
    protected override string VersionsQuery => "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'schema_versions'";

    /// <inheritdoc/>
    protected override IReadOnlyDictionary<string, string> Words => OwnWords;

    /// <summary>Makes the file, readable by its owner only, and turns the write-ahead log on. Does nothing where the file exists and has content.</summary>
    public async Task CreateAsync(CancellationToken cancellationToken)
    {
        const string What = "make the store";
        try
        {
            string path = Address.File!;
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            FileStreamOptions own = new() { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite | FileShare.Delete };
            if (!OperatingSystem.IsWindows())
            {
                own.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            await using FileStream file = new(path, own);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(What, Address.Location, e.Message, "give the store a folder that may be written", inner: e);
        }

        // Turning the log on needs the file alone and does not wait by itself.
        _ = await ReadAsync(What, work => work.ScalarAsync<string>("PRAGMA journal_mode=WAL"), cancellationToken);
    }

    /// <inheritdoc/>
    public override Task<RowWriter> InsertAsync(DbTransaction transaction, Table table, IReadOnlyList<Column> columns, CancellationToken cancellationToken) =>
        Task.FromResult<RowWriter>(new SqliteRowWriter(transaction, table, columns));

    /// <inheritdoc/>
    public override async Task<bool> IsEmptyAsync(SqlWork work) => await work.ScalarAsync<long>("SELECT count(*) FROM sqlite_master") == 0;

    /// <inheritdoc/>
    public override Task LockSchemaAsync(SqlWork work) => Task.CompletedTask; // BEGIN IMMEDIATE holds the one lock there is

    /// <inheritdoc/>
    public override Task ContinueIdentityAsync(SqlWork work, Table table) => Task.CompletedTask; // AUTOINCREMENT goes on after the greatest by itself

    /// <inheritdoc/>
    public override StoreException Describe(string what, DbException failure)
    {
        int code = (failure as SqliteException)?.SqliteErrorCode ?? 0;
        (string reason, string? hint, bool transient) = code switch
        {
            5 or 6 => ("another process holds the database", "end the process that writes for so long, or use PostgreSQL for many writers", true),
            8 => ("the database may not be written", "give this user the right to write the file and its folder", false),
            10 => ("reading or writing the disk failed", "look at the disk and at the system's log", false),
            11 => ("the file is damaged", "restore a backup", false),
            13 => ("the disk is full", "free space and run it again; of this transaction nothing was kept", false),
            14 => ("the file cannot be opened", "look whether it exists and may be read", false),
            19 => ("the rows contradict the schema", null, false),
            26 => ("the file is no database", "name another file, or restore a backup", false),
            _ => (failure.Message, (string?)null, false),
        };
        return new StoreException(what, Address.Location, reason == failure.Message ? reason : $"{reason} ({failure.Message})", hint, transient, failure);
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        using SqliteConnection connection = new(_connectionText);
        SqliteConnection.ClearPool(connection);
        _turn.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    protected override async Task<DbConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        SqliteConnection connection = new(_connectionText);
        try
        {
            await connection.OpenAsync(cancellationToken);
            await using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // two numbers of ours
            command.CommandText = _pragmas;
#pragma warning restore CA2100
            await command.ExecuteNonQueryAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    protected override async Task<DbTransaction> BeginWriteAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        await using DbCommand cache = connection.CreateCommand();
        cache.CommandText = WriteCache;
        await cache.ExecuteNonQueryAsync(cancellationToken);
        return await connection.BeginTransactionAsync(IsolationLevel.Serializable, cancellationToken); // BEGIN IMMEDIATE
    }

    /// <inheritdoc/>
    protected override Task<DbTransaction> BeginSnapshotAsync(DbConnection connection, CancellationToken cancellationToken) =>
#pragma warning disable CA1849 // the provider has no asynchronous form of BEGIN DEFERRED, and nothing here waits
        Task.FromResult<DbTransaction>(((SqliteConnection)connection).BeginTransaction(IsolationLevel.Serializable, deferred: true));
#pragma warning restore CA1849

    /// <inheritdoc/>
    protected override async Task<IDisposable> TakeTurnAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        return new Turn(_turn);
    }

    /// <inheritdoc/>
    protected override bool IsConflict(DbException failure) => failure is SqliteException { SqliteErrorCode: 5 or 6 };

    /// <inheritdoc/>
    protected override bool IsConnectionLost(DbException failure) => false;

    private sealed class Turn(SemaphoreSlim semaphore) : IDisposable
    {
        public void Dispose() => semaphore.Release();
    }
}
