namespace Tars.Accuracy.IndependentFleet;

/// <summary>When the fleet lives: 14 days at one scrape a minute from a fixed Wednesday, 2025-05-07T00:00Z.</summary>
public static class FleetClock
{
    /// <summary>Minutes in a day.</summary>
    public const int Day = 24 * 60;

    /// <summary>Scrapes per series.</summary>
    public const int Scrapes = 14 * Day;

    /// <summary>The time of scrape 0.</summary>
    public static DateTimeOffset Start { get; } = new(2025, 5, 7, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The time between scrapes.</summary>
    public static TimeSpan Interval { get; } = TimeSpan.FromMinutes(1);

    /// <summary>The time of a scrape.</summary>
    public static DateTimeOffset At(int scrape) => Start + (scrape * Interval);

    /// <summary>Hours since Monday 00:00 UTC, in [0, 168).</summary>
    public static double HourOfWeek(int scrape) => ((scrape / 60.0) + (((int)Start.DayOfWeek - 1) * 24)) % 168;
}
