using Tars.Observability.Indicators;
using Tars.Observability.Objectives;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Kpis;

/// <summary>The figures of one interval of a longer window.</summary>
/// <param name="Number">1 for the first interval.</param>
/// <param name="Window">The interval.</param>
/// <param name="Overall">All services together.</param>
/// <param name="Services">Each service over all its regions.</param>
/// <param name="Regions">Each region over all services.</param>
/// <param name="Infrastructure">Each piece of infrastructure.</param>
/// <param name="FiringAlerts">Alert episodes that touch the interval.</param>
public sealed record KpiSnapshot(
    int Number,
    TimeWindow Window,
    KpiScope Overall,
    IReadOnlyList<KpiScope> Services,
    IReadOnlyList<KpiScope> Regions,
    IReadOnlyList<KpiScope> Infrastructure,
    IReadOnlyList<AlertEpisode> FiringAlerts);

/// <summary>The same figures interval by interval.</summary>
public static class KpiSnapshots
{
    /// <summary>The snapshots of a window, lazily, in time order; the last interval is shorter when the window is no multiple.</summary>
    /// <param name="set">What was collected.</param>
    /// <param name="settings">Objectives and exceptions.</param>
    /// <param name="window">A window inside the set's.</param>
    /// <param name="interval">Length of an interval, at least one step.</param>
    /// <exception cref="ArgumentException">The window does not lie inside the set's, or the interval is shorter than a step.</exception>
    public static IEnumerable<KpiSnapshot> Of(SeriesSet set, AnalysisSettings settings, TimeWindow window, TimeSpan interval)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(settings);
        if (interval < set.Grid.Step)
        {
            throw new ArgumentException($"an interval has at least one step of {set.Grid.Step}; got {interval}", nameof(interval));
        }

        if (window.From < set.Window.From || window.To > set.Window.To)
        {
            throw new ArgumentException($"the window {window} does not lie inside {set.Window}, which was collected", nameof(window));
        }

        return Snapshots(set, settings, window, interval);
    }

    private static IEnumerable<KpiSnapshot> Snapshots(SeriesSet set, AnalysisSettings settings, TimeWindow window, TimeSpan interval)
    {
        KpiScopes scopes = new(set, settings);
        IReadOnlyList<AlertEpisode> alerts = AlertEpisode.Of(set, window);
        int number = 0;
        for (DateTimeOffset from = window.From; from < window.To; from += interval)
        {
            TimeWindow part = new(from, from + interval < window.To ? from + interval : window.To);
            yield return new KpiSnapshot(
                ++number,
                part,
                scopes.Overall(part),
                scopes.Services(part),
                scopes.RegionsOf(part),
                scopes.Infrastructure(part),
                [.. alerts.Where(alert => alert.Start < part.To && alert.End > part.From)]);
        }
    }
}
