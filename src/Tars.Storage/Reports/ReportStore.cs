using Dapper;
using Tars.Storage.BlobIndex;
using Tars.Storage.Databases;
using Tars.Storage.Runs;

namespace Tars.Storage.Reports;

/// <summary>Reports with their files, figures and findings. All reports of a run are kept in one transaction: there is no half run.</summary>
public sealed class ReportStore
{
    private const string Columns = """
        report_id AS Id, run_id AS RunId, name AS Name, kind AS Kind, service AS Service, window_from AS WindowFrom, window_to AS WindowTo, date AS Date, verdict AS Verdict,
        verdict_reason AS VerdictReason, envelope_digest AS EnvelopeDigest, content_digest AS ContentDigest, figure_count AS FigureCount, finding_count AS FindingCount, created AS Created
        """;

    private readonly Database _database;
    private readonly TimeProvider _time;
    private readonly RunStore _runs;

    internal ReportStore(Database database, TimeProvider time, RunStore runs) => (_database, _time, _runs) = (database, time, runs);

    /// <summary>
    /// Keeps the reports of a run, with all that is in them, and notes the run as stored: all or nothing. The same reports twice are the same rows; a
    /// report of the same name with other content is refused.
    /// </summary>
    /// <returns>The reports as they are kept, in the order given.</returns>
    /// <exception cref="ArgumentException">A report contradicts itself, or two have one name. Thrown before any work.</exception>
    /// <exception cref="StoreException">The run is not known, or its state does not allow it, or the database failed.</exception>
    public Task<IReadOnlyList<StoredReport>> StoreAsync(Guid runId, IReadOnlyList<NewReport> reports, CancellationToken cancellationToken)
    {
        const string What = "keep the reports of a run";
        string[] digests = [.. reports.Select(ReportContent.DigestOf)];
        if (reports.Select(report => report.Name).Distinct(StringComparer.Ordinal).Count() != reports.Count)
        {
            throw new ArgumentException("two reports of a run have the same name", nameof(reports));
        }

        return _database.WriteAsync(
            What,
            async work =>
            {
                Run run = await RunStore.LockAsync(work, runId) ?? throw _runs.Refusal(What, $"there is no run {runId}", "keep its intent first");
                long now = StoreTime.Of(_time.GetUtcNow());
                List<StoredReport> kept = [];
                bool added = false;
                await BlobRecords.RegisterAsync(work, reports.SelectMany(report => report.Renderings.Select(rendering => rendering.Blob).Append(report.Envelope)).OfType<BlobReference>(), now);
                for (int i = 0; i < reports.Count; i++)
                {
                    StoredReport? found = await FindAsync(work, runId, reports[i].Name);
                    if (found is not null && found.ContentDigest != digests[i])
                    {
                        throw _runs.Refusal(What, $"run {runId} has kept another report {reports[i].Name}", "start a new run: what a run has kept is not changed");
                    }

                    if (found is null && run.State is not (RunState.Intended or RunState.Sealed))
                    {
                        throw _runs.Refusal(What, $"run {runId} is {StoreWords.Of(run.State)} and takes no more reports", "start a new run");
                    }

                    added |= found is null;
                    kept.Add(found ?? await ReportRows.AddAsync(work, runId, reports[i], digests[i], now));
                }

                if (added || run.State is RunState.Intended or RunState.Sealed)
                {
                    await work.ExecuteAsync("UPDATE runs SET state = 'stored' WHERE run_id = @id", new { id = runId.ToString() });
                    await RunStore.SeeAsync(work, runId, HullOf(reports));
                }

                return (IReadOnlyList<StoredReport>)kept;
            },
            cancellationToken);
    }

    /// <summary>
    /// Removes a report with its figures and findings, and points to its files no longer; the run stays. Who removes one writes it down in the audit log first.
    /// </summary>
    /// <returns>Whether it was there.</returns>
    /// <exception cref="StoreException">The database failed.</exception>
    public Task<bool> RemoveAsync(long id, CancellationToken cancellationToken) => _database.WriteAsync(
        "remove a report",
        async work =>
        {
            await work.ExecuteAsync("DELETE FROM findings WHERE report_id = @id", new { id });
            await work.ExecuteAsync("DELETE FROM figures WHERE report_id = @id", new { id });
            await work.ExecuteAsync("DELETE FROM renderings WHERE report_id = @id", new { id });
            return await work.ExecuteAsync("DELETE FROM reports WHERE report_id = @id", new { id }) == 1;
        },
        cancellationToken);

    /// <summary>A report by its number, or null.</summary>
    public Task<StoredReport?> FindAsync(long id, CancellationToken cancellationToken) => _database.ReadAsync(
        "find a report",
        async work => (await work.FirstAsync<Row>($"SELECT {Columns} FROM reports WHERE report_id = @id", new { id }))?.ToReport(),
        cancellationToken);

    /// <summary>A report of a run by its name, or null.</summary>
    public Task<StoredReport?> FindAsync(Guid runId, string name, CancellationToken cancellationToken) =>
        _database.ReadAsync("find a report", work => FindAsync(work, runId, name), cancellationToken);

    /// <summary>The reports of a run, in the order they were kept.</summary>
    public Task<IReadOnlyList<StoredReport>> OfRunAsync(Guid runId, CancellationToken cancellationToken) =>
        ListAsync($"SELECT {Columns} FROM reports WHERE run_id = @id ORDER BY report_id", new { id = runId.ToString() }, cancellationToken);

    /// <summary>One page of reports, the newest day first.</summary>
    public Task<IReadOnlyList<StoredReport>> ListAsync(ReportFilter filter, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(filter.PageSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(filter.PageSize, 1000);
        List<string> conditions = ["1 = 1"];
        DynamicParameters parameters = new();
        When("kind = @kind", "kind", filter.Kind);
        When("service = @service", "service", filter.Service);
        When("date >= @dateFrom", "dateFrom", filter.DateFrom is { } from ? StoreTime.Text(from) : null);
        When("date < @dateTo", "dateTo", filter.DateTo is { } to ? StoreTime.Text(to) : null);
        When("verdict = @verdict", "verdict", StoreWords.Of(filter.Outcome));
        if (filter.IsWhole)
        {
            conditions.Add("service IS NULL");
        }

        if (filter.NewestOfDay)
        {
            conditions.Add($"NOT EXISTS (SELECT 1 FROM reports n WHERE n.date = reports.date AND n.kind = reports.kind AND n.report_id > reports.report_id{(filter.IsWhole ? " AND n.service IS NULL" : string.Empty)})");
        }

        (string comparison, string direction) = filter.OldestFirst ? (">", "ASC") : ("<", "DESC");
        if (filter.After is { } after)
        {
            When($"(date, report_id) {comparison} (@date, @id)", "date", StoreTime.Text(after.Date));
            parameters.Add("id", after.Id);
        }

        parameters.Add("limit", (long)filter.PageSize);
        return ListAsync($"SELECT {Columns} FROM reports WHERE {string.Join(" AND ", conditions)} ORDER BY date {direction}, report_id {direction} LIMIT @limit", parameters, cancellationToken);

        void When(string condition, string name, object? value)
        {
            if (value is not null)
            {
                conditions.Add(condition);
                parameters.Add(name, value);
            }
        }
    }

    /// <summary>The files of a report, by format.</summary>
    public Task<IReadOnlyList<Rendering>> RenderingsAsync(long reportId, CancellationToken cancellationToken) => _database.ReadAsync(
        "read a report's files",
        work => ReportRows.RenderingsAsync(work, reportId),
        cancellationToken);

    /// <summary>The figures of reports that stand for all services and regions, in order, by report; a report without one is not in it.</summary>
    /// <param name="reportIds">The reports, at most 1000.</param>
    /// <param name="cancellationToken">Stops the query.</param>
    public Task<IReadOnlyDictionary<long, IReadOnlyList<StoredFigure>>> OverallFiguresAsync(IReadOnlyCollection<long> reportIds, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(reportIds.Count, 1000);
        return _database.ReadAsync("read the figures of reports", work => ReportRows.OverallFiguresAsync(work, reportIds), cancellationToken);
    }

    /// <summary>The figures of a report, in order.</summary>
    public Task<IReadOnlyList<StoredFigure>> FiguresAsync(long reportId, CancellationToken cancellationToken) => _database.ReadAsync(
        "read a report's figures",
        work => ReportRows.FiguresAsync(work, reportId),
        cancellationToken);

    private static StoredWindow? HullOf(IReadOnlyList<NewReport> reports) =>
        reports.Count == 0 ? null : new StoredWindow(reports.Min(report => report.Window.From), reports.Max(report => report.Window.To));

    private static async Task<StoredReport?> FindAsync(SqlWork work, Guid runId, string name) =>
        (await work.FirstAsync<Row>($"SELECT {Columns} FROM reports WHERE run_id = @id AND name = @name", new { id = runId.ToString(), name }))?.ToReport();

    private Task<IReadOnlyList<StoredReport>> ListAsync(string sql, object parameters, CancellationToken cancellationToken) => _database.ReadAsync(
        "list reports",
        async work => (IReadOnlyList<StoredReport>)[.. (await work.QueryAsync<Row>(sql, parameters)).Select(row => row.ToReport())],
        cancellationToken);

    private sealed record Row(
        long Id,
        string RunId,
        string Name,
        string Kind,
        string? Service,
        long WindowFrom,
        long WindowTo,
        string Date,
        string? Verdict,
        string? VerdictReason,
        string? EnvelopeDigest,
        string ContentDigest,
        long FigureCount,
        long FindingCount,
        long Created)
    {
        public StoredReport ToReport() => new(
            Id,
            Guid.Parse(RunId),
            Name,
            Kind,
            Service,
            StoredWindow.At(WindowFrom, WindowTo),
            StoreTime.Day(Date),
            Judgement.At(Verdict, VerdictReason),
            EnvelopeDigest,
            ContentDigest,
            (int)FigureCount,
            (int)FindingCount,
            StoreTime.At(Created));
    }
}
