using Tars.Observability.Prometheus;
using Tars.Observability.TimeSeries;
using Tars.TestKit;
using Tars.TestKit.Notation;
using Tars.TestKit.Servers;
using PrometheusOptions = Tars.Observability.Prometheus.PrometheusOptions;
using ServerOptions = Tars.TestKit.Servers.PrometheusOptions;

namespace Tars.Observability.Tests.Prometheus;

/// <summary>The same samples in both servers: a counter with a gap and a reset, and a gauge at odd times.</summary>
public sealed class LoadedServers : IAsyncLifetime
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    public PrometheusServer? Prometheus { get; private set; }

    public VictoriaMetricsServer? Victoria { get; private set; }

    public static string Samples { get; } = new OpenMetricsText()
        .Add("orders_total{shop=\"a\"}", Start, TimeSpan.FromMinutes(1), SeriesNotation.Parse("0+10x3 _x3 5+1x20"))
        .Add("orders_total{shop=\"b\\\"\\\\\"}", Start, TimeSpan.FromMinutes(1), SeriesNotation.Parse("1+1x25"))
        .Add("load{shop=\"a\"}", Start.AddSeconds(7), TimeSpan.FromSeconds(25), SeriesNotation.Parse("0.1+0.3x50"))
        .ToString();

    public async ValueTask InitializeAsync()
    {
        using TemporaryDirectory folder = new();
        string file = folder.WriteText("samples.om", Samples);
        if (Executables.Find(PrometheusServer.Program) is not null)
        {
            Prometheus = await PrometheusServer.StartAsync(new ServerOptions { OpenMetricsFiles = [file] });
        }

        if (Executables.Find(VictoriaMetricsServer.Program) is not null)
        {
            Victoria = await VictoriaMetricsServer.StartAsync();
            await Victoria.LoadOpenMetricsAsync(file);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Prometheus is not null)
        {
            await Prometheus.DisposeAsync();
        }

        if (Victoria is not null)
        {
            await Victoria.DisposeAsync();
        }
    }

    public Uri AddressOf(string program)
    {
        Executables.Require(program);
        return program == PrometheusServer.Program ? Prometheus!.Address : Victoria!.Address;
    }
}

public sealed class PrometheusSourceTests(LoadedServers servers) : IClassFixture<LoadedServers>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Describe_Prometheus_SaysVersionAndMeasuredBoundary()
    {
        using PrometheusSource source = Source(PrometheusServer.Program);
        SourceDescription description = await source.DescribeAsync(Cancellation);
        Assert.Equal("Prometheus", description.Application);
        Assert.Matches(@"^\d+\.\d+", description.Version);
        Assert.Equal(description.Version.StartsWith("2.", StringComparison.Ordinal) ? RangeBoundary.Closed : RangeBoundary.LeftOpen, description.Boundary);
        Assert.False(description.PushesIncrease);
    }

    [Fact]
    public async Task Describe_VictoriaMetrics_IsRecognised()
    {
        using PrometheusSource source = Source(VictoriaMetricsServer.Program);
        SourceDescription description = await source.DescribeAsync(Cancellation);
        Assert.Equal(("VictoriaMetrics", RangeBoundary.LeftOpen, true), (description.Application, description.Boundary, description.PushesIncrease));
    }

    [Theory]
    [InlineData(PrometheusServer.Program, 11_000)]
    [InlineData(PrometheusServer.Program, 7)]
    [InlineData(VictoriaMetricsServer.Program, 11_000)]
    [InlineData(VictoriaMetricsServer.Program, 7)]
    public async Task Read_LastOverStep_HoldsExactlyTheSamplesOfEachStep(string program, int piece)
    {
        using PrometheusSource source = Source(program, piece);
        SourceDescription description = await source.DescribeAsync(Cancellation);
        TimeGrid grid = new(LoadedServers.Start.AddMinutes(-3), TimeSpan.FromMinutes(1), 32);
        string range = PromQl.StepRange(grid.Step, description.Boundary);
        Dictionary<string, double[]> read = [];
        QueryAnswer answer = await source.ReadAsync(
            new RangeQuery($"last_over_time(orders_total[{range}])", grid), (labels, values) => read.Add(labels["shop"]!, values.ToArray()), Cancellation);

        // Step i ends at start - 3 min + (i + 1) min; a sample at minute m lies at the end of step m + 2.
        double[] Expected(string notation) => [double.NaN, double.NaN, .. SeriesNotation.Parse(notation), .. Enumerable.Repeat(double.NaN, 40)];
        Assert.Equal(Expected("0+10x3 _x3 5+1x20")[..32], read["a"]);
        Assert.Equal(Expected("1+1x25")[..32], read["b\"\\"]);
        Assert.Equal((2, 25 + 26), (answer.SeriesCount, (int)answer.PointCount));
    }

    [Theory]
    [InlineData(PrometheusServer.Program)]
    [InlineData(VictoriaMetricsServer.Program)]
    public async Task Read_BadQuery_IsTheQuerysFailureInTheBackendsWords(string program)
    {
        using PrometheusSource source = Source(program);
        SeriesSourceException failure = await Assert.ThrowsAsync<SeriesSourceException>(() => source.ReadAsync(
            new RangeQuery("sum(", new TimeGrid(LoadedServers.Start, TimeSpan.FromMinutes(1), 5)), (_, _) => { }, Cancellation));
        Assert.Equal((SourceFailure.Query, "sum("), (failure.Failure, failure.Query));
        Assert.Matches("unclosed|unexpected|parse", failure.Message);
    }

    [Theory]
    [InlineData(PrometheusServer.Program)]
    [InlineData(VictoriaMetricsServer.Program)]
    public async Task Count_Selector_IsTheNumberOfSeries(string program)
    {
        using PrometheusSource source = Source(program);
        TimeWindow window = new(LoadedServers.Start, LoadedServers.Start.AddHours(1));
        Assert.Equal(2, await source.CountSeriesAsync("orders_total", window, Cancellation));
        Assert.Equal(0, await source.CountSeriesAsync("nothing_total", window, Cancellation));
    }

    [Theory]
    [InlineData(PrometheusServer.Program)]
    [InlineData(VictoriaMetricsServer.Program)]
    public async Task Client_LabelsSeriesAndInstantQuery_AreAnswered(string program)
    {
        using PrometheusClient client = new(new PrometheusOptions(servers.AddressOf(program)), TimeProvider.System);
        TimeWindow window = new(LoadedServers.Start, LoadedServers.Start.AddHours(1));
        Assert.Equal(["__name__", "shop"], await client.LabelNamesAsync(["orders_total"], window, Cancellation));
        Assert.Equal(["a", "b\"\\"], (await client.LabelValuesAsync("shop", [], window, Cancellation)).Order(StringComparer.Ordinal));
        Assert.Equal(2, (await client.SeriesAsync(["orders_total"], window, null, Cancellation)).Count);
        InstantAnswer answer = await client.QueryAsync("sum(orders_total)", LoadedServers.Start.AddMinutes(2), Cancellation);
        Assert.Equal(20 + 3, Assert.Single(answer.Samples).Value);
        Assert.Empty(await client.RulesAsync(Cancellation));
        Assert.Empty(await client.AlertsAsync(Cancellation));
        Assert.Empty(await client.MetadataAsync("orders_total", Cancellation));
    }

    [Fact]
    public async Task Client_RulesAlertsAndMetadata_AreRead()
    {
        Executables.Require(PrometheusServer.Program);
        ServerOptions options = new()
        {
            Rules = "groups: [{ name: g, rules: [{ alert: Always, expr: vector(1), labels: { severity: page } }, { record: one, expr: vector(1) }] }]",
        };
        await using PrometheusServer server = await PrometheusServer.StartAsync(options, Cancellation);
        using PrometheusClient client = new(new PrometheusOptions(server.Address), TimeProvider.System);
        IReadOnlyList<ActiveAlert> alerts = [];
        for (int attempt = 0; attempt < 100 && alerts.Count == 0; attempt++)
        {
            await Task.Delay(100, Cancellation);
            alerts = await client.AlertsAsync(Cancellation);
        }

        ActiveAlert alert = Assert.Single(alerts);
        Assert.Equal(("Always", "firing", "page"), (alert.Labels["alertname"], alert.State, alert.Labels["severity"]));
        Assert.NotNull(alert.ActiveAt);
        Assert.Equal([("Always", true, "g"), ("one", false, "g")], (await client.RulesAsync(Cancellation)).Select(rule => (rule.Name, rule.IsAlert, rule.Group)));
    }

    private PrometheusSource Source(string program, int piece = 11_000) =>
        new(new PrometheusOptions(servers.AddressOf(program)) { MaxPointsPerRequest = piece }, TimeProvider.System);
}
