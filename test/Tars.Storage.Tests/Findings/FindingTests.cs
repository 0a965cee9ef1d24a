using Tars.Storage.Findings;
using Tars.Storage.Tests.Fixtures;
using Tars.TestKit;
using Xunit;

namespace Tars.Storage.Tests.Findings;

public abstract class FindingTests(IStorePlace place) : StoreTestBase(place)
{
    [Fact]
    public async Task QueryAsync_RandomFiltersAndPages_GiveWhatTheSlowSearchGives()
    {
        Random random = new(Seeds.Draw());
        Store store = await NewStoreAsync();
        List<Finding> all = await FillAsync(store, random, 300);
        for (int turn = 0; turn < 150; turn++)
        {
            FindingFilter filter = RandomFilter(random, all);
            FindingOrder order = (FindingOrder)random.Next(2);
            Assert.Equal(Slow(all, filter, order), await PagedAsync(store, filter, order, random.Next(1, 40), () => Task.CompletedTask));
        }
    }

    [Fact]
    public async Task QueryAsync_WhileRowsAreAdded_GivesEveryEarlierRowOnceAndInOrder()
    {
        Random random = new(Seeds.Draw());
        Store store = await NewStoreAsync();
        List<Finding> before = await FillAsync(store, random, 200);
        foreach (FindingOrder order in Enum.GetValues<FindingOrder>())
        {
            List<Finding> seen = await PagedAsync(store, new FindingFilter(), order, 7, () => FillAsync(store, random, 3));
            Assert.Equal(seen.Count, seen.DistinctBy(finding => finding.Id).Count());
            Assert.Equal(Slow(seen, new FindingFilter(), order), seen);
            HashSet<long> known = [.. before.Select(finding => finding.Id)];
            Assert.Equal(Slow(before, new FindingFilter(), order), seen.Where(finding => known.Contains(finding.Id)));
            before = await PagedAsync(store, new FindingFilter(), order, 1000, () => Task.CompletedTask);
        }
    }

    [Fact]
    public async Task ResolveAsync_Twice_KeepsWhoWasFirst()
    {
        Store store = await NewStoreAsync();
        List<Finding> all = await FillAsync(store, new Random(1), 3);
        DateTimeOffset first = Clock.GetUtcNow();
        Finding resolved = (await store.Findings.ResolveAsync(all[1].Id, "subject-9", "rolled back", Token))!;
        Assert.Equal(new Resolution(first, "subject-9", "rolled back"), resolved.Resolution);
        Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(resolved, await store.Findings.ResolveAsync(all[1].Id, "subject-2", null, Token));
        Assert.Equal(resolved, await store.Findings.FindAsync(all[1].Id, Token));
        Assert.Equal([resolved], (await store.Findings.QueryAsync(new FindingFilter { Resolved = true }, FindingOrder.NewestFirst, 10, null, Token)).Findings);
        Assert.Null((await store.Findings.ReopenAsync(all[1].Id, Token))!.Resolution);
        Assert.Null(await store.Findings.ResolveAsync(999_999, "subject-9", null, Token));
        Assert.Null(await store.Findings.FindAsync(999_999, Token));
    }

    [Theory]
    [InlineData("")]
    [InlineData("12")]
    [InlineData("a.1")]
    [InlineData("1.-1")]
    [InlineData("9223372036854775807.1")]
    public void Cursor_TextThatIsNone_IsRefused(string text) => Assert.Throws<FormatException>(() => FindingCursor.Parse(text));

    private static async Task<List<Finding>> PagedAsync(Store store, FindingFilter filter, FindingOrder order, int size, Func<Task> between)
    {
        List<Finding> all = [];
        FindingCursor? next = null;
        do
        {
            FindingPage page = await store.Findings.QueryAsync(filter, order, size, next, Token);
            Assert.True(page.Findings.Count <= size);
            all.AddRange(page.Findings);
            next = page.Next is null ? null : FindingCursor.Parse(page.Next.ToString());
            Assert.True(all.Count < 5000, "the pages do not end");
            if (all.Count < 150)
            {
                await between();
            }
        }
        while (next is not null);
        return all;
    }

    /// <summary>The reference: every finding is looked at.</summary>
    private static IEnumerable<Finding> Slow(IEnumerable<Finding> all, FindingFilter filter, FindingOrder order)
    {
        IEnumerable<Finding> found = all.Where(finding =>
            (filter.Services.Count == 0 || filter.Services.Contains(finding.Found.Service))
            && (filter.Metrics.Count == 0 || filter.Metrics.Contains(finding.Found.Metric))
            && (filter.Kinds.Count == 0 || filter.Kinds.Contains(finding.Found.Kind))
            && (filter.Severities.Count == 0 || filter.Severities.Contains(finding.Found.Severity))
            && (filter.DateFrom is not { } from || finding.Found.Date >= from)
            && (filter.DateTo is not { } to || finding.Found.Date < to)
            && (filter.Resolved is not { } resolved || resolved == finding.Resolution is not null)
            && (filter.ReportId is not { } report || finding.ReportId == report));
        return order == FindingOrder.OldestFirst
            ? found.OrderBy(finding => finding.Found.Started).ThenBy(finding => finding.Id)
            : found.OrderByDescending(finding => finding.Found.Started).ThenByDescending(finding => finding.Id);
    }

    private static FindingFilter RandomFilter(Random random, List<Finding> all)
    {
        return new FindingFilter
        {
            Services = Some(Samples.Services),
            Metrics = Some([.. Samples.Metrics, "no'such"]),
            Kinds = Some(Samples.Kinds),
            Severities = Some(Enum.GetValues<FindingSeverity>()),
            DateFrom = random.Next(3) == 0 ? Day() : null,
            DateTo = random.Next(3) == 0 ? Day() : null,
            Resolved = random.Next(3) switch { 0 => true, 1 => false, _ => null },
            ReportId = random.Next(6) == 0 ? all[random.Next(all.Count)].ReportId : null,
        };

        T[] Some<T>(T[] values) => random.Next(2) == 0 ? [] : [.. values.Where(_ => random.Next(2) == 0)];
        DateOnly Day() => all[random.Next(all.Count)].Found.Date.AddDays(random.Next(2));
    }

    private static async Task<List<Finding>> FillAsync(Store store, Random random, int count)
    {
        List<Finding> all = [];
        while (count > 0)
        {
            int part = Math.Min(count, random.Next(1, 120));
            Guid run = await new Runner(store).StoreAsync(Samples.Report("kpi", part, random.Next()));
            long report = (await store.Reports.OfRunAsync(run, Token))[0].Id;
            foreach (Finding finding in (await store.Findings.QueryAsync(new FindingFilter { ReportId = report }, FindingOrder.OldestFirst, 1000, null, Token)).Findings)
            {
                all.Add(random.Next(3) == 0 && count > 3 ? (await store.Findings.ResolveAsync(finding.Id, "subject-3", "seen", Token))! : finding);
            }

            count -= part;
        }

        return all;
    }
}

public sealed class SqliteFindingTests(SqlitePlace place) : FindingTests(place), IClassFixture<SqlitePlace>;

[Collection(PostgresPlace.Name)]
public sealed class PostgresFindingTests(PostgresPlace place) : FindingTests(place);
