using System.Buffers;
using System.Globalization;

namespace Tars.Sealing.CanonicalJson;

/// <summary>Takes the fields of an object one by one; what is missing, of another kind, or left over is refused with its offset.</summary>
internal sealed class JsonFields
{
    private readonly JsonTree.ObjectValue _object;
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    /// <exception cref="JsonFormException">The value is no object.</exception>
    internal JsonFields(JsonTree tree, string path = "")
    {
        _object = tree as JsonTree.ObjectValue ?? throw new JsonFormException(tree.Offset, $"{(path.Length == 0 ? "the text" : path)}: an object is expected");
        Path = path;
    }

    internal string Path { get; }

    internal long Offset => _object.Offset;

    internal JsonTree Required(string name) =>
        Optional(name) ?? throw new JsonFormException(_object.Offset, $"{At(name)} is missing");

    /// <summary>The field, or null when it is missing or null.</summary>
    internal JsonTree? Optional(string name)
    {
        _taken.Add(name);
        return _object.Find(name) is { } value and not JsonTree.NullValue ? value : null;
    }

    internal string Text(string name) => TextOf(Required(name), name);

    internal string? OptionalText(string name) => Optional(name) is { } value ? TextOf(value, name) : null;

    internal JsonFields Fields(string name) => new(Required(name), At(name));

    internal JsonFields? OptionalFields(string name) => Optional(name) is { } value ? new JsonFields(value, At(name)) : null;

    internal IReadOnlyList<JsonTree> Items(string name) =>
        Required(name) is JsonTree.ArrayValue array ? array.Items : throw Wrong(Required(name), name, "an array is expected");

    internal int Count(string name) =>
        Required(name) is JsonTree.NumberValue { Value: >= 0 and <= int.MaxValue } number && number.Value == Math.Floor(number.Value)
            ? (int)number.Value
            : throw Wrong(Required(name), name, "a whole number from 0 is expected");

    internal long LongCount(string name) =>
        Required(name) is JsonTree.NumberValue { Value: >= 0 and <= 9007199254740991 } number && number.Value == Math.Floor(number.Value)
            ? (long)number.Value
            : throw Wrong(Required(name), name, "a whole number from 0 to 2^53 - 1 is expected");

    internal DateTimeOffset Time(string name) => Utc.Parse(Text(name)) ?? throw Wrong(Required(name), name, $"a time such as {Utc.Example} is expected");

    internal DateTimeOffset? OptionalTime(string name) => Optional(name) is null ? null : Time(name);

    /// <summary>Standard Base64 with padding, exactly as an encoder writes it.</summary>
    internal byte[] Bytes(string name) =>
        Base64Text.Decode(Text(name)) ?? throw Wrong(Required(name), name, "standard Base64 with padding is expected");

    /// <summary>64 lower-case hexadecimal digits.</summary>
    internal string Sha256(string name)
    {
        string text = Text(name);
        return Digest.IsSha256(text) ? text : throw Wrong(Required(name), name, "64 lower-case hexadecimal digits are expected");
    }

    /// <exception cref="JsonFormException">A field stands there that nobody took.</exception>
    internal void End()
    {
        if (_object.Members.FirstOrDefault(member => !_taken.Contains(member.Name)) is { } unknown)
        {
            throw new JsonFormException(unknown.Offset, $"{At(unknown.Name)} is not a field of this format");
        }
    }

    internal JsonFormException Wrong(JsonTree value, string name, string expectation) => new(value.Offset, $"{At(name)}: {expectation}");

    private string TextOf(JsonTree value, string name) =>
        value is JsonTree.StringValue text ? text.Value : throw Wrong(value, name, "a string is expected");

    private string At(string name) => Path.Length == 0 ? name : $"{Path}.{name}";
}

/// <summary>Times in files: UTC, ISO 8601, whole seconds or up to seven decimals, ending in Z.</summary>
internal static class Utc
{
    internal const string Example = "2026-01-31T23:59:59Z";

    private const string Form = "yyyy'-'MM'-'dd'T'HH':'mm':'ss.FFFFFFF'Z'";

    private static readonly string[] Forms = ["yyyy'-'MM'-'dd'T'HH':'mm':'ss'Z'", Form];

    /// <summary>The time, or null when the text has another form.</summary>
    internal static DateTimeOffset? Parse(string text) =>
        DateTimeOffset.TryParseExact(text, Forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time : null;

    internal static string Text(DateTimeOffset time) => time.UtcDateTime.ToString(Form, CultureInfo.InvariantCulture);
}

/// <summary>Standard Base64 (RFC 4648 section 4) that decodes only what an encoder writes.</summary>
internal static class Base64Text
{
    /// <summary>The bytes, or null when the text has white space, no padding, or bits that no encoder leaves.</summary>
    internal static byte[]? Decode(string text)
    {
        byte[] bytes = new byte[(text.Length / 4 * 3) + 3];
        return Convert.TryFromBase64String(text, bytes, out int written) && Convert.ToBase64String(bytes, 0, written) == text ? bytes[..written] : null;
    }
}

/// <summary>SHA-256 digests as text.</summary>
internal static class Digest
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    internal static bool IsSha256(string text) => text.Length == 64 && !text.AsSpan().ContainsAnyExcept(Digits);
}
