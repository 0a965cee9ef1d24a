using Tars.Observability.Indicators;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Kpis;

/// <summary>An alert from its start to its end: however often it was seen firing, it counts once.</summary>
/// <param name="Name">Its <c>alertname</c>, or empty.</param>
/// <param name="Severity">Its <c>severity</c>, or empty when it carries none.</param>
/// <param name="Labels">All its labels.</param>
/// <param name="Start">Start of the first step in which it fired, UTC.</param>
/// <param name="End">End of the last one, UTC.</param>
/// <param name="IsFiringAtEnd">Whether it still fired in the last step of the collected data, so that its end is unknown.</param>
/// <param name="BeganBefore">Whether it already fired in the first step of the collected data, so that its start is unknown.</param>
/// <param name="BridgedMinutes">Minutes between start and end in which it was not seen: the backend had no data, or up to five minutes of silence.</param>
/// <param name="BridgesDataGap">Whether part of those minutes is a gap of the backend, so that nobody knows what the alert did.</param>
public sealed record AlertEpisode(
    string Name,
    string Severity,
    LabelSet Labels,
    DateTimeOffset Start,
    DateTimeOffset End,
    bool IsFiringAtEnd,
    bool BeganBefore,
    double BridgedMinutes,
    bool BridgesDataGap)
{
    /// <summary>
    /// Silence of an alert up to this long does not end its episode: five minutes, over which an instant query of Prometheus would
    /// still show it.
    /// </summary>
    public static readonly TimeSpan Bridge = TimeSpan.FromMinutes(5);

    /// <summary>The length in minutes, bridged minutes included.</summary>
    public double Minutes => (End - Start).TotalMinutes;

    /// <summary>
    /// The episodes that touch a window, by start, each with its true start and end in the collected data. An episode that crosses
    /// midnight appears on both days and once in the week.
    /// </summary>
    public static IReadOnlyList<AlertEpisode> Of(SeriesSet set, TimeWindow window)
    {
        ArgumentNullException.ThrowIfNull(set);
        bool[] noData = DataGap.StepsWithoutAnyData(set);
        return
        [
            .. set.Alerts.Firing.SelectMany(alert => EpisodesOf(alert, set.Grid, noData))
                .Where(episode => new TimeWindow(episode.Start, episode.End).Overlaps(window))
                .OrderBy(episode => episode.Start).ThenBy(episode => episode.Labels),
        ];
    }

    private static IEnumerable<AlertEpisode> EpisodesOf(FiringAlert alert, TimeGrid grid, bool[] noData)
    {
        int bridge = (int)(Bridge / grid.Step);
        int start = -1;
        int last = -1;
        int bridged = 0;
        bool overGap = false;
        int silent = 0;
        bool gap = false;
        for (int i = 0; i < grid.Count; i++)
        {
            if (!alert.Firing[i])
            {
                silent += noData[i] ? 0 : 1;
                gap |= noData[i];
                continue;
            }

            if (start >= 0 && silent > bridge)
            {
                yield return Episode(alert, grid, noData, start, last, bridged, overGap);
                start = -1;
            }

            if (start < 0)
            {
                (start, bridged, overGap) = (i, 0, false);
            }
            else if (i > last + 1)
            {
                bridged += i - last - 1;
                overGap |= gap;
            }

            (last, silent, gap) = (i, 0, false);
        }

        if (start >= 0)
        {
            yield return Episode(alert, grid, noData, start, last, bridged, overGap);
        }
    }

    private static AlertEpisode Episode(FiringAlert alert, TimeGrid grid, bool[] noData, int start, int last, int bridged, bool overGap) => new(
        alert.Labels["alertname"] ?? string.Empty,
        alert.Labels["severity"] ?? string.Empty,
        alert.Labels,
        grid.TimeOf(start),
        grid.TimeOf(last + 1),
        noData.AsSpan(last + 1).IndexOf(false) < 0,
        noData.AsSpan(0, start).IndexOf(false) < 0,
        bridged * grid.Step.TotalMinutes,
        overGap);
}
