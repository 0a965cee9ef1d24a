using System.Text.Json;
using Tars.TestKit;
using Xunit;

namespace Tars.Cli.Tests.Honesty;

/// <summary>What was not measured is said to be not measured. Expected counts are counted from <see cref="FlawedServices"/> by hand.</summary>
[Collection(RealBackend.Name)]
public sealed class MeasuredPresenceTests(FlawedKpis kpis) : IClassFixture<FlawedKpis>
{
    [Fact]
    public void Summary_ServicesNotMeasured_IsInconclusive()
    {
        Assert.Equal("INCONCLUSIVE", kpis.Summary.GetProperty("certification_status").GetString());
        Assert.Equal(JsonValueKind.Null, kpis.Summary.GetProperty("slo_compliance").ValueKind);
        Assert.Equal(4, kpis.Result!.ExitCode);
    }

    [Theory]
    [InlineData("whole", 240, 24_000, "PASS")]
    [InlineData("half", 119, 11_900, "INCONCLUSIVE")] // samples end at minute 179: differences at minutes 61 to 179
    [InlineData("gap", 235, 24_000, "PASS")] // minutes 200 to 203 are missing and minute 204 has no minute before it; its gain is known
    [InlineData("born", 120, 12_000, "INCONCLUSIVE")] // differences at minutes 181 to 300
    [InlineData("grown", 240, 36_000, "PASS")] // a second instance for the last 120 minutes
    public void Service_PartlyMeasured_CoverageAndCountSaySo(string name, int steps, double requests, string verdict)
    {
        JsonElement service = kpis.Service(name);
        JsonElement availability = Measurement(service, "availability");

        Assert.Equal("measured", availability.GetProperty("state").GetString());
        Assert.Equal(steps / 240.0, availability.GetProperty("coverage").GetDouble(), 12);
        Assert.Equal(requests, service.GetProperty("total_requests").GetDouble());
        Assert.Equal(requests / 100, service.GetProperty("total_errors").GetDouble());
        Assert.Equal(99, service.GetProperty("availability").GetDouble(), 12);
        Assert.Equal(240 - steps, service.GetProperty("unmeasured_minutes").GetDouble(), 9);
        Assert.Equal(verdict, kpis.Objective(name).GetProperty("verdict").GetString());
    }

    [Theory]
    [InlineData("half", "2026-01-12T02:59:00Z", "2026-01-12T05:00:00Z", 121)]
    [InlineData("gap", "2026-01-12T03:19:00Z", "2026-01-12T03:24:00Z", 5)]
    [InlineData("born", "2026-01-12T01:00:00Z", "2026-01-12T03:00:00Z", 120)]
    [InlineData("missing", "2026-01-12T01:00:00Z", "2026-01-12T05:00:00Z", 240)]
    public void DataGaps_UnmeasuredSpan_IsNamed(string name, string start, string end, double minutes)
    {
        JsonElement gap = kpis.Summary.GetProperty("data_gaps").EnumerateArray().Single(gap => gap.GetProperty("service").GetString() == name);

        Assert.Equal((start, end, minutes), (gap.GetProperty("start").GetString(), gap.GetProperty("end").GetString(), gap.GetProperty("minutes").GetDouble()));
    }

    [Theory]
    [InlineData("renamed", "no series with a value matched")]
    [InlineData("nan", "no series with a value matched")]
    [InlineData("missing", "no series with a value matched")]
    [InlineData("idle", "no requests")]
    public void Availability_NothingToJudge_IsNoDataAndNotHundredPercent(string name, string reason)
    {
        JsonElement service = kpis.Service(name);
        JsonElement availability = Measurement(service, "availability");

        Assert.Equal(JsonValueKind.Null, service.GetProperty("availability").ValueKind);
        Assert.Equal(JsonValueKind.Null, service.GetProperty("error_rate").ValueKind);
        Assert.Equal("no_data", availability.GetProperty("state").GetString());
        Assert.StartsWith(reason, availability.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal("INCONCLUSIVE", kpis.Objective(name).GetProperty("verdict").GetString());
        Assert.Equal(JsonValueKind.Null, kpis.Objective(name).GetProperty("value").ValueKind);
    }

    [Fact]
    public void Service_WithoutRequests_CountsZeroAndKnowsNoLatency()
    {
        JsonElement idle = kpis.Service("idle");

        Assert.Equal(0, idle.GetProperty("total_requests").GetDouble());
        Assert.Equal("measured", Measurement(idle, "total_requests").GetProperty("state").GetString());
        Assert.Equal(JsonValueKind.Null, idle.GetProperty("p99_latency_ms").ValueKind);
    }

    [Fact]
    public void Gauge_OnlyNaN_IsNoData()
    {
        JsonElement queue = kpis.Service("nan").GetProperty("indicators").EnumerateArray().Single(other => other.GetProperty("name").GetString() == "avg_queue");

        Assert.Equal(JsonValueKind.Null, queue.GetProperty("value").ValueKind);
        Assert.Equal("no_data", Measurement(queue, "value").GetProperty("state").GetString());
    }

    [Fact]
    public async Task Kpi_EverythingMeasured_Passes()
    {
        _ = kpis.Summary;
        CommandResult result = await kpis.RunAsync("--services", "whole", "--output", "none");

        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith("PASS: 2026-01-12T01:00:00Z/2026-01-12T05:00:00Z\n", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kpi_ObjectiveKeptButAnIndicatorMissing_IsInconclusive()
    {
        _ = kpis.Summary;
        CommandResult result = await kpis.RunAsync("--services", "gap", "-o", "json", "--output", "none");

        Assert.Equal(4, result.ExitCode);
        using JsonDocument json = JsonDocument.Parse(result.Output);
        Assert.Equal("INCONCLUSIVE", json.RootElement.GetProperty("certification_status").GetString());
        Assert.Equal("PASS", json.RootElement.GetProperty("objectives")[0].GetProperty("verdict").GetString());
        Assert.Equal(["latency", "queue"], json.RootElement.GetProperty("missing_indicators").EnumerateArray().Select(missing => missing.GetProperty("indicator").GetString()!).Order());
        JsonElement service = json.RootElement.GetProperty("services")[0];
        Assert.Equal(JsonValueKind.Null, service.GetProperty("p95_latency_ms").ValueKind);
        Assert.Equal("no_data", Measurement(service, "p95_latency_ms").GetProperty("state").GetString());
    }

    private static JsonElement Measurement(JsonElement scope, string figure) => scope.GetProperty("measurement").GetProperty(figure);
}
