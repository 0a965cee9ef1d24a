using System.Buffers;
using System.Data.Common;
using System.Security.Cryptography;
using System.Text.Json;
using Tars.Storage.Databases;
using Tars.Storage.Migrations;
using Tars.Storage.Schema;

namespace Tars.Storage.Transfer;

/// <summary>Writes all rows as JSON lines: a head, one line for each row, table by table, and an end with counts and a digest.</summary>
internal static class StoreExport
{
    public const string Format = "tars-store-export";
    public const int FormatVersion = 1;
    private const string What = "export the store";
    private const int Block = 1 << 16;

    public static async Task<IReadOnlyDictionary<string, long>> WriteAsync(Database database, TimeProvider time, Stream output, CancellationToken cancellationToken)
    {
        IReadOnlyList<SchemaMigration> known = SchemaMigration.For(database);
        using Lines lines = new(output);
        return await database.SnapshotAsync<IReadOnlyDictionary<string, long>>(
            What,
            async work =>
            {
                SchemaState state = await SchemaState.ReadAsync(work, known);
                if (state.Version != state.Newest)
                {
                    throw new StoreException(
                        What, database.Address.Location, $"the database has schema {state.Version}, this program knows {state.Newest}: columns would be left out", "use the program that fits the database");
                }

                await lines.WriteAsync(
                    json =>
                    {
                        json.WriteString("format"u8, Format);
                        json.WriteNumber("version"u8, FormatVersion);
                        json.WriteNumber("schema"u8, state.Version);
                        json.WriteString("created"u8, StoreTime.Text(StoreTime.Of(time.GetUtcNow())));
                    },
                    cancellationToken);
                Dictionary<string, long> counts = [];
                foreach (Table table in Tables.All)
                {
                    counts[table.Name] = await WriteTableAsync(work, table, lines, cancellationToken);
                }

                await lines.EndAsync(counts, cancellationToken);
                return counts;
            },
            cancellationToken);
    }

    private static async Task<long> WriteTableAsync(SqlWork work, Table table, Lines lines, CancellationToken cancellationToken)
    {
        string names = string.Join(", ", table.Columns.Select(column => column.Name));
        await using DbDataReader reader = await work.ReadAsync($"SELECT {names} FROM {table.Name} ORDER BY {string.Join(", ", table.Key)}");
        long count = 0;
        for (; await reader.ReadAsync(cancellationToken); count++)
        {
            await lines.WriteAsync(
                json =>
                {
                    json.WriteString("table"u8, table.Name);
                    json.WriteStartObject("row"u8);
                    for (int i = 0; i < table.Columns.Count; i++)
                    {
                        if (!reader.IsDBNull(i))
                        {
                            WriteValue(json, table.Columns[i], reader, i);
                        }
                    }

                    json.WriteEndObject();
                },
                cancellationToken);
        }

        return count;
    }

    private static void WriteValue(Utf8JsonWriter json, Column column, DbDataReader reader, int i)
    {
        switch (column.Kind)
        {
            case ColumnKind.Text:
                json.WriteString(column.Name, reader.GetString(i));
                break;
            case ColumnKind.Integer:
                json.WriteNumber(column.Name, reader.GetInt64(i));
                break;
            case ColumnKind.Real:
                json.WriteNumber(column.Name, reader.GetDouble(i));
                break;
            default:
                json.WriteString(column.Name, StoreTime.Text(reader.GetInt64(i)));
                break;
        }
    }

    /// <summary>Lines on a stream, with a digest over all but the last.</summary>
    private sealed class Lines : IDisposable
    {
#pragma warning disable CA2213 // the stream is the caller's
        private readonly Stream _output;
#pragma warning restore CA2213
        private readonly ArrayBufferWriter<byte> _buffer = new(2 * Block);
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private readonly Utf8JsonWriter _json;

        public Lines(Stream output)
        {
            _output = output;
            _json = new Utf8JsonWriter(_buffer);
        }

        public async Task WriteAsync(Action<Utf8JsonWriter> members, CancellationToken cancellationToken)
        {
            Write(members);
            if (_buffer.WrittenCount >= Block)
            {
                await FlushAsync(cancellationToken);
            }
        }

        public async Task EndAsync(Dictionary<string, long> counts, CancellationToken cancellationToken)
        {
            await FlushAsync(cancellationToken);
            string digest = Convert.ToHexStringLower(_hash.GetHashAndReset());
            Write(json =>
            {
                json.WriteStartObject("end"u8);
                json.WriteStartObject("rows"u8);
                foreach ((string table, long count) in counts)
                {
                    json.WriteNumber(table, count);
                }

                json.WriteEndObject();
                json.WriteString("sha256"u8, digest);
                json.WriteEndObject();
            });
            await FlushAsync(cancellationToken);
            await _output.FlushAsync(cancellationToken);
        }

        public void Dispose()
        {
            _json.Dispose();
            _hash.Dispose();
        }

        private void Write(Action<Utf8JsonWriter> members)
        {
            _json.Reset();
            _json.WriteStartObject();
            members(_json);
            _json.WriteEndObject();
            _json.Flush();
            _buffer.Write("\n"u8);
        }

        private async Task FlushAsync(CancellationToken cancellationToken)
        {
            _hash.AppendData(_buffer.WrittenSpan);
            await _output.WriteAsync(_buffer.WrittenMemory, cancellationToken);
            _buffer.ResetWrittenCount();
        }
    }
}
