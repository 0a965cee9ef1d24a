using Tars.Storage.Checks;
using Tars.Storage.Runs;
using Tars.Storage.Tests.Fixtures;
using Tars.Storage.Tests.Transfer;
using Xunit;

namespace Tars.Storage.Tests.Checks;

public abstract class CheckTests(IStorePlace place) : StoreTestBase(place)
{
    [Fact]
    public async Task CheckAsync_StoreThatIsWell_FindsNothing()
    {
        Store store = await NewStoreAsync();
        await TransferTests.FillAsync(store, Clock.GetUtcNow());
        Assert.Empty(await store.CheckAsync(Token));
    }

    [Fact]
    public async Task CheckAsync_RunsThatStoppedHalfWay_AreNamed()
    {
        Store store = await NewStoreAsync();
        Guid half = store.Runs.NewId();
        await store.Runs.IntendAsync(new RunIntent(half, "kpi") { IntentSequence = 1 }, Token);
        Clock.Advance(TimeSpan.FromHours(25));
        Guid mute = await new Runner(store).StoreAsync(Samples.Report("kpi", 1, 1));
        await store.Runs.CompleteAsync(mute, null, [], Token);
        Guid back = await new Runner(store).StoreAsync(Samples.Report("kpi", 1, 2));
        await ExecuteAsync(store, $"UPDATE runs SET state = 'sealed' WHERE run_id = '{back}'");
        Assert.Equal(
            [
                new StoreProblem("runs", back.ToString(), "has reports, but was never stored"),
                new StoreProblem("runs", mute.ToString(), "has an intent in the audit log and is completed without an outcome there"),
                new StoreProblem("runs", half.ToString(), "began more than 24 hours ago and has neither been completed nor given up"),
            ],
            await store.CheckAsync(Token));
    }

    [Fact]
    public async Task CheckAsync_LostRowsAndRowsThatPointToNothing_AreNamed()
    {
        Store store = await NewStoreAsync();
        Guid run = await new Runner(store).CompleteAsync(Samples.Report("kpi", 3, 1));
        long report = (await store.Reports.OfRunAsync(run, Token))[0].Id;
        await ExecuteAsync(store, $"DELETE FROM findings WHERE ordinal = 1; DELETE FROM figures WHERE ordinal = 4; UPDATE renderings SET size = 77 WHERE format = 'json'");
        // As a damaged or badly restored database would have it: the parent is gone although keys forbid it.
        await BehindTheKeysAsync(store, "DELETE FROM subjects WHERE subject_id = 'subject-1'");
        IReadOnlyList<StoreProblem> problems = await store.CheckAsync(Token);
        Assert.Equal(
            [
                new StoreProblem("runs", run.ToString(), "points to a row of subjects that is not there (actor)"),
                new StoreProblem("reports", $"{report}", "has not as many figures as it says (figure_count)"),
                new StoreProblem("reports", $"{report}", "has not as many findings as it says (finding_count)"),
                new StoreProblem("renderings", $"{report}/json", "has another size than its blob"),
            ],
            problems);
    }

    private static Task<int> ExecuteAsync(Store store, string sql) => store.Database.WriteAsync("prepare the test", work => work.ExecuteAsync(sql), Token);

    private Task<int> BehindTheKeysAsync(Store store, string sql) => Place.IsEmbedded
        ? store.Database.ReadAsync("damage", work => work.ExecuteAsync($"PRAGMA foreign_keys=OFF; {sql}; PRAGMA foreign_keys=ON"), Token)
        : ExecuteAsync(store, $"SET LOCAL session_replication_role = replica; {sql}");
}

public sealed class SqliteCheckTests(SqlitePlace place) : CheckTests(place), IClassFixture<SqlitePlace>;

[Collection(PostgresPlace.Name)]
public sealed class PostgresCheckTests(PostgresPlace place) : CheckTests(place);
