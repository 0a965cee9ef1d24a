using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tars.Application.Publishing.Contents;
using Tars.Application.Stores;
using Tars.Observability.Kpis;
using Tars.Server.Documents;
using Tars.Server.Problems;
using Tars.Server.Routes;
using Tars.Storage.Findings;
using Tars.Storage.Reports;

namespace Tars.Server.Retrospectives;

/// <summary>Periods told once: what <c>tars retro --store</c> kept, and its files.</summary>
internal sealed class RetrospectiveRoutes(OpenedStore store, Answers answers, ReportFiles files)
{
    private const string None = "no retrospective is kept; 'tars retro --store', a schedule of the task retro, or POST /api/retrospective makes one";
    private static readonly string[] Formats = ["json", "markdown", "html"];
    private static readonly string[] Concerns = ["objective_missed", "incident", RetrospectiveContent.DegradationFinding, "regression", "budget_burn", "not_measured"];

    private static readonly ApiParameter Report = new("report", new ParameterForm.Integer(1, long.MaxValue), "The number of the report; without it the newest retrospective") { Example = "8" };
    private static readonly ApiParameter Format = new("format", new ParameterForm.Choice(["json", "markdown", "html", "pdf", "envelope"]), "The format; default json") { Example = "markdown" };
    private static readonly ApiParameter Limit = new("limit", new ParameterForm.Integer(1, 100), "Of how many reports the files are listed; default 20") { Example = "20" };
    private static readonly ApiParameter Filename = new("filename", new ParameterForm.Text(255), "The name of a file, as GET /api/retrospective/files lists it") { Place = ParameterPlace.Path, Example = "GA_7DAY_RETROSPECTIVE.md" };

    public static readonly ApiParameters Nothing = new();
    public static readonly ApiParameters OfFiles = new(Limit);
    public static readonly ApiParameters OfFormat = new(Format, Report);
    public static readonly ApiParameters OfReport = new(Report);
    public static readonly ApiParameters OfName = new(Filename, Report);

    private static readonly IReadOnlyList<CsvColumn<FileDocument>> Columns =
    [
        new("filename", file => file.Filename), new("format", file => file.Format), new("media_type", file => file.MediaType), new("size", file => file.Size), new("sha256", file => file.Sha256),
        new("encrypted", file => file.Encrypted), new("report_id", file => file.ReportId), new("period_start", file => file.PeriodStart), new("period_end", file => file.PeriodEnd), new("created_at", file => file.CreatedAt),
    ];

    /// <summary>Maps them.</summary>
    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.Map(ApiRoutes.GetRetrospective, answers.For(ApiRoutes.GetRetrospective, Representations.JsonAlone, Nothing, NewestAsync))
            .Answers<RetrospectiveDocument>(Nothing);
        endpoints.Map(ApiRoutes.GetRetrospectiveFiles, answers.For(ApiRoutes.GetRetrospectiveFiles, Representations.OfLists, OfFiles, (values, form) => FilesAsync(values, form, RetrospectiveContent.Kind))).Answers<FileList>(OfFiles, isList: true);
        endpoints.Map(ApiRoutes.GetAvailabilityFiles, answers.For(ApiRoutes.GetAvailabilityFiles, Representations.OfLists, OfFiles, (values, form) => FilesAsync(values, form, KpiContent.Kind))).Answers<FileList>(OfFiles, isList: true);
        endpoints.Map(ApiRoutes.GetRetrospectiveFormats, answers.For(ApiRoutes.GetRetrospectiveFormats, Representations.JsonAlone, Nothing, FormatsAsync))
            .Answers<FormatList>(Nothing);
        endpoints.Map(ApiRoutes.DownloadRetrospective, (RequestDelegate)(context => SendFormatAsync(context, OfFormat, null))).Downloads(OfFormat);
        endpoints.Map(ApiRoutes.DownloadRetrospectiveMarkdown, (RequestDelegate)(context => SendFormatAsync(context, OfReport, "markdown"))).Downloads(OfReport);
        endpoints.Map(ApiRoutes.DownloadRetrospectiveJson, (RequestDelegate)(context => SendFormatAsync(context, OfReport, "json"))).Downloads(OfReport);
        endpoints.Map(ApiRoutes.DownloadRetrospectiveFile, (RequestDelegate)SendNamedAsync).Downloads(OfName);
    }

    private async Task<ReadyAnswer> NewestAsync(RequestValues values, Representation form)
    {
        RetrospectiveDocument document = (await store.Rows.Reports.ListAsync(new ReportFilter { Kind = RetrospectiveContent.Kind, IsWhole = true, PageSize = 1 }, CancellationToken.None).ConfigureAwait(false))
            is [var report] ? await OfAsync(report).ConfigureAwait(false) : Absent();
        return Answers.Document(document, ApiJson.Default.RetrospectiveDocument);
    }

    private async Task<RetrospectiveDocument> OfAsync(StoredReport report)
    {
        IReadOnlyList<StoredFigure> figures = await store.Rows.Reports.FiguresAsync(report.Id, CancellationToken.None).ConfigureAwait(false);
        FigureReading overall = new(figures.Where(figure => figure is { Service: null, Region: null }), FigureNames.Absent);
        Finding[] findings = [.. (await store.Rows.Findings.QueryAsync(new FindingFilter { ReportId = report.Id }, FindingOrder.OldestFirst, 1000, null, CancellationToken.None).ConfigureAwait(false)).Findings.OrderBy(finding => finding.Ordinal)];
        IReadOnlyList<FileDocument> own = await files.OfAsync(report, CancellationToken.None).ConfigureAwait(false);
        return new RetrospectiveDocument
        {
            GeneratedAt = report.Created,
            Period = new RetrospectivePeriod(report.Window.From, report.Window.To, (report.Window.To - report.Window.From).TotalDays),
            OverallStatus = Words.Of(report.Judgement),
            StatusReason = report.Judgement?.Reason,
            OverallMetrics = MetricsOf(overall),
            Highlights =
            [
                .. ObjectiveResultDocument.Of(figures).Where(objective => objective.Verdict == "pass").Select(objective => $"{objective.Objective}: {objective.What} was kept"),
                .. findings.Where(finding => finding.Found.Kind == "improvement").Select(finding => finding.Found.Summary),
            ],
            Concerns = [.. findings.Where(finding => Concerns.Contains(finding.Found.Kind)).OrderByDescending(finding => finding.Found.Severity).Select(FindingDocument.Of)],
            AnomaliesSummary = BySeverity(findings, "incident", RetrospectiveContent.DegradationFinding),
            RegressionsSummary = BySeverity(findings, "regression"),
            Recommendations = [.. findings.Where(finding => finding.Found.Kind == RetrospectiveContent.FollowUpFinding).OrderByDescending(finding => finding.Found.Severity).Select(FindingDocument.Of)],
            AvailableFormats = [.. own.Select(file => file.Format).Distinct()],
            Files = own,
            Signed = report.EnvelopeDigest is not null,
            GeneratedBy = "tars retro",
            ReportId = report.Id,
            Measurement = overall.States,
        };
    }

    private static RetrospectiveDocument Absent()
    {
        FigureReading nothing = new([], None);
        return new RetrospectiveDocument { StatusReason = None, OverallMetrics = MetricsOf(nothing), Measurement = nothing.States };
    }

    private static RetrospectiveMetrics MetricsOf(FigureReading figures) => new(
        figures.Number(FigureNames.Availability, KpiNames.Availability),
        figures.Number(FigureNames.TotalRequests, KpiNames.TotalRequests),
        figures.Number(FigureNames.ErrorRate, KpiNames.ErrorRate),
        figures.None(FigureNames.AverageLatency, FigureNames.NoMean, "ms"),
        figures.Number(FigureNames.P50Latency, KpiNames.P50Latency),
        figures.Number(FigureNames.P95Latency, KpiNames.P95Latency),
        figures.Number(FigureNames.P99Latency, KpiNames.P99Latency),
        figures.Number(FigureNames.DowntimeMinutes, KpiNames.DowntimeMinutes));

    private static SortedDictionary<string, long> BySeverity(IEnumerable<Finding> findings, params string[] kinds)
    {
        SortedDictionary<string, long> counts = new(StringComparer.Ordinal) { ["total"] = 0 };
        foreach (Finding finding in findings.Where(finding => kinds.Contains(finding.Found.Kind)))
        {
            counts["total"]++;
            counts[Words.Of(finding.Found.Severity)] = counts.GetValueOrDefault(Words.Of(finding.Found.Severity)) + 1;
        }

        return counts;
    }

    private async Task<ReadyAnswer> FilesAsync(RequestValues values, Representation form, string kind)
    {
        IReadOnlyList<StoredReport> reports = await store.Rows.Reports.ListAsync(new ReportFilter { Kind = kind, PageSize = values.Integer(Limit) ?? 20 }, CancellationToken.None).ConfigureAwait(false);
        List<FileDocument> all = [];
        foreach (StoredReport report in reports)
        {
            all.AddRange(await files.OfAsync(report, CancellationToken.None).ConfigureAwait(false));
        }

        FileList document = new() { GeneratedAt = reports.Count == 0 ? null : reports.Max(report => report.Created), Files = all, Count = all.Count };
        return ListAnswer.Of(form, document, ApiJson.Default.FileList, all, ApiJson.Default.FileDocument, Columns, null);
    }

    private async Task<ReadyAnswer> FormatsAsync(RequestValues values, Representation form)
    {
        IReadOnlyList<StoredReport> newest = await store.Rows.Reports.ListAsync(new ReportFilter { Kind = RetrospectiveContent.Kind, PageSize = 1 }, CancellationToken.None).ConfigureAwait(false);
        IReadOnlyList<FileDocument> own = newest is [var report] ? await files.OfAsync(report, CancellationToken.None).ConfigureAwait(false) : [];
        return Answers.Document(
            new FormatList { GeneratedAt = newest is [var one] ? one.Created : null, Formats = Formats, Available = [.. own.Select(file => file.Format).Distinct()] }, ApiJson.Default.FormatList);
    }

    private async Task SendFormatAsync(HttpContext context, ApiParameters parameters, string? format)
    {
        RequestValues values = RequestValues.Read(context, parameters);
        string wanted = format ?? values.Text(Format) ?? "json";
        StoredReport report = await ReportAsync(values, context.RequestAborted).ConfigureAwait(false);
        FileDocument file = (await files.OfAsync(report, context.RequestAborted).ConfigureAwait(false)).FirstOrDefault(file => file.Format == wanted)
            ?? throw new ProblemException(ErrorCode.NotFound, FormattableString.Invariant($"Report {report.Id} has no file of the format {wanted}; GET /api/retrospective/files lists what there is."));
        await files.SendAsync(context, file).ConfigureAwait(false);
    }

    private async Task SendNamedAsync(HttpContext context)
    {
        RequestValues values = RequestValues.Read(context, OfName);
        string name = values.Text(Filename)!;
        StoredReport[] reports = values.Has(Report)
            ? [await ReportAsync(values, context.RequestAborted).ConfigureAwait(false)]
            : [.. await store.Rows.Reports.ListAsync(new ReportFilter { Kind = RetrospectiveContent.Kind, PageSize = 100 }, context.RequestAborted).ConfigureAwait(false)];
        foreach (StoredReport report in reports)
        {
            if ((await files.OfAsync(report, context.RequestAborted).ConfigureAwait(false)).FirstOrDefault(file => file.Filename == name) is { } file)
            {
                await files.SendAsync(context, file).ConfigureAwait(false);
                return;
            }
        }

        throw new ProblemException(ErrorCode.NotFound, "No retrospective has a file of that name; GET /api/retrospective/files lists what there is.");
    }

    private async Task<StoredReport> ReportAsync(RequestValues values, CancellationToken cancellationToken)
    {
        if (values.Text(Report) is { } text)
        {
            long id = long.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
            return await store.Rows.Reports.FindAsync(id, cancellationToken).ConfigureAwait(false) is { Kind: RetrospectiveContent.Kind } found
                ? found
                : throw new ProblemException(ErrorCode.NotFound, FormattableString.Invariant($"There is no retrospective of the number {id}."));
        }

        return await store.Rows.Reports.ListAsync(new ReportFilter { Kind = RetrospectiveContent.Kind, IsWhole = true, PageSize = 1 }, cancellationToken).ConfigureAwait(false) is [var newest]
            ? newest
            : throw new ProblemException(ErrorCode.NotFound, $"There is nothing to download: {None}.");
    }
}
