using Tars.Statistics.Distributions;

namespace Tars.Statistics.Intervals;

/// <summary>
/// Score interval for a proportion, without continuity correction.
/// Source: E. B. Wilson, Journal of the American Statistical Association 22 (1927) 209-212, doi:10.1080/01621459.1927.10502953.
/// </summary>
public static class WilsonInterval
{
    /// <summary>Wilson interval. Counts may be fractional (rates times a duration).</summary>
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

        double z = NormalDistribution.Quantile(0.5 + (0.5 * level));
        double p = successes / trials;
        double square = z * z;
        double center = p + (square / (2 * trials));
        double half = z * Math.Sqrt((p * (1 - p) / trials) + (square / (4 * trials * trials)));
        double scale = 1 + (square / trials);
        double lower = successes == 0 ? 0 : Math.Max(0, (center - half) / scale);
        double upper = successes == trials ? 1 : Math.Min(1, (center + half) / scale);
        return new ConfidenceInterval(lower, upper, level);
    }
}
