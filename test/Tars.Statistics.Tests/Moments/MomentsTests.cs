using Tars.Statistics.Moments;
using Xunit;

namespace Tars.Statistics.Tests.Moments;

public sealed class MomentsTests
{
    [Fact]
    public void CompensatedSumOf_CancellingTerms_KeepsTheSmallOnes() =>
        Assert.Equal(2.0, CompensatedSum.Of([1, 1e100, 1, -1e100])); // Neumaier's example, exact by hand

    [Fact]
    public void CompensatedSumOf_NothingMeasured_IsNaN()
    {
        Assert.True(double.IsNaN(CompensatedSum.Of([])));
        Assert.True(double.IsNaN(CompensatedSum.Of([double.NaN])));
        Assert.Equal(3.0, CompensatedSum.Of([1, double.NaN, 2]));
        Assert.Equal(double.PositiveInfinity, CompensatedSum.Of([1, double.PositiveInfinity]));
    }

    [Fact]
    public void CompensatedSumOf_RandomValues_AgreesWithDecimalArithmetic()
    {
        var (random, seed) = RandomSeed.Draw();
        double[] values = new double[500];
        decimal exact = 0;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (random.NextInt32(2_000_000) - 1_000_000) / 1024.0; // exact in both arithmetics
            exact += (decimal)values[i];
        }

        Assert.True((double)exact == CompensatedSum.Of(values), $"seed {seed}");
    }

    // Certified values: NIST StRD, univariate summary statistics, NumAcc1 to NumAcc4.
    [Theory]
    [InlineData(1.2, 0.1, 1e-14)]
    [InlineData(1000000.2, 0.1, 1e-8)]
    [InlineData(10000000.2, 0.1, 1e-7)]
    public void SampleMomentsOf_NistNumAcc_MatchesCertifiedValues(double mean, double deviation, double tolerance)
    {
        SampleMoments moments = SampleMoments.Of(NumAcc(mean));

        Assert.Equal(1001, moments.Count);
        RandomSeed.Close(mean, moments.Mean, 1e-15, "mean");
        RandomSeed.Close(deviation, moments.StandardDeviation, tolerance, "standard deviation");
    }

    [Fact]
    public void SampleMomentsOf_NistNumAcc1_MatchesCertifiedValues()
    {
        SampleMoments moments = SampleMoments.Of([10000001, 10000003, 10000002]);
        Assert.Equal((10000002.0, 1.0), (moments.Mean, moments.StandardDeviation));
    }

    [Fact]
    public void SampleMomentsOf_FewValues_SaysWhatIsUnknown()
    {
        Assert.True(double.IsNaN(SampleMoments.Of([]).Mean));
        SampleMoments one = SampleMoments.Of([double.NaN, 4]);
        Assert.Equal((1, 4.0), (one.Count, one.Mean));
        Assert.True(double.IsNaN(one.Variance));
        Assert.Equal(0, SampleMoments.Of([4, 4, 4]).Variance);
    }

    internal static double[] NumAcc(double center)
    {
        double[] values = new double[1001];
        values[0] = center;
        for (int i = 1; i < values.Length; i++)
        {
            values[i] = Math.Round(center + (i % 2 == 1 ? -0.1 : 0.1), 1);
        }

        return values;
    }
}
