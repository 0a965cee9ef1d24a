using System.Globalization;

namespace Tars.Sealing.CanonicalJson;

/// <summary>
/// Numbers as ECMAScript writes them: the shortest digits that read back as the same double, the closest of those, laid out as
/// <c>Number::toString</c> says. Source: ECMA-262 section 6.1.6.1.20, RFC 8785 section 3.2.2.3.
/// </summary>
public static class EcmaScriptNumber
{
    /// <summary>Bytes that any number fits into.</summary>
    public const int MaximumLength = 32;

    /// <summary>Writes a number as ASCII. Minus zero is written <c>0</c>.</summary>
    /// <param name="value">A finite number.</param>
    /// <param name="destination">At least <see cref="MaximumLength"/> bytes.</param>
    /// <returns>How many bytes were written.</returns>
    /// <exception cref="ArgumentException">The value is NaN or infinite, or the destination is too short.</exception>
    public static int Write(double value, Span<byte> destination)
    {
        if (!double.IsFinite(value))
        {
            throw new ArgumentException("JSON has no NaN and no infinity", nameof(value));
        }

        if (destination.Length < MaximumLength)
        {
            throw new ArgumentException($"the destination holds {destination.Length} bytes; {MaximumLength} are needed", nameof(destination));
        }

        if (value == 0)
        {
            destination[0] = (byte)'0';
            return 1;
        }

        int at = 0;
        if (value < 0)
        {
            destination[at++] = (byte)'-';
            value = -value;
        }

        Span<byte> digits = stackalloc byte[MaximumLength];
        (int count, int exponent) = ShortestDigits(value, digits);
        return at + Lay(digits[..count], exponent, destination[at..]);
    }

    // The value is 0.d1d2d3... times ten to the exponent. The platform's "R" gives the shortest digits; only their layout differs.
    private static (int Count, int Exponent) ShortestDigits(double value, Span<byte> digits)
    {
        Span<byte> text = stackalloc byte[MaximumLength];
        value.TryFormat(text, out int length, "R", CultureInfo.InvariantCulture);
        int count = 0;
        int exponent = 0;
        bool pointSeen = false;
        for (int i = 0; i < length; i++)
        {
            byte c = text[i];
            if (c == 'E')
            {
                exponent += int.Parse(text[(i + 1)..length], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
                break;
            }

            if (c == '.')
            {
                pointSeen = true;
            }
            else if (count == 0 && c == '0')
            {
                exponent -= pointSeen ? 1 : 0;
            }
            else
            {
                digits[count++] = c;
                exponent += pointSeen ? 0 : 1;
            }
        }

        while (digits[count - 1] == '0')
        {
            count--;
        }

        return (count, exponent);
    }

    private static int Lay(ReadOnlySpan<byte> digits, int exponent, Span<byte> destination)
    {
        int count = digits.Length;
        if (count <= exponent && exponent <= 21)
        {
            digits.CopyTo(destination);
            destination[count..exponent].Fill((byte)'0');
            return exponent;
        }

        if (exponent is > 0 and <= 21)
        {
            digits[..exponent].CopyTo(destination);
            destination[exponent] = (byte)'.';
            digits[exponent..].CopyTo(destination[(exponent + 1)..]);
            return count + 1;
        }

        if (exponent is > -6 and <= 0)
        {
            "0."u8.CopyTo(destination);
            destination.Slice(2, -exponent).Fill((byte)'0');
            digits.CopyTo(destination[(2 - exponent)..]);
            return 2 - exponent + count;
        }

        int at = 0;
        destination[at++] = digits[0];
        if (count > 1)
        {
            destination[at++] = (byte)'.';
            digits[1..].CopyTo(destination[at..]);
            at += count - 1;
        }

        destination[at++] = (byte)'e';
        int power = exponent - 1;
        destination[at++] = (byte)(power < 0 ? '-' : '+');
        Math.Abs(power).TryFormat(destination[at..], out int written, provider: CultureInfo.InvariantCulture);
        return at + written;
    }
}
