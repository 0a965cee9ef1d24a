#pragma warning disable CA2100 // statements of this file alone
using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using Npgsql;
using Tars.Storage;
using Tars.Storage.Findings;
using Tars.TestKit;
using Tars.TestKit.Servers;

namespace Tars.Benchmarks;

/// <summary>One database: its stores, and the same work without the store.</summary>
internal abstract class StoreBench
{
    /// <summary>The columns of a finding that are given when it is kept.</summary>
    protected const string Columns = "report_id, ordinal, kind, service, metric, severity, date, started, ended, score, effect, p_value, summary, details";

    /// <summary>The indexes of the filters, which are made after many rows faster than before them.</summary>
    protected static readonly string[] Indexes =
    [
        "findings_started ON findings (started, finding_id)",
        "findings_service ON findings (service, started, finding_id)",
        "findings_kind ON findings (kind, started, finding_id)",
        "findings_open_service ON findings (service, started, finding_id) WHERE resolved IS NULL",
        "findings_open ON findings (severity, started, finding_id) WHERE resolved IS NULL",
    ];

    /// <summary>The database's name.</summary>
    public abstract string Name { get; }

    /// <summary>What rows are inserted with instead.</summary>
    public abstract string Peer { get; }

    /// <summary>A new store.</summary>
    public abstract Task<Store> NewAsync();

    /// <summary>Inserts findings into the newest store without the store, in one transaction.</summary>
    /// <returns>Seconds.</returns>
    public abstract Task<double> InsertBareAsync(long report, IReadOnlyList<NewFinding> findings);

    /// <summary>Makes rows by SQL, with their indexes.</summary>
    public async Task FillAsync(long report, int rows)
    {
        await using DbConnection connection = await ConnectAsync();
        await ExecuteAsync(connection, Unchecked);
        foreach (string index in Indexes)
        {
            await ExecuteAsync(connection, $"DROP INDEX {index.Split(' ')[0]}");
        }

        await ExecuteAsync(connection, string.Create(CultureInfo.InvariantCulture, $"""
            INSERT INTO findings ({Columns}, resolved, resolved_by)
            SELECT {report}, n, CASE n % 4 WHEN 0 THEN 'anomaly' WHEN 1 THEN 'regression' WHEN 2 THEN 'stability' ELSE 'budget' END,
                'service-' || substr(CAST(1000 + (n * 31) % 200 AS TEXT), 2),
                CASE n % 3 WHEN 0 THEN 'latency_p99' ELSE 'availability' END,
                CASE n % 7 WHEN 0 THEN 'critical' WHEN 1 THEN 'high' WHEN 2 THEN 'high' WHEN 3 THEN 'medium' ELSE 'low' END,
                '2026-01-31', 1760000000000000 + (n * 7919) % 10000019 * 1000000, NULL, n * 0.25, NULL, 0.001,
                'availability fell below what was expected', '{Json}', CASE WHEN (n / 200) % 10 < 9 THEN 1770000000000000 END, CASE WHEN (n / 200) % 10 < 9 THEN 'bench' END
            FROM {Series(rows)}
            """));
        foreach (string index in Indexes)
        {
            await ExecuteAsync(connection, $"CREATE INDEX {index}");
        }

        await ExecuteAsync(connection, "ANALYZE findings");
    }

    /// <summary>Runs a query and reads every column of every row.</summary>
    /// <returns>Seconds.</returns>
    public async Task<double> QueryBareAsync(string sql)
    {
        long began = Stopwatch.GetTimestamp();
        await using DbConnection connection = await ConnectAsync();
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = sql;
        await using DbDataReader reader = await command.ExecuteReaderAsync();
        object[] values = new object[reader.FieldCount];
        while (await reader.ReadAsync())
        {
            reader.GetValues(values);
        }

        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    /// <summary>Makes a connection insert rows faster, without looking at foreign keys: for rows that are made up.</summary>
    protected abstract string Unchecked { get; }

    /// <summary>An open connection to the newest store's database.</summary>
    protected abstract Task<DbConnection> ConnectAsync();

    /// <summary>A table expression with one column <c>n</c> from 0 on.</summary>
    protected abstract string Series(int rows);

    /// <summary>Runs a statement for as long as it takes.</summary>
    protected static async Task ExecuteAsync(DbConnection connection, string sql)
    {
        await using DbCommand command = connection.CreateCommand();
        command.CommandTimeout = 0;
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    private const string Json = """{"expected":99.95,"method":"seasonal"}""";
}

/// <summary>The embedded database, beside prepared INSERTs of its driver in one transaction.</summary>
internal sealed class SqliteBench(string folder) : StoreBench
{
    private int _count;

    /// <inheritdoc/>
    public override string Name => "sqlite";

    /// <inheritdoc/>
    public override string Peer => "prepared INSERTs of the bare driver";

    /// <inheritdoc/>
    protected override string Unchecked => "PRAGMA foreign_keys=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-524288";

    private string File => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{_count}.db"));

    /// <inheritdoc/>
    public override async Task<Store> NewAsync()
    {
        _count++;
        Store store = await Store.OpenAsync(StoreAddress.Parse("sqlite:" + File), TimeProvider.System, null, CancellationToken.None);
        await using DbConnection connection = await ConnectAsync();
        await ExecuteAsync(connection, "INSERT INTO subjects (subject_id, created) VALUES ('bench', 0)");
        return store;
    }

    /// <inheritdoc/>
    public override async Task<double> InsertBareAsync(long report, IReadOnlyList<NewFinding> findings)
    {
        long began = Stopwatch.GetTimestamp();
        await using SqliteConnection connection = (SqliteConnection)await ConnectAsync();
        await using DbTransaction transaction = await connection.BeginTransactionAsync();
        await using SqliteCommand command = connection.CreateCommand();
        command.CommandText = $"INSERT INTO findings ({Columns}) VALUES ({string.Join(", ", Enumerable.Range(0, 14).Select(i => $"@p{i}"))})";
        SqliteParameter[] p = [.. Enumerable.Range(0, 14).Select(i => new SqliteParameter($"@p{i}", DBNull.Value))];
        command.Parameters.AddRange(p);
        await command.PrepareAsync();
        for (int i = 0; i < findings.Count; i++)
        {
            NewFinding finding = findings[i];
            p[0].Value = report;
            p[1].Value = (long)i;
            p[2].Value = finding.Kind;
            p[3].Value = finding.Service;
            p[4].Value = finding.Metric;
            p[5].Value = finding.Severity.ToString().ToLowerInvariant();
            p[6].Value = finding.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            p[7].Value = finding.Started.ToUnixTimeMilliseconds() * 1000;
            p[8].Value = finding.Ended!.Value.ToUnixTimeMilliseconds() * 1000;
            p[9].Value = finding.Score!.Value;
            p[11].Value = finding.PValue!.Value;
            p[12].Value = finding.Summary;
            p[13].Value = finding.Details;
            command.ExecuteNonQuery();
        }

        await transaction.CommitAsync();
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    /// <inheritdoc/>
    protected override async Task<DbConnection> ConnectAsync()
    {
        SqliteConnection connection = new($"Data Source={File}");
        await connection.OpenAsync();
        await ExecuteAsync(connection, "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-32768");
        return connection;
    }

    /// <inheritdoc/>
    protected override string Series(int rows) =>
        string.Create(CultureInfo.InvariantCulture, $"(WITH RECURSIVE s(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM s WHERE n < {rows - 1}) SELECT n FROM s)");
}

/// <summary>A server, beside psql's <c>\copy</c> of the same rows from a file.</summary>
internal sealed class PostgresBench(PostgresServer server, string folder) : StoreBench
{
    private string _text = string.Empty;

    /// <inheritdoc/>
    public override string Name => "postgresql";

    /// <inheritdoc/>
    public override string Peer => "psql's \\copy";

    /// <inheritdoc/>
    protected override string Unchecked => "SET session_replication_role = replica; SET synchronous_commit = off; SET maintenance_work_mem = '512MB'";

    /// <inheritdoc/>
    public override async Task<Store> NewAsync()
    {
        _text = await server.CreateDatabaseAsync();
        await Store.MigrateAsync(StoreAddress.Parse(_text), TimeProvider.System, null, CancellationToken.None);
        await using DbConnection connection = await ConnectAsync();
        await ExecuteAsync(connection, "INSERT INTO subjects (subject_id, created) VALUES ('bench', 0)");
        return await Store.OpenAsync(StoreAddress.Parse(_text), TimeProvider.System, null, CancellationToken.None);
    }

    /// <inheritdoc/>
    public override async Task<double> InsertBareAsync(long report, IReadOnlyList<NewFinding> findings)
    {
        string file = Path.Combine(folder, "copy.tsv");
        StringBuilder text = new();
        for (int i = 0; i < findings.Count; i++)
        {
            NewFinding f = findings[i];
            text.Append(CultureInfo.InvariantCulture, $"{report}\t{i}\t{f.Kind}\t{f.Service}\t{f.Metric}\t{f.Severity.ToString().ToLowerInvariant()}\t{f.Date:yyyy-MM-dd}\t{f.Started.ToUnixTimeMilliseconds() * 1000}\t")
                .Append(CultureInfo.InvariantCulture, $"{f.Ended!.Value.ToUnixTimeMilliseconds() * 1000}\t{f.Score}\t\\N\t{f.PValue}\t{f.Summary}\t{f.Details}\n");
        }

        await File.WriteAllTextAsync(file, text.ToString());
        CommandLine copy = server.Client("psql", "--no-psqlrc", "--dbname", new NpgsqlConnectionStringBuilder(_text).Database!, "--command", $"\\copy findings ({Columns}) FROM '{file}'");
        long began = Stopwatch.GetTimestamp();
        CommandResult result = await copy.RunAsync();
        double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        return result.ExitCode == 0 ? seconds : throw new InvalidOperationException(result.Error);
    }

    /// <inheritdoc/>
    protected override async Task<DbConnection> ConnectAsync()
    {
        NpgsqlConnection connection = new(_text);
        await connection.OpenAsync();
        return connection;
    }

    /// <inheritdoc/>
    protected override string Series(int rows) => string.Create(CultureInfo.InvariantCulture, $"(SELECT CAST(g AS BIGINT) AS n FROM generate_series(0, {rows - 1}) g) s");
}
