using Tars.Observability.Indicators;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Kpis;

/// <summary>A span without data.</summary>
/// <param name="Start">Start of the first step without data, UTC.</param>
/// <param name="End">End of the last one, UTC.</param>
/// <param name="Service">The service, or null when nothing at all was measured: then the backend or its scraping was away.</param>
public sealed record DataGap(DateTimeOffset Start, DateTimeOffset End, string? Service)
{
    /// <summary>Its length in minutes.</summary>
    public double Minutes => (End - Start).TotalMinutes;

    /// <summary>
    /// For each step of the grid, whether nothing at all was measured in it, by no indicator of any service. All false when no indicator
    /// has any data.
    /// </summary>
    public static bool[] StepsWithoutAnyData(SeriesSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        bool[] without = new bool[set.Grid.Count];
        StepPresence[] presences = [.. set.Indicators.Where(series => series.Key.Region is null).Select(PresenceOf).OfType<StepPresence>()];
        if (presences.Any(presence => presence.Measured.AsSpan().ContainsAnyExcept(0)))
        {
            for (int i = 0; i < without.Length; i++)
            {
                without[i] = presences.All(presence => presence.Measured[i] == 0);
            }
        }

        return without;
    }

    /// <summary>
    /// The spans of a window in which nothing at all was measured, and per service those in which none of its indicators was (beyond
    /// the former), by start.
    /// </summary>
    public static IReadOnlyList<DataGap> Of(SeriesSet set, TimeWindow window)
    {
        ArgumentNullException.ThrowIfNull(set);
        bool[] all = StepsWithoutAnyData(set);
        List<DataGap> gaps = [.. Spans(set.Grid, window, step => all[step], null)];
        foreach (ServiceDefinition service in set.Services)
        {
            StepPresence[] presences =
                [.. set.Indicators.Where(series => series.Key.Region is null && series.Key.Service == service.Name).Select(PresenceOf).OfType<StepPresence>()];
            gaps.AddRange(Spans(set.Grid, window, step => !all[step] && presences.All(presence => presence.Measured[step] == 0), service.Name));
        }

        return [.. gaps.OrderBy(gap => gap.Start).ThenBy(gap => gap.Service, StringComparer.Ordinal)];
    }

    private static IEnumerable<DataGap> Spans(TimeGrid grid, TimeWindow window, Func<int, bool> without, string? service)
    {
        (int from, int length) = grid.RangeOf(window).GetOffsetAndLength(grid.Count);
        int start = -1;
        for (int i = from; i <= from + length; i++)
        {
            bool gap = i < from + length && without(i);
            if (gap && start < 0)
            {
                start = i;
            }
            else if (!gap && start >= 0)
            {
                yield return new DataGap(grid.TimeOf(start), grid.TimeOf(i), service);
                start = -1;
            }
        }
    }

    private static StepPresence? PresenceOf(IndicatorSeries series) => series switch
    {
        IndicatorSeries.Ratio ratio => ratio.Total.Presence,
        IndicatorSeries.Latency latency => latency.Histogram.Presence,
        IndicatorSeries.Gauge gauge => gauge.Values.Presence,
        IndicatorSeries.Rate rate => rate.Counter.Presence,
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
