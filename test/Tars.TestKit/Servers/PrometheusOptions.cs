namespace Tars.TestKit.Servers;

/// <summary>How a Prometheus for a test is started.</summary>
public sealed record PrometheusOptions
{
    /// <summary>
    /// The items of <c>scrape_configs</c> as YAML, unindented, for instance <c>- job_name: node …</c>. Empty scrapes nothing.
    /// </summary>
    public string ScrapeConfigs { get; init; } = string.Empty;

    /// <summary>The content of one rule file (<c>groups: …</c>), or empty for none.</summary>
    public string Rules { get; init; } = string.Empty;

    /// <summary>The default scrape and rule evaluation interval in Prometheus's notation. Default one second.</summary>
    public string Interval { get; init; } = "1s";

    /// <summary>OpenMetrics files (timestamps in seconds, ended by <c># EOF</c>) that become blocks before the server starts.</summary>
    public IReadOnlyList<string> OpenMetricsFiles { get; init; } = [];

    /// <summary>A fixed loopback port, for a Prometheus that scrapes itself; null for any free one.</summary>
    public int? Port { get; init; }

    /// <summary>Further flags, for instance <c>--query.lookback-delta=1m</c>.</summary>
    public IReadOnlyList<string> ExtraArguments { get; init; } = [];
}
