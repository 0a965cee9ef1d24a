using Tars.Observability.Indicators;
using Tars.Observability.Kpis;
using Tars.Observability.Tests.Indicators;
using Tars.TestKit.Notation;
using static Tars.Observability.Tests.Indicators.Definitions;

namespace Tars.Observability.Tests.Kpis;

public sealed class KpiSnapshotTests
{
    [Fact]
    public async Task Of_FiveMinutes_CountsAddUpToTheWindow()
    {
        RawSamples raw = new RawSamples().Add("http_requests_total", "job=\"shop\",instance=\"a\",code=\"200\"", Start.AddMinutes(-10), Minute, SeriesNotation.Parse("0+3x60 7+5x80"));
        SeriesSet set = await raw.CollectAsync(Hours(2), Minute, null, false, Service("shop", Availability));
        KpiSnapshot[] snapshots = [.. KpiSnapshots.Of(set, Settings(), set.Window, TimeSpan.FromMinutes(5))];
        Assert.Equal(24, snapshots.Length);
        Assert.Equal((24, set.Window.To), (snapshots[^1].Number, snapshots[^1].Window.To));
        double whole = Number(KpiSummary.Of(set, Settings(), set.Window).Overall.Find(KpiNames.TotalRequests)!.Figure);
        Assert.Equal(whole, snapshots.Sum(snapshot => Number(snapshot.Overall.Find(KpiNames.TotalRequests)!.Figure)));
    }

    [Fact]
    public async Task Of_WindowOutsideTheSet_IsRefused()
    {
        SeriesSet set = await new RawSamples().CollectAsync(Hours(2), Minute, null, false, Service("shop", Availability));
        Assert.Throws<ArgumentException>(() => KpiSnapshots.Of(set, Settings(), Hours(3), TimeSpan.FromMinutes(5)));
        Assert.Throws<ArgumentException>(() => KpiSummary.Of(set, Settings(), Hours(3)));
    }
}
