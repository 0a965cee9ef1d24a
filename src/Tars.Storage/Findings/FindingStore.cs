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

    /// <summary>How many findings fulfil a filter.</summary>
    /// <exception cref="StoreException">The database did not answer.</exception>
    public Task<FindingTotals> CountAsync(FindingFilter filter, CancellationToken cancellationToken)
    {
        (string where, DynamicParameters parameters) = FindingConditions.Of(filter);
        return _database.ReadAsync(
            "count findings",
            async work =>
            {
                List<TotalRow> rows = await work.QueryAsync<TotalRow>($"SELECT severity AS Severity, COUNT(*) AS Total, COUNT(resolved) AS Resolved FROM findings f{where} GROUP BY severity", parameters);
                return new FindingTotals(rows.Sum(row => row.Total), rows.Sum(row => row.Resolved), rows.ToDictionary(row => StoreWords.Parse<FindingSeverity>(row.Severity), row => row.Total));
            },
            cancellationToken);
    }

    /// <summary>How many findings of each kind reports have; what a report has none of is not in it.</summary>
    /// <param name="reportIds">The reports, at most 1000.</param>
    /// <param name="cancellationToken">Stops the query.</param>
    public Task<IReadOnlyDictionary<(long ReportId, string Kind), long>> KindsOfAsync(IReadOnlyCollection<long> reportIds, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(reportIds.Count, 1000);
        string ids = reportIds.Count == 0 ? "-1" : string.Join(", ", reportIds.Select(id => id.ToString(CultureInfo.InvariantCulture)));
        return _database.ReadAsync(
            "count findings",
            async work => (IReadOnlyDictionary<(long, string), long>)(await work.QueryAsync<KindRow>(
                $"SELECT report_id AS ReportId, kind AS Kind, COUNT(*) AS Total FROM findings WHERE report_id IN ({ids}) GROUP BY report_id, kind")).ToDictionary(row => (row.ReportId, row.Kind), row => row.Total),
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
        (string where, DynamicParameters parameters) = FindingConditions.Of(filter);
        (string comparison, string direction) = order == FindingOrder.NewestFirst ? ("<", "DESC") : (">", "ASC");
        if (after is not null)
        {
            where += $"{(where.Length == 0 ? " WHERE" : " AND")} (started, finding_id) {comparison} (@started, @id)";
            parameters.Add("started", StoreTime.Of(after.Started));
            parameters.Add("id", after.Id);
        }

        parameters.Add("limit", (long)pageSize + 1); // one more tells whether there is a next page
        return ($"SELECT {Columns} FROM findings f{where} ORDER BY started {direction}, finding_id {direction} LIMIT @limit", parameters);
    }

    private Task<Finding?> ChangeAsync(long id, Func<SqlWork, Task> change, CancellationToken cancellationToken) => _database.WriteAsync(
        "change a finding",
        async work =>
        {
            await change(work);
            return (await work.FirstAsync<Row>($"SELECT {Columns} FROM findings WHERE finding_id = @id", new { id }))?.ToFinding();
        },
        cancellationToken);

    // Properties and not parameters: of a count without rows SQLite does not say the type, which a constructor would have to fit.
    private sealed record TotalRow
    {
        public string Severity { get; init; } = string.Empty;

        public long Total { get; init; }

        public long Resolved { get; init; }
    }

    private sealed record KindRow
    {
        public long ReportId { get; init; }

        public string Kind { get; init; } = string.Empty;

        public long Total { get; init; }
    }

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
