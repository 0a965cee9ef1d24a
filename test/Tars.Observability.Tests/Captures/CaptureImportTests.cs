using Tars.Observability.Captures;
using Tars.Observability.Indicators;
using Tars.Observability.TimeSeries;
using Tars.TestKit;

namespace Tars.Observability.Tests.Captures;

public sealed class CaptureImportTests : IDisposable
{
    private static readonly TimeGrid Grid = new(DateTimeOffset.FromUnixTimeSeconds(1_767_225_600), TimeSpan.FromMinutes(1), 3); // 2026-01-01

    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("2026-01-01T00:01:00Z", "2026-01-01T00:02:00Z")]
    [InlineData("2026-01-01 00:01:00", "2026-01-01 00:02:00")]
    [InlineData("2026-01-01T02:01:00+02:00", "2026-01-01T02:02:00+02:00")]
    [InlineData("1767225660", "1767225720")]
    [InlineData("1767225660000", "1767225720000")]
    public async Task FromCsv_TimestampAndValue_BelongToTheGivenSeries(string first, string second)
    {
        Dictionary<string, double[]> read = await CsvAsync($"timestamp,value\n{first},1.5\n{second},2\n", "requests_total{service=\"a\"}", "last_over_time(requests_total[1m])");
        Assert.Equal([1.5, 2, double.NaN], read["""{__name__="requests_total",service="a"}"""]);
    }

    [Fact]
    public async Task FromCsv_LongWithMetricAndLabels_GivesSeries()
    {
        Dictionary<string, double[]> read = await CsvAsync(
            "timestamp,metric,region,value\n1767225660,up,eu,1\n1767225660,up,\"u,s \"\"x\"\"\",2\n1767225720,up,eu,\n1767225780,up,eu,3\n1767225660,down,eu,9\n", null, "avg_over_time(up[1m])");
        Assert.Equal(2, read.Count);
        Assert.Equal([1, double.NaN, 3], read["""{region="eu"}"""]);
        Assert.Equal([2, double.NaN, double.NaN], read["""{region="u,s \"x\""}"""]);
    }

    [Fact]
    public async Task FromCsv_Wide_GivesASeriesPerColumn()
    {
        Dictionary<string, double[]> read = await CsvAsync("cpu,timestamp,\"mem{host=\"\"a\"\"}\"\n1,1767225660,7\n2,1767225720,8\n", null, "last_over_time(mem{host=\"a\"}[1m])");
        Assert.Equal([7, 8, double.NaN], Assert.Single(read).Value);
    }

    [Fact]
    public async Task Read_SampleAtStartOfStep_BelongsToTheStepBefore()
    {
        Dictionary<string, double[]> read = await CsvAsync("timestamp,value\n1767225600,1\n1767225660,2\n1767225661,3\n", "x", "last_over_time(x[1m])");
        Assert.Equal([2, 3, double.NaN], Assert.Single(read).Value);
    }

    [Theory]
    [InlineData("timestamp,value\nyesterday,1\n", ":2: \"yesterday\" is neither an ISO 8601 timestamp nor Unix seconds or milliseconds")]
    [InlineData("timestamp,value\n1,one\n", ":2: \"one\" is not a number, NaN, +Inf or -Inf")]
    [InlineData("timestamp,value\n1,2,3\n", ":2: the line has 3 cells, the header 2")]
    [InlineData("time,value\n1,2\n", ":1: expected a header with the column timestamp and at least one more")]
    [InlineData("timestamp,value\n1,\"2\n", ":2: a quoted cell does not end on its line")]
    [InlineData("", ":1: the file is empty; expected a header line")]
    public async Task FromCsv_OtherForm_IsRefusedWithFileAndLine(string text, string message)
    {
        string path = _folder.WriteText("a.csv", text);
        FormatException refusal = await Assert.ThrowsAsync<FormatException>(() => CaptureImport.FromCsvAsync(path, new CsvImport(SelectorParser.Parse("x")), Cancellation));
        Assert.Equal(path + message, refusal.Message);
    }

    [Fact]
    public async Task FromCsv_NoMetricNamed_SaysSo()
    {
        string path = _folder.WriteText("a.csv", "timestamp,value\n1,2\n");
        FormatException refusal = await Assert.ThrowsAsync<FormatException>(() => CaptureImport.FromCsvAsync(path, new CsvImport(null), Cancellation));
        Assert.EndsWith("say which metric its values are", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("# TYPE x counter\nx{a=\"b,}\\\"\\\\\\n\"} 1 1767225660 # {trace=\"1\"} 1 1\nx{a=\"b,}\\\"\\\\\\n\"} 2 1767225720.5\n# EOF\n")]
    [InlineData("# HELP x\nx{a=\"b,}\\\"\\\\\\n\",} 1 1767225660000\nx{ a=\"b,}\\\"\\\\\\n\" } 2 1767225720500\n")]
    public async Task FromOpenMetrics_BothFormats_GiveTheSameSamples(string text)
    {
        SampleSet set = await CaptureImport.FromOpenMetricsAsync(_folder.WriteText("a.txt", text), Cancellation);
        Dictionary<string, double[]> read = await ReadAsync(set, "last_over_time(x[1m])");
        Assert.Equal([1, double.NaN, 2], read["{__name__=\"x\",a=\"b,}\\\"\\\\\\n\"}"]);
        Assert.Equal((1, 2), (set.SeriesCount, set.SampleCount));
        Assert.Equal(Grid.TimeOf(1), set.Extent!.Value.First);
    }

    [Fact]
    public async Task FromOpenMetrics_NoTimestamp_IsRefusedWithFileAndLine()
    {
        string path = _folder.WriteText("a.txt", "x 1\n");
        FormatException refusal = await Assert.ThrowsAsync<FormatException>(() => CaptureImport.FromOpenMetricsAsync(path, Cancellation));
        Assert.Equal(path + ":1: the sample has no timestamp", refusal.Message);
    }

    [Fact]
    public async Task Read_OtherQueryShape_IsTheQuerysFailure()
    {
        SeriesSourceException failure = await Assert.ThrowsAsync<SeriesSourceException>(() => CsvAsync("timestamp,value\n1,2\n", "x", "sum(x)"));
        Assert.Equal(SourceFailure.Query, failure.Failure);
    }

    private static async Task<Dictionary<string, double[]>> ReadAsync(SampleSet set, string query)
    {
        Dictionary<string, double[]> read = [];
        await set.ReadAsync(new RangeQuery(query, Grid), (labels, values) => read.Add(labels.ToString(), values.ToArray()), Cancellation);
        return read;
    }

    private async Task<Dictionary<string, double[]>> CsvAsync(string text, string? series, string query) =>
        await ReadAsync(await CaptureImport.FromCsvAsync(_folder.WriteText("a.csv", text), new CsvImport(series is null ? null : SelectorParser.Parse(series)), Cancellation), query);
}
