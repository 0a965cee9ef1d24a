using Tars.Observability.Captures;
using Tars.Observability.Prometheus;
using Tars.Observability.Tests.Prometheus;
using Tars.Observability.TimeSeries;
using Tars.TestKit;
using Tars.TestKit.Servers;
using PrometheusOptions = Tars.Observability.Prometheus.PrometheusOptions;

namespace Tars.Observability.Tests.Captures;

public sealed class LiveCaptureTests(LoadedServers servers) : IClassFixture<LoadedServers>
{
    private static readonly TimeGrid Grid = new(LoadedServers.Start.AddMinutes(-5), TimeSpan.FromMinutes(1), 40);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(PrometheusServer.Program)]
    [InlineData(VictoriaMetricsServer.Program)]
    public async Task Read_LiveAndCaptured_AreIdenticalInEveryWindow(string program)
    {
        using TemporaryDirectory folder = new();
        using PrometheusSource live = new(new PrometheusOptions(servers.AddressOf(program)), TimeProvider.System);
        SourceDescription description = await live.DescribeAsync(Cancellation);
        string range = PromQl.StepRange(Grid.Step, description.Boundary);
        string[] queries = [$"last_over_time(orders_total[{range}])", $"avg_over_time(load[{range}])", $"last_over_time(nothing[{range}])"];
        using (CaptureWriter writer = CaptureWriter.Open(folder.Path, description, Grid, "test"))
        {
            CapturingSource capturing = new(live, writer);
            foreach (string query in queries)
            {
                await ReadAsync(capturing, query, Grid);
            }

            writer.Complete();
        }

        CaptureSource capture = await CaptureSource.OpenAsync(folder.Path, Cancellation);
        foreach (TimeGrid grid in new[] { Grid, Grid with { Start = Grid.TimeOf(3), Count = 9 }, Grid with { Count = 4 }, Grid with { Start = Grid.TimeOf(30), Count = 10 } })
        {
            foreach (string query in queries)
            {
                (SortedDictionary<LabelSet, double[]> series, QueryAnswer answer) = await ReadAsync(live, query, grid);
                (SortedDictionary<LabelSet, double[]> again, QueryAnswer captured) = await ReadAsync(capture, query, grid);
                Assert.Equal(series, again);
                Assert.Equal((answer.SeriesCount, answer.PointCount), (captured.SeriesCount, captured.PointCount));
            }
        }
    }

    [Fact]
    public async Task Import_OpenMetrics_EvaluatesAsPrometheusDoes()
    {
        using TemporaryDirectory folder = new();
        using PrometheusSource live = new(new PrometheusOptions(servers.AddressOf(PrometheusServer.Program)), TimeProvider.System);
        SampleSet import = await CaptureImport.FromOpenMetricsAsync(folder.WriteText("samples.om", LoadedServers.Samples), Cancellation);
        RangeBoundary boundary = (await live.DescribeAsync(Cancellation)).Boundary;
        foreach (string shape in new[] { "last_over_time(orders_total[{0}])", "avg_over_time(load[{0}])", "avg_over_time(orders_total{{shop!~\"a.*\"}}[{0}])", "last_over_time(load{{shop=~\"a|b\"}}[{0}])" })
        {
            foreach (TimeSpan step in new[] { TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5) })
            {
                TimeGrid grid = new(Grid.Start, step, (int)(Grid.Count * Grid.Step / step));
                SortedDictionary<LabelSet, double[]> expected = (await ReadAsync(live, Text(shape, step, boundary), grid)).Series;
                SortedDictionary<LabelSet, double[]> actual = (await ReadAsync(import, Text(shape, step, RangeBoundary.LeftOpen), grid)).Series;
                Assert.NotEmpty(expected);
                Assert.Equal(expected.Keys, actual.Keys);
                foreach ((LabelSet labels, double[] values) in expected)
                {
                    for (int i = 0; i < values.Length; i++)
                    {
                        Assert.Equal(values[i], actual[labels][i], 1e-12 * Math.Max(1, double.IsNaN(values[i]) ? 1 : Math.Abs(values[i])));
                    }
                }
            }
        }
    }

    private static string Text(string shape, TimeSpan step, RangeBoundary boundary) =>
        string.Format(System.Globalization.CultureInfo.InvariantCulture, shape, PromQl.StepRange(step, boundary));

    private static async Task<(SortedDictionary<LabelSet, double[]> Series, QueryAnswer Answer)> ReadAsync(ISeriesSource source, string text, TimeGrid grid)
    {
        SortedDictionary<LabelSet, double[]> read = [];
        QueryAnswer answer = await source.ReadAsync(new RangeQuery(text, grid), (labels, values) => read.Add(labels, values.ToArray()), Cancellation);
        return (read, answer);
    }
}
