using Tars.Statistics.Distributions;
using Tars.Statistics.Intervals;

namespace Tars.Statistics.Comparisons;

/// <summary>
/// Ratio of two event rates from counts per block (an hour, a day), with the variance the blocks really show: quasi-Poisson with the
/// Pearson dispersion, never below 1, and the t distribution with the blocks' degrees of freedom.
/// Source: P. McCullagh and J. A. Nelder, Generalized Linear Models (2nd ed., 1989), sections 4.5 and 6.2, doi:10.1007/978-1-4899-3242-6.
/// </summary>
/// <param name="FirstRate">Events per unit of exposure; NaN without exposure.</param>
/// <param name="SecondRate">Events per unit of exposure; NaN without exposure.</param>
/// <param name="Ratio">Second over first; +Infinity when only the first is 0, NaN when both are.</param>
/// <param name="RatioInterval">Confidence interval of the ratio; 1/2 event is added to both sides when one has none.</param>
/// <param name="PValue">Two-sided p-value of ratio 1; 1 when neither side has an event; NaN when it cannot be computed.</param>
/// <param name="Dispersion">Pearson dispersion of the blocks, at least 1; NaN when fewer than three blocks were measured.</param>
public readonly record struct RateComparison(
    double FirstRate, double SecondRate, double Ratio, ConfidenceInterval RatioInterval, double PValue, double Dispersion)
{
    /// <summary>Compares two groups of blocks. A block is skipped when its count or exposure is NaN or its exposure is 0.</summary>
    /// <param name="firstCounts">Events per block, at least 0.</param>
    /// <param name="firstExposures">Exposure per block (requests, seconds), at least 0, same length as the counts.</param>
    /// <param name="secondCounts">Events per block, at least 0.</param>
    /// <param name="secondExposures">Exposure per block, same length as the counts.</param>
    /// <param name="level">Confidence level in (0, 1).</param>
    /// <exception cref="ArgumentException">Lengths differ, or a count or exposure is negative or infinite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The level is outside (0, 1).</exception>
    public static RateComparison Of(
        ReadOnlySpan<double> firstCounts, ReadOnlySpan<double> firstExposures,
        ReadOnlySpan<double> secondCounts, ReadOnlySpan<double> secondExposures, double level = 0.95)
    {
        ConfidenceInterval.ValidateLevel(level);
        (double events1, double exposure1, int blocks1, double chi1) = Summarize(firstCounts, firstExposures);
        (double events2, double exposure2, int blocks2, double chi2) = Summarize(secondCounts, secondExposures);
        double rate1 = events1 / exposure1;
        double rate2 = events2 / exposure2;
        int freedom = blocks1 + blocks2 - 2;
        ConfidenceInterval unknown = ConfidenceInterval.Unknown(level);
        if (blocks1 == 0 || blocks2 == 0 || freedom < 1)
        {
            return new RateComparison(rate1, rate2, rate2 / rate1, unknown, double.NaN, double.NaN);
        }

        double dispersion = Math.Max(1, (chi1 + chi2) / freedom);
        if (events1 + events2 == 0)
        {
            return new RateComparison(rate1, rate2, double.NaN, unknown, 1, dispersion);
        }

        double add = events1 == 0 || events2 == 0 ? 0.5 : 0;
        double logRatio = Math.Log((events2 + add) / exposure2 / ((events1 + add) / exposure1));
        double error = Math.Sqrt(dispersion * ((1 / (events1 + add)) + (1 / (events2 + add))));
        double half = StudentTDistribution.Quantile(0.5 + (0.5 * level), freedom) * error;
        ConfidenceInterval interval = new(Math.Exp(logRatio - half), Math.Exp(logRatio + half), level);
        return new RateComparison(
            rate1, rate2, rate2 / rate1, interval, StudentTDistribution.TwoSided(logRatio / error, freedom), dispersion);
    }

    private static (double Events, double Exposure, int Blocks, double ChiSquare) Summarize(
        ReadOnlySpan<double> counts, ReadOnlySpan<double> exposures)
    {
        if (counts.Length != exposures.Length)
        {
            throw new ArgumentException("counts and exposures differ in length", nameof(exposures));
        }

        double events = 0;
        double exposure = 0;
        int blocks = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            if (counts[i] < 0 || exposures[i] < 0 || double.IsInfinity(counts[i]) || double.IsInfinity(exposures[i]))
            {
                throw new ArgumentException($"block {i}: count {counts[i]}, exposure {exposures[i]}; finite numbers of at least 0 are expected");
            }

            if (!double.IsNaN(counts[i]) && exposures[i] > 0)
            {
                events += counts[i];
                exposure += exposures[i];
                blocks++;
            }
        }

        double rate = events / exposure;
        double chi = 0;
        for (int i = 0; i < counts.Length && rate > 0; i++)
        {
            if (!double.IsNaN(counts[i]) && exposures[i] > 0)
            {
                double expected = rate * exposures[i];
                chi += (counts[i] - expected) * (counts[i] - expected) / expected;
            }
        }

        return (events, exposure, blocks, chi);
    }
}
