using System.Text.Json;
using Tars.Cli.CommandLine;
using Tars.Simulation.Backends;
using Tars.TestKit;
using Tars.TestKit.Servers;
using Xunit;

namespace Tars.Cli.Tests.Commands;

public sealed class KpiCommandTests(FleetBackend fleet) : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Kpi_ObjectiveKept_PassesAndWritesItsFiles()
    {
        CommandResult result = await KpiAsync("99%");
        Assert.Equal((ExitCode.Ok, true), (result.ExitCode, result.Output.StartsWith("PASS: ", StringComparison.Ordinal)));
        using JsonDocument json = JsonDocument.Parse(await File.ReadAllBytesAsync(_folder.Combine("output", "ga_kpi_summary.json"), TestContext.Current.CancellationToken));
        Assert.Equal("PASS", json.RootElement.GetProperty("certification_status").GetString());
        Assert.True(File.Exists(_folder.Combine("output", "ga_kpi_summary.md")));
    }

    [Fact]
    public async Task Kpi_ObjectiveMissed_Exits1WithTheReason()
    {
        CommandResult result = await KpiAsync("99.9999%");
        Assert.Equal(ExitCode.Negative, result.ExitCode);
        Assert.Matches("^FAIL: .*\n  checkout/availability: good requests 99\\.[0-9]+ % is below the target 99\\.9999 %", result.Output);
    }

    [Theory]
    [InlineData("none", ExitCode.Ok)]
    [InlineData("fail", ExitCode.Negative)]
    public async Task Kpi_ObjectiveMissedWithFailOn_ExitsAsAsked(string failOn, int expected) =>
        Assert.Equal(expected, (await KpiAsync("99.9999%", "", "--fail-on", failOn)).ExitCode);

    [Fact]
    public async Task Kpi_IndicatorThatIsNotThere_IsInconclusive()
    {
        CommandResult result = await KpiAsync("99%", "      threads: { gauge: process_threads, unit: threads }");
        Assert.Equal(ExitCode.Inconclusive, result.ExitCode);
        Assert.StartsWith("INCONCLUSIVE: ", result.Output, StringComparison.Ordinal);
        Assert.Contains("  checkout/threads: no data: no series with a value matched process_threads{service=\"checkout\"}\n", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kpi_Captured_GivesTheBytesOfTheLiveRun()
    {
        Assert.Equal(ExitCode.Ok, (await KpiAsync("99%")).ExitCode);
        CommandResult capture = await RunAsync(["capture", .. fleet.Window, "--output", "held"]);
        Assert.True(capture.ExitCode == ExitCode.Ok, capture.Error);
        CommandResult again = await RunAsync("kpi", "--capture", "held", "--output", "again");
        Assert.True(again.ExitCode == ExitCode.Ok, again.Error);
        foreach (string file in new[] { "ga_kpi_summary.json", "ga_kpi_summary.md" })
        {
            Assert.Equal(await File.ReadAllBytesAsync(_folder.Combine("output", file), Token), await File.ReadAllBytesAsync(_folder.Combine("again", file), Token));
        }
    }

    [Fact]
    public async Task Kpi_CaptureWithoutTheWindow_Exits2()
    {
        WriteConfiguration("99%", "");
        await RunAsync(["capture", .. fleet.Window, "--output", "held"]);
        CommandResult result = await RunAsync("kpi", "--capture", "held", "--from", "2026-01-05", "--to", FleetBackend.To);
        Assert.Equal(ExitCode.Usage, result.ExitCode);
        Assert.Equal(
            "tars: error: the window begins at 2026-01-05T00:00:00Z; the capture answers from 2026-01-06T00:00:00Z to 2026-01-06T06:00:00Z\n"
            + "tars: hint: choose a window inside it, or capture a longer one\n",
            result.Error);
    }

    [Fact]
    public async Task Kpi_CaptureWithoutAQuery_Exits2AndNamesIt()
    {
        WriteConfiguration("99%", "");
        await RunAsync(["capture", .. fleet.Window, "--output", "held"]);
        WriteConfiguration("99%", "      cpu: { rate: process_cpu_seconds_total, unit: cores }");
        CommandResult result = await RunAsync("kpi", "--capture", "held");
        Assert.Equal(ExitCode.Usage, result.ExitCode);
        Assert.Contains("held holds no answer to the query last_over_time(process_cpu_seconds_total{service=\"checkout\"}[59999ms])", result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.Combine("output")));
    }

    [Fact]
    public async Task Kpi_BackendDown_Exits3AndWritesNothing()
    {
        WriteConfiguration("99%", "");
        string url = $"http://127.0.0.1:{LoopbackPort.Free()}";
        CommandResult result = await RunAsync("kpi", "--prometheus-url", url, "--set", "observability.retries=0");
        Assert.Equal((ExitCode.Environment, string.Empty), (result.ExitCode, result.Output));
        Assert.StartsWith($"tars: error: {url}/api/v1/status/buildinfo is not reachable", result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.Combine("output")));
    }

    [Theory]
    [InlineData("--sign", "signing")]
    [InlineData("--encrypt", "encryption")]
    public async Task Kpi_SealingAskedFor_IsRefusedBeforeAnythingIsSent(string option, string what)
    {
        await using SimulatedBackend own = await SimulatedBackend.StartAsync(
            Simulation.Fleets.FleetGenerator.Generate(1, new() { Duration = TimeSpan.FromHours(1), Faults = [], Decoys = [], RoutineDeployments = false }), TimeProvider.System, Token);
        WriteConfiguration("99%", "");
        CommandResult result = await RunAsync("kpi", "--prometheus-url", own.Address.ToString(), option);
        Assert.Equal((ExitCode.Usage, string.Empty, 0L), (result.ExitCode, result.Output, own.RequestCount));
        Assert.StartsWith($"tars: error: {option}: security.{what}_enabled: {what} needs a key", result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.Combine("output")));
    }

    [Fact]
    public async Task Kpi_Plan_PrintsEveryQueryAndSendsNothing()
    {
        WriteConfiguration("99%", "");
        string url = $"http://127.0.0.1:{LoopbackPort.Free()}";
        CommandResult result = await RunAsync("kpi", "--plan", "--prometheus-url", url, "--from", FleetBackend.From, "--to", FleetBackend.To);
        Assert.Equal((ExitCode.Ok, string.Empty), (result.ExitCode, result.Error));
        Assert.Contains("checkout/availability               420 points/series  1 pieces  last_over_time(http_requests_total{service=\"checkout\",code=~\".+\"}[1m])\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("nothing was sent", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kpi_JsonOnStandardOutput_IsTheFile()
    {
        CommandResult result = await KpiAsync("99%", "", "-o", "json");
        Assert.Equal(await File.ReadAllTextAsync(_folder.Combine("output", "ga_kpi_summary.json"), Token), result.Output);
    }

    [Fact]
    public async Task Kpi_OutputNone_WritesNoFile()
    {
        CommandResult result = await KpiAsync("99%", "", "--output", "none", "-o", "csv");
        Assert.Equal(ExitCode.Ok, result.ExitCode);
        Assert.Equal(["tars.yaml"], Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Kpi_Interrupted_Exits130AndLeavesNothing()
    {
        await using SimulatedBackend slow = await SimulatedBackend.StartAsync(
            Simulation.Fleets.FleetGenerator.Generate(1, new() { Duration = TimeSpan.FromHours(1), Faults = [], Decoys = [], RoutineDeployments = false }), TimeProvider.System, Token);
        slow.Behaviour = BackendBehaviour.Slow;
        WriteConfiguration("99%", "");
        await using RunningCommand running = TarsProgram.Command(
            _folder.Path, "kpi", "-v", "--prometheus-url", slow.Address.ToString(), "--from", "2026-01-05T00:00Z", "--to", "2026-01-05T01:00Z").Start();
        while (slow.RequestCount < 2)
        {
            await Task.Delay(20, Token);
        }

        await running.SignalAsync("INT", Token);
        CommandResult result = await running.WaitAsync(Token);
        Assert.Equal(ExitCode.Interrupted, result.ExitCode);
        Assert.Contains("tars: error: interrupted; outputs are as they were before", result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.Combine("output")));
    }

    [Fact]
    public async Task Kpi_FullDisk_Exits3WithThePath()
    {
        string mount = Directory.CreateDirectory(_folder.Combine("small")).FullName;
        CommandResult mounted = await new TestKit.CommandLine("mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", mount).RunAsync(Token);
        Assert.SkipUnless(mounted.ExitCode == 0, $"no small file system can be mounted here: {mounted.Error.Trim()}");
        try
        {
            CommandResult result = await KpiAsync("99%", "", "--output", "small");
            Assert.Equal(ExitCode.Environment, result.ExitCode);
            Assert.Contains("small/ga_kpi_summary.json", result.Error, StringComparison.Ordinal);
            Assert.Empty(Directory.EnumerateFileSystemEntries(mount));
        }
        finally
        {
            await new TestKit.CommandLine("umount", mount).RunAsync(CancellationToken.None);
        }
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private void WriteConfiguration(string target, string more) => _folder.WriteText("tars.yaml", FleetBackend.Configuration(target, more));

    private Task<CommandResult> RunAsync(params string[] arguments) => TarsProgram.RunAsync(_folder.Path, arguments);

    private Task<CommandResult> KpiAsync(string target, string more = "", params string[] options)
    {
        WriteConfiguration(target, more);
        return RunAsync(["kpi", .. fleet.Window, .. options]);
    }
}
