using Tars.Storage.Attestations;
using Tars.Storage.BlobIndex;
using Tars.Storage.Captures;
using Tars.Storage.Checks;
using Tars.Storage.Databases;
using Tars.Storage.Findings;
using Tars.Storage.Identity;
using Tars.Storage.Jobs;
using Tars.Storage.Migrations;
using Tars.Storage.Notifications;
using Tars.Storage.Reports;
using Tars.Storage.Runs;
using Tars.Storage.Schedules;
using Tars.Storage.Transfer;

namespace Tars.Storage;

/// <summary>
/// What all runs produced, kept in a relational database: a SQLite file for one machine, a PostgreSQL server for many replicas. What a call that
/// returned has written is on the disk. Safe for concurrent use.
/// </summary>
public sealed class Store : IAsyncDisposable
{
    private const string OpenWhat = "open the store";
    private readonly Database _database;
    private readonly TimeProvider _time;

    private Store(Database database, TimeProvider time, SchemaState schema)
    {
        (_database, _time, Schema) = (database, time, schema);
        Runs = new RunStore(database, time);
        Reports = new ReportStore(database, time, Runs);
        Findings = new FindingStore(database, time);
        Captures = new CaptureIndex(database, time);
        Blobs = new BlobRecords(database, time);
        Attestations = new AttestationStore(database, time);
        Subjects = new SubjectStore(database, time);
        Users = new UserStore(database, time);
        ApiKeys = new ApiKeyStore(database, time);
        RefreshTokens = new RefreshTokenStore(database, time);
        Sessions = new SessionStore(database, time);
        Revocations = new RevocationStore(database);
        SigningKeys = new SigningKeyStore(database, time);
        Jobs = new JobStore(database, time);
        Outbox = new OutboxStore(database, time);
        Schedules = new ScheduleHistory(database, time);
    }

    /// <summary>The database's schema when the store was opened.</summary>
    public SchemaState Schema { get; }

    /// <summary>The database file, or host, port and database of a server.</summary>
    public string Location => _database.Address.Location;

    /// <summary>Runs and how far each has come.</summary>
    public RunStore Runs { get; }

    /// <summary>Reports with their files, figures and findings.</summary>
    public ReportStore Reports { get; }

    /// <summary>Findings of all reports.</summary>
    public FindingStore Findings { get; }

    /// <summary>Captures that reports rest on.</summary>
    public CaptureIndex Captures { get; }

    /// <summary>Which files the blob store is known to hold.</summary>
    public BlobRecords Blobs { get; }

    /// <summary>Judgements of controls.</summary>
    public AttestationStore Attestations { get; }

    /// <summary>Persons, by subject id.</summary>
    public SubjectStore Subjects { get; }

    /// <summary>Users.</summary>
    public UserStore Users { get; }

    /// <summary>API keys.</summary>
    public ApiKeyStore ApiKeys { get; }

    /// <summary>Logins and their refresh tokens.</summary>
    public RefreshTokenStore RefreshTokens { get; }

    /// <summary>Sessions at the pages.</summary>
    public SessionStore Sessions { get; }

    /// <summary>How often anything was revoked.</summary>
    public RevocationStore Revocations { get; }

    /// <summary>Keys that sign access tokens.</summary>
    public SigningKeyStore SigningKeys { get; }

    /// <summary>Jobs for several replicas.</summary>
    public JobStore Jobs { get; }

    /// <summary>Messages to be sent.</summary>
    public OutboxStore Outbox { get; }

    /// <summary>What each schedule did.</summary>
    public ScheduleHistory Schedules { get; }

    internal Database Database => _database;

    /// <summary>
    /// Opens a store. An embedded store that does not exist yet is made, with the newest schema; nothing else is ever migrated by opening it: an
    /// older schema is refused with the command that migrates it, a schema newer by more than one step too.
    /// </summary>
    /// <param name="address">Where.</param>
    /// <param name="time">The clock of all instants that are kept.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellationToken">Stops the opening.</param>
    /// <exception cref="StoreException">It cannot be opened, or its schema does not fit.</exception>
    public static async Task<Store> OpenAsync(StoreAddress address, TimeProvider time, StoreOptions? options, CancellationToken cancellationToken)
    {
        Database database = Database.Of(address, options ?? new StoreOptions());
        try
        {
            if (address.IsEmbedded && (!File.Exists(address.File) || new FileInfo(address.File).Length == 0))
            {
                if (!database.Options.CreateEmbedded)
                {
                    throw new StoreException(OpenWhat, address.Location, "there is no store", "name the file of a store, or run `tars store migrate` to make one");
                }

                await ((SqliteDatabase)database).CreateAsync(cancellationToken);
                await SchemaUpgrade.RunAsync(database, time, null, cancellationToken);
            }

            IReadOnlyList<SchemaMigration> known = SchemaMigration.For(database);
            (SchemaState state, bool empty) = await database.ReadAsync(
                OpenWhat,
                async work =>
                {
                    SchemaState read = await SchemaState.ReadAsync(work, known);
                    return (read, read.Version == 0 && await database.IsEmptyAsync(work));
                },
                cancellationToken);
            if (state.Version == 0 && !empty)
            {
                // Another process may have made the schema between the two looks.
                state = await database.ReadAsync(OpenWhat, work => SchemaState.ReadAsync(work, known), cancellationToken);
            }

            if (empty && address.IsEmbedded && database.Options.CreateEmbedded)
            {
                // Another process made the file and did not come to the schema, or has not yet.
                await SchemaUpgrade.RunAsync(database, time, null, cancellationToken);
                state = await database.ReadAsync(OpenWhat, work => SchemaState.ReadAsync(work, known), cancellationToken);
            }

            state.RequireKnown(address, known, OpenWhat);
            if (state.Pending > 0)
            {
                string reason = state.Version > 0 ? $"the database has schema {state.Version}, this program needs {state.Newest}" : empty ? "the database is empty" : "the database holds no store";
                throw new StoreException(OpenWhat, address.Location, reason, state.Version > 0 || empty ? "run `tars store migrate`" : "give the store an empty database");
            }

            return new Store(database, time, state);
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    /// <summary>Brings a database to the newest schema, in one transaction. Programs of the version before go on working meanwhile and after.</summary>
    /// <returns>The migrations that were applied; none when there was nothing to do.</returns>
    /// <exception cref="StoreException">The database is of a newer program, or failed; nothing was changed.</exception>
    public static Task<IReadOnlyList<AppliedMigration>> MigrateAsync(StoreAddress address, TimeProvider time, StoreOptions? options, CancellationToken cancellationToken) =>
        MigrateAsync(address, time, options, null, cancellationToken);

    /// <summary>Which schema a database has, without changing anything.</summary>
    /// <exception cref="StoreException">The database cannot be read.</exception>
    public static async Task<SchemaState> ReadSchemaAsync(StoreAddress address, StoreOptions? options, CancellationToken cancellationToken)
    {
        await using Database database = Database.Of(address, options ?? new StoreOptions());
        IReadOnlyList<SchemaMigration> known = SchemaMigration.For(database);
        return await database.ReadAsync("read the schema", work => SchemaState.ReadAsync(work, known), cancellationToken);
    }

    /// <summary>Whether no table has a row.</summary>
    /// <exception cref="StoreException">The database failed.</exception>
    public Task<bool> IsEmptyAsync(CancellationToken cancellationToken) => _database.ReadAsync(
        "look whether the store is empty", async work => await StoreImport.FirstWithRowsAsync(work) is null, cancellationToken);

    /// <summary>What tells whether something has changed since. One statement; resolved findings have no index of their own, so it reads the findings once.</summary>
    /// <exception cref="StoreException">The database failed.</exception>
    public Task<StoreVersion> VersionAsync(CancellationToken cancellationToken) => _database.ReadAsync(
        "look whether the store has changed",
        async work => (await work.QueryPlainAsync(
            """
            SELECT (SELECT COALESCE(MAX(report_id), 0) FROM reports), (SELECT COUNT(*) FROM reports), r.total, r.last
            FROM (SELECT COUNT(*) AS total, COALESCE(MAX(resolved), 0) AS last FROM findings WHERE resolved IS NOT NULL) r
            """,
            row => new StoreVersion(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3))))[0],
        cancellationToken);

    /// <summary>Writes all rows as they are at one instant, while others write. The form is in docs/formats/store.md.</summary>
    /// <returns>How many rows of each table.</returns>
    /// <exception cref="StoreException">The database failed, or is newer than this program, which would leave columns out.</exception>
    public Task<IReadOnlyDictionary<string, long>> ExportAsync(Stream output, CancellationToken cancellationToken) =>
        StoreExport.WriteAsync(_database, _time, output, cancellationToken);

    /// <summary>Reads an export into this store, which must be empty, in one transaction: all of it or nothing.</summary>
    /// <returns>How many rows of each table.</returns>
    /// <exception cref="StoreException">The store is not empty, the export is damaged or of a newer schema, or the database failed.</exception>
    public Task<IReadOnlyDictionary<string, long>> ImportAsync(Stream input, CancellationToken cancellationToken) => ImportAsync(input, [], cancellationToken);

    /// <summary>The same, and erases persons in the same transaction: nobody ever sees what the export still knows of them.</summary>
    /// <param name="input">The export.</param>
    /// <param name="erased">Subject ids of whoever was erased since the export was made; one that it does not hold changes nothing.</param>
    /// <param name="cancellationToken">Stops it; then nothing was imported.</param>
    /// <returns>How many rows of each table.</returns>
    /// <exception cref="StoreException">As above.</exception>
    public Task<IReadOnlyDictionary<string, long>> ImportAsync(Stream input, IReadOnlyCollection<string> erased, CancellationToken cancellationToken) =>
        StoreImport.ReadAsync(_database, _time, input, erased, cancellationToken);

    /// <summary>Copies an embedded store into a new file, while others write, and checks the copy.</summary>
    /// <exception cref="StoreException">The store is on a server, the file exists, or writing it failed; then no file is left.</exception>
    public Task BackUpAsync(string path, CancellationToken cancellationToken) => StoreBackup.WriteAsync(_database, path, cancellationToken);

    /// <summary>Looks whether the rows agree with each other.</summary>
    /// <returns>What does not; empty when all is well.</returns>
    /// <exception cref="StoreException">The database failed.</exception>
    public Task<IReadOnlyList<StoreProblem>> CheckAsync(CancellationToken cancellationToken) => StoreCheck.RunAsync(_database, _time, cancellationToken);

    /// <summary>What it holds, in numbers.</summary>
    /// <exception cref="StoreException">The database failed.</exception>
    public Task<StoreOverview> OverviewAsync(CancellationToken cancellationToken) => StoreOverview.ReadAsync(_database, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _database.DisposeAsync();

    internal static async Task<IReadOnlyList<AppliedMigration>> MigrateAsync(StoreAddress address, TimeProvider time, StoreOptions? options, int? upTo, CancellationToken cancellationToken)
    {
        await using Database database = Database.Of(address, options ?? new StoreOptions());
        if (database is SqliteDatabase file)
        {
            await file.CreateAsync(cancellationToken);
        }

        return await SchemaUpgrade.RunAsync(database, time, upTo, cancellationToken);
    }
}
