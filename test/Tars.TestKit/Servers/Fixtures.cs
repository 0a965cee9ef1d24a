namespace Tars.TestKit.Servers;

/// <summary>A Prometheus as a fixture. Derive from it to set options, for instance a scrape configuration or backfilled files.</summary>
public class PrometheusFixture() : ServerFixture<PrometheusServer>(PrometheusServer.Program)
{
    /// <summary>The options it starts with.</summary>
    protected virtual PrometheusOptions Options { get; } = new();

    /// <inheritdoc/>
    protected override Task<PrometheusServer> StartAsync() => PrometheusServer.StartAsync(Options);
}

/// <summary>A VictoriaMetrics as a fixture.</summary>
public class VictoriaMetricsFixture() : ServerFixture<VictoriaMetricsServer>(VictoriaMetricsServer.Program)
{
    /// <inheritdoc/>
    protected override Task<VictoriaMetricsServer> StartAsync() => VictoriaMetricsServer.StartAsync();
}

/// <summary>A node-exporter as a fixture.</summary>
public class NodeExporterFixture() : ServerFixture<NodeExporterServer>(NodeExporterServer.Program)
{
    /// <inheritdoc/>
    protected override Task<NodeExporterServer> StartAsync() => NodeExporterServer.StartAsync();
}

/// <summary>A pushgateway as a fixture.</summary>
public class PushgatewayFixture() : ServerFixture<PushgatewayServer>(PushgatewayServer.Program)
{
    /// <inheritdoc/>
    protected override Task<PushgatewayServer> StartAsync() => PushgatewayServer.StartAsync();
}
