using System.Text;
using System.Text.Json;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Prometheus;

/// <summary>Reads the small answers of the API: everything but range queries.</summary>
internal static class JsonAnswer
{
    /// <summary>Reads an answer and hands its <c>data</c> and warnings to <paramref name="convert"/>.</summary>
    /// <exception cref="SeriesSourceException">The backend reports an error.</exception>
    /// <exception cref="InvalidDataException">The answer has not the expected form.</exception>
    public static async Task<T> ReadAsync<T>(
        Stream stream, string? query, Func<JsonElement, IReadOnlyList<string>, T> convert, CancellationToken cancellationToken)
    {
        using JsonDocument document = await ParseAsync(stream, cancellationToken).ConfigureAwait(false);
        JsonElement root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidDataException("the answer is not a JSON object");
        }

        string status = Text(root, "status");
        if (status == "error")
        {
            throw new SeriesSourceException(query is null ? SourceFailure.Backend : SourceFailure.Query, Text(root, "error"), query);
        }

        if (status != "success" || !root.TryGetProperty("data", out JsonElement data))
        {
            throw new InvalidDataException("the answer has no status \"success\" with data");
        }

        try
        {
            return convert(data, Warnings(root));
        }
        catch (Exception exception) when (exception is InvalidOperationException or KeyNotFoundException or ArgumentException)
        {
            throw new InvalidDataException("the answer's data has not the expected form: " + exception.Message, exception);
        }
    }

    /// <summary>A text member; empty when absent or no text.</summary>
    public static string Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : string.Empty;

    /// <summary>A list member; empty when absent or null.</summary>
    public static IEnumerable<JsonElement> List(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [];

    /// <summary>A list of texts.</summary>
    public static IReadOnlyList<string> Texts(JsonElement element) =>
        element.ValueKind == JsonValueKind.Null ? [] : [.. element.EnumerateArray().Select(item => item.GetString()!)];

    /// <summary>A label set.</summary>
    public static LabelSet Labels(JsonElement element) =>
        new(element.EnumerateObject().Select(label => KeyValuePair.Create(label.Name, label.Value.GetString()!)));

    /// <summary>The samples of an instant query: a vector, or a scalar as one sample without labels.</summary>
    public static IReadOnlyList<InstantSample> Samples(JsonElement data)
    {
        JsonElement result = data.GetProperty("result");
        return Text(data, "resultType") switch
        {
            "vector" => [.. result.EnumerateArray().Select(item => Sample(
                Labels(item.GetProperty("metric")),
                item.TryGetProperty("value", out JsonElement value) ? value : throw new InvalidDataException("a sample is a native histogram, which is not read")))],
            "scalar" => [Sample(LabelSet.Empty, result)],
            string other => throw new InvalidDataException($"an instant query answers with a vector or scalar, not \"{other}\""),
        };
    }

    private static async Task<JsonDocument> ParseAsync(Stream stream, CancellationToken cancellationToken)
    {
        try
        {
            return await JsonDocument.ParseAsync(stream, default, cancellationToken).ConfigureAwait(false);
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException(exception.Message, exception);
        }
    }

    private static InstantSample Sample(LabelSet labels, JsonElement pair)
    {
        string text = pair[1].GetString()!;
        return DecimalText.TryParse(Encoding.UTF8.GetBytes(text), out double value)
            ? new InstantSample(labels, DateTimeOffset.FromUnixTimeMilliseconds((long)(pair[0].GetDecimal() * 1000)), value)
            : throw new InvalidDataException($"\"{text}\" is not a sample's value");
    }

    private static List<string> Warnings(JsonElement root)
    {
        List<string> warnings = [.. List(root, "warnings").Concat(List(root, "infos")).Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!)];
        if (root.TryGetProperty("isPartial", out JsonElement partial) && partial.ValueKind == JsonValueKind.True)
        {
            warnings.Add(MatrixReader.PartialAnswer);
        }

        return warnings;
    }
}
