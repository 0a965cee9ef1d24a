using System.Globalization;
using System.Text.RegularExpressions;
using Tars.Observability.Indicators;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Tests.Indicators;

/// <summary>
/// Raw samples that answer the three range functions T.A.R.S. asks for, one instant and one series at a time, straight from their
/// definitions: slow, and independent of the folds they are compared with.
/// </summary>
internal sealed class RawSamples(RangeBoundary boundary = RangeBoundary.LeftOpen) : ISeriesSource
{
    private readonly List<(string Metric, LabelSet Labels, List<(DateTimeOffset Time, double Value)> Samples)> _series = [];

    /// <summary>All series.</summary>
    public IReadOnlyList<(string Metric, LabelSet Labels, List<(DateTimeOffset Time, double Value)> Samples)> Series => _series;

    /// <summary>Metrics whose queries are refused.</summary>
    public HashSet<string> Refused { get; } = [];

    /// <summary>What the source says about the number of series; null lets the caller read each by itself.</summary>
    public long? SeriesCount { get; init; }

    /// <summary>Adds a series on a regular grid; NaN is no sample.</summary>
    public RawSamples Add(string metric, string labels, DateTimeOffset start, TimeSpan interval, IReadOnlyList<double> values)
    {
        for (int i = 0; i < values.Count; i++)
        {
            Add(metric, labels, start + (i * interval), values[i]);
        }

        return this;
    }

    /// <summary>Adds a sample; NaN is none.</summary>
    public void Add(string metric, string labels, DateTimeOffset time, double value)
    {
        LabelSet set = Labels(labels);
        int index = _series.FindIndex(series => series.Metric == metric && series.Labels.Equals(set));
        if (index < 0)
        {
            index = _series.Count;
            _series.Add((metric, set, []));
        }

        if (!double.IsNaN(value))
        {
            _series[index].Samples.Add((time, value));
        }
    }

    public Task<SourceDescription> DescribeAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new SourceDescription("raw samples", "1", boundary, false));

    public Task<long?> CountSeriesAsync(string selector, TimeWindow window, CancellationToken cancellationToken) => Task.FromResult(SeriesCount);

    public Task<QueryAnswer> ReadAsync(RangeQuery query, SeriesConsumer consumer, CancellationToken cancellationToken)
    {
        Match match = Regex.Match(query.Text, @"^(last_over_time|avg_over_time)\((.*)\[(\d+)(ms|s|m|h|d)\]\)$");
        Assert.True(match.Success, query.Text);
        Selector selector = SelectorParser.Parse(match.Groups[2].Value);
        if (Refused.Contains(selector.Metric))
        {
            throw new SeriesSourceException(SourceFailure.Query, $"{selector.Metric}: refused", query.Text);
        }

        TimeSpan range = int.Parse(match.Groups[3].Value, CultureInfo.InvariantCulture) * Unit(match.Groups[4].Value);
        int count = 0;
        long points = 0;
        foreach ((string metric, LabelSet labels, List<(DateTimeOffset Time, double Value)> samples) in _series)
        {
            if (metric != selector.Metric || !selector.Matches(labels))
            {
                continue;
            }

            double[] values = new double[query.Grid.Count];
            for (int i = 0; i < values.Length; i++)
            {
                DateTimeOffset end = query.Grid.TimeOf(i + 1);
                double[] inside = [.. samples.Where(sample => sample.Time > end - range - (boundary == RangeBoundary.Closed ? TimeSpan.FromTicks(1) : TimeSpan.Zero) && sample.Time <= end).Select(sample => sample.Value)];
                values[i] = inside.Length == 0 ? double.NaN : match.Groups[1].Value == "last_over_time" ? inside[^1] : inside.Average();
            }

            if (values.Any(value => !double.IsNaN(value)))
            {
                count++;
                points += values.Count(value => !double.IsNaN(value));
                consumer(labels, values);
            }
        }

        return Task.FromResult(new QueryAnswer(count, points, []));
    }

    /// <summary>Collects services from these samples.</summary>
    public Task<SeriesSet> CollectAsync(TimeWindow window, TimeSpan step, TimeSpan? bridge, bool alerts, params ServiceDefinition[] services)
    {
        CollectionRequest request = new(services, null, alerts, 1000, bridge ?? TimeSpan.FromMinutes(5));
        return new SeriesCollector(this, 1).CollectAsync(QueryPlan.Of(request, TimeGrid.Of(window, step)), null, TestContext.Current.CancellationToken);
    }

    private static TimeSpan Unit(string unit) => unit switch
    {
        "ms" => TimeSpan.FromMilliseconds(1),
        "s" => TimeSpan.FromSeconds(1),
        "m" => TimeSpan.FromMinutes(1),
        "h" => TimeSpan.FromHours(1),
        _ => TimeSpan.FromDays(1),
    };

    private static LabelSet Labels(string labels) =>
        new(SelectorParser.Parse($"x{{{labels}}}").Matchers.Select(matcher => new KeyValuePair<string, string>(matcher.Label, matcher.Value)));
}
