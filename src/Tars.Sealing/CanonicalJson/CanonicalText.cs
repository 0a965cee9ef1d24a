namespace Tars.Sealing.CanonicalJson;

/// <summary>
/// JSON in its one canonical form, so that a signature survives re-formatting: no white space, names in UTF-16 code-unit order, numbers as
/// ECMAScript writes them. Source: RFC 8785; described in docs/formats/canonical-json.md.
/// </summary>
public abstract record CanonicalText
{
    private CanonicalText()
    {
    }

    /// <summary>The canonical form.</summary>
    /// <param name="Utf8">UTF-8 without a byte order mark and without a final line feed.</param>
    public sealed record Canonical(ReadOnlyMemory<byte> Utf8) : CanonicalText;

    /// <summary>The text has no canonical form.</summary>
    /// <param name="Offset">Byte offset of what is wrong.</param>
    /// <param name="Reason">What is wrong: no JSON, a name twice, half of a surrogate pair, a number beyond a double, too deep.</param>
    public sealed record Malformed(long Offset, string Reason) : CanonicalText;

    /// <summary>Brings a JSON text into canonical form.</summary>
    /// <param name="utf8">One JSON value of any kind, at most 64 levels deep.</param>
    public static CanonicalText Of(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return new Canonical(CanonicalJsonWriter.Write(JsonTreeReader.Read(utf8)));
        }
        catch (JsonFormException exception)
        {
            return new Malformed(exception.Offset, exception.Message);
        }
    }
}
