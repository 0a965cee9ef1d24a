using Tars.Statistics.Seasonality;
using Tars.Statistics.Smoothing;
using Tars.Statistics.Tests.Moments;
using Xunit;

namespace Tars.Statistics.Tests.Seasonality;

public sealed class SeasonalityTests
{
    [Theory]
    [InlineData(1.2)]
    [InlineData(1000000.2)]
    public void AutocorrelationAt_NistNumAcc_MatchesTheCertifiedLagOne(double center) =>
        Assert.Equal(-0.999, Autocorrelation.At(MomentsTests.NumAcc(center), 1), 7); // NIST StRD, certified -0.999000000000000

    [Fact]
    public void AutocorrelationFunction_RandomSeries_AgreesWithTheDefinition()
    {
        var (random, seed) = RandomSeed.Draw();
        double[] values = random.Normals(203);
        double mean = values.Average();
        double variance = values.Sum(v => (v - mean) * (v - mean));
        double[] function = Autocorrelation.Function(values, 300);
        for (int lag = 0; lag < 203; lag++)
        {
            double sum = Enumerable.Range(0, 203 - lag).Sum(i => (values[i] - mean) * (values[i + lag] - mean));
            RandomSeed.Close(sum / variance, function[lag], 1e-12, $"seed {seed} lag {lag}");
        }

        Assert.True(double.IsNaN(function[203]) && double.IsNaN(Autocorrelation.At([2, 2, 2], 1)));
    }

    [Fact]
    public void RobustAutocorrelationAt_SeriesWithSpikes_StaysNearTheTrueValue()
    {
        var (random, seed) = RandomSeed.Draw();
        double[] values = random.Normals(4000);
        for (int i = 1; i < values.Length; i++)
        {
            values[i] += 0.6 * values[i - 1];
        }

        for (int i = 0; i < values.Length; i += 50)
        {
            values[i] += 1000;
        }

        Assert.True(Math.Abs(RobustAutocorrelation.At(values) - 0.6) < 0.15, $"seed {seed}: {RobustAutocorrelation.At(values)}");
        Assert.True(double.IsNaN(RobustAutocorrelation.At([1])));
    }

    [Fact]
    public void SeasonalProfileOf_RepeatingWeek_GivesThePhasesBack()
    {
        double[] week = [1, 2, 3, 4, 5, 9, 9];
        double[] values = [.. Enumerable.Range(0, 70).Select(i => i == 30 ? 500 : i == 31 ? double.NaN : week[i % 7])];
        SeasonalProfile profile = SeasonalProfile.Of(values, 7);
        Assert.Equal(week, profile.Medians);
        Assert.All(profile.Scales, s => Assert.Equal(0, s));
        Assert.Equal([10, 10, 10, 9, 10, 10, 10], profile.Counts);
        Assert.Equal(497, profile.Deviations(values)[30]);
        Assert.True(double.IsNaN(SeasonalProfile.Of([1, 2], 3).Medians[2]));
    }

    [Theory]
    [InlineData(12, 150)]
    [InlineData(24, 480)]
    [InlineData(7, 90)]
    public void DominantPeriodOf_NoisySeasonOnATrend_FindsThePeriod(int period, int length)
    {
        var (random, seed) = RandomSeed.Draw();
        double[] noise = random.Normals(length, gaps: 0.02);

        // A neighbour of the period wins when noise lifts its correlation over 1 - cos(2π/period), 0.034 for 24. At noise 0.4 and ten cycles that took 3.3
        // standard errors (once in 500 draws the answer was 25); at half the noise and twenty cycles it takes nine.
        double[] values = [.. noise.Select((e, i) => (0.05 * i) + (2 * Math.Sin(2 * Math.PI * i / period)) + (0.2 * e))];
        DominantPeriod? found = DominantPeriod.Of(values);
        Assert.True(found?.Length == period, $"seed {seed}: {found}");
    }

    [Fact]
    public void DominantPeriodOf_NoSeason_IsNull()
    {
        var (random, seed) = RandomSeed.Draw();
        double[] noise = random.Normals(600);
        Assert.True(DominantPeriod.Of(noise) is null, $"seed {seed}");
        double[] step = [.. noise.Select((e, i) => e + (i < 250 ? 0 : 8))];
        Assert.True(DominantPeriod.Of(step) is null, $"step, seed {seed}");
        Assert.Null(DominantPeriod.Of([1, 2, 3]));
        Assert.Null(DominantPeriod.Of([.. Enumerable.Repeat(1.0, 100)]));
    }

    [Fact]
    public void ExponentialSmoothing_ThreeValues_FollowsTheRecursion()
    {
        ExponentialSmoothing smoothing = new(0.5);
        Assert.True(double.IsNaN(smoothing.Mean) && double.IsNaN(smoothing.ZScore(1)));
        foreach (double value in new[] { 4, double.NaN, 8, 2 })
        {
            smoothing.Add(value);
        }

        // By hand: 4, then 6 with variance 0.5 (0 + 0.5 * 16) = 4, then 4 with variance 0.5 (4 + 0.5 * 16) = 6.
        Assert.Equal((4.0, 6.0, 3L), (smoothing.Mean, smoothing.Variance, smoothing.Count));
        Assert.Equal(1, smoothing.ZScore(4 + Math.Sqrt(6)), 12);
        Assert.Throws<ArgumentOutOfRangeException>(() => new ExponentialSmoothing(0));
    }

    [Fact]
    public void RunningMedianOf_ShortSeries_AgreesByHand()
    {
        Assert.Equal([5, 5, 6, 5, 5], RunningMedian.Of([1, 9, 5, 6, 4], 1)); // medians of 1 9 | 1 9 5 | 9 5 6 | 5 6 4 | 6 4
        Assert.Equal([2, 2, double.NaN], RunningMedian.Of([2, double.NaN, double.NaN], 1));
        Assert.Equal([3, 1, 2], RunningMedian.Of([3, 1, 2], 0));
        Assert.Empty(RunningMedian.Of([], 4));
    }
}
