using Tars.Storage.Databases;
using Tars.Storage.Findings;
using Tars.Storage.Schema;

namespace Tars.Storage.Reports;

/// <summary>The rows of one report: how they are written in bulk, and read.</summary>
internal static class ReportRows
{
    private static readonly Column[] FindingColumns = [.. Tables.Findings.Columns.Where(column => column.Name is not ("finding_id" or "resolved" or "resolved_by" or "resolution"))];

    private const string FigureColumns = """
        report_id AS ReportId, service AS Service, region AS Region, labels AS Labels, metric AS Metric, unit AS Unit, state AS State, value AS Value, coverage AS Coverage,
        reason AS Reason, verdict AS Verdict, verdict_reason AS VerdictReason
        """;

    /// <summary>Adds a report that is not there yet, with its files, figures and findings.</summary>
    public static async Task<StoredReport> AddAsync(SqlWork work, Guid runId, NewReport report, string digest, long now)
    {
        long id = await work.ScalarAsync<long>(
            """
            INSERT INTO reports (run_id, name, kind, service, window_from, window_to, date, verdict, verdict_reason, envelope_digest, content_digest, figure_count, finding_count, created)
            VALUES (@run, @Name, @Kind, @Service, @from, @to, @date, @verdict, @reason, @envelope, @digest, @figures, @findings, @now)
            RETURNING report_id
            """,
            new
            {
                run = runId.ToString(),
                report.Name,
                report.Kind,
                report.Service,
                from = StoreTime.Of(report.Window.From),
                to = StoreTime.Of(report.Window.To),
                date = StoreTime.Text(report.Date),
                verdict = StoreWords.Of(report.Judgement?.Outcome),
                reason = report.Judgement?.Reason,
                envelope = report.Envelope?.Digest,
                digest,
                figures = (long)report.Figures.Count,
                findings = (long)report.Findings.Count,
                now,
            });
        await WriteRenderingsAsync(work, id, report.Renderings);
        await WriteFiguresAsync(work, id, report.Figures);
        await WriteFindingsAsync(work, id, report.Findings);
        return new StoredReport(
            id, runId, report.Name, report.Kind, report.Service, StoredWindow.At(StoreTime.Of(report.Window.From), StoreTime.Of(report.Window.To)), report.Date, report.Judgement, report.Envelope?.Digest, digest, report.Figures.Count, report.Findings.Count, StoreTime.At(now));
    }

    /// <summary>The files of a report, by format.</summary>
    public static async Task<IReadOnlyList<Rendering>> RenderingsAsync(SqlWork work, long reportId) =>
    [
        .. (await work.QueryAsync<RenderingRow>(
            "SELECT format AS Format, file_name AS FileName, size AS Size, plain_digest AS PlainDigest, sealed_digest AS SealedDigest, blob_digest AS BlobDigest FROM renderings WHERE report_id = @reportId ORDER BY format",
            new { reportId })).Select(row => new Rendering(row.Format, row.FileName, new BlobReference(row.BlobDigest, row.Size), row.PlainDigest, row.SealedDigest)),
    ];

    /// <summary>The figures of a report, in order.</summary>
    public static async Task<IReadOnlyList<StoredFigure>> FiguresAsync(SqlWork work, long reportId) =>
    [
        .. (await work.QueryAsync<FigureRow>($"SELECT {FigureColumns} FROM figures WHERE report_id = @reportId ORDER BY ordinal", new { reportId })).Select(row => row.ToFigure()),
    ];

    /// <summary>The figures of reports that stand for everything, by report.</summary>
    public static async Task<IReadOnlyDictionary<long, IReadOnlyList<StoredFigure>>> OverallFiguresAsync(SqlWork work, IReadOnlyCollection<long> reportIds)
    {
        if (reportIds.Count == 0)
        {
            return new Dictionary<long, IReadOnlyList<StoredFigure>>();
        }

        // Numbers of this program: nothing of a caller is in the text.
        string ids = string.Join(", ", reportIds.Select(id => id.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        List<FigureRow> rows = await work.QueryAsync<FigureRow>($"SELECT {FigureColumns} FROM figures WHERE report_id IN ({ids}) AND service IS NULL AND region IS NULL ORDER BY report_id, ordinal");
        return rows.GroupBy(row => row.ReportId).ToDictionary(group => group.Key, group => (IReadOnlyList<StoredFigure>)[.. group.Select(row => row.ToFigure())]);
    }

    private static async Task WriteRenderingsAsync(SqlWork work, long id, IReadOnlyList<Rendering> renderings)
    {
        await using RowWriter rows = await work.InsertAsync(Tables.Renderings, Tables.Renderings.Columns);
        foreach (Rendering rendering in renderings)
        {
            rows.Integer(id);
            rows.Text(rendering.Format);
            rows.Text(rendering.FileName);
            rows.Integer(rendering.Blob.Size);
            rows.Text(rendering.PlainDigest);
            rows.Text(rendering.SealedDigest);
            rows.Text(rendering.Blob.Digest);
            rows.EndRow();
        }

        await rows.CompleteAsync(work.CancellationToken);
    }

    private static async Task WriteFiguresAsync(SqlWork work, long id, IReadOnlyList<StoredFigure> figures)
    {
        await using RowWriter rows = await work.InsertAsync(Tables.Figures, Tables.Figures.Columns);
        for (int i = 0; i < figures.Count; i++)
        {
            StoredFigure figure = figures[i];
            (string state, double? value, double? coverage, string? reason) = ReportContent.Parts(figure.Measurement);
            rows.Integer(id);
            rows.Integer(i);
            rows.Text(figure.Service);
            rows.Text(figure.Region);
            rows.Text(figure.Labels);
            rows.Text(figure.Metric);
            rows.Text(figure.Unit);
            rows.Text(state);
            rows.Real(value);
            rows.Real(coverage);
            rows.Text(reason);
            rows.Text(StoreWords.Of(figure.Judgement?.Outcome));
            rows.Text(figure.Judgement?.Reason);
            rows.EndRow();
        }

        await rows.CompleteAsync(work.CancellationToken);
    }

    private static async Task WriteFindingsAsync(SqlWork work, long id, IReadOnlyList<NewFinding> findings)
    {
        await using RowWriter rows = await work.InsertAsync(Tables.Findings, FindingColumns);
        for (int i = 0; i < findings.Count; i++)
        {
            NewFinding finding = findings[i];
            rows.Integer(id);
            rows.Integer(i);
            rows.Text(finding.Kind);
            rows.Text(finding.Service);
            rows.Text(finding.Metric);
            rows.Text(StoreWords.Of(finding.Severity));
            rows.Text(StoreTime.Text(finding.Date));
            rows.Integer(StoreTime.Of(finding.Started));
            rows.Integer(StoreTime.Of(finding.Ended));
            rows.Real(finding.Score);
            rows.Real(finding.Effect);
            rows.Real(finding.PValue);
            rows.Text(finding.Summary);
            rows.Text(finding.Details);
            rows.EndRow();
        }

        await rows.CompleteAsync(work.CancellationToken);
    }

    private sealed record RenderingRow(string Format, string FileName, long Size, string PlainDigest, string? SealedDigest, string BlobDigest);

    private sealed record FigureRow(long ReportId, string? Service, string? Region, string Labels, string Metric, string Unit, string State, double? Value, double? Coverage, string? Reason, string? Verdict, string? VerdictReason)
    {
        public StoredFigure ToFigure() => new(
            Metric,
            Unit,
            State switch
            {
                "measured" => new Measurement.Measured(Value!.Value, Coverage!.Value),
                "no_data" => new Measurement.NoData(Reason!),
                _ => new Measurement.QueryFailed(Reason!),
            })
        {
            Service = Service,
            Region = Region,
            Labels = Labels,
            Judgement = Judgement.At(Verdict, VerdictReason),
        };
    }
}
