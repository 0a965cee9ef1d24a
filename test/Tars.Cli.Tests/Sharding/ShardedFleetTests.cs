using Tars.Observability.Anomalies;
using Tars.Observability.Health;
using Tars.Observability.Kpis;
using Tars.Observability.Regressions;
using Tars.Observability.Retrospectives;
using Tars.Observability.Stability;
using Tars.Observability.TimeSeries;
using Tars.Reports;
using Tars.Reports.Anomalies;
using Tars.Reports.Health;
using Tars.Reports.Kpis;
using Tars.Reports.Regressions;
using Tars.Reports.Retrospectives;
using Tars.Reports.Stability;
using Tars.TestKit;
using Xunit;

namespace Tars.Cli.Tests.Sharding;

/// <summary>However a fleet is divided, the report of all parts has the bytes of the undivided one.</summary>
public sealed class ShardedFleetTests(ShardedFleet fleet) : IClassFixture<ShardedFleet>, IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    [Fact]
    public async Task Retrospective_OneToSevenShardsAndMoreThanServices_SameBytes()
    {
        Random random = new(Seeds.Draw());
        Tars.Application.Settings.TarsSettings settings = fleet.Settings(_folder, 1, random);
        Report whole = Retro(await ShardedFleet.WholeAsync(settings));
        Assert.True(whole.Files.Sum(file => file.Content.Length) > 100_000, "there is little to compare");
        Assert.Equal(9, settings.Services.Count);

        foreach (int count in (int[])[1, 2, 3, 4, 5, 6, 7, 9, 10 + random.Next(5)])
        {
            AssertSame(whole, Retro(await ShardedFleet.MergedAsync(settings, _folder.Combine($"by{count}"), count, random)), $"{count} shards");
        }
    }

    [Fact]
    public async Task EveryReport_ServicesOnSeveralBackends_SameBytes()
    {
        Random random = new(Seeds.Draw());
        Tars.Application.Settings.TarsSettings settings = fleet.Settings(_folder, 3, random);
        int count = random.Next(2, 8);

        Report[] whole = [.. Every(await ShardedFleet.WholeAsync(settings))];
        Report[] merged = [.. Every(await ShardedFleet.MergedAsync(settings, _folder.Combine("shards"), count, random))];

        Assert.Equal(6, whole.Select(report => report.Tool).Distinct().Count());
        foreach ((Report expected, Report actual) in whole.Zip(merged, (one, other) => (one, other)))
        {
            AssertSame(expected, actual, $"{count} shards");
        }
    }

    public void Dispose() => _folder.Dispose();

    private static Report Retro(ShardedFleet.Read read) => RetrospectiveReport.Render(Retrospective.Of(read.Set, read.Analysis, ShardedFleet.Window), read.Set);

    private static IEnumerable<Report> Every(ShardedFleet.Read read)
    {
        TimeWindow window = ShardedFleet.Window;
        AnomalyReport anomalies = AnomalyReport.Of(read.Set, read.Analysis, AnomalyOptions.Default, window);
        yield return KpiReport.Render(KpiSummary.Of(read.Set, read.Analysis, window), [.. KpiSnapshots.Of(read.Set, read.Analysis, window, TimeSpan.FromHours(6))]);
        yield return WeeklyReport.Render(StabilityReport.Of(read.Set, read.Analysis, window, null));
        yield return AnomalyEventsReport.Render(anomalies);
        yield return DailyHealthReport.Render(DailyHealth.Of(read.Set, read.Analysis, window.Days(read.Analysis.TimeZone)[0], anomalies.Events), 1);
        yield return RegressionSummaryReport.Render(RegressionReport.Of(
            read.Set, read.Analysis, RegressionOptions.Default with { CompareTo = new ComparisonBaseline.Previous() }, window));
        yield return Retro(read);
    }

    private static void AssertSame(Report expected, Report actual, string how)
    {
        Assert.Equal(expected.Files.Select(file => file.Name), actual.Files.Select(file => file.Name));
        foreach ((ReportFile one, ReportFile other) in expected.Files.Zip(actual.Files))
        {
            Assert.True(one.Content.Span.SequenceEqual(other.Content.Span), $"{expected.Tool}, {one.Name}: {how} give other bytes");
        }
    }
}
