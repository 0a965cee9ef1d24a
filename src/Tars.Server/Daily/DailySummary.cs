using Tars.Application.Publishing.Contents;
using Tars.Observability.Kpis;
using Tars.Server.Documents;
using Tars.Storage.Reports;

namespace Tars.Server.Daily;

/// <summary>One day, as its daily report told it.</summary>
public record DailySummary : ApiDocument
{
    /// <summary>The day, in the configured time zone.</summary>
    public DateOnly Date { get; init; }

    /// <summary>How the day was: the word of the report, such as healthy or critical.</summary>
    public string? Status { get; init; }

    /// <summary>How well objectives were kept, 0 to 100; null when it was not measured.</summary>
    public double? HealthScore { get; init; }

    /// <summary>pass, fail or inconclusive: whether the objectives were kept.</summary>
    public string? Verdict { get; init; }

    /// <summary>Why the verdict is not pass.</summary>
    public string? VerdictReason { get; init; }

    /// <summary>Good requests of all, percent.</summary>
    public double? Availability { get; init; }

    /// <summary>Requests.</summary>
    public double? TotalRequests { get; init; }

    /// <summary>Requests that did not fail: total_requests less failed_requests.</summary>
    public double? SuccessfulRequests { get; init; }

    /// <summary>Failed requests.</summary>
    public double? FailedRequests { get; init; }

    /// <summary>Failed requests of all, percent.</summary>
    public double? ErrorRate { get; init; }

    /// <summary>Kept for clients of the predecessor; always null: a mean of latencies is not computed.</summary>
    public double? AvgLatencyMs { get; init; }

    /// <summary>Median latency, milliseconds.</summary>
    public double? P50LatencyMs { get; init; }

    /// <summary>95th percentile of latency, milliseconds.</summary>
    public double? P95LatencyMs { get; init; }

    /// <summary>99th percentile of latency, milliseconds.</summary>
    public double? P99LatencyMs { get; init; }

    /// <summary>Minutes in which at least one service was down.</summary>
    public double? DowntimeMinutes { get; init; }

    /// <summary>Minutes in which at least one service was not measured; nothing is said about them.</summary>
    public double? UnmeasuredMinutes { get; init; }

    /// <summary>Times in which a service was down.</summary>
    public long Incidents { get; init; }

    /// <summary>Alerts that fired.</summary>
    public long Alerts { get; init; }

    /// <summary>Anomalies of the day.</summary>
    public long Anomalies { get; init; }

    /// <summary>The coverage of availability, 0 to 1; null when it was not measured.</summary>
    public double? Coverage { get; init; }

    /// <summary>Begin of the report's window, included.</summary>
    public DateTimeOffset PeriodStart { get; init; }

    /// <summary>End of the report's window, excluded.</summary>
    public DateTimeOffset PeriodEnd { get; init; }

    /// <summary>The report's number: 'tars reports show N'.</summary>
    public long ReportId { get; init; }

    /// <summary>What became of each figure, by its name.</summary>
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
    public IReadOnlyList<DailySummary> Summaries { get; init; } = [];

    /// <summary>Begin of the earliest window on this page; null on an empty one.</summary>
    public DateTimeOffset? PeriodStart { get; init; }

    /// <summary>End of the latest window on this page; null on an empty one.</summary>
    public DateTimeOffset? PeriodEnd { get; init; }

    /// <summary>How many days are on this page.</summary>
    public int TotalDays { get; init; }

    /// <summary>Why there is nothing; null when there is something.</summary>
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

    /// <summary>The figures of each service.</summary>
    public required IReadOnlyList<ServiceFigures> Services { get; init; }

    /// <summary>How each objective was kept.</summary>
    public required IReadOnlyList<ObjectiveResultDocument> Objectives { get; init; }

    /// <summary>What was found, the worst first.</summary>
    public required IReadOnlyList<FindingDocument> Findings { get; init; }
}
