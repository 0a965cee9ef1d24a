using System.Globalization;

namespace Tars.Observability.Prometheus;

/// <summary>Reads sample values as backends write them.</summary>
internal static class DecimalText
{
    private const int MostDigits = 19; // any 19-digit integer fits 64 bits
    private const ulong LargestExact = 1UL << 53; // integers up to here are exact in a double
    private const ulong HiddenBit = 1UL << 52;

    private static ReadOnlySpan<double> PowersOfTen =>
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19]; // exact up to 1e22

    private static ReadOnlySpan<ulong> WholePowersOfTen =>
    [
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000, 100_000_000_000,
        1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000, 10_000_000_000_000_000,
        100_000_000_000_000_000, 1_000_000_000_000_000_000, 10_000_000_000_000_000_000,
    ];

    /// <summary>
    /// Parses a decimal number with optional sign, fraction and exponent, or <c>NaN</c>, <c>Inf</c>, <c>+Inf</c>, <c>-Inf</c>. The result is
    /// the nearest double: up to 2^53 by one division of exact numbers (Clinger 1990, doi:10.1145/93542.93557), up to 19 digits by a
    /// division that is checked in whole numbers, anything longer by the platform.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out double value)
    {
        int at = text.Length > 0 && text[0] is (byte)'-' or (byte)'+' ? 1 : 0;
        bool negative = at == 1 && text[0] == (byte)'-';
        ulong mantissa = 0;
        int start = at;
        while ((uint)at < (uint)text.Length && (uint)(text[at] - '0') <= 9 && at - start <= MostDigits)
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
            while ((uint)at < (uint)text.Length && (uint)(text[at] - '0') <= 9 && digits + at - point <= MostDigits)
            {
                mantissa = (mantissa * 10) + (uint)(text[at] - '0');
                at++;
            }

            fraction = at - point;
            digits += fraction;
        }

        if (at == text.Length && digits is > 0 and <= MostDigits && TryDivide(mantissa, fraction, out double magnitude))
        {
            value = negative ? -magnitude : magnitude;
            return true;
        }

        return TryParseOther(text, start, negative, out value);
    }

    /// <summary>The double nearest to <c>mantissa / 10^fraction</c>, ties to even; false where this way does not decide it.</summary>
    private static bool TryDivide(ulong mantissa, int fraction, out double quotient)
    {
        quotient = mantissa / PowersOfTen[fraction];
        if (mantissa <= LargestExact)
        {
            return true;
        }

        // Two roundings: off by less than 1.5 units in the last place. With quotient = m 2^e, compare mantissa 2^(1-e) with 2 m 10^fraction
        // in whole numbers: the nearest double is no further away than 10^fraction.
        ulong bits = BitConverter.DoubleToUInt64Bits(quotient);
        ulong m = (bits & (HiddenBit - 1)) | HiddenBit;
        int shift = 1076 - (int)(bits >> 52);
        if (shift is < 1 or > 63 || m == HiddenBit)
        {
            return false; // large whole numbers, small fractions, and powers of two, whose lower neighbour is nearer
        }

        ulong power = WholePowersOfTen[fraction];
        UInt128 exact = (UInt128)mantissa << shift;
        UInt128 doubled = (UInt128)(2 * m) * power;
        bool isLow = exact > doubled;
        UInt128 distance = isLow ? exact - doubled : doubled - exact;
        if (distance > power || (distance == power && (m & 1) == 1))
        {
            quotient = isLow ? double.BitIncrement(quotient) : double.BitDecrement(quotient);
        }

        return distance < (UInt128)3 * power;
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
