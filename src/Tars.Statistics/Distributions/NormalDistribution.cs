namespace Tars.Statistics.Distributions;

/// <summary>
/// The standard normal distribution.
/// Source of the quantile: M. J. Wichura, "Algorithm AS 241", Applied Statistics 37 (1988) 477-484, doi:10.2307/2347330.
/// </summary>
public static class NormalDistribution
{
    /// <summary>P(Z at most z).</summary>
    /// <param name="z">Any number; NaN gives NaN.</param>
    public static double Cdf(double z) => Survival(-z);

    /// <summary>P(Z above z), accurate in the far upper tail.</summary>
    /// <param name="z">Any number; NaN gives NaN.</param>
    public static double Survival(double z)
    {
        if (double.IsNaN(z))
        {
            return z;
        }

        double half = 0.5 * GammaFunction.RegularizedUpper(0.5, 0.5 * z * z);
        return z >= 0 ? half : 1 - half;
    }

    /// <summary>P(|Z| at least |z|), the two-sided p-value.</summary>
    /// <param name="z">Any number; NaN gives NaN.</param>
    public static double TwoSided(double z) => double.IsNaN(z) ? z : GammaFunction.RegularizedUpper(0.5, 0.5 * z * z);

    /// <summary>The z with P(Z at most z) = p, relative error about 1e-16.</summary>
    /// <param name="p">Probability in [0, 1]; 0 and 1 give the infinities, NaN gives NaN.</param>
    /// <exception cref="ArgumentOutOfRangeException">The probability is outside [0, 1].</exception>
    public static double Quantile(double p)
    {
        if (double.IsNaN(p))
        {
            return p;
        }

        ArgumentOutOfRangeException.ThrowIfNegative(p);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(p, 1);
        if (p is 0 or 1)
        {
            return p == 0 ? double.NegativeInfinity : double.PositiveInfinity;
        }

        double q = p - 0.5;
        if (Math.Abs(q) <= 0.425)
        {
            double r = 0.180625 - (q * q);
            return q * Ratio(r, CentralNumerator, CentralDenominator);
        }

        double tail = Math.Sqrt(-Math.Log(q < 0 ? p : 1 - p));
        double value = tail <= 5
            ? Ratio(tail - 1.6, MiddleNumerator, MiddleDenominator)
            : Ratio(tail - 5, FarNumerator, FarDenominator);
        return q < 0 ? -value : value;
    }

    private static double Ratio(double r, ReadOnlySpan<double> numerator, ReadOnlySpan<double> denominator)
    {
        double top = numerator[^1];
        double bottom = denominator[^1];
        for (int i = numerator.Length - 2; i >= 0; i--)
        {
            top = (top * r) + numerator[i];
            bottom = (bottom * r) + denominator[i];
        }

        return top / bottom;
    }

    private static ReadOnlySpan<double> CentralNumerator =>
    [
        3.3871328727963666080e0, 1.3314166789178437745e+2, 1.9715909503065514427e+3, 1.3731693765509461125e+4,
        4.5921953931549871457e+4, 6.7265770927008700853e+4, 3.3430575583588128105e+4, 2.5090809287301226727e+3,
    ];

    private static ReadOnlySpan<double> CentralDenominator =>
    [
        1, 4.2313330701600911252e+1, 6.8718700749205790830e+2, 5.3941960214247511077e+3,
        2.1213794301586595867e+4, 3.9307895800092710610e+4, 2.8729085735721942674e+4, 5.2264952788528545610e+3,
    ];

    private static ReadOnlySpan<double> MiddleNumerator =>
    [
        1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0,
        1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4,
    ];

    private static ReadOnlySpan<double> MiddleDenominator =>
    [
        1, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
        1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9,
    ];

    private static ReadOnlySpan<double> FarNumerator =>
    [
        6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1,
        2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7,
    ];

    private static ReadOnlySpan<double> FarDenominator =>
    [
        1, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
        7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15,
    ];
}
