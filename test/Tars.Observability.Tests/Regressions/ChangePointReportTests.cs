using System.Globalization;
using Tars.Observability.Regressions;
using Tars.TestKit;

namespace Tars.Observability.Tests.Regressions;

public sealed class ChangePointReportTests
{
    [Fact]
    public void OfCsv_LevelRises_IndexIsTheFirstRowOfTheNewLevel()
    {
        Random random = new(Seeds.Draw());
        IEnumerable<string> rows = Enumerable.Range(0, 300).Select(i => string.Create(
            CultureInfo.InvariantCulture, $"{new DateTime(2026, 1, 5).AddMinutes(i):yyyy-MM-dd HH:mm:ss},{(i < 120 ? 10 : 15) + random.NextDouble()}"));
        using StringReader csv = new("timestamp,value\n" + string.Join('\n', rows));
        TimedChangePoint change = Assert.Single(ChangePointReport.OfCsv(csv, "level.csv").ChangePoints);
        Assert.Equal((120, "2026-01-05 02:00:00"), (change.Index, change.Timestamp));
        Assert.InRange(change.Before, 10, 11);
        Assert.InRange(change.After, 15, 16);
        Assert.InRange(change.PValue, 0, 0.001);
    }

    [Fact]
    public void OfCsv_ConstantSeries_HasNoChange()
    {
        using StringReader csv = new(string.Join('\n', Enumerable.Range(0, 100).Select(i => $"{i * 60},1")));
        Assert.Empty(ChangePointReport.OfCsv(csv, "flat.csv").ChangePoints);
    }
}
