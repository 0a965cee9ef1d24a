using System.Globalization;

namespace Tars.Configuration.Scalars;

/// <summary>Plain decimal numbers, the same in every culture.</summary>
public static class NumberText
{
    /// <summary>Reads a whole number: digits with an optional minus, no leading zero, no separators.</summary>
    public static bool TryParseInteger(ReadOnlySpan<char> text, out long value)
    {
        value = 0;
        ReadOnlySpan<char> digits = text.StartsWith('-') ? text[1..] : text;
        return digits.Length is > 0 and <= 19
            && (digits.Length == 1 || digits[0] != '0')
            && digits.IndexOfAnyExceptInRange('0', '9') < 0
            && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>Reads a finite number such as <c>0.5</c>, <c>-3</c> or <c>1e6</c>; infinities and NaN are refused.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out double value)
    {
        value = 0;
        return text.Length is > 0 and <= 64
            && text[0] != '+'
            && (char.IsAsciiDigit(text[^1]) && (char.IsAsciiDigit(text[0]) || (text[0] == '-' && text.Length > 1 && char.IsAsciiDigit(text[1]))))
            && double.TryParse(
                text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out value)
            && double.IsFinite(value);
    }
}
