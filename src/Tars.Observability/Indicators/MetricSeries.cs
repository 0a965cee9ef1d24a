using Tars.Observability.TimeSeries;

namespace Tars.Observability.Indicators;

/// <summary>
/// The course of one figure of one service, step by step: what a person would plot, and what anomaly, regression and trend analyses
/// read. One indicator gives one or more of them (a ratio of requests gives the error rate and the request rate).
/// </summary>
/// <param name="Key">The indicator and scope it comes from.</param>
/// <param name="Metric">Name of the figure, see <see cref="MetricNames"/>; for other indicators the indicator's name.</param>
/// <param name="Unit">Unit of <paramref name="Values"/>: <c>%</c>, <c>ms</c>, <c>1/s</c>, <c>bytes</c>, <c>cores</c>, or empty.</param>
/// <param name="Better">Which direction is an improvement.</param>
/// <param name="Grid">The steps.</param>
/// <param name="Values">One value per step, NaN where not measured (or where the figure does not exist, as latency without requests).</param>
/// <param name="Weights">
/// For figures about requests the number of requests in each step (how much evidence a value rests on), zero where there was none;
/// null for gauges and rates.
/// </param>
/// <param name="Presence">How much of each step was measured; null when the backend had nothing at all.</param>
public sealed record MetricSeries(
    IndicatorKey Key,
    string Metric,
    string Unit,
    Better Better,
    TimeGrid Grid,
    double[] Values,
    double[]? Weights,
    StepPresence? Presence);

/// <summary>Names of figures, as reports spell them.</summary>
public static class MetricNames
{
    /// <summary>Share of failed requests, percent.</summary>
    public const string ErrorRate = "error_rate";

    /// <summary>Requests per second.</summary>
    public const string RequestRate = "request_rate";

    /// <summary>Median latency, milliseconds.</summary>
    public const string P50Latency = "p50_latency_ms";

    /// <summary>95th percentile of latency, milliseconds.</summary>
    public const string P95Latency = "p95_latency_ms";

    /// <summary>99th percentile of latency, milliseconds.</summary>
    public const string P99Latency = "p99_latency_ms";

    /// <summary>CPU in use: cores, or percent of capacity.</summary>
    public const string Cpu = "cpu";

    /// <summary>Memory in use, bytes.</summary>
    public const string Memory = "memory";

    /// <summary>The name of a latency quantile, for example 0.99 → <c>p99_latency_ms</c>, 0.999 → <c>p99_9_latency_ms</c>.</summary>
    public static string Latency(double quantile)
    {
        string percent = (quantile * 100).ToString("0.####", System.Globalization.CultureInfo.InvariantCulture);
        return $"p{percent.Replace('.', '_')}_latency_ms";
    }
}
