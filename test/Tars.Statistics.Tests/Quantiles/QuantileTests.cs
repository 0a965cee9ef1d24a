using Tars.Statistics.Quantiles;
using Xunit;

namespace Tars.Statistics.Tests.Quantiles;

public sealed class QuantileTests
{
    // R: quantile(1:10, p), type 7.
    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.25, 3.25)]
    [InlineData(0.5, 5.5)]
    [InlineData(0.9, 9.1)]
    [InlineData(1, 10)]
    public void QuantileOf_OneToTen_IsTypeSeven(double p, double expected)
    {
        double[] shuffled = [7, 1, 10, double.NaN, 3, 9, 2, 8, 5, 6, 4];
        Assert.Equal(expected, Quantile.Of(shuffled, p), 14);
        Assert.Equal(10, shuffled[2]);
    }

    [Fact]
    public void QuantileOf_EmptyOrInvalid_SaysSo()
    {
        Assert.True(double.IsNaN(Quantile.Of([], 0.5)));
        Assert.True(double.IsNaN(Median.Of([double.NaN])));
        Assert.Equal(4, Median.Of([4]));
        Assert.Equal(double.PositiveInfinity, Median.Of([double.PositiveInfinity, double.PositiveInfinity]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Quantile.Of([1], 1.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => Quantile.Of([1], double.NaN));
    }

    [Fact]
    public void QuantileInPlace_RandomSamples_AgreesWithSorting()
    {
        var (random, seed) = RandomSeed.Draw();
        for (int round = 0; round < 500; round++)
        {
            int n = 1 + random.NextInt32(200);
            double[] values = round % 2 == 0 ? random.Normals(n) : random.Tied(n, 5);
            double p = round % 7 == 0 ? 0.5 : random.NextDouble();
            double[] sorted = [.. values.Order()];
            double position = p * (n - 1);
            int low = (int)Math.Floor(position);
            double expected = sorted[low] + ((position - low) * (sorted[Math.Min(low + 1, n - 1)] - sorted[low]));
            RandomSeed.Close(expected, Quantile.OfSorted(sorted, p), 1e-14, $"sorted, seed {seed} round {round}");
            RandomSeed.Close(expected, Quantile.InPlace(values, p), 1e-14, $"in place, seed {seed} round {round}");
        }
    }

    [Fact]
    public void SelectionSelect_AdversarialOrders_FindsTheRank()
    {
        double[] organPipe = [.. Enumerable.Range(0, 5000).Select(i => (double)Math.Min(i, 5000 - i))];
        double[] sorted = [.. organPipe.Order()];
        foreach (int k in new[] { 0, 1, 17, 2500, 4998, 4999 })
        {
            Assert.Equal(sorted[k], Selection.Select([.. organPipe], k));
            Assert.Equal(sorted[k], Selection.Select([.. sorted], k));
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => Selection.Select([1], 1));
    }

    [Fact]
    public void MedianAbsoluteDeviationOf_ExampleOfR_Agrees()
    {
        // R help page of mad(): mad(c(1:9)) is 2.965204 and stays so for c(1:8, 100).
        Assert.Equal(2.965204, MedianAbsoluteDeviation.Of([1, 2, 3, 4, 5, 6, 7, 8, 9]), 6);
        Assert.Equal(2.965204, MedianAbsoluteDeviation.Of([1, 2, 3, 4, double.NaN, 5, 6, 7, 8, 100]), 6);
        Assert.Equal(0, MedianAbsoluteDeviation.Of([3, 3, 3, 9]));
        Assert.True(double.IsNaN(MedianAbsoluteDeviation.Of([])));
    }

    [Fact]
    public void SortedDeviationsMedian_RandomSamples_AgreesWithSortingTheDeviations()
    {
        var (random, seed) = RandomSeed.Draw();
        for (int round = 0; round < 1000; round++)
        {
            double[] sorted = round % 2 == 0 ? random.Normals(1 + random.NextInt32(40)) : random.Tied(1 + random.NextInt32(40), 4);
            Array.Sort(sorted);
            double center = round % 3 == 0 ? Median.OfSorted(sorted) : 3 * random.NextNormal();
            double expected = Median.OfSorted([.. sorted.Select(v => Math.Abs(v - center)).Order()]);
            RandomSeed.Close(expected, SortedDeviations.Median(sorted, center), 1e-14, $"seed {seed} round {round}");
        }
    }

    [Fact]
    public void WeightedQuantileOf_EqualWeights_IsTheUnweightedQuantile()
    {
        var (random, seed) = RandomSeed.Draw();
        for (int round = 0; round < 200; round++)
        {
            double[] values = random.Normals(1 + random.NextInt32(30));
            double[] weights = [.. values.Select(_ => 3.5)];
            double p = random.NextDouble();
            RandomSeed.Close(Quantile.Of(values, p), WeightedQuantile.Of(values, weights, p), 1e-9, $"seed {seed} round {round}");
        }
    }

    [Fact]
    public void WeightedQuantileOf_ZeroAndMissing_AreSkipped()
    {
        Assert.Equal(5, WeightedQuantile.Of([1, 5, 9], [0, 2, double.NaN], 0.5));
        Assert.True(double.IsNaN(WeightedQuantile.Of([1], [0], 0.5)));
        Assert.Throws<ArgumentException>(() => WeightedQuantile.Of([1], [-1], 0.5));
        Assert.Throws<ArgumentException>(() => WeightedQuantile.Of([1, 2], [1], 0.5));
    }

    [Fact]
    public void HarrellDavisOf_ThreeValues_UsesTheBetaWeights()
    {
        // Beta(2, 2): F(1/3) = 7/27, F(2/3) = 20/27, so the weights are 7/27, 13/27, 7/27.
        Assert.Equal(((7 * 1) + (13 * 2) + (7 * 10)) / 27.0, HarrellDavisQuantile.Of([10, 1, double.NaN, 2], 0.5), 12);
        Assert.Equal(10, HarrellDavisQuantile.Of([10, 1, 2], 1));
        Assert.True(double.IsNaN(HarrellDavisQuantile.Of([], 0.5)));
    }

    [Fact]
    public void RanksMidRanks_TiesAndGaps_ShareTheMeanRank()
    {
        double[] ranks = new double[6];
        Ranks.MidRanks([3, 1, double.NaN, 3, 2, 3], ranks);
        Assert.Equal([4, 1, double.NaN, 4, 2, 4], ranks);
    }
}
