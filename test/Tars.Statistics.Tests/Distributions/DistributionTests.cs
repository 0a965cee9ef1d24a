using Tars.Statistics.Distributions;
using Xunit;

namespace Tars.Statistics.Tests.Distributions;

public sealed class DistributionTests
{
    [Fact]
    public void GammaLog_WholeNumbers_IsTheLogOfTheFactorial()
    {
        double logFactorial = 0;
        for (int n = 1; n <= 170; n++)
        {
            RandomSeed.Close(logFactorial, GammaFunction.Log(n), 1e-14, $"n = {n}");
            logFactorial += Math.Log(n);
        }

        RandomSeed.Close(0.5 * Math.Log(Math.PI), GammaFunction.Log(0.5), 1e-14, "Gamma(1/2) = sqrt(pi)");
        Assert.Throws<ArgumentOutOfRangeException>(() => GammaFunction.Log(0));
    }

    // Abramowitz and Stegun tables 26.1 and 26.2, further digits from the defining integral.
    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(1, 0.84134474606854293)]
    [InlineData(1.959963984540054, 0.975)]
    [InlineData(-3, 0.0013498980316300946)]
    [InlineData(-10, 7.6198530241605261e-24)]
    public void NormalCdf_TabulatedPoints_AgreesAndInverts(double z, double p)
    {
        RandomSeed.Close(1, NormalDistribution.Cdf(z) / p, 1e-13, "cdf");
        RandomSeed.Close(z, NormalDistribution.Quantile(p), 1e-14, "quantile");
        RandomSeed.Close(2 * Math.Min(p, 1 - p), NormalDistribution.TwoSided(z), 1e-14, "two-sided");
    }

    [Fact]
    public void NormalQuantile_RandomProbabilities_InvertsTheCdf()
    {
        var (random, seed) = RandomSeed.Draw();
        for (int i = 0; i < 2000; i++)
        {
            double p = Math.Pow(10, -20 * random.NextDouble()) * 0.5;
            RandomSeed.Close(1, NormalDistribution.Cdf(NormalDistribution.Quantile(p)) / p, 1e-11, $"seed {seed}, p {p:R}");
        }

        Assert.Equal(double.NegativeInfinity, NormalDistribution.Quantile(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => NormalDistribution.Quantile(1.1));
    }

    // Critical values: NIST/SEMATECH e-Handbook, tables 1.3.6.7.2 (t) and 1.3.6.7.4 (chi-square).
    [Theory]
    [InlineData(0.975, 1, 12.706)]
    [InlineData(0.975, 10, 2.228)]
    [InlineData(0.95, 5, 2.015)]
    [InlineData(0.999, 30, 3.385)]
    public void StudentTQuantile_TabulatedPoints_Agrees(double p, double freedom, double t)
    {
        Assert.Equal(t, StudentTDistribution.Quantile(p, freedom), 3);
        Assert.Equal(-t, StudentTDistribution.Quantile(1 - p, freedom), 3);
        Assert.Equal(p, StudentTDistribution.Cdf(StudentTDistribution.Quantile(p, freedom), freedom), 12);
    }

    [Theory]
    [InlineData(3.841, 1, 0.05)]
    [InlineData(18.307, 10, 0.05)]
    [InlineData(124.342, 100, 0.05)]
    [InlineData(6.635, 1, 0.01)]
    public void ChiSquareSurvival_TabulatedPoints_Agrees(double x, double freedom, double p)
    {
        Assert.Equal(p, ChiSquareDistribution.Survival(x, freedom), 4);
        Assert.Equal(1, ChiSquareDistribution.Survival(x, freedom) + ChiSquareDistribution.Cdf(x, freedom), 14);
    }

    [Fact]
    public void BetaRegularized_WholeParameters_IsTheBinomialTail()
    {
        var (random, seed) = RandomSeed.Draw();
        for (int round = 0; round < 300; round++)
        {
            int n = 1 + random.NextInt32(60);
            int k = 1 + random.NextInt32(n);
            double p = random.NextDouble();
            double tail = 0;
            for (int j = k; j <= n; j++)
            {
                double term = 1;
                for (int i = 1; i <= j; i++)
                {
                    term *= (n - j + i) / (double)i * p;
                }

                tail += term * Math.Pow(1 - p, n - j);
            }

            RandomSeed.Close(tail, BetaFunction.Regularized(p, k, n - k + 1), 1e-12, $"seed {seed}, n {n}, k {k}, p {p:R}");
            double back = BetaFunction.InverseRegularized(tail > 1 ? 1 : tail, k, n - k + 1);
            RandomSeed.Close(tail, BetaFunction.Regularized(back, k, n - k + 1), 1e-12, $"inverse, seed {seed}");
        }
    }
}
