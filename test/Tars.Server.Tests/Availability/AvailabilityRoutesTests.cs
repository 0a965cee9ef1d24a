using System.Text.Json.Nodes;
using Tars.Storage.Reports;
using Xunit;
using static Tars.Server.Tests.StoredReports;

namespace Tars.Server.Tests.Availability;

public sealed class AvailabilityRoutesTests
{
    [Fact]
    public async Task Get_EmptyStore_HasNoFigureAndSaysWhy()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        JsonObject answer = (await server.JsonAsync("/api/ga")).AsObject();
        foreach (string name in (string[])["overall_availability", "error_rate", "total_requests", "p99_latency_ms", "ga_ready", "verdict", "threshold", "period_start", "report_id", "generated_at"])
        {
            Assert.True(answer.ContainsKey(name), name);
            Assert.Null(answer[name]);
        }

        Assert.All(answer["metrics"]!.AsObject(), metric => Assert.Null(metric.Value));
        Assert.All(answer["measurement"]!.AsObject(), state => Assert.Equal("no_data", (string?)state.Value!["state"]));
        Assert.Contains("tars kpi --store", (string)answer["verdict_reason"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_Days_FindsTheNewestOfThatLength()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        StoredReport week = await server.Store.KeepAsync(Period(1, 8, 99.5, Judgement.Pass));
        await server.Store.KeepAsync(Period(5, 8, 99.1, Judgement.Fail("below")));
        StoredReport day = await server.Store.KeepAsync(Period(8, 9, null, Judgement.Inconclusive("nothing was measured")));
        Assert.Equal(week.Id, (long)(await server.JsonAsync("/api/ga?days=7"))["report_id"]!);
        JsonNode three = await server.JsonAsync("/ga?days=3");
        Assert.False((bool)three["ga_ready"]!);
        Assert.Equal([1, 3, 7], three["available_days"]!.AsArray().Select(days => (int)days!));
        Assert.Equal(99.9, (double)three["threshold"]!);
        Assert.Equal("checkout/availability", (string?)Assert.Single(three["objectives"]!.AsArray())!["objective"]);
        Assert.Equal(71, (double)three["metrics"]!["uptime_hours"]!); // 72 hours less 45 minutes down and 15 unmeasured
        JsonNode newest = await server.JsonAsync("/api/ga");
        Assert.Equal(day.Id, (long)newest["report_id"]!);
        Assert.Null(newest["ga_ready"]);
        Assert.Null(newest["overall_availability"]);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("91")]
    [InlineData("7.5")]
    [InlineData("seven")]
    [InlineData("")]
    public async Task Get_DaysOutside_Is422(string days)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using HttpResponseMessage response = await server.GetAsync($"/api/ga?days={days}");
        await RunningServer.ProblemAsync(response, 422, "VALIDATION_ERROR");
    }

    private static NewReport Period(int from, int to, double? availability, Judgement judgement) => Report("kpi", from, to) with
    {
        Judgement = judgement,
        Figures =
        [
            new StoredFigure("availability", "%", availability is { } value ? new Measurement.Measured(value, 1) : new Measurement.NoData("nothing came")),
            new StoredFigure("downtime_minutes", "min", new Measurement.Measured(45, 1)),
            new StoredFigure("unmeasured_minutes", "min", new Measurement.Measured(15, 1)),
            new StoredFigure("objective", "%", new Measurement.Measured(99.5, 1))
            {
                Service = "checkout",
                Labels = """{"objective":"checkout/availability","what":"good requests","threshold":99.9,"at_least":true}""",
                Judgement = Judgement.Fail("below"),
            },
        ],
    };
}
