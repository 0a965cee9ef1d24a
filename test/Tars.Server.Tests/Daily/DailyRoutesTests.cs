using System.Net;
using System.Text.Json.Nodes;
using Tars.Storage.Findings;
using Tars.Storage.Reports;
using Xunit;
using static Tars.Server.Tests.StoredReports;

namespace Tars.Server.Tests.Daily;

public sealed class DailyRoutesTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task List_EmptyStore_SaysSoAndHasNoNumber()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        JsonNode list = await server.JsonAsync("/api/daily");
        Assert.Empty(list["summaries"]!.AsArray());
        Assert.Null(list["generated_at"]);
        Assert.Null(list["period_start"]);
        Assert.Contains("tars daily --store", (string)list["reason"]!, StringComparison.Ordinal);
        using HttpResponseMessage day = await server.GetAsync("/api/daily/2026-01-05");
        await RunningServer.ProblemAsync(day, 404, "NOT_FOUND");
    }

    [Fact]
    public async Task List_FiguresThatWereNotMeasured_AreNullWithState()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        await server.Store.KeepAsync(DayReport(5, null));
        await server.Store.KeepAsync(DayReport(6, 98.5, null, Anomaly(6)));
        JsonNode list = await server.JsonAsync("/api/daily");
        JsonNode six = list["summaries"]![0]!;
        Assert.Equal("2026-01-06", (string?)six["date"]);
        Assert.Equal(98.5, (double)six["availability"]!);
        Assert.Equal(985, (double)six["successful_requests"]!);
        Assert.Equal(15, (double)six["failed_requests"]!);
        Assert.Equal(0.95, (double)six["coverage"]!);
        Assert.Equal("fail", (string?)six["verdict"]);
        Assert.Equal(1, (int)six["anomalies"]!);
        Assert.Null(six["p99_latency_ms"]);
        Assert.Equal("query_failed", (string?)six["measurement"]!["p99_latency_ms"]!["state"]);
        Assert.Equal("the backend said 503", (string?)six["measurement"]!["p99_latency_ms"]!["reason"]);
        Assert.Equal("measured", (string?)six["measurement"]!["availability"]!["state"]);

        JsonNode five = list["summaries"]![1]!;
        foreach (string name in (string[])["availability", "total_requests", "successful_requests", "failed_requests", "health_score", "coverage", "error_rate", "avg_latency_ms"])
        {
            Assert.True(five.AsObject().ContainsKey(name), name);
            Assert.Null(five[name]);
        }

        Assert.Equal("no_data", (string?)five["measurement"]!["successful_requests"]!["state"]);
        Assert.Equal("the backend had nothing", (string?)five["measurement"]!["successful_requests"]!["reason"]);
    }

    [Fact]
    public async Task List_SeveralReportsOfADay_TheNewestThatIsWholeCounts()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        await server.Store.KeepAsync(DayReport(5, 99.1));
        StoredReport second = await server.Store.KeepAsync(DayReport(5, 99.2));
        await server.Store.KeepAsync(DayReport(5, 50, "checkout"));
        JsonNode list = await server.JsonAsync("/api/daily");
        JsonNode only = Assert.Single(list["summaries"]!.AsArray())!;
        Assert.Equal(second.Id, (long)only["report_id"]!);
        Assert.Equal(99.2, (double)(await server.JsonAsync("/api/daily/2026-01-05"))["availability"]!);
    }

    [Fact]
    public async Task List_Pages_GiveEachDayOnceInOrder()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        for (int day = 1; day <= 10; day++)
        {
            await server.Store.KeepAsync(DayReport(day));
        }

        foreach (string sort in (string[])["date", "-date"])
        {
            List<string> days = [];
            string? next = $"/api/daily?limit=3&sort={sort}&verdict=pass";
            while (next is not null)
            {
                using HttpResponseMessage response = await server.GetAsync(next);
                JsonNode page = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancellation))!;
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
                days.AddRange(page["summaries"]!.AsArray().Select(day => (string)day!["date"]!));
                string? link = response.Headers.TryGetValues("Link", out IEnumerable<string>? links) ? links.Single() : null;
                Assert.Equal(page["next_cursor"] is null, link is null);
                next = link?.Split('<', '>')[1];
            }

            string[] expected = [.. Enumerable.Range(1, 10).Select(day => $"2026-01-{day:00}")];
            Assert.Equal(sort == "date" ? expected : expected.Reverse(), days);
        }
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=367", "limit")]
    [InlineData("limit=-1", "limit")]
    [InlineData("limit=1e1", "limit")]
    [InlineData("limit=1&limit=2", "limit")]
    [InlineData("from=2026-13-01", "from")]
    [InlineData("to=yesterday", "to")]
    [InlineData("verdict=PASS", "verdict")]
    [InlineData("sort=name", "sort")]
    [InlineData("cursor=AAAA", "cursor")]
    [InlineData("cursor=%00", "cursor")]
    [InlineData("days=7", "days")]
    public async Task List_WrongValue_IsNamed(string query, string name)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using HttpResponseMessage response = await server.GetAsync($"/api/daily?{query}");
        JsonObject problem = await RunningServer.ProblemAsync(response, 422, "VALIDATION_ERROR");
        Assert.Equal([name], problem["errors"]!.AsObject().Select(error => error.Key));
    }

    [Fact]
    public async Task List_CursorOfAnotherFilter_IsRefused()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        await server.Store.KeepAsync(DayReport(5));
        await server.Store.KeepAsync(DayReport(6));
        string cursor = (string)(await server.JsonAsync("/api/daily?limit=1"))["next_cursor"]!;
        Assert.Single((await server.JsonAsync($"/api/daily?limit=1&cursor={cursor}"))["summaries"]!.AsArray());
        using HttpResponseMessage response = await server.GetAsync($"/api/daily?limit=1&verdict=pass&cursor={cursor}");
        await RunningServer.ProblemAsync(response, 422, "VALIDATION_ERROR");
    }

    [Fact]
    public async Task Day_HasServicesObjectivesAndFindings()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        await server.Store.KeepAsync(DayReport(5, 99.5, null, Anomaly(5, severity: FindingSeverity.Low), Anomaly(5, 3, severity: FindingSeverity.Critical)));
        JsonNode day = await server.JsonAsync("/api/daily/2026-01-05");
        Assert.Equal("checkout", (string?)Assert.Single(day["services"]!.AsArray())!["service"]);
        Assert.Equal(["critical", "low"], day["findings"]!.AsArray().Select(finding => (string?)finding!["severity"]));
        Assert.Equal("1.0", (string?)day["api_version"]);
        using HttpResponseMessage wrong = await server.GetAsync("/api/daily/2026-02-30");
        await RunningServer.ProblemAsync(wrong, 422, "VALIDATION_ERROR");
    }

    [Fact]
    public async Task Number_CountsFromTheBeginOfTheNewestPeriod()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        await server.Store.KeepAsync(DayReport(6, 99.6));
        using HttpResponseMessage none = await server.GetAsync("/day/1");
        await RunningServer.ProblemAsync(none, 404, "NOT_FOUND");
        await server.Store.KeepAsync(Report("kpi", 5, 12));
        await Task.Delay(TimeSpan.FromSeconds(1), Cancellation);
        Assert.Equal("2026-01-06", (string?)(await server.JsonAsync("/day/1"))["date"]);
        using HttpResponseMessage missing = await server.GetAsync("/day/2");
        await RunningServer.ProblemAsync(missing, 404, "NOT_FOUND");
        using HttpResponseMessage wrong = await server.GetAsync("/day/8");
        await RunningServer.ProblemAsync(wrong, 422, "VALIDATION_ERROR");
    }
}
