using Tars.Observability.TimeSeries;

namespace Tars.Observability.Captures;

/// <summary>
/// Raw samples by series, read from a file, as a source: it evaluates the per-series queries that T.A.R.S. writes
/// (<c>last_over_time(selector[range])</c>, <c>avg_over_time(selector[range])</c>) as Prometheus 3 does, ranges open at their start.
/// Anything else it refuses. Filled by one thread, then read by any number.
/// </summary>
public sealed class SampleSet : ISeriesSource
{
    /// <summary>The label that holds a metric's name.</summary>
    public const string MetricLabel = "__name__";

    private readonly Dictionary<LabelSet, List<Sample>> _series = [];
    private readonly Dictionary<string, List<(LabelSet Labels, Sample[] Samples)>> _byMetric = new(StringComparer.Ordinal);

    /// <summary>Number of series.</summary>
    public int SeriesCount => _series.Count;

    /// <summary>Number of samples.</summary>
    public long SampleCount => _series.Values.Sum(samples => (long)samples.Count);

    /// <summary>The time of the first and of the last sample, UTC; null without samples.</summary>
    public (DateTimeOffset First, DateTimeOffset Last)? Extent
    {
        get
        {
            if (_series.Count == 0)
            {
                return null;
            }

            long first = _series.Values.Min(samples => samples.Min(sample => sample.Time));
            long last = _series.Values.Max(samples => samples.Max(sample => sample.Time));
            return (DateTimeOffset.FromUnixTimeMilliseconds(first), DateTimeOffset.FromUnixTimeMilliseconds(last));
        }
    }

    /// <summary>Adds a sample; of several of a series at the same instant the last added counts.</summary>
    /// <param name="labels">The series, its metric's name as <c>__name__</c>.</param>
    /// <param name="time">The instant; fractions of a millisecond are cut off.</param>
    /// <param name="value">The value; NaN counts as a sample whose value is not known.</param>
    public void Add(LabelSet labels, DateTimeOffset time, double value)
    {
        ArgumentNullException.ThrowIfNull(labels);
        if (!_series.TryGetValue(labels, out List<Sample>? samples))
        {
            _series.Add(labels, samples = []);
        }

        samples.Add(new Sample(time.ToUnixTimeMilliseconds(), value));
    }

    /// <inheritdoc/>
    public Task<SourceDescription> DescribeAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new SourceDescription("Import", string.Empty, RangeBoundary.LeftOpen, PushesIncrease: false));

    /// <inheritdoc/>
    /// <remarks>Always null: only per-series queries are answered.</remarks>
    public Task<long?> CountSeriesAsync(string selector, TimeWindow window, CancellationToken cancellationToken) => Task.FromResult<long?>(null);

    /// <inheritdoc/>
    public Task<QueryAnswer> ReadAsync(RangeQuery query, SeriesConsumer consumer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(consumer);
        PerSeriesQuery parsed = PerSeriesQuery.Parse(query.Text)
            ?? throw new SeriesSourceException(SourceFailure.Query, $"an import answers last_over_time and avg_over_time of one selector only, not {query.Text}", query.Text);
        Index();
        double[] values = new double[query.Grid.Count];
        int series = 0;
        long points = 0;
        foreach ((LabelSet labels, Sample[] samples) in _byMetric.GetValueOrDefault(parsed.Selector.Metric, []))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (parsed.Selector.Matches(labels))
            {
                Evaluate(parsed, samples, query.Grid, values);
                int present = AnswerFile.CountPresent(values);
                if (present > 0)
                {
                    series++;
                    points += present;
                    consumer(parsed.KeepsName ? labels : labels.Without(MetricLabel), values);
                }
            }
        }

        return Task.FromResult(new QueryAnswer(series, points, []));
    }

    private static void Evaluate(PerSeriesQuery query, Sample[] samples, TimeGrid grid, double[] values)
    {
        int from = 0;
        int to = 0;
        for (int i = 0; i < values.Length; i++)
        {
            long end = grid.TimeOf(i + 1).ToUnixTimeMilliseconds();
            while (to < samples.Length && samples[to].Time <= end)
            {
                to++;
            }

            while (from < to && samples[from].Time <= end - query.RangeMilliseconds)
            {
                from++;
            }

            values[i] = from == to ? double.NaN : query.IsAverage ? Mean(samples.AsSpan(from, to - from)) : samples[to - 1].Value;
        }
    }

    /// <summary>Mean with Neumaier's compensated sum (doi:10.1002/zamm.19740540106).</summary>
    private static double Mean(ReadOnlySpan<Sample> samples)
    {
        double sum = 0;
        double lost = 0;
        foreach (Sample sample in samples)
        {
            double next = sum + sample.Value;
            lost += double.IsInfinity(next) ? 0 : Math.Abs(sum) >= Math.Abs(sample.Value) ? sum - next + sample.Value : sample.Value - next + sum;
            sum = next;
        }

        return (sum + lost) / samples.Length;
    }

    /// <summary>Sorts what was added; later of equal instants win.</summary>
    private void Index()
    {
        lock (_byMetric)
        {
            if (_byMetric.Count > 0)
            {
                return;
            }

            foreach ((LabelSet labels, List<Sample> samples) in _series.OrderBy(entry => entry.Key))
            {
                Sample[] sorted = [.. samples.OrderBy(sample => sample.Time)]; // stable
                Sample[] unique = [.. sorted.Where((sample, i) => i + 1 == sorted.Length || sorted[i + 1].Time != sample.Time)];
                string metric = labels[MetricLabel] ?? string.Empty;
                if (!_byMetric.TryGetValue(metric, out List<(LabelSet, Sample[])>? own))
                {
                    _byMetric.Add(metric, own = []);
                }

                own.Add((labels, unique));
            }
        }
    }

    private readonly record struct Sample(long Time, double Value);
}
