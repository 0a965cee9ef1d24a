namespace Tars.Statistics.Histograms;

/// <summary>
/// Quantile from the cumulative buckets of a classic histogram, with the rules of Prometheus's <c>histogram_quantile</c>.
/// Source: Prometheus documentation, "histogram_quantile()", https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile
/// </summary>
public static class HistogramQuantile
{
    /// <summary>
    /// Estimates a quantile by linear interpolation inside the bucket that holds the rank. The first bucket starts at 0 when its bound is
    /// positive, otherwise its bound is the answer; a rank in the +Infinity bucket answers the highest finite bound; equal bounds are added
    /// up; a count below its predecessor is raised to it.
    /// </summary>
    /// <param name="q">Probability; below 0 gives -Infinity, above 1 +Infinity, NaN gives NaN.</param>
    /// <param name="upperBounds">Upper bounds (<c>le</c>), ascending; the last must be +Infinity.</param>
    /// <param name="cumulativeCounts">Observations at or below each bound: counts or rates, at least 0.</param>
    /// <returns>
    /// The quantile in the unit of the bounds; NaN when nothing was observed, when fewer than two buckets are left, when the +Infinity
    /// bucket is absent, or when a count is missing (NaN), negative or infinite.
    /// </returns>
    /// <exception cref="ArgumentException">The spans differ in length, or the bounds are NaN or not ascending.</exception>
    public static double Of(double q, ReadOnlySpan<double> upperBounds, ReadOnlySpan<double> cumulativeCounts)
    {
        Span<double> bounds = upperBounds.Length <= 64 ? stackalloc double[64] : new double[upperBounds.Length];
        Span<double> counts = upperBounds.Length <= 64 ? stackalloc double[64] : new double[upperBounds.Length];
        int used = CumulativeBuckets.Prepare(upperBounds, cumulativeCounts, bounds, counts);
        if (double.IsNaN(q))
        {
            return double.NaN;
        }

        if (q is < 0 or > 1)
        {
            return q < 0 ? double.NegativeInfinity : double.PositiveInfinity;
        }

        if (used < 2 || counts[used - 1] == 0)
        {
            return double.NaN;
        }

        double rank = q * counts[used - 1];
        int bucket = 0;
        while (bucket < used - 1 && counts[bucket] < rank)
        {
            bucket++;
        }

        if (bucket == used - 1)
        {
            return bounds[used - 2];
        }

        if (bucket == 0 && bounds[0] <= 0)
        {
            return bounds[0];
        }

        double start = bucket == 0 ? 0 : bounds[bucket - 1];
        double below = bucket == 0 ? 0 : counts[bucket - 1];
        return start + ((bounds[bucket] - start) * ((rank - below) / (counts[bucket] - below)));
    }
}
