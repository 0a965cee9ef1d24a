using Tars.Statistics.Distributions;

namespace Tars.Statistics.Intervals;

/// <summary>
/// Equal-tailed interval of the Beta(x + 1/2, n - x + 1/2) posterior for a proportion, with the ends 0 and 1 at x = 0 and x = n.
/// Source: L. D. Brown, T. T. Cai and A. DasGupta, Statistical Science 16 (2001) 101-133, doi:10.1214/ss/1009213286.
/// </summary>
public static class JeffreysInterval
{
    /// <summary>Jeffreys interval.</summary>
    /// <param name="successes">In [0, trials].</param>
    /// <param name="trials">At least 0.</param>
    /// <param name="level">Confidence level in (0, 1).</param>
    /// <returns>Inside [0, 1]; both ends NaN when there was no trial.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A count or the level is outside its range or NaN.</exception>
    public static ConfidenceInterval Of(double successes, double trials, double level = 0.95)
    {
        ConfidenceInterval.ValidateLevel(level);
        ConfidenceInterval.ValidateCounts(successes, trials);
        if (trials == 0)
        {
            return ConfidenceInterval.Unknown(level);
        }

        double tail = 0.5 * (1 - level);
        double a = successes + 0.5;
        double b = trials - successes + 0.5;
        double lower = successes == 0 ? 0 : BetaFunction.InverseRegularized(tail, a, b);
        double upper = successes == trials ? 1 : BetaFunction.InverseRegularized(1 - tail, a, b);
        return new ConfidenceInterval(lower, upper, level);
    }
}
