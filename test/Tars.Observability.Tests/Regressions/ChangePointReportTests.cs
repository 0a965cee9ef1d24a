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

        // The criterion admits a further change in about one of seven such series (3 of 20 drawn), with a p-value that says how little it is
        // worth; the step, of which no two values on its two sides are closer than 4, cannot be missed or moved.
        TimedChangePoint change = ChangePointReport.OfCsv(csv, "level.csv").ChangePoints.MinBy(point => point.PValue)!;
        Assert.Equal((120, "2026-01-05 02:00:00"), (change.Index, change.Timestamp));
        Assert.InRange(change.Before, 10, 11);
        Assert.InRange(change.After, 15, 16);
        Assert.InRange(change.PValue, 0, 1e-50);
    }

    [Fact]
    public void OfCsv_ConstantSeries_HasNoChange()
    {
        using StringReader csv = new(string.Join('\n', Enumerable.Range(0, 100).Select(i => $"{i * 60},1")));
        Assert.Empty(ChangePointReport.OfCsv(csv, "flat.csv").ChangePoints);
    }
}
