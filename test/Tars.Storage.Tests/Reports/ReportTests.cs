using Tars.Storage.Findings;
using Tars.Storage.Reports;
using Tars.Storage.Runs;
using Tars.Storage.Tests.Fixtures;
using Xunit;

namespace Tars.Storage.Tests.Reports;

public abstract class ReportTests(IStorePlace place) : StoreTestBase(place)
{
    [Fact]
    public async Task RemoveAsync_Report_GoesWithAllThatIsInItAndFreesItsFiles()
    {
        Store store = await NewStoreAsync();
        Guid run = await new Runner(store).CompleteAsync(Samples.Report("kpi", 5, 1), Samples.Report("daily", 3, 2));
        IReadOnlyList<StoredReport> reports = await store.Reports.OfRunAsync(run, Token);
        Assert.True(await store.Reports.RemoveAsync(reports[0].Id, Token));
        Assert.False(await store.Reports.RemoveAsync(reports[0].Id, Token));

        Assert.Equal([reports[1].Id], (await store.Reports.OfRunAsync(run, Token)).Select(report => report.Id));
        Assert.Empty(await store.Reports.FiguresAsync(reports[0].Id, Token));
        Assert.Empty((await store.Findings.QueryAsync(new FindingFilter { ReportId = reports[0].Id }, FindingOrder.NewestFirst, 10, null, Token)).Findings);
        Assert.Equal(3, (await store.Findings.QueryAsync(new FindingFilter { ReportId = reports[1].Id }, FindingOrder.NewestFirst, 10, null, Token)).Findings.Count);
        Assert.NotEmpty(await store.Blobs.UnreferencedAsync(Clock.GetUtcNow().AddDays(1), 100, Token));
        Assert.Empty(await store.CheckAsync(Token));
    }

    [Fact]
    public async Task StoreAsync_ReportWithEverything_IsReadBackAsItWas()
    {
        Store store = await NewStoreAsync();
        NewReport report = Samples.Report("kpi", 25, 1);
        Guid run = await new Runner(store).StoreAsync(report);

        StoredReport kept = Assert.Single(await store.Reports.OfRunAsync(run, Token));
        Assert.Equal(
            (report.Name, report.Kind, report.Service, report.Window, report.Date, report.Judgement, report.Envelope?.Digest, 5, 25, Clock.GetUtcNow()),
            (kept.Name, kept.Kind, kept.Service, kept.Window, kept.Date, kept.Judgement, kept.EnvelopeDigest, kept.FigureCount, kept.FindingCount, kept.Created));
        Assert.Equal(report.Figures, await store.Reports.FiguresAsync(kept.Id, Token));
        Assert.Equal(report.Renderings, await store.Reports.RenderingsAsync(kept.Id, Token));
        FindingPage page = await store.Findings.QueryAsync(new FindingFilter { ReportId = kept.Id }, FindingOrder.NewestFirst, 1000, null, Token);
        Assert.Equal(report.Findings, page.Findings.OrderBy(finding => finding.Ordinal).Select(finding => finding.Found));
        Assert.Equal(kept, await store.Reports.FindAsync(kept.Id, Token));
        Assert.Equal(kept, await store.Reports.FindAsync(run, "kpi", Token));
        Assert.Equal(RunState.Stored, (await store.Runs.FindAsync(run, Token))!.State);
    }

    [Fact]
    public async Task StoreAsync_SameRunAndReportTwice_GivesTheSameRows()
    {
        Store store = await NewStoreAsync();
        Guid run = await new Runner(store).StoreAsync(Samples.Report("kpi", 10, 1), Samples.Report("daily", 3, 2));
        IReadOnlyList<StoredReport> first = await store.Reports.OfRunAsync(run, Token);
        Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(first, await store.Reports.StoreAsync(run, [Samples.Report("kpi", 10, 1), Samples.Report("daily", 3, 2)], Token));
        await store.Runs.CompleteAsync(run, 8, [], Token);
        Assert.Equal(first, await store.Reports.StoreAsync(run, [Samples.Report("kpi", 10, 1), Samples.Report("daily", 3, 2)], Token));

        Assert.Equal(13, await CountAsync(store, "findings"));
        Assert.Equal(10, await CountAsync(store, "figures"));
        Assert.Equal(2, await CountAsync(store, "reports"));
    }

    [Fact]
    public async Task StoreAsync_SameReportFromManyAtOnce_IsKeptOnce()
    {
        StoreAddress address = await NewAddressAsync();
        Store store = await OpenAsync(address);
        Guid run = store.Runs.NewId();
        await store.Runs.IntendAsync(new RunIntent(run, "kpi"), Token);
        Store[] replicas = [store, await OpenAsync(address), await OpenAsync(address)];
        IReadOnlyList<StoredReport>[] kept = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(() => replicas[i % 3].Reports.StoreAsync(run, [Samples.Report("kpi", 50, 1)], Token))));
        Assert.Single(kept.Select(reports => reports[0]).Distinct());
        Assert.Equal(50, await CountAsync(store, "findings"));
    }

    [Fact]
    public async Task StoreAsync_OtherReportOfTheSameName_IsRefusedAndNothingChanges()
    {
        Store store = await NewStoreAsync();
        Guid run = await new Runner(store).StoreAsync(Samples.Report("kpi", 10, 1));
        StoreException refused = await Assert.ThrowsAsync<StoreException>(() => store.Reports.StoreAsync(run, [Samples.Report("kpi", 10, 2)], Token));
        Assert.Equal($"{store.Location}: keep the reports of a run: run {run} has kept another report kpi", refused.Message);
        Assert.Equal("start a new run: what a run has kept is not changed", refused.Hint);
        Assert.False(refused.IsTransient);
        Assert.Equal(10, await CountAsync(store, "findings"));
    }

    [Fact]
    public async Task StoreAsync_SecondOfTwoReportsCannotBeKept_KeepsNeither()
    {
        Store store = await NewStoreAsync();
        Guid run = store.Runs.NewId();
        await store.Runs.IntendAsync(new RunIntent(run, "kpi"), Token);
        NewReport broken = Samples.Report("daily", 3, 2) with { Figures = [new StoredFigure("availability", "%", new Measurement.NoData(null!))] };
        await Assert.ThrowsAsync<StoreException>(() => store.Reports.StoreAsync(run, [Samples.Report("kpi", 10, 1), broken], Token));
        Assert.Empty(await store.Reports.OfRunAsync(run, Token));
        Assert.Equal(0, await CountAsync(store, "findings"));
        Assert.Equal(0, await CountAsync(store, "blobs"));
        Assert.Equal(RunState.Intended, (await store.Runs.FindAsync(run, Token))!.State);
    }

    [Fact]
    public async Task StoreAsync_WithoutIntent_IsRefused()
    {
        Store store = await NewStoreAsync();
        StoreException refused = await Assert.ThrowsAsync<StoreException>(() => store.Reports.StoreAsync(Guid.Empty, [Samples.Report("kpi", 1, 1)], Token));
        Assert.EndsWith("there is no run 00000000-0000-0000-0000-000000000000", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StoreAsync_ReportsThatContradictThemselves_AreRefusedBeforeAnyWork()
    {
        Store store = await NewStoreAsync();
        NewReport good = Samples.Report("kpi", 1, 1);
        NewReport[] bad =
        [
            good with { Figures = [new StoredFigure("availability", "%", new Measurement.NoData("none")) { Judgement = Judgement.Pass }] },
            good with { Kind = "KPI" },
            good with { Findings = [good.Findings[0] with { PValue = 1.5 }] },
            good with { Findings = [good.Findings[0] with { Score = double.NaN }] },
            good with { Findings = [good.Findings[0] with { Ended = good.Findings[0].Started.AddSeconds(-1) }] },
            good with { Findings = [good.Findings[0] with { Summary = "nul \0 in it" }] },
            good with { Findings = [good.Findings[0] with { Summary = "half a pair \ud800" }] },
            good with { Renderings = [new Rendering("json", "kpi.json", new BlobReference(Samples.Digest("other"), 1), Samples.Digest("plain"))] },
            good with { Envelope = new BlobReference("ABC", 1) },
        ];
        foreach (NewReport report in bad)
        {
            await Assert.ThrowsAnyAsync<ArgumentException>(() => store.Reports.StoreAsync(Guid.Empty, [report], Token));
        }

        await Assert.ThrowsAnyAsync<ArgumentException>(() => store.Reports.StoreAsync(Guid.Empty, [good, good], Token));
        Assert.Throws<ArgumentException>(() => new Measurement.Measured(double.PositiveInfinity, 1));
        Assert.Throws<ArgumentException>(() => new Measurement.Measured(1, double.NaN));
        Assert.Throws<ArgumentException>(() => new StoredWindow(Samples.Start, Samples.Start));
    }

    [Fact]
    public async Task ListAsync_FilteredAndPaged_GivesEachReportOnce()
    {
        Store store = await NewStoreAsync();
        for (int day = 0; day < 12; day++)
        {
            await new Runner(store).StoreAsync(
                Samples.Report("kpi", 0, day) with { Date = new DateOnly(2026, 1, 1 + (day / 3)), Judgement = day % 2 == 0 ? Judgement.Pass : Judgement.Inconclusive("coverage") },
                Samples.Report("daily", 0, day) with { Kind = "daily", Service = "search", Date = new DateOnly(2026, 1, 1 + (day / 3)) });
        }

        ReportFilter filter = new() { Kind = "kpi", Outcome = JudgementOutcome.Inconclusive, DateFrom = new DateOnly(2026, 1, 2), DateTo = new DateOnly(2026, 1, 5), PageSize = 2 };
        List<StoredReport> all = [];
        for (IReadOnlyList<StoredReport> page = await store.Reports.ListAsync(filter, Token); page.Count > 0; page = await store.Reports.ListAsync(filter with { After = (page[^1].Date, page[^1].Id) }, Token))
        {
            all.AddRange(page);
        }

        Assert.Equal([4, 4, 3, 2, 2], all.Select(report => report.Date.Day)); // odd ones of 3 to 11: days 2, 2, 3, 4, 4
        Assert.Equal(all.OrderByDescending(report => report.Date).ThenByDescending(report => report.Id), all);
        Assert.Equal(12, (await store.Reports.ListAsync(new ReportFilter { Service = "search" }, Token)).Count);
    }

    private static Task<long> CountAsync(Store store, string table) => store.Database.ReadAsync("count", work => work.ScalarAsync<long>($"SELECT count(*) FROM {table}"), Token);
}

public sealed class SqliteReportTests(SqlitePlace place) : ReportTests(place), IClassFixture<SqlitePlace>;

[Collection(PostgresPlace.Name)]
public sealed class PostgresReportTests(PostgresPlace place) : ReportTests(place);
