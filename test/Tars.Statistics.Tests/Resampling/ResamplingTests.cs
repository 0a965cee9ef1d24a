using Tars.Statistics.Intervals;
using Tars.Statistics.Moments;
using Tars.Statistics.Resampling;
using Xunit;

namespace Tars.Statistics.Tests.Resampling;

public sealed class ResamplingTests
{
    [Fact]
    public void Xoshiro256_StateOneToFour_GivesTheReferenceNumbers()
    {
        // First outputs of the authors' reference code for the state {1, 2, 3, 4}.
        Xoshiro256 random = new(1, 2, 3, 4);
        Assert.Equal(
            [11520UL, 0UL, 1509978240UL, 1215971899390074240UL],
            [random.NextUInt64(), random.NextUInt64(), random.NextUInt64(), random.NextUInt64()]);
        Assert.Throws<ArgumentException>(() => new Xoshiro256(0, 0, 0, 0));
    }

    [Fact]
    public void Xoshiro256_Draws_StayInRangeAndFillIt()
    {
        var (random, seed) = RandomSeed.Draw();
        int[] seen = new int[7];
        for (int i = 0; i < 7000; i++)
        {
            seen[random.NextInt32(7)]++;
            Assert.True(random.NextDouble() is >= 0 and < 1, $"seed {seed}");
        }

        // Each count is Binomial(7000, 1/7): 1000 with standard deviation 29.3; six of them either way.
        Assert.True(seen.All(c => c is > 824 and < 1176), $"seed {seed}: {string.Join(' ', seen)}");
        SampleMoments moments = SampleMoments.Of(random.Normals(10_000));
        Assert.True(Math.Abs(moments.Mean) < 0.06 && Math.Abs(moments.Variance - 1) < 0.09, $"seed {seed}: {moments}");
    }

    [Fact]
    public void BlockBootstrap_SameSeed_GivesTheSameInterval()
    {
        double[] values = new Xoshiro256(3).Normals(100, gaps: 0.1);
        ConfidenceInterval one = BlockBootstrap.Moving(values, Mean, 5, 42);
        Assert.Equal(one, BlockBootstrap.Moving(values, Mean, 5, 42));
        Assert.NotEqual(one, BlockBootstrap.Moving(values, Mean, 5, 43));
        Assert.True(one.Contains(Mean(values)));
        Assert.True(double.IsNaN(BlockBootstrap.Stationary([], Mean, 1, 1).Lower));
        Assert.Throws<ArgumentOutOfRangeException>(() => BlockBootstrap.Moving([1, 2], Mean, 3, 1));
    }

    [Fact]
    public void BlockBootstrap_AutocorrelatedSeries_IsWiderWithBlocksThanWithout()
    {
        var (random, seed) = RandomSeed.Draw();
        double[] values = random.Normals(10_000);
        for (int i = 1; i < values.Length; i++)
        {
            values[i] += 0.8 * values[i - 1];
        }

        // The true standard error is three times the independent one; blocks of 40 recover most of it: 2.75 times. The width comes from 250 blocks
        // and the 5 % tails of 400 resamples, so its own error is 8 % (0.22): 1.5 times lies 5.7 deviations below. (With 1,000 values it lay 3.2 below.)
        ConfidenceInterval independent = BlockBootstrap.Moving(values, Mean, 1, 1, 400);
        foreach (ConfidenceInterval blocks in new[] { BlockBootstrap.Moving(values, Mean, 40, 1, 400), BlockBootstrap.Stationary(values, Mean, 40, 1, 400) })
        {
            Assert.True(blocks.Upper - blocks.Lower > 1.5 * (independent.Upper - independent.Lower), $"seed {seed}");
        }
    }

    private static double Mean(ReadOnlySpan<double> values) => SampleMoments.Of(values).Mean;
}
