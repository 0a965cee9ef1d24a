using Tars.Statistics.Distributions;

namespace Tars.Statistics.Intervals;

/// <summary>
/// Exact (never too narrow) interval for a proportion.
/// Source: C. J. Clopper and E. S. Pearson, Biometrika 26 (1934) 404-413, doi:10.1093/biomet/26.4.404.
/// </summary>
public static class ClopperPearsonInterval
{
    /// <summary>Clopper-Pearson interval.</summary>
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
        double failures = trials - successes;
        double lower = successes == 0 ? 0 : BetaFunction.InverseRegularized(tail, successes, failures + 1);
        double upper = failures == 0 ? 1 : BetaFunction.InverseRegularized(1 - tail, successes + 1, failures);
        return new ConfidenceInterval(lower, upper, level);
    }
}
