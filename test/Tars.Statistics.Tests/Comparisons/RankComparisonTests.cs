using Tars.Statistics.Comparisons;
using Tars.Statistics.Quantiles;
using Tars.Statistics.Resampling;
using Xunit;

namespace Tars.Statistics.Tests.Comparisons;

public sealed class RankComparisonTests
{
    [Fact]
    public void MannWhitneyOf_ExampleOfScipy_Agrees()
    {
        // SciPy documentation of mannwhitneyu: males against females, U1 = 17, exact p = 0.1111111111111111.
        MannWhitneyTest test = MannWhitneyTest.Of([20, 11, 17, 12], [19, 22, 16, 29, 24]);
        Assert.Equal((17.0, true), (test.U, test.Exact));
        Assert.Equal(0.1111111111111111, test.PValue, 12);
    }

    [Fact]
    public void MannWhitneyOf_ExampleOfR_Agrees()
    {
        // R help page of wilcox.test (Hollander and Wolfe 1973, p. 69): W = 35, one-sided p = 0.1272.
        double[] x = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
        double[] y = [1.15, 0.88, 0.90, 0.74, 1.21];
        MannWhitneyTest test = MannWhitneyTest.Of(y, x);
        Assert.Equal(35, test.U);
        Assert.Equal(2 * 0.1272, test.PValue, 3);
        Assert.Equal(0.7, test.Superiority, 12);
        Assert.Equal(0.4, test.CliffsDelta, 12);
    }

    [Fact]
    public void MannWhitneyOf_SmallSamples_AgreesWithEnumeration()
    {
        for (int n = 1; n <= 5; n++)
        {
            for (int m = 1; m <= 5; m++)
            {
                double[] counts = new double[(n * m) + 1];
                for (int set = 0; set < 1 << (n + m); set++)
                {
                    if (System.Numerics.BitOperations.PopCount((uint)set) == n)
                    {
                        counts[CountU(set, n + m)]++;
                    }
                }

                for (int set = 0; set < 1 << (n + m); set++)
                {
                    if (System.Numerics.BitOperations.PopCount((uint)set) == n)
                    {
                        int u = CountU(set, n + m);
                        int extreme = Math.Min(u, (n * m) - u);
                        double p = Math.Min(1, 2 * counts.Take(extreme + 1).Sum() / counts.Sum());
                        double[] x = [.. Enumerable.Range(0, n + m).Where(i => (set >> i & 1) == 1).Select(i => (double)i)];
                        double[] y = [.. Enumerable.Range(0, n + m).Where(i => (set >> i & 1) == 0).Select(i => (double)i)];
                        RandomSeed.Close(p, MannWhitneyTest.Of(x, y).PValue, 1e-12, $"n {n} m {m} set {set}");
                    }
                }
            }
        }

        static int CountU(int set, int size)
        {
            int u = 0;
            int below = 0;
            for (int i = 0; i < size; i++)
            {
                below += set >> i & 1;
                u += (set >> i & 1) == 0 ? below : 0;
            }

            return u;
        }
    }

    [Fact]
    public void MannWhitneyOf_TiesAndGaps_CountsPairsLikeTheDoubleLoop()
    {
        var (random, seed) = RandomSeed.Draw();
        for (int round = 0; round < 200; round++)
        {
            double[] x = random.Tied(1 + random.NextInt32(40), 6);
            double[] y = [.. random.Tied(1 + random.NextInt32(40), 6), double.NaN];
            double u = x.Sum(a => y.Sum(b => b > a ? 1 : b == a ? 0.5 : 0.0));
            MannWhitneyTest test = MannWhitneyTest.Of(x, y);
            RandomSeed.Close(u, test.U, 1e-12, $"seed {seed} round {round}");
            RandomSeed.Close(test.PValue, MannWhitneyTest.Of(y, x).PValue, 1e-12, $"symmetry, seed {seed} round {round}");
        }

        Assert.Equal(1, MannWhitneyTest.Of([2, 2], [2, 2, 2]).PValue);
        Assert.True(double.IsNaN(MannWhitneyTest.Of([], [1]).PValue));
    }

    [Fact]
    public void BrunnerMunzelOf_PublishedExample_Agrees()
    {
        // Brunner and Munzel (2000), shoulder tip pain; output of lawstat::brunner.munzel.test in R.
        double[] first = [1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 2, 4, 1, 1];
        double[] second = [3, 3, 4, 3, 1, 2, 3, 1, 1, 5, 4];
        BrunnerMunzelTest test = BrunnerMunzelTest.Of(first, second);
        Assert.Equal(3.1375, test.Statistic, 4);
        Assert.Equal(17.683, test.DegreesOfFreedom, 3);
        Assert.Equal(0.005786, test.PValue, 6);
        Assert.Equal(0.788961, test.Superiority, 6);
        Assert.Equal(0.5952169, test.Interval.Lower, 6);
        Assert.Equal(0.9827052, test.Interval.Upper, 6);
    }

    [Fact]
    public void BrunnerMunzelOf_SeparatedOrTiny_SaysSo()
    {
        BrunnerMunzelTest separated = BrunnerMunzelTest.Of([1, 2, 3], [4, 5, 6]);
        Assert.Equal(double.PositiveInfinity, separated.Statistic);
        Assert.Equal(0.1, separated.PValue, 12); // 2 / C(6, 3)
        Assert.Equal(1, BrunnerMunzelTest.Of([3, 3], [3, 3]).PValue);
        Assert.True(double.IsNaN(BrunnerMunzelTest.Of([1], [1, 2]).PValue));
    }

    [Fact]
    public void HodgesLehmannOf_RandomSamples_AgreesWithAllDifferences()
    {
        var (random, seed) = RandomSeed.Draw();
        for (int round = 0; round < 300; round++)
        {
            double[] x = round % 2 == 0 ? random.Normals(1 + random.NextInt32(30)) : random.Tied(1 + random.NextInt32(80), 7);
            double[] y = round % 2 == 0 ? random.Normals(1 + random.NextInt32(30)) : random.Tied(1 + random.NextInt32(80), 7);
            double[] differences = [.. x.SelectMany(a => y.Select(b => b - a)).Order()];
            HodgesLehmannShift shift = HodgesLehmannShift.Of(x, y);
            RandomSeed.Close(Median.OfSorted(differences), shift.Shift, 1e-14, $"seed {seed} round {round}");
            if (!double.IsNaN(shift.Interval.Lower))
            {
                int index = Array.IndexOf(differences, shift.Interval.Lower);
                Assert.True(index >= 0 && differences.Contains(shift.Interval.Upper), $"seed {seed} round {round}");
                Assert.True(shift.Interval.Contains(shift.Shift), $"seed {seed} round {round}");
            }
        }
    }

    [Fact]
    public void HodgesLehmannOf_IntervalOverManySamples_CoversAtItsLevel()
    {
        var (random, seed) = RandomSeed.Draw();
        int covered = 0;
        for (int round = 0; round < 400; round++)
        {
            double[] x = random.Normals(12);
            double[] y = [.. random.Normals(15).Select(v => v + 2)];
            covered += HodgesLehmannShift.Of(x, y, 0.9).Interval.Contains(2) ? 1 : 0;
        }

        // The interval is exact, so the count is Binomial(400, 0.9) or a little higher: 326 or fewer come with probability 1.8e-7.
        Assert.True(covered > 326, $"seed {seed}: {covered} of 400");
    }

    [Fact]
    public void HodgesLehmannOf_TwentyThousandEach_NeedsOnlyLinearMemory()
    {
        Xoshiro256 random = new(7);
        double[] x = random.Normals(20_000);
        double[] y = [.. random.Normals(20_000).Select(v => v + 0.5)];
        long before = GC.GetAllocatedBytesForCurrentThread();
        HodgesLehmannShift shift = HodgesLehmannShift.Of(x, y);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2_000_000);
        Assert.InRange(shift.Shift, 0.45, 0.55);
    }

    [Fact]
    public void HodgesLehmannOf_EmptyOrInfinite_SaysSo()
    {
        Assert.True(double.IsNaN(HodgesLehmannShift.Of([double.NaN], [1]).Shift));
        Assert.Throws<ArgumentException>(() => HodgesLehmannShift.Of([double.PositiveInfinity], [1]));
        HodgesLehmannShift tiny = HodgesLehmannShift.Of([1], [4]);
        Assert.Equal(3, tiny.Shift);
        Assert.True(double.IsNaN(tiny.Interval.Lower));
    }
}
