using System.Globalization;
using Tars.Storage.Schema;
using Tars.Storage.Tests.Fixtures;
using Xunit;

namespace Tars.Storage.Tests;

/// <summary>What the program believes of the tables, beside what the databases say themselves.</summary>
public abstract class SchemaTests(IStorePlace place) : StoreTestBase(place)
{
    [Fact]
    public async Task Tables_OfTheProgram_AreThoseOfTheDatabase()
    {
        Store store = await NewStoreAsync();
        List<string> actual = await store.Database.ReadAsync(
            "look",
            work => work.QueryAsync<string>(Place.IsEmbedded
                ? """
                  SELECT m.name || '.' || c.name || ' ' || c.type FROM sqlite_master m, pragma_table_info(m.name) c
                  WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name <> 'schema_versions' ORDER BY 1
                  """
                : "SELECT table_name || '.' || column_name || ' ' || data_type FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'schema_versions' ORDER BY 1"),
            Token);
        Assert.Equal(
            Tables.All.SelectMany(table => table.Columns.Select(column => $"{table.Name}.{column.Name} {TypeOf(column.Kind)}")).Order(StringComparer.Ordinal),
            actual.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task References_OfTheProgram_AreThoseOfTheDatabase()
    {
        Store store = await NewStoreAsync();
        List<string> actual = await store.Database.ReadAsync(
            "look",
            work => work.QueryAsync<string>(Place.IsEmbedded
                ? "SELECT m.name || '.' || f.\"from\" || ' > ' || f.\"table\" || '.' || f.\"to\" FROM sqlite_master m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table'"
                : """
                  SELECT k.table_name || '.' || k.column_name || ' > ' || u.table_name || '.' || u.column_name
                  FROM information_schema.referential_constraints r
                  JOIN information_schema.key_column_usage k ON k.constraint_name = r.constraint_name AND k.constraint_schema = r.constraint_schema
                  JOIN information_schema.constraint_column_usage u ON u.constraint_name = r.constraint_name AND u.constraint_schema = r.constraint_schema
                  """),
            Token);
        Assert.Equal(
            Tables.All.SelectMany(table => table.References.Select(reference => $"{table.Name}.{reference.Column} > {reference.Target}.{reference.TargetColumn}")).Order(StringComparer.Ordinal),
            actual.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("measured", "NULL", "1.0", "NULL", "NULL", "NULL")] // measured without a value
    [InlineData("measured", "1.0", "NULL", "NULL", "NULL", "NULL")] // measured without coverage
    [InlineData("measured", "1.0", "1.5", "NULL", "NULL", "NULL")] // more coverage than there is
    [InlineData("measured", "1.0", "1.0", "'why'", "NULL", "NULL")] // measured and a reason why not
    [InlineData("no_data", "0.0", "NULL", "'why'", "NULL", "NULL")] // no data is not zero
    [InlineData("no_data", "NULL", "NULL", "NULL", "NULL", "NULL")] // no data without a reason
    [InlineData("query_failed", "NULL", "NULL", "NULL", "NULL", "NULL")] // failed without a reason
    [InlineData("no_data", "NULL", "NULL", "'why'", "'pass'", "NULL")] // nothing measured, and passed
    [InlineData("query_failed", "NULL", "NULL", "'why'", "'fail'", "'x'")] // nothing measured, and failed
    [InlineData("measured", "1.0", "1.0", "NULL", "'fail'", "NULL")] // failed without saying why
    [InlineData("guessed", "1.0", "1.0", "NULL", "NULL", "NULL")] // a state that does not exist
    public async Task Figures_StateThatIsNotHonest_IsRefusedByTheDatabase(string state, string value, string coverage, string reason, string verdict, string verdictReason)
    {
        Store store = await NewStoreAsync();
        Guid run = await new Runner(store).StoreAsync(Samples.Report("kpi", 0, 1));
        long report = (await store.Reports.OfRunAsync(run, Token))[0].Id;
        StoreException refused = await Assert.ThrowsAsync<StoreException>(() => store.Database.WriteAsync(
            "insert",
            work => work.ExecuteAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"INSERT INTO figures (report_id, ordinal, labels, metric, unit, state, value, coverage, reason, verdict, verdict_reason) VALUES ({report}, 99, '{{}}', 'm', '', '{state}', {value}, {coverage}, {reason}, {verdict}, {verdictReason})")),
            Token));
        Assert.Contains(Place.IsEmbedded ? "CHECK constraint failed" : "violates check constraint", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_WhereANumberBelongs_IsRefusedByTheDatabase()
    {
        Store store = await NewStoreAsync();
        await Assert.ThrowsAsync<StoreException>(() => store.Database.WriteAsync(
            "insert", work => work.ExecuteAsync("INSERT INTO subjects (subject_id, created) VALUES ('s', 'yesterday')"), Token));
    }

    [Fact]
    public async Task Connections_OfTheStore_FlushEachCommitAndKeepForeignKeys()
    {
        // A process that is killed does not show it, a power cut does: so the settings themselves are looked at.
        StoreAddress address = await NewAddressAsync();
        if (!Place.IsEmbedded)
        {
            await using Store before = await Store.OpenAsync(address, Clock, null, Token);
            await before.Database.WriteAsync("loosen", work => work.ExecuteAsync($"ALTER DATABASE {address.Server!.Database} SET synchronous_commit = off"), Token);
        }

        Store store = await OpenAsync(address);
        string[] settings = await store.Database.ReadAsync(
            "look",
            async work => Place.IsEmbedded
                ? (string[])[await work.ScalarAsync<string>("PRAGMA synchronous"), await work.ScalarAsync<string>("PRAGMA journal_mode"), await work.ScalarAsync<string>("PRAGMA foreign_keys")]
                : [await work.ScalarAsync<string>("SHOW synchronous_commit"), await work.ScalarAsync<string>("SHOW timezone")],
            Token);
        Assert.Equal(Place.IsEmbedded ? ["2", "wal", "1"] : ["on", "UTC"], settings);
    }

    private string TypeOf(ColumnKind kind) => kind switch
    {
        ColumnKind.Text => Place.IsEmbedded ? "TEXT" : "text",
        ColumnKind.Real => Place.IsEmbedded ? "REAL" : "double precision",
        _ => Place.IsEmbedded ? "INTEGER" : "bigint",
    };
}

public sealed class SqliteSchemaTests(SqlitePlace place) : SchemaTests(place), IClassFixture<SqlitePlace>;

[Collection(PostgresPlace.Name)]
public sealed class PostgresSchemaTests(PostgresPlace place) : SchemaTests(place);
