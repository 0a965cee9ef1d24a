using Tars.Observability.Indicators;
using Tars.Observability.Objectives;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Regressions;

/// <summary>What is not compared: announced maintenance, known disturbances, and time in which nothing of a service was measured.</summary>
/// <param name="set">What was collected.</param>
/// <param name="maintenance">Announced maintenance.</param>
/// <param name="disturbances">Known disturbances.</param>
internal sealed class LeftOut(SeriesSet set, IReadOnlyList<MaintenanceWindow> maintenance, IReadOnlyList<Disturbance> disturbances)
{
    private readonly Dictionary<string, (bool[] Steps, IReadOnlyList<ExcludedTime> Spans)> _services = new(StringComparer.Ordinal);

    /// <summary>For each step whether it is left out for a service. Missing data need no leaving out and are not marked.</summary>
    public bool[] StepsOf(string service) => Of(service).Steps;

    /// <summary>What is left out of two windows, cut to them, by start.</summary>
    public IEnumerable<ExcludedTime> In(string service, TimeWindow before, TimeWindow after) => Of(service).Spans
        .SelectMany(span => new[] { span.Window.Intersect(before), span.Window.Intersect(after) }
            .Where(part => part is not null).Select(part => span with { Window = part!.Value }))
        .Distinct()
        .OrderBy(span => span.Window.From);

    private (bool[] Steps, IReadOnlyList<ExcludedTime> Spans) Of(string service)
    {
        if (_services.TryGetValue(service, out (bool[] Steps, IReadOnlyList<ExcludedTime> Spans) known))
        {
            return known;
        }

        Disturbance[] concerned = [.. disturbances.Where(disturbance => disturbance.Service is null || disturbance.Service == service)];
        MaintenanceWindow[] spans = [.. maintenance, .. concerned.Select(disturbance => new MaintenanceWindow(disturbance.Window, [], disturbance.Reason))];
        bool[] steps = MaintenanceWindow.StepsOf(spans, service, set.Grid);
        ExcludedTime[] named =
        [
            .. maintenance.Where(window => window.Concerns(service)).Select(window => new ExcludedTime(service, window.Window, "maintenance: " + window.Reason)),
            .. concerned.Select(disturbance => new ExcludedTime(service, disturbance.Window, disturbance.Reason)),
            .. Gaps(service).Select(gap => new ExcludedTime(service, gap, "nothing was measured")),
        ];
        _services.Add(service, (steps, named));
        return (steps, named);
    }

    private IEnumerable<TimeWindow> Gaps(string service)
    {
        StepPresence[] presences =
        [
            .. set.Indicators.Where(series => series.Key.Service == service && series.Key.Region is null && series.State is ReadState.Answered)
                .Select(PresenceOf).OfType<StepPresence>(),
        ];
        int start = -1;
        for (int i = 0; presences.Length > 0 && i <= set.Grid.Count; i++)
        {
            bool missing = i < set.Grid.Count && Array.TrueForAll(presences, presence => presence.Measured[i] == 0);
            if (missing && start < 0)
            {
                start = i;
            }
            else if (!missing && start >= 0)
            {
                yield return new TimeWindow(set.Grid.TimeOf(start), set.Grid.TimeOf(i));
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
