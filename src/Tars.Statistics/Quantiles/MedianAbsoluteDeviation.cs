using System.Buffers;

namespace Tars.Statistics.Quantiles;

/// <summary>
/// A robust scale: the median distance from the median, scaled to estimate the standard deviation of normal data.
/// Source: F. R. Hampel, Journal of the American Statistical Association 69 (1974) 383-393, doi:10.1080/01621459.1974.10482962.
/// </summary>
public static class MedianAbsoluteDeviation
{
    /// <summary>1 / Phi^-1(3/4): makes the estimate consistent for the normal standard deviation.</summary>
    public const double NormalConsistency = 1.4826022185056018;

    /// <summary>Scaled median absolute deviation about the median. NaN is skipped; the input is not changed.</summary>
    /// <param name="values">Observations; NaN is missing.</param>
    /// <returns>At least 0 (0 when more than half of the values are equal); NaN when nothing was measured.</returns>
    public static double Of(ReadOnlySpan<double> values) => WithMedian(values).Scale;

    /// <summary>Median and scaled median absolute deviation together. NaN is skipped; the input is not changed.</summary>
    /// <param name="values">Observations; NaN is missing.</param>
    /// <returns>Both NaN when nothing was measured.</returns>
    public static (double Median, double Scale) WithMedian(ReadOnlySpan<double> values)
    {
        double[] rented = ArrayPool<double>.Shared.Rent(Math.Max(1, values.Length));
        try
        {
            Span<double> measured = rented.AsSpan(0, MeasuredValues.CopyTo(values, rented));
            double median = Median.InPlace(measured);
            for (int i = 0; i < measured.Length; i++)
            {
                measured[i] = measured[i] == median ? 0 : Math.Abs(measured[i] - median);
            }

            return (median, NormalConsistency * Median.InPlace(measured));
        }
        finally
        {
            ArrayPool<double>.Shared.Return(rented);
        }
    }
}
