using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tars.Observability.TimeSeries;

namespace Tars.Reports.Formats;

/// <summary>
/// Writes the JSON of a report: indented, keys in a fixed order, numbers in their shortest form that reads back to the same double,
/// never NaN or infinity (they become null), instants in ISO 8601 UTC.
/// </summary>
internal sealed class JsonText
{
    /// <summary>Version of every file format this project writes; the first number changes when a reader has to.</summary>
    public const string SchemaVersion = "1.0";

    private static readonly JsonWriterOptions Options = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // PromQL stays readable; the file is served as JSON, never inside HTML
    };

    private readonly Utf8JsonWriter _json;

    private JsonText(Utf8JsonWriter json) => _json = json;

    /// <summary>A file with one object.</summary>
    public static ReportFile File(string name, Action<JsonText> content)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, Options))
        {
            writer.WriteStartObject();
            content(new JsonText(writer));
            writer.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return new ReportFile(name, "application/json", buffer.WrittenMemory);
    }

    /// <summary>The first fields of every file.</summary>
    public void Versions(string methodVersion)
    {
        Text("schema_version", SchemaVersion);
        Text("method_version", methodVersion);
    }

    /// <summary>A string or null.</summary>
    public void Text(string name, string? value) => _json.WriteString(name, value);

    /// <summary>A number; null when there is none, or when it is not finite.</summary>
    public void Number(string name, double? value)
    {
        if (value is { } number && double.IsFinite(number))
        {
            _json.WriteNumber(name, number == 0 ? 0 : number); // no negative zero
        }
        else
        {
            _json.WriteNull(name);
        }
    }

    /// <summary>A whole number or null.</summary>
    public void Count(string name, int? value)
    {
        if (value is { } number)
        {
            _json.WriteNumber(name, number);
        }
        else
        {
            _json.WriteNull(name);
        }
    }

    /// <summary>True, false or null.</summary>
    public void Flag(string name, bool? value)
    {
        if (value is { } flag)
        {
            _json.WriteBoolean(name, flag);
        }
        else
        {
            _json.WriteNull(name);
        }
    }

    /// <summary>An instant or null.</summary>
    public void Time(string name, DateTimeOffset? value) => _json.WriteString(name, value is { } instant ? Instants.Format(instant) : null);

    /// <summary>A window as <c>{"from": …, "to": …}</c>, or null.</summary>
    public void Window(string name, TimeWindow? window)
    {
        if (window is not { } span)
        {
            _json.WriteNull(name);
            return;
        }

        Object(name, () =>
        {
            Time("from", span.From);
            Time("to", span.To);
        });
    }

    /// <summary>An object.</summary>
    public void Object(string name, Action content)
    {
        _json.WriteStartObject(name);
        content();
        _json.WriteEndObject();
    }

    /// <summary>An object, or null when there is no value.</summary>
    public void Object<T>(string name, T? value, Action<T> content)
        where T : class
    {
        if (value is null)
        {
            _json.WriteNull(name);
        }
        else
        {
            Object(name, () => content(value));
        }
    }

    /// <summary>An array of objects.</summary>
    public void Array<T>(string name, IEnumerable<T> items, Action<T> content)
    {
        _json.WriteStartArray(name);
        foreach (T item in items)
        {
            _json.WriteStartObject();
            content(item);
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
    }

    /// <summary>An array of strings.</summary>
    public void Texts(string name, IEnumerable<string> items)
    {
        _json.WriteStartArray(name);
        foreach (string item in items)
        {
            _json.WriteStringValue(item);
        }

        _json.WriteEndArray();
    }

    /// <summary>Flat fields, each a number or null, and the parallel <c>measurement</c> object that says how each came to be.</summary>
    public void Measurements(IReadOnlyCollection<Measurement> fields)
    {
        foreach (Measurement field in fields)
        {
            Number(field.Name, field.Figure.Value);
        }

        Object("measurement", () =>
        {
            foreach (Measurement field in fields)
            {
                Object(field.Name, () =>
                {
                    Text("state", States.Of(field.Figure));
                    Number("coverage", States.CoverageOf(field.Figure));
                    Text("reason", States.ReasonOf(field.Figure));
                    Text("unit", field.Unit);
                    Texts("query", field.Queries);
                    Text("note", field.Note);
                });
            }
        });
    }
}

/// <summary>A flat field of a JSON file.</summary>
/// <param name="Name">The key.</param>
/// <param name="Unit">Unit of the number, empty for counts.</param>
/// <param name="Figure">The number, or why there is none.</param>
/// <param name="Queries">PromQL texts.</param>
/// <param name="Note">What a reader must know, or null.</param>
internal sealed record Measurement(string Name, string Unit, Figure Figure, IReadOnlyList<string> Queries, string? Note = null)
{
    /// <summary>A field that is not read from a query of its own.</summary>
    public Measurement(string name, string unit, Figure figure)
        : this(name, unit, figure, [])
    {
    }
}
