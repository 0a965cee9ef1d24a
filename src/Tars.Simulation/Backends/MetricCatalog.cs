namespace Tars.Simulation.Backends;

/// <summary>Type and help text of the metrics of the simulated fleet, as <c>/api/v1/metadata</c> tells them.</summary>
internal static class MetricCatalog
{
    /// <summary>Metric family, type and help, sorted by metric.</summary>
    public static IReadOnlyList<(string Metric, string Type, string Help)> All { get; } =
    [
        ("build_info", "gauge", "Always 1; the version label says what runs."),
        ("db_pool_in_use_connections", "gauge", "Connections of the database pool in use."),
        ("db_pool_max_connections", "gauge", "Connections the database pool has at most."),
        ("http_request_duration_seconds", "histogram", "Duration of HTTP requests."),
        ("http_requests_total", "counter", "HTTP requests by status code."),
        ("node_cpu_seconds_total", "counter", "Seconds the CPUs spent in each mode."),
        ("node_memory_MemAvailable_bytes", "gauge", "Memory information field MemAvailable_bytes."),
        ("node_memory_MemTotal_bytes", "gauge", "Memory information field MemTotal_bytes."),
        ("pg_settings_max_connections", "gauge", "Server parameter: max_connections."),
        ("pg_stat_database_numbackends", "gauge", "Number of backends currently connected to this database."),
        ("process_cpu_seconds_total", "counter", "Total user and system CPU time spent in seconds."),
        ("process_resident_memory_bytes", "gauge", "Resident memory size in bytes."),
        ("redis_keyspace_hits_total", "counter", "Lookups that found their key."),
        ("redis_keyspace_misses_total", "counter", "Lookups that did not find their key."),
        ("worker_queue_depth", "gauge", "Jobs waiting in the worker queue."),
    ];
}
