using Tars.Observability.Indicators;
using Tars.Observability.TimeSeries;

namespace Tars.Application.Collecting;

/// <summary>Series of several backends as one set.</summary>
internal static class MergedSets
{
    /// <summary>Merges sets of one grid; services, indicators and queries in configuration order, an alert that two backends know once.</summary>
    /// <param name="sets">The sets.</param>
    /// <param name="alerting">Those of them for which alerts were asked for; all of them for none.</param>
    /// <param name="services">The services in configuration order.</param>
    public static SeriesSet Of(IReadOnlyList<SeriesSet> sets, IReadOnlyList<SeriesSet> alerting, IReadOnlyList<ServiceDefinition> services)
    {
        if (sets.Count == 1)
        {
            return sets[0];
        }

        string[] order = [.. services.Select(service => service.Name)];
        int PlaceOf(string service) => service.Length == 0 ? order.Length : Array.IndexOf(order, service);
        return new SeriesSet(
            sets[0].Grid,
            services,
            [.. sets.SelectMany(set => set.Indicators).OrderBy(indicator => PlaceOf(indicator.Key.Service))],
            Alerts(alerting.Count > 0 ? alerting : sets),
            [.. sets.SelectMany(set => set.VersionChanges).OrderBy(change => change.Time).ThenBy(change => change.Service, StringComparer.Ordinal)],
            [.. sets.SelectMany(set => set.Queries).OrderBy(query => PlaceOf(query.Service))],
            Description([.. sets.Select(set => set.Source).Distinct()]),
            sets.Any(set => set.IncreasesPushedDown));
    }

    private static AlertSeries Alerts(IReadOnlyList<SeriesSet> sets)
    {
        ReadState[] states = [.. sets.Select(set => set.Alerts.State)];
        FiringAlert[] firing =
        [
            .. sets.SelectMany(set => set.Alerts.Firing).GroupBy(alert => alert.Labels).OrderBy(group => group.Key).Select(group =>
                new FiringAlert(group.Key, [.. Enumerable.Range(0, group.First().Firing.Length).Select(step => group.Any(alert => alert.Firing[step]))])),
        ];
        ReadState state = states.FirstOrDefault(one => one is ReadState.Failed) ?? states.FirstOrDefault(one => one is ReadState.Answered) ?? states[0];
        return new AlertSeries(state, firing);
    }

    private static SourceDescription Description(SourceDescription[] sources) => sources.Length == 1
        ? sources[0]
        : new SourceDescription(
            string.Join(" and ", sources.Select(source => source.Application).Distinct()),
            string.Join(" and ", sources.Select(source => source.Version).Distinct()),
            sources[0].Boundary,
            sources.All(source => source.PushesIncrease));
}
