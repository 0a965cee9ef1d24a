using Tars.Observability.TimeSeries;

namespace Tars.Observability.Tests.Captures;

/// <summary>A source whose answers a test lays down; it counts what it is asked.</summary>
internal sealed class MemorySource(SourceDescription description) : ISeriesSource
{
    private readonly Dictionary<string, (IReadOnlyList<(LabelSet Labels, double[] Values)> Series, string[] Warnings, string? Failure)> _answers = [];

    public List<string> Asked { get; } = [];

    /// <summary>When set, called after each series with its index.</summary>
    public Action<int>? AfterSeries { get; set; }

    public MemorySource With(string text, IReadOnlyList<(LabelSet Labels, double[] Values)> series, params string[] warnings)
    {
        _answers[text] = (series, warnings, null);
        return this;
    }

    public MemorySource WithFailure(string text, string failure)
    {
        _answers[text] = ([], [], failure);
        return this;
    }

    public Task<SourceDescription> DescribeAsync(CancellationToken cancellationToken) => Task.FromResult(description);

    public Task<long?> CountSeriesAsync(string selector, TimeWindow window, CancellationToken cancellationToken) => Task.FromResult<long?>(1);

    public Task<QueryAnswer> ReadAsync(RangeQuery query, SeriesConsumer consumer, CancellationToken cancellationToken)
    {
        Asked.Add(query.Text);
        (IReadOnlyList<(LabelSet Labels, double[] Values)> series, string[] warnings, string? failure) = _answers[query.Text];
        if (failure is not null)
        {
            throw new SeriesSourceException(SourceFailure.Query, failure, query.Text);
        }

        for (int i = 0; i < series.Count; i++)
        {
            consumer(series[i].Labels, series[i].Values);
            AfterSeries?.Invoke(i);
        }

        return Task.FromResult(new QueryAnswer(series.Count, series.Sum(s => s.Values.Count(value => !double.IsNaN(value))), warnings));
    }
}
