using System.Buffers;
using System.Globalization;
using System.Text;
using Tars.Sealing.CanonicalJson;

namespace Tars.Sealing.Signatures;

/// <summary>
/// Writes JSON as the predecessor signed it: Python's <c>json.dumps(value, sort_keys=True, separators=(",", ":"))</c>. Names in code-point
/// order, everything but printable ASCII escaped, integers with all their digits, other numbers as Python's <c>repr</c>.
/// </summary>
internal static class PythonJsonWriter
{
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
                bool first = true;
                foreach (JsonTree.Member member in value.Members.OrderBy(member => member.Name, CodePointOrder.Instance))
                {
                    output.Write(first ? "{"u8 : ","u8);
                    first = false;
                    WriteString(member.Name, output);
                    output.Write(":"u8);
                    Write(member.Value, output);
                }

                output.Write(first ? "{}"u8 : "}"u8);
                break;
            case JsonTree.ArrayValue value:
                output.Write("["u8);
                for (int i = 0; i < value.Items.Count; i++)
                {
                    output.Write(i == 0 ? [] : ","u8);
                    Write(value.Items[i], output);
                }

                output.Write("]"u8);
                break;
            case JsonTree.StringValue value:
                WriteString(value.Value, output);
                break;
            case JsonTree.NumberValue value:
                Encoding.ASCII.GetBytes(NumberText(value), output);
                break;
            case JsonTree.BooleanValue value:
                output.Write(value.Value ? "true"u8 : "false"u8);
                break;
            default:
                output.Write("null"u8);
                break;
        }
    }

    private static void WriteString(string text, ArrayBufferWriter<byte> output)
    {
        output.Write("\""u8);
        foreach (char c in text)
        {
            Encoding.ASCII.GetBytes(
                c switch
                {
                    '"' => "\\\"",
                    '\\' => "\\\\",
                    '\n' => "\\n",
                    '\r' => "\\r",
                    '\t' => "\\t",
                    '\f' => "\\f",
                    '\b' => "\\b",
                    >= ' ' and <= '~' => c.ToString(),
                    _ => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                },
                output);
        }

        output.Write("\""u8);
    }

    // An integer keeps its digits, whatever their number. Python's repr of a float has the shortest digits, at least one decimal, and an
    // exponent of two digits or more below 1e-4 and from 1e16 on.
    private static string NumberText(JsonTree.NumberValue number)
    {
        if (number.Text.AsSpan().IndexOfAny(".eE") < 0)
        {
            return number.Text == "-0" ? "0" : number.Text;
        }

        if (number.Value == 0)
        {
            return double.IsNegative(number.Value) ? "-0.0" : "0.0";
        }

        Span<byte> shortest = stackalloc byte[EcmaScriptNumber.MaximumLength];
        string text = Encoding.ASCII.GetString(shortest[..EcmaScriptNumber.Write(Math.Abs(number.Value), shortest)]);
        string sign = number.Value < 0 ? "-" : string.Empty;
        (string digits, int exponent) = Split(text);
        return sign + (exponent is < -4 or >= 16
            ? $"{digits[0]}{(digits.Length > 1 ? "." + digits[1..] : string.Empty)}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent).ToString("00", CultureInfo.InvariantCulture)}"
            : exponent < 0 ? $"0.{new string('0', -exponent - 1)}{digits}"
            : digits.Length <= exponent + 1 ? $"{digits.PadRight(exponent + 1, '0')}.0"
            : $"{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}");
    }

    // Digits without leading and trailing zeros, and the power of ten of the first one.
    private static (string Digits, int Exponent) Split(string text)
    {
        int e = text.IndexOf('e', StringComparison.Ordinal);
        string mantissa = e < 0 ? text : text[..e];
        int exponent = e < 0 ? 0 : int.Parse(text[(e + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        int point = mantissa.IndexOf('.', StringComparison.Ordinal);
        string all = mantissa.Replace(".", string.Empty, StringComparison.Ordinal);
        string digits = all.TrimStart('0');
        return (digits.TrimEnd('0'), exponent + (point < 0 ? mantissa.Length : point) - 1 - (all.Length - digits.Length));
    }

    private sealed class CodePointOrder : IComparer<string>
    {
        internal static readonly CodePointOrder Instance = new();

        public int Compare(string? x, string? y)
        {
            StringRuneEnumerator left = x!.EnumerateRunes();
            StringRuneEnumerator right = y!.EnumerateRunes();
            while (true)
            {
                bool more = left.MoveNext();
                if (!right.MoveNext())
                {
                    return more ? 1 : 0;
                }

                int order = more ? left.Current.CompareTo(right.Current) : -1;
                if (order != 0)
                {
                    return order;
                }
            }
        }
    }
}
