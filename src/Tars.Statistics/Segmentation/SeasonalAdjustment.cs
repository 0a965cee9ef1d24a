using Tars.Statistics.Quantiles;
using Tars.Statistics.Seasonality;

namespace Tars.Statistics.Segmentation;

/// <summary>
/// Removal of a strong season before a search for changes: phase medians of the deviations from a moving average over one cycle.
/// Source: classical decomposition, W. S. Cleveland and I. Terpenning, Journal of the American Statistical Association 77 (1982) 52-62, doi:10.1080/01621459.1982.10477766.
/// </summary>
public static class SeasonalAdjustment
{
    /// <summary>
    /// The shortest period of at least 3 steps whose autocorrelation of the (clipped) first differences peaks at 0.5 or more and within a fifth of the
    /// highest peak. Differences make trend and level shifts vanish. NaN is skipped.
    /// </summary>
    /// <param name="values">The series in time order; NaN is missing.</param>
    /// <returns>Steps per cycle, at most a third of the length; 0 when there is no strong season.</returns>
    public static int Period(ReadOnlySpan<double> values)
    {
        int longest = (values.Length - 1) / 3;
        if (longest < 3)
        {
            return 0;
        }

        double[] differences = new double[values.Length - 1];
        for (int i = 0; i < differences.Length; i++)
        {
            differences[i] = values[i + 1] - values[i];
        }

        (double median, double scale) = MedianAbsoluteDeviation.WithMedian(differences);
        if (!(scale > 0))
        {
            return 0;
        }

        for (int i = 0; i < differences.Length; i++)
        {
            differences[i] = Math.Clamp(differences[i], median - (3 * scale), median + (3 * scale));
        }

        double[] correlations = Autocorrelation.Function(differences, longest + 1);
        for (int lag = 1; lag < correlations.Length; lag++)
        {
            correlations[lag] *= differences.Length / (double)(differences.Length - lag);
        }

        double highest = 0;
        for (int lag = 3; lag <= longest; lag++)
        {
            highest = IsPeak(correlations, lag) ? Math.Max(highest, correlations[lag]) : highest;
        }

        for (int lag = 3; lag <= longest && highest >= 0.5; lag++)
        {
            if (IsPeak(correlations, lag) && correlations[lag] >= 0.8 * highest)
            {
                return lag;
            }
        }

        return 0;
    }

    /// <summary>The series minus its seasonal figure (which sums to 0 over a cycle).</summary>
    /// <param name="values">The series in time order; NaN stays NaN.</param>
    /// <param name="period">Steps per cycle, positive.</param>
    /// <returns>Same length, in the unit of the values.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The period is not positive.</exception>
    public static double[] Remove(ReadOnlySpan<double> values, int period)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(period);
        double[] deviations = new double[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            int from = Math.Max(0, i - (period / 2));
            int to = Math.Min(values.Length, i - (period / 2) + period);
            deviations[i] = values[i] - Moments.SampleMoments.Of(values[from..to]).Mean;
        }

        SeasonalProfile profile = SeasonalProfile.Of(deviations, period);
        double offset = Moments.SampleMoments.Of([.. profile.Medians]).Mean;
        double[] result = new double[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            result[i] = values[i] - (profile.Medians[i % period] - offset);
        }

        return result;
    }

    private static bool IsPeak(double[] correlations, int lag) =>
        correlations[lag] > correlations[lag - 1] && correlations[lag] >= correlations[lag + 1];
}
