namespace Tars.Statistics.Histograms;

/// <summary>
/// Fraction of observations at or below a threshold, from the cumulative buckets of a classic histogram: the inverse of <see cref="HistogramQuantile"/>.
/// Source: Prometheus documentation, "histogram_fraction()", https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_fraction
/// </summary>
public static class HistogramFraction
{
    /// <summary>
    /// Exact on a bucket bound, linear interpolation between two bounds. The first bucket starts at 0 when its bound is positive.
    /// </summary>
    /// <param name="threshold">In the unit of the bounds; +Infinity gives 1.</param>
    /// <param name="upperBounds">Upper bounds (<c>le</c>), ascending; the last must be +Infinity.</param>
    /// <param name="cumulativeCounts">Observations at or below each bound: counts or rates, at least 0.</param>
    /// <returns>
    /// In [0, 1]; NaN when nothing was observed or a count is missing, and when the buckets do not bound the answer: a threshold above the
    /// highest finite bound while observations lie there, or below a first bound that is not positive while observations lie there.
    /// </returns>
    /// <exception cref="ArgumentException">The spans differ in length, or the bounds are NaN or not ascending.</exception>
    public static double AtOrBelow(double threshold, ReadOnlySpan<double> upperBounds, ReadOnlySpan<double> cumulativeCounts)
    {
        Span<double> bounds = upperBounds.Length <= 64 ? stackalloc double[64] : new double[upperBounds.Length];
        Span<double> counts = upperBounds.Length <= 64 ? stackalloc double[64] : new double[upperBounds.Length];
        int used = CumulativeBuckets.Prepare(upperBounds, cumulativeCounts, bounds, counts);
        if (used == 0 || double.IsNaN(threshold) || counts[used - 1] == 0)
        {
            return double.NaN;
        }

        double total = counts[used - 1];
        int bucket = 0;
        while (bounds[bucket] < threshold)
        {
            bucket++;
        }

        if (bounds[bucket] == threshold)
        {
            return counts[bucket] / total;
        }

        double below = bucket == 0 ? 0 : counts[bucket - 1];
        if (counts[bucket] == below)
        {
            return below / total;
        }

        if (bucket == used - 1)
        {
            return double.NaN;
        }

        if (bucket == 0)
        {
            return bounds[0] <= 0 ? double.NaN : Math.Max(0, threshold) / bounds[0] * counts[0] / total;
        }

        double share = (threshold - bounds[bucket - 1]) / (bounds[bucket] - bounds[bucket - 1]);
        return (below + (share * (counts[bucket] - below))) / total;
    }
}
