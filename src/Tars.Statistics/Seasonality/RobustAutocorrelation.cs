using Tars.Statistics.Quantiles;

namespace Tars.Statistics.Seasonality;

/// <summary>
/// Autocorrelation that spikes and single level shifts hardly move: from robust scales of lagged sums and differences.
/// Source: Y. Ma and M. G. Genton, Journal of Time Series Analysis 21 (2000) 663-684, doi:10.1111/1467-9892.00203 (there with Qn; here with the MAD).
/// </summary>
public static class RobustAutocorrelation
{
    /// <summary>Robust autocorrelation at a lag. Pairs with a NaN are skipped.</summary>
    /// <param name="values">The series in time order; NaN is missing.</param>
    /// <param name="lag">Positive.</param>
    /// <returns>In [-1, 1]; NaN when no pair was measured or both scales are 0.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The lag is not positive.</exception>
    public static double At(ReadOnlySpan<double> values, int lag = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(lag);
        int pairs = Math.Max(0, values.Length - lag);
        double[] sums = new double[pairs];
        double[] differences = new double[pairs];
        for (int i = 0; i < pairs; i++)
        {
            sums[i] = values[i] + values[i + lag];
            differences[i] = values[i + lag] - values[i];
        }

        double sum = MedianAbsoluteDeviation.Of(sums);
        double difference = MedianAbsoluteDeviation.Of(differences);
        double total = (sum * sum) + (difference * difference);
        return total > 0 ? ((sum * sum) - (difference * difference)) / total : double.NaN;
    }
}
