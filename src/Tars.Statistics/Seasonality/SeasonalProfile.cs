using Tars.Statistics.Quantiles;

namespace Tars.Statistics.Seasonality;

/// <summary>
/// The typical value and spread of each phase of a period (for example each minute of the day): median and scaled MAD over the cycles.
/// Source: the seasonal-median decomposition of J. W. Tukey, Exploratory Data Analysis (1977); scale as <see cref="MedianAbsoluteDeviation"/>.
/// </summary>
/// <param name="Medians">Median per phase; index is (position mod period); NaN where the phase was never measured.</param>
/// <param name="Scales">Scaled MAD per phase; NaN where the phase was never measured.</param>
/// <param name="Counts">Measured values per phase.</param>
public sealed record SeasonalProfile(IReadOnlyList<double> Medians, IReadOnlyList<double> Scales, IReadOnlyList<int> Counts)
{
    /// <summary>Number of phases.</summary>
    public int Period => Medians.Count;

    /// <summary>Profile of a series whose index 0 has phase 0. NaN is skipped.</summary>
    /// <param name="values">The series in time order; NaN is missing.</param>
    /// <param name="period">Steps per cycle, positive.</param>
    /// <exception cref="ArgumentOutOfRangeException">The period is not positive.</exception>
    public static SeasonalProfile Of(ReadOnlySpan<double> values, int period)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(period);
        double[] medians = new double[period];
        double[] scales = new double[period];
        int[] counts = new int[period];
        double[] phase = new double[(values.Length / period) + 1];
        for (int p = 0; p < period; p++)
        {
            int count = 0;
            for (int i = p; i < values.Length; i += period)
            {
                if (!double.IsNaN(values[i]))
                {
                    phase[count++] = values[i];
                }
            }

            (medians[p], scales[p]) = MedianAbsoluteDeviation.WithMedian(phase.AsSpan(0, count));
            counts[p] = count;
        }

        return new SeasonalProfile(medians, scales, counts);
    }

    /// <summary>The series minus the median of its phase.</summary>
    /// <param name="values">The series in time order, index 0 at phase 0; NaN stays NaN.</param>
    /// <returns>Same length, in the unit of the values.</returns>
    public double[] Deviations(ReadOnlySpan<double> values)
    {
        double[] result = new double[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            result[i] = values[i] - Medians[i % Period];
        }

        return result;
    }
}
