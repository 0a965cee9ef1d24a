using System.Globalization;

namespace Tars.Configuration.Scalars;

/// <summary>Sizes with their unit: <c>64MiB</c> (IEC 80000-13 binary) or <c>64MB</c> (decimal); <c>B</c> for bytes.</summary>
public static class ByteSizeText
{
    private static readonly (string Unit, long Bytes)[] Units =
    [
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40),
        ("kB", 1000), ("KB", 1000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000), ("B", 1),
    ];

    /// <summary>Reads a size.</summary>
    /// <param name="text">A whole number of at most 15 digits and a unit, no space between.</param>
    /// <param name="bytes">The size in bytes, zero or more; 0 when the text is none.</param>
    public static bool TryParse(ReadOnlySpan<char> text, out long bytes)
    {
        bytes = 0;
        foreach ((string unit, long factor) in Units)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal))
            {
                ReadOnlySpan<char> digits = text[..^unit.Length];
                if (digits.Length is > 0 and <= 15 && NumberText.TryParseInteger(digits, out long count) && count >= 0
                    && count <= long.MaxValue / factor)
                {
                    bytes = count * factor;
                    return true;
                }

                return false;
            }
        }

        return false;
    }

    /// <summary>Returns the shortest exact text: the largest binary unit that divides <paramref name="bytes"/>, else bytes.</summary>
    public static string Format(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        for (int i = 3; i >= 0; i--)
        {
            if (bytes > 0 && bytes % Units[i].Bytes == 0)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{bytes / Units[i].Bytes}{Units[i].Unit}");
            }
        }

        return string.Create(CultureInfo.InvariantCulture, $"{bytes}B");
    }
}
