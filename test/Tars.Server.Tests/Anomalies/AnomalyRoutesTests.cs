using System.Text.Json.Nodes;
using Tars.Storage.Findings;
using Xunit;
using static Tars.Server.Tests.StoredReports;

namespace Tars.Server.Tests.Anomalies;

public sealed class AnomalyRoutesTests
{
    [Fact]
    public async Task List_EmptyStore_SaysThatNobodyLooked()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        JsonNode list = await server.JsonAsync("/api/anomalies");
        Assert.Empty(list["anomalies"]!.AsArray());
        Assert.Equal("no_data", (string?)list["measurement"]!["anomalies"]!["state"]);
        Assert.Null(list["newest_report_id"]);
    }

    [Fact]
    public async Task List_AReportThatFoundNothing_SaysThatSomebodyLooked()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        await server.Store.KeepAsync(Report("anomalies", 5, 6));
        foreach (string path in (string[])["/api/anomalies", "/api/anomalies/2026-01-05"])
        {
            JsonNode list = await server.JsonAsync(path);
            Assert.Empty(list["anomalies"]!.AsArray());
            Assert.Equal("measured", (string?)list["measurement"]!["anomalies"]!["state"]);
        }
    }

    [Fact]
    public async Task List_Filters_ConfineAsTheyAreNamed()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        await server.Store.KeepAsync(Report(
            "anomalies", 5, 8, Anomaly(5), Anomaly(6, severity: FindingSeverity.Critical), Anomaly(7, service: "search", metric: "memory", severity: FindingSeverity.Low)));
        Assert.Equal(["2026-01-07", "2026-01-06", "2026-01-05"], await DatesAsync("/api/anomalies"));
        Assert.Equal(["2026-01-05", "2026-01-06", "2026-01-07"], await DatesAsync("/anomalies?sort=started"));
        Assert.Equal(["2026-01-06", "2026-01-05"], await DatesAsync("/api/anomalies?severity=high,critical"));
        Assert.Equal(["2026-01-07"], await DatesAsync("/api/anomalies?service=search"));
        Assert.Equal(["2026-01-07"], await DatesAsync("/api/anomalies?metric=memory"));
        Assert.Equal(["2026-01-06"], await DatesAsync("/api/anomalies/2026-01-06"));
        Assert.Equal(["2026-01-06"], await DatesAsync("/api/anomalies?from=2026-01-06&to=2026-01-06"));
        Assert.Empty(await DatesAsync("/api/anomalies?resolved=true"));
        Assert.Equal(3, (await DatesAsync("/api/anomalies?resolved=false")).Length);

        async Task<string[]> DatesAsync(string path) => [.. (await server.JsonAsync(path))["anomalies"]!.AsArray().Select(one => (string)one!["date"]!)];
    }

    [Fact]
    public async Task List_Item_HasTheGuidesFieldsAndItsStates()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        await server.Store.KeepAsync(Report("anomalies", 5, 6, Anomaly(5), Anomaly(5, 9, null, "(backend)", "(all)") with { Details = "{}" }));
        JsonNode list = await server.JsonAsync("/api/anomalies?sort=started");
        JsonNode one = list["anomalies"]![0]!;
        Assert.Equal("2026-01-05T01:30:00Z", (string?)one["timestamp"]);
        Assert.Equal(("error_rate", "checkout", "high", "spike", "%"), ((string?)one["metric"], (string?)one["service"], (string?)one["severity"], (string?)one["classification"], (string?)one["unit"]));
        Assert.Equal(7.5, (double)one["value"]!);
        Assert.Equal([0.5, 1.5], one["expected_range"]!.AsArray().Select(value => (double)value!));
        Assert.Equal("2026-01-05T02:00:00Z", (string?)one["ended_at"]);
        JsonNode unmeasured = list["anomalies"]![1]!;
        Assert.Null(unmeasured["value"]);
        Assert.Null(unmeasured["expected_range"]);
        Assert.True((bool)unmeasured["ongoing"]!);
        Assert.Equal("no_data", (string?)unmeasured["measurement"]!["value"]!["state"]);
    }

    // The day reports each tell of what lasts; the report of the week is the better judge, and of two of one kind the newer.
    [Fact]
    public async Task List_TheSameThingToldSeveralTimes_IsToldOnce()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        await server.Store.KeepAsync(DayReport(5, 99, null, Anomaly(5, 10, null)));
        await server.Store.KeepAsync(DayReport(6, 99, null, Anomaly(5, 10, null), Anomaly(6, 2, 1, "search")));
        JsonNode days = await server.JsonAsync("/api/anomalies");
        Assert.Equal(["search", "checkout"], days["anomalies"]!.AsArray().Select(one => (string?)one!["service"]));

        await server.Store.KeepAsync(Report("anomalies", 1, 8, Anomaly(5, 10.25, 24)));
        await server.Store.KeepAsync(Report("anomalies", 7, 9, Anomaly(8, 1, 1, "catalog")));
        await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        JsonNode week = await server.JsonAsync("/api/anomalies");
        // The week's report has looked at the whole of what was told of search, and did not find it.
        Assert.Equal(["catalog", "checkout"], week["anomalies"]!.AsArray().Select(one => (string?)one!["service"]));
        Assert.Equal(2, (int)week["total_anomalies"]!);
        Assert.Equal("2026-01-05T10:15:00Z", (string?)week["anomalies"]![1]!["started_at"]);
    }
}
