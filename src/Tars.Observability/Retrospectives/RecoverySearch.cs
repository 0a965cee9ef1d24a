using Tars.Observability.Anomalies;
using Tars.Observability.Indicators;
using Tars.Observability.Kpis;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Retrospectives;

/// <summary>Looks into the steps after a finding for its recovery.</summary>
/// <param name="data">Everything that was computed.</param>
internal sealed class RecoverySearch(RetrospectiveData data)
{
    // Steps looked at after the end: the required ones must lie in the first of these, so that a gap leaves the answer open.
    private const int LookedAt = 3 * Recovery.Recovered.RequiredSteps;

    private readonly Lazy<bool[]> _without = new(() => DataGap.StepsWithoutAnyData(data.Set));

    /// <summary>
    /// The recovery of an anomaly: its end is the last step outside the expected range, so measured steps after it that belong to no
    /// other event of the same figure are within range.
    /// </summary>
    public Recovery Of(AnomalyEvent e)
    {
        if (e.IsOngoing)
        {
            return new Recovery.NotRecovered(data.Set.Window.To);
        }

        bool[] measured = MeasuredSteps(e.Service, e.Metric, e.Regions);
        return After(e.End, step => measured[step], data.Anomalies.Events.Where(other => other.Service == e.Service && other.Metric == e.Metric && !ReferenceEquals(other, e)));
    }

    /// <summary>The recovery of time down: measured steps after it are not down, or it would not have ended.</summary>
    public Recovery Of(Incident incident)
    {
        if (incident.IsOpenAtEnd)
        {
            return new Recovery.NotRecovered(data.Set.Window.To);
        }

        bool[] measured = data.Set.Find(incident.Service, IndicatorNames.Availability, incident.Region) is IndicatorSeries.Ratio ratio
            ? [.. Enumerable.Range(0, ratio.Grid.Count).Select(i => !double.IsNaN(ratio.Total.At(i)))]
            : new bool[data.Set.Grid.Count];
        return After(incident.End, step => measured[step], []);
    }

    /// <summary>The recovery of an alert: it is silent while the backend has data.</summary>
    public Recovery Of(AlertEpisode alert)
    {
        if (alert.IsFiringAtEnd)
        {
            return new Recovery.NotRecovered(data.Set.Window.To);
        }

        return After(alert.End, step => !_without.Value[step], []);
    }

    /// <summary>The recovery of a whole: of its last part to recover; open when any part is.</summary>
    public static Recovery Of(IReadOnlyList<Recovery> parts) =>
        parts.FirstOrDefault(part => part is Recovery.NotRecovered)
        ?? parts.FirstOrDefault(part => part is Recovery.Unknown)
        ?? parts.OfType<Recovery.Recovered>().MaxBy(part => part.At)
        ?? (Recovery)new Recovery.Unknown("nothing tells");

    private Recovery After(DateTimeOffset end, Func<int, bool> isMeasured, IEnumerable<AnomalyEvent> others)
    {
        TimeGrid grid = data.Set.Grid;
        int from = Math.Max(0, (int)Math.Ceiling((end - grid.Start) / grid.Step));
        DateTimeOffset next = others.Where(other => other.Start >= end).Select(other => other.Start).DefaultIfEmpty(grid.End).Min();
        int to = Math.Min(Math.Min(grid.Count, grid.IndexOf(next)), from + LookedAt);
        int within = Enumerable.Range(from, Math.Max(0, to - from)).Count(isMeasured);
        return within >= Recovery.Recovered.RequiredSteps ? new Recovery.Recovered(end, within)
            : from >= grid.Count ? new Recovery.NotRecovered(grid.End)
            : new Recovery.Unknown(FormattableString.Invariant(
                $"only {within} measured steps within the expected range directly after {Instants.Format(end)}; {Recovery.Recovered.RequiredSteps} are needed"));
    }

    private bool[] MeasuredSteps(string service, string metric, IReadOnlyList<string> regions)
    {
        string? region = regions.Count == 0 ? null : regions[0];
        if (service != AnomalyEvent.BackendService && metric != AnomalyEvent.AllMetrics && data.CourseOf(service, metric, region) is { } course)
        {
            return [.. course.Values.Select(value => !double.IsNaN(value))];
        }

        StepPresence[] presences =
        [
            .. data.Set.Indicators.Where(series => service == AnomalyEvent.BackendService || series.Key.Service == service)
                .Select(RetrospectiveData.PresenceOf).OfType<StepPresence>(),
        ];
        return [.. Enumerable.Range(0, data.Set.Grid.Count).Select(i => Array.Exists(presences, presence => presence.Measured[i] > 0))];
    }
}
