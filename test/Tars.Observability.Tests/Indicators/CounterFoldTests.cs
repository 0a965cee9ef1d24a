using Tars.Observability.Indicators;
using Tars.Observability.TimeSeries;
using Tars.TestKit;
using Tars.TestKit.Notation;
using static Tars.Observability.Tests.Indicators.Definitions;

namespace Tars.Observability.Tests.Indicators;

public sealed class CounterFoldTests
{
    [Fact]
    public async Task Collect_RandomResetsGapsAndBirths_AgreesWithSampleBySampleOracle()
    {
        foreach (int seed in Seeds.DrawMany(25))
        {
            RawSamples raw = Random(new Random(seed), TimeSpan.FromSeconds(60), resets: true);
            SeriesSet set = await raw.CollectAsync(Hours(3), Minute, TimeSpan.FromMinutes(5), false, Service("shop", Availability));
            IndicatorSeries.Ratio ratio = Assert.IsType<IndicatorSeries.Ratio>(set.Find("shop", "availability"));
            var all = raw.Series.Select(s => (s.Labels, (IReadOnlyList<(DateTimeOffset, double)>)s.Samples)).ToList();
            (double total, double coverage) = CounterOracle.Of(all, all, set.Grid, 5);
            (double errors, _) = CounterOracle.Of(all.Where(s => s.Labels["code"] == "500"), all, set.Grid, 5);
            Assert.Equal(total, ratio.Total.Sum());
            Assert.Equal(errors, ratio.Part.Sum());
            Assert.Equal(coverage, ratio.Total.Presence.Coverage(..).Value, 12);
        }
    }

    [Fact]
    public async Task Collect_FourScrapesPerStepWithoutResets_AgreesWithOracle()
    {
        foreach (int seed in Seeds.DrawMany(10))
        {
            RawSamples raw = Random(new Random(seed), TimeSpan.FromSeconds(15), resets: false);
            SeriesSet set = await raw.CollectAsync(Hours(3), Minute, TimeSpan.FromMinutes(5), false, Service("shop", Availability));
            var all = raw.Series.Select(s => (s.Labels, (IReadOnlyList<(DateTimeOffset, double)>)s.Samples)).ToList();
            Assert.Equal(CounterOracle.Of(all, all, set.Grid, 5).Gain, ((IndicatorSeries.Ratio)set.Find("shop", "availability")!).Total.Sum());
        }
    }

    [Fact]
    public async Task Sum_PartsOfAWindow_AddUpToTheWindowExactly()
    {
        int seed = Seeds.Draw();
        Random random = new(seed);
        RawSamples raw = Random(random, TimeSpan.FromSeconds(60), resets: true);
        SeriesSet set = await raw.CollectAsync(Hours(3), Minute, TimeSpan.FromMinutes(5), false, Service("shop", Availability));
        CounterSteps total = ((IndicatorSeries.Ratio)set.Find("shop", "availability")!).Total;
        for (int i = 0; i < 50; i++)
        {
            int cut = random.Next(1, set.Grid.Count - 1);
            Assert.Equal(total.Sum(), total.Sum(..cut) + total.Sum(cut..));
        }
    }

    [Theory]
    [InlineData("0+10x8 3+10x5", 80 + 3 + 50)] // a reset counts from zero
    [InlineData("0+10x4 _x4 100+10x4", 40 + 60 + 40)] // five steps apart: bridged
    [InlineData("0+10x4 _x5 100+10x4", 40 + 40)] // six steps apart: what was gained meanwhile is not known
    [InlineData("5x12", 0)]
    [InlineData("_x4 7+1x5", 5)] // the first sample of a target is only a starting point
    public async Task Sum_Notation_CountsWhatIsKnown(string notation, double expected)
    {
        RawSamples raw = new RawSamples().Add("http_requests_total", "job=\"shop\",instance=\"a\",code=\"200\"", Start, Minute, SeriesNotation.Parse(notation));
        SeriesSet set = await raw.CollectAsync(Hours(1), Minute, TimeSpan.FromMinutes(5), false, Service("shop", Availability));
        Assert.Equal(expected, ((IndicatorSeries.Ratio)set.Find("shop", "availability")!).Total.Sum());
    }

    [Fact]
    public async Task Sum_FirstErrorOfATargetWithSuccesses_IsCountedInPartAndWhole()
    {
        RawSamples raw = new RawSamples()
            .Add("http_requests_total", "job=\"shop\",instance=\"a\",code=\"200\"", Start, Minute, SeriesNotation.Parse("0+10x59"))
            .Add("http_requests_total", "job=\"shop\",instance=\"a\",code=\"503\"", Start.AddMinutes(30), Minute, SeriesNotation.Parse("4x29"));
        SeriesSet set = await raw.CollectAsync(Hours(1), Minute, null, false, Service("shop", Availability));
        IndicatorSeries.Ratio ratio = (IndicatorSeries.Ratio)set.Find("shop", "availability")!;
        Assert.Equal(594, ratio.Total.Sum());
        Assert.Equal(4, ratio.Part.Sum());
    }

    [Fact]
    public async Task At_OneOfFourSeriesMissing_ScalesUp_AndTwoMissing_IsNaN()
    {
        RawSamples raw = new();
        foreach ((string instance, string values) in new[] { ("a", "0+10x20"), ("b", "0+10x20"), ("c", "0+10x4 _x2 70+10x13"), ("d", "0+10x9 _x2 120+10x8") })
        {
            raw.Add("http_requests_total", $"job=\"shop\",instance=\"{instance}\",code=\"200\"", Start, Minute, SeriesNotation.Parse(values));
        }

        raw.Add("http_requests_total", "job=\"shop\",instance=\"c2\",code=\"200\"", Start, Minute, SeriesNotation.Parse("0x9 _x2 0x8"));
        SeriesSet set = await raw.CollectAsync(new TimeWindow(Start, Start.AddMinutes(20)), Minute, null, false, Service("shop", Availability));
        CounterSteps total = ((IndicatorSeries.Ratio)set.Find("shop", "availability")!).Total;
        Assert.Equal(40, total.At(1), 12);
        Assert.Equal(30 / 0.8, total.At(4), 12); // c is away: four of five series, 30 requests seen
        Assert.True(double.IsNaN(total.At(9))); // d and c2 are away: three of five
        Assert.Equal(800, total.Sum()); // bridged: nothing is lost
    }

    private static RawSamples Random(Random random, TimeSpan interval, bool resets)
    {
        RawSamples raw = new();
        foreach (string instance in new[] { "a", "b", "c" })
        {
            TimeSpan offset = TimeSpan.FromSeconds(random.Next(1, 60));
            foreach (string code in new[] { "200", "404", "500" })
            {
                double value = random.Next(1000);
                int silent = 0;
                bool starts = code == "500" && random.Next(2) == 0; // appears late
                for (DateTimeOffset time = Start.AddMinutes(-15) + offset; time < Start.AddHours(3.2); time += interval)
                {
                    value = resets && random.NextDouble() < 0.01 ? random.Next(5) : value + random.Next(20);
                    silent = silent > 0 ? silent - 1 : random.NextDouble() < 0.02 ? random.Next(1, 9) : 0;
                    starts &= random.NextDouble() > 0.02;
                    raw.Add("http_requests_total", $"job=\"shop\",instance=\"{instance}\",code=\"{code}\"", time, silent > 0 || starts ? double.NaN : value);
                }
            }
        }

        return raw;
    }
}
