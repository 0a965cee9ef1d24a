using System.ComponentModel;
using Tars.Application.Publishing.Contents;
using Tars.Observability.Kpis;
using Tars.Server.Documents;
using Tars.Storage.Reports;

namespace Tars.Server.Daily;

/// <summary>One day, as its daily report told it.</summary>
public record DailySummary : ApiDocument
{
    /// <summary>The day, in the configured time zone.</summary>
    [Description("The day, in the configured time zone.")]
    public DateOnly Date { get; init; }

    /// <summary>healthy, degraded, critical or not known.</summary>
    [Description("How the day was: the word of the report, such as healthy or critical.")]
    public string? Status { get; init; }

    /// <summary>0 to 100; null when it was not measured.</summary>
    [Description("How well objectives were kept, 0 to 100; null when it was not measured.")]
    public double? HealthScore { get; init; }

    /// <summary>pass, fail or inconclusive.</summary>
    [Description("pass, fail or inconclusive: whether the objectives were kept.")]
    public string? Verdict { get; init; }

    /// <summary>Why it is not pass.</summary>
    [Description("Why the verdict is not pass.")]
    public string? VerdictReason { get; init; }

    /// <summary>Good requests of all, percent.</summary>
    [Description("Good requests of all, percent.")]
    public double? Availability { get; init; }

    /// <summary>Requests.</summary>
    [Description("Requests.")]
    public double? TotalRequests { get; init; }

    /// <summary>Requests that did not fail.</summary>
    [Description("Requests that did not fail: total_requests less failed_requests.")]
    public double? SuccessfulRequests { get; init; }

    /// <summary>Failed requests.</summary>
    [Description("Failed requests.")]
    public double? FailedRequests { get; init; }

    /// <summary>Failed requests of all, percent.</summary>
    [Description("Failed requests of all, percent.")]
    public double? ErrorRate { get; init; }

    /// <summary>Always null: see its measurement.</summary>
    [Description("Kept for clients of the predecessor; always null: a mean of latencies is not computed.")]
    public double? AvgLatencyMs { get; init; }

    /// <summary>Median latency, milliseconds.</summary>
    [Description("Median latency, milliseconds.")]
    public double? P50LatencyMs { get; init; }

    /// <summary>95th percentile of latency, milliseconds.</summary>
    [Description("95th percentile of latency, milliseconds.")]
    public double? P95LatencyMs { get; init; }

    /// <summary>99th percentile of latency, milliseconds.</summary>
    [Description("99th percentile of latency, milliseconds.")]
    public double? P99LatencyMs { get; init; }

    /// <summary>Minutes in which at least one service was down.</summary>
    [Description("Minutes in which at least one service was down.")]
    public double? DowntimeMinutes { get; init; }

    /// <summary>Minutes in which at least one service was not measured.</summary>
    [Description("Minutes in which at least one service was not measured; nothing is said about them.")]
    public double? UnmeasuredMinutes { get; init; }

    /// <summary>Times in which a service was down.</summary>
    [Description("Times in which a service was down.")]
    public long Incidents { get; init; }

    /// <summary>Alerts that fired.</summary>
    [Description("Alerts that fired.")]
    public long Alerts { get; init; }

    /// <summary>Anomalies of the day.</summary>
    [Description("Anomalies of the day.")]
    public long Anomalies { get; init; }

    /// <summary>Share of measured steps behind availability, 0 to 1.</summary>
    [Description("The coverage of availability, 0 to 1; null when it was not measured.")]
    public double? Coverage { get; init; }

    /// <summary>Begin of the window.</summary>
    [Description("Begin of the report's window, included.")]
    public DateTimeOffset PeriodStart { get; init; }

    /// <summary>End of the window.</summary>
    [Description("End of the report's window, excluded.")]
    public DateTimeOffset PeriodEnd { get; init; }

    /// <summary>The report's number in the store.</summary>
    [Description("The report's number: 'tars reports show N'.")]
    public long ReportId { get; init; }

    /// <summary>What became of each figure.</summary>
    [Description("What became of each figure, by its name.")]
    public IReadOnlyDictionary<string, MeasurementState> Measurement { get; init; } = new Dictionary<string, MeasurementState>();

    /// <summary>A day.</summary>
    internal static DailySummary Of(StoredReport report, IReadOnlyList<StoredFigure> overall, IReadOnlyDictionary<(long, string), long> kinds)
    {
        FigureReading figures = new(overall, FigureNames.Absent);
        long Count(string kind) => kinds.GetValueOrDefault((report.Id, kind));
        return new DailySummary
        {
            GeneratedAt = report.Created,
            ApiVersion = null,
            Date = report.Date,
            Status = figures.Find(DailyHealthContent.Score) is { } score ? Words.Text(score.Labels, "status") : null,
            HealthScore = figures.Number("health_score", DailyHealthContent.Score),
            Verdict = Words.Of(report.Judgement),
            VerdictReason = report.Judgement?.Reason,
            Availability = figures.Number(FigureNames.Availability, KpiNames.Availability),
            TotalRequests = figures.Number(FigureNames.TotalRequests, KpiNames.TotalRequests),
            SuccessfulRequests = figures.Derived(FigureNames.SuccessfulRequests, KpiNames.TotalRequests, KpiNames.TotalErrors, (all, failed) => all - failed, string.Empty),
            FailedRequests = figures.Number(FigureNames.FailedRequests, KpiNames.TotalErrors),
            ErrorRate = figures.Number(FigureNames.ErrorRate, KpiNames.ErrorRate),
            AvgLatencyMs = figures.None(FigureNames.AverageLatency, FigureNames.NoMean, "ms"),
            P50LatencyMs = figures.Number(FigureNames.P50Latency, KpiNames.P50Latency),
            P95LatencyMs = figures.Number(FigureNames.P95Latency, KpiNames.P95Latency),
            P99LatencyMs = figures.Number(FigureNames.P99Latency, KpiNames.P99Latency),
            DowntimeMinutes = figures.Number(FigureNames.DowntimeMinutes, KpiNames.DowntimeMinutes),
            UnmeasuredMinutes = figures.Number(FigureNames.UnmeasuredMinutes, KpiNames.UnmeasuredMinutes),
            Incidents = Count("incident"),
            Alerts = Count("alert"),
            Anomalies = Count(AnomalyContent.Finding),
            Coverage = (figures.Find(KpiNames.Availability)?.Measurement as Measurement.Measured)?.Coverage,
            PeriodStart = report.Window.From,
            PeriodEnd = report.Window.To,
            ReportId = report.Id,
            Measurement = figures.States,
        };
    }
}

/// <summary>Days, each by the daily report that was kept last about it.</summary>
public sealed record DailyList : ListDocument<DailySummary>
{
    /// <summary>The days.</summary>
    [Description("The days.")]
    public IReadOnlyList<DailySummary> Summaries { get; init; } = [];

    /// <summary>Begin of the earliest window on this page.</summary>
    [Description("Begin of the earliest window on this page; null on an empty one.")]
    public DateTimeOffset? PeriodStart { get; init; }

    /// <summary>End of the latest window on this page.</summary>
    [Description("End of the latest window on this page; null on an empty one.")]
    public DateTimeOffset? PeriodEnd { get; init; }

    /// <summary>How many days are on this page.</summary>
    [Description("How many days are on this page.")]
    public int TotalDays { get; init; }

    /// <summary>Why there is nothing; null when there is something.</summary>
    [Description("Why there is nothing; null when there is something.")]
    public string? Reason { get; init; }
}

/// <summary>One day in full.</summary>
public sealed record DailyDocument : DailySummary
{
    /// <summary>A day with what is not in a list.</summary>
    /// <param name="summary">Its figures.</param>
    [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
    internal DailyDocument(DailySummary summary)
        : base(summary) => (ApiVersion, Services, Objectives, Findings) = ("1.0", [], [], []);

    /// <summary>Each service.</summary>
    [Description("The figures of each service.")]
    public required IReadOnlyList<ServiceFigures> Services { get; init; }

    /// <summary>Each objective.</summary>
    [Description("How each objective was kept.")]
    public required IReadOnlyList<ObjectiveResultDocument> Objectives { get; init; }

    /// <summary>What a reader should know.</summary>
    [Description("What was found, the worst first.")]
    public required IReadOnlyList<FindingDocument> Findings { get; init; }
}
