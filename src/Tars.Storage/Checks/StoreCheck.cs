using System.Globalization;
using Tars.Storage.Databases;
using Tars.Storage.Schema;

namespace Tars.Storage.Checks;

/// <summary>Something in the store that does not agree with the rest.</summary>
/// <param name="Table">The table.</param>
/// <param name="Key">The key of the row, or what else tells which; empty when the whole table is meant.</param>
/// <param name="What">What is wrong, in one line.</param>
public sealed record StoreProblem(string Table, string Key, string What);

/// <summary>Looks for rows that point to nothing, counts that are wrong, and runs that stopped half way.</summary>
internal static class StoreCheck
{
    private const int Limit = 100;
    private static readonly TimeSpan HalfWay = TimeSpan.FromHours(24);

    public static Task<IReadOnlyList<StoreProblem>> RunAsync(Database database, TimeProvider time, CancellationToken cancellationToken)
    {
        long now = StoreTime.Of(time.GetUtcNow());
        return database.SnapshotAsync<IReadOnlyList<StoreProblem>>(
            "check the store",
            async work =>
            {
                List<StoreProblem> problems = [];
                await CheckDatabaseAsync(work, problems);
                foreach (Table table in Tables.All)
                {
                    foreach (Reference reference in table.References)
                    {
                        await AddAsync(
                            work,
                            problems,
                            table.Name,
                            $"points to a row of {reference.Target} that is not there ({reference.Column})",
                            $"SELECT CAST({KeyOf(table)} AS TEXT) AS Key FROM {table.Name} WHERE {reference.Column} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {reference.Target} target WHERE target.{reference.TargetColumn} = {table.Name}.{reference.Column})");
                    }
                }

                await CheckCountsAsync(work, problems);
                await CheckRunsAsync(work, problems, now - (HalfWay.Ticks / TimeSpan.TicksPerMicrosecond));
                return problems;
            },
            cancellationToken);
    }

    private static async Task CheckDatabaseAsync(SqlWork work, List<StoreProblem> problems)
    {
        if (work.Database is SqliteDatabase)
        {
            List<string> lines = await work.QueryAsync<string>("PRAGMA integrity_check(100)");
            problems.AddRange(lines.Where(line => line != "ok").Select(line => new StoreProblem("(file)", string.Empty, line)));
        }
        else
        {
            foreach (string setting in new[] { "fsync", "full_page_writes" })
            {
                string value = await work.ScalarAsync<string>("SELECT current_setting(@setting)", new { setting });
                if (value != "on")
                {
                    problems.Add(new StoreProblem("(server)", setting, $"is {value}: what is acknowledged may be lost when the machine stops"));
                }
            }
        }
    }

    private static async Task CheckCountsAsync(SqlWork work, List<StoreProblem> problems)
    {
        foreach ((string table, string column) in new[] { ("figures", "figure_count"), ("findings", "finding_count") })
        {
            await AddAsync(
                work,
                problems,
                "reports",
                $"has not as many {table} as it says ({column})",
                $"SELECT CAST(report_id AS TEXT) AS Key FROM reports WHERE {column} <> (SELECT count(*) FROM {table} WHERE {table}.report_id = reports.report_id)");
        }

        await AddAsync(
            work,
            problems,
            "renderings",
            "has another size than its blob",
            "SELECT renderings.report_id || '/' || renderings.format AS Key FROM renderings JOIN blobs ON blobs.digest = renderings.blob_digest WHERE blobs.size <> renderings.size");
    }

    private static async Task CheckRunsAsync(SqlWork work, List<StoreProblem> problems, long before)
    {
        await AddAsync(work, problems, "runs", "has reports, but was never stored", "SELECT run_id AS Key FROM runs WHERE state IN ('intended', 'sealed') AND EXISTS (SELECT 1 FROM reports WHERE reports.run_id = runs.run_id)");
        await AddAsync(work, problems, "runs", "was given up, and has reports", "SELECT run_id AS Key FROM runs WHERE state = 'abandoned' AND EXISTS (SELECT 1 FROM reports WHERE reports.run_id = runs.run_id)");
        await AddAsync(work, problems, "runs", "has an intent in the audit log and is completed without an outcome there", "SELECT run_id AS Key FROM runs WHERE state = 'completed' AND intent_sequence IS NOT NULL AND outcome_sequence IS NULL");
        await AddAsync(
            work,
            problems,
            "runs",
            string.Create(CultureInfo.InvariantCulture, $"began more than {HalfWay.TotalHours} hours ago and has neither been completed nor given up"),
            "SELECT run_id AS Key FROM runs WHERE ended IS NULL AND started < @before",
            new { before });
    }

    private static async Task AddAsync(SqlWork work, List<StoreProblem> problems, string table, string what, string sql, object? parameters = null)
    {
        List<string> keys = await work.QueryAsync<string>($"{sql} ORDER BY 1 LIMIT {Limit + 1}", parameters);
        problems.AddRange(keys.Take(Limit).Select(key => new StoreProblem(table, key, what)));
        if (keys.Count > Limit)
        {
            problems.Add(new StoreProblem(table, string.Empty, $"more than {Limit} rows: {what}"));
        }
    }

    private static string KeyOf(Table table) => string.Join(" || '/' || ", table.Key);
}
