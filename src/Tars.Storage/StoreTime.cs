using System.Globalization;

namespace Tars.Storage;

/// <summary>Instants as the store keeps them: whole microseconds since 1970-01-01T00:00:00Z; in exports as text with six decimals.</summary>
internal static class StoreTime
{
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

    /// <summary>Microseconds; what is finer is cut off.</summary>
    public static long Of(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    /// <inheritdoc cref="Of(DateTimeOffset)"/>
    public static long? Of(DateTimeOffset? time) => time is { } value ? Of(value) : null;

    /// <summary>The instant, UTC.</summary>
    public static DateTimeOffset At(long microseconds) => DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);

    /// <inheritdoc cref="At(long)"/>
    public static DateTimeOffset? At(long? microseconds) => microseconds is { } value ? At(value) : null;

    /// <summary>The instant as exports write it, for example <c>2026-01-31T00:00:00.000000Z</c>.</summary>
    public static string Text(long microseconds) => At(microseconds).ToString(Format, CultureInfo.InvariantCulture);

    /// <summary>Reads what <see cref="Text(long)"/> writes; null for anything else.</summary>
    public static long? Parse(string text) =>
        DateTimeOffset.TryParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? Of(time) : null;

    /// <summary>The calendar day, <c>yyyy-MM-dd</c>.</summary>
    public static string Text(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>Reads a calendar day.</summary>
    public static DateOnly Day(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
