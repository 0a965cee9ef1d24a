using Tars.Statistics.Comparisons;
using Xunit;

namespace Tars.Statistics.Tests.Comparisons;

public sealed class CountComparisonTests
{
    [Fact]
    public void WelchOf_StudentsSleepData_AgreesWithR()
    {
        // R help page of t.test: t.test(extra ~ group, data = sleep); the sign is turned because here it is second - first.
        double[] first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
        double[] second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
        WelchTest test = WelchTest.Of(first, second);
        Assert.Equal(1.8608, test.Statistic, 4);
        Assert.Equal(17.776, test.DegreesOfFreedom, 3);
        Assert.Equal(0.07939, test.PValue, 5);
        Assert.Equal(-0.2054832, test.Interval.Lower, 6);
        Assert.Equal(3.3654832, test.Interval.Upper, 6);
        Assert.True(double.IsNaN(WelchTest.Of([1], [1, 2]).PValue));
        Assert.True(double.IsNaN(WelchTest.Of([1, 1], [2, 2]).PValue));
    }

    // R. G. Newcombe, Statistics in Medicine 17 (1998) 873-890, table II, method 10 (there first - second).
    [Theory]
    [InlineData(56, 70, 48, 80, 0.0524, 0.3339)]
    [InlineData(9, 10, 3, 10, 0.1705, 0.8090)]
    [InlineData(6, 7, 2, 7, 0.0582, 0.8062)]
    [InlineData(5, 56, 0, 29, -0.0381, 0.1926)]
    [InlineData(0, 10, 0, 20, -0.1611, 0.2775)]
    [InlineData(10, 10, 0, 20, 0.6791, 1.0000)]
    public void ProportionComparisonOf_NewcombesExamples_Agrees(double a, double m, double b, double n, double lower, double upper)
    {
        ProportionComparison comparison = ProportionComparison.Of(b, n, a, m);
        Assert.Equal(lower, comparison.DifferenceInterval.Lower, 4);
        Assert.Equal(upper, comparison.DifferenceInterval.Upper, 4);
        Assert.Equal((a / m) - (b / n), comparison.Difference, 12);
    }

    [Fact]
    public void FisherTwoSided_ExamplesOfR_Agree()
    {
        // R help page of fisher.test: Agresti's tea tasting (3 1 / 1 3) and Fisher's convictions (2 15 / 10 3).
        Assert.Equal(0.4857, FisherExactTest.TwoSided(3, 4, 1, 4), 4);
        Assert.Equal(0.0005367, FisherExactTest.TwoSided(2, 12, 15, 18), 7);
    }

    [Fact]
    public void ProportionComparisonOf_LargeCounts_UsesThePooledScoreTest()
    {
        // By hand: 30/100 against 50/100: pooled 0.4, z^2 = 0.2^2 / (0.24 * 0.02) = 8.3333, p = 0.0038924 (chi-square, 1 df).
        ProportionComparison comparison = ProportionComparison.Of(30, 100, 50, 100);
        Assert.False(comparison.Exact);
        Assert.Equal(Math.Sqrt(25 / 3.0), Tars.Statistics.Distributions.NormalDistribution.Quantile(1 - (comparison.PValue / 2)), 10);
        Assert.Equal(5 / 3.0, comparison.Ratio, 12);

        // Katz by hand: log(5/3) +- 1.959964 * sqrt(1/30 - 1/100 + 1/50 - 1/100).
        double half = 1.959963984540054 * Math.Sqrt((1 / 30.0) + (1 / 50.0) - 0.02);
        Assert.Equal(5 / 3.0 * Math.Exp(-half), comparison.RatioInterval.Lower, 10);
        Assert.Equal(5 / 3.0 * Math.Exp(half), comparison.RatioInterval.Upper, 10);
    }

    [Fact]
    public void ProportionComparisonOf_ZeroCounts_SaysWhatIsUnknown()
    {
        Assert.True(double.IsNaN(ProportionComparison.Of(0, 0, 1, 2).PValue));
        ProportionComparison none = ProportionComparison.Of(0, 50, 0, 60);
        Assert.Equal(1, none.PValue, 12);
        Assert.True(double.IsNaN(none.Ratio) && double.IsNaN(none.RatioInterval.Upper));
        Assert.Equal(double.PositiveInfinity, ProportionComparison.Of(0, 50, 5, 50).Ratio);
    }

    [Fact]
    public void RateComparisonOf_SteadyBlocks_IsThePoissonInterval()
    {
        // Perfectly even blocks: dispersion falls to its floor 1; SE = sqrt(1/100 + 1/200), t with 18 degrees of freedom (2.100922).
        double[] exposure = [.. Enumerable.Repeat(1.0, 10)];
        RateComparison comparison = RateComparison.Of([.. Enumerable.Repeat(10.0, 10)], exposure, [.. Enumerable.Repeat(20.0, 10)], exposure);
        double half = 2.10092204024096 * Math.Sqrt(0.015);
        Assert.Equal((1.0, 2.0), (comparison.Dispersion, comparison.Ratio));
        Assert.Equal(2 * Math.Exp(-half), comparison.RatioInterval.Lower, 8);
        Assert.Equal(2 * Math.Exp(half), comparison.RatioInterval.Upper, 8);
    }

    [Fact]
    public void RateComparisonOf_BurstyBlocks_WidensByThePearsonDispersion()
    {
        // Blocks 0, 0, 0, 40 against 10 expected: chi-square 120; both sides: 240 / 6 = 40.
        double[] exposure = [5, 5, 5, 5];
        RateComparison comparison = RateComparison.Of([0, 0, 0, 40], exposure, [0, 40, 0, 0], exposure);
        Assert.Equal(40, comparison.Dispersion, 12);
        Assert.Equal(1, comparison.PValue, 12);
        Assert.True(double.IsNaN(RateComparison.Of([1], [1], [double.NaN], [1]).PValue));
        Assert.Throws<ArgumentException>(() => RateComparison.Of([1, 2], [1], [1], [1]));
    }

    [Fact]
    public void FalseDiscoveryRate_ExampleOfThePaper_RejectsFour()
    {
        // Benjamini and Hochberg (1995), section 4.1: 15 p-values, four rejected at q = 0.05.
        double[] p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.000];
        double[] adjusted = FalseDiscoveryRate.BenjaminiHochberg(p);
        Assert.Equal(4, adjusted.Count(q => q <= 0.05));
        Assert.Equal(0.0015, adjusted[0], 12);
        Assert.Equal(0.0095 * 15 / 4, adjusted[3], 12);
        double[] dependent = FalseDiscoveryRate.BenjaminiYekutieli(p);
        Assert.Equal(0.0015 * Enumerable.Range(1, 15).Sum(i => 1.0 / i), dependent[0], 12);
    }

    [Fact]
    public void FalseDiscoveryRate_MissingTests_StayMissingAndUncounted()
    {
        double[] adjusted = FalseDiscoveryRate.BenjaminiHochberg([0.04, double.NaN, 0.02]);
        Assert.Equal(0.04, adjusted[0], 12);
        Assert.True(double.IsNaN(adjusted[1]));
        Assert.Equal(0.04, adjusted[2], 12);
        Assert.Empty(FalseDiscoveryRate.BenjaminiHochberg([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => FalseDiscoveryRate.BenjaminiHochberg([1.5]));
    }
}
