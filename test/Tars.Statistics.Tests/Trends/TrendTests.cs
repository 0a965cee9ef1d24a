using Tars.Statistics.Quantiles;
using Tars.Statistics.Trends;
using Xunit;

namespace Tars.Statistics.Tests.Trends;

public sealed class TrendTests
{
    [Fact]
    public void TheilSenOf_RandomSeries_AgreesWithAllPairs()
    {
        var (random, seed) = RandomSeed.Draw();
        foreach (int n in new[] { 2, 3, 10, 57, 700, 901 })
        {
            double[] values = random.Normals(n, gaps: n > 10 ? 0.1 : 0);
            for (int i = 0; i < n; i++)
            {
                values[i] += 0.01 * i;
            }

            List<double> slopes = [];
            for (int i = 0; i < n; i++)
            {
                for (int j = i + 1; j < n; j++)
                {
                    if (!double.IsNaN(values[i]) && !double.IsNaN(values[j]))
                    {
                        slopes.Add((values[j] - values[i]) / (j - i));
                    }
                }
            }

            double slope = Median.Of([.. slopes]);
            TheilSenTrend trend = TheilSenTrend.Of(values);
            RandomSeed.Close(slope, trend.Slope, 1e-11, $"seed {seed} n {n}");
            RandomSeed.Close(Median.Of([.. values.Select((v, i) => v - (slope * i))]), trend.Intercept, 1e-8, $"intercept, seed {seed} n {n}");
            Assert.True(n < 10 || trend.SlopeInterval.Contains(trend.Slope), $"seed {seed} n {n}");
        }
    }

    [Fact]
    public void TheilSenOf_LongQuantisedSeries_AgreesWithAllPairs()
    {
        var (random, seed) = RandomSeed.Draw();
        foreach (int levels in new[] { 2, 5, 100 })
        {
            double[] values = random.Tied(700, levels);
            List<double> slopes = [];
            for (int i = 0; i < values.Length; i++)
            {
                for (int j = i + 1; j < values.Length; j++)
                {
                    slopes.Add((values[j] - values[i]) / (j - i));
                }
            }

            RandomSeed.Close(Median.Of([.. slopes]), TheilSenTrend.Of(values).Slope, 1e-11, $"seed {seed} levels {levels}");
        }
    }

    [Fact]
    public void TheilSenOf_LineWithWildValues_FindsTheLine()
    {
        double[] values = [.. Enumerable.Range(0, 2000).Select(i => i % 5 == 0 ? 1e6 : 3 + (0.25 * i))];
        TheilSenTrend trend = TheilSenTrend.Of(values);
        Assert.Equal(0.25, trend.Slope, 6);
        Assert.Equal(3, trend.Intercept, 2);
    }

    [Fact]
    public void TheilSenOf_FlatOrTiny_SaysSo()
    {
        Assert.Equal(0, TheilSenTrend.Of([.. Enumerable.Repeat(7.0, 1000)]).Slope);
        Assert.True(double.IsNaN(TheilSenTrend.Of([1, double.NaN]).Slope));
        Assert.True(double.IsNaN(TheilSenTrend.Of([1, 2]).SlopeInterval.Lower));
    }

    [Fact]
    public void MannKendallOf_ShortSeries_AgreesWithEnumerationOfAllOrders()
    {
        for (int n = 3; n <= 7; n++)
        {
            List<double[]> orders = [.. Permutations([.. Enumerable.Range(0, n).Select(i => (double)i)], 0)];
            double[] scores = [.. orders.Select(Score)];
            for (int k = 0; k < orders.Count; k += 1 + (orders.Count / 50))
            {
                double expected = scores.Count(s => Math.Abs(s) >= Math.Abs(scores[k])) / (double)scores.Length;
                MannKendallTest test = MannKendallTest.Of(orders[k]);
                Assert.True(test.Exact);
                Assert.Equal(scores[k], test.S);
                RandomSeed.Close(scores[k] == 0 ? 1 : expected, test.PValue, 1e-12, $"n {n} order {k}");
            }
        }
    }

    [Fact]
    public void MannKendallOf_TiedSeries_CountsLikeTheDoubleLoop()
    {
        var (random, seed) = RandomSeed.Draw();
        for (int round = 0; round < 200; round++)
        {
            double[] values = random.Tied(3 + random.NextInt32(60), 1 + random.NextInt32(6));
            MannKendallTest test = MannKendallTest.Of(values);
            Assert.True(Score(values) == test.S, $"seed {seed} round {round}");
            Assert.True(test.PValue is >= 0 and <= 1, $"seed {seed} round {round}");
        }

        Assert.Equal(1, MannKendallTest.Of([5, 5, 5, 5]).PValue);
        Assert.True(double.IsNaN(MannKendallTest.Of([1, double.NaN, 2]).PValue));
        Assert.Equal(1, MannKendallTest.Of([1, 2, 3, 4]).Tau);
    }

    [Fact]
    public void MannKendallOf_AutocorrelatedNoise_CorrectionBringsTheFalseAlarmRateDown()
    {
        var (random, seed) = RandomSeed.Draw();
        int plain = 0;
        int corrected = 0;
        for (int round = 0; round < 200; round++)
        {
            double[] values = random.Normals(200);
            for (int i = 1; i < values.Length; i++)
            {
                values[i] += 0.7 * values[i - 1];
            }

            plain += MannKendallTest.Of(values).PValue < 0.05 ? 1 : 0;
            corrected += MannKendallTest.Of(values, correctAutocorrelation: true).PValue < 0.05 ? 1 : 0;
        }

        // AR(1) 0.7 inflates the variance about 5.7 times: 41 % false alarms without the correction and about 8 % with it. Of 200 that is 82 (standard
        // deviation 7) and 16 (4): 40 or fewer lie six deviations off, and so does a corrected count above 0.6 of the other (a distance of 33, deviation 5.7).
        Assert.True(plain > 40, $"seed {seed}: {plain} of 200 uncorrected");
        Assert.True(corrected <= 0.6 * plain, $"seed {seed}: {corrected} of 200 corrected, {plain} uncorrected");
    }

    private static double Score(double[] values)
    {
        double s = 0;
        for (int i = 0; i < values.Length; i++)
        {
            for (int j = i + 1; j < values.Length; j++)
            {
                s += Math.Sign(values[j] - values[i]);
            }
        }

        return s;
    }

    private static IEnumerable<double[]> Permutations(double[] values, int from)
    {
        if (from == values.Length)
        {
            yield return [.. values];
        }

        for (int i = from; i < values.Length; i++)
        {
            (values[from], values[i]) = (values[i], values[from]);
            foreach (double[] order in Permutations(values, from + 1))
            {
                yield return order;
            }

            (values[from], values[i]) = (values[i], values[from]);
        }
    }
}
