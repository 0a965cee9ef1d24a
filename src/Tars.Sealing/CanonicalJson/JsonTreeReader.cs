using System.Text;
using System.Text.Json;

namespace Tars.Sealing.CanonicalJson;

/// <summary>
/// Reads JSON strictly: RFC 8259 and I-JSON (RFC 7493). A duplicate name, a lone surrogate, bytes that are not UTF-8, a number beyond a
/// double, a byte order mark, text after the value and depth beyond the limit are refused, each with its byte offset.
/// </summary>
internal static class JsonTreeReader
{
    internal const int DeepestLevel = 64;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = DeepestLevel };

    /// <exception cref="JsonFormException">It is not such a text.</exception>
    internal static JsonTree Read(ReadOnlySpan<byte> utf8)
    {
        Utf8JsonReader reader = new(utf8, Options);
        try
        {
            reader.Read();
            JsonTree tree = Value(ref reader);
            return reader.Read() ? throw new JsonFormException(reader.TokenStartIndex, "something follows the value") : tree;
        }
        catch (JsonException exception)
        {
            throw new JsonFormException(OffsetOf(exception, utf8), ReasonOf(exception));
        }
    }

    /// <summary>The top-level object.</summary>
    /// <exception cref="JsonFormException">It is not one.</exception>
    internal static JsonTree.ObjectValue ReadObject(ReadOnlySpan<byte> utf8) =>
        Read(utf8) is JsonTree.ObjectValue value ? value : throw new JsonFormException(0, "an object is expected");

    private static JsonTree Value(ref Utf8JsonReader reader)
    {
        long offset = reader.TokenStartIndex;
        return reader.TokenType switch
        {
            JsonTokenType.StartObject => Object(ref reader, offset),
            JsonTokenType.StartArray => Array(ref reader, offset),
            JsonTokenType.String => new JsonTree.StringValue(Text(ref reader), offset),
            JsonTokenType.Number => Number(ref reader, offset),
            JsonTokenType.True => new JsonTree.BooleanValue(true, offset),
            JsonTokenType.False => new JsonTree.BooleanValue(false, offset),
            JsonTokenType.Null => new JsonTree.NullValue(offset),
            _ => throw new JsonFormException(offset, "a value is expected"),
        };
    }

    private static JsonTree.ObjectValue Object(ref Utf8JsonReader reader, long offset)
    {
        List<JsonTree.Member> members = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            long at = reader.TokenStartIndex;
            string name = Text(ref reader);
            if (!names.Add(name))
            {
                throw new JsonFormException(at, $"the name \"{name}\" stands twice in one object");
            }

            reader.Read();
            members.Add(new JsonTree.Member(name, Value(ref reader), at));
        }

        return new JsonTree.ObjectValue(members, offset);
    }

    private static JsonTree.ArrayValue Array(ref Utf8JsonReader reader, long offset)
    {
        List<JsonTree> items = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            items.Add(Value(ref reader));
        }

        return new JsonTree.ArrayValue(items, offset);
    }

    private static JsonTree.NumberValue Number(ref Utf8JsonReader reader, long offset) =>
        reader.TryGetDouble(out double value) && double.IsFinite(value)
            ? new JsonTree.NumberValue(value, Encoding.ASCII.GetString(reader.ValueSpan), offset)
            : throw new JsonFormException(offset, "the number is beyond the range of a double");

    private static string Text(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new JsonFormException(reader.TokenStartIndex, "the text is not UTF-8, or holds half of a surrogate pair");
        }
    }

    private static long OffsetOf(JsonException exception, ReadOnlySpan<byte> utf8)
    {
        long offset = 0;
        for (long line = exception.LineNumber ?? 0; line > 0; line--)
        {
            offset += utf8[(int)offset..].IndexOf((byte)'\n') + 1;
        }

        return Math.Min(offset + (exception.BytePositionInLine ?? 0), utf8.Length);
    }

    // The platform's message ends with line and position, which the offset says.
    private static string ReasonOf(JsonException exception)
    {
        int end = exception.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return end < 0 ? exception.Message : exception.Message[..end];
    }
}
