using Tars.Statistics.Distributions;
using Tars.Statistics.Intervals;

namespace Tars.Statistics.Comparisons;

/// <summary>
/// Two independent proportions given as counts: difference with Newcombe's hybrid score interval (method 10), ratio with the log interval
/// of Katz, and the two-sided score test with pooled variance, or Fisher's exact test when an expected count is below 5.
/// Sources: R. G. Newcombe, Statistics in Medicine 17 (1998) 873-890; D. Katz et al., Biometrics 34 (1978) 469-474, doi:10.2307/2530610.
/// </summary>
/// <param name="First">First proportion; NaN without trials.</param>
/// <param name="Second">Second proportion; NaN without trials.</param>
/// <param name="Difference">Second minus first.</param>
/// <param name="DifferenceInterval">Newcombe interval of the difference.</param>
/// <param name="Ratio">Second over first; +Infinity when only the first is 0, NaN when both are.</param>
/// <param name="RatioInterval">Log interval of the ratio; 1/2 is added to every cell when a count of successes is 0.</param>
/// <param name="PValue">Two-sided p-value; NaN without trials on a side.</param>
/// <param name="Exact">True when the p-value is Fisher's.</param>
public readonly record struct ProportionComparison(
    double First, double Second, double Difference, ConfidenceInterval DifferenceInterval,
    double Ratio, ConfidenceInterval RatioInterval, double PValue, bool Exact)
{
    /// <summary>Compares two proportions.</summary>
    /// <param name="firstSuccesses">In [0, firstTrials].</param>
    /// <param name="firstTrials">At least 0.</param>
    /// <param name="secondSuccesses">In [0, secondTrials].</param>
    /// <param name="secondTrials">At least 0.</param>
    /// <param name="level">Confidence level in (0, 1).</param>
    /// <exception cref="ArgumentOutOfRangeException">A count or the level is outside its range or NaN.</exception>
    public static ProportionComparison Of(
        double firstSuccesses, double firstTrials, double secondSuccesses, double secondTrials, double level = 0.95)
    {
        ConfidenceInterval one = WilsonInterval.Of(firstSuccesses, firstTrials, level);
        ConfidenceInterval two = WilsonInterval.Of(secondSuccesses, secondTrials, level);
        double first = firstSuccesses / firstTrials;
        double second = secondSuccesses / secondTrials;
        double difference = second - first;
        double below = Math.Sqrt(Square(second - two.Lower) + Square(one.Upper - first));
        double above = Math.Sqrt(Square(two.Upper - second) + Square(first - one.Lower));
        (double p, bool exact) = Test(firstSuccesses, firstTrials, secondSuccesses, secondTrials);
        return new ProportionComparison(
            first, second, difference, new ConfidenceInterval(difference - below, difference + above, level),
            second / first, KatzInterval(firstSuccesses, firstTrials, secondSuccesses, secondTrials, level), p, exact);
    }

    private static ConfidenceInterval KatzInterval(double x, double n, double y, double m, double level)
    {
        if (n == 0 || m == 0 || (x == 0 && y == 0))
        {
            return ConfidenceInterval.Unknown(level);
        }

        double add = x == 0 || y == 0 ? 0.5 : 0;
        double logRatio = Math.Log((y + add) / (m + add) / ((x + add) / (n + add)));
        double error = Math.Sqrt(Math.Max(0, (1 / (x + add)) - (1 / (n + add)) + (1 / (y + add)) - (1 / (m + add))));
        double half = NormalDistribution.Quantile(0.5 + (0.5 * level)) * error;
        return new ConfidenceInterval(Math.Exp(logRatio - half), Math.Exp(logRatio + half), level);
    }

    private static (double P, bool Exact) Test(double x, double n, double y, double m)
    {
        if (n == 0 || m == 0)
        {
            return (double.NaN, false);
        }

        double pooled = (x + y) / (n + m);
        double leastExpected = Math.Min(n, m) * Math.Min(pooled, 1 - pooled);
        bool whole = double.IsInteger(x) && double.IsInteger(n) && double.IsInteger(y) && double.IsInteger(m);
        if (leastExpected < 5 && whole)
        {
            return (FisherExactTest.TwoSided((long)x, (long)n, (long)y, (long)m), true);
        }

        double variance = pooled * (1 - pooled) * ((1 / n) + (1 / m));
        return (variance > 0 ? NormalDistribution.TwoSided(((y / m) - (x / n)) / Math.Sqrt(variance)) : 1, false);
    }

    private static double Square(double value) => value * value;
}
