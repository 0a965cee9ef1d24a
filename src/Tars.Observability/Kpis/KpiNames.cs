using Tars.Observability.Indicators;

namespace Tars.Observability.Kpis;

/// <summary>Stable names of figures.</summary>
public static class KpiNames
{
    /// <summary>Good requests ÷ requests, percent.</summary>
    public const string Availability = "availability";

    /// <summary>Requests.</summary>
    public const string TotalRequests = "total_requests";

    /// <summary>Failed requests.</summary>
    public const string TotalErrors = "total_errors";

    /// <summary>Failed requests ÷ requests, percent.</summary>
    public const string ErrorRate = "error_rate";

    /// <summary>Requests per second, mean over measured steps.</summary>
    public const string RequestRate = "request_rate";

    /// <summary>Median latency, milliseconds.</summary>
    public const string P50Latency = MetricNames.P50Latency;

    /// <summary>95th percentile of latency, milliseconds.</summary>
    public const string P95Latency = MetricNames.P95Latency;

    /// <summary>99th percentile of latency, milliseconds.</summary>
    public const string P99Latency = MetricNames.P99Latency;

    /// <summary>The largest 99th percentile of any single step, milliseconds.</summary>
    public const string MaxP99Latency = "max_p99_latency_ms";

    /// <summary>CPU in use, mean over steps: cores, or percent of capacity.</summary>
    public const string AverageCpu = "avg_cpu";

    /// <summary>CPU in use, largest step.</summary>
    public const string PeakCpu = "peak_cpu";

    /// <summary>Memory in use, mean over steps: bytes, or percent of capacity.</summary>
    public const string AverageMemory = "avg_memory";

    /// <summary>Memory in use, largest step.</summary>
    public const string PeakMemory = "peak_memory";

    /// <summary>Share of the scarcest resource in use, mean over steps, percent.</summary>
    public const string AverageSaturation = "avg_saturation";

    /// <summary>Share of the scarcest resource in use, largest step, percent.</summary>
    public const string PeakSaturation = "peak_saturation";

    /// <summary>Minutes in which the service was down, see <see cref="DowntimeRules"/>.</summary>
    public const string DowntimeMinutes = "downtime_minutes";

    /// <summary>Minutes of which nothing can be said: neither downtime nor uptime.</summary>
    public const string UnmeasuredMinutes = "unmeasured_minutes";

    /// <summary>The mean of an indicator.</summary>
    public static string Average(string indicator) => "avg_" + indicator;

    /// <summary>The worst step of an indicator: its largest, or smallest where larger is better.</summary>
    public static string Worst(string indicator, Better better) => (better == Better.Higher ? "min_" : "peak_") + indicator;

    /// <summary>A latency quantile of an indicator other than the service's own latency: <c>database_latency</c> → <c>database_latency_p95_ms</c>.</summary>
    public static string Latency(string indicator, double quantile) =>
        $"{indicator}_{MetricNames.Latency(quantile).Replace("_latency_ms", "_ms", StringComparison.Ordinal)}";

    /// <summary>The sum of a counter over the window.</summary>
    public static string Total(string indicator) => "total_" + indicator;
}
