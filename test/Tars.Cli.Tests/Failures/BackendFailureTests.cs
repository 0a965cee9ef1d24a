using System.Text.Json;
using Tars.TestKit;
using Tars.TestKit.Servers;
using Xunit;

namespace Tars.Cli.Tests.Failures;

/// <summary>A backend that fails as a whole ends the run with 3 and no report; one that refuses a query costs the figures of that query.</summary>
[Collection(FleetBackends.Name)]
public sealed class BackendFailureTests(SmallFleet fleet) : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    [Theory]
    [InlineData("kpi")]
    [InlineData("retro")]
    [InlineData("stability")]
    [InlineData("anomalies")]
    [InlineData("regressions")]
    [InlineData("capture")]
    public async Task Command_BackendDown_Exits3WithoutAReport(string command)
    {
        string address = $"http://127.0.0.1:{LoopbackPort.Free()}";

        CommandResult result = await RunAsync(command, address);

        Assert.Equal((3, string.Empty), (result.ExitCode, result.Output));
        Assert.StartsWith($"tars: error: {address}/api/v1/status/buildinfo is not reachable: ", result.Error, StringComparison.Ordinal);
        Assert.Contains("(tried 2 times)", result.Error, StringComparison.Ordinal);
        Assert.EndsWith("tars: hint: is the backend running, and is its address right?\n", result.Error, StringComparison.Ordinal);
        Assert.Empty(BuiltCommand.FilesOf(_folder.Path));
    }

    [Theory]
    [InlineData(200, "text/html", "<html>please log in</html>", "answered with a web page instead of the JSON of the Prometheus API", "is this the backend's own address", 1)]
    [InlineData(200, "application/json", "", "instead of the JSON of the Prometheus API", "is this the backend's own address", 1)]
    [InlineData(401, "text/plain", "who are you?", "answered 401 Unauthorized: who are you?", "check the user and password or the bearer token", 1)]
    [InlineData(404, "text/html", "<html>nothing here</html>", "answered 404 Not Found", "does the address lack a path prefix?", 1)]
    [InlineData(503, "text/plain", "starting", "answered 503 Service Unavailable: starting (tried 2 times)", "is starting, overloaded or down", 2)]
    public async Task Kpi_BackendAnswersSomethingElse_Exits3WithTheWayOut(int status, string type, string body, string error, string hint, int requests)
    {
        await using FaultyBackend backend = await FaultyBackend.StartAsync(new FaultyAnswer(status, body, type));

        CommandResult result = await RunAsync("kpi", backend.Address);

        Assert.Equal((3, string.Empty), (result.ExitCode, result.Output));
        Assert.StartsWith($"tars: error: {backend.Address}/api/v1/", result.Error, StringComparison.Ordinal);
        Assert.Contains(error, result.Error, StringComparison.Ordinal);
        Assert.Contains($"tars: hint: {hint}", result.Error.Replace("the backend, or a proxy in front of it, ", string.Empty, StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.True(backend.RequestCount >= requests);
        Assert.Empty(BuiltCommand.FilesOf(_folder.Path));
    }

    [Fact]
    public async Task Kpi_BackendGoesAwayMidway_Exits3AndKeepsTheEarlierReport()
    {
        CommandResult before = await RunAsync("kpi", fleet.Address.AbsoluteUri);
        Assert.Equal(0, before.ExitCode);
        SortedDictionary<string, byte[]> earlier = BuiltCommand.FilesOf(_folder.Combine("out"));
        await using FaultyBackend backend = await FaultyBackend.StartAsync(
            fleet.Address, TimeSpan.Zero, request => request.Contains("process_resident_memory_bytes", StringComparison.Ordinal) ? new FaultyAnswer(502, "gone") : null);

        CommandResult result = await RunAsync("kpi", backend.Address);

        Assert.Equal((3, string.Empty), (result.ExitCode, result.Output));
        Assert.Contains("answered 502 Bad Gateway: gone", result.Error, StringComparison.Ordinal);
        BuiltCommand.AssertSame(earlier, BuiltCommand.FilesOf(_folder.Combine("out")));
    }

    [Fact]
    public async Task Kpi_OneQueryRefused_OnlyItsFiguresFail()
    {
        FaultyAnswer refusal = new(422, """{"status":"error","errorType":"execution","error":"query processing would load too many samples into memory"}""", "application/json");
        await using FaultyBackend backend = await FaultyBackend.StartAsync(
            fleet.Address,
            TimeSpan.Zero,
            request => request.Contains("query_range", StringComparison.Ordinal) && request.Contains("http_request_duration_seconds_bucket{service=\"checkout\"", StringComparison.Ordinal) ? refusal : null);

        CommandResult result = await RunAsync("kpi", backend.Address, "-o", "json");

        Assert.Equal(4, result.ExitCode);
        using JsonDocument json = JsonDocument.Parse(result.Output);
        Assert.Equal("INCONCLUSIVE", json.RootElement.GetProperty("certification_status").GetString());
        JsonElement checkout = json.RootElement.GetProperty("services").EnumerateArray().Single(service => service.GetProperty("name").GetString() == "checkout");
        JsonElement measurement = checkout.GetProperty("measurement").GetProperty("p99_latency_ms");
        Assert.Equal(JsonValueKind.Null, checkout.GetProperty("p99_latency_ms").ValueKind);
        Assert.Equal("query_failed", measurement.GetProperty("state").GetString());
        Assert.Equal("the backend refused the query: query processing would load too many samples into memory", measurement.GetProperty("reason").GetString());
        Assert.Equal("measured", checkout.GetProperty("measurement").GetProperty("availability").GetProperty("state").GetString());
        JsonElement frontend = json.RootElement.GetProperty("services").EnumerateArray().Single(service => service.GetProperty("name").GetString() == "frontend");
        Assert.Equal("measured", frontend.GetProperty("measurement").GetProperty("p99_latency_ms").GetProperty("state").GetString());
        await SchemaAssert.MatchesAsync(_folder.Combine("out", "ga_kpi_summary.json"));
    }

    public void Dispose() => _folder.Dispose();

    private Task<CommandResult> RunAsync(string command, string address, params string[] more) =>
        BuiltCommand.RunAsync(_folder.Path, [command, .. fleet.Flags, .. fleet.Window, "--prometheus-url", address, "--output", "out", .. more]);
}
