using System.Reflection;
using Tars.Storage.Databases;

namespace Tars.Storage.Migrations;

/// <summary>Brings a database to the newest schema: each migration and its record in one transaction, under a lock.</summary>
internal static class SchemaUpgrade
{
    private const string What = "migrate the store";

    private const string VersionTable = """
        CREATE TABLE schema_versions (
            number {integer} NOT NULL PRIMARY KEY,
            name {text} NOT NULL,
            digest {text} NOT NULL,
            applied {integer} NOT NULL,
            program {text} NOT NULL
        ){strict}
        """;

    /// <summary>Applies what is missing and returns it.</summary>
    public static Task<IReadOnlyList<AppliedMigration>> RunAsync(Database database, TimeProvider time, int? upTo, CancellationToken cancellationToken)
    {
        IReadOnlyList<SchemaMigration> known = SchemaMigration.For(database);
        return database.WriteAsync(
            What,
            async work =>
            {
                await database.LockSchemaAsync(work);
                SchemaState state = await SchemaState.ReadAsync(work, known);
                state.RequireKnown(database.Address, known, What);
                if (state.Version == 0)
                {
                    await BeginAsync(database, work);
                }

                List<AppliedMigration> applied = [];
                foreach (SchemaMigration migration in known.Where(migration => migration.Number > state.Version && migration.Number <= (upTo ?? int.MaxValue)))
                {
                    await work.ExecuteAsync(migration.Sql);
                    AppliedMigration record = new(migration.Number, migration.Name, migration.Digest, StoreTime.At(StoreTime.Of(time.GetUtcNow())), Program);
                    await work.ExecuteAsync(
                        "INSERT INTO schema_versions (number, name, digest, applied, program) VALUES (@Number, @Name, @Digest, @Applied, @Program)",
                        new { Number = (long)record.Number, record.Name, record.Digest, Applied = StoreTime.Of(record.Applied), record.Program });
                    applied.Add(record);
                }

                return (IReadOnlyList<AppliedMigration>)applied;
            },
            cancellationToken);
    }

    private static string Program =>
        typeof(SchemaUpgrade).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    private static async Task BeginAsync(Database database, SqlWork work)
    {
        if (!await database.HasVersionsAsync(work))
        {
            if (!await database.IsEmptyAsync(work))
            {
                throw new StoreException(What, database.Address.Location, "the database holds tables that are not of a store", "give the store an empty database, or a schema of its own");
            }

            await work.ExecuteAsync(VersionTable);
        }
    }
}
