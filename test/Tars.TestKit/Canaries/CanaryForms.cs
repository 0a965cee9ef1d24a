using System.Text;

namespace Tars.TestKit.Canaries;

/// <summary>One spelling of a piece of a canary.</summary>
/// <param name="Name">Such as <c>base64 at 1</c>.</param>
/// <param name="Bytes">The bytes that are searched for.</param>
public sealed record CanaryForm(string Name, byte[] Bytes);

/// <summary>The spellings in which a secret can turn up in an output.</summary>
public static class CanaryForms
{
    /// <summary>Returns every spelling of <paramref name="piece"/>, each once.</summary>
    public static IReadOnlyList<CanaryForm> Of(string piece)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(piece);
        List<CanaryForm> forms =
        [
            Ascii("plain", piece),
            Ascii("plain in lower case", piece.ToLowerInvariant()),
            Ascii("plain in upper case", piece.ToUpperInvariant()),
            Ascii("backwards", new string([.. piece.Reverse()])),
            Ascii("hex", Convert.ToHexStringLower(bytes)),
            Ascii("hex in upper case", Convert.ToHexString(bytes)),
            Ascii("hex with dashes", BitConverter.ToString(bytes)),
            Ascii("URL-encoded", string.Concat(bytes.Select(b => $"%{b:X2}"))),
            Ascii("URL-encoded in lower case", string.Concat(bytes.Select(b => $"%{b:x2}"))),
            Ascii("JSON-escaped", string.Concat(bytes.Select(b => $"\\u{b:x4}"))),
            Ascii("JSON-escaped in upper case", string.Concat(bytes.Select(b => $"\\u{b:X4}"))),
            new("UTF-16", Encoding.Unicode.GetBytes(piece)),
            new("reversed UTF-16", Encoding.BigEndianUnicode.GetBytes(piece)),
        ];
        for (int shift = 0; shift < 3; shift++)
        {
            string text = Base64At(bytes, shift);
            forms.Add(Ascii($"base64 at {shift}", text));
            forms.Add(Ascii($"base64url at {shift}", text.Replace('+', '-').Replace('/', '_')));
        }

        return [.. forms.DistinctBy(form => Convert.ToHexString(form.Bytes))];
    }

    // Of a text with `shift` unknown bytes before it and any after it: the characters that depend on the piece alone.
    private static string Base64At(byte[] piece, int shift)
    {
        string text = Convert.ToBase64String([.. new byte[shift], .. piece]);
        int first = (shift * 8 + 5) / 6;
        int end = (shift + piece.Length) * 8 / 6;
        return text[first..end];
    }

    private static CanaryForm Ascii(string name, string text) => new(name, Encoding.ASCII.GetBytes(text));
}
