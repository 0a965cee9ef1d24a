namespace Tars.Observability.Indicators.Presets;

/// <summary>All presets. Metric and label names are those of the named source's own documentation.</summary>
/// <remarks>
/// An availability always restricts its total to requests that carry a status: without one, nothing says whether a request went well,
/// and the figure is "no data" instead of 100 %.
/// </remarks>
public static class PresetCatalog
{
    private const string GrpcServerFaults = "Unknown|DeadlineExceeded|Unimplemented|Internal|Unavailable|DataLoss";
    private const string VirtualInterfaces = "lo|veth.*|docker.*|br-.*|cni.*|cali.*|flannel.*|cilium.*|lxc.*";
    private const string RealFileSystems = "fstype!~\"tmpfs|ramfs|overlay|squashfs|devtmpfs|iso9660|nsfs|fuse.*\"";

    /// <summary>The presets, in the order they are listed.</summary>
    public static IReadOnlyList<Preset> All { get; } =
    [
        // .NET meters Microsoft.AspNetCore.Hosting and System.Runtime, as OpenTelemetry's Prometheus exporter writes them.
        new("aspnetcore", "ASP.NET Core's own meters", ServiceKind.Service,
        [
            .. HttpServer("http_server_request_duration_seconds", "http_response_status_code", 1),
            Cores(IndicatorNames.Cpu, "dotnet_process_cpu_time_seconds_total"),
            Bytes(IndicatorNames.Memory, "dotnet_process_memory_working_set_bytes"),
        ]),

        // github.com/prometheus-net/prometheus-net, HttpMetrics and its process collector.
        new("prometheus-net", "ASP.NET Core with prometheus-net", ServiceKind.Service,
        [
            Availability("http_requests_received_total", "code"),
            Latency("http_request_duration_seconds"),
            Cores(IndicatorNames.Cpu, "process_cpu_seconds_total"),
            Bytes(IndicatorNames.Memory, "process_working_set_bytes"),
        ]),

        // OpenTelemetry semantic conventions 1.23 and later: http.server.request.duration, process.cpu.time, process.memory.usage.
        new("opentelemetry", "OpenTelemetry HTTP server", ServiceKind.Service,
        [
            .. HttpServer("http_server_request_duration_seconds", "http_response_status_code", 1),
            Cores(IndicatorNames.Cpu, "process_cpu_time_seconds_total"),
            Bytes(IndicatorNames.Memory, "process_memory_usage_bytes"),
        ]),

        // The conventions before: http.server.duration in milliseconds.
        new("opentelemetry-legacy", "OpenTelemetry HTTP server before 2023", ServiceKind.Service,
        [
            .. HttpServer("http_server_duration_milliseconds", "http_status_code", 0.001),
        ]),
        new("prometheus-http", "HTTP server with http_requests_total{code}", ServiceKind.Service,
        [
            Availability("http_requests_total", "code"),
            Latency("http_request_duration_seconds"),
        ]),
        new("prometheus-http-status", "HTTP server with http_requests_total{status}", ServiceKind.Service,
        [
            Availability("http_requests_total", "status"),
            Latency("http_request_duration_seconds"),
        ]),

        // go-grpc-middleware's Prometheus provider (go-grpc-prometheus before it), whose server metrics keep these names. Not good are the codes
        // that OpenTelemetry's conventions for gRPC call a server's error. The good part is named, not the bad: it has series from the first call on.
        new("grpc", "gRPC server", ServiceKind.Service,
        [
            new IndicatorDefinition.Ratio(
                IndicatorNames.Availability,
                At($"grpc_server_handled_total{{grpc_code=~\".+\",grpc_code!~\"{GrpcServerFaults}\"}}"),
                RatioPart.Good,
                At("grpc_server_handled_total{grpc_code=~\".+\"}"),
                WholeIncludesPart: true),
            Latency("grpc_server_handling_seconds"),
        ]),

        // Prometheus client libraries' process collector.
        new("process", "A process", ServiceKind.Service,
        [
            Cores(IndicatorNames.Cpu, "process_cpu_seconds_total"),
            Bytes(IndicatorNames.Memory, "process_resident_memory_bytes"),
            Used(IndicatorNames.Saturation, "process_open_fds", "process_max_fds"),
        ]),
        new("node-exporter", "Machines", ServiceKind.Infrastructure,
        [
            new IndicatorDefinition.Ratio(
                IndicatorNames.NodeCpu,
                At("node_cpu_seconds_total{mode!~\"idle|iowait\"}"), RatioPart.Used, At("node_cpu_seconds_total"), WholeIncludesPart: true),
            Used(IndicatorNames.NodeMemory, "node_memory_MemAvailable_bytes", "node_memory_MemTotal_bytes", isFree: true),
            Used(IndicatorNames.NodeDisk, $"node_filesystem_avail_bytes{{{RealFileSystems}}}", $"node_filesystem_size_bytes{{{RealFileSystems}}}", isFree: true),
            BytesPerSecond(IndicatorNames.NetworkReceive, $"node_network_receive_bytes_total{{device!~\"{VirtualInterfaces}\"}}"),
            BytesPerSecond(IndicatorNames.NetworkTransmit, $"node_network_transmit_bytes_total{{device!~\"{VirtualInterfaces}\"}}"),
        ]),

        // The root cgroup of each machine, so that nothing counts twice.
        new("cadvisor", "Containers of a cluster", ServiceKind.Infrastructure,
        [
            new IndicatorDefinition.Rate(
                IndicatorNames.ClusterCpu, At("container_cpu_usage_seconds_total{id=\"/\"}"), At("machine_cpu_cores"), "%", Better.Lower),
            Used(IndicatorNames.ClusterMemory, "container_memory_working_set_bytes{id=\"/\"}", "machine_memory_bytes"),
            BytesPerSecond(IndicatorNames.NetworkReceive, $"container_network_receive_bytes_total{{id=\"/\",interface!~\"{VirtualInterfaces}\"}}"),
            BytesPerSecond(IndicatorNames.NetworkTransmit, $"container_network_transmit_bytes_total{{id=\"/\",interface!~\"{VirtualInterfaces}\"}}"),
        ]),
        new("kube-state-metrics", "State of a Kubernetes cluster", ServiceKind.Infrastructure,
        [
            new IndicatorDefinition.Gauge(
                IndicatorNames.NodePressure, At("kube_node_status_condition{condition=~\"MemoryPressure|DiskPressure\",status=\"true\"}"),
                Aggregation.Sum, null, GaugeIsFree: false, "conditions", Better.Lower),
            new IndicatorDefinition.Rate(IndicatorNames.Restarts, At("kube_pod_container_status_restarts_total"), null, "1/s", Better.Lower),
        ]),

        // oliver006/redis_exporter.
        new("redis", "Redis", ServiceKind.Infrastructure,
        [
            new IndicatorDefinition.Ratio(
                IndicatorNames.CacheHitRate, At("redis_keyspace_hits_total"), RatioPart.Good, At("redis_keyspace_misses_total"), WholeIncludesPart: false),
            Bytes(IndicatorNames.Memory, "redis_memory_used_bytes"),
            Used(IndicatorNames.Saturation, "redis_connected_clients", "redis_config_maxclients"),
        ]),

        // prometheus-community/postgres_exporter.
        new("postgres", "PostgreSQL", ServiceKind.Infrastructure,
        [
            Used(IndicatorNames.DatabasePool, "pg_stat_database_numbackends", "pg_settings_max_connections"),
            new IndicatorDefinition.Ratio(
                IndicatorNames.CacheHitRate, At("pg_stat_database_blks_hit"), RatioPart.Good, At("pg_stat_database_blks_read"), WholeIncludesPart: false),
        ]),
    ];

    /// <summary>Returns the preset named <paramref name="name"/>, or null when there is none.</summary>
    public static Preset? Find(string name) => All.FirstOrDefault(preset => preset.Name == name);

    private static Selector At(string text) => SelectorParser.Parse(text);

    private static IEnumerable<IndicatorDefinition> HttpServer(string histogram, string statusLabel, double secondsPerUnit) =>
    [
        Availability(histogram + "_count", statusLabel),
        Latency(histogram, secondsPerUnit),
    ];

    private static IndicatorDefinition.Ratio Availability(string counter, string statusLabel) => new(
        IndicatorNames.Availability,
        At($"{counter}{{{statusLabel}=~\".+\",{statusLabel}!~\"5..\"}}"),
        RatioPart.Good,
        At($"{counter}{{{statusLabel}=~\".+\"}}"),
        WholeIncludesPart: true);

    private static IndicatorDefinition.Latency Latency(string histogram, double secondsPerUnit = 1) =>
        new(IndicatorNames.Latency, At(histogram), secondsPerUnit, [0.5, 0.95, 0.99]);

    private static IndicatorDefinition.Rate Cores(string name, string counter) => new(name, At(counter), null, "cores", Better.Lower);

    private static IndicatorDefinition.Gauge Bytes(string name, string gauge) =>
        new(name, At(gauge), Aggregation.Sum, null, GaugeIsFree: false, "bytes", Better.Lower);

    private static IndicatorDefinition.Gauge Used(string name, string gauge, string capacity, bool isFree = false) =>
        new(name, At(gauge), Aggregation.Sum, At(capacity), isFree, "%", Better.Lower);

    private static IndicatorDefinition.Rate BytesPerSecond(string name, string counter) => new(name, At(counter), null, "bytes/s", Better.Neither);
}
