using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tars.Compliance.Audit;

/// <summary>An object of JSON as it will stand in a line: UTF-8 without white space between its members.</summary>
public sealed class AuditData
{
    internal static readonly JavaScriptEncoder Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping; // a log is read as text, never as HTML

    private static readonly JsonWriterOptions Writing = new() { Encoder = Encoder };
    private static readonly JsonDocumentOptions Reading = new() { AllowDuplicateProperties = false };

    private readonly byte[] _utf8;

    private AuditData(byte[] utf8) => _utf8 = utf8;

    /// <summary>The bytes.</summary>
    public ReadOnlyMemory<byte> Utf8 => _utf8;

    /// <summary>Takes an object as it is now: later changes of it are not seen.</summary>
    /// <exception cref="ArgumentException">It holds a number or text that JSON cannot.</exception>
    public static AuditData Of(JsonObject data)
    {
        ArgumentNullException.ThrowIfNull(data);
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, Writing))
        {
            data.WriteTo(writer);
        }

        return new AuditData(stream.ToArray());
    }

    /// <summary>Takes an object that is written already. White space between its members is left out.</summary>
    /// <param name="utf8">One object, with nothing after it.</param>
    /// <exception cref="ArgumentException">It is no object, or a member stands in it twice.</exception>
    public static AuditData OfUtf8(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(utf8, Reading);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new ArgumentException($"the data of an event is an object, not {document.RootElement.ValueKind}", nameof(utf8));
            }

            using MemoryStream stream = new();
            using (Utf8JsonWriter writer = new(stream, Writing))
            {
                document.RootElement.WriteTo(writer);
            }

            return new AuditData(stream.ToArray());
        }
        catch (JsonException exception)
        {
            throw new ArgumentException($"the data of an event is no JSON: {exception.Message}", nameof(utf8), exception);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => System.Text.Encoding.UTF8.GetString(_utf8);
}
