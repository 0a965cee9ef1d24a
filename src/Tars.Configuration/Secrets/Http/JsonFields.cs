using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;

namespace Tars.Configuration.Secrets.Http;

/// <summary>
/// Reads single fields of a JSON object straight from its bytes, so that no secret passes through a string or a document. The whole text
/// is read each time: it must be one JSON object, and a field that is sought twice in it is refused.
/// </summary>
internal static class JsonFields
{
    private static readonly JsonReaderOptions Strict = new() { MaxDepth = 32, AllowTrailingCommas = false, CommentHandling = JsonCommentHandling.Disallow };

    /// <summary>Whether <paramref name="json"/> is one whole JSON object.</summary>
    public static bool IsObject(ReadOnlySpan<byte> json)
    {
        try
        {
            using Value? none = Find(json, ["\0"]);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Returns a text field as a secret, or null when there is no such field or it is null.</summary>
    /// <param name="json">A JSON object.</param>
    /// <param name="path">The names from the outside to the inside.</param>
    /// <exception cref="JsonException">It is not one JSON object, the field is there twice, or is no text.</exception>
    public static Secret? FindSecret(ReadOnlySpan<byte> json, params ReadOnlySpan<string> path)
    {
        using Value? value = Find(json, path);
        return value is null ? null : value.Kind == JsonTokenType.String ? Secret.Of(value.Bytes) : throw new JsonException("not a text");
    }

    /// <summary>Returns a text field that holds no secret, or null when there is no such field or it is null.</summary>
    /// <inheritdoc cref="FindSecret"/>
    public static string? FindText(ReadOnlySpan<byte> json, params ReadOnlySpan<string> path)
    {
        using Secret? text = FindSecret(json, path);
        return text?.Reveal();
    }

    /// <summary>Returns a field as it is written: the characters of a text, or the digits of a number, or a truth value; null as above.</summary>
    /// <inheritdoc cref="FindSecret"/>
    public static Secret? FindScalar(ReadOnlySpan<byte> json, params ReadOnlySpan<string> path)
    {
        using Value? value = Find(json, path);
        return value is null ? null
            : value.Kind is JsonTokenType.StartObject or JsonTokenType.StartArray ? throw new JsonException("not a single value")
            : Secret.Of(value.Bytes);
    }

    /// <summary>Returns a whole number, written as one or as a text of digits, or null when there is no such field.</summary>
    /// <inheritdoc cref="FindSecret"/>
    public static long? FindNumber(ReadOnlySpan<byte> json, params ReadOnlySpan<string> path)
    {
        using Secret? digits = FindScalar(json, path);
        return digits is null ? null
            : System.Buffers.Text.Utf8Parser.TryParse(digits.Bytes, out long number, out int used) && used == digits.Length ? number
            : throw new JsonException("not a whole number");
    }

    private static Value? Find(ReadOnlySpan<byte> json, ReadOnlySpan<string> path)
    {
        Utf8JsonReader reader = new(json, Strict);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("not a JSON object");
        }

        Value? found = null;
        try
        {
            ReadObject(ref reader, path, ref found);
            if (reader.Read())
            {
                throw new JsonException("more than one JSON value");
            }

            (Value? result, found) = (found, null);
            return result?.Kind == JsonTokenType.Null ? null : result;
        }
        finally
        {
            found?.Dispose();
        }
    }

    private static void ReadObject(ref Utf8JsonReader reader, ReadOnlySpan<string> path, ref Value? found)
    {
        bool met = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isSought = reader.ValueTextEquals(path[0]);
            if (isSought && met)
            {
                throw new JsonException("the same field twice");
            }

            met |= isSought;
            reader.Read();
            if (!isSought)
            {
                Pass(ref reader);
            }
            else if (path.Length == 1)
            {
                found = Value.Of(ref reader);
                Pass(ref reader);
            }
            else if (reader.TokenType == JsonTokenType.StartObject)
            {
                ReadObject(ref reader, path[1..], ref found);
            }
            else if (reader.TokenType != JsonTokenType.Null)
            {
                throw new JsonException("not an object");
            }
        }
    }

    // Utf8JsonReader.Skip steps over strings without looking into them; a text that is not UTF-8 or has half a surrogate is refused here too.
    private static void Pass(ref Utf8JsonReader reader)
    {
        int depth = reader.CurrentDepth;
        do
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
            {
                using Value text = Value.Of(ref reader);
            }
        }
        while ((reader.CurrentDepth > depth || reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray) && reader.Read());
    }

    private sealed class Value(JsonTokenType kind, byte[] array, int length) : IDisposable
    {
        public JsonTokenType Kind => kind;

        public ReadOnlySpan<byte> Bytes => array.AsSpan(0, length);

        public static Value Of(ref Utf8JsonReader reader)
        {
            byte[] array = ArrayPool<byte>.Shared.Rent(Math.Max(1, reader.ValueSpan.Length));
            int length;
            try
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
                {
                    length = reader.CopyString(array);
                }
                else
                {
                    reader.ValueSpan.CopyTo(array);
                    length = reader.ValueSpan.Length;
                }
            }
            catch (InvalidOperationException exception)
            {
                GiveBack(array);
                throw new JsonException("a text that is not Unicode", exception);
            }

            return new Value(reader.TokenType, array, length);
        }

        public void Dispose() => GiveBack(array);

        private static void GiveBack(byte[] array)
        {
            CryptographicOperations.ZeroMemory(array);
            ArrayPool<byte>.Shared.Return(array);
        }
    }
}
