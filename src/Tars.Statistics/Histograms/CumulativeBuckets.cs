namespace Tars.Statistics.Histograms;

/// <summary>Preparation of classic histogram buckets as Prometheus does it before any quantile.</summary>
internal static class CumulativeBuckets
{
    // Relative difference below which Prometheus takes two neighbouring counts for equal (promql/quantile.go, smallDeltaTolerance).
    private const double SmallDeltaTolerance = 1e-12;
    private const double SmallestNormal = 2.2250738585072014e-308;

    /// <summary>
    /// Copies buckets, adds up equal bounds and removes decreases. Returns how many buckets are left, or 0 when they cannot answer:
    /// no bucket, a missing (NaN) or negative count, or a last bound that is not +Infinity.
    /// </summary>
    /// <exception cref="ArgumentException">The spans differ in length, or the bounds are NaN or not ascending.</exception>
    internal static int Prepare(
        ReadOnlySpan<double> upperBounds, ReadOnlySpan<double> cumulativeCounts, Span<double> bounds, Span<double> counts)
    {
        if (upperBounds.Length != cumulativeCounts.Length)
        {
            throw new ArgumentException("bounds and counts differ in length", nameof(cumulativeCounts));
        }

        int used = 0;
        for (int i = 0; i < upperBounds.Length; i++)
        {
            if (double.IsNaN(upperBounds[i]) || (i > 0 && upperBounds[i] < upperBounds[i - 1]))
            {
                throw new ArgumentException($"upper bound {i} is {upperBounds[i]}; ascending bounds are expected", nameof(upperBounds));
            }

            if (!(cumulativeCounts[i] >= 0) || double.IsInfinity(cumulativeCounts[i]))
            {
                return 0;
            }

            if (used > 0 && bounds[used - 1] == upperBounds[i])
            {
                counts[used - 1] += cumulativeCounts[i];
                continue;
            }

            bounds[used] = upperBounds[i];
            counts[used++] = cumulativeCounts[i];
        }

        if (used == 0 || !double.IsPositiveInfinity(bounds[used - 1]))
        {
            return 0;
        }

        double previous = counts[0];
        for (int i = 1; i < used; i++)
        {
            if (counts[i] < previous || AlmostEqual(previous, counts[i]))
            {
                counts[i] = previous;
            }
            else
            {
                previous = counts[i];
            }
        }

        return used;
    }

    private static bool AlmostEqual(double a, double b)
    {
        double difference = Math.Abs(a - b);
        double sum = Math.Abs(a) + Math.Abs(b);
        return difference == 0 || (a == 0 || b == 0 || sum < SmallestNormal
            ? difference < SmallDeltaTolerance * SmallestNormal
            : difference / Math.Min(sum, double.MaxValue) < SmallDeltaTolerance);
    }
}
