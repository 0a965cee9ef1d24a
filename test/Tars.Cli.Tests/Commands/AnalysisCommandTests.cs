using Tars.Cli.CommandLine;
using Tars.TestKit;
using Xunit;

namespace Tars.Cli.Tests.Commands;

/// <summary>Every analysing command on a capture of two quiet days.</summary>
public sealed class AnalysisCommandTests(FleetBackend fleet) : IAsyncLifetime
{
    private readonly TemporaryDirectory _folder = new();

    public async ValueTask InitializeAsync()
    {
        _folder.WriteText("tars.yaml", FleetBackend.Configuration("99%"));
        CommandResult capture = await TarsProgram.RunAsync(
            _folder.Path, "capture", "--prometheus-url", fleet.Backend.Address.ToString(), "--from", "2026-01-05T01:00Z", "--to", "2026-01-07", "--output", "held");
        Assert.True(capture.ExitCode == ExitCode.Ok, capture.Error);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Commands_QuietDays_Exit0AndWriteTheirFiles()
    {
        Dictionary<string, string[]> files = new()
        {
            ["stability --days 1"] = ["day_01_summary.json", "weekly_summary.json", "weekly_summary.md"],
            ["anomalies --window 1d"] = ["anomaly_events.json", "anomaly_events.md"],
            ["daily --date 2026-01-06 --fail-on degraded"] = ["day_01_HEALTH.json", "day_01_HEALTH.md"],
            ["regressions --window 1d"] = ["regression_summary.json", "regression_summary.md"],
            ["retro --window 1d"] = ["GA_7DAY_RETROSPECTIVE.html", "GA_7DAY_RETROSPECTIVE.json", "GA_7DAY_RETROSPECTIVE.md"],
        };
        foreach ((string command, string[] expected) in files)
        {
            string output = command.Split(' ')[0];
            CommandResult result = await TarsProgram.RunAsync(_folder.Path, [.. command.Split(' '), "--capture", "held", "--output", output]);
            Assert.True(result.ExitCode == ExitCode.Ok, $"{command}: exit {result.ExitCode}\n{result.Output}{result.Error}");
            Assert.Equal(expected, Directory.EnumerateFiles(_folder.Combine(output)).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task Stability_WithBaseline_ComparesWithIt()
    {
        await TarsProgram.RunAsync(_folder.Path, "kpi", "--capture", "held", "--from", "2026-01-05T01:00Z", "--to", "2026-01-06", "--output", "first");
        CommandResult result = await TarsProgram.RunAsync(
            _folder.Path, "stability", "--capture", "held", "--days", "1", "--baseline", "first/ga_kpi_summary.json", "-o", "markdown", "--output", "none");
        Assert.True(result.ExitCode == ExitCode.Ok, result.Error);
        Assert.DoesNotContain("There is no baseline", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Capture_Again_KeepsWhatIsThere()
    {
        long before = fleet.Backend.RequestCount;
        CommandResult result = await TarsProgram.RunAsync(
            _folder.Path, "capture", "--prometheus-url", fleet.Backend.Address.ToString(), "--from", "2026-01-05T01:00Z", "--to", "2026-01-07", "--output", "held");
        Assert.True(result.ExitCode == ExitCode.Ok, result.Error);
        Assert.StartsWith("captured 2026-01-05T01:00:00Z/2026-01-07T00:00:00Z from tars-simulated", result.Output, StringComparison.Ordinal);
        Assert.True(fleet.Backend.RequestCount > before, "the source is described and counted again; the answers come from the capture");
    }

    [Fact]
    public async Task CaptureImport_OpenMetrics_AnswersTheConfiguration()
    {
        _folder.WriteText("cpu.csv", "timestamp,value\n2026-01-06T00:00:10Z,1\n2026-01-06T02:00:10Z,2\n");
        _folder.WriteText("one.yaml", "services:\n  - name: cart\n    indicators:\n      load: { gauge: load, unit: jobs }\n");
        CommandResult import = await TarsProgram.RunAsync(_folder.Path, "capture", "import", "--csv", "cpu.csv", "--series", "load", "--config", "one.yaml", "--output", "imported");
        Assert.True(import.ExitCode == ExitCode.Ok, import.Error);
        CommandResult kpi = await TarsProgram.RunAsync(_folder.Path, "kpi", "--capture", "imported", "--config", "one.yaml", "-o", "csv", "--output", "none");
        Assert.Equal(ExitCode.Inconclusive, kpi.ExitCode); // no objective is configured
        Assert.Contains("avg_load", kpi.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ChangePoints_StepInCsv_IsFoundAtItsFirstRow()
    {
        string rows = string.Concat(Enumerable.Range(0, 60).Select(i => $"2026-01-05T00:{i:00}:00Z,{(i < 30 ? 10 : 20) + (i % 3)}\n"));
        _folder.WriteText("step.csv", "timestamp,value\n" + rows);
        CommandResult result = await TarsProgram.RunAsync(_folder.Path, "regressions", "changepoints", "--csv", "step.csv", "-o", "json");
        using System.Text.Json.JsonDocument json = System.Text.Json.JsonDocument.Parse(result.Output);
        Assert.Equal(30, Assert.Single(json.RootElement.GetProperty("change_points").EnumerateArray()).GetProperty("index").GetInt32());
    }
}
