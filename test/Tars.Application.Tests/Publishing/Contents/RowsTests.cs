using System.Text;
using Tars.Application.Publishing.Contents;
using Tars.Observability.Captures;
using Tars.Observability.Kpis;
using Tars.Observability.Objectives;
using Tars.Observability.TimeSeries;
using Tars.Storage.Reports;
using Xunit;

namespace Tars.Application.Tests.Publishing.Contents;

public sealed class RowsTests
{
    private static readonly TimeWindow Night = new(new DateTimeOffset(2026, 1, 12, 22, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 1, 13, 23, 0, 0, TimeSpan.Zero));

    [Fact]
    public void KpiContent_InfiniteValue_IsNoMeasurement()
    {
        NewReport content = KpiContent.Of(Summary(new Figure.Measured(double.PositiveInfinity, new Ratio(1))), Settings("UTC"));
        Assert.Equal("the value is not finite", Assert.IsType<Measurement.NoData>(content.Figures[0].Measurement).Reason);
    }

    [Theory]
    [InlineData("UTC", "2026-01-13")]
    [InlineData("Asia/Tokyo", "2026-01-14")] // the last instant is 07:59 of the day after
    public void KpiContent_Date_IsTheDayOfTheLastInstantInTheZone(string zone, string date) =>
        Assert.Equal(DateOnly.Parse(date, null), KpiContent.Of(Summary(new Figure.NoData("none")), Settings(zone)).Date);

    [Theory]
    [InlineData("a\0b", "a\ufffdb")]
    [InlineData("caf\u00e9 \U0001F600", "caf\u00e9 \U0001F600")]
    [InlineData("", "(nothing was said)")]
    public void KpiContent_TextOfABackend_BecomesOneThatDatabasesHold(string said, string kept)
    {
        NewReport content = KpiContent.Of(Summary(new Figure.QueryFailed(said)), Settings("UTC"));
        Assert.Equal(kept, Assert.IsType<Measurement.QueryFailed>(content.Figures[0].Measurement).Reason);
    }

    [Fact]
    public void KpiContent_HalfASurrogatePair_IsReplaced()
    {
        NewReport content = KpiContent.Of(Summary(new Figure.QueryFailed(string.Concat("a", '\ud800', "b"))), Settings("UTC"));
        Assert.Equal("a\ufffdb", Assert.IsType<Measurement.QueryFailed>(content.Figures[0].Measurement).Reason);
    }

    [Fact]
    public void CaptureContent_Manifest_IsNamedByTheDigestOfItsFile()
    {
        CaptureManifest manifest = new(1, "tars", new CapturedSource("Prometheus", "3.1", "left_open", false), new CapturedGrid(Night.From, 60_000, 60), []);
        Guid run = Guid.CreateVersion7();
        Storage.Captures.StoredCapture capture = CaptureContent.Of(manifest, "somewhere", run);
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(manifest.ToJson())))), capture.Digest);
        Assert.Equal(("Prometheus 3.1", TimeSpan.FromMinutes(1), run), (capture.Source, capture.Step, capture.RunId));
        Assert.Equal(Night.From.AddHours(1), capture.Window.To);
    }

    private static KpiSummary Summary(Figure figure)
    {
        KpiScope overall = new(null, null, [new KpiFigure(KpiNames.Availability, "%", Observability.Indicators.Better.Higher, figure, [])], [], []);
        return new KpiSummary(
            Night, TimeSpan.FromMinutes(1), "1", overall, [], [], [], [], [], new Observability.Indicators.ReadState.Answered(), [], [], [], null,
            new Certification(new Verdict.Inconclusive("no objective is configured"), [], []), [], false);
    }

    private static AnalysisSettings Settings(string zone) => new([], [], [], new Ratio(0.9), TimeZoneInfo.FindSystemTimeZoneById(zone), null, null);
}
