using Tars.Statistics.Monitoring;
using Tars.Statistics.Quantiles;
using Xunit;

namespace Tars.Statistics.Tests.Monitoring;

public sealed class MonitoringTests
{
    [Fact]
    public void RollingWindow_RandomStream_AgreesWithSortingTheWindow()
    {
        var (random, seed) = RandomSeed.Draw();
        for (int round = 0; round < 60; round++)
        {
            int capacity = 1 + random.NextInt32(20);
            double[] values = round % 2 == 0 ? random.Normals(200, gaps: 0.15) : random.Tied(200, 4);
            RollingWindow window = new(capacity);
            for (int i = 0; i < values.Length; i++)
            {
                double[] last = values[Math.Max(0, i - capacity)..i];
                string about = $"seed {seed} round {round} step {i}";
                Assert.True(MeasuredValues.Count(last) == window.Count, about);
                RandomSeed.Close(Median.Of(last), window.Median, 1e-14, about);
                RandomSeed.Close(MedianAbsoluteDeviation.Of(last), window.Scale(), 1e-14, about);
                RandomSeed.Close(Quantile.Of(last, 0.9), window.Quantile(0.9), 1e-14, about);
                window.Add(values[i]);
            }
        }
    }

    [Fact]
    public void RollingWindow_Cleared_KnowsNothing()
    {
        RollingWindow window = new(3);
        window.Add(5);
        window.Clear();
        Assert.Equal((0, 0), (window.Count, window.Length));
        Assert.True(double.IsNaN(window.Median) && double.IsNaN(window.Scale()));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RollingWindow(0));
    }

    [Fact]
    public void CumulativeSum_ShiftOfOneAndAHalf_SignalsWhenTheSumPassesTheLimit()
    {
        // By hand: each step adds 1.5 - 0.5 = 1, so the sum passes 5 at the sixth.
        CumulativeSum chart = new();
        Assert.Equal([0, 0, 0, 0, 0, 1], Enumerable.Range(0, 6).Select(_ => chart.Add(1.5)));
        chart.Reset();
        Assert.Equal(0, chart.Add(double.NaN));
        Assert.Equal([0, 0, -1], Enumerable.Range(0, 3).Select(_ => chart.Add(-2.4)));
    }

    [Fact]
    public void PageHinkley_StepUpAndDown_SignalsTheDirectionSoonAfter()
    {
        foreach (int direction in new[] { 1, -1 })
        {
            PageHinkley test = new(0.1, 5);
            for (int i = 0; i < 100; i++)
            {
                Assert.Equal(0, test.Add(10));
            }

            int steps = 1;
            while (test.Add(10 + direction) == 0)
            {
                steps++;
            }

            Assert.InRange(steps, 5, 8);
            Assert.Equal(direction, test.Add(10 + direction));
            test.Reset();
            Assert.Equal((0L, 0), (test.Count, test.Add(99)));
        }
    }

    [Fact]
    public void GeneralizedParetoFit_KnownDistributions_RecoversTheParameters()
    {
        var (random, seed) = RandomSeed.Draw();
        foreach (double shape in new[] { -0.3, 0.0, 0.3 })
        {
            double[] sample = new double[5000];
            for (int i = 0; i < sample.Length; i++)
            {
                double u = 1 - random.NextDouble();
                sample[i] = shape == 0 ? -2 * Math.Log(u) : 2 * (Math.Pow(u, -shape) - 1) / shape;
            }

            // Asymptotic standard errors at n = 5000 are about 0.018 (shape) and 0.05 (scale); five of them.
            GeneralizedPareto fit = GeneralizedPareto.Fit(sample);
            Assert.True(Math.Abs(fit.Shape - shape) < 0.1 && Math.Abs(fit.Scale - 2) < 0.25, $"seed {seed}, shape {shape}: {fit}");
        }

        Assert.True(double.IsNaN(GeneralizedPareto.Fit([]).Scale));
        Assert.Equal(new GeneralizedPareto(0, 3), GeneralizedPareto.Fit([3, 3, 3, 3, 3, 3]));
    }

    [Fact]
    public void PeaksOverThreshold_ExponentialSample_ExtrapolatesTheTail()
    {
        // Excesses of an exponential are exponential: the tail model is exact, and what remains is sampling error. For k excesses the fitted shape and
        // scale have variances 1/k and 2/k and covariance -1/k (R. L. Smith, Annals of Statistics 15, 1987), so at y = ln(0.02 / 1e-4) = 5.3 the log
        // of the probability has variance (y⁴/4 - y³ + 2y²)/k = 104/k: 0.10 for 10,000 excesses. A factor of two is 6.8 standard errors.
        var (random, seed) = RandomSeed.Draw();
        double[] sample = new double[500_000];
        for (int i = 0; i < sample.Length; i++)
        {
            sample[i] = -Math.Log(1 - random.NextDouble());
        }

        PeaksOverThreshold model = PeaksOverThreshold.Fit(sample);
        double far = model.TailProbability(-Math.Log(1e-4));
        Assert.True(far is > 0.5e-4 and < 2e-4, $"seed {seed}: {far}");
        RandomSeed.Close(1e-4, model.TailProbability(model.Limit(1e-4)), 1e-9, $"seed {seed}");
    }

    [Fact]
    public void PeaksOverThreshold_NormalSample_KnowsTheTailItHasSeen()
    {
        // P(Z > 3) = 1.35e-3 has 27 of 20,000 draws beyond it: the log of the fitted probability has error 0.15 (0.19 if it were counted). Three times too
        // much is seven errors. Below, the error is skewed: five times too little needs a fitted shape of -0.53, nine of its errors (0.88 / √400) from the
        // usual -0.12. Four deviations are another matter: less than one draw is expected there, and a shape of -0.22, two errors off, ends the tail before.
        var (random, seed) = RandomSeed.Draw();
        PeaksOverThreshold model = PeaksOverThreshold.Fit(random.Normals(20_000));
        double atThree = model.TailProbability(3);
        Assert.True(atThree is > 1.35e-3 / 5 and < 3 * 1.35e-3, $"seed {seed}: {atThree}");
        Assert.True(model.TailProbability(0) > 0.019, $"seed {seed}");
    }

    [Fact]
    public void PeaksOverThreshold_NothingOrNoTail_SaysWhatIsLeft()
    {
        Assert.True(double.IsNaN(PeaksOverThreshold.Fit([]).TailProbability(1)));
        Assert.Equal(0.2, PeaksOverThreshold.Fit([5, 5, 5, 5]).TailProbability(6));
    }
}
