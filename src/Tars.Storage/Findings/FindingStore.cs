using System.Globalization;
using Dapper;
using Tars.Storage.Databases;

namespace Tars.Storage.Findings;

/// <summary>Findings of all reports, found again.</summary>
public sealed class FindingStore
{
    private const string Columns = """
        finding_id AS Id, report_id AS ReportId, ordinal AS Ordinal, kind AS Kind, service AS Service, metric AS Metric, severity AS Severity, date AS Date,
        started AS Started, ended AS Ended, score AS Score, effect AS Effect, p_value AS PValue, summary AS Summary, details AS Details,
        resolved AS Resolved, resolved_by AS ResolvedBy, resolution AS Resolution
        """;

    private readonly Database _database;
    private readonly TimeProvider _time;

    internal FindingStore(Database database, TimeProvider time) => (_database, _time) = (database, time);

    /// <summary>One page of the findings that fulfil a filter.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="order">In which order.</param>
    /// <param name="pageSize">How many at most, 1 to 1000.</param>
    /// <param name="after">The place the page before ended at; null for the first page.</param>
    /// <param name="cancellationToken">Stops the query.</param>
    /// <exception cref="StoreException">The database did not answer.</exception>
    public Task<FindingPage> QueryAsync(FindingFilter filter, FindingOrder order, int pageSize, FindingCursor? after, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pageSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pageSize, 1000);
        (string sql, DynamicParameters parameters) = Statement(filter, order, pageSize, after);
        return _database.ReadAsync(
            "find findings",
            async work =>
            {
                List<Row> rows = await work.QueryAsync<Row>(sql, parameters);
                bool more = rows.Count > pageSize;
                Finding[] findings = [.. rows.Take(pageSize).Select(row => row.ToFinding())];
                return new FindingPage(findings, more ? new FindingCursor(findings[^1].Found.Started, findings[^1].Id) : null);
            },
            cancellationToken);
    }

    /// <summary>A finding by its number, or null.</summary>
    public Task<Finding?> FindAsync(long id, CancellationToken cancellationToken) => _database.ReadAsync(
        "find a finding",
        async work => (await work.FirstAsync<Row>($"SELECT {Columns} FROM findings WHERE finding_id = @id", new { id }))?.ToFinding(),
        cancellationToken);

    /// <summary>Notes that a person has dealt with a finding. Who was first stays; a second resolution changes nothing.</summary>
    /// <returns>The finding as it is now; null when there is none of that number.</returns>
    public Task<Finding?> ResolveAsync(long id, string by, string? note, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(by);
        return ChangeAsync(
            id,
            async work =>
            {
                long now = StoreTime.Of(_time.GetUtcNow());
                await Identity.SubjectStore.EnsureAsync(work, by, now);
                await work.ExecuteAsync("UPDATE findings SET resolved = @now, resolved_by = @by, resolution = @note WHERE finding_id = @id AND resolved IS NULL", new { id, now, by, note });
            },
            cancellationToken);
    }

    /// <summary>Opens a finding again.</summary>
    /// <returns>The finding as it is now; null when there is none of that number.</returns>
    public Task<Finding?> ReopenAsync(long id, CancellationToken cancellationToken) => ChangeAsync(
        id,
        work => work.ExecuteAsync("UPDATE findings SET resolved = NULL, resolved_by = NULL, resolution = NULL WHERE finding_id = @id", new { id }),
        cancellationToken);

    private static (string Sql, DynamicParameters Parameters) Statement(FindingFilter filter, FindingOrder order, int pageSize, FindingCursor? after)
    {
        List<string> conditions = [];
        DynamicParameters parameters = new();
        Among("service", filter.Services);
        Among("metric", filter.Metrics);
        Among("kind", filter.Kinds);
        Among("severity", [.. filter.Severities.Select(severity => StoreWords.Of(severity))]);
        When("date >= @dateFrom", "dateFrom", filter.DateFrom is { } from ? StoreTime.Text(from) : null);
        When("date < @dateTo", "dateTo", filter.DateTo is { } to ? StoreTime.Text(to) : null);
        When("report_id = @reportId", "reportId", filter.ReportId);
        if (filter.Resolved is { } resolved)
        {
            conditions.Add(resolved ? "resolved IS NOT NULL" : "resolved IS NULL");
        }

        (string comparison, string direction) = order == FindingOrder.NewestFirst ? ("<", "DESC") : (">", "ASC");
        if (after is not null)
        {
            conditions.Add($"(started, finding_id) {comparison} (@started, @id)");
            parameters.Add("started", StoreTime.Of(after.Started));
            parameters.Add("id", after.Id);
        }

        parameters.Add("limit", (long)pageSize + 1); // one more tells whether there is a next page
        string where = conditions.Count == 0 ? string.Empty : $" WHERE {string.Join(" AND ", conditions)}";
        return ($"SELECT {Columns} FROM findings{where} ORDER BY started {direction}, finding_id {direction} LIMIT @limit", parameters);

        void Among(string column, IReadOnlyList<string> values)
        {
            if (values.Count > 0)
            {
                string[] names = [.. Enumerable.Range(0, values.Count).Select(i => string.Create(CultureInfo.InvariantCulture, $"{column}{i}"))];
                conditions.Add(names.Length == 1 ? $"{column} = @{names[0]}" : $"{column} IN (@{string.Join(", @", names)})");
                for (int i = 0; i < names.Length; i++)
                {
                    parameters.Add(names[i], values[i]);
                }
            }
        }

        void When(string condition, string name, object? value)
        {
            if (value is not null)
            {
                conditions.Add(condition);
                parameters.Add(name, value);
            }
        }
    }

    private Task<Finding?> ChangeAsync(long id, Func<SqlWork, Task> change, CancellationToken cancellationToken) => _database.WriteAsync(
        "change a finding",
        async work =>
        {
            await change(work);
            return (await work.FirstAsync<Row>($"SELECT {Columns} FROM findings WHERE finding_id = @id", new { id }))?.ToFinding();
        },
        cancellationToken);

    private sealed record Row(
        long Id,
        long ReportId,
        long Ordinal,
        string Kind,
        string Service,
        string Metric,
        string Severity,
        string Date,
        long Started,
        long? Ended,
        double? Score,
        double? Effect,
        double? PValue,
        string Summary,
        string Details,
        long? Resolved,
        string? ResolvedBy,
        string? Resolution)
    {
        public Finding ToFinding() => new(
            Id,
            ReportId,
            (int)Ordinal,
            new NewFinding(Kind, Service, Metric, StoreWords.Parse<FindingSeverity>(Severity), StoreTime.Day(Date), StoreTime.At(Started), Summary)
            {
                Ended = StoreTime.At(Ended),
                Score = Score,
                Effect = Effect,
                PValue = PValue,
                Details = Details,
            },
            Resolved is { } at ? new Resolution(StoreTime.At(at), ResolvedBy!, Resolution) : null);
    }
}
