using Tars.Observability.Kpis;
using Tars.Storage.Reports;

namespace Tars.Server.Documents;

/// <summary>The key figures of one service in one report.</summary>
public sealed record ServiceFigures
{
    /// <summary>The service.</summary>
    public required string Service { get; init; }

    /// <summary>Good requests of all, percent.</summary>
    public double? Availability { get; init; }

    /// <summary>Requests.</summary>
    public double? TotalRequests { get; init; }

    /// <summary>Failed requests.</summary>
    public double? FailedRequests { get; init; }

    /// <summary>Failed requests of all, percent.</summary>
    public double? ErrorRate { get; init; }

    /// <summary>Median latency, milliseconds.</summary>
    public double? P50LatencyMs { get; init; }

    /// <summary>95th percentile of latency, milliseconds.</summary>
    public double? P95LatencyMs { get; init; }

    /// <summary>99th percentile of latency, milliseconds.</summary>
    public double? P99LatencyMs { get; init; }

    /// <summary>Minutes in which it was down.</summary>
    public double? DowntimeMinutes { get; init; }

    /// <summary>What became of each figure, by its name.</summary>
    public required IReadOnlyDictionary<string, MeasurementState> Measurement { get; init; }

    /// <summary>The services of a report, in its order; what is of one region alone is left out.</summary>
    internal static IReadOnlyList<ServiceFigures> Of(IReadOnlyList<StoredFigure> figures) =>
    [
        .. figures.Where(figure => figure is { Service: not null, Region: null, Labels: var labels } && figure.Metric is not "objective" && !figure.Metric.StartsWith("budget_", StringComparison.Ordinal) && labels is not null)
            .GroupBy(figure => figure.Service!)
            .Where(group => group.Any(figure => figure.Metric == KpiNames.Availability))
            .Select(group => Of(group.Key, new FigureReading(group, FigureNames.Absent))),
    ];

    private static ServiceFigures Of(string service, FigureReading figures) => new()
    {
        Service = service,
        Availability = figures.Number(FigureNames.Availability, KpiNames.Availability),
        TotalRequests = figures.Number(FigureNames.TotalRequests, KpiNames.TotalRequests),
        FailedRequests = figures.Number(FigureNames.FailedRequests, KpiNames.TotalErrors),
        ErrorRate = figures.Number(FigureNames.ErrorRate, KpiNames.ErrorRate),
        P50LatencyMs = figures.Number(FigureNames.P50Latency, KpiNames.P50Latency),
        P95LatencyMs = figures.Number(FigureNames.P95Latency, KpiNames.P95Latency),
        P99LatencyMs = figures.Number(FigureNames.P99Latency, KpiNames.P99Latency),
        DowntimeMinutes = figures.Number(FigureNames.DowntimeMinutes, KpiNames.DowntimeMinutes),
        Measurement = figures.States,
    };
}

/// <summary>Names of figures in documents.</summary>
internal static class FigureNames
{
    public const string Availability = "availability";
    public const string TotalRequests = "total_requests";
    public const string SuccessfulRequests = "successful_requests";
    public const string FailedRequests = "failed_requests";
    public const string ErrorRate = "error_rate";
    public const string AverageLatency = "avg_latency_ms";
    public const string P50Latency = "p50_latency_ms";
    public const string P95Latency = "p95_latency_ms";
    public const string P99Latency = "p99_latency_ms";
    public const string DowntimeMinutes = "downtime_minutes";
    public const string UnmeasuredMinutes = "unmeasured_minutes";
    public const string UptimeHours = "uptime_hours";

    /// <summary>Why a report has not a figure.</summary>
    public const string Absent = "the report has no such figure";

    /// <summary>Why there is no mean of latencies.</summary>
    public const string NoMean = "a mean of latencies is not computed; p50_latency_ms, p95_latency_ms and p99_latency_ms come from merged histograms";
}
