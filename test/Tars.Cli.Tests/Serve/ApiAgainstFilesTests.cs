using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Tars.Cli.Tests.Sharding;
using Tars.TestKit;
using Xunit;

namespace Tars.Cli.Tests.Serve;

/// <summary>What the API answers is what the named run wrote into its file: figure by figure, finding by finding, byte by byte.</summary>
public sealed class ApiAgainstFilesTests(ShardedFleet fleet) : IClassFixture<ShardedFleet>, IAsyncLifetime
{
    private const string Output = "written";
    private readonly TemporaryDirectory _folder = new();
    private RunningCommand? _serving;
    private HttpClient? _client;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        string yaml = await File.ReadAllTextAsync(RepositoryRoot.PathOf("samples/demo.yaml"), Cancellation);
        _folder.WriteText("tars.yaml", yaml.Replace("http://localhost:9090", fleet.Address.ToString().TrimEnd('/'), StringComparison.Ordinal));
        foreach (string[] line in (string[][])
            [
                ["daily", "--date", "2026-01-17"], ["kpi", "--from", "2026-01-16", "--to", "2026-01-18"], ["anomalies", "--from", "2026-01-16", "--to", "2026-01-18"],
                ["regressions", "--from", "2026-01-12", "--to", "2026-01-15"], ["retro", "--from", "2026-01-16", "--to", "2026-01-18"],
            ])
        {
            CommandResult result = await TarsProgram.RunAsync(_folder.Path, [.. line, "--store", "--output", Output, "-q"]);
            Assert.True(result.ExitCode is 0 or 1 or 4, $"{line[0]}: {result.ExitCode} {result.Error}");
        }

        _serving = TarsProgram.Command(_folder.Path, ServedCaller.Serve).Start();
        _client = await ServedCaller.ConnectAsync(_folder.Path, _serving);
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_serving is not null)
        {
            await _serving.DisposeAsync();
        }

        _folder.Dispose();
    }

    // One test: the runs take most of the time, and each route is named in what fails.
    [Fact]
    public async Task EveryRoute_AnswersWhatTheRunWrote()
    {
        await DailyAsync();
        await AvailabilityAsync();
        await AnomaliesAsync();
        await RegressionsAsync();
        await RetrospectiveAsync();
    }

    private async Task DailyAsync()
    {
        JsonNode file = FileOf("day_01_HEALTH.json");
        JsonNode day = await ApiAsync("/api/daily/2026-01-17");
        JsonNode item = Assert.Single((await ApiAsync("/api/daily"))["summaries"]!.AsArray())!;
        foreach (JsonNode answer in (JsonNode[])[day, item])
        {
            Same(file, "availability_percent", answer, "availability");
            Same(file, "error_rate_percent", answer, "error_rate");
            Same(file, "p99_latency_ms", answer, "p99_latency_ms");
            Same(file, "total_requests", answer, "total_requests");
            Same(file, "total_errors", answer, "failed_requests");
            Same(file, "downtime_minutes", answer, "downtime_minutes");
            Same(file, "unmeasured_minutes", answer, "unmeasured_minutes");
            Same(file, "overall_health_score", answer, "health_score");
            Assert.Equal((string?)file["health_status"], (string?)answer["status"]);
            Assert.Equal((string?)file["date"], (string?)answer["date"]);
            Assert.Equal(((string)file["certification_status"]!).ToLowerInvariant(), (string?)answer["verdict"]);
            Assert.Equal((string?)file["start_time"], (string?)answer["period_start"]);
            Assert.Equal((string?)file["end_time"], (string?)answer["period_end"]);
        }

        Assert.NotEmpty(day["services"]!.AsArray());
    }

    private async Task AvailabilityAsync()
    {
        JsonNode file = FileOf("ga_kpi_summary.json");
        JsonNode answer = await ApiAsync("/api/ga?days=2");
        Same(file, "overall_availability", answer, "overall_availability");
        Same(file, "overall_error_rate", answer, "error_rate");
        foreach (string name in (string[])["total_requests", "p50_latency_ms", "p95_latency_ms", "p99_latency_ms", "avg_cpu", "avg_memory"])
        {
            Same(file, name, answer, name);
        }

        Assert.Equal((double)file["downtime_minutes"]!, (double)answer["metrics"]!["downtime_minutes"]!);
        Assert.Equal((double)file["unmeasured_minutes"]!, (double)answer["metrics"]!["unmeasured_minutes"]!);
        Assert.Equal((double)file["duration_hours"]!, (double)answer["metrics"]!["total_hours"]!);
        Assert.Equal((long)file["incident_count"]!, (long)answer["metrics"]!["incidents"]!);
        Assert.Equal(((string)file["certification_status"]!).ToLowerInvariant(), (string?)answer["verdict"]);
        Assert.Equal((string?)file["ga_start"], (string?)answer["period_start"]);
        Assert.Equal((string?)file["ga_end"], (string?)answer["period_end"]);
        Assert.Equal([2], answer["available_days"]!.AsArray().Select(days => (int)days!));
        JsonNode none = await ApiAsync("/api/ga?days=30");
        Assert.Null(none["overall_availability"]);
        Assert.Contains("--window 30d", (string)none["verdict_reason"]!, StringComparison.Ordinal);
    }

    private async Task AnomaliesAsync()
    {
        JsonArray file = FileOf("anomaly_events.json")["anomalies"]!.AsArray();
        JsonNode answer = await ApiAsync("/api/anomalies?limit=1000");
        JsonArray told = answer["anomalies"]!.AsArray();
        Assert.NotEmpty(file);
        // The daily report of the 17th is of a day that the report of the two days has looked at whole, so every anomaly is one of the file.
        Assert.Equal(file.Count, told.Count);
        foreach (JsonNode? expected in file)
        {
            JsonNode actual = Assert.Single(told, one => (string?)one!["service"] == (string?)expected!["service"] && (string?)one["metric"] == (string?)expected["metric_name"]
                && (string?)one["started_at"] == (string?)expected["start"])!;
            Assert.Equal((string?)expected!["severity"], (string?)actual["severity"]);
            Assert.Equal((string?)expected["classification"], (string?)actual["classification"]);
            Assert.Equal((double?)expected["actual_value"], (double?)actual["value"]);
            Assert.Equal((double?)expected["expected_value"], (double?)actual["expected"]);
            Assert.Equal((double?)expected["expected_low"], (double?)actual["expected_range"]?[0]);
            Assert.Equal((double?)expected["confidence"], (double?)actual["confidence"]);
            Assert.Equal((bool)expected["is_ongoing"]!, (bool)actual["ongoing"]!);
            Assert.Equal((bool)expected["is_ongoing"]! ? null : (string?)expected["end"], (string?)actual["ended_at"]);
        }

        string day = ((string)file[0]!["start"]!)[..10];
        JsonArray ofDay = (await ApiAsync($"/api/anomalies/{day}"))["anomalies"]!.AsArray();
        Assert.Equal(file.Count(one => ((string)one!["start"]!).StartsWith(day, StringComparison.Ordinal)), ofDay.Count);
    }

    private async Task RegressionsAsync()
    {
        JsonNode file = FileOf("regression_summary.json");
        JsonNode answer = await ApiAsync("/api/regressions?limit=1000");
        JsonArray told = answer["regressions"]!.AsArray();
        JsonArray expected = file["regressions"]!.AsArray();
        Assert.NotEmpty(expected);
        long first = told.Min(one => (long)one!["report_id"]!);
        Assert.Equal(expected.Count, told.Count(one => (long)one!["report_id"]! == first));
        foreach (JsonNode? one in expected)
        {
            JsonNode actual = Assert.Single(told, candidate => (string?)candidate!["service"] == (string?)one!["service"] && (string?)candidate["metric"] == (string?)one["metric_name"]
                && (string?)candidate["region"] == (string?)one["region"] && (long)candidate["report_id"]! == first)!;
            Assert.Equal((string?)one!["severity"], (string?)actual["severity"]);
            Assert.Equal((double?)one["baseline_value"], (double?)actual["baseline_value"]);
            Assert.Equal((double?)one["current_value"], (double?)actual["current_value"]);
            Assert.Equal((double?)one["change"], (double?)actual["change"]);
            Assert.Equal((double?)one["change_low"], (double?)actual["change_low"]);
            Assert.Equal((double?)one["p_value"], (double?)actual["p_value"]);
            Assert.Equal((double?)one["adjusted_p_value"], (double?)actual["adjusted_p_value"]);
            Assert.Equal(Math.Abs((double)one["change_percent"]!), (double)actual["degradation_percent"]!, 9);
            Assert.Equal((string?)one["deployment"]?["version"], (string?)actual["version"]);
            Assert.Equal((string?)one["deployment"]?["time"], (string?)actual["detected_at"]);
        }
    }

    private async Task RetrospectiveAsync()
    {
        JsonNode answer = await ApiAsync("/api/retrospective");
        JsonNode kpi = FileOf("ga_kpi_summary.json"); // of the same window
        Assert.Equal((double)kpi["overall_availability"]!, (double)answer["overall_metrics"]!["availability"]!);
        Assert.Equal((double)kpi["total_requests"]!, (double)answer["overall_metrics"]!["total_requests"]!);
        JsonArray files = (await ApiAsync("/api/retrospective/files"))["files"]!.AsArray();
        string[] written = [.. Directory.EnumerateFiles(_folder.Combine(Output), "GA_*").Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];
        Assert.Equal(written, files.Select(one => (string)one!["filename"]!).Order(StringComparer.Ordinal));
        foreach (JsonNode? one in files)
        {
            string name = (string)one!["filename"]!;
            byte[] bytes = await File.ReadAllBytesAsync(_folder.Combine(Output, name), Cancellation);
            using HttpResponseMessage download = await _client!.GetAsync(new Uri($"/api/retrospective/download/{name}", UriKind.Relative), Cancellation);
            byte[] sent = await download.Content.ReadAsByteArrayAsync(Cancellation);
            Assert.True(bytes.AsSpan().SequenceEqual(sent), name);
            string digest = Convert.ToHexStringLower(SHA256.HashData(bytes));
            Assert.Equal(digest, (string?)one["sha256"]);
            Assert.Equal($"\"{digest}\"", download.Headers.ETag!.ToString());
            Assert.Equal($"sha-256=:{Convert.ToBase64String(SHA256.HashData(bytes))}:", download.Headers.GetValues("Repr-Digest").Single());
            Assert.Equal(name, download.Content.Headers.ContentDisposition!.FileNameStar);
        }

        byte[] markdown = await _client!.GetByteArrayAsync(new Uri("/retrospective/markdown", UriKind.Relative), Cancellation);
        byte[] own = await File.ReadAllBytesAsync(_folder.Combine(Output, "GA_7DAY_RETROSPECTIVE.md"), Cancellation);
        Assert.True(markdown.AsSpan().SequenceEqual(own));
        foreach (string path in (string[])["..%2F..%2Fetc%2Fpasswd", "..%2Fstore.db", "%2Fetc%2Fpasswd", "store.db", "GA_7DAY_RETROSPECTIVE.md%00"])
        {
            using HttpResponseMessage refused = await _client!.GetAsync(new Uri($"/api/retrospective/download/{path}", UriKind.Relative), Cancellation);
            Assert.True((int)refused.StatusCode is 404 or 422 or 400, $"{path}: {refused.StatusCode}");
        }
    }

    private static void Same(JsonNode file, string inFile, JsonNode answer, string inAnswer)
    {
        Assert.Equal((double?)file[inFile], (double?)answer[inAnswer]);
        JsonNode expected = file["measurement"]![inFile]!;
        JsonNode actual = answer["measurement"]![inAnswer]!;
        Assert.Equal((string?)expected["state"], (string?)actual["state"]);
        Assert.Equal((double?)expected["coverage"], (double?)actual["coverage"]);
        Assert.Equal((string?)expected["reason"], (string?)actual["reason"]);
    }

    private JsonNode FileOf(string name) => JsonNode.Parse(File.ReadAllText(_folder.Combine(Output, name)))!;

    private async Task<JsonNode> ApiAsync(string path)
    {
        using HttpResponseMessage response = await _client!.GetAsync(new Uri(path, UriKind.Relative), Cancellation);
        string text = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {(int)response.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }
}
