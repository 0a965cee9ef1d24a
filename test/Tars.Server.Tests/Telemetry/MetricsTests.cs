using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tars.Application.Sealing;
using Tars.Server.Access;
using Tars.Server.Routes;
using Tars.Server.Telemetry;
using Tars.Storage;
using Tars.Storage.Reports;
using Tars.Storage.Runs;
using Tars.TestKit;
using Tars.TestKit.Servers;
using Xunit;

namespace Tars.Server.Tests.Telemetry;

public sealed class MetricsTests
{
    private static readonly (ApiRoute, Delegate)[] Routes =
    [
        (EdgeServer.Route("/api/daily/{date}", "getDay", limit: LimitClass.None) with { Aliases = ["/summaries/daily/{date}"] }, (string date) => date),
        (EdgeServer.Route("/api/fails", "fail", limit: LimitClass.None), () => { throw new Tars.Server.Problems.ProblemException(Tars.Server.Problems.ErrorCode.Conflict, "no"); }),
        (EdgeServer.Route("/api/secret", "getSecret", least: Role.Admin, limit: LimitClass.None), () => "secret"),
    ];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Text_AfterRequests_CountsThemByTemplateAndIsBounded()
    {
        await using EdgeServer server = await EdgeServer.StartAsync("api: {rate_limit_enabled: false}", Routes);
        using HttpClient client = server.Client();
        for (int i = 0; i < 20; i++)
        {
            await client.GetAsync(EdgeServer.At($"/api/daily/2026-01-{i + 1:00}"), Stop);
            await client.GetAsync(EdgeServer.At($"/no/such/{Guid.NewGuid()}"), Stop);
        }

        await client.GetAsync(EdgeServer.At("/summaries/daily/2026-01-01"), Stop);
        await client.GetAsync(EdgeServer.At("/api/fails"), Stop);
        await client.GetAsync(EdgeServer.At("/api/secret"), Stop);
        await client.SendAsync(new HttpRequestMessage(new HttpMethod("BREW"), "/api/daily/x"), Stop);
        await client.SendAsync(new HttpRequestMessage(new HttpMethod("PROPFIND"), "/api/daily/x"), Stop);
        string text = await client.GetStringAsync(EdgeServer.At("/metrics"), Stop);
        Assert.Contains("tars_api_requests_total{endpoint=\"/api/daily/{date}\",method=\"GET\",status=\"200\"} 21\n", text, StringComparison.Ordinal);
        Assert.Contains("tars_api_requests_total{endpoint=\"unmatched\",method=\"GET\",status=\"404\"} 20\n", text, StringComparison.Ordinal);
        Assert.Contains("tars_api_requests_total{endpoint=\"/api/fails\",method=\"GET\",status=\"409\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("tars_api_requests_total{endpoint=\"/api/secret\",method=\"GET\",status=\"401\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("tars_api_requests_total{endpoint=\"unmatched\",method=\"other\",status=\"405\"} 2\n", text, StringComparison.Ordinal);
        Assert.Contains("tars_api_latency_seconds_count{endpoint=\"/api/daily/{date}\",method=\"GET\"} 21\n", text, StringComparison.Ordinal);
        Assert.Contains("tars_api_latency_seconds_bucket{endpoint=\"/api/daily/{date}\",method=\"GET\",le=\"+Inf\"} 21\n", text, StringComparison.Ordinal);
        Assert.Contains("tars_build_info{version=\"1.2.3-test\"} 1\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("2026-01-01", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_OpenConnections_AreCountedWhileTheyAreOpen()
    {
        await using EdgeServer server = await EdgeServer.StartAsync(string.Empty, Routes);
        using HttpClient client = server.Client();
        Assert.Equal(1, await ConnectionsAsync(client));
        using (TcpClient idle = new())
        {
            await idle.ConnectAsync(IPAddress.Loopback, server.Address.Port, Stop);
            await UntilAsync(async () => await ConnectionsAsync(client) == 2);
        }

        await UntilAsync(async () => await ConnectionsAsync(client) == 1);
    }

    [Fact]
    public async Task Text_OfAStoreWithReports_TellsWhatWasMeasuredAndNothingElse()
    {
        await using EdgeServer server = await EdgeServer.StartAsync(string.Empty, Routes);
        await StoreAsync(server);
        using HttpClient client = server.Client();
        string text = await client.GetStringAsync(EdgeServer.At("/metrics"), Stop);
        Assert.Contains("tars_availability_percent{service=\"shop\"} 99.5\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("silent", text, StringComparison.Ordinal); // not measured: not 0, not 100, not there
        Assert.Contains("tars_reports_stored{kind=\"kpi\"} 2\n", text, StringComparison.Ordinal);
        Assert.Contains("tars_command_executions_total{command=\"kpi\",status=\"success\"} 2\n", text, StringComparison.Ordinal);
        Assert.Contains("tars_command_executions_total{command=\"daily\",status=\"failed\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("tars_command_duration_seconds_count{command=\"kpi\"} 2\n", text, StringComparison.Ordinal);
        double age = double.Parse(Regex.Match(text, "tars_data_age_seconds\\{kind=\"kpi\"\\} ([0-9.]+)").Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.InRange(age, 3600, 3600 + 600);
    }

    [Fact]
    public async Task Text_OfAnEmptyStore_StatesNoAvailability()
    {
        await using EdgeServer server = await EdgeServer.StartAsync(string.Empty, Routes);
        using HttpClient client = server.Client();
        string text = await client.GetStringAsync(EdgeServer.At("/metrics"), Stop);
        Assert.Contains("tars_store_up 1\n", text, StringComparison.Ordinal);
        Assert.DoesNotMatch("(?m)^tars_availability_percent", text);
        Assert.DoesNotMatch("(?m)^tars_compliance_violations_total", text);
    }

    [Fact]
    public async Task Text_AfterSealing_CountsItByAlgorithm()
    {
        await using EdgeServer server = await EdgeServer.StartAsync(string.Empty, Routes);
        using HttpClient client = server.Client();
        await client.GetStringAsync(EdgeServer.At("/metrics"), Stop);
        SealingMeter.Operations.Add(2, new("operation", "encrypt"), new("algorithm", "AES-256-GCM"));
        Assert.Matches("tars_encryption_operations_total\\{operation=\"encrypt\",algorithm=\"AES-256-GCM\"\\} [2-9]", await client.GetStringAsync(EdgeServer.At("/metrics"), Stop));
    }

    [Fact]
    public async Task Text_IsWhatPromtoolTakesWithoutComplaint()
    {
        await using EdgeServer server = await EdgeServer.StartAsync(string.Empty, Routes);
        await StoreAsync(server);
        using HttpClient client = server.Client();
        await client.GetAsync(EdgeServer.At("/api/daily/x"), Stop);
        SealingMeter.Operations.Add(1, new("operation", "sign"), new("algorithm", "with \"quotes\", a \\ and\na line"));
        await client.GetStringAsync(EdgeServer.At("/metrics"), Stop);
        using HttpResponseMessage answer = await client.GetAsync(EdgeServer.At("/metrics"), Stop);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        CommandResult result = await new CommandLine(Executables.Require("promtool"), "check", "metrics") { Input = await answer.Content.ReadAsStringAsync(Stop) }.RunAsync(Stop);
        Assert.Equal((0, string.Empty), (result.ExitCode, result.Output + result.Error));
    }

    [Fact(Timeout = 120_000)]
    public async Task Prometheus_ThatScrapes_KnowsWhatTheServerCounted()
    {
        int port = LoopbackPort.Free();
        await using EdgeServer server = await EdgeServer.StartAsync($"telemetry: {{prometheus_port: {port}}}", Routes);
        using HttpClient client = server.Client();
        for (int i = 0; i < 7; i++)
        {
            await client.GetAsync(EdgeServer.At("/api/daily/x"), TestContext.Current.CancellationToken);
        }

        await using PrometheusServer prometheus = await PrometheusServer.StartAsync(new PrometheusOptions { ScrapeConfigs = $"- job_name: tars\n  static_configs: [{{targets: ['127.0.0.1:{port}']}}]\n" }, TestContext.Current.CancellationToken);
        using HttpClient asking = new() { BaseAddress = prometheus.Address };
        Assert.Equal("7", await ValueAsync(asking, "sum(tars_api_requests_total{endpoint=\"/api/daily/{date}\",status=\"200\"})"));
        Assert.Equal("1", await ValueAsync(asking, "up{job=\"tars\"}"));
        Assert.Equal("7", await ValueAsync(asking, "sum(tars_api_latency_seconds_bucket{endpoint=\"/api/daily/{date}\",le=\"+Inf\"})"));
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(EdgeServer.At("/metrics"), TestContext.Current.CancellationToken)).StatusCode); // they have a port of their own
        using HttpClient other = new() { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync(EdgeServer.At("/api/daily/x"), TestContext.Current.CancellationToken)).StatusCode); // and nothing else is there
    }

    [Theory]
    [InlineData(null, 401)]
    [InlineData("refused", 401)]
    [InlineData("readonly", 200)]
    public async Task Metrics_WithACredential_AreReadWithOneOnly(string? caller, int status)
    {
        await using EdgeServer server = await EdgeServer.StartAsync("telemetry: {metrics_access: authenticated}", Routes);
        using HttpClient client = server.Client(caller);
        Assert.Equal(status, (int)(await client.GetAsync(EdgeServer.At("/metrics"), Stop)).StatusCode);
    }

    [Theory]
    [InlineData("telemetry: {enable_prometheus_metrics: false}")]
    [InlineData("telemetry: {enabled: false}")]
    public async Task Metrics_TurnedOff_AreNotThere(string yaml)
    {
        await using EdgeServer server = await EdgeServer.StartAsync(yaml, Routes);
        using HttpClient client = server.Client();
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(EdgeServer.At("/metrics"), Stop)).StatusCode);
    }

    [Fact]
    public void Counter_WithMoreLabelsThanItTakes_StaysBounded()
    {
        CounterFamily<int> family = new("a_total", "Of a test.", key => MetricFamily.Labels(("key", key.ToString(CultureInfo.InvariantCulture))));
        for (int i = 0; i < MetricFamily.CellLimit * 2; i++)
        {
            family.Add(i);
        }

        System.Text.StringBuilder text = new();
        family.Write(text);
        Assert.Equal(MetricFamily.CellLimit, text.ToString().Split('\n').Count(line => line.StartsWith("a_total{", StringComparison.Ordinal)));
    }

    private static async Task StoreAsync(EdgeServer server)
    {
        Store rows = server.Store.Rows;
        DateTimeOffset end = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().AddHours(-1).ToUnixTimeSeconds());
        await KeepAsync(-1, 50);
        await KeepAsync(0, 99.5);

        Guid failed = rows.Runs.NewId();
        await rows.Runs.IntendAsync(new RunIntent(failed, "daily"), Stop);
        await rows.Runs.AbandonAsync(failed, "of a test", Stop);

        async Task KeepAsync(int day, double availability)
        {
            Guid run = rows.Runs.NewId();
            await rows.Runs.IntendAsync(new RunIntent(run, "kpi"), Stop);
            await rows.Reports.StoreAsync(run, [new NewReport("kpi", "kpi", new StoredWindow(end.AddDays(day - 1), end.AddDays(day)), DateOnly.FromDateTime(end.AddDays(day).UtcDateTime))
            {
                Figures =
                [
                    new StoredFigure("availability", "%", new Measurement.Measured(availability, 1)) { Service = "shop" },
                    new StoredFigure("availability", "%", new Measurement.NoData("nothing")) { Service = "silent" },
                    new StoredFigure("availability", "%", new Measurement.Measured(12, 1)),
                ],
            }], Stop);
            await rows.Runs.CompleteAsync(run, null, [], Stop);
        }
    }

    private static async Task<int> ConnectionsAsync(HttpClient client) =>
        int.Parse(Regex.Match(await client.GetStringAsync(EdgeServer.At("/metrics"), Stop), "(?m)^tars_active_connections ([0-9]+)$").Groups[1].Value, CultureInfo.InvariantCulture);

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        while (!await holds())
        {
            await Task.Delay(20, Stop);
        }
    }

    private static async Task<string?> ValueAsync(HttpClient prometheus, string query)
    {
        while (true)
        {
            using JsonDocument answer = JsonDocument.Parse(await prometheus.GetStringAsync(EdgeServer.At("api/v1/query?query=" + Uri.EscapeDataString(query)), Stop));
            JsonElement result = answer.RootElement.GetProperty("data").GetProperty("result");
            if (result.GetArrayLength() > 0)
            {
                return result[0].GetProperty("value")[1].GetString();
            }

            await Task.Delay(200, Stop);
        }
    }
}
