using Tars.Statistics.Distributions;

namespace Tars.Statistics.Quantiles;

/// <summary>
/// Quantile as a beta-weighted mean of all order statistics: smoother and more efficient than type 7 on small samples, not robust.
/// Source: F. E. Harrell and C. E. Davis, Biometrika 69 (1982) 635-640, doi:10.1093/biomet/69.3.635.
/// </summary>
public static class HarrellDavisQuantile
{
    /// <summary>Harrell-Davis quantile of the measured values. NaN is skipped.</summary>
    /// <param name="values">Observations; NaN is missing.</param>
    /// <param name="p">Probability in [0, 1]; 0 and 1 give the extremes.</param>
    /// <returns>The quantile; NaN when nothing was measured.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The probability is outside [0, 1] or NaN.</exception>
    public static double Of(ReadOnlySpan<double> values, double p)
    {
        Quantile.Validate(p);
        double[] sorted = MeasuredValues.ToSortedArray(values);
        if (sorted.Length == 0 || p is 0 or 1)
        {
            return Quantile.OfSorted(sorted, p);
        }

        double a = (sorted.Length + 1) * p;
        double b = (sorted.Length + 1) * (1 - p);
        double before = 0;
        double result = 0;
        for (int i = 0; i < sorted.Length; i++)
        {
            double at = BetaFunction.Regularized((i + 1.0) / sorted.Length, a, b);
            if (at > before)
            {
                result += (at - before) * sorted[i];
                before = at;
            }
        }

        return result;
    }
}
