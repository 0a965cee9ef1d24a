using Tars.Observability.Indicators;
using Tars.Observability.TimeSeries;
using Tars.Simulation.Fleets;

namespace Tars.Accuracy.Fleets;

/// <summary>Answers the product's queries from a simulated fleet in memory, as a backend that scraped it would. It holds no truth.</summary>
public sealed class FleetSource : ISeriesSource
{
    private readonly SimulatedFleet _fleet;
    private readonly ILookup<string, (LabelSet Labels, double[] Samples)> _series;

    /// <summary>Creates a source over the series of a fleet.</summary>
    public FleetSource(SimulatedFleet fleet)
    {
        ArgumentNullException.ThrowIfNull(fleet);
        _fleet = fleet;
        _series = fleet.Series.ToLookup(series => series.Metric, series => (new LabelSet(series.Labels), series.Samples));
    }

    /// <inheritdoc/>
    public Task<SourceDescription> DescribeAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new SourceDescription("simulated fleet", string.Empty, RangeBoundary.LeftOpen, false));

    /// <inheritdoc/>
    public Task<long?> CountSeriesAsync(string selector, TimeWindow window, CancellationToken cancellationToken) => Task.FromResult<long?>(null);

    /// <inheritdoc/>
    public Task<QueryAnswer> ReadAsync(RangeQuery query, SeriesConsumer consumer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(consumer);
        int open = query.Text.IndexOf('(', StringComparison.Ordinal);
        int range = query.Text.LastIndexOf('[');
        bool average = query.Text.StartsWith("avg_over_time(", StringComparison.Ordinal);
        if (!average && !query.Text.StartsWith("last_over_time(", StringComparison.Ordinal))
        {
            throw new SeriesSourceException(SourceFailure.Query, "only avg_over_time and last_over_time are answered here", query.Text);
        }

        Selector selector = SelectorParser.Parse(query.Text[(open + 1)..range]);
        int count = 0;
        long points = 0;
        double[] values = new double[query.Grid.Count];
        foreach ((LabelSet labels, double[] samples) in _series[selector.Metric].Where(series => selector.Matches(series.Labels)))
        {
            int present = Evaluate(samples, query.Grid, average, values);
            if (present > 0)
            {
                count++;
                points += present;
                consumer(labels, values);
            }
        }

        return Task.FromResult(new QueryAnswer(count, points, []));
    }

    private int Evaluate(double[] samples, TimeGrid grid, bool average, double[] values)
    {
        int present = 0;
        for (int i = 0; i < values.Length; i++)
        {
            // The samples of the step (TimeOf(i), TimeOf(i + 1)].
            int first = (int)Math.Floor((grid.TimeOf(i) - _fleet.Start) / _fleet.Interval) + 1;
            int last = (int)Math.Floor((grid.TimeOf(i + 1) - _fleet.Start) / _fleet.Interval);
            double sum = 0;
            double newest = double.NaN;
            int found = 0;
            for (int k = Math.Max(0, first); k <= Math.Min(samples.Length - 1, last); k++)
            {
                if (!double.IsNaN(samples[k]))
                {
                    (sum, newest, found) = (sum + samples[k], samples[k], found + 1);
                }
            }

            values[i] = found == 0 ? double.NaN : average ? sum / found : newest;
            present += found > 0 ? 1 : 0;
        }

        return present;
    }
}
