namespace Tars.Observability.TimeSeries;

/// <summary>A calendar day, or the part of one that a window holds.</summary>
/// <param name="Date">The date in the configured time zone.</param>
/// <param name="Window">The instants of that date inside the window.</param>
/// <param name="IsWhole">Whether <paramref name="Window"/> is the whole day.</param>
public readonly record struct CalendarDay(DateOnly Date, TimeWindow Window, bool IsWhole)
{
    /// <summary>The window of a whole calendar day in <paramref name="zone"/>.</summary>
    public static TimeWindow WindowOf(DateOnly date, TimeZoneInfo zone)
    {
        ArgumentNullException.ThrowIfNull(zone);
        return new TimeWindow(StartOf(date, zone), StartOf(date.AddDays(1), zone));
    }

    private static DateTimeOffset StartOf(DateOnly date, TimeZoneInfo zone)
    {
        DateTime midnight = date.ToDateTime(TimeOnly.MinValue, DateTimeKind.Unspecified);
        while (zone.IsInvalidTime(midnight))
        {
            midnight = midnight.AddMinutes(15); // a zone that skips midnight: the day begins when its clocks do
        }

        return new DateTimeOffset(midnight, zone.GetUtcOffset(midnight)).ToUniversalTime();
    }
}
