using Tars.Statistics.Distributions;
using Tars.Statistics.Intervals;
using Tars.Statistics.Moments;

namespace Tars.Statistics.Comparisons;

/// <summary>
/// Two-sided t test of equal means for unequal variances.
/// Source: B. L. Welch, Biometrika 34 (1947) 28-35, doi:10.1093/biomet/34.1-2.28.
/// </summary>
/// <param name="Statistic">t of second - first; NaN when a sample holds fewer than two values or both variances are 0.</param>
/// <param name="DegreesOfFreedom">Welch-Satterthwaite degrees of freedom.</param>
/// <param name="PValue">Two-sided p-value; NaN when the statistic is.</param>
/// <param name="Difference">Mean of the second minus mean of the first.</param>
/// <param name="Interval">Confidence interval of the difference.</param>
public readonly record struct WelchTest(
    double Statistic, double DegreesOfFreedom, double PValue, double Difference, ConfidenceInterval Interval)
{
    /// <summary>Compares two samples. NaN is skipped.</summary>
    /// <param name="first">First sample; NaN is missing.</param>
    /// <param name="second">Second sample; NaN is missing.</param>
    /// <param name="level">Confidence level in (0, 1).</param>
    /// <exception cref="ArgumentOutOfRangeException">The level is outside (0, 1).</exception>
    public static WelchTest Of(ReadOnlySpan<double> first, ReadOnlySpan<double> second, double level = 0.95)
    {
        ConfidenceInterval.ValidateLevel(level);
        SampleMoments x = SampleMoments.Of(first);
        SampleMoments y = SampleMoments.Of(second);
        double partX = x.Variance / x.Count;
        double partY = y.Variance / y.Count;
        double variance = partX + partY;
        double difference = y.Mean - x.Mean;
        if (!(variance > 0))
        {
            return new WelchTest(double.NaN, double.NaN, double.NaN, difference, ConfidenceInterval.Unknown(level));
        }

        double freedom = variance * variance / ((partX * partX / (x.Count - 1)) + (partY * partY / (y.Count - 1)));
        double error = Math.Sqrt(variance);
        double half = StudentTDistribution.Quantile(0.5 + (0.5 * level), freedom) * error;
        double t = difference / error;
        return new WelchTest(
            t, freedom, StudentTDistribution.TwoSided(t, freedom), difference, new ConfidenceInterval(difference - half, difference + half, level));
    }
}
