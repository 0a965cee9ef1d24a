using System.Globalization;
using System.Net;
using Tars.Observability.Indicators;
using Tars.Observability.TimeSeries;
using Tars.Simulation.Backends;
using Tars.Simulation.Fleets;
using Xunit;

namespace Tars.Simulation.Tests.Backends;

/// <summary>The evaluator against the real Prometheus on the same samples. Every expected value is Prometheus's answer.</summary>
public sealed class PrometheusAgreementTests(ServerPair servers) : IClassFixture<ServerPair>
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    public static TheoryData<string> ExactQueries { get; } =
    [
        "http_requests_total",
        "last_over_time(http_requests_total{service=\"checkout\"}[59999ms])",
        "last_over_time(http_requests_total{service=\"checkout\"}[59999ms] offset 1m)",
        "last_over_time(build_info[59999ms])",
        "last_over_time(process_cpu_seconds_total[1m])",
        "count_over_time(up[5m])",
        "max_over_time(worker_queue_depth[7m])",
        "min_over_time(db_pool_in_use_connections[7m] offset 3m)",
        "count by (service, region) (up)",
        "max by (service) (process_resident_memory_bytes)",
        "min without (instance, job) (process_resident_memory_bytes)",
        "count(last_over_time(http_requests_total[59999ms]))",
        "http_requests_total{code=~\"5..\"} >= 10",
        "100 < db_pool_in_use_connections or worker_queue_depth > 40",
        "up == 1 and count_over_time(up[5m]) < 5",
        "up unless up{region=\"eu-west-1\"}",
        "vector(1)",
        "1.5e3",
        "-2 + 3 * 4",
        "{__name__=~\"node_.*\",mode!=\"idle\"}",
        "http_requests_total{code!~\"2..|404\", service='search'} - http_requests_total{code!~\"2..|404\", service='search'} offset 2m",
    ];

    public static TheoryData<string> CloseQueries { get; } =
    [
        "avg_over_time(worker_queue_depth[59999ms])",
        "avg_over_time(process_resident_memory_bytes[10m])",
        "sum_over_time(http_request_duration_seconds_sum[10m])",
        "sum by (le) (http_request_duration_seconds_bucket)",
        "avg by (region) (process_cpu_seconds_total)",
        "sum(http_request_duration_seconds_sum) by (service) / sum by (service) (http_request_duration_seconds_count)",
        "histogram_quantile(0.95, http_request_duration_seconds_bucket)",
        "histogram_quantile(0.5, sum by (le, service) (http_request_duration_seconds_bucket - http_request_duration_seconds_bucket offset 1m))",
        "histogram_quantile(0.999, sum by (le) (last_over_time(http_request_duration_seconds_bucket{service=\"payment\"}[59999ms]) - last_over_time(http_request_duration_seconds_bucket{service=\"payment\"}[59999ms] offset 1m)))",
        "1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes",
    ];

    [Theory]
    [MemberData(nameof(ExactQueries))]
    public async Task QueryRange_ExactQuery_AnswersTheSameText(string query)
    {
        int compared = 0;
        foreach ((string start, string end, string step) in Grids())
        {
            (Answer simulated, Answer prometheus) = await servers.AskAsync("api/v1/query_range", ("query", query), ("start", start), ("end", end), ("step", step));
            Assert.Equal(HttpStatusCode.OK, prometheus.Status);
            Assert.Equal(prometheus.Values(), simulated.Values());
            compared += prometheus.Values().Count;
        }

        Assert.True(compared > 0, "the query selects nothing: it compares nothing");
    }

    [Theory]
    [MemberData(nameof(CloseQueries))]
    public async Task QueryRange_SumsOfFractions_AgreeToTwelveDigits(string query) => await AssertCloseAsync(query);

    [Fact]
    public async Task QueryRange_SortedSeries_ComeInTheSameOrder()
    {
        (Answer simulated, Answer prometheus) = await servers.AskAsync(
            "api/v1/query_range", ("query", "http_requests_total"), ("start", Seconds(servers.Fleet.Start)), ("end", Seconds(servers.Fleet.Start.AddHours(1))), ("step", "10m"));
        Assert.Equal(prometheus.Text, simulated.Text);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public async Task QueryRange_PlannedQueries_AgreeInBothForms(int stepMinutes)
    {
        TimeSpan step = stepMinutes * Minute;
        SourceDescription source = new("Prometheus", "2.42.0", RangeBoundary.Closed, PushesIncrease: false);
        LabelMatcher service = new("service", MatchOperator.Equal, "checkout");
        PlannedQuery[] planned =
        [
            new("checkout", "availability", QueryRole.Whole, new Selector("http_requests_total", [service]), "last_over_time", ["region"]),
            new("checkout", "availability", QueryRole.Part, new Selector("http_requests_total", [service, new("code", MatchOperator.Matches, "5..")]), "last_over_time", []),
            new("checkout", "latency", QueryRole.Buckets, new Selector("http_request_duration_seconds_bucket", [service]), "last_over_time", ["le", "region"]),
            new("checkout", "cpu", QueryRole.Counter, new Selector("process_cpu_seconds_total", [service]), "last_over_time", ["region"]),
            new("checkout", "memory", QueryRole.Gauge, new Selector("process_resident_memory_bytes", [service]), "avg_over_time", ["region"]),
        ];
        foreach (PlannedQuery query in planned)
        {
            await AssertCloseAsync(query.PerSeriesText(step, source.Boundary));
            await AssertCloseAsync(query.PushedDownText(step, source, "max"));
        }
    }

    [Theory]
    [InlineData("http_requests_total{")]
    [InlineData("rate(http_requests_total)")]
    [InlineData("no_such_function(up)")]
    [InlineData("max_over_time(up)")]
    [InlineData("{}")]
    [InlineData("")]
    [InlineData("up - \"a\"")]
    [InlineData("up[5m] - 1")]
    [InlineData("up[5m]")]
    [InlineData("sum(up")]
    [InlineData("up{job=~\"(\"}")]
    [InlineData("up and 1")]
    public async Task QueryRange_MalformedOrImpossible_IsRefusedByBoth(string query)
    {
        (Answer simulated, Answer prometheus) = await servers.AskAsync(
            "api/v1/query_range", ("query", query), ("start", Seconds(servers.Fleet.Start)), ("end", Seconds(servers.Fleet.Start.AddHours(1))), ("step", "60"));
        Assert.NotEqual(HttpStatusCode.OK, prometheus.Status);
        Assert.NotEqual(HttpStatusCode.OK, simulated.Status);
        Assert.Equal("error", simulated.Json.GetProperty("status").GetString());
    }

    [Theory]
    [InlineData("http_requests_total{", "0", "60", "1")]
    [InlineData("nosuch(up)", "0", "60", "1")]
    [InlineData("max_over_time(up)", "0", "60", "1")]
    [InlineData("up[5m]", "0", "60", "1")]
    [InlineData("", "0", "60", "1")]
    [InlineData("up", "0", "11001", "1")]
    [InlineData("up", "60", "0", "1")]
    [InlineData("up", "0", "60", "0")]
    [InlineData("up", "0", "60", "abc")]
    [InlineData("up", "abc", "60", "1")]
    public async Task QueryRange_BadRequest_AnswersTheSameError(string query, string start, string end, string step)
    {
        (Answer simulated, Answer prometheus) = await servers.AskAsync("api/v1/query_range", ("query", query), ("start", start), ("end", end), ("step", step));
        Assert.Equal(prometheus, simulated);
    }

    [Theory]
    [InlineData("up{")]
    [InlineData("nosuch(up)")]
    public async Task Query_BadRequest_AnswersTheSameError(string query)
    {
        (Answer simulated, Answer prometheus) = await servers.AskAsync("api/v1/query", ("query", query), ("time", "60"));
        Assert.Equal(prometheus, simulated);
    }

    [Fact]
    public async Task Index_MalformedMatcher_AnswersTheSameError()
    {
        (Answer simulated, Answer prometheus) = await servers.AskAsync("api/v1/series", ("match[]", "up{"));
        Assert.Equal(prometheus, simulated);
    }

    [Fact]
    public async Task QueryRange_ElevenThousandSteps_AreAnsweredAsPrometheusDoes()
    {
        (Answer simulated, Answer prometheus) = await servers.AskAsync("api/v1/query_range", ("query", "vector(1)"), ("start", "0"), ("end", "11000"), ("step", "1"));
        Assert.Equal(prometheus, simulated);
    }

    [Theory]
    [InlineData("count(up)")]
    [InlineData("http_requests_total{service=\"search\"}")]
    [InlineData("http_requests_total{service=\"search\",code=\"200\"}[7m]")]
    [InlineData("2.5")]
    public async Task Query_Instant_AnswersTheSame(string query)
    {
        string time = Seconds(servers.Fleet.Start.AddMinutes(90).AddMilliseconds(123));
        (Answer simulated, Answer prometheus) = await servers.AskAsync("api/v1/query", ("query", query), ("time", time));
        if (query == "2.5")
        {
            Assert.Equal(prometheus, simulated);
            return;
        }

        Assert.NotEmpty(prometheus.Values());
        Assert.Equal(prometheus.Values(), simulated.Values());
    }

    [Theory]
    [InlineData("api/v1/labels", "")]
    [InlineData("api/v1/labels", "up")]
    [InlineData("api/v1/label/__name__/values", "")]
    [InlineData("api/v1/label/version/values", "")]
    [InlineData("api/v1/label/code/values", "http_requests_total{service=\"search\"}")]
    [InlineData("api/v1/label/none/values", "")]
    [InlineData("api/v1/series", "http_requests_total{code=\"500\"}")]
    [InlineData("api/v1/series", "")]
    public async Task Index_LabelsAndSeries_AnswerTheSame(string path, string match)
    {
        (string, string)[] window = [("start", Seconds(servers.Fleet.Start)), ("end", Seconds(servers.Fleet.End))];
        (Answer simulated, Answer prometheus) = await servers.AskAsync(path, match.Length == 0 ? window : [.. window, ("match[]", match)]);
        Assert.Equal(prometheus, simulated);
    }

    private async Task AssertCloseAsync(string query)
    {
        foreach ((string start, string end, string step) in Grids())
        {
            (Answer simulated, Answer prometheus) = await servers.AskAsync("api/v1/query_range", ("query", query), ("start", start), ("end", end), ("step", step));
            SortedDictionary<string, string> expected = prometheus.Values();
            SortedDictionary<string, string> actual = simulated.Values();
            Assert.NotEmpty(expected);
            Assert.Equal(expected.Keys, actual.Keys);
            foreach ((string key, string text) in expected)
            {
                double right = double.Parse(text.Replace("+Inf", "Infinity", StringComparison.Ordinal), CultureInfo.InvariantCulture);
                double value = double.Parse(actual[key].Replace("+Inf", "Infinity", StringComparison.Ordinal), CultureInfo.InvariantCulture);
                Assert.True(right.Equals(value) || Math.Abs(right - value) <= 1e-12 * Math.Abs(right), $"{query}: {key}: {text}, not {actual[key]}");
            }
        }
    }

    /// <summary>A minute grid over everything; one that falls exactly on a target's scrapes, so that both ends of ranges and the lookback matter; an odd one.</summary>
    private IEnumerable<(string Start, string End, string Step)> Grids()
    {
        SimulatedFleet fleet = servers.Fleet;
        yield return (Seconds(fleet.Start), Seconds(fleet.End.AddMinutes(10)), "60");
        DateTimeOffset onScrape = fleet.Start + ScrapeOffset.Of(fleet.Series.First(series => series.Labels["service"] == "checkout").Labels);
        yield return (Seconds(onScrape.AddMinutes(190)), Seconds(onScrape.AddMinutes(250)), "1m");
        yield return (Seconds(fleet.Start.AddMinutes(20)), Seconds(fleet.Start.AddMinutes(80)), "7.5");
    }

    private static string Seconds(DateTimeOffset time) => (time.ToUnixTimeMilliseconds() / 1000m).ToString(CultureInfo.InvariantCulture);
}
