using Tars.Statistics.Distributions;
using Tars.Statistics.Intervals;
using Tars.Statistics.Quantiles;

namespace Tars.Statistics.Trends;

/// <summary>
/// Robust straight line through a regular series: the median of all pairwise slopes, tolerating up to 29 % of wild values.
/// Sources: P. K. Sen, Journal of the American Statistical Association 63 (1968) 1379-1389, doi:10.1080/01621459.1968.10480934;
/// the search by counting and listing follows J. Matoušek, Information Processing Letters 39 (1991) 183-187, doi:10.1016/0020-0190(91)90177-J.
/// </summary>
/// <param name="Slope">Change per step; NaN when fewer than two values were measured.</param>
/// <param name="Intercept">Level at index 0: the median of value - slope * index; NaN when fewer than two values were measured.</param>
/// <param name="SlopeInterval">Sen's distribution-free interval; both ends NaN when there are too few values for the level.</param>
/// <param name="Count">How many values were measured.</param>
public readonly record struct TheilSenTrend(double Slope, double Intercept, ConfidenceInterval SlopeInterval, int Count)
{
    private const int AllPairsLimit = 600;

    /// <summary>Fits the line to values at indices 0, 1, 2 ... NaN is skipped and keeps its index. O(n log n) time per bisection step, linear memory.</summary>
    /// <param name="values">The series, one value per step; NaN is missing; no infinities.</param>
    /// <param name="level">Confidence level in (0, 1).</param>
    /// <param name="varianceInflation">Factor on the variance of Kendall's S for autocorrelation, at least 1; see <see cref="MannKendallTest"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The level or the inflation is outside its range.</exception>
    public static TheilSenTrend Of(ReadOnlySpan<double> values, double level = 0.95, double varianceInflation = 1)
    {
        ConfidenceInterval.ValidateLevel(level);
        ArgumentOutOfRangeException.ThrowIfLessThan(varianceInflation, 1);
        int count = MeasuredValues.Count(values);
        if (count < 2)
        {
            return new TheilSenTrend(double.NaN, double.NaN, ConfidenceInterval.Unknown(level), count);
        }

        double[] x = new double[count];
        double[] y = new double[count];
        for (int i = 0, k = 0; i < values.Length; i++)
        {
            if (!double.IsNaN(values[i]))
            {
                x[k] = i;
                y[k++] = values[i];
            }
        }

        PairwiseSlopes slopes = new(x, y, count <= AllPairsLimit);
        double pairs = slopes.Count;
        double slope = slopes.Median();
        double variance = MannKendallTest.Variance(count, TrendConcordance.Of(y).TieSum) * varianceInflation;
        double reach = NormalDistribution.Quantile(0.5 + (0.5 * level)) * Math.Sqrt(variance);
        long lower = (long)Math.Floor((pairs - reach) / 2);
        long upper = (long)Math.Ceiling((pairs + reach) / 2) + 1;
        ConfidenceInterval interval = lower < 1 || upper > slopes.Count
            ? ConfidenceInterval.Unknown(level)
            : new ConfidenceInterval(slopes.OrderStatistic(lower), slopes.OrderStatistic(upper), level);
        double[] offsets = new double[count];
        for (int i = 0; i < count; i++)
        {
            offsets[i] = y[i] - (slope * x[i]);
        }

        return new TheilSenTrend(slope, Median.InPlace(offsets), interval, count);
    }

    private sealed class PairwiseSlopes
    {
        private readonly double[] _x;
        private readonly double[] _y;
        private readonly double[]? _sorted;
        private readonly double[] _residuals;
        private readonly double[] _scratch;

        internal PairwiseSlopes(double[] x, double[] y, bool materialize)
        {
            (_x, _y) = (x, y);
            Count = (long)x.Length * (x.Length - 1) / 2;
            _residuals = new double[x.Length];
            _scratch = new double[x.Length];
            if (materialize)
            {
                _sorted = new double[Count];
                int k = 0;
                for (int i = 0; i < x.Length; i++)
                {
                    for (int j = i + 1; j < x.Length; j++)
                    {
                        _sorted[k++] = (y[j] - y[i]) / (x[j] - x[i]);
                    }
                }

                Array.Sort(_sorted);
            }
        }

        internal long Count { get; }

        internal double Median() =>
            Count % 2 == 1 ? OrderStatistic((Count + 1) / 2) : 0.5 * (OrderStatistic(Count / 2) + OrderStatistic((Count / 2) + 1));

        // 1-based. Without the sorted pairs: bisection on s, counting the pairs whose slope is below s as the descents of y - s x, until few
        // pairs are left in the bracket; those are listed. Many pairs of one slope (a quantised series) end the bisection by its width.
        internal double OrderStatistic(long k)
        {
            if (_sorted is not null)
            {
                return _sorted[k - 1];
            }

            double reach = 0;
            for (int i = 1; i < _x.Length; i++)
            {
                reach = Math.Max(reach, Math.Abs((_y[i] - _y[i - 1]) / (_x[i] - _x[i - 1])));
            }

            (double low, long below) = (-1.000001 * reach, 0);
            (double high, long through) = (1.000001 * reach, Count);
            for (int step = 0; step < 100 && high - low > 1e-13 * reach && through - below > 2L * _x.Length; step++)
            {
                double share = (k - below - 0.5) / (through - below);
                double middle = low + ((high - low) * (step % 2 == 0 ? 0.5 : Math.Clamp(share, 0.05, 0.95)));
                long count = CountBelow(middle);
                if (count >= k)
                {
                    (high, through) = (middle, count);
                }
                else
                {
                    (low, below) = (middle, count);
                }
            }

            if (through - below <= 2L * _x.Length)
            {
                List<double> listed = ListBetween(low, high);
                if (listed.Count == through - below)
                {
                    return listed[(int)(k - below - 1)];
                }
            }

            // A slope of exactly 0 (flat, quantised series) is an atom the bisection surrounds but may not hit.
            return low <= 0 && high >= 0 ? 0 : 0.5 * (low + high);
        }

        // Pairs that stand in one order at the lower slope and in the other at the upper one: the shifts of an insertion sort between the two.
        private List<double> ListBetween(double low, double high)
        {
            int n = _x.Length;
            int[] order = new int[n];
            for (int i = 0; i < n; i++)
            {
                order[i] = i;
                _scratch[i] = _y[i] - (low * _x[i]);
                _residuals[i] = _y[i] - (high * _x[i]);
            }

            Array.Sort(_scratch, order);
            List<double> slopes = [];
            for (int i = 1; i < n; i++)
            {
                int moving = order[i];
                int at = i;
                for (; at > 0 && _residuals[order[at - 1]] > _residuals[moving]; at--)
                {
                    int passed = order[at - 1];
                    slopes.Add((_y[moving] - _y[passed]) / (_x[moving] - _x[passed]));
                    order[at] = passed;
                }

                order[at] = moving;
            }

            slopes.Sort();
            return slopes;
        }

        private long CountBelow(double slope)
        {
            for (int i = 0; i < _x.Length; i++)
            {
                _residuals[i] = _y[i] - (slope * _x[i]);
            }

            return TrendConcordance.CountDescents(_residuals, _scratch);
        }
    }
}
