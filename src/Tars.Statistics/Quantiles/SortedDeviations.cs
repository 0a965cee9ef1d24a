namespace Tars.Statistics.Quantiles;

/// <summary>
/// Absolute deviations of a sorted sample from a centre, without writing them out: left of the centre they fall, right of it they rise, so an
/// order statistic is a selection from two sorted lists in O(log n).
/// Source: G. N. Frederickson and D. B. Johnson, Journal of Computer and System Sciences 24 (1982) 197-208, doi:10.1016/0022-0000(82)90048-4.
/// </summary>
public static class SortedDeviations
{
    /// <summary>Median of |value - center|, not scaled.</summary>
    /// <param name="sorted">Ascending, without NaN.</param>
    /// <param name="center">The centre, for example the median.</param>
    /// <returns>At least 0; NaN when empty.</returns>
    public static double Median(ReadOnlySpan<double> sorted, double center)
    {
        if (sorted.IsEmpty)
        {
            return double.NaN;
        }

        int split = 0;
        int high = sorted.Length;
        while (split < high)
        {
            int middle = (split + high) >>> 1;
            if (sorted[middle] < center)
            {
                split = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        int lower = (sorted.Length - 1) / 2;
        double first = OrderStatistic(sorted, center, split, lower);
        return sorted.Length % 2 == 1 ? first : 0.5 * (first + OrderStatistic(sorted, center, split, lower + 1));
    }

    // k-th smallest (0-based) of the lists left[i] = center - sorted[split-1-i] and right[j] = sorted[split+j] - center: the smallest number of
    // left elements i for which left[i] is not below the right element that would be taken in its place.
    private static double OrderStatistic(ReadOnlySpan<double> sorted, double center, int split, int k)
    {
        int rightCount = sorted.Length - split;
        int low = Math.Max(0, k + 1 - rightCount);
        int high = Math.Min(split, k + 1);
        while (low < high)
        {
            int i = (low + high) >>> 1;
            double left = center - sorted[split - 1 - i];
            double right = sorted[split + k - i] - center;
            if (left < right)
            {
                low = i + 1;
            }
            else
            {
                high = i;
            }
        }

        int taken = k + 1 - low;
        double fromLeft = low > 0 ? center - sorted[split - low] : double.NegativeInfinity;
        double fromRight = taken > 0 ? sorted[split + taken - 1] - center : double.NegativeInfinity;
        return Math.Max(fromLeft, fromRight);
    }
}
