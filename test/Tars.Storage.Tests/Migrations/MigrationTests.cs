using Tars.Storage.Databases;
using Tars.Storage.Findings;
using Tars.Storage.Migrations;
using Tars.Storage.Schedules;
using Tars.Storage.Tests.Fixtures;
using Xunit;

namespace Tars.Storage.Tests.Migrations;

public abstract class MigrationTests(IStorePlace place) : StoreTestBase(place)
{
    private const int Newest = 5;

    /// <summary>Rows as a program of the first schema wrote them, in plain SQL.</summary>
    private const string OldRows = """
        INSERT INTO subjects (subject_id, created) VALUES ('subject-1', 1769817600000000);
        INSERT INTO runs (run_id, command, state, actor, started, ended) VALUES ('019c1111-7c2e-7d31-8000-000000000001', 'kpi', 'completed', 'subject-1', 1769817600000000, 1769817660000001);
        INSERT INTO reports (run_id, name, kind, window_from, window_to, date, content_digest, figure_count, finding_count, created)
            VALUES ('019c1111-7c2e-7d31-8000-000000000001', 'kpi', 'kpi', 1769731200000000, 1769817600000000, '2026-01-30', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 0, 2, 1769817600000000);
        INSERT INTO findings (report_id, ordinal, kind, service, metric, severity, date, started, summary, details)
            VALUES (1, 0, 'anomaly', 'checkout', 'latency_p99', 'high', '2026-01-30', 1769731200000000, 'first', '{}'), (1, 1, 'budget', 'search', 'availability', 'low', '2026-01-30', 1769734800000000, 'second', '{}');
        INSERT INTO outbox (run_id, channel, payload, state, attempts, created) VALUES ('019c1111-7c2e-7d31-8000-000000000001', 'ops', 'old', 'waiting', 0, 1769817600000000);
        INSERT INTO users (user_id, subject_id, login, role, password_hash, created) VALUES ('019c1111-7c2e-7d31-8000-000000000002', 'subject-1', 'ann', 'admin', 'hash', 1769817600000000);
        INSERT INTO api_keys (key_id, user_id, name, hash, scopes, created)
            VALUES ('019c1111-7c2e-7d31-8000-000000000003', '019c1111-7c2e-7d31-8000-000000000002', 'ci', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 'admin', 1769817600000000);
        INSERT INTO tokens (hash, family_id, user_id, issued, expires) VALUES ('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', '019c1111-7c2e-7d31-8000-000000000004', '019c1111-7c2e-7d31-8000-000000000002', 1, 2);
        INSERT INTO schedules_history (schedule, planned, owner, started, ended, state, reason)
            VALUES ('daily', 1769817600000000, 'old', 1769817600000000, NULL, 'running', NULL), ('daily', 1769731200000000, 'old', 1769731200000000, 1769731201000000, 'failed', 'no backend');
        """;

    public static TheoryData<int> OlderSchemas => [.. Enumerable.Range(1, Newest - 1)];

    [Theory]
    [MemberData(nameof(OlderSchemas))]
    public async Task MigrateAsync_FromEachOlderSchemaWithRows_KeepsThemAndTheyAreUsed(int from)
    {
        StoreAddress address = await Place.NewAsync();
        await Store.MigrateAsync(address, Clock, null, from, Token);
        await ExecuteAsync(address, OldRows);
        Clock.Advance(TimeSpan.FromDays(1));

        Assert.Equal(Enumerable.Range(from + 1, Newest - from), (await Store.MigrateAsync(address, Clock, null, Token)).Select(migration => migration.Number));

        Store store = await OpenAsync(address);
        Assert.Equal((Newest, Newest, 0), (store.Schema.Version, store.Schema.Newest, store.Schema.Pending));
        Assert.Equal(["second", "first"], (await store.Findings.QueryAsync(new FindingFilter(), FindingOrder.NewestFirst, 10, null, Token)).Findings.Select(finding => finding.Found.Summary));
        Assert.Equal("old", (await store.Outbox.TakeAsync("sender", TimeSpan.FromMinutes(1), Token))!.Message.Payload);
        Assert.Equal(new DateTimeOffset(2026, 1, 31, 0, 1, 0, TimeSpan.Zero).AddMicroseconds(1), (await store.Runs.ListAsync(null, null, 1, Token))[0].Ended);
        IReadOnlyList<ScheduledRun> runs = await store.Schedules.ListAsync(new ScheduleFilter(), Token);
        Assert.Equal([(null, 1), (ScheduledOutcome.Failed, 1)], runs.Select(run => (run.Outcome, run.Attempt)));
        Assert.Equal((0, null), (await store.Users.FindByLoginAsync("ann", Token)) is { } ann ? (ann.Failures, ann.Factor) : default);
        Assert.Equal("admin", (await store.ApiKeys.FindGrantAsync("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", Token))!.CredentialRole);
        Assert.Equal(0, await store.Revocations.EpochAsync(Token));
        Assert.Empty(await store.CheckAsync(Token));
        Assert.Empty(await Store.MigrateAsync(address, Clock, null, Token));
    }

    [Theory]
    [MemberData(nameof(OlderSchemas))]
    public async Task Migrations_OfEachStep_LetTheProgramBeforeGoOn(int before)
    {
        // Expand, then contract: what a program of the schema before writes must be taken by the next one.
        StoreAddress address = await Place.NewAsync();
        await Store.MigrateAsync(address, Clock, null, before + 1, Token);
        await ExecuteAsync(address, OldRows);
    }

    [Theory]
    [MemberData(nameof(OlderSchemas))]
    public async Task OpenAsync_OlderSchema_SaysWhichCommandAndChangesNothing(int from)
    {
        StoreAddress address = await Place.NewAsync();
        await Store.MigrateAsync(address, Clock, null, from, Token);
        StoreException refused = await Assert.ThrowsAsync<StoreException>(() => OpenAsync(address));
        Assert.Equal($"{address.Location}: open the store: the database has schema {from}, this program needs {Newest}", refused.Message);
        Assert.Equal("run `tars store migrate`", refused.Hint);
        Assert.Equal(from, (await Store.ReadSchemaAsync(address, null, Token)).Version);
    }

    [Fact]
    public async Task OpenAsync_NewerSchema_IsUsedWhenByOneAndRefusedWhenByTwo()
    {
        StoreAddress address = await NewAddressAsync();
        await ExecuteAsync(address, $"INSERT INTO schema_versions (number, name, digest, applied, program) VALUES ({Newest + 1}, 'later', 'x', 0, '9')");
        Store store = await OpenAsync(address);
        Assert.Equal((Newest + 1, 0), (store.Schema.Version, store.Schema.Pending));
        await new Runner(store).CompleteAsync(Samples.Report("kpi", 3, 1));
        Assert.Empty(await Store.MigrateAsync(address, Clock, null, Token));
        StoreException columns = await Assert.ThrowsAsync<StoreException>(() => store.ExportAsync(Stream.Null, Token));
        Assert.EndsWith("columns would be left out", columns.Message, StringComparison.Ordinal);

        await ExecuteAsync(address, $"INSERT INTO schema_versions (number, name, digest, applied, program) VALUES ({Newest + 2}, 'much later', 'x', 0, '10')");
        StoreException refused = await Assert.ThrowsAsync<StoreException>(() => OpenAsync(address));
        Assert.Equal($"{address.Location}: open the store: the database has schema {Newest + 2}, this program knows {Newest} and works with {Newest + 1} at most", refused.Message);
        Assert.Equal("use a newer tars", refused.Hint);
        refused = await Assert.ThrowsAsync<StoreException>(() => Store.MigrateAsync(address, Clock, null, Token));
        Assert.Equal("use a newer tars", refused.Hint);
    }

    [Fact]
    public async Task OpenAsync_MigrationOfOtherText_IsRefused()
    {
        StoreAddress address = await NewAddressAsync();
        await ExecuteAsync(address, "UPDATE schema_versions SET digest = 'other' WHERE number = 2");
        StoreException refused = await Assert.ThrowsAsync<StoreException>(() => OpenAsync(address));
        Assert.Contains("migration 2 of the database is not the one this program knows", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MigrateAsync_ManyAtOnce_AppliesEachMigrationOnce()
    {
        StoreAddress address = await Place.NewAsync();
        IReadOnlyList<AppliedMigration>[] applied = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => Store.MigrateAsync(address, Clock, null, Token))));
        Assert.Equal(Enumerable.Range(1, Newest), applied.SelectMany(one => one).Select(migration => migration.Number).Order());
        await OpenAsync(address);
    }

    [Fact]
    public async Task MigrateAsync_ForeignTables_IsRefused()
    {
        StoreAddress address = await Place.NewAsync();
        if (Place.IsEmbedded)
        {
            await NewFileAsync(address);
        }

        await ExecuteAsync(address, "CREATE TABLE invoices (id INTEGER)");
        StoreException refused = await Assert.ThrowsAsync<StoreException>(() => Store.MigrateAsync(address, Clock, null, Token));
        Assert.EndsWith("the database holds tables that are not of a store", refused.Message, StringComparison.Ordinal);
        refused = await Assert.ThrowsAsync<StoreException>(() => OpenAsync(address));
        Assert.EndsWith("the database holds no store", refused.Message, StringComparison.Ordinal);
        Assert.Equal("give the store an empty database", refused.Hint);
    }

    [Fact]
    public async Task OpenAsync_FirstUse_MakesAnEmbeddedStoreAndNoOther()
    {
        StoreAddress address = await Place.NewAsync();
        if (Place.IsEmbedded)
        {
            await Assert.ThrowsAsync<StoreException>(() => OpenAsync(address, options: new StoreOptions { CreateEmbedded = false }));
            Assert.False(File.Exists(address.File));
            Store[] stores = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => Store.OpenAsync(address, Clock, null, Token))));
            Assert.All(stores, store => Assert.Equal(Newest, store.Schema.Version));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, OperatingSystem.IsWindows() ? UnixFileMode.UserRead | UnixFileMode.UserWrite : File.GetUnixFileMode(address.File!));
            foreach (Store store in stores)
            {
                await store.DisposeAsync();
            }
        }
        else
        {
            StoreException refused = await Assert.ThrowsAsync<StoreException>(() => OpenAsync(address));
            Assert.Equal(($"{address.Location}: open the store: the database is empty", "run `tars store migrate`"), (refused.Message, refused.Hint));
        }
    }

    [Fact]
    public async Task Findings_OfOneService_ComeFromAnIndexInOrder()
    {
        // What the second migration is for.
        Store store = await NewStoreAsync();
        string plan = string.Join('\n', await store.Database.ReadAsync(
            "explain",
            async work =>
            {
                if (!Place.IsEmbedded)
                {
                    // Without statistics the planner would read a small table as a whole: the test asks what it can do, not what it prefers.
                    await work.ExecuteAsync("SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off");
                    return await work.QueryAsync<string>("EXPLAIN SELECT * FROM findings WHERE service = 'a' ORDER BY started DESC, finding_id DESC LIMIT 5");
                }

                return (await work.QueryAsync<PlanRow>("EXPLAIN QUERY PLAN SELECT * FROM findings WHERE service = 'a' ORDER BY started DESC, finding_id DESC LIMIT 5")).ConvertAll(row => row.Detail);
            },
            Token));
        Assert.Contains("findings_service", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("TEMP B-TREE", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Sort", plan, StringComparison.Ordinal);
    }

    private static async Task ExecuteAsync(StoreAddress address, string sql)
    {
        await using Database database = Database.Of(address, new StoreOptions());
        await database.WriteAsync("prepare the test", work => work.ExecuteAsync(sql), Token);
    }

    private static async Task NewFileAsync(StoreAddress address)
    {
        await using SqliteDatabase database = new(address, new StoreOptions());
        await database.CreateAsync(Token);
    }

    private sealed record PlanRow(long Id, long Parent, long Notused, string Detail);
}

public sealed class SqliteMigrationTests(SqlitePlace place) : MigrationTests(place), IClassFixture<SqlitePlace>;

[Collection(PostgresPlace.Name)]
public sealed class PostgresMigrationTests(PostgresPlace place) : MigrationTests(place);
