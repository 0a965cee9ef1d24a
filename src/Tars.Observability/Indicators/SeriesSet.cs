using Tars.Observability.TimeSeries;

namespace Tars.Observability.Indicators;

/// <summary>
/// Everything that was collected for a window: the input of every analysis, and its only one. Pure data; the same whether it came from
/// a live backend or from a capture.
/// </summary>
/// <param name="Grid">The steps of the analysed window.</param>
/// <param name="Services">The services collected, in configuration order.</param>
/// <param name="Indicators">Their indicators: all regions together first, then each region by name, in configuration order.</param>
/// <param name="Alerts">Firing alerts.</param>
/// <param name="VersionChanges">Deployments seen as a change of version or of a change query, by time.</param>
/// <param name="Queries">Every query sent, with what came back.</param>
/// <param name="Source">What answered, without its address.</param>
/// <param name="IncreasesPushedDown">Whether some increases were computed by the backend because there were too many series.</param>
public sealed record SeriesSet(
    TimeGrid Grid,
    IReadOnlyList<ServiceDefinition> Services,
    IReadOnlyList<IndicatorSeries> Indicators,
    AlertSeries Alerts,
    IReadOnlyList<VersionChange> VersionChanges,
    IReadOnlyList<QueryRecord> Queries,
    SourceDescription Source,
    bool IncreasesPushedDown)
{
    /// <summary>The analysed window.</summary>
    public TimeWindow Window => Grid.Window;

    /// <summary>An indicator, or null when the configuration has none of that name or the region never appeared.</summary>
    public IndicatorSeries? Find(string service, string indicator, string? region = null) =>
        Indicators.FirstOrDefault(series => series.Key == new IndicatorKey(service, indicator, region));

    /// <summary>The regions that appear in the data, sorted; empty when no service is split by region.</summary>
    public IReadOnlyList<string> Regions => [.. Indicators.Select(i => i.Key.Region).OfType<string>().Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The texts of the queries that an indicator rests on.</summary>
    public IReadOnlyList<string> QueriesOf(string service, string indicator) =>
        [.. Queries.Where(query => query.Service == service && query.Indicator == indicator).Select(query => query.Text)];
}

/// <summary>A query and what came back.</summary>
/// <param name="Service">The service it was asked for; empty for queries about all (alerts).</param>
/// <param name="Indicator">The indicator it was asked for, or <c>alerts</c>, <c>deployments</c>.</param>
/// <param name="Text">The PromQL text.</param>
/// <param name="State">Whether it brought anything.</param>
/// <param name="SeriesCount">Series that came.</param>
/// <param name="PointCount">Values that were not missing.</param>
/// <param name="Warnings">Warnings of the backend.</param>
public sealed record QueryRecord(
    string Service, string Indicator, string Text, ReadState State, int SeriesCount, long PointCount, IReadOnlyList<string> Warnings);

/// <summary>Alerts that fired.</summary>
/// <param name="State">Whether the backend has the <c>ALERTS</c> series; empty may mean that none fired or that no rule exists.</param>
/// <param name="Firing">One entry per alert label set, sorted by labels: whether it fired in each step.</param>
public sealed record AlertSeries(ReadState State, IReadOnlyList<FiringAlert> Firing);

/// <summary>One alert.</summary>
/// <param name="Labels">Its labels, <c>alertname</c> and <c>severity</c> among them.</param>
/// <param name="Firing">Whether it fired in each step.</param>
public sealed record FiringAlert(LabelSet Labels, bool[] Firing);

/// <summary>A deployment as the data shows it.</summary>
/// <param name="Service">The service.</param>
/// <param name="Time">Start of the first step with the new version, UTC.</param>
/// <param name="From">The version before, or null when unknown.</param>
/// <param name="To">The version after.</param>
public sealed record VersionChange(string Service, DateTimeOffset Time, string? From, string To);
