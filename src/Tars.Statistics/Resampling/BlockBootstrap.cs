using Tars.Statistics.Intervals;
using Tars.Statistics.Quantiles;

namespace Tars.Statistics.Resampling;

/// <summary>A statistic of a series.</summary>
/// <param name="values">The series, in time order; NaN is missing.</param>
/// <returns>The statistic; NaN when it is not defined for these values.</returns>
public delegate double SeriesStatistic(ReadOnlySpan<double> values);

/// <summary>
/// Percentile confidence intervals that respect autocorrelation, by resampling blocks of the circular series.
/// Sources: H. R. Künsch, Annals of Statistics 17 (1989) 1217-1241, doi:10.1214/aos/1176347265 (moving blocks);
/// D. N. Politis and J. P. Romano, Journal of the American Statistical Association 89 (1994) 1303-1313, doi:10.1080/01621459.1994.10476870 (stationary).
/// </summary>
public static class BlockBootstrap
{
    /// <summary>Interval from blocks of fixed length. NaN is resampled with its neighbours; the statistic decides what it means.</summary>
    /// <param name="values">The series in time order.</param>
    /// <param name="statistic">The statistic.</param>
    /// <param name="blockLength">In [1, length].</param>
    /// <param name="seed">Seed of the generator; the same seed gives the same interval.</param>
    /// <param name="resamples">Positive.</param>
    /// <param name="level">Confidence level in (0, 1).</param>
    /// <returns>The percentile interval over the resamples whose statistic is defined; both ends NaN when none is or the series is empty.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static ConfidenceInterval Moving(
        ReadOnlySpan<double> values, SeriesStatistic statistic, int blockLength, ulong seed, int resamples = 1000, double level = 0.95) =>
        Resample(values, statistic, blockLength, seed, resamples, level, stationary: false);

    /// <summary>Interval from blocks of geometric length with the given mean.</summary>
    /// <param name="values">The series in time order.</param>
    /// <param name="statistic">The statistic.</param>
    /// <param name="meanBlockLength">In [1, length].</param>
    /// <param name="seed">Seed of the generator; the same seed gives the same interval.</param>
    /// <param name="resamples">Positive.</param>
    /// <param name="level">Confidence level in (0, 1).</param>
    /// <returns>The percentile interval over the resamples whose statistic is defined; both ends NaN when none is or the series is empty.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static ConfidenceInterval Stationary(
        ReadOnlySpan<double> values, SeriesStatistic statistic, int meanBlockLength, ulong seed, int resamples = 1000, double level = 0.95) =>
        Resample(values, statistic, meanBlockLength, seed, resamples, level, stationary: true);

    private static ConfidenceInterval Resample(
        ReadOnlySpan<double> values, SeriesStatistic statistic, int block, ulong seed, int resamples, double level, bool stationary)
    {
        ArgumentNullException.ThrowIfNull(statistic);
        ArgumentOutOfRangeException.ThrowIfLessThan(block, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(resamples, 1);
        ConfidenceInterval.ValidateLevel(level);
        if (values.IsEmpty)
        {
            return ConfidenceInterval.Unknown(level);
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan(block, values.Length);
        Xoshiro256 random = new(seed);
        double[] sample = new double[values.Length];
        double[] statistics = new double[resamples];
        for (int r = 0; r < resamples; r++)
        {
            int at = 0;
            int left = 0;
            for (int i = 0; i < sample.Length; i++)
            {
                bool fresh = stationary ? i == 0 || random.NextDouble() < 1.0 / block : left == 0;
                at = fresh ? random.NextInt32(values.Length) : (at + 1) % values.Length;
                left = fresh ? block - 1 : left - 1;
                sample[i] = values[at];
            }

            statistics[r] = statistic(sample);
        }

        double[] sorted = MeasuredValues.ToSortedArray(statistics);
        double tail = 0.5 * (1 - level);
        return new ConfidenceInterval(Quantile.OfSorted(sorted, tail), Quantile.OfSorted(sorted, 1 - tail), level);
    }
}
