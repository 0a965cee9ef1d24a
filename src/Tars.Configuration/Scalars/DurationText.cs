using System.Globalization;
using System.Text;

namespace Tars.Configuration.Scalars;

/// <summary>
/// Durations as Prometheus writes them: whole numbers with <c>ms s m h d w</c>, largest unit first, each at most once: <c>30s</c>, <c>1h30m</c>.
/// </summary>
public static class DurationText
{
    private static readonly (string Unit, long Milliseconds)[] Units =
        [("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)];

    /// <summary>Reads a duration of at most 100 years.</summary>
    /// <param name="text">Such as <c>30s</c>, <c>5m</c>, <c>1h30m</c>, <c>7d</c>, <c>500ms</c>.</param>
    /// <param name="duration">The duration, zero or more; zero when the text is none.</param>
    /// <returns>Whether the text is a duration; a bare number is not.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        long total = 0;
        int next = 0;
        while (!text.IsEmpty)
        {
            int digits = text.IndexOfAnyExceptInRange('0', '9');
            if (digits <= 0 || digits > 12)
            {
                return false;
            }

            ReadOnlySpan<char> rest = text[digits..];
            int letters = rest.IndexOfAnyInRange('0', '9');
            ReadOnlySpan<char> unit = letters < 0 ? rest : rest[..letters];
            while (next < Units.Length && !unit.SequenceEqual(Units[next].Unit))
            {
                next++;
            }

            if (next == Units.Length)
            {
                return false;
            }

            decimal sum = total + (decimal.Parse(text[..digits], NumberStyles.None, CultureInfo.InvariantCulture) * Units[next].Milliseconds);
            if (sum > 36525m * 86_400_000)
            {
                return false;
            }

            total = (long)sum;
            next++;
            text = rest[unit.Length..];
        }

        duration = TimeSpan.FromMilliseconds(total);
        return next > 0;
    }

    /// <summary>Returns a text that reads back as <paramref name="duration"/>: <c>1h30m</c>, <c>7d</c>; <c>0s</c> for zero.</summary>
    /// <param name="duration">Zero or more, whole milliseconds (a remainder is dropped).</param>
    public static string Format(TimeSpan duration)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(duration, TimeSpan.Zero);
        long rest = duration.Ticks / TimeSpan.TicksPerMillisecond;
        StringBuilder text = new();
        foreach ((string unit, long milliseconds) in Units)
        {
            long count = rest / milliseconds;

            // People count days, not weeks: 7d, not 1w.
            if (count == 0 || unit == "w")
            {
                continue;
            }

            text.Append(CultureInfo.InvariantCulture, $"{count}{unit}");
            rest -= count * milliseconds;
        }

        return text.Length == 0 ? "0s" : text.ToString();
    }
}
