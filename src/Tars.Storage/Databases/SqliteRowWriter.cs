using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Tars.Storage.Schema;

namespace Tars.Storage.Databases;

/// <summary>One prepared statement, run once for each row.</summary>
internal sealed class SqliteRowWriter : RowWriter
{
    private readonly SqliteCommand _command;
    private readonly SqliteParameter[] _parameters;
    private int _next;

    public SqliteRowWriter(DbTransaction transaction, Table table, IReadOnlyList<Column> columns)
    {
        SqliteTransaction sqlite = (SqliteTransaction)transaction;
        _command = sqlite.Connection!.CreateCommand();
        _command.Transaction = sqlite;
        string names = string.Join(", ", columns.Select(column => column.Name));
        _parameters = [.. columns.Select((column, i) => new SqliteParameter(
            string.Create(CultureInfo.InvariantCulture, $"@p{i}"),
            column.Kind switch
            {
                ColumnKind.Text => SqliteType.Text,
                ColumnKind.Real => SqliteType.Real,
                _ => SqliteType.Integer,
            }))];
#pragma warning disable CA2100 // names of the schema, never of a caller
        _command.CommandText = $"INSERT INTO {table.Name} ({names}) VALUES ({string.Join(", ", _parameters.Select(parameter => parameter.ParameterName))})";
#pragma warning restore CA2100
        _command.Parameters.AddRange(_parameters);
        _command.Prepare();
    }

    /// <inheritdoc/>
    public override void Text(string? value) => _parameters[_next++].Value = value is null ? DBNull.Value : value;

    /// <inheritdoc/>
    public override void Integer(long? value) => _parameters[_next++].Value = value is { } number ? number : DBNull.Value;

    /// <inheritdoc/>
    public override void Real(double? value) => _parameters[_next++].Value = value is { } number ? number : DBNull.Value;

    /// <inheritdoc/>
    public override void EndRow()
    {
        _next = 0;
        _command.ExecuteNonQuery();
    }

    /// <inheritdoc/>
    public override Task CompleteAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => _command.DisposeAsync();
}
