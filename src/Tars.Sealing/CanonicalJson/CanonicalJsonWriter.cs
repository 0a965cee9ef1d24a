using System.Buffers;
using System.Text;

namespace Tars.Sealing.CanonicalJson;

/// <summary>Writes a JSON value in its one canonical form. Source: RFC 8785.</summary>
internal static class CanonicalJsonWriter
{
    private static ReadOnlySpan<byte> Hexadecimal => "0123456789abcdef"u8;

    internal static byte[] Write(JsonTree tree)
    {
        ArrayBufferWriter<byte> output = new();
        Write(tree, output);
        return output.WrittenSpan.ToArray();
    }

    private static void Write(JsonTree tree, ArrayBufferWriter<byte> output)
    {
        switch (tree)
        {
            case JsonTree.ObjectValue value:
                WriteObject(value, output);
                break;
            case JsonTree.ArrayValue value:
                WriteArray(value, output);
                break;
            case JsonTree.StringValue value:
                WriteString(value.Value, output);
                break;
            case JsonTree.NumberValue value:
                output.Advance(EcmaScriptNumber.Write(value.Value, output.GetSpan(EcmaScriptNumber.MaximumLength)));
                break;
            case JsonTree.BooleanValue value:
                output.Write(value.Value ? "true"u8 : "false"u8);
                break;
            default:
                output.Write("null"u8);
                break;
        }
    }

    // Names are ordered by UTF-16 code units, which is what the ordinal comparison of strings does (section 3.2.3).
    private static void WriteObject(JsonTree.ObjectValue value, ArrayBufferWriter<byte> output)
    {
        output.Write("{"u8);
        bool first = true;
        foreach (JsonTree.Member member in value.Members.OrderBy(member => member.Name, StringComparer.Ordinal))
        {
            output.Write(first ? [] : ","u8);
            first = false;
            WriteString(member.Name, output);
            output.Write(":"u8);
            Write(member.Value, output);
        }

        output.Write("}"u8);
    }

    private static void WriteArray(JsonTree.ArrayValue value, ArrayBufferWriter<byte> output)
    {
        output.Write("["u8);
        for (int i = 0; i < value.Items.Count; i++)
        {
            output.Write(i == 0 ? [] : ","u8);
            Write(value.Items[i], output);
        }

        output.Write("]"u8);
    }

    private static void WriteString(string text, ArrayBufferWriter<byte> output)
    {
        output.Write("\""u8);
        ReadOnlySpan<char> rest = text;
        while (!rest.IsEmpty)
        {
            int plain = rest.IndexOfAny(Escaped);
            plain = plain < 0 ? rest.Length : plain;
            Encoding.UTF8.GetBytes(rest[..plain], output);
            if (plain < rest.Length)
            {
                WriteEscape(rest[plain], output);
                plain++;
            }

            rest = rest[plain..];
        }

        output.Write("\""u8);
    }

    private static readonly SearchValues<char> Escaped = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(code => (char)code), '"', '\\']);

    private static void WriteEscape(char c, ArrayBufferWriter<byte> output)
    {
        switch (c)
        {
            case '"': output.Write("\\\""u8); break;
            case '\\': output.Write("\\\\"u8); break;
            case '\b': output.Write("\\b"u8); break;
            case '\t': output.Write("\\t"u8); break;
            case '\n': output.Write("\\n"u8); break;
            case '\f': output.Write("\\f"u8); break;
            case '\r': output.Write("\\r"u8); break;
            default: output.Write([(byte)'\\', (byte)'u', (byte)'0', (byte)'0', Hexadecimal[c >> 4], Hexadecimal[c & 15]]); break;
        }
    }
}
