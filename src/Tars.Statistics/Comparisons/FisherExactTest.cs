using Tars.Statistics.Distributions;

namespace Tars.Statistics.Comparisons;

/// <summary>
/// Fisher's exact test of a 2 by 2 table, two-sided by the method of small probabilities as R's <c>fisher.test</c>.
/// Source: R. A. Fisher, Journal of the Royal Statistical Society 98 (1935) 39-82, doi:10.2307/2342435.
/// </summary>
public static class FisherExactTest
{
    /// <summary>Two-sided p-value: the total probability of the tables that are no likelier than the observed one.</summary>
    /// <param name="firstSuccesses">In [0, firstTrials].</param>
    /// <param name="firstTrials">At least 0.</param>
    /// <param name="secondSuccesses">In [0, secondTrials].</param>
    /// <param name="secondTrials">At least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is outside its range.</exception>
    public static double TwoSided(long firstSuccesses, long firstTrials, long secondSuccesses, long secondTrials)
    {
        Intervals.ConfidenceInterval.ValidateCounts(firstSuccesses, firstTrials);
        Intervals.ConfidenceInterval.ValidateCounts(secondSuccesses, secondTrials);
        long successes = firstSuccesses + secondSuccesses;
        long low = Math.Max(0, successes - secondTrials);
        long high = Math.Min(firstTrials, successes);
        double whole = LogChoose(firstTrials + secondTrials, successes);
        double observed = Log(firstSuccesses);
        double sum = 0;
        for (long k = low; k <= high; k++)
        {
            double probability = Log(k);
            if (probability <= observed + 1e-7)
            {
                sum += Math.Exp(probability);
            }
        }

        return Math.Min(1, sum);

        double Log(long k) => LogChoose(firstTrials, k) + LogChoose(secondTrials, successes - k) - whole;
    }

    private static double LogChoose(long n, long k) =>
        GammaFunction.Log(n + 1.0) - GammaFunction.Log(k + 1.0) - GammaFunction.Log(n - k + 1.0);
}
