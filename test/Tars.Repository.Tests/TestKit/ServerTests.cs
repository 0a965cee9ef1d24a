using System.Text.Json;
using Tars.TestKit;
using Tars.TestKit.Notation;
using Tars.TestKit.Servers;
using Xunit;

namespace Tars.Repository.Tests.TestKit;

public sealed class ServerTests(PrometheusFixture prometheus) : IClassFixture<PrometheusFixture>
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Fixture_Started_AnswersQueries()
    {
        string answer = await prometheus.Require().QueryAsync("vector(1)", Start, Cancellation);
        Assert.Equal([1.0], Values(answer));
    }

    [Fact]
    public async Task LoadOpenMetrics_OldSamples_AreAnsweredByPrometheusWithTheirGap()
    {
        using TemporaryDirectory folder = new();
        string file = SampleFile(folder);
        await using PrometheusServer server = await PrometheusServer.StartAsync(cancellationToken: Cancellation);
        await server.LoadOpenMetricsAsync(file, Cancellation);
        string answer = await server.QueryRangeAsync("last_over_time(orders_total[59s])", Start, Start.AddMinutes(9), TimeSpan.FromMinutes(1), Cancellation);
        Assert.Equal([0.0, 10, 20, 30, 5, 6, 7], Values(answer));
    }

    [Fact]
    public async Task LoadOpenMetrics_SameFile_IsAnsweredByVictoriaMetrics()
    {
        using TemporaryDirectory folder = new();
        string file = SampleFile(folder);
        await using VictoriaMetricsServer server = await VictoriaMetricsServer.StartAsync(cancellationToken: Cancellation);
        await server.LoadOpenMetricsAsync(file, Cancellation);
        string exported = await ReadAsync(new Uri(server.Address, "api/v1/export?match[]=orders_total&reduce_mem_usage=1"));
        using JsonDocument line = JsonDocument.Parse(exported);
        Assert.Equal([0.0, 10, 20, 30, 5, 6, 7], line.RootElement.GetProperty("values").EnumerateArray().Select(value => value.GetDouble()));
        Assert.Equal(Start.ToUnixTimeMilliseconds(), line.RootElement.GetProperty("timestamps")[0].GetInt64());
    }

    [Fact]
    public async Task ScrapeConfigs_NodeExporterAndPushgateway_AreScraped()
    {
        await using NodeExporterServer node = await NodeExporterServer.StartAsync(cancellationToken: Cancellation);
        await using PushgatewayServer push = await PushgatewayServer.StartAsync(cancellationToken: Cancellation);
        await push.PushAsync("backup", "backup_size_bytes 42\n", Cancellation);
        PrometheusOptions options = new()
        {
            ScrapeConfigs = $"- job_name: node\n  static_configs: [{{ targets: ['{node.Target}'] }}]\n"
                + $"- job_name: push\n  honor_labels: true\n  static_configs: [{{ targets: ['{push.Target}'] }}]",
        };
        await using PrometheusServer server = await PrometheusServer.StartAsync(options, Cancellation);
        double[] found = [];
        for (int attempt = 0; attempt < 100 && found.Length < 2; attempt++)
        {
            await Task.Delay(200, Cancellation);
            found = Values(await server.QueryAsync("backup_size_bytes{job=\"backup\"} or sgn(node_memory_MemTotal_bytes)", TimeProvider.System.GetUtcNow(), Cancellation));
        }

        Assert.Equal([1.0, 42.0], found.Order());
    }

    [Fact]
    public async Task Dispose_RunningServer_EndsItsProcess()
    {
        PrometheusServer server = await PrometheusServer.StartAsync(cancellationToken: Cancellation);
        int id = server.ProcessId;
        await server.DisposeAsync();
        Assert.False(Directory.Exists($"/proc/{id}"));
    }

    [Fact]
    public async Task Start_BadFlag_FailsWithTheServersOwnWords()
    {
        ServerStartException failure = await Assert.ThrowsAsync<ServerStartException>(
            () => PrometheusServer.StartAsync(new PrometheusOptions { ExtraArguments = ["--no-such-flag"] }, Cancellation));
        Assert.Contains("unknown long flag '--no-such-flag'", failure.Message, StringComparison.Ordinal);
    }

    private static string SampleFile(TemporaryDirectory folder) =>
        new OpenMetricsText()
            .Add("orders_total{shop=\"a\"}", Start, TimeSpan.FromMinutes(1), SeriesNotation.Parse("0+10x3 _x3 5+1x2"))
            .Save(folder.Combine("samples.om"));

    private static double[] Values(string answer)
    {
        using JsonDocument document = JsonDocument.Parse(answer);
        Assert.True(document.RootElement.GetProperty("status").ValueEquals("success"), answer);
        JsonElement result = document.RootElement.GetProperty("data").GetProperty("result");
        return [.. result.EnumerateArray().SelectMany(Points).Select(point => double.Parse(point[1].GetString()!, System.Globalization.CultureInfo.InvariantCulture))];
    }

    private static IEnumerable<JsonElement> Points(JsonElement series) =>
        series.TryGetProperty("values", out JsonElement values) ? values.EnumerateArray() : [series.GetProperty("value")];

    private static async Task<string> ReadAsync(Uri address)
    {
        using HttpClient client = new();
        return await client.GetStringAsync(address, Cancellation);
    }
}
