using Tars.Statistics.Quantiles;
using Tars.Statistics.Trends;

namespace Tars.Statistics.Seasonality;

/// <summary>
/// The strongest repeating period of a series, from the peaks of its autocorrelation.
/// Source: the autocorrelation side of M. Vlachos, P. Yu and V. Castelli, "On Periodicity Detection and Structural Periodic Similarity" (SDM 2005), doi:10.1137/1.9781611972757.40.
/// </summary>
/// <param name="Length">Steps per cycle, at least 2.</param>
/// <param name="Strength">Autocorrelation at that lag, in (0, 1].</param>
public readonly record struct DominantPeriod(int Length, double Strength)
{
    /// <summary>
    /// Finds the period whose autocorrelation is the highest peak, and the shortest one within a tenth of it. The series is detrended
    /// (Theil-Sen) and cut at three scaled MAD about its median first, so a level shift or a spike does not pass for a season.
    /// NaN is skipped.
    /// </summary>
    /// <param name="values">The series in time order; NaN is missing.</param>
    /// <param name="minimum">Shortest period sought, at least 2.</param>
    /// <param name="maximum">Longest period sought; periods beyond a third of the length are not considered (three cycles are needed).</param>
    /// <param name="minimumStrength">Smallest autocorrelation that counts, in (0, 1).</param>
    /// <returns>The period, or null when no peak is strong enough (also for series too short or constant).</returns>
    /// <exception cref="ArgumentOutOfRangeException">The minimum is below 2.</exception>
    public static DominantPeriod? Of(ReadOnlySpan<double> values, int minimum = 2, int maximum = int.MaxValue, double minimumStrength = 0.3)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(minimum, 2);
        int longest = Math.Min(maximum, values.Length / 3);
        if (longest < minimum || MeasuredValues.Count(values) < 3 * minimum)
        {
            return null;
        }

        double[] prepared = Prepare(values);
        double[] correlations = Autocorrelation.Function(prepared, longest + 1);

        // The biased estimator falls with the lag by design; undo that, so that long periods compete on equal terms.
        for (int lag = 1; lag < correlations.Length; lag++)
        {
            correlations[lag] = Math.Min(1, correlations[lag] * values.Length / (values.Length - lag));
        }

        double best = minimumStrength;
        for (int lag = minimum; lag <= longest; lag++)
        {
            best = IsPeak(correlations, lag) ? Math.Max(best, correlations[lag]) : best;
        }

        for (int lag = minimum; lag <= longest; lag++)
        {
            if (IsPeak(correlations, lag) && correlations[lag] >= Math.Max(minimumStrength, 0.9 * best))
            {
                return new DominantPeriod(lag, correlations[lag]);
            }
        }

        return null;
    }

    // A peak stands above its neighbours, and the curve has been clearly lower on the way to it: otherwise it is the slope of slow drift.
    private static bool IsPeak(double[] correlations, int lag)
    {
        double value = correlations[lag];
        if (!(value >= correlations[lag - 1]) || !(value >= correlations[lag + 1]) || !(value > 0))
        {
            return false;
        }

        double lowest = double.PositiveInfinity;
        for (int i = 1; i < lag; i++)
        {
            lowest = Math.Min(lowest, correlations[i]);
        }

        return value - lowest > 0.2;
    }

    private static double[] Prepare(ReadOnlySpan<double> values)
    {
        TheilSenTrend trend = TheilSenTrend.Of(values);
        double[] result = new double[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            result[i] = values[i] - (trend.Slope * i);
        }

        (double median, double scale) = MedianAbsoluteDeviation.WithMedian(result);
        for (int i = 0; i < result.Length && scale > 0; i++)
        {
            result[i] = Math.Clamp(result[i], median - (3 * scale), median + (3 * scale));
        }

        return result;
    }
}
