using Tars.Observability.Indicators;
using Tars.Observability.Kpis;
using Tars.Observability.Tests.Indicators;
using Tars.Observability.TimeSeries;
using Tars.TestKit.Notation;
using static Tars.Observability.Tests.Indicators.Definitions;

namespace Tars.Observability.Tests.Kpis;

public sealed class KpiSummaryTests
{
    // 10 good requests a minute for two hours in eu, 30 in us; from minute 60 to 69 every request in us fails instead.
    private static RawSamples TwoRegions() => new RawSamples()
        .Add("http_requests_total", "job=\"shop\",instance=\"a\",region=\"eu\",code=\"200\"", Start.AddMinutes(-10), Minute, SeriesNotation.Parse("0+10x130"))
        .Add("http_requests_total", "job=\"shop\",instance=\"b\",region=\"us\",code=\"200\"", Start.AddMinutes(-10), Minute, SeriesNotation.Parse("0+30x70 2100x9 2130+30x49"))
        .Add("http_requests_total", "job=\"shop\",instance=\"b\",region=\"us\",code=\"500\"", Start.AddMinutes(-10), Minute, SeriesNotation.Parse("_x71 30+30x9 300x49"));

    [Fact]
    public async Task Of_TwoRegions_RatiosAreRatiosOfSums()
    {
        SeriesSet set = await TwoRegions().CollectAsync(Hours(2), Minute, null, false, Service("shop", Availability));
        KpiSummary kpis = KpiSummary.Of(set, Settings() with { PrimaryRegion = "eu" }, set.Window);
        KpiScope shop = kpis.Find("shop")!;
        Assert.Equal(4800, Number(shop.Find(KpiNames.TotalRequests)?.Figure));
        Assert.Equal(300, Number(shop.Find(KpiNames.TotalErrors)?.Figure));
        Assert.Equal(100 * 4500 / 4800.0, Number(shop.Find(KpiNames.Availability)?.Figure), 12);
        Assert.Equal(40 / 60.0, Number(shop.Find(KpiNames.RequestRate)?.Figure), 12);
        Assert.Equal(100, Number(kpis.Find("shop", "eu")?.Find(KpiNames.Availability)?.Figure));
        Assert.Equal(100 * 3300 / 3600.0, Number(kpis.Find("shop", "us")?.Find(KpiNames.Availability)?.Figure), 12);
        Assert.Equal((100 * 3300 / 3600.0) - 100, Number(kpis.Find("shop", "us")?.DeltaFromPrimary.Single(delta => delta.Name == KpiNames.Availability).Figure), 12);
        Assert.Empty(kpis.Find("shop", "eu")!.DeltaFromPrimary);
    }

    [Fact]
    public async Task Of_RegionFails_IncidentHasItsTimes()
    {
        SeriesSet set = await TwoRegions().CollectAsync(Hours(2), Minute, null, false, Service("shop", Availability));
        KpiSummary kpis = KpiSummary.Of(set, Settings(), set.Window);
        Incident incident = Assert.Single(kpis.Incidents); // the whole service: 30 of 40 failed
        Assert.Equal(("shop", null), (incident.Service, incident.Region));
        Assert.Equal((Start.AddMinutes(60), Start.AddMinutes(70)), (incident.Start, incident.End));
        Assert.Equal((10, 300), (incident.DownMinutes, incident.Errors));
        Assert.Equal(10, Number(kpis.Overall.Find(KpiNames.DowntimeMinutes)?.Figure));
        Assert.Equal(0, Number(kpis.Find("shop", "eu")?.Find(KpiNames.DowntimeMinutes)?.Figure));
    }

    [Fact]
    public async Task Of_NoObjective_IsInconclusive()
    {
        SeriesSet set = await TwoRegions().CollectAsync(Hours(2), Minute, null, false, Service("shop", Availability));
        Certification certification = KpiSummary.Of(set, Settings(), set.Window).Certification;
        Assert.Equal("no objective is configured", Assert.IsType<Verdict.Inconclusive>(certification.Verdict).Reason);
    }

    [Theory]
    [InlineData(0.9375, "PASS")] // 4500 of 4800, exactly
    [InlineData(0.9376, "FAIL")]
    [InlineData(0.93, "PASS")]
    public async Task Of_AvailabilityObjective_ComparesUnrounded(double target, string verdict)
    {
        SeriesSet set = await TwoRegions().CollectAsync(Hours(2), Minute, null, false, Service("shop", Availability));
        Certification certification = KpiSummary.Of(set, Settings(AvailabilityObjective("shop", target)), set.Window).Certification;
        Assert.Equal(verdict, certification.Verdict.Name);
    }
}
