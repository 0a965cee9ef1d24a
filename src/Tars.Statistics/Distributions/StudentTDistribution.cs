namespace Tars.Statistics.Distributions;

/// <summary>Student's t distribution. Source: NIST Digital Library of Mathematical Functions, 8.17 (incomplete beta), https://dlmf.nist.gov/8.17.</summary>
public static class StudentTDistribution
{
    /// <summary>P(T at most t).</summary>
    /// <param name="t">Any number; NaN gives NaN.</param>
    /// <param name="degreesOfFreedom">Positive, need not be whole; +Infinity is the normal distribution.</param>
    /// <exception cref="ArgumentOutOfRangeException">The degrees of freedom are not positive.</exception>
    public static double Cdf(double t, double degreesOfFreedom)
    {
        double half = 0.5 * TwoSided(t, degreesOfFreedom);
        return t >= 0 ? 1 - half : half;
    }

    /// <summary>P(|T| at least |t|), the two-sided p-value, accurate in the far tail.</summary>
    /// <param name="t">Any number; NaN gives NaN.</param>
    /// <param name="degreesOfFreedom">Positive, need not be whole; +Infinity is the normal distribution.</param>
    /// <exception cref="ArgumentOutOfRangeException">The degrees of freedom are not positive.</exception>
    public static double TwoSided(double t, double degreesOfFreedom)
    {
        if (double.IsNaN(t) || double.IsNaN(degreesOfFreedom))
        {
            return double.NaN;
        }

        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(degreesOfFreedom);
        if (double.IsInfinity(t))
        {
            return 0;
        }

        return double.IsPositiveInfinity(degreesOfFreedom)
            ? NormalDistribution.TwoSided(t)
            : BetaFunction.Regularized(degreesOfFreedom / (degreesOfFreedom + (t * t)), 0.5 * degreesOfFreedom, 0.5);
    }

    /// <summary>The t with P(T at most t) = p.</summary>
    /// <param name="p">Probability in [0, 1]; 0 and 1 give the infinities, NaN gives NaN.</param>
    /// <param name="degreesOfFreedom">Positive, need not be whole; +Infinity is the normal distribution.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static double Quantile(double p, double degreesOfFreedom)
    {
        if (double.IsNaN(p) || double.IsNaN(degreesOfFreedom))
        {
            return double.NaN;
        }

        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(degreesOfFreedom);
        if (p is 0 or 1 || p == 0.5 || double.IsPositiveInfinity(degreesOfFreedom) || p < 0 || p > 1)
        {
            return NormalDistribution.Quantile(p);
        }

        double tail = 2 * Math.Min(p, 1 - p);
        double x = BetaFunction.InverseRegularized(tail, 0.5 * degreesOfFreedom, 0.5);
        double t = Math.Sqrt(degreesOfFreedom * (1 - x) / x);
        return p < 0.5 ? -t : t;
    }
}
