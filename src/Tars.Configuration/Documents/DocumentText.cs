using System.Text;
using System.Text.Unicode;

namespace Tars.Configuration.Documents;

/// <summary>The bytes of a configuration file, checked before any parser sees them.</summary>
internal static class DocumentText
{
    /// <summary>The largest configuration file that is read, in bytes.</summary>
    public const int SizeLimit = 1 << 20;

    /// <summary>Returns the text of <paramref name="bytes"/>: UTF-8, with or without a byte order mark, without control characters.</summary>
    /// <exception cref="SettingsException">The file is too large, in another encoding, or holds bytes or characters no configuration has.</exception>
    public static string Decode(ReadOnlySpan<byte> bytes, Func<int, int, Origin> originAt)
    {
        if (bytes.Length > SizeLimit)
        {
            throw SettingsException.Of(originAt(1, 1), "", $"is larger than {SizeLimit} bytes, the limit for a configuration");
        }

        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]) || bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]))
        {
            throw SettingsException.Of(originAt(1, 1), "", "is UTF-16 text; save it as UTF-8");
        }

        ReadOnlySpan<byte> body = bytes.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? bytes[3..] : bytes;
        if (!Utf8.IsValid(body))
        {
            char[] valid = new char[body.Length];
            Utf8.ToUtf16(body, valid, out int read, out int written, replaceInvalidSequences: false);
            (int line, int column) = PositionOf(valid.AsSpan(0, written), written);
            throw SettingsException.Of(originAt(line, column), "", $"byte 0x{body[read]:X2} is not valid UTF-8; save the file as UTF-8");
        }

        string text = Encoding.UTF8.GetString(body);
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if ((c < ' ' && c is not ('\t' or '\n' or '\r')) || c is '\u007F' or '\uFEFF' or '\uFFFE' or '\uFFFF' || c is >= '\u0080' and < '\u00A0')
            {
                (int line, int column) = PositionOf(text, i);
                throw SettingsException.Of(originAt(line, column), "", $"character U+{(int)c:X4} does not belong in a configuration; remove it");
            }
        }

        return text;
    }

    /// <summary>Returns line and column, both from 1, of the character at <paramref name="index"/>; lines end with LF, CR or CR LF.</summary>
    public static (int Line, int Column) PositionOf(ReadOnlySpan<char> text, int index)
    {
        int line = 1;
        int start = 0;
        for (int i = 0; i < index; i++)
        {
            if (text[i] == '\n' || (text[i] == '\r' && !(i + 1 < text.Length && text[i + 1] == '\n')))
            {
                line++;
                start = i + 1;
            }
        }

        return (line, index - start + 1);
    }

    /// <summary>Throws when a line of YAML is indented with a tab, which YAML forbids and every editor hides.</summary>
    /// <exception cref="SettingsException">A tab stands before the first other character of a line that holds one.</exception>
    public static void RefuseTabs(string text, Func<int, int, Origin> originAt)
    {
        int number = 0;
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            number++;
            int first = line.IndexOfAnyExcept(' ');
            if (first >= 0 && line[first] == '\t' && !line[first..].IsWhiteSpace())
            {
                throw SettingsException.Of(originAt(number, first + 1), "", "is a tab; indent with spaces");
            }
        }
    }
}
