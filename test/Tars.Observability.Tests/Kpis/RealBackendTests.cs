using System.Globalization;
using System.Text.Json;
using Tars.Observability.Indicators;
using Tars.Observability.Kpis;
using Tars.Observability.Prometheus;
using Tars.Observability.TimeSeries;
using Tars.TestKit;
using Tars.TestKit.Servers;
using static Tars.Observability.Tests.Indicators.Definitions;

namespace Tars.Observability.Tests.Kpis;

/// <summary>
/// Fourteen days of raw samples in the real Prometheus, read as a user would, against PromQL written here by hand and sent over HTTP,
/// and against oracles over the raw samples.
/// </summary>
public sealed class RealPrometheusTests(FortnightInPrometheus fortnight) : IClassFixture<FortnightInPrometheus>
{
    private static readonly Fortnight Data = FortnightInPrometheus.Data;

    private static TimeWindow Window => Data.Window;

    [Fact]
    public async Task Gauges_FourteenDays_EqualPromQl()
    {
        KpiScope steady = (await SummaryAsync()).Find("steady")!;
        double average = await AskAsync("avg_over_time(sum(avg_over_time(process_resident_memory_bytes{job=\"steady\"}[1m]))[20159m30s:1m])"); // the 20160 ends of steps, whether ranges are closed or open
        double peak = await AskAsync("max_over_time(sum(avg_over_time(process_resident_memory_bytes{job=\"steady\"}[1m]))[20159m30s:1m])");
        Near(average, Number(steady.Find(KpiNames.AverageMemory)?.Figure), 1e-9);
        Near(peak, Number(steady.Find(KpiNames.PeakMemory)?.Figure), 1e-9);
    }

    [Fact]
    public async Task Counters_WithoutResets_EqualPerSeriesDifferences()
    {
        KpiScope steady = (await SummaryAsync()).Find("steady")!;
        double total = await AskAsync(Difference("sum", "http_requests_total{job=\"steady\"}"));
        double errors = await AskAsync(Difference("sum", "http_requests_total{job=\"steady\",code=~\"5..\"}"));
        double cpu = await AskAsync(Difference("sum", "process_cpu_seconds_total{job=\"steady\"}")) / Window.Duration.TotalSeconds;
        Near(total, Number(steady.Find(KpiNames.TotalRequests)?.Figure), 1e-9);
        Near(errors, Number(steady.Find(KpiNames.TotalErrors)?.Figure), 1e-9);
        Near(100 * (1 - (errors / total)), Number(steady.Find(KpiNames.Availability)?.Figure), 1e-9);
        Near(cpu, Number(steady.Find(KpiNames.AverageCpu)?.Figure), 1e-9);
    }

    [Theory]
    [InlineData(0.5, KpiNames.P50Latency)]
    [InlineData(0.95, KpiNames.P95Latency)]
    [InlineData(0.99, KpiNames.P99Latency)]
    public async Task Latency_WithoutResets_EqualsHistogramQuantileOverDifferences(double quantile, string name)
    {
        KpiScope steady = (await SummaryAsync()).Find("steady")!;
        string query = FormattableString.Invariant(
            $"1000 * histogram_quantile({quantile}, {Difference("sum by (le)", "http_request_duration_seconds_bucket{job=\"steady\"}")})");
        Near(await AskAsync(query), Number(steady.Find(name)?.Figure), 1e-9);
    }

    [Theory]
    [InlineData("steady")]
    [InlineData("rough")]
    public async Task Counters_AgainstIncrease_StayWithinTheDerivedBound(string service)
    {
        // docs/math.md, "Pushed-down increases", bound of increase(), per series. Across gaps past the bridge limit increase() counts what
        // T.A.R.S. leaves out as unknown; the raw samples say how much that is.
        KpiScope scope = (await SummaryAsync()).Find(service)!;
        double increase = await AskAsync($"sum(increase(http_requests_total{{job=\"{service}\"}}[14d]))");
        double difference = Math.Abs(increase - Data.GainInLongGaps(service) - Number(scope.Find(KpiNames.TotalRequests)?.Figure));
        double bound = Data.IncreaseBound(service);
        Assert.True(difference <= bound, $"{difference} is more than {bound}");
        Assert.True(bound < 0.001 * increase, $"a bound of {bound} on {increase} would show nothing");
    }

    [Fact]
    public async Task Counters_ResetsGapsAndBirths_EqualOracleOverRawSamples()
    {
        KpiScope rough = (await SummaryAsync()).Find("rough")!;
        (double total, double coverage) = Data.Oracle("rough", _ => true);
        (double errors, _) = Data.Oracle("rough", labels => labels["code"] == "500");
        Assert.Equal(total, Number(rough.Find(KpiNames.TotalRequests)?.Figure));
        Assert.Equal(errors, Number(rough.Find(KpiNames.TotalErrors)?.Figure));
        Near(100 * (1 - (errors / total)), Number(rough.Find(KpiNames.Availability)?.Figure), 1e-12);
        Assert.Equal(coverage, rough.Find(KpiNames.TotalRequests)!.Figure.CoverageOrZero.Value, 9);
        Assert.InRange(coverage, 0.9, 0.9999);
    }

    [Fact]
    public async Task Counts_DaysOfTheFortnight_AddUpExactly()
    {
        SeriesSet set = await fortnight.SetAsync();
        IReadOnlyList<KpiSummary> days = KpiSummary.OfEach(set, Settings(), Window.Days(TimeZoneInfo.Utc).Select(day => day.Window));
        KpiSummary whole = await SummaryAsync();
        Assert.Equal(14, days.Count);
        foreach (string service in new[] { "steady", "rough" })
        {
            foreach (string name in new[] { KpiNames.TotalRequests, KpiNames.TotalErrors })
            {
                Assert.Equal(Number(whole.Find(service)?.Find(name)?.Figure), days.Sum(day => Number(day.Find(service)?.Find(name)?.Figure)));
            }
        }
    }

    [Fact]
    public async Task Gauge_NaNSamples_AreMissingAndNotZero()
    {
        SeriesSet set = await fortnight.SetAsync();
        IndicatorSeries.Gauge queue = Assert.IsType<IndicatorSeries.Gauge>(set.Find("rough", "queue"));
        Assert.Equal(Data.NaNSteps, Enumerable.Range(0, set.Grid.Count).Where(i => double.IsNaN(queue.Values.Values[i])));
        Assert.Equal(7, Number((await SummaryAsync()).Find("rough")?.Find("avg_queue")?.Figure));
        Assert.Equal(1 - (Data.NaNSteps.Length / (double)set.Grid.Count), (await SummaryAsync()).Find("rough")!.Find("avg_queue")!.Figure.CoverageOrZero.Value, 12);
    }

    [Fact]
    public async Task Collect_PushedDown_AgreesForSeriesWithoutResetsAndSaysSo()
    {
        using PrometheusSource source = new(new Observability.Prometheus.PrometheusOptions(fortnight.Require().Address), TimeProvider.System);
        SeriesSet pushed = await Fortnight.CollectAsync(source, seriesLimit: 1);
        SeriesSet perSeries = await fortnight.SetAsync();
        Assert.True(pushed.IncreasesPushedDown);
        foreach (string name in new[] { KpiNames.TotalRequests, KpiNames.TotalErrors, KpiNames.P99Latency })
        {
            double expected = Number(KpiSummary.Of(perSeries, Settings(), Window).Find("steady")?.Find(name)?.Figure);
            Near(expected, Number(KpiSummary.Of(pushed, Settings(), Window).Find("steady")?.Find(name)?.Figure), 1e-9);
        }
    }

    private async Task<KpiSummary> SummaryAsync() => KpiSummary.Of(await fortnight.SetAsync(), Settings(), Window);

    private static string Difference(string aggregation, string selector) =>
        $"{aggregation} (last_over_time({selector}[1m]) - last_over_time({selector}[1m] offset 14d))";

    private static void Near(double expected, double actual, double relative) =>
        Assert.True(Math.Abs(expected - actual) <= relative * Math.Abs(expected), $"expected {expected:R}, got {actual:R}");

    private async Task<double> AskAsync(string query)
    {
        string answer = await fortnight.Require().QueryAsync(query, Window.To, TestContext.Current.CancellationToken);
        using JsonDocument document = JsonDocument.Parse(answer);
        Assert.True(document.RootElement.GetProperty("status").ValueEquals("success"), answer);
        JsonElement only = Assert.Single(document.RootElement.GetProperty("data").GetProperty("result").EnumerateArray());
        return double.Parse(only.GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture);
    }
}

/// <summary>The same samples in the real VictoriaMetrics.</summary>
public sealed class RealVictoriaMetricsTests(VictoriaMetricsFixture server) : IClassFixture<VictoriaMetricsFixture>
{
    [Fact]
    public async Task Summary_FourteenDays_EqualsOracleOverRawSamples()
    {
        VictoriaMetricsServer victoria = server.Require();
        using TemporaryDirectory folder = new();
        await victoria.LoadOpenMetricsAsync(FortnightInPrometheus.Data.Save(folder.Combine("fortnight.om")), TestContext.Current.CancellationToken);
        using PrometheusSource source = new(new Observability.Prometheus.PrometheusOptions(victoria.Address), TimeProvider.System);
        SeriesSet set = await Fortnight.CollectAsync(source, seriesLimit: 1000);
        KpiSummary kpis = KpiSummary.Of(set, Settings(), FortnightInPrometheus.Data.Window);
        foreach (string service in new[] { "steady", "rough" })
        {
            (double total, double coverage) = FortnightInPrometheus.Data.Oracle(service, _ => true);
            (double errors, _) = FortnightInPrometheus.Data.Oracle(service, labels => labels["code"] == "500");
            KpiScope scope = kpis.Find(service)!;
            Assert.Equal(total, Number(scope.Find(KpiNames.TotalRequests)?.Figure), 6);
            Assert.Equal(errors, Number(scope.Find(KpiNames.TotalErrors)?.Figure), 6);
            Assert.Equal(coverage, scope.Find(KpiNames.TotalRequests)!.Figure.CoverageOrZero.Value, 9);
        }

        // Its increase() does not extrapolate, so pushing it down changes nothing where nothing resets.
        SeriesSet pushed = await Fortnight.CollectAsync(source, seriesLimit: 1);
        Assert.True(pushed.IncreasesPushedDown);
        double perSeries = Number(kpis.Find("steady")?.Find(KpiNames.TotalRequests)?.Figure);
        double sum = Number(KpiSummary.Of(pushed, Settings(), FortnightInPrometheus.Data.Window).Find("steady")?.Find(KpiNames.TotalRequests)?.Figure);
        Assert.Equal(perSeries, sum, 6);
    }
}
