using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Tars.Server.Routes;

namespace Tars.Server.Documents;

/// <summary>A column of the CSV form of a list.</summary>
/// <typeparam name="T">An item.</typeparam>
/// <param name="Name">Its head.</param>
/// <param name="Value">Its value: a text, a number, an instant, a day, a flag, or null, which is empty.</param>
public sealed record CsvColumn<T>(string Name, Func<T, object?> Value);

/// <summary>A page of a list in each of its forms.</summary>
internal static class ListAnswer
{
    /// <summary>Makes it.</summary>
    /// <param name="form">The form.</param>
    /// <param name="document">The page as a document.</param>
    /// <param name="type">How it is written.</param>
    /// <param name="items">Its items.</param>
    /// <param name="itemType">How one is written.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="next">The address of the next page; null at the last.</param>
    public static ReadyAnswer Of<TDocument, T>(
        Representation form, TDocument document, JsonTypeInfo<TDocument> type, IReadOnlyList<T> items, JsonTypeInfo<T> itemType, IReadOnlyList<CsvColumn<T>> columns, string? next)
        where TDocument : ApiDocument
    {
        string? link = next is null ? null : $"<{next}>; rel=\"next\"";
        switch (form)
        {
            case Representation.Lines:
                ArrayBufferWriter<byte> lines = new();
                foreach (T item in items)
                {
                    lines.Write(JsonSerializer.SerializeToUtf8Bytes(item, itemType));
                    lines.Write("\n"u8);
                }

                return ReadyAnswer.Of(lines.WrittenSpan.ToArray(), [], Representations.Lines, link);
            case Representation.Csv:
                StringBuilder csv = new();
                csv.AppendJoin(',', columns.Select(column => column.Name)).Append("\r\n");
                foreach (T item in items)
                {
                    csv.AppendJoin(',', columns.Select(column => Cell(column.Value(item)))).Append("\r\n");
                }

                return ReadyAnswer.Of(Encoding.UTF8.GetBytes(csv.ToString()), [], Representations.Csv + "; charset=utf-8; header=present", link);
            default:
                return Answers.Document(document, type) with { Link = link };
        }
    }

    /// <summary>The address of the next page of a route: the same parameters, and the cursor.</summary>
    public static string? Next(ApiRoute route, RequestValues values, ApiParameters parameters, ApiParameter cursor, string? at, string? path = null) => at is null
        ? null
        : (path ?? route.Template) + "?" + string.Join('&', parameters.Items
            .Where(parameter => parameter.Place == ParameterPlace.Query && parameter != cursor && values.Has(parameter))
            .Select(parameter => $"{parameter.Name}={Uri.EscapeDataString(values.Text(parameter)!)}")
            .Append($"{cursor.Name}={Uri.EscapeDataString(at)}"));

    // A cell that a spreadsheet would take for a formula is made a text (OWASP, CSV injection).
    private static string Cell(object? value)
    {
        string text = value switch
        {
            null => string.Empty,
            bool flag => flag ? "true" : "false",
            double number => number.ToString("R", CultureInfo.InvariantCulture),
            DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            DateTimeOffset instant => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture),
            IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString()!,
        };
        if (value is string && text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r')
        {
            text = "'" + text;
        }

        return text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }
}
