using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Tars.Server.Access.Tokens;

/// <summary>
/// A signed token in its compact form (RFC 7515, section 7.1; RFC 7519), read strictly: three parts of base64url without padding, the first two objects of JSON in which no
/// member stands twice. Reading it says nothing about its signature.
/// </summary>
internal sealed class CompactToken : IDisposable
{
    /// <summary>The longest token that is read, in characters.</summary>
    public const int Longest = 8192;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    private readonly JsonDocument _header;
    private readonly JsonDocument _claims;

    private CompactToken(JsonDocument header, JsonDocument claims, byte[] signed, byte[] signature) => (_header, _claims, Signed, Signature) = (header, claims, signed, signature);

    /// <summary>The bytes that are signed.</summary>
    public byte[] Signed { get; }

    /// <summary>The signature.</summary>
    public byte[] Signature { get; }

    /// <summary>The claims.</summary>
    public JsonElement Claims => _claims.RootElement;

    /// <summary>A member of the header that is text; null for anything else.</summary>
    public string? Header(string name) => TextOf(_header.RootElement, name);

    /// <summary>Whether the header has a member.</summary>
    public bool HasHeader(string name) => _header.RootElement.TryGetProperty(name, out _);

    /// <summary>A claim that is text; null for anything else.</summary>
    public string? Claim(string name) => TextOf(Claims, name);

    /// <summary>A claim that is a time; null for anything else.</summary>
    public DateTimeOffset? Time(string name) =>
        Claims.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double seconds) && seconds is >= 0 and < 253402300800
            ? DateTimeOffset.UnixEpoch.AddSeconds(seconds)
            : null;

    /// <summary>Whether a claim, a text or a list of texts, is or holds a text.</summary>
    public bool Holds(string name, string text) => Texts(name).Contains(text, StringComparer.Ordinal);

    /// <summary>A claim that is a text or a list of texts; empty for anything else.</summary>
    public IEnumerable<string> Texts(string name) => !Claims.TryGetProperty(name, out JsonElement value) ? []
        : value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().Select(TextOf).OfType<string>()
        : TextOf(value) is { } one ? [one]
        : [];

    /// <summary>Reads a token; null when it is none.</summary>
    public static CompactToken? Read(ReadOnlySpan<char> text)
    {
        int first = text.IndexOf('.');
        int second = first < 0 ? -1 : text[(first + 1)..].IndexOf('.') + first + 1;
        if (text.Length > Longest || first <= 0 || second <= first + 1 || text[(second + 1)..].Contains('.')
            || Decode(text[..first]) is not { } header || Decode(text[(first + 1)..second]) is not { } claims || Decode(text[(second + 1)..]) is not { Length: > 0 } signature)
        {
            return null;
        }

        JsonDocument? head = Parse(header);
        JsonDocument? body = head is null ? null : Parse(claims);
        if (body is null)
        {
            head?.Dispose();
            return null;
        }

        byte[] signed = new byte[second];
        Encoding.ASCII.GetBytes(text[..second], signed);
        return new CompactToken(head!, body, signed, signature);
    }

    /// <summary>Writes and signs a token.</summary>
    public static string Write(TokenKey key, string type, Action<Utf8JsonWriter> claims)
    {
        string head = Json(json =>
        {
            json.WriteString("alg", key.Algorithm);
            json.WriteString("typ", type);
            json.WriteString("kid", key.KeyId);
        });
        string signed = $"{head}.{Json(claims)}";
        return $"{signed}.{Base64Url.EncodeToString(key.Sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _header.Dispose();
        _claims.Dispose();
    }

    private static string Json(Action<Utf8JsonWriter> members)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return Base64Url.EncodeToString(stream.GetBuffer().AsSpan(0, (int)stream.Length));
    }

    private static string? TextOf(JsonElement from, string name) => from.TryGetProperty(name, out JsonElement value) ? TextOf(value) : null;

    private static string? TextOf(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null; // half of a surrogate pair, escaped
        }
    }

    // Without padding and without white space, both of which the decoder would pass over, and with no bits left over.
    private static byte[]? Decode(ReadOnlySpan<char> part)
    {
        if (part.ContainsAnyExcept(Alphabet) || !Base64Url.IsValid(part))
        {
            return null;
        }

        byte[] bytes = Base64Url.DecodeFromChars(part);
        return part.SequenceEqual(Base64Url.EncodeToString(bytes)) ? bytes : null;
    }

    private static readonly System.Buffers.SearchValues<char> Alphabet = System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    private static JsonDocument? Parse(byte[] utf8)
    {
        if (!System.Text.Unicode.Utf8.IsValid(utf8))
        {
            return null;
        }

        try
        {
            JsonDocument document = JsonDocument.Parse(utf8, Strict);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // No token: no JSON, or names that are no text.
        }

        return null;
    }
}
