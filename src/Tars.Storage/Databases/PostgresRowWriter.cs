using Npgsql;
using NpgsqlTypes;

namespace Tars.Storage.Databases;

/// <summary>Binary <c>COPY</c>.</summary>
internal sealed class PostgresRowWriter(NpgsqlBinaryImporter importer) : RowWriter
{
    private bool _inRow;

    /// <inheritdoc/>
    public override void Text(string? value)
    {
        StartRow();
        if (value is null)
        {
            importer.WriteNull();
        }
        else
        {
            importer.Write(value, NpgsqlDbType.Text);
        }
    }

    /// <inheritdoc/>
    public override void Integer(long? value)
    {
        StartRow();
        if (value is { } number)
        {
            importer.Write(number, NpgsqlDbType.Bigint);
        }
        else
        {
            importer.WriteNull();
        }
    }

    /// <inheritdoc/>
    public override void Real(double? value)
    {
        StartRow();
        if (value is { } number)
        {
            importer.Write(number, NpgsqlDbType.Double);
        }
        else
        {
            importer.WriteNull();
        }
    }

    /// <inheritdoc/>
    public override void EndRow() => _inRow = false;

    /// <inheritdoc/>
    public override async Task CompleteAsync(CancellationToken cancellationToken) => await importer.CompleteAsync(cancellationToken);

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => importer.DisposeAsync();

    private void StartRow()
    {
        if (!_inRow)
        {
            importer.StartRow();
            _inRow = true;
        }
    }
}
