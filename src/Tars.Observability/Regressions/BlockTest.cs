using Tars.Statistics.Comparisons;
using Tars.Statistics.Distributions;

namespace Tars.Observability.Regressions;

/// <summary>Whether two sides differ, with variances that allow for neighbouring blocks being alike.</summary>
/// <param name="Shift">Second minus first; of error rates the logarithm of their ratio.</param>
/// <param name="Low">Lower end of the confidence interval.</param>
/// <param name="High">Upper end of the confidence interval.</param>
/// <param name="PValue">Two-sided p-value of no difference; NaN when it cannot be computed.</param>
/// <param name="CliffsDelta">How often a block after lies above a block before, minus the reverse.</param>
internal readonly record struct BlockTest(double Shift, double Low, double High, double PValue, double CliffsDelta)
{
    // Beyond this the blocks carry so little independent information that the correction itself is a guess.
    private const double LargestCorrelation = 0.9;

    /// <summary>Yuen's test on sides freed from their rhythm.</summary>
    public static BlockTest OfLevels(Rhythm sides, double level)
    {
        double[] before = [.. sides.Before.Select(b => sides.Values[b])];
        double[] after = [.. sides.After.Select(b => sides.Values[b])];
        double delta = MannWhitneyTest.Of(before, after).CliffsDelta;
        TrimmedSample first = TrimmedSample.Of(before);
        TrimmedSample second = TrimmedSample.Of(after);
        double[] residuals = new double[sides.Values.Length];
        Array.Fill(residuals, double.NaN);
        Fill(residuals, sides, sides.Before, first);
        Fill(residuals, sides, sides.After, second);
        double inflation = Inflation(residuals);
        double one = first.Variance * sides.VarianceFactor * inflation;
        double two = second.Variance * sides.VarianceFactor * inflation;
        double shift = second.Mean - first.Mean;
        if (!(one + two > 0))
        {
            // No spread at all: only the order can have come about by chance.
            double p = shift == 0 ? 1 : ProbabilityOfSeparation(before.Length, after.Length);
            return new BlockTest(shift, shift, shift, p, delta);
        }

        double freedom = (one + two) * (one + two)
            / ((one * one / Math.Max(1, (first.Kept / inflation) - 1)) + (two * two / Math.Max(1, (second.Kept / inflation) - 1)));
        return Of(shift, Math.Sqrt(one + two), Math.Max(1, freedom), level, delta);
    }

    /// <summary>Quasi-Poisson comparison of counts per block, see <see cref="RateComparison"/>, with the same correction.</summary>
    public static BlockTest OfCounts(BlockSeries series, int[] before, int[] after, double level)
    {
        double[] At(double[] values, int[] blocks) => [.. blocks.Select(b => values[b])];
        RateComparison rates = RateComparison.Of(
            At(series.Events!, before), At(series.Exposure!, before), At(series.Events!, after), At(series.Exposure!, after), level);
        double delta = MannWhitneyTest.Of(At(series.Values, before), At(series.Values, after)).CliffsDelta;
        if (double.IsNaN(rates.RatioInterval.Lower))
        {
            return new BlockTest(0, double.NaN, double.NaN, rates.PValue, delta); // no error on either side: p is 1
        }

        double[] residuals = new double[series.Values.Length];
        Array.Fill(residuals, double.NaN);
        Pearson(residuals, series, before, rates.FirstRate);
        Pearson(residuals, series, after, rates.SecondRate);
        double inflation = Inflation(residuals);
        double freedom = before.Length + after.Length - 2;
        double shift = 0.5 * (Math.Log(rates.RatioInterval.Lower) + Math.Log(rates.RatioInterval.Upper));
        double half = 0.5 * (Math.Log(rates.RatioInterval.Upper) - Math.Log(rates.RatioInterval.Lower));
        double error = half / StudentTDistribution.Quantile(0.5 + (0.5 * level), freedom);
        return Of(shift, error * Math.Sqrt(inflation), Math.Max(1, ((freedom + 2) / inflation) - 2), level, delta);
    }

    private static BlockTest Of(double shift, double error, double freedom, double level, double delta)
    {
        double half = StudentTDistribution.Quantile(0.5 + (0.5 * level), freedom) * error;
        return new BlockTest(shift, shift - half, shift + half, StudentTDistribution.TwoSided(shift / error, freedom), delta);
    }

    private static void Fill(double[] residuals, Rhythm sides, int[] blocks, TrimmedSample sample)
    {
        foreach (int b in blocks)
        {
            residuals[b] = Math.Clamp(sides.Values[b], sample.Low, sample.High) - sample.Mean;
        }
    }

    private static void Pearson(double[] residuals, BlockSeries series, int[] blocks, double rate)
    {
        foreach (int b in blocks)
        {
            double expected = rate * series.Exposure![b];
            residuals[b] = expected > 0 ? (series.Events![b] - expected) / Math.Sqrt(expected) : double.NaN;
        }
    }

    // By how much neighbouring blocks being alike raises the variance of a mean; at least 1. The larger of two estimates: (1 + r) / (1 - r)
    // with r the lag-one autocorrelation (right for a short memory), and 1 + 2 sum (1 - k / (L + 1)) r_k with Bartlett weights over L lags
    // (right for a long memory hidden under noise; Newey and West 1987, doi:10.2307/1913610).
    private static double Inflation(double[] residuals)
    {
        int count = residuals.Count(double.IsFinite);
        int lags = (int)(0.5 * Math.Sqrt(count));
        double first = Math.Clamp(Autocorrelation(residuals, 1, count), 0, LargestCorrelation);
        double sum = 1;
        for (int k = 1; k <= lags; k++)
        {
            sum += 2 * (1 - (k / (lags + 1.0))) * Autocorrelation(residuals, k, count);
        }

        return Math.Max((1 + first) / (1 - first), sum);
    }

    // Corrected for its bias of about -(1 + 3 r) / n (Kendall 1954, doi:10.1093/biomet/41.3-4.403); 0 when fewer than three pairs are measured.
    private static double Autocorrelation(double[] residuals, int lag, int count)
    {
        (double products, double squares, int pairs) = (0, 0, 0);
        for (int b = 0; b < residuals.Length; b++)
        {
            if (double.IsNaN(residuals[b]))
            {
                continue;
            }

            squares += residuals[b] * residuals[b];
            if (b >= lag && !double.IsNaN(residuals[b - lag]))
            {
                products += residuals[b] * residuals[b - lag];
                pairs++;
            }
        }

        if (pairs < 3 || !(squares > 0))
        {
            return 0;
        }

        double raw = products / pairs / (squares / count);
        return count > 3 ? (raw + (1.0 / count)) / (1 - (3.0 / count)) : raw;
    }

    // 2 / C(n + m, n): the chance that equal sides fall apart completely.
    private static double ProbabilityOfSeparation(int n, int m) => Math.Min(
        1, 2 * Math.Exp(GammaFunction.Log(n + 1.0) + GammaFunction.Log(m + 1.0) - GammaFunction.Log(n + m + 1.0)));
}
