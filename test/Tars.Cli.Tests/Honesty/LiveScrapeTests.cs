using System.Globalization;
using System.Text.Json;
using Tars.TestKit;
using Tars.TestKit.Servers;
using Xunit;

namespace Tars.Cli.Tests.Honesty;

/// <summary>A real Prometheus that scrapes a node-exporter and itself, looked at a few seconds after its start.</summary>
public sealed class LiveScrapeTests : IDisposable
{
    private const string Configuration = """
        observability: { step: 2s, settle_delay: 0s, bridge_limit: 4s }
        services:
          - name: prometheus
            labels: { job: prometheus }
            preset: process
            indicators:
              availability: { ratio: { bad: 'prometheus_http_requests_total{code=~"5.."}', total: prometheus_http_requests_total } }
              latency: { histogram: prometheus_http_request_duration_seconds }
        infrastructure:
          - { name: machines, labels: { job: node }, preset: node-exporter }
        objectives:
          - { service: prometheus, indicator: availability, target: 99%, window: 7d }
        """;

    private readonly TemporaryDirectory _folder = new();

    [Fact]
    public async Task KpiAndRetro_LivePrometheus_TellWhatWasMeasured()
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        int port = LoopbackPort.Free();
        await using NodeExporterServer node = await NodeExporterServer.StartAsync(cancellationToken: cancellationToken);
        string scrapes = $"- job_name: prometheus\n  static_configs: [{{ targets: ['127.0.0.1:{port}'] }}]\n- job_name: node\n  static_configs: [{{ targets: ['{node.Target}'] }}]";
        await using PrometheusServer prometheus = await PrometheusServer.StartAsync(new PrometheusOptions { Port = port, ScrapeConfigs = scrapes }, cancellationToken);
        _folder.WriteText("live.yaml", Configuration);
        await WaitForScrapesAsync(prometheus, 12, cancellationToken);

        CommandResult kpi = await RunAsync(prometheus, "kpi");
        CommandResult retro = await RunAsync(prometheus, "retro");

        Assert.True(kpi.ExitCode is 0 or 4, kpi.Error); // 4 where a busy machine missed scrapes
        Assert.True(retro.ExitCode == 0, retro.Error); // a retrospective lists; it judges only with --fail-on
        await SchemaAssert.MatchesAsync(_folder.Combine("out", "ga_kpi_summary.json"));
        await SchemaAssert.MatchesAsync(_folder.Combine("out", "GA_7DAY_RETROSPECTIVE.json"));

        using JsonDocument figures = JsonDocument.Parse(kpi.Output);
        JsonElement service = figures.RootElement.GetProperty("services")[0];
        Assert.Equal("measured", service.GetProperty("measurement").GetProperty("avg_memory").GetProperty("state").GetString());
        Assert.True(service.GetProperty("avg_memory").GetDouble() > 1e6); // no Prometheus fits in a megabyte
        Assert.True(service.GetProperty("measurement").GetProperty("avg_memory").GetProperty("coverage").GetDouble() is > 0 and <= 1);
        string[] machine = [.. figures.RootElement.GetProperty("infrastructure")[0].GetProperty("indicators").EnumerateArray().Select(figure => figure.GetProperty("name").GetString()!)];
        Assert.Contains("avg_node_memory", machine);

        using JsonDocument told = JsonDocument.Parse(retro.Output);
        Assert.NotEmpty(told.RootElement.GetProperty("data_quality").EnumerateObject());
        string page = await File.ReadAllTextAsync(_folder.Combine("out", "GA_7DAY_RETROSPECTIVE.html"), cancellationToken);
        Assert.StartsWith("<!DOCTYPE html>", page, StringComparison.OrdinalIgnoreCase);
    }

    public void Dispose() => _folder.Dispose();

    private Task<CommandResult> RunAsync(PrometheusServer prometheus, string command) => BuiltCommand.RunAsync(
        _folder.Path, command, "--config", "live.yaml", "--prometheus-url", prometheus.Address.AbsoluteUri, "--window", "8s", "--output", "out", "-o", "json");

    private static async Task WaitForScrapesAsync(PrometheusServer prometheus, int count, CancellationToken cancellationToken)
    {
        string query = string.Create(CultureInfo.InvariantCulture, $"min(count_over_time(up[1m])) >= {count} and count(up) == 2");
        for (int attempt = 0; attempt < 240; attempt++)
        {
            if ((await prometheus.QueryAsync(query, TimeProvider.System.GetUtcNow(), cancellationToken)).Contains("\"value\"", StringComparison.Ordinal))
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(250), cancellationToken);
        }

        Assert.Fail($"not {count} scrapes within a minute:\n{prometheus.Log}");
    }
}
