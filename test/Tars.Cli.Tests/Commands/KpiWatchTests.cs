using Tars.Cli.CommandLine;
using Tars.Simulation.Backends;
using Tars.Simulation.Fleets;
using Tars.TestKit;
using Xunit;

namespace Tars.Cli.Tests.Commands;

public sealed class KpiWatchTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _folder = new();
    private SimulatedBackend? _backend;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        DateTimeOffset hour = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 3600 * 3600);
        FleetOptions options = new() { Start = hour - TimeSpan.FromHours(3), Duration = TimeSpan.FromHours(8), Faults = [], Decoys = [], RoutineDeployments = false };
        _backend = await SimulatedBackend.StartAsync(FleetGenerator.Generate(5, options), TimeProvider.System, Token);
        _folder.WriteText("tars.yaml", FleetBackend.Configuration("99%"));
    }

    public async ValueTask DisposeAsync()
    {
        await _backend!.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Watch_KilledAndStartedAgain_GoesOnWithItsWindow()
    {
        DateTimeOffset from = TimeProvider.System.GetUtcNow() - TimeSpan.FromHours(1);
        string[] watch = ["kpi", "watch", "--prometheus-url", _backend!.Address.ToString(), "--interval", "1m", "--window", "3h"];
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
    public async Task Watch_WindowThatIsOver_ExitsWithItsVerdict()
    {
        DateTimeOffset to = TimeProvider.System.GetUtcNow() - TimeSpan.FromMinutes(10);
        CommandResult result = await TarsProgram.RunAsync(
            _folder.Path, "kpi", "watch", "--prometheus-url", _backend!.Address.ToString(), "--window", "1h", "--from",
            (to - TimeSpan.FromHours(1)).ToString("yyyy-MM-dd'T'HH:mm:00'Z'", System.Globalization.CultureInfo.InvariantCulture));
        Assert.True(result.ExitCode == ExitCode.Ok, result.Error);
        Assert.StartsWith("PASS: ", result.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.Combine("output", "ga_kpi_watch.json")));
    }
}
