using System.Globalization;

namespace Tars.Configuration.Scalars;

/// <summary>Points in time, ISO 8601 extended format with an offset: <c>2026-11-28T01:00Z</c>, <c>2026-11-28T01:00:30+02:00</c>.</summary>
public static class InstantText
{
    private static readonly string[] Formats =
    [
        "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK",
        "yyyy-MM-dd'T'HH:mm:ss.fK", "yyyy-MM-dd'T'HH:mm:ss.ffK", "yyyy-MM-dd'T'HH:mm:ss.fffK",
    ];

    /// <summary>Reads an instant; a date alone, or a time without offset, is refused because it means another instant in every time zone.</summary>
    /// <param name="text">The text.</param>
    /// <param name="instant">The instant, in UTC; the default when the text is none.</param>
    public static bool TryParse(string text, out DateTimeOffset instant)
    {
        instant = default;
        bool hasOffset = text.EndsWith('Z') || (text.Length > 6 && text[^6] is '+' or '-' && text[^3] == ':');
        if (!hasOffset || !DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTimeOffset parsed))
        {
            return false;
        }

        instant = parsed.ToUniversalTime();
        return true;
    }

    /// <summary>Returns <paramref name="instant"/> in UTC, to the second, or to the millisecond where it has some.</summary>
    public static string Format(DateTimeOffset instant)
    {
        DateTimeOffset utc = instant.ToUniversalTime();
        return utc.ToString(utc.Millisecond == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
    }
}
