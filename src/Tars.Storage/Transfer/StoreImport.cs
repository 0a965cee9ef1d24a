using System.Globalization;
using System.Text.Json;
using Tars.Storage.Databases;
using Tars.Storage.Identity;
using Tars.Storage.Migrations;
using Tars.Storage.Schema;

namespace Tars.Storage.Transfer;

/// <summary>Reads what <see cref="StoreExport"/> wrote, of this schema or an older one: columns that were added since are null.</summary>
internal sealed class StoreImport : IAsyncDisposable
{
    private const string What = "import into the store";
    private readonly SqlWork _work;
    private readonly ExportLines _lines;
    private readonly Dictionary<string, long> _counts = Tables.All.ToDictionary(table => table.Name, _ => 0L);
    private RowWriter? _writer;
    private int _table = -1;

    private StoreImport(SqlWork work, ExportLines lines) => (_work, _lines) = (work, lines);

    public static async Task<IReadOnlyDictionary<string, long>> ReadAsync(
        Database database, TimeProvider time, Stream input, IReadOnlyCollection<string> erased, CancellationToken cancellationToken)
    {
        int attempts = 0;
        return await database.WriteAsync(
            What,
            async work =>
            {
                if (attempts++ > 0)
                {
                    throw new StoreException(What, database.Address.Location, "another transaction was in the way, and the export has been read already", "run it again", isTransient: true);
                }

                await using ExportLines lines = new(input);
                await using StoreImport import = new(work, lines);
                try
                {
                    Dictionary<string, long> counts = await import.RunAsync();
                    foreach (string subject in erased)
                    {
                        await SubjectStore.EraseAsync(work, subject, StoreTime.Of(time.GetUtcNow()));
                    }

                    return (IReadOnlyDictionary<string, long>)counts;
                }
                catch (Exception e) when (e is InvalidDataException or JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
                {
                    throw new StoreException(
                        What, database.Address.Location, string.Create(CultureInfo.InvariantCulture, $"line {lines.Number} of the export: {e.Message}"), "the export is damaged or no export; nothing was imported", inner: e);
                }
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _writer?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task<Dictionary<string, long>> RunAsync()
    {
        await ReadHeadAsync();
        await RequireEmptyAsync();
        while (await _lines.ReadAsync(_work.CancellationToken) is { } line)
        {
            using JsonDocument document = JsonDocument.Parse(line);
            if (document.RootElement.TryGetProperty("end", out JsonElement end))
            {
                await FinishAsync(end);
                return _counts;
            }

            await OpenAsync(document.RootElement.GetProperty("table").GetString()!);
            WriteRow(Tables.All[_table], document.RootElement.GetProperty("row"));
            _counts[Tables.All[_table].Name]++;
        }

        throw new InvalidDataException("it ends before its end: rows are missing");
    }

    private async Task ReadHeadAsync()
    {
        byte[] line = await _lines.ReadAsync(_work.CancellationToken) ?? throw new InvalidDataException("it is empty");
        using JsonDocument head = JsonDocument.Parse(line);
        if (!head.RootElement.TryGetProperty("format", out JsonElement format) || format.GetString() != StoreExport.Format || head.RootElement.GetProperty("version").GetInt32() != StoreExport.FormatVersion)
        {
            throw new InvalidDataException($"it does not begin as \"{StoreExport.Format}\", version {StoreExport.FormatVersion}, does");
        }

        IReadOnlyList<SchemaMigration> known = SchemaMigration.For(_work.Database);
        SchemaState state = await SchemaState.ReadAsync(_work, known);
        int schema = head.RootElement.GetProperty("schema").GetInt32();
        if (schema > state.Newest)
        {
            throw new StoreException(What, _work.Database.Address.Location, $"the export has schema {schema}, this program knows {state.Newest}", "use a newer tars");
        }
    }

    /// <summary>The first table that has rows; null when none has.</summary>
    public static async Task<Table?> FirstWithRowsAsync(SqlWork work)
    {
        foreach (Table table in Tables.All)
        {
            if (await work.FirstAsync<object>($"SELECT 1 AS present FROM {table.Name} LIMIT 1") is not null)
            {
                return table;
            }
        }

        return null;
    }

    private async Task RequireEmptyAsync()
    {
        if (await FirstWithRowsAsync(_work) is { } table)
        {
            throw new StoreException(What, _work.Database.Address.Location, $"the store is not empty: {table.Name} has rows", "import into a new store");
        }
    }

    private async Task OpenAsync(string name)
    {
        if (_table >= 0 && Tables.All[_table].Name == name)
        {
            return;
        }

        int next = Tables.All.ToList().FindIndex(table => table.Name == name);
        if (next <= _table)
        {
            throw new InvalidDataException(next < 0 ? $"there is no table {name}" : $"the table {name} comes too late: rows stand in the order of docs/formats/store.md");
        }

        await CloseAsync();
        _table = next;
        _writer = await _work.InsertAsync(Tables.All[next], Tables.All[next].Columns);
    }

    private async Task CloseAsync()
    {
        if (_writer is null)
        {
            return;
        }

        await _writer.CompleteAsync(_work.CancellationToken);
        await _writer.DisposeAsync();
        _writer = null;
        if (Tables.All[_table].Identity is not null)
        {
            await _work.Database.ContinueIdentityAsync(_work, Tables.All[_table]);
        }
    }

    private void WriteRow(Table table, JsonElement row)
    {
        int used = 0;
        foreach (Column column in table.Columns)
        {
            bool present = row.TryGetProperty(column.Name, out JsonElement value);
            used += present ? 1 : 0;
            switch (column.Kind)
            {
                case ColumnKind.Text:
                    _writer!.Text(present ? value.GetString() : null);
                    break;
                case ColumnKind.Integer:
                    _writer!.Integer(present ? value.GetInt64() : null);
                    break;
                case ColumnKind.Real:
                    _writer!.Real(present ? value.GetDouble() : null);
                    break;
                default:
                    _writer!.Integer(present ? StoreTime.Parse(value.GetString()!) ?? throw new InvalidDataException($"{table.Name}.{column.Name} is no instant: {value}") : null);
                    break;
            }
        }

        if (row.EnumerateObject().Count() != used)
        {
            throw new InvalidDataException($"a row of {table.Name} has a column this program does not know");
        }

        _writer!.EndRow();
    }

    private async Task FinishAsync(JsonElement end)
    {
        await CloseAsync();
        if (end.GetProperty("sha256").GetString() != _lines.DigestBefore())
        {
            throw new InvalidDataException("its digest is not that of its lines: it was changed");
        }

        foreach (JsonProperty count in end.GetProperty("rows").EnumerateObject())
        {
            if (!_counts.TryGetValue(count.Name, out long read) || read != count.Value.GetInt64())
            {
                throw new InvalidDataException($"it counts {count.Value} rows of {count.Name}; {read} were read");
            }
        }

        if (await _lines.ReadAsync(_work.CancellationToken) is not null)
        {
            throw new InvalidDataException("it goes on after its end");
        }
    }
}
