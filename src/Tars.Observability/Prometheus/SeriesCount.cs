using System.Text.Json;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Prometheus;

/// <summary>Counts the elements of <c>data</c> in an answer as it arrives, keeping none of them.</summary>
internal static class SeriesCount
{
    /// <summary>The number of elements, or <paramref name="most"/> as soon as there are as many.</summary>
    /// <exception cref="InvalidDataException">No JSON of that form.</exception>
    /// <exception cref="SeriesSourceException">The backend reports an error.</exception>
    public static async Task<long> ReadAsync(Stream stream, long most, string query, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[64 * 1024];
        int filled = 0;
        JsonReaderState state = default;
        Tally tally = new();
        while (true)
        {
            if (filled == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }

            int read = await stream.ReadAsync(buffer.AsMemory(filled), cancellationToken).ConfigureAwait(false);
            filled += read;
            int used = Advance(buffer.AsSpan(0, filled), read == 0, ref state, tally);
            buffer.AsSpan(used, filled - used).CopyTo(buffer);
            filled -= used;
            if (tally.Elements >= most)
            {
                return most;
            }

            if (read == 0)
            {
                return tally.Status switch
                {
                    "success" when tally.HasData => tally.Elements,
                    "error" => throw new SeriesSourceException(SourceFailure.Query, tally.Error, query),
                    _ => throw new InvalidDataException("the answer has no status \"success\" with data"),
                };
            }
        }
    }

    private static int Advance(ReadOnlySpan<byte> bytes, bool final, ref JsonReaderState state, Tally tally)
    {
        Utf8JsonReader reader = new(bytes, final, state);
        try
        {
            while (reader.Read())
            {
                tally.Take(ref reader);
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException(exception.Message, exception);
        }

        state = reader.CurrentState;
        return (int)reader.BytesConsumed;
    }

    private sealed class Tally
    {
        private string _key = string.Empty;

        public long Elements { get; private set; }

        public bool HasData { get; private set; }

        public string Status { get; private set; } = string.Empty;

        public string Error { get; private set; } = string.Empty;

        public void Take(ref Utf8JsonReader reader)
        {
            switch (reader.TokenType, reader.CurrentDepth)
            {
                case (JsonTokenType.PropertyName, 1):
                    _key = reader.GetString()!;
                    break;
                case (JsonTokenType.String, 1) when _key == "status":
                    Status = reader.GetString()!;
                    break;
                case (JsonTokenType.String, 1) when _key == "error":
                    Error = reader.GetString()!;
                    break;
                case (JsonTokenType.StartArray, 1) when _key == "data":
                    HasData = true;
                    break;
                case (JsonTokenType.StartObject, 2) when _key == "data" && HasData:
                    Elements++;
                    break;
                default:
                    break;
            }
        }
    }
}
