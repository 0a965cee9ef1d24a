namespace Tars.Observability.Indicators;

/// <summary>The increases of merged histogram buckets, step by step.</summary>
/// <param name="UpperBounds">
/// Upper bounds in the unit of the metric, ascending, the last +∞: the bounds that every merged histogram has. Empty when there is no
/// data.
/// </param>
/// <param name="Buckets">Increases of the cumulative count of each bound; same length as <paramref name="UpperBounds"/>.</param>
/// <param name="LayoutsDiffer">Whether bounds were left out because some histogram lacked them.</param>
public sealed record HistogramSteps(double[] UpperBounds, IReadOnlyList<CounterSteps> Buckets, bool LayoutsDiffer)
{
    /// <summary>How much was measured, from the +∞ bucket; null when there is no data.</summary>
    public StepPresence? Presence => Buckets.Count == 0 ? null : Buckets[^1].Presence;

    /// <summary>The number of observations in a range of steps; zero when there is no data.</summary>
    public double Count(Range steps) => Buckets.Count == 0 ? 0 : Buckets[^1].Sum(steps);

    /// <summary>Cumulative counts per bound over a range of steps, in the order of <see cref="UpperBounds"/>.</summary>
    public double[] CumulativeCounts(Range steps) => [.. Buckets.Select(bucket => bucket.Sum(steps))];

    /// <summary>Cumulative counts per bound of one step for its course, see <see cref="CounterSteps.At"/>; NaN when not usable.</summary>
    /// <param name="index">The step.</param>
    /// <param name="counts">Receives one count per bound.</param>
    public void CumulativeCountsAt(int index, Span<double> counts)
    {
        for (int i = 0; i < Buckets.Count; i++)
        {
            counts[i] = Buckets[i].At(index);
        }
    }
}
