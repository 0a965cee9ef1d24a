using Tars.Observability.Indicators;
using Tars.Observability.Kpis;
using Tars.Observability.Objectives;
using Tars.Observability.Tests.Indicators;
using Tars.Observability.TimeSeries;
using Tars.TestKit.Notation;
using static Tars.Observability.Tests.Indicators.Definitions;

namespace Tars.Observability.Tests.Kpis;

public sealed class CertificationTests
{
    private const string Good = "job=\"shop\",instance=\"a\",code=\"200\"";
    private const string Bad = "job=\"shop\",instance=\"a\",code=\"500\"";

    private static RawSamples Shop(string good, string bad) => new RawSamples()
        .Add("http_requests_total", Good, Start.AddMinutes(-10), Minute, SeriesNotation.Parse(good))
        .Add("http_requests_total", Bad, Start.AddMinutes(-10), Minute, SeriesNotation.Parse(bad));

    private static async Task<KpiSummary> SummaryAsync(RawSamples raw, AnalysisSettings settings, params IndicatorDefinition[] indicators)
    {
        SeriesSet set = await raw.CollectAsync(Hours(2), Minute, null, false, Service("shop", indicators));
        return KpiSummary.Of(set, settings, set.Window);
    }

    [Fact]
    public async Task Of_OneIndicatorMissing_IsInconclusiveAndNamesIt()
    {
        KpiSummary kpis = await SummaryAsync(Shop("0+999x131", "0+1x131"), Settings(AvailabilityObjective("shop", 0.99)), Availability, Memory);
        Assert.IsType<Verdict.Inconclusive>(kpis.Certification.Verdict);
        Assert.Contains(kpis.Certification.Reasons, reason => reason.StartsWith("shop/memory: no data: no series with a value matched", StringComparison.Ordinal));
        Assert.IsType<Figure.NoData>(kpis.Find("shop")!.Find(KpiNames.AverageMemory)!.Figure);
    }

    [Fact]
    public async Task Of_MeasuredBreachAndMissingIndicator_IsFail()
    {
        KpiSummary kpis = await SummaryAsync(Shop("0+90x131", "0+10x131"), Settings(AvailabilityObjective("shop", 0.99)), Availability, Memory);
        string reason = Assert.IsType<Verdict.Fail>(kpis.Certification.Verdict).Reason;
        Assert.Equal("shop/availability: good requests 90 % is below the target 99 % in 2026-01-05T00:00:00Z/2026-01-05T02:00:00Z", reason);
    }

    [Fact]
    public async Task Of_RefusedQuery_IsQueryFailedAndInconclusive()
    {
        RawSamples raw = Shop("0+90x131", "0+10x131");
        raw.Refused.Add("http_requests_total");
        KpiSummary kpis = await SummaryAsync(raw, Settings(AvailabilityObjective("shop", 0.99)), Availability);
        Assert.IsType<Figure.QueryFailed>(kpis.Find("shop")!.Find(KpiNames.Availability)!.Figure);
        Assert.IsType<Figure.QueryFailed>(kpis.Overall.Find(KpiNames.Availability)!.Figure);
        Assert.Contains("query failed", Assert.IsType<Verdict.Inconclusive>(kpis.Certification.Verdict).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_NoRequests_IsNoDataAndInconclusive()
    {
        KpiSummary kpis = await SummaryAsync(Shop("7x131", "1x131"), Settings(AvailabilityObjective("shop", 0.99)), Availability);
        Assert.Equal(new Figure.NoData("no requests"), kpis.Find("shop")!.Find(KpiNames.Availability)!.Figure);
        Assert.Equal(0, Number(kpis.Find("shop")!.Find(KpiNames.TotalRequests)!.Figure));
        Assert.Contains("no requests", Assert.IsType<Verdict.Inconclusive>(kpis.Certification.Verdict).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_HalfTheWindowMissing_IsInconclusiveWithTheCoverage()
    {
        KpiSummary kpis = await SummaryAsync(Shop("0+90x70 _x61", "0+10x70 _x61"), Settings(AvailabilityObjective("shop", 0.99)), Availability);
        Assert.Equal(0.5, kpis.Find("shop")!.Find(KpiNames.Availability)!.Figure.CoverageOrZero.Value, 12);
        Assert.Contains("coverage 50% is below the minimum 90%", Assert.IsType<Verdict.Inconclusive>(kpis.Certification.Verdict).Reason, StringComparison.Ordinal);
        DataGap gap = Assert.Single(kpis.DataGaps);
        Assert.Equal((null, 60.0), (gap.Service, gap.Minutes));
        Assert.Equal(0, Number(kpis.Find("shop")!.Find(KpiNames.DowntimeMinutes)!.Figure));
        Assert.Equal(60, Number(kpis.Find("shop")!.Find(KpiNames.UnmeasuredMinutes)!.Figure));
    }

    [Fact]
    public async Task Of_MaintenanceOverTheErrors_LeavesThemOutAndShowsThem()
    {
        RawSamples raw = Shop("0+100x131", "0x70 10+10x9 100x51");
        MaintenanceWindow maintenance = new(new TimeWindow(Start.AddMinutes(60), Start.AddMinutes(70)), ["shop"], "database upgrade");
        KpiSummary kpis = await SummaryAsync(raw, Settings(AvailabilityObjective("shop", 0.9999)) with { Maintenance = [maintenance] }, Availability);
        Assert.Equal("PASS", kpis.Certification.Verdict.Name);
        Assert.Equal(11_000, Number(kpis.Find("shop")!.Find(KpiNames.TotalRequests)!.Figure));
        MaintenanceReport report = Assert.Single(kpis.Maintenance);
        Assert.Equal(10, report.ExcludedMinutes);
        Assert.Equal((1100, 100), (Number(report.Traffic[0].Requests), Number(report.Traffic[0].Errors)));
    }

    [Theory]
    [InlineData(0.25, "PASS")] // a bucket bound: 80 of 100 within
    [InlineData(0.2, "FAIL")] // interpolated between 0.1 (50) and 0.25 (80): 70 of 100
    [InlineData(2, "INCONCLUSIVE")] // above the highest bound, where 5 of 100 lie
    public async Task Of_LatencyThreshold_SaysHowItLiesToTheBounds(double seconds, string verdict)
    {
        RawSamples raw = Buckets(("0.1", 50), ("0.25", 80), ("1", 95), ("+Inf", 100));
        Objective objective = new("shop", "latency", new ObjectiveGoal.FasterThan(seconds, null), new Ratio(0.8), TimeSpan.FromDays(30));
        ObjectiveResult result = Assert.Single((await SummaryAsync(raw, Settings(objective), Latency)).Certification.Objectives);
        Assert.Equal(verdict, result.Verdict.Name);
        Assert.Equal(
            seconds == 0.25 ? "the threshold is the bucket bound 250 ms"
            : seconds == 0.2 ? "interpolated between the bucket bounds 100 ms and 250 ms"
            : "the threshold 2000 ms is not measurable: the highest bucket bound is 1000 ms", result.Note);
        Assert.Equal(seconds == 0.25 ? 0.8 : seconds == 0.2 ? 0.7 : double.NaN, result.Value.Value ?? double.NaN, 12);
    }

    [Theory]
    [InlineData(1.5, "INCONCLUSIVE")] // p99 is above 1000 ms, how far is not measured
    [InlineData(0.5, "FAIL")] // 1000 ms is already too much
    public async Task Of_QuantileInTheLastBucket_IsALowerLimit(double seconds, string verdict)
    {
        RawSamples raw = Buckets(("0.1", 50), ("0.25", 80), ("1", 95), ("+Inf", 100));
        Objective objective = new("shop", "latency", new ObjectiveGoal.FasterThan(seconds, 0.99), new Ratio(0.1), TimeSpan.FromDays(30));
        ObjectiveResult quantile = (await SummaryAsync(raw, Settings(objective), Latency)).Certification.Objectives[1];
        Assert.Equal(("p99 latency", 1000.0, verdict), (quantile.What, quantile.Value.Value, quantile.Verdict.Name));
    }

    [Fact]
    public async Task Of_Prices_CostIsQuantityTimesPrice_AndAbsentWithoutThem()
    {
        RawSamples raw = Shop("0+100x131", "0x131")
            .Add("process_cpu_seconds_total", "job=\"shop\",instance=\"a\"", Start.AddMinutes(-10), Minute, SeriesNotation.Parse("0+30x131")) // half a core
            .Add("process_resident_memory_bytes", "job=\"shop\",instance=\"a\"", Start.AddMinutes(-10), Minute, SeriesNotation.Parse("2147483648x131")); // 2 GiB
        AnalysisSettings priced = Settings() with { Prices = new PriceTable("EUR", 0.1, 0.02, 50) };
        Assert.Null((await SummaryAsync(raw, Settings(), Availability, Cpu, Memory)).Cost);
        CostSummary cost = (await SummaryAsync(raw, priced, Availability, Cpu, Memory)).Cost!;
        Assert.Equal((2 * 0.5 * 0.1) + (2 * 2 * 0.02) + (12_000 * 50e-6), Number(cost.Total), 12);
    }

    private static RawSamples Buckets(params (string Bound, int PerMinute)[] buckets)
    {
        RawSamples raw = new();
        foreach ((string bound, int perMinute) in buckets)
        {
            raw.Add("http_request_duration_seconds_bucket", $"job=\"shop\",instance=\"a\",le=\"{bound}\"", Start.AddMinutes(-10), Minute, SeriesNotation.Parse($"0+{perMinute}x131"));
        }

        return raw;
    }
}
