using Tars.Observability.Anomalies;
using Tars.Observability.Regressions;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Retrospectives;

/// <summary>Which anomalies a comparison should leave out: those that came and went. A new level or a drift may be the very change looked for.</summary>
public static class KnownDisturbances
{
    /// <summary>Events longer than this are no disturbance: a quarter of the longest side of a comparison.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(6);

    /// <summary>Harmful spikes, drops and missing data that ended within <see cref="Longest"/>.</summary>
    /// <param name="anomalies">Anomalies of any window.</param>
    public static IReadOnlyList<Disturbance> Of(AnomalyReport anomalies)
    {
        ArgumentNullException.ThrowIfNull(anomalies);
        return
        [
            .. anomalies.Events
                .Where(e => e is { IsHarmful: true, IsOngoing: false, Kind: AnomalyKind.Spike or AnomalyKind.Drop or AnomalyKind.MissingData } && e.End - e.Start <= Longest)
                .Select(e => new Disturbance(
                    e.Service == AnomalyEvent.BackendService ? null : e.Service, e.Window, $"anomaly: {Wording.Of(e.Kind)} of {e.Metric} from {Instants.Format(e.Start)}")),
        ];
    }
}
