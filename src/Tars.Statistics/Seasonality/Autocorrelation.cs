using System.Runtime.Intrinsics;

namespace Tars.Statistics.Seasonality;

/// <summary>
/// Sample autocorrelation: the lagged covariance (denominator n) over the variance, so that values lie in [-1, 1] without gaps.
/// Source: G. E. P. Box and G. M. Jenkins, Time Series Analysis (1970), section 2.1.5; with gaps, sums run over the measured pairs (E. Parzen, Sankhya A 25 (1963) 383-392).
/// </summary>
public static class Autocorrelation
{
    /// <summary>Autocorrelations at lags 0 .. <paramref name="maximumLag"/>. Pairs with a NaN are skipped. O(n k).</summary>
    /// <param name="values">The series in time order; NaN is missing.</param>
    /// <param name="maximumLag">At least 0.</param>
    /// <returns>Index is the lag; NaN where no pair was measured, and everywhere when the variance is 0.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The lag is negative.</exception>
    public static double[] Function(ReadOnlySpan<double> values, int maximumLag)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maximumLag);
        double[] result = new double[maximumLag + 1];
        (double[] centered, double[] present, int count) = Center(values);
        double variance = Product(centered, 0);
        for (int lag = 0; lag < result.Length; lag++)
        {
            result[lag] = At(centered, present, count, variance, lag);
        }

        return result;
    }

    /// <summary>Autocorrelation at one lag. Pairs with a NaN are skipped.</summary>
    /// <param name="values">The series in time order; NaN is missing.</param>
    /// <param name="lag">At least 0.</param>
    /// <returns>The autocorrelation; NaN when no pair was measured or the variance is 0.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The lag is negative.</exception>
    public static double At(ReadOnlySpan<double> values, int lag)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(lag);
        (double[] centered, double[] present, int count) = Center(values);
        return At(centered, present, count, Product(centered, 0), lag);
    }

    private static double At(double[] centered, double[] present, int count, double variance, int lag)
    {
        if (lag >= centered.Length || !(variance > 0))
        {
            return double.NaN;
        }

        if (count == centered.Length)
        {
            return Product(centered, lag) / variance;
        }

        // Gaps: scale the sum to the number of pairs a complete series would have had.
        double pairs = Product(present, lag);
        double share = (centered.Length - lag) / (double)centered.Length;
        return pairs == 0 ? double.NaN : Product(centered, lag) / pairs * share / (variance / count);
    }

    private static (double[] Centered, double[] Present, int Count) Center(ReadOnlySpan<double> values)
    {
        double mean = Moments.SampleMoments.Of(values).Mean;
        double[] centered = new double[values.Length];
        double[] present = new double[values.Length];
        int count = 0;
        for (int i = 0; i < values.Length; i++)
        {
            if (!double.IsNaN(values[i]))
            {
                centered[i] = values[i] - mean;
                present[i] = 1;
                count++;
            }
        }

        return (centered, present, count);
    }

    // A fixed width keeps the order of additions, and so every bit, the same on all hardware.
    private static double Product(ReadOnlySpan<double> values, int lag)
    {
        ReadOnlySpan<double> early = values[..^lag];
        ReadOnlySpan<double> late = values[lag..];
        Vector256<double> sums = Vector256<double>.Zero;
        int i = 0;
        for (; i <= early.Length - Vector256<double>.Count; i += Vector256<double>.Count)
        {
            sums += Vector256.Create(early[i..]) * Vector256.Create(late[i..]);
        }

        double sum = 0;
        for (int lane = 0; lane < Vector256<double>.Count; lane++)
        {
            sum += sums[lane];
        }

        for (; i < early.Length; i++)
        {
            sum += early[i] * late[i];
        }

        return sum;
    }
}
