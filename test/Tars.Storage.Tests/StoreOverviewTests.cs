using Tars.Storage.Reports;
using Tars.Storage.Runs;
using Tars.Storage.Tests.Fixtures;
using Xunit;

namespace Tars.Storage.Tests;

public abstract class StoreOverviewTests(IStorePlace place) : StoreTestBase(place)
{
    [Fact]
    public async Task OverviewAsync_EmptyStore_HasNothing()
    {
        StoreOverview overview = await (await NewStoreAsync()).OverviewAsync(Token);
        Assert.Empty(overview.Reports);
        Assert.Empty(overview.Runs);
        Assert.Empty(overview.Availability);
    }

    [Fact]
    public async Task OverviewAsync_RunsOfSeveralLengths_AreCountedByBound()
    {
        Store store = await NewStoreAsync();
        foreach ((string command, double seconds, bool isCompleted) in ((string, double, bool)[])[("kpi", 0.5, true), ("kpi", 5, true), ("kpi", 5.5, true), ("kpi", 4000, true), ("kpi", 2, false), ("daily", 60, true)])
        {
            Guid run = store.Runs.NewId();
            await store.Runs.IntendAsync(new RunIntent(run, command), Token);
            Clock.Advance(TimeSpan.FromSeconds(seconds));
            await (isCompleted ? CompleteAsync(store, run) : store.Runs.AbandonAsync(run, "of a test", Token));
        }

        await store.Runs.IntendAsync(new RunIntent(store.Runs.NewId(), "retro"), Token); // goes on
        StoreOverview overview = await store.OverviewAsync(Token);
        Assert.Equal(
            ["daily True 1 60 0,0,0,1,1,1", "kpi False 1 2 0,1,1,1,1,1", "kpi True 4 4011 1,2,3,3,3,3"],
            overview.Runs.Select(run => FormattableString.Invariant($"{run.Command} {run.IsCompleted} {run.Count} {run.TotalSeconds} {string.Join(',', run.Within)}")).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task OverviewAsync_Availability_IsThatOfTheNewestReportAboutEverything()
    {
        Store store = await NewStoreAsync();
        DateOnly day = new(2026, 3, 1);
        await KeepAsync(store, Report("kpi", day, null, ("shop", new Measurement.Measured(50, 1)), ("search", new Measurement.Measured(60, 1))));
        await KeepAsync(store, Report("daily", day.AddDays(1), null, ("shop", new Measurement.Measured(99.25, 0.5)), ("search", new Measurement.NoData("nothing")), (null, new Measurement.Measured(1, 1))));
        await KeepAsync(store, Report("kpi", day.AddDays(2), "shop", ("shop", new Measurement.Measured(3, 1)))); // of one service only
        await KeepAsync(store, Report("retro", day.AddDays(3), null, ("shop", new Measurement.Measured(4, 1)))); // of another kind
        StoreOverview overview = await store.OverviewAsync(Token);
        ServiceAvailability one = Assert.Single(overview.Availability);
        Assert.Equal(("shop", 99.25), (one.Service, one.Percent));
        Assert.Equal(
            [("daily", 1L, 3), ("kpi", 2L, 4), ("retro", 1L, 5)], overview.Reports.Select(kind => (kind.Kind, kind.Count, kind.Newest.Day)).OrderBy(kind => kind.Kind, StringComparer.Ordinal));
    }

    private static NewReport Report(string kind, DateOnly day, string? service, params (string? Service, Measurement Measurement)[] figures)
    {
        DateTimeOffset from = new(day, TimeOnly.MinValue, TimeSpan.Zero);
        return new NewReport(kind, kind, new StoredWindow(from, from.AddDays(1)), day) { Service = service, Figures = [.. figures.Select(figure => new StoredFigure("availability", "%", figure.Measurement) { Service = figure.Service })] };
    }

    private static async Task KeepAsync(Store store, NewReport report)
    {
        Guid run = store.Runs.NewId();
        await store.Runs.IntendAsync(new RunIntent(run, report.Kind), Token);
        await store.Reports.StoreAsync(run, [report], Token);
    }

    private static async Task CompleteAsync(Store store, Guid run)
    {
        await store.Runs.MarkStoredAsync(run, Token);
        await store.Runs.CompleteAsync(run, null, [], Token);
    }
}

public sealed class SqliteStoreOverviewTests(SqlitePlace place) : StoreOverviewTests(place), IClassFixture<SqlitePlace>;

[Collection(PostgresPlace.Name)]
public sealed class PostgresStoreOverviewTests(PostgresPlace place) : StoreOverviewTests(place);
