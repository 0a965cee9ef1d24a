using Tars.Statistics.Histograms;
using Xunit;

namespace Tars.Statistics.Tests.Histograms;

public sealed class HistogramTests
{
    private const double Inf = double.PositiveInfinity;

    private static readonly double[] PositiveBounds = [0.1, 0.2, 1, Inf];
    private static readonly double[] PositiveCounts = [50, 70, 110, 120];
    private static readonly double[] NegativeBounds = [-0.2, -0.1, 0.3, Inf];
    private static readonly double[] NegativeCounts = [10, 20, 20, 30];

    // Expected values: Prometheus, promql/promqltest/testdata/histograms.test, series testhistogram.
    [Theory]
    [InlineData(-0.1, double.NegativeInfinity, double.NegativeInfinity)]
    [InlineData(0, 0, -0.2)]
    [InlineData(0.2, 0.048, -0.2)]
    [InlineData(0.5, 0.15, -0.15)]
    [InlineData(0.8, 0.72, 0.3)]
    [InlineData(1, 1, 0.3)]
    [InlineData(1.01, Inf, Inf)]
    [InlineData(double.NaN, double.NaN, double.NaN)]
    public void HistogramQuantileOf_PrometheusVectors_Agrees(double q, double positive, double negative)
    {
        RandomSeed.Close(positive, HistogramQuantile.Of(q, PositiveBounds, PositiveCounts), 1e-12, "positive");
        RandomSeed.Close(negative, HistogramQuantile.Of(q, NegativeBounds, NegativeCounts), 1e-12, "negative");
    }

    // The same file, series testhistogram3 (nothing in the +Inf bucket) and request_duration_seconds.
    [Fact]
    public void HistogramQuantileOf_PrometheusMoreVectors_Agrees()
    {
        double[] bounds = [-0.25, -0.2, -0.1, 0.3, Inf];
        double[] counts = [0, 10, 20, 20, 20];
        Assert.Equal(-0.25, HistogramQuantile.Of(0, bounds, counts), 12);
        Assert.Equal(-0.225, HistogramQuantile.Of(0.25, bounds, counts), 12);
        Assert.Equal(-0.2, HistogramQuantile.Of(0.5, bounds, counts), 12);
        Assert.Equal(-0.15, HistogramQuantile.Of(0.75, bounds, counts), 12);
        Assert.Equal(-0.1, HistogramQuantile.Of(1, bounds, counts), 12);
        Assert.Equal(0.0675, HistogramQuantile.Of(0.3, [0.1, 0.2, Inf], [40, 70, 90]), 12);
        Assert.Equal(0.11666666666666667, HistogramQuantile.Of(0.5, [0.1, 0.2, Inf], [40, 70, 90]), 12);
    }

    [Fact]
    public void HistogramQuantileOf_DecreasingCount_IsRaisedToItsPredecessor() =>
        Assert.Equal(
            HistogramQuantile.Of(0.9, [1, 2, 3, Inf], [10, 10, 12, 12]),
            HistogramQuantile.Of(0.9, [1, 2, 3, Inf], [10, 8, 12, 11.9999999999999999]));

    [Fact]
    public void HistogramQuantileOf_EqualBounds_AreAddedUp() =>
        Assert.Equal(HistogramQuantile.Of(0.4, [1, 2, Inf], [5, 8, 9]), HistogramQuantile.Of(0.4, [1, 2, 2, Inf], [5, 3, 5, 9]));

    [Fact]
    public void HistogramQuantileOf_CannotAnswer_IsNaN()
    {
        Assert.True(double.IsNaN(HistogramQuantile.Of(0.5, [], [])));
        Assert.True(double.IsNaN(HistogramQuantile.Of(0.5, [Inf], [5])));
        Assert.True(double.IsNaN(HistogramQuantile.Of(0.5, [1, 2], [3, 5])));
        Assert.True(double.IsNaN(HistogramQuantile.Of(0.5, [1, Inf], [0, 0])));
        Assert.True(double.IsNaN(HistogramQuantile.Of(0.5, [1, Inf], [1, double.NaN])));
        Assert.Throws<ArgumentException>(() => HistogramQuantile.Of(0.5, [2, 1, Inf], [1, 2, 3]));
        Assert.Throws<ArgumentException>(() => HistogramQuantile.Of(0.5, [1, Inf], [1]));
    }

    // histogram_fraction(0, x, testhistogram2_bucket) of the same file.
    [Theory]
    [InlineData(4, 0.6666666666666666)]
    [InlineData(3.5, 0.5833333333333334)]
    [InlineData(6, 1)]
    [InlineData(7, 1)]
    public void HistogramFractionAtOrBelow_PrometheusVectors_Agrees(double threshold, double expected) =>
        Assert.Equal(expected, HistogramFraction.AtOrBelow(threshold, [0, 2, 4, 6, Inf], [0, 10, 20, 30, 30]), 12);

    [Fact]
    public void HistogramFractionAtOrBelow_OutsideTheFiniteBuckets_IsNaNOnlyWhileObservationsLieThere()
    {
        Assert.True(double.IsNaN(HistogramFraction.AtOrBelow(1.5, PositiveBounds, PositiveCounts)));
        Assert.Equal(110 / 120.0, HistogramFraction.AtOrBelow(1, PositiveBounds, PositiveCounts));
        Assert.Equal(1, HistogramFraction.AtOrBelow(Inf, PositiveBounds, PositiveCounts));
        Assert.Equal(0, HistogramFraction.AtOrBelow(-1, PositiveBounds, PositiveCounts));
        Assert.True(double.IsNaN(HistogramFraction.AtOrBelow(-1, NegativeBounds, NegativeCounts)));
        Assert.True(double.IsNaN(HistogramFraction.AtOrBelow(1, [1, Inf], [0, 0])));
    }

    [Fact]
    public void HistogramFractionAtOrBelow_RandomHistograms_InvertsTheQuantile()
    {
        var (random, seed) = RandomSeed.Draw();
        for (int round = 0; round < 500; round++)
        {
            int n = 2 + random.NextInt32(90);
            double[] bounds = new double[n];
            double[] counts = new double[n];
            for (int i = 0; i < n; i++)
            {
                bounds[i] = i == n - 1 ? Inf : (i == 0 ? 0 : bounds[i - 1]) + 0.01 + random.NextDouble();
                counts[i] = i == n - 1 ? counts[i - 1] : (i == 0 ? 0 : counts[i - 1]) + 1 + random.NextInt32(20);
            }

            double q = random.NextDouble();
            double value = HistogramQuantile.Of(q, bounds, counts);
            RandomSeed.Close(q, HistogramFraction.AtOrBelow(value, bounds, counts), 1e-9, $"seed {seed} round {round}");
        }
    }
}
