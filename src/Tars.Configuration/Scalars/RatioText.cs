using System.Globalization;

namespace Tars.Configuration.Scalars;

/// <summary>Shares of a whole: <c>0.999</c> or <c>99.9%</c>, never 99.9.</summary>
public static class RatioText
{
    /// <summary>Reads a ratio.</summary>
    /// <param name="text">A decimal number in [0, 1], or a percentage in [0, 100] that ends in <c>%</c>.</param>
    /// <param name="ratio">The ratio in [0, 1]; 0 when the text is none.</param>
    public static bool TryParse(ReadOnlySpan<char> text, out double ratio)
    {
        ratio = 0;
        bool percent = text.EndsWith('%');

        // Decimal arithmetic keeps 99.9% equal to 0.999 to the last bit.
        if (!NumberText.TryParse(percent ? text[..^1] : text, out _)
            || !decimal.TryParse(percent ? text[..^1] : text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal value))
        {
            return false;
        }

        value = percent ? value / 100 : value;
        if (value is < 0 or > 1)
        {
            return false;
        }

        ratio = (double)value;
        return true;
    }

    /// <summary>Returns what to write instead of <paramref name="text"/>, such as <c>0.999 or 99.9%</c> for <c>99.9</c>.</summary>
    public static string Suggest(string text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal value) && value is > 1 and <= 100
            ? string.Create(CultureInfo.InvariantCulture, $"{value / 100:0.############} or {value:0.############}%")
            : "a number such as 0.999 or a percentage such as 99.9%";
}
