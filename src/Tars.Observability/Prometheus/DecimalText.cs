using System.Globalization;

namespace Tars.Observability.Prometheus;

/// <summary>Reads sample values as backends write them.</summary>
internal static class DecimalText
{
    private const int ExactDigits = 15; // any 15-digit integer is exact in a double

    private static ReadOnlySpan<double> PowersOfTen =>
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22];

    /// <summary>
    /// Parses a decimal number with optional sign, fraction and exponent, or <c>NaN</c>, <c>Inf</c>, <c>+Inf</c>, <c>-Inf</c>. The result is
    /// the nearest double: up to 15 digits by one exact division (Clinger 1990, doi:10.1145/93542.93557), longer ones by the platform.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out double value)
    {
        int at = text.Length > 0 && text[0] is (byte)'-' or (byte)'+' ? 1 : 0;
        bool negative = at == 1 && text[0] == (byte)'-';
        ulong mantissa = 0;
        int start = at;
        while ((uint)at < (uint)text.Length && (uint)(text[at] - '0') <= 9 && at - start <= ExactDigits)
        {
            mantissa = (mantissa * 10) + (uint)(text[at] - '0');
            at++;
        }

        int digits = at - start;
        int fraction = 0;
        if ((uint)at < (uint)text.Length && text[at] == (byte)'.')
        {
            at++;
            int point = at;
            while ((uint)at < (uint)text.Length && (uint)(text[at] - '0') <= 9 && digits + at - point <= ExactDigits)
            {
                mantissa = (mantissa * 10) + (uint)(text[at] - '0');
                at++;
            }

            fraction = at - point;
            digits += fraction;
        }

        if (at == text.Length && digits is > 0 and <= ExactDigits)
        {
            double magnitude = mantissa / PowersOfTen[fraction];
            value = negative ? -magnitude : magnitude;
            return true;
        }

        return TryParseOther(text, start, negative, out value);
    }

    private static bool TryParseOther(ReadOnlySpan<byte> text, int start, bool negative, out double value)
    {
        ReadOnlySpan<byte> rest = text[start..];
        if (rest.SequenceEqual("NaN"u8) && start == 0)
        {
            value = double.NaN;
            return true;
        }

        if (rest.SequenceEqual("Inf"u8))
        {
            value = negative ? double.NegativeInfinity : double.PositiveInfinity;
            return true;
        }

        value = 0;
        bool startsAsNumber = rest.Length > 0 && (char.IsAsciiDigit((char)rest[0]) || rest[0] == (byte)'.');
        return startsAsNumber && double.TryParse(
            text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out value);
    }
}
