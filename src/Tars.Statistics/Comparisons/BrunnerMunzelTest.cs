using Tars.Statistics.Distributions;
using Tars.Statistics.Intervals;

namespace Tars.Statistics.Comparisons;

/// <summary>
/// Two-sided test of stochastic equality that, unlike Mann-Whitney, stays valid when the two spreads differ.
/// Source: E. Brunner and U. Munzel, Biometrical Journal 42 (2000) 17-25.
/// </summary>
/// <param name="Statistic">The studentised statistic; positive when the second sample tends to be larger; infinite when the samples are fully separated; NaN when a sample holds fewer than two values.</param>
/// <param name="DegreesOfFreedom">Satterthwaite degrees of freedom; NaN when not defined.</param>
/// <param name="PValue">Two-sided p-value from the t distribution; NaN when a sample holds fewer than two values.</param>
/// <param name="Superiority">Probability that a value of the second sample exceeds one of the first, ties counted half.</param>
/// <param name="Interval">Confidence interval of the superiority, cut to [0, 1].</param>
public readonly record struct BrunnerMunzelTest(
    double Statistic, double DegreesOfFreedom, double PValue, double Superiority, ConfidenceInterval Interval)
{
    /// <summary>
    /// Compares two samples. NaN is skipped. O(n log n); the input is not changed. For fully separated samples the variance estimate is 0:
    /// the statistic is infinite and the p-value is that of the exact permutation argument, 2 / C(n + m, n).
    /// </summary>
    /// <param name="first">First sample; NaN is missing.</param>
    /// <param name="second">Second sample; NaN is missing.</param>
    /// <param name="level">Confidence level in (0, 1).</param>
    /// <exception cref="ArgumentOutOfRangeException">The level is outside (0, 1).</exception>
    public static BrunnerMunzelTest Of(ReadOnlySpan<double> first, ReadOnlySpan<double> second, double level = 0.95)
    {
        ConfidenceInterval.ValidateLevel(level);
        double[] x = MeasuredValues.ToSortedArray(first);
        double[] y = MeasuredValues.ToSortedArray(second);
        if (x.Length < 2 || y.Length < 2)
        {
            return new BrunnerMunzelTest(double.NaN, double.NaN, double.NaN, double.NaN, ConfidenceInterval.Unknown(level));
        }

        double n = x.Length;
        double m = y.Length;
        (double meanX, double squaresX) = Placements(x, y);
        (double meanY, double squaresY) = Placements(y, x);
        double superiority = meanY / n;
        double varianceX = squaresX / (n - 1);
        double varianceY = squaresY / (m - 1);

        // In placements: sd of the superiority estimate is sqrt(s_x^2 / (n m^2) + s_y^2 / (m n^2)).
        double partX = varianceX / (n * m * m);
        double partY = varianceY / (m * n * n);
        double variance = partX + partY;
        if (variance == 0)
        {
            return Degenerate(superiority, x.Length, y.Length, level);
        }

        double freedom = variance * variance / ((partX * partX / (n - 1)) + (partY * partY / (m - 1)));
        double deviation = Math.Sqrt(variance);
        double statistic = (superiority - 0.5) / deviation;
        double half = StudentTDistribution.Quantile(0.5 + (0.5 * level), freedom) * deviation;
        ConfidenceInterval interval = new(Math.Max(0, superiority - half), Math.Min(1, superiority + half), level);
        return new BrunnerMunzelTest(statistic, freedom, StudentTDistribution.TwoSided(statistic, freedom), superiority, interval);
    }

    private static BrunnerMunzelTest Degenerate(double superiority, int n, int m, double level)
    {
        double statistic = superiority == 0.5 ? 0 : superiority > 0.5 ? double.PositiveInfinity : double.NegativeInfinity;
        double p = 1;
        if (superiority != 0.5)
        {
            double logChoose = GammaFunction.Log(n + m + 1.0) - GammaFunction.Log(n + 1.0) - GammaFunction.Log(m + 1.0);
            p = Math.Min(1, 2 * Math.Exp(-logChoose));
        }

        return new BrunnerMunzelTest(statistic, double.NaN, p, superiority, new ConfidenceInterval(0, 1, level));
    }

    // Placement of a value: how many of the other sample lie below it, ties half. Mean and sum of squared deviations (Welford).
    private static (double Mean, double Squares) Placements(ReadOnlySpan<double> own, ReadOnlySpan<double> other)
    {
        int below = 0;
        int through = 0;
        double mean = 0;
        double squares = 0;
        for (int i = 0; i < own.Length; i++)
        {
            while (below < other.Length && other[below] < own[i])
            {
                below++;
            }

            through = Math.Max(through, below);
            while (through < other.Length && other[through] <= own[i])
            {
                through++;
            }

            double placement = 0.5 * (below + (double)through);
            double delta = placement - mean;
            mean += delta / (i + 1);
            squares += delta * (placement - mean);
        }

        return (mean, squares);
    }
}
