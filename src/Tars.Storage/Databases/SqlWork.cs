using System.Data.Common;
using Dapper;
using Tars.Storage.Schema;

namespace Tars.Storage.Databases;

/// <summary>Statements on one connection, in one transaction when there is one. Words in braces become the database's own.</summary>
internal sealed class SqlWork(Database database, DbConnection connection, DbTransaction? transaction, CancellationToken cancellationToken)
{
    /// <summary>The connection.</summary>
    public DbConnection Connection => connection;

    /// <summary>The database.</summary>
    public Database Database => database;

    /// <summary>Stops the work.</summary>
    public CancellationToken CancellationToken => cancellationToken;

    /// <summary>Runs a statement and returns how many rows it changed.</summary>
    public Task<int> ExecuteAsync(string sql, object? parameters = null) => connection.ExecuteAsync(Command(sql, parameters));

    /// <summary>All rows.</summary>
    public async Task<List<T>> QueryAsync<T>(string sql, object? parameters = null) => [.. await connection.QueryAsync<T>(Command(sql, parameters))];

    /// <summary>The first row, or null.</summary>
    public async Task<T?> FirstAsync<T>(string sql, object? parameters = null)
        where T : class => await connection.QueryFirstOrDefaultAsync<T>(Command(sql, parameters));

    /// <summary>The one value of the one row.</summary>
    public async Task<T> ScalarAsync<T>(string sql, object? parameters = null) => (await connection.ExecuteScalarAsync<T>(Command(sql, parameters)))!;

    /// <summary>A reader over all rows, unbuffered.</summary>
    public Task<DbDataReader> ReadAsync(string sql, object? parameters = null) => connection.ExecuteReaderAsync(Command(sql, parameters));

    /// <summary>All rows of a statement without parameters, read without the mapper, which compiles code for each new form of row: a store opens sooner so.</summary>
    public async Task<List<T>> QueryPlainAsync<T>(string sql, Func<DbDataReader, T> row)
    {
        await using DbCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // statements of this program, without anything of a caller
        command.CommandText = database.Translate(sql);
#pragma warning restore CA2100
        command.Transaction = transaction;
        await using DbDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        List<T> rows = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(row(reader));
        }

        return rows;
    }

    /// <summary>Begins to insert many rows.</summary>
    public Task<RowWriter> InsertAsync(Table table, IReadOnlyList<Column> columns) =>
        database.InsertAsync(transaction ?? throw new InvalidOperationException("rows are inserted in a transaction"), table, columns, cancellationToken);

    private CommandDefinition Command(string sql, object? parameters) => new(database.Translate(sql), parameters, transaction, cancellationToken: cancellationToken);
}
