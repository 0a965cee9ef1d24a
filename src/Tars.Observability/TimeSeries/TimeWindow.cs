namespace Tars.Observability.TimeSeries;

/// <summary>A half-open span of time <c>[From, To)</c>, UTC.</summary>
public readonly record struct TimeWindow
{
    /// <summary>Creates a window.</summary>
    /// <param name="from">First instant inside.</param>
    /// <param name="to">First instant after; later than <paramref name="from"/>.</param>
    /// <exception cref="ArgumentException"><paramref name="to"/> is not later than <paramref name="from"/>.</exception>
    public TimeWindow(DateTimeOffset from, DateTimeOffset to)
    {
        if (to <= from)
        {
            throw new ArgumentException($"a window ends after it begins; got [{from:O}, {to:O})", nameof(to));
        }

        From = from.ToUniversalTime();
        To = to.ToUniversalTime();
    }

    /// <summary>First instant inside, UTC.</summary>
    public DateTimeOffset From { get; }

    /// <summary>First instant after, UTC.</summary>
    public DateTimeOffset To { get; }

    /// <summary>Length, always positive.</summary>
    public TimeSpan Duration => To - From;

    /// <summary>Whether <paramref name="instant"/> lies in <c>[From, To)</c>.</summary>
    public bool Contains(DateTimeOffset instant) => instant >= From && instant < To;

    /// <summary>Whether the two windows share an instant.</summary>
    public bool Overlaps(TimeWindow other) => From < other.To && other.From < To;

    /// <summary>The shared part of two windows, or null when they share nothing.</summary>
    public TimeWindow? Intersect(TimeWindow other)
    {
        DateTimeOffset from = From > other.From ? From : other.From;
        DateTimeOffset to = To < other.To ? To : other.To;
        return from < to ? new TimeWindow(from, to) : null;
    }

    /// <summary>
    /// The calendar days of <paramref name="zone"/> that the window touches, each cut to the window, in order. A day of a
    /// daylight-saving change has 23 or 25 hours.
    /// </summary>
    public IReadOnlyList<CalendarDay> Days(TimeZoneInfo zone)
    {
        ArgumentNullException.ThrowIfNull(zone);
        List<CalendarDay> days = [];
        DateOnly date = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(From, zone).DateTime);
        while (true)
        {
            TimeWindow whole = CalendarDay.WindowOf(date, zone);
            if (whole.From >= To)
            {
                return days;
            }

            if (Intersect(whole) is { } part)
            {
                days.Add(new CalendarDay(date, part, part == whole));
            }

            date = date.AddDays(1);
        }
    }

    /// <summary>ISO 8601 interval, for example <c>2026-01-05T00:00:00Z/2026-01-12T00:00:00Z</c>.</summary>
    public override string ToString() => $"{Instants.Format(From)}/{Instants.Format(To)}";
}
