using Xunit;
using Tars.Application.Discovery;
using Tars.Application.Settings;
using Tars.Application.Tests.Settings;
using Tars.Observability.Indicators;
using Tars.Observability.Prometheus;
using Tars.Observability.TimeSeries;
using Tars.TestKit.Servers;

namespace Tars.Application.Tests.Discovery;

/// <summary>The real Prometheus that scrapes itself, node-exporter and pushgateway every second.</summary>
public sealed class ScrapingPrometheus : IAsyncLifetime
{
    private NodeExporterServer? _node;
    private PushgatewayServer? _pushgateway;
    private PrometheusServer? _prometheus;

    public async Task<PrometheusServer> RequireAsync()
    {
        if (_prometheus is null)
        {
            _node = await NodeExporterServer.StartAsync();
            _pushgateway = await PushgatewayServer.StartAsync();
            await _pushgateway.PushAsync("backup", "backup_bytes_total 12\n");
            int port = LoopbackPort.Free();
            _prometheus = await PrometheusServer.StartAsync(new Tars.TestKit.Servers.PrometheusOptions
            {
                Port = port,
                ScrapeConfigs = $"- job_name: node\n  static_configs: [{{ targets: ['{_node.Target}'] }}]\n"
                    + $"- job_name: pushgateway\n  honor_labels: true\n  static_configs: [{{ targets: ['{_pushgateway.Target}'] }}]\n"
                    + $"- job_name: prometheus\n  static_configs: [{{ targets: ['127.0.0.1:{port}'] }}]",
            });
            await WaitForScrapesAsync(_prometheus);
        }

        return _prometheus;
    }

    // Until each of the three was scraped six times.
    private static async Task WaitForScrapesAsync(PrometheusServer prometheus)
    {
        const string Scraped = "count(count_over_time(process_cpu_seconds_total[1m]) >= 6) == 3";
        for (int attempt = 0; attempt < 120; attempt++)
        {
            if ((await prometheus.QueryAsync(Scraped, TimeProvider.System.GetUtcNow())).Contains("\"value\"", StringComparison.Ordinal))
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(500));
        }

        Assert.Fail("Prometheus has not scraped its three targets six times in a minute");
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable? server in new IAsyncDisposable?[] { _prometheus, _pushgateway, _node })
        {
            if (server is not null)
            {
                await server.DisposeAsync();
            }
        }

        GC.SuppressFinalize(this);
    }
}

public class DiscoveryLiveTests(ScrapingPrometheus servers) : IClassFixture<ScrapingPrometheus>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ReadAsync_RealPrometheus_GivesAFileThatCollectsData()
    {
        PrometheusServer prometheus = await servers.RequireAsync();
        TimeWindow window = LastHour();
        DiscoveryResult found = await DiscoverAsync(prometheus.Address, window, 10_000);

        TarsSettings settings = SettingsFile.Bind(DiscoveryYaml.Of(found, new DiscoverySource(prometheus.Address, window, HasFurtherSettings: false)) + "\n");

        Assert.Equal(["prometheus", "pushgateway", "node"], settings.Services.Select(service => service.Name));
        string[] certain =
            [.. "availability latency cpu memory saturation".Split(' ').Select(name => $"prometheus {name}"), "node node_cpu", "node node_memory", "pushgateway cpu"];
        Assert.Empty(certain.Except(GoldenScrape.Recognised(found)));
        using PrometheusSource source = new(settings.Observability.ToPrometheusOptions(settings.Observability.Backend), TimeProvider.System);
        DateTimeOffset end = Instants.AlignDown(TimeProvider.System.GetUtcNow(), TimeSpan.FromSeconds(1)).AddSeconds(-1);
        TimeGrid grid = new(end.AddSeconds(-4), TimeSpan.FromSeconds(1), 4);
        SeriesSet set = await new SeriesCollector(source, 2).CollectAsync(QueryPlan.Of(settings.ToCollection(), grid), null, Cancelled);
        IndicatorSeries[] whole = [.. set.Indicators.Where(series => series.Key.Region is null)];
        Assert.Equal(settings.Services.Sum(service => service.Indicators.Count), whole.Length);
        Assert.All(whole, series => Assert.True(series.State is ReadState.Answered, $"{series.Key}: {series.State}"));
        Assert.Contains(set.Indicators.SelectMany(MetricSeriesOf.Indicator), course => course.Values.Any(value => value > 0));
    }

    [Fact]
    public async Task ReadAsync_MoreSeriesThanTheLimit_ReadsJobByJobAndSaysSo()
    {
        PrometheusServer prometheus = await servers.RequireAsync();

        DiscoveryResult found = await DiscoverAsync(prometheus.Address, LastHour(), 2);

        Assert.Contains("prometheus cpu", GoldenScrape.Recognised(found));
        Assert.Contains("pushgateway cpu", GoldenScrape.Recognised(found));
        Assert.Contains(found.Notes, note => note.StartsWith("process_cpu_seconds_total has 2 series or more; of each job 20 were looked at", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ReadAsync_EmptyPrometheus_IsAnEmptyInventory()
    {
        await using PrometheusServer prometheus = await PrometheusServer.StartAsync(cancellationToken: Cancelled);

        DiscoveryResult found = await DiscoverAsync(prometheus.Address, LastHour(), 10_000);

        Assert.Empty(found.Services);
        Assert.Empty(found.NotUsed);
    }

    [Fact]
    public async Task ReadAsync_NoBackend_IsTheBackendsFailure()
    {
        SeriesSourceException failure = await Assert.ThrowsAsync<SeriesSourceException>(
            () => DiscoverAsync(new Uri($"http://127.0.0.1:{LoopbackPort.Free()}"), LastHour(), 10_000));

        Assert.Equal(SourceFailure.Backend, failure.Failure);
    }

    private static TimeWindow LastHour()
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        return new TimeWindow(now.AddHours(-1), now);
    }

    private static async Task<DiscoveryResult> DiscoverAsync(Uri url, TimeWindow window, int seriesLimit)
    {
        using PrometheusClient client = new(new Tars.Observability.Prometheus.PrometheusOptions(url) { Retries = 0 }, TimeProvider.System);
        return Recognition.Of(await new InventoryReader(client, 2, seriesLimit).ReadAsync(window, Cancelled));
    }
}
