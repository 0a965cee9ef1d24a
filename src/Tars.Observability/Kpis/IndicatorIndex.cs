using System.Collections.Concurrent;
using Tars.Observability.Indicators;

namespace Tars.Observability.Kpis;

/// <summary>Finds indicators, their courses and their queries in a set without searching it each time. Safe to use at once from several threads.</summary>
internal sealed class IndicatorIndex
{
    private readonly Dictionary<IndicatorKey, IndicatorSeries> _series;
    private readonly ILookup<(string Service, string Indicator), string> _queries;
    private readonly ConcurrentDictionary<IndicatorKey, MetricSeries> _courses = [];

    /// <summary>Indexes a set.</summary>
    public IndicatorIndex(SeriesSet set)
    {
        Set = set;
        _series = set.Indicators.ToDictionary(series => series.Key);
        _queries = set.Queries.ToLookup(query => (query.Service, query.Indicator), query => query.Text);
    }

    /// <summary>The set.</summary>
    public SeriesSet Set { get; }

    /// <summary>An indicator, or null.</summary>
    public IndicatorSeries? Find(string service, string indicator, string? region) => _series.GetValueOrDefault(new IndicatorKey(service, indicator, region));

    /// <summary>The queries behind an indicator.</summary>
    public IReadOnlyList<string> QueriesOf(string service, string indicator) => [.. _queries[(service, indicator)]];

    /// <summary>The first course of an indicator: of a gauge, rate or ratio other than availability the only one.</summary>
    public MetricSeries CourseOf(IndicatorSeries series)
    {
        ArgumentNullException.ThrowIfNull(series);
        return _courses.GetOrAdd(series.Key, static (_, from) => MetricSeriesOf.Indicator(from)[0], series);
    }
}
