using Tars.Storage.Databases;

namespace Tars.Storage.Migrations;

/// <summary>A migration that a database has had.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Name">What it did.</param>
/// <param name="Digest">SHA-256 of its text.</param>
/// <param name="Applied">When, UTC.</param>
/// <param name="Program">The version of the program that ran it.</param>
public sealed record AppliedMigration(int Number, string Name, string Digest, DateTimeOffset Applied, string Program);

/// <summary>Which schema a database has, compared with the one this program knows.</summary>
/// <param name="Applied">What the database has had, by number.</param>
/// <param name="Newest">The newest migration this program knows.</param>
public sealed record SchemaState(IReadOnlyList<AppliedMigration> Applied, int Newest)
{
    /// <summary>The database's schema; 0 when it has none.</summary>
    public int Version => Applied.Count == 0 ? 0 : Applied[^1].Number;

    /// <summary>How many migrations are missing; 0 for a database that is newer than the program.</summary>
    public int Pending => Math.Max(0, Newest - Version);

    internal static async Task<SchemaState> ReadAsync(SqlWork work, IReadOnlyList<SchemaMigration> known)
    {
        if (!await work.Database.HasVersionsAsync(work))
        {
            return new SchemaState([], known.Count);
        }

        List<AppliedMigration> applied = await work.QueryPlainAsync(
            "SELECT number, name, digest, applied, program FROM schema_versions ORDER BY number",
            row => new AppliedMigration((int)row.GetInt64(0), row.GetString(1), row.GetString(2), StoreTime.At(row.GetInt64(3)), row.GetString(4)));
        return new SchemaState(applied, known.Count);
    }

    /// <summary>Refuses a database this program must not write: too new by more than one step, or with another history.</summary>
    internal void RequireKnown(StoreAddress address, IReadOnlyList<SchemaMigration> known, string what)
    {
        for (int i = 0; i < Applied.Count; i++)
        {
            if (Applied[i].Number != i + 1 || (i < known.Count && Applied[i].Digest != known[i].Digest))
            {
                throw new StoreException(
                    what, address.Location, $"migration {i + 1} of the database is not the one this program knows: it had another text", "use the program that made this store, or move the rows with `tars store export` and `import`");
            }
        }

        if (Version > Newest + 1)
        {
            throw new StoreException(what, address.Location, $"the database has schema {Version}, this program knows {Newest} and works with {Newest + 1} at most", "use a newer tars");
        }
    }
}
