using Microsoft.AspNetCore.Routing;
using Tars.Observability.Kpis;
using Tars.Server.Documents;
using Tars.Server.Routes;
using Tars.Storage;
using Tars.Storage.Reports;

namespace Tars.Server.Availability;

/// <summary>The figures of a period: what <c>tars kpi --store</c> kept.</summary>
internal sealed class AvailabilityRoutes(Store store, Answers answers)
{
    private const string Kind = "kpi";

    private static readonly ApiParameter Days = new("days", new ParameterForm.Integer(1, 90), "The newest report of a period of so many days; without it the newest of any length") { Example = "7" };

    public static readonly ApiParameters Parameters = new(Days);

    /// <summary>Maps them.</summary>
    public void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.Map(ApiRoutes.GetAvailability, answers.For(ApiRoutes.GetAvailability, Representations.JsonAlone, Parameters, AnswerAsync))
            .Answers<AvailabilityDocument>(Parameters);

    private async Task<ReadyAnswer> AnswerAsync(RequestValues values, Representation form)
    {
        int? days = values.Integer(Days);
        IReadOnlyList<StoredReport> reports = await store.Reports.ListAsync(new ReportFilter { Kind = Kind, IsWhole = true, PageSize = 1000 }, CancellationToken.None).ConfigureAwait(false);
        int[] available = [.. reports.Select(DaysOf).OfType<int>().Where(length => length is >= 1 and <= 90).Distinct().Order()];
        AvailabilityDocument document = reports.FirstOrDefault(report => days is null || DaysOf(report) == days) is { } newest
            ? await OfAsync(newest).ConfigureAwait(false)
            : Nothing(days);
        return Documents.Answers.Document(document with { AvailableDays = available }, ApiJson.Default.AvailabilityDocument);
    }

    private async Task<AvailabilityDocument> OfAsync(StoredReport report)
    {
        IReadOnlyList<StoredFigure> figures = await store.Reports.FiguresAsync(report.Id, CancellationToken.None).ConfigureAwait(false);
        IReadOnlyDictionary<(long, string), long> kinds = await store.Findings.KindsOfAsync([report.Id], CancellationToken.None).ConfigureAwait(false);
        IReadOnlyList<ObjectiveResultDocument> objectives = ObjectiveResultDocument.Of(figures);
        FigureReading overall = new(figures.Where(figure => figure is { Service: null, Region: null }), FigureNames.Absent);
        double hours = (report.Window.To - report.Window.From).TotalHours;
        double[] targets = [.. objectives.Where(one => one.Objective?.EndsWith("/availability", StringComparison.Ordinal) == true).Select(one => one.Threshold).OfType<double>().Distinct()];
        return new AvailabilityDocument
        {
            GeneratedAt = report.Created,
            OverallAvailability = overall.Number("overall_availability", KpiNames.Availability),
            ErrorRate = overall.Number(FigureNames.ErrorRate, KpiNames.ErrorRate),
            TotalRequests = overall.Number(FigureNames.TotalRequests, KpiNames.TotalRequests),
            P50LatencyMs = overall.Number(FigureNames.P50Latency, KpiNames.P50Latency),
            P95LatencyMs = overall.Number(FigureNames.P95Latency, KpiNames.P95Latency),
            P99LatencyMs = overall.Number(FigureNames.P99Latency, KpiNames.P99Latency),
            AvgCpu = overall.Number(KpiNames.AverageCpu),
            AvgMemory = overall.Number(KpiNames.AverageMemory),
            GaReady = report.Judgement?.Outcome switch
            {
                JudgementOutcome.Pass => true,
                JudgementOutcome.Fail => false,
                _ => null,
            },
            Verdict = Words.Of(report.Judgement),
            VerdictReason = report.Judgement?.Reason,
            Threshold = targets is [var target] ? target : null,
            PeriodStart = report.Window.From,
            PeriodEnd = report.Window.To,
            Metrics = new AvailabilityMetrics(
                hours,
                overall.Derived(FigureNames.UptimeHours, KpiNames.DowntimeMinutes, KpiNames.UnmeasuredMinutes, (down, unmeasured) => Math.Max(0, hours - ((down + unmeasured) / 60)), "h"),
                overall.Number(FigureNames.DowntimeMinutes, KpiNames.DowntimeMinutes),
                overall.Number(FigureNames.UnmeasuredMinutes, KpiNames.UnmeasuredMinutes),
                kinds.GetValueOrDefault((report.Id, "incident"))),
            Services = ServiceFigures.Of(figures),
            Objectives = objectives,
            ReportId = report.Id,
            Measurement = overall.States,
        };
    }

    private static AvailabilityDocument Nothing(int? days)
    {
        string reason = days is { } asked
            ? FormattableString.Invariant($"no report of a period of {asked} days is kept; 'tars kpi --window {asked}d --store' keeps one")
            : "no report of a period is kept; 'tars kpi --store', or a schedule of the task kpi, keeps one";
        FigureReading nothing = new([], reason);
        return new AvailabilityDocument
        {
            OverallAvailability = nothing.Number("overall_availability"),
            ErrorRate = nothing.Number(FigureNames.ErrorRate),
            TotalRequests = nothing.Number(FigureNames.TotalRequests),
            P50LatencyMs = nothing.Number(FigureNames.P50Latency),
            P95LatencyMs = nothing.Number(FigureNames.P95Latency),
            P99LatencyMs = nothing.Number(FigureNames.P99Latency),
            AvgCpu = nothing.Number(KpiNames.AverageCpu),
            AvgMemory = nothing.Number(KpiNames.AverageMemory),
            VerdictReason = reason,
            Metrics = new AvailabilityMetrics(
                null, nothing.Number(FigureNames.UptimeHours), nothing.Number(FigureNames.DowntimeMinutes), nothing.Number(FigureNames.UnmeasuredMinutes), null),
            Measurement = nothing.States,
        };
    }

    // A day may have 23 or 25 hours.
    private static int? DaysOf(StoredReport report)
    {
        TimeSpan length = report.Window.To - report.Window.From;
        int days = (int)Math.Round(length.TotalDays);
        return (length - TimeSpan.FromDays(days)).Duration() <= TimeSpan.FromHours(1) ? days : null;
    }
}
