using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tars.Server.Documents;
using Tars.Server.Hosting;
using Tars.Server.Problems;
using Tars.Server.Routes;
using Tars.Storage;
using Tars.Storage.Findings;
using Tars.Storage.Reports;

namespace Tars.Server.Daily;

/// <summary>Days: what <c>tars daily --store</c> kept.</summary>
internal sealed class DailyRoutes(ServerParts parts, Store store, Answers answers)
{
    private const string Kind = "daily";
    private const string Empty = "no daily report is kept; 'tars daily --store', or a schedule of the task daily, keeps one";

    private static readonly ApiParameter Limit = new("limit", new ParameterForm.Integer(1, 366), "How many days at most; default 7") { Example = "7" };
    private static readonly ApiParameter From = new("from", new ParameterForm.Date(), "The earliest day") { Example = "2026-01-12" };
    private static readonly ApiParameter To = new("to", new ParameterForm.Date(), "The latest day") { Example = "2026-01-18" };
    private static readonly ApiParameter Verdict = new("verdict", new ParameterForm.Choice(["pass", "fail", "inconclusive"]), "Only days that were judged so");
    private static readonly ApiParameter Sort = new("sort", new ParameterForm.Choice(["date", "-date"]), "date: the oldest first; -date: the newest first, which is the default");
    private static readonly ApiParameter Date = new("date", new ParameterForm.Date(), "The day") { Place = ParameterPlace.Path, Example = "2026-01-17" };

    public static readonly ApiParameters OfList = new(Limit, Cursor.Parameter, From, To, Verdict, Sort);
    private static readonly ApiParameter Number = new("n", new ParameterForm.Integer(0, 7), "0 is the day on which the newest report of a period (GET /api/ga) begins, 1 the day after it") { Place = ParameterPlace.Path, Example = "1" };

    public static readonly ApiParameters OfDay = new(Date);
    public static readonly ApiParameters OfNumber = new(Number);

    private static readonly IReadOnlyList<CsvColumn<DailySummary>> Columns =
    [
        new("date", day => day.Date), new("status", day => day.Status), new("health_score", day => day.HealthScore), new("verdict", day => day.Verdict), new("availability", day => day.Availability),
        new("total_requests", day => day.TotalRequests), new("successful_requests", day => day.SuccessfulRequests), new("failed_requests", day => day.FailedRequests), new("error_rate", day => day.ErrorRate),
        new("p50_latency_ms", day => day.P50LatencyMs), new("p95_latency_ms", day => day.P95LatencyMs), new("p99_latency_ms", day => day.P99LatencyMs), new("downtime_minutes", day => day.DowntimeMinutes),
        new("unmeasured_minutes", day => day.UnmeasuredMinutes), new("incidents", day => day.Incidents), new("alerts", day => day.Alerts), new("anomalies", day => day.Anomalies),
        new("coverage", day => day.Coverage), new("period_start", day => day.PeriodStart), new("period_end", day => day.PeriodEnd), new("report_id", day => day.ReportId),
    ];

    /// <summary>Maps them.</summary>
    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.Map(ApiRoutes.GetDailyList, answers.For(ApiRoutes.GetDailyList, Representations.OfLists, OfList, ListAsync))
            .Answers<DailyList>(OfList, isList: true);
        endpoints.Map(ApiRoutes.GetDaily, answers.For(ApiRoutes.GetDaily, Representations.JsonAlone, OfDay, DayAsync))
            .Answers<DailyDocument>(OfDay, StatusCodes.Status404NotFound);
        endpoints.Map(ApiRoutes.GetDayNumber, answers.For(ApiRoutes.GetDayNumber, Representations.JsonAlone, OfNumber, NumberedAsync)).Answers<DailyDocument>(OfNumber, StatusCodes.Status404NotFound);
    }

    private async Task<ReadyAnswer> ListAsync(RequestValues values, Representation form)
    {
        int limit = values.Integer(Limit) ?? 7;
        bool oldestFirst = values.Text(Sort) == "date";
        string list = $"daily {values.Text(From)} {values.Text(To)} {values.Text(Verdict)} {oldestFirst}";
        IReadOnlyList<StoredReport> found = await store.Reports.ListAsync(
            new ReportFilter
            {
                Kind = Kind,
                IsWhole = true,
                NewestOfDay = true,
                OldestFirst = oldestFirst,
                DateFrom = values.Date(From),
                DateTo = values.Date(To) is { } last && last < DateOnly.MaxValue ? last.AddDays(1) : null,
                Outcome = values.Text(Verdict) is { } verdict ? Enum.Parse<JudgementOutcome>(verdict, ignoreCase: true) : null,
                After = Place(Cursor.Read(list, values.Text(Cursor.Parameter))),
                PageSize = limit + 1,
            },
            CancellationToken.None).ConfigureAwait(false);
        StoredReport[] page = [.. found.Take(limit)];
        IReadOnlyList<DailySummary> days = await SummariesAsync(page).ConfigureAwait(false);
        string? next = found.Count > limit ? Cursor.Write(list, FormattableString.Invariant($"{page[^1].Date:yyyy-MM-dd}.{page[^1].Id}")) : null;
        DailyList document = new()
        {
            GeneratedAt = page.Length == 0 ? null : page.Max(report => report.Created),
            Summaries = days,
            Count = days.Count,
            TotalDays = days.Count,
            NextCursor = next,
            PeriodStart = page.Length == 0 ? null : page.Min(report => report.Window.From),
            PeriodEnd = page.Length == 0 ? null : page.Max(report => report.Window.To),
            Reason = page.Length == 0 ? Empty : null,
        };
        return ListAnswer.Of(
            form, document, ApiJson.Default.DailyList, days, ApiJson.Default.DailySummary, Columns, ListAnswer.Next(ApiRoutes.GetDailyList, values, OfList, Cursor.Parameter, next));
    }

    private Task<ReadyAnswer> DayAsync(RequestValues values, Representation form) => OfAsync(values.Date(Date)!.Value);

    // The predecessor counted days from the one of general availability.
    private async Task<ReadyAnswer> NumberedAsync(RequestValues values, Representation form)
    {
        IReadOnlyList<StoredReport> period = await store.Reports.ListAsync(new ReportFilter { Kind = "kpi", IsWhole = true, PageSize = 1 }, CancellationToken.None).ConfigureAwait(false);
        if (period is not [var newest])
        {
            throw new ProblemException(ErrorCode.NotFound, "Days are counted from the begin of the newest report of a period, and none is kept; ask for GET /api/daily/{date}.");
        }

        TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById(parts.Settings.Section("observability").Text("time_zone"));
        return await OfAsync(DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(newest.Window.From, zone).DateTime).AddDays(values.Integer(Number)!.Value)).ConfigureAwait(false);
    }

    private async Task<ReadyAnswer> OfAsync(DateOnly date)
    {
        StoredReport report = (await store.Reports.ListAsync(
            new ReportFilter { Kind = Kind, IsWhole = true, NewestOfDay = true, DateFrom = date, DateTo = date < DateOnly.MaxValue ? date.AddDays(1) : null, PageSize = 1 }, CancellationToken.None).ConfigureAwait(false))
            is [var newest, ..] && newest.Date == date ? newest : throw new ProblemException(ErrorCode.NotFound, FormattableString.Invariant($"No daily report of {date:yyyy-MM-dd} is kept; 'tars daily --date {date:yyyy-MM-dd} --store' keeps one."));
        IReadOnlyList<StoredFigure> figures = await store.Reports.FiguresAsync(report.Id, CancellationToken.None).ConfigureAwait(false);
        FindingPage findings = await store.Findings.QueryAsync(new FindingFilter { ReportId = report.Id }, FindingOrder.OldestFirst, 1000, null, CancellationToken.None).ConfigureAwait(false);
        DailySummary summary = (await SummariesAsync([report]).ConfigureAwait(false))[0];
        return Documents.Answers.Document(
            new DailyDocument(summary)
            {
                Services = ServiceFigures.Of(figures),
                Objectives = ObjectiveResultDocument.Of(figures),
                Findings = [.. findings.Findings.OrderByDescending(finding => finding.Found.Severity).ThenBy(finding => finding.Ordinal).Select(FindingDocument.Of)],
            },
            ApiJson.Default.DailyDocument);
    }

    private async Task<IReadOnlyList<DailySummary>> SummariesAsync(IReadOnlyList<StoredReport> reports)
    {
        long[] ids = [.. reports.Select(report => report.Id)];
        IReadOnlyDictionary<long, IReadOnlyList<StoredFigure>> overall = await store.Reports.OverallFiguresAsync(ids, CancellationToken.None).ConfigureAwait(false);
        IReadOnlyDictionary<(long, string), long> kinds = await store.Findings.KindsOfAsync(ids, CancellationToken.None).ConfigureAwait(false);
        return [.. reports.Select(report => DailySummary.Of(report, overall.GetValueOrDefault(report.Id) ?? [], kinds))];
    }

    private static (DateOnly, long)? Place(string? place) => place?.Split('.') switch
    {
        null => null,
        [var day, var id] when DateOnly.TryParseExact(day, "yyyy-MM-dd", out DateOnly date) && long.TryParse(id, out long number) => (date, number),
        _ => throw Cursor.Refused(),
    };
}
