namespace Tars.Observability.Indicators;

/// <summary>Names of indicators that reports know a field for. Any other name is reported under its own.</summary>
public static class IndicatorNames
{
    /// <summary>Ratio: requests answered well.</summary>
    public const string Availability = "availability";

    /// <summary>Latency of requests.</summary>
    public const string Latency = "latency";

    /// <summary>CPU in cores (rate), or as a share (with capacity).</summary>
    public const string Cpu = "cpu";

    /// <summary>Memory in bytes (gauge).</summary>
    public const string Memory = "memory";

    /// <summary>Share of the scarcest resource in use.</summary>
    public const string Saturation = "saturation";

    /// <summary>Scrape health of targets; never a stand-in for availability.</summary>
    public const string TargetsUp = "targets_up";

    /// <summary>Infrastructure: share of node CPU in use.</summary>
    public const string NodeCpu = "node_cpu";

    /// <summary>Infrastructure: share of node memory in use.</summary>
    public const string NodeMemory = "node_memory";

    /// <summary>Infrastructure: share of file system space in use.</summary>
    public const string NodeDisk = "node_disk";

    /// <summary>Infrastructure: share of cluster CPU in use.</summary>
    public const string ClusterCpu = "cluster_cpu";

    /// <summary>Infrastructure: share of cluster memory in use.</summary>
    public const string ClusterMemory = "cluster_memory";

    /// <summary>Infrastructure: nodes reporting memory or disk pressure.</summary>
    public const string NodePressure = "node_pressure";

    /// <summary>Infrastructure: container restarts.</summary>
    public const string Restarts = "restarts";

    /// <summary>Infrastructure: database query latency.</summary>
    public const string DatabaseLatency = "database_latency";

    /// <summary>Infrastructure: share of database connections in use.</summary>
    public const string DatabasePool = "database_pool";

    /// <summary>Infrastructure: cache hit ratio.</summary>
    public const string CacheHitRate = "cache_hit_rate";

    /// <summary>Infrastructure: bytes received per second.</summary>
    public const string NetworkReceive = "network_receive";

    /// <summary>Infrastructure: bytes sent per second.</summary>
    public const string NetworkTransmit = "network_transmit";
}
