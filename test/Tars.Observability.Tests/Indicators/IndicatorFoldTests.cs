using Tars.Observability.Indicators;
using Tars.Observability.TimeSeries;
using Tars.TestKit.Notation;
using static Tars.Observability.Tests.Indicators.Definitions;

namespace Tars.Observability.Tests.Indicators;

public sealed class IndicatorFoldTests
{
    private const string Bucket = "http_request_duration_seconds_bucket";

    [Fact]
    public async Task Collect_RenamedLabel_IsEmptyWithItsNameAndHasNoCourse()
    {
        RawSamples raw = new RawSamples().Add("http_requests_total", "job=\"shop\",instance=\"a\",status=\"500\"", Start, Minute, SeriesNotation.Parse("0+10x59"));
        SeriesSet set = await raw.CollectAsync(Hours(1), Minute, null, false, Service("shop", Availability));
        IndicatorSeries series = set.Find("shop", "availability")!;
        Assert.Equal("no series of http_requests_total carries the label code", Assert.IsType<ReadState.Empty>(series.State).Reason);
        Assert.All(MetricSeriesOf.Indicator(series), course => Assert.All(course.Values, value => Assert.True(double.IsNaN(value))));
    }

    [Fact]
    public async Task Collect_SameSeriesFromTwoTargets_CountsBoth()
    {
        RawSamples raw = new RawSamples()
            .Add("http_requests_total", "job=\"shop\",instance=\"a\",code=\"200\"", Start, Minute, SeriesNotation.Parse("0+10x59"))
            .Add("http_requests_total", "job=\"shop\",instance=\"b\",code=\"200\"", Start, Minute, SeriesNotation.Parse("0+10x59"));
        SeriesSet set = await raw.CollectAsync(Hours(1), Minute, null, false, Service("shop", Availability));
        Assert.Equal(1180, ((IndicatorSeries.Ratio)set.Find("shop", "availability")!).Total.Sum());
    }

    [Fact]
    public async Task Collect_HistogramOfANewEndpoint_CountsItsFirstSampleOnce()
    {
        RawSamples raw = Histogram(new RawSamples(), "handler=\"/\"", Start, ("0.1", "0+5x59"), ("+Inf", "0+10x59"));
        Histogram(raw, "handler=\"/new\"", Start.AddMinutes(30), ("0.1", "3x29"), ("+Inf", "4x29"));
        SeriesSet set = await raw.CollectAsync(Hours(1), Minute, null, false, Service("shop", Latency));
        HistogramSteps histogram = ((IndicatorSeries.Latency)set.Find("shop", "latency")!).Histogram;
        Assert.Equal([295 + 3, 590 + 4], histogram.CumulativeCounts(..));
    }

    [Fact]
    public async Task Collect_HistogramsWithOtherBounds_MergesOnlySharedOnes()
    {
        RawSamples raw = Histogram(new RawSamples(), "instance=\"a\"", Start, ("0.1", "0+1x59"), ("0.5", "0+2x59"), ("+Inf", "0+3x59"));
        Histogram(raw, "instance=\"b\"", Start, ("0.2", "0+1x59"), ("0.5", "0+2x59"), ("+Inf", "0+3x59"));
        SeriesSet set = await raw.CollectAsync(Hours(1), Minute, null, false, Service("shop", Latency));
        HistogramSteps histogram = ((IndicatorSeries.Latency)set.Find("shop", "latency")!).Histogram;
        Assert.True(histogram.LayoutsDiffer);
        Assert.Equal([0.5, double.PositiveInfinity], histogram.UpperBounds);
        Assert.Equal([236, 354], histogram.CumulativeCounts(..));
    }

    [Fact]
    public async Task Collect_HistogramWithoutInfinity_IsEmpty()
    {
        RawSamples raw = Histogram(new RawSamples(), "instance=\"a\"", Start, ("0.1", "0+1x59"), ("0.5", "0+2x59"));
        SeriesSet set = await raw.CollectAsync(Hours(1), Minute, null, false, Service("shop", Latency));
        Assert.Equal("the histograms have no +Inf bucket in common", Assert.IsType<ReadState.Empty>(set.Find("shop", "latency")!.State).Reason);
    }

    [Fact]
    public async Task Collect_GaugeOfFourWithOneAway_IsScaledUp_AndWithTwoAway_IsNaN()
    {
        RawSamples raw = new();
        foreach ((string instance, string values) in new[] { ("a", "100x20"), ("b", "100x20"), ("c", "100x4 _x2 100x13"), ("d", "100x4 _ 100x14") })
        {
            raw.Add("process_resident_memory_bytes", $"job=\"shop\",instance=\"{instance}\"", Start.AddMinutes(1), Minute, SeriesNotation.Parse(values));
        }

        SeriesSet set = await raw.CollectAsync(new TimeWindow(Start, Start.AddMinutes(20)), Minute, null, false, Service("shop", Memory));
        double[] sums = ((IndicatorSeries.Gauge)set.Find("shop", "memory")!).Values.Values;
        Assert.Equal(400, sums[4], 12);
        Assert.True(double.IsNaN(sums[5]));
        Assert.Equal(400, sums[6], 12); // 300 seen of three of four
    }

    [Theory]
    [InlineData("0+10x600", 1)] // all there
    [InlineData("0+10x305 _x294", 0.6)] // gone after 300 of 500 steps
    [InlineData("_x304 0+10x295", 0.402)] // born in step 298: a difference needs two samples, so 201 steps have one
    [InlineData("0+10x104 _x4 1050+10x490", 0.99)] // a gap of four minutes: five differences are missing
    public async Task Coverage_Counter_SaysHowMuchWasMeasured(string notation, double coverage)
    {
        RawSamples raw = new RawSamples().Add("http_requests_total", "job=\"shop\",instance=\"a\",code=\"200\"", Start.AddMinutes(-5), Minute, SeriesNotation.Parse(notation));
        SeriesSet set = await raw.CollectAsync(new TimeWindow(Start, Start.AddMinutes(500)), Minute, null, false, Service("shop", Availability));
        Assert.Equal(coverage, ((IndicatorSeries.Ratio)set.Find("shop", "availability")!).Total.Presence.Coverage(..).Value, 12);
    }

    [Fact]
    public async Task Collect_ClosedRangesOfOldPrometheus_CountASampleOnTheBoundaryOnce()
    {
        RawSamples raw = new RawSamples(RangeBoundary.Closed).Add("process_resident_memory_bytes", "job=\"shop\",instance=\"a\"", Start, Minute, SeriesNotation.Parse("1+1x60"));
        SeriesSet set = await raw.CollectAsync(Hours(1), Minute, null, false, Service("shop", Memory));
        Assert.Equal(Enumerable.Range(2, 60).Select(value => (double)value), ((IndicatorSeries.Gauge)set.Find("shop", "memory")!).Values.Values);
    }

    [Fact]
    public void QueryPlan_RatioWhoseLabelTellsThePart_KeepsThatLabelWhenPushedDown()
    {
        CollectionRequest request = new([Service("shop", Availability)], null, false, 1000, TimeSpan.FromMinutes(5));
        PlannedQuery query = Assert.Single(QueryPlan.Of(request, TimeGrid.Of(Hours(1), Minute)).Queries);
        Assert.Equal(["code", "region"], query.GroupBy);
    }

    private static RawSamples Histogram(RawSamples raw, string labels, DateTimeOffset start, params (string Bound, string Values)[] buckets)
    {
        foreach ((string bound, string values) in buckets)
        {
            raw.Add(Bucket, $"job=\"shop\",{labels},le=\"{bound}\"", start, Minute, SeriesNotation.Parse(values));
        }

        return raw;
    }
}
