using Tars.Cli.CommandLine;
using Tars.Cli.Tests.Auditing;
using Tars.TestKit;
using Xunit;

namespace Tars.Cli.Tests.Commands;

[Collection(LiveFleets.Name)]
public sealed class KpiWatchTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly LiveFleet _fleet;

    public KpiWatchTests(LiveFleet fleet)
    {
        _fleet = fleet;
        _folder.WriteText("tars.yaml", FleetBackend.Configuration("99%"));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Watch_KilledAndStartedAgain_GoesOnWithItsWindow()
    {
        DateTimeOffset from = TimeProvider.System.GetUtcNow() - TimeSpan.FromHours(1);
        string[] watch = ["kpi", "watch", "--prometheus-url", _fleet.Address.ToString(), "--interval", "1m", "--window", "3h"];
        await using (RunningCommand first = TarsProgram.Command(_folder.Path, [.. watch, "--from", from.ToString("yyyy-MM-dd'T'HH:mm:00'Z'", System.Globalization.CultureInfo.InvariantCulture)]).Start())
        {
            await first.WaitForTextAsync("of the window  PASS so far", Token);
            await first.SignalAsync("KILL", Token);
            await first.WaitAsync(Token);
        }

        string window = await File.ReadAllTextAsync(_folder.Combine("output", "ga_kpi_watch.json"), Token);
        await using RunningCommand second = TarsProgram.Command(_folder.Path, watch).Start();
        await second.WaitForTextAsync("so far", Token);
        Assert.Contains("going on with the window", second.Error, StringComparison.Ordinal);
        await second.SignalAsync("INT", Token);
        Assert.Equal(ExitCode.Interrupted, (await second.WaitAsync(Token)).ExitCode);
        Assert.Equal(window, await File.ReadAllTextAsync(_folder.Combine("output", "ga_kpi_watch.json"), Token));
        Assert.Equal(
            ["ga_kpi_snapshots.csv", "ga_kpi_summary.json", "ga_kpi_summary.md", "ga_kpi_watch.json"],
            Directory.EnumerateFiles(_folder.Combine("output")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Watch_WithALogAndAMirror_TellsEachSummaryAndSendsCheckpointsWhileItRuns()
    {
        _folder.WriteText("tars.yaml", "compliance:\n  audit_mirrors: [mirror]\n  audit_delivery_interval: 1s\n" + FleetBackend.Configuration("99%"));
        KeptLog log = new(_folder.Path);
        string from = (TimeProvider.System.GetUtcNow() - TimeSpan.FromHours(1)).ToString("yyyy-MM-dd'T'HH:mm:00'Z'", System.Globalization.CultureInfo.InvariantCulture);
        await using RunningCommand watch = TarsProgram.Command(
            _folder.Path, "kpi", "watch", "--prometheus-url", _fleet.Address.ToString(), "--interval", "1m", "--window", "3h", "--from", from).Start();
        await watch.WaitForTextAsync("so far", Token);
        string mirrored = _folder.Combine("mirror", "checkpoint");
        while (!File.Exists(mirrored) || !(await File.ReadAllTextAsync(mirrored, Token)).Contains("\n2\n", StringComparison.Ordinal))
        {
            Assert.False(watch.HasExited, watch.Error);
            await Task.Delay(50, Token);
        }

        Assert.Equal(["run.intent intent", "run.published success"], log.Story()); // and it still runs
        await watch.SignalAsync("INT", Token);
        Assert.Equal(ExitCode.Interrupted, (await watch.WaitAsync(Token)).ExitCode);

        Assert.Equal(["run.intent intent", "run.published success", "run.outcome failure"], log.Story());
        Assert.Contains("ga_kpi_summary.json", log.Events()[1].Data!["outputs"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal("interrupted", (string?)log.Events()[2].Data!["error"]);
        Assert.Single(log.Events().Select(one => one.RunId).Distinct());
        Assert.Equal(await File.ReadAllTextAsync(log.Layout.Checkpoint, Token), await File.ReadAllTextAsync(mirrored, Token));
        log.AssertWhole();
    }

    [Fact]
    public async Task Watch_WindowThatIsOver_ExitsWithItsVerdict()
    {
        DateTimeOffset to = TimeProvider.System.GetUtcNow() - TimeSpan.FromMinutes(10);
        CommandResult result = await TarsProgram.RunAsync(
            _folder.Path, "kpi", "watch", "--prometheus-url", _fleet.Address.ToString(), "--window", "1h", "--from",
            (to - TimeSpan.FromHours(1)).ToString("yyyy-MM-dd'T'HH:mm:00'Z'", System.Globalization.CultureInfo.InvariantCulture));
        Assert.True(result.ExitCode == ExitCode.Ok, result.Error);
        Assert.StartsWith("PASS: ", result.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.Combine("output", "ga_kpi_watch.json")));
    }
}
