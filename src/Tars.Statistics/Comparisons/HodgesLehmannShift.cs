using Tars.Statistics.Distributions;
using Tars.Statistics.Intervals;

namespace Tars.Statistics.Comparisons;

/// <summary>
/// Hodges-Lehmann estimate of the shift between two samples: the median of all differences second - first, with the interval that inverts
/// the Mann-Whitney test. Memory is linear: order statistics of the n m differences are found by bisection over counts.
/// Source: J. L. Hodges and E. L. Lehmann, Annals of Mathematical Statistics 34 (1963) 598-611, doi:10.1214/aoms/1177704172.
/// </summary>
/// <param name="Shift">Median difference second - first; NaN when a sample is empty.</param>
/// <param name="Interval">Distribution-free confidence interval of the shift; both ends NaN when a sample is empty or too small for the level.</param>
public readonly record struct HodgesLehmannShift(double Shift, ConfidenceInterval Interval)
{
    /// <summary>Estimates the shift. NaN is skipped; infinities are not allowed. O((n + m) log) time; the input is not changed.</summary>
    /// <param name="first">First sample; NaN is missing.</param>
    /// <param name="second">Second sample; NaN is missing.</param>
    /// <param name="level">Confidence level in (0, 1).</param>
    /// <exception cref="ArgumentOutOfRangeException">The level is outside (0, 1).</exception>
    /// <exception cref="ArgumentException">A value is infinite.</exception>
    public static HodgesLehmannShift Of(ReadOnlySpan<double> first, ReadOnlySpan<double> second, double level = 0.95)
    {
        ConfidenceInterval.ValidateLevel(level);
        double[] x = MeasuredValues.ToSortedArray(first);
        double[] y = MeasuredValues.ToSortedArray(second);
        if (x.Length == 0 || y.Length == 0)
        {
            return new HodgesLehmannShift(double.NaN, ConfidenceInterval.Unknown(level));
        }

        if (double.IsInfinity(x[0]) || double.IsInfinity(x[^1]) || double.IsInfinity(y[0]) || double.IsInfinity(y[^1]))
        {
            throw new ArgumentException("an infinite value has no shift", nameof(first));
        }

        long pairs = (long)x.Length * y.Length;
        double middle = Difference(x, y, (pairs + 1) / 2);
        double shift = pairs % 2 == 1 ? middle : middle + (0.5 * (Difference(x, y, (pairs / 2) + 1) - middle));
        long cut = Cut(x, y, pairs, level);
        ConfidenceInterval interval = cut < 1
            ? ConfidenceInterval.Unknown(level)
            : new ConfidenceInterval(Difference(x, y, cut), Difference(x, y, pairs + 1 - cut), level);
        return new HodgesLehmannShift(shift, interval);
    }

    // The k-th difference from either end, k = lower critical value of U, bounds the interval.
    private static long Cut(double[] x, double[] y, long pairs, double level)
    {
        double tail = 0.5 * (1 - level);
        PairCounts counts = PairCounts.OfSorted(x, y);
        if (counts.TieSum == 0 && x.Length <= MannWhitneyTest.ExactLimit && y.Length <= MannWhitneyTest.ExactLimit)
        {
            return RankSumDistribution.LowerQuantile(x.Length, y.Length, tail);
        }

        double deviation = Math.Sqrt(pairs / 12.0 * (x.Length + (double)y.Length + 1));
        return (long)Math.Floor((0.5 * pairs) - (NormalDistribution.Quantile(1 - tail) * deviation));
    }

    // Bisection over the ordered bit patterns of doubles: the smallest double that at least k differences do not exceed is itself one of
    // the (rounded) differences, because rounding is monotone; so the result is exact after at most 64 counts.
    private static double Difference(double[] x, double[] y, long k)
    {
        long low = Ordered(y[0] - x[^1]);
        long high = Ordered(y[^1] - x[0]);
        while (low < high)
        {
            long middle = low + (long)(((ulong)high - (ulong)low) / 2);
            if (CountAtMost(x, y, Unordered(middle)) >= k)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return Unordered(low);
    }

    private static long CountAtMost(double[] x, double[] y, double limit)
    {
        // y_j - x_i grows with j and falls with i: for rising i the reach in y only moves right.
        long count = 0;
        int j = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double own = x[i];
            while (j < y.Length && y[j] - own <= limit)
            {
                j++;
            }

            count += j;
        }

        return count;
    }

    private static long Ordered(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value == 0 ? 0.0 : value);
        return bits < 0 ? long.MinValue - bits : bits;
    }

    private static double Unordered(long ordered) =>
        BitConverter.Int64BitsToDouble(ordered < 0 ? long.MinValue - ordered : ordered);
}
