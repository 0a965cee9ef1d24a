using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Tars.Storage.Databases;

namespace Tars.Storage.Migrations;

/// <summary>One step of the schema: a file <c>NNNN_name.sql</c> of this program, in the words of one database.</summary>
/// <param name="Number">From 1, without gaps.</param>
/// <param name="Name">What it does, from the file's name.</param>
/// <param name="Sql">Its statements, as this database gets them.</param>
/// <param name="Digest">SHA-256 of <paramref name="Sql"/>, lower-case hexadecimal.</param>
internal sealed record SchemaMigration(int Number, string Name, string Sql, string Digest)
{
    /// <summary>All migrations for a database, by number. A file <c>NNNN_name.sqlite.sql</c> is for SQLite alone.</summary>
    public static IReadOnlyList<SchemaMigration> For(Database database)
    {
        Assembly assembly = typeof(SchemaMigration).Assembly;
        List<SchemaMigration> found = [];
        foreach (string file in assembly.GetManifestResourceNames().Where(name => name.EndsWith(".sql", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            string[] parts = file.Split('.');
            if (parts.Length == 3 && parts[1] != database.Dialect)
            {
                continue;
            }

            using StreamReader reader = new(assembly.GetManifestResourceStream(file)!, Encoding.UTF8);
            string sql = database.Translate(reader.ReadToEnd());
            found.Add(new SchemaMigration(
                int.Parse(parts[0].AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture), parts[0][5..], sql, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql)))));
        }

        return found.Select((migration, i) => migration.Number == i + 1 ? migration : throw new InvalidOperationException($"migration {i + 1} is missing or there twice")).ToList();
    }
}
