using System.Buffers;
using System.Text;

namespace Tars.Compliance.Audit;

/// <summary>Text between the quotation marks of a JSON string, as UTF-8.</summary>
internal static class JsonText
{
    private static readonly SearchValues<char> Plain = SearchValues.Create([.. Enumerable.Range(' ', 95).Select(c => (char)c).Where(c => c is not ('"' or '\\'))]);

    /// <summary>The most bytes that <see cref="Write"/> needs.</summary>
    public static int MaximumLength(string text) => 6 * text.Length;

    /// <summary>How many bytes <see cref="Write"/> writes.</summary>
    public static int Length(string text) => IsPlain(text) ? text.Length : Encoding.UTF8.GetByteCount(AuditData.Encoder.Encode(text));

    /// <summary>Writes a text with its escapes. A half surrogate becomes U+FFFD.</summary>
    /// <returns>Bytes written.</returns>
    public static int Write(string text, Span<byte> target) => Encoding.UTF8.GetBytes(IsPlain(text) ? text : AuditData.Encoder.Encode(text), target);

    private static bool IsPlain(string text) => !text.AsSpan().ContainsAnyExcept(Plain);
}
