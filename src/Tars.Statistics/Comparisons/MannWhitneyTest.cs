using Tars.Statistics.Distributions;

namespace Tars.Statistics.Comparisons;

/// <summary>
/// Two-sided Mann-Whitney (Wilcoxon rank-sum) test. Exact without ties when both samples hold at most 50 values; otherwise the normal
/// approximation with tie correction and continuity correction, as R's <c>wilcox.test</c>.
/// Source: H. B. Mann and D. R. Whitney, Annals of Mathematical Statistics 18 (1947) 50-60, doi:10.1214/aoms/1177730491.
/// </summary>
/// <param name="U">Pairs in which the second sample is larger, ties counted half; NaN when a sample is empty.</param>
/// <param name="PValue">Two-sided p-value; 1 when all values are equal; NaN when a sample is empty.</param>
/// <param name="Superiority">Probability that a value of the second sample exceeds one of the first, ties counted half; NaN when a sample is empty.</param>
/// <param name="Exact">True when the p-value comes from the exact distribution.</param>
public readonly record struct MannWhitneyTest(double U, double PValue, double Superiority, bool Exact)
{
    /// <summary>Largest sample size for which the exact distribution is used.</summary>
    public const int ExactLimit = 50;

    /// <summary>Cliff's delta, P(second above first) - P(second below first), in [-1, 1]. Source: N. Cliff, Psychological Bulletin 114 (1993) 494-509, doi:10.1037/0033-2909.114.3.494.</summary>
    public double CliffsDelta => (2 * Superiority) - 1;

    /// <summary>Compares two samples. NaN is skipped. O(n log n); the input is not changed.</summary>
    /// <param name="first">First sample; NaN is missing.</param>
    /// <param name="second">Second sample; NaN is missing.</param>
    public static MannWhitneyTest Of(ReadOnlySpan<double> first, ReadOnlySpan<double> second) =>
        OfSorted(MeasuredValues.ToSortedArray(first), MeasuredValues.ToSortedArray(second));

    /// <summary>Compares two samples that are already ascending and without NaN.</summary>
    /// <param name="first">First sample, ascending, without NaN.</param>
    /// <param name="second">Second sample, ascending, without NaN.</param>
    public static MannWhitneyTest OfSorted(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        if (first.IsEmpty || second.IsEmpty)
        {
            return new MannWhitneyTest(double.NaN, double.NaN, double.NaN, false);
        }

        PairCounts pairs = PairCounts.OfSorted(first, second);
        double product = (double)first.Length * second.Length;
        double u = pairs.Greater + (0.5 * pairs.Equal);
        if (pairs.TieSum == 0 && first.Length <= ExactLimit && second.Length <= ExactLimit)
        {
            return new MannWhitneyTest(u, ExactTwoSided(first.Length, second.Length, u), u / product, true);
        }

        double size = first.Length + (double)second.Length;
        double variance = product / 12 * (size + 1 - (pairs.TieSum / (size * (size - 1))));
        double distance = Math.Max(0, Math.Abs(u - (0.5 * product)) - 0.5);
        double p = variance > 0 ? NormalDistribution.TwoSided(distance / Math.Sqrt(variance)) : 1;
        return new MannWhitneyTest(u, p, u / product, false);
    }

    private static double ExactTwoSided(int n, int m, double u)
    {
        double[] table = RankSumDistribution.Probabilities(n, m);
        double extreme = Math.Min(u, ((double)n * m) - u);
        double tail = 0;
        for (int k = 0; k <= extreme; k++)
        {
            tail += table[k];
        }

        return Math.Min(1, 2 * tail);
    }
}
