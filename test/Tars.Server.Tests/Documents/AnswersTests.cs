using System.Net;
using System.Text.Json.Nodes;
using Xunit;
using static Tars.Server.Tests.StoredReports;

namespace Tars.Server.Tests.Documents;

public sealed class AnswersTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_SameState_HasTheSameTagAndAnswers304()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        await server.Store.KeepAsync(DayReport(5));
        using HttpResponseMessage first = await server.GetAsync("/api/daily");
        using HttpResponseMessage second = await server.GetAsync("/api/daily");
        string tag = first.Headers.ETag!.ToString();
        Assert.Equal(tag, second.Headers.ETag!.ToString());
        Assert.NotEqual(await RequestIdAsync(first), await RequestIdAsync(second));
        foreach (string asked in (string[])[tag, $"\"x\", {tag}", "*", tag[2..]])
        {
            using HttpResponseMessage unchanged = await server.GetAsync("/api/daily", ("If-None-Match", asked));
            Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
            Assert.Equal(tag, unchanged.Headers.ETag!.ToString());
            Assert.Empty(await unchanged.Content.ReadAsByteArrayAsync(Cancellation));
        }

        using HttpResponseMessage other = await server.GetAsync("/api/daily", ("If-None-Match", "\"x\""));
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Fact]
    public async Task Get_AfterAReportWasKept_IsNewWithinASecond()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        await server.Store.KeepAsync(DayReport(5));
        Assert.Single((await server.JsonAsync("/api/daily"))["summaries"]!.AsArray());
        await server.Store.KeepAsync(DayReport(6));
        await Task.Delay(TimeSpan.FromSeconds(1), Cancellation);
        Assert.Equal(2, (await server.JsonAsync("/api/daily"))["summaries"]!.AsArray().Count);
    }

    [Fact]
    public async Task Get_AfterAFindingWasResolved_IsNewWithinASecond()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        await server.Store.KeepAsync(Report("anomalies", 5, 6, Anomaly(5)));
        JsonNode before = await server.JsonAsync("/api/anomalies");
        Assert.False((bool)before["anomalies"]![0]!["resolved"]!);
        await server.Store.Findings.ResolveAsync((long)before["anomalies"]![0]!["id"]!, "somebody", null, Cancellation);
        await Task.Delay(TimeSpan.FromSeconds(1), Cancellation);
        JsonNode after = await server.JsonAsync("/api/anomalies");
        Assert.True((bool)after["anomalies"]![0]!["resolved"]!);
        Assert.NotNull(after["anomalies"]![0]!["resolved_at"]);
        Assert.Equal((1, 0, 1), ((int)after["total_anomalies"]!, (int)after["active_anomalies"]!, (int)after["resolved_anomalies"]!));
    }

    [Theory]
    [InlineData("/api/daily")]
    [InlineData("/api/ga")]
    [InlineData("/api/daily/2026-01-05")]
    [InlineData("/health")]
    [InlineData("/openapi.json")]
    public async Task Head_AnswersAsGetWithoutBody(string path)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        await server.Store.KeepAsync(DayReport(5));
        using HttpResponseMessage get = await server.GetAsync(path, ("X-Request-Id", "same-length-1"));
        using HttpResponseMessage head = await server.SendAsync(HttpMethod.Head, path, ("X-Request-Id", "same-length-2"));
        Assert.Equal(get.StatusCode, head.StatusCode);
        Assert.Equal(get.Headers.ETag, head.Headers.ETag);
        Assert.Equal(get.Content.Headers.ContentType, head.Content.Headers.ContentType);
        if (path != "/health")
        {
            Assert.Equal(get.Content.Headers.ContentLength, head.Content.Headers.ContentLength);
        }

        Assert.Empty(await head.Content.ReadAsByteArrayAsync(Cancellation));
    }

    [Fact]
    public async Task Get_Lines_AreTheItemsOfTheDocument()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        await server.Store.KeepAsync(DayReport(5));
        await server.Store.KeepAsync(DayReport(6, null));
        JsonNode document = await server.JsonAsync("/api/daily");
        using HttpResponseMessage response = await server.GetAsync("/api/daily", ("Accept", "application/x-ndjson"));
        Assert.Equal("application/x-ndjson", response.Content.Headers.ContentType!.ToString());
        string[] lines = (await response.Content.ReadAsStringAsync(Cancellation)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.All(lines.Zip(document["summaries"]!.AsArray()), pair => Assert.True(JsonNode.DeepEquals(JsonNode.Parse(pair.First), pair.Second)));
    }

    [Fact]
    public async Task Get_Csv_HasEmptyCellsForWhatWasNotMeasured()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        await server.Store.KeepAsync(DayReport(5, 99.25));
        await server.Store.KeepAsync(DayReport(6, null));
        using HttpResponseMessage response = await server.GetAsync("/api/daily", ("Accept", "text/csv;q=0.9, application/json;q=0.5"));
        Assert.Equal("text/csv", response.Content.Headers.ContentType!.MediaType);
        string[][] rows = [.. (await response.Content.ReadAsStringAsync(Cancellation)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(','))];
        int availability = Array.IndexOf(rows[0], "availability");
        Assert.Equal(["availability", "", "99.25"], rows.Select(row => row[availability]));
        Assert.All(rows, row => Assert.Equal(rows[0].Length, row.Length));
    }

    [Fact]
    public async Task Get_CsvOfWhatLooksLikeAFormula_IsText()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        await server.Store.KeepAsync(Report("anomalies", 5, 6, Anomaly(5, service: "=HYPERLINK(\"http://example.org\")")));
        using HttpResponseMessage response = await server.GetAsync("/api/anomalies", ("Accept", "text/csv"));
        Assert.Contains("\"'=HYPERLINK(\"\"http://example.org\"\")\"", await response.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/daily", "text/html")]
    [InlineData("/api/daily", "application/json;q=0, text/csv;q=0, application/x-ndjson;q=0")]
    [InlineData("/api/daily", "nonsense")]
    [InlineData("/api/ga", "text/csv")]
    [InlineData("/health", "text/plain")]
    public async Task Get_NoFormThatIsWanted_Is406(string path, string accept)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using HttpResponseMessage response = await server.GetAsync(path, ("Accept", accept));
        await RunningServer.ProblemAsync(response, 406, "NOT_ACCEPTABLE");
    }

    [Theory]
    [InlineData("*/*")]
    [InlineData("application/*")]
    [InlineData("text/html, application/json;q=0.1")]
    [InlineData("text/csv;q=0, */*;q=0.1")]
    public async Task Get_JsonIsWanted_IsJson(string accept)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using HttpResponseMessage response = await server.GetAsync("/api/daily", ("Accept", accept));
        Assert.Equal("application/json", response.Content.Headers.ContentType!.ToString());
    }

    private static async Task<string> RequestIdAsync(HttpResponseMessage response)
    {
        string id = (string)JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancellation))!["request_id"]!;
        Assert.Equal(response.Headers.GetValues("X-Request-Id").Single(), id);
        return id;
    }
}
