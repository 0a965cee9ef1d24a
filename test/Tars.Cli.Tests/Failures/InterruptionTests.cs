using System.Diagnostics;
using System.Globalization;
using Tars.TestKit;
using Xunit;

namespace Tars.Cli.Tests.Failures;

/// <summary>
/// Ctrl-C and <c>kill -9</c> leave earlier outputs as they were or the new ones whole. <c>TARS_KILL_COUNT</c> sets how often the kills are
/// repeated; <c>bench/long/kill-reports.sh</c> runs them at full count.
/// </summary>
[Collection(FleetBackends.Name)]
public sealed class InterruptionTests(SmallFleet fleet) : IDisposable
{
    private static readonly int KillCount = int.Parse(Environment.GetEnvironmentVariable("TARS_KILL_COUNT") ?? "4", NumberStyles.None, CultureInfo.InvariantCulture);

    private readonly TemporaryDirectory _folder = new();

    [Fact]
    public async Task Kpi_Interrupted_Exits130AndKeepsTheEarlierReport()
    {
        await RunAsync("kpi", fleet.Window, "out");
        SortedDictionary<string, byte[]> earlier = BuiltCommand.FilesOf(_folder.Combine("out"));
        await using FaultyBackend slow = await FaultyBackend.StartAsync(fleet.Address, TimeSpan.FromSeconds(2), _ => null);

        await using RunningCommand running = Line("kpi", fleet.NextWindow, "out", slow.Address).Start();
        await WaitUntilAsync(() => slow.RequestCount > 0 || running.HasExited);
        await running.SignalAsync("INT", Cancelled);
        CommandResult result = await running.WaitAsync(Cancelled);

        Assert.Equal((130, string.Empty), (result.ExitCode, result.Output));
        Assert.Equal("tars: error: interrupted; outputs are as they were before\n", result.Error);
        BuiltCommand.AssertSame(earlier, BuiltCommand.FilesOf(_folder.Combine("out")));
    }

    [Fact]
    public async Task Capture_Interrupted_IsNotACaptureUntilItIsRunAgain()
    {
        await RunAsync("capture", fleet.Window, "whole");
        await using FaultyBackend slow = await FaultyBackend.StartAsync(fleet.Address, TimeSpan.FromMilliseconds(300), _ => null);

        await using RunningCommand running = Line("capture", fleet.Window, "held", slow.Address).Start();
        await WaitUntilAsync(() => Directory.Exists(_folder.Combine("held")) && Directory.EnumerateFiles(_folder.Combine("held"), "*.parquet").Any() || running.HasExited);
        await running.SignalAsync("INT", Cancelled);
        CommandResult result = await running.WaitAsync(Cancelled);

        Assert.Equal((130, string.Empty), (result.ExitCode, result.Output));
        Assert.DoesNotContain(BuiltCommand.FilesOf(_folder.Combine("held")).Keys, name => name.EndsWith(".tmp", StringComparison.Ordinal) || name == "manifest.json");
        CommandResult refused = await BuiltCommand.RunAsync(_folder.Path, ["kpi", .. fleet.Flags, "--capture", "held", "--output", "none"]);
        Assert.Equal((3, string.Empty), (refused.ExitCode, refused.Output));
        Assert.Equal("tars: error: held: the capture is not complete\ntars: hint: run the same capture again; it goes on where it stopped\n", refused.Error);
        await RunAsync("capture", fleet.Window, "held");
        BuiltCommand.AssertSame(BuiltCommand.FilesOf(_folder.Combine("whole")), BuiltCommand.FilesOf(_folder.Combine("held")));
    }

    [Fact]
    public async Task Kpi_KilledAtRandomMoments_EachFileIsOldOrNew()
    {
        await RunAsync("kpi", fleet.Window, "old");
        Stopwatch watch = Stopwatch.StartNew();
        await RunAsync("kpi", fleet.NextWindow, "new");
        TimeSpan whole = watch.Elapsed;
        SortedDictionary<string, byte[]> old = BuiltCommand.FilesOf(_folder.Combine("old"));
        SortedDictionary<string, byte[]> @new = BuiltCommand.FilesOf(_folder.Combine("new"));
        Assert.Equal(3, old.Count);
        Random random = new(Seeds.Draw());
        for (int kill = 0; kill < KillCount; kill++)
        {
            Write("out", old);
            await using RunningCommand running = Line("kpi", fleet.NextWindow, "out", fleet.Address.AbsoluteUri).Start();
            bool whileWriting = kill % 2 == 0;
            TimeSpan moment = whole * random.NextDouble();
            watch.Restart();
            await WaitUntilAsync(() => running.HasExited || (whileWriting ? TemporaryFiles("out").Length > 0 : watch.Elapsed >= moment));
            await running.SignalAsync("KILL", Cancelled);
            await running.WaitAsync(Cancelled);

            SortedDictionary<string, byte[]> left = BuiltCommand.FilesOf(_folder.Combine("out"));
            string[] reports = [.. left.Keys.Where(name => !name.EndsWith(".tars-tmp", StringComparison.Ordinal))];
            Assert.Equal(old.Keys, reports);
            Assert.All(reports, name => Assert.True(
                left[name].AsSpan().SequenceEqual(old[name]) || left[name].AsSpan().SequenceEqual(@new[name]), $"{name} is neither the old nor the new file"));
        }

        await RunAsync("kpi", fleet.NextWindow, "out");
        BuiltCommand.AssertSame(@new, BuiltCommand.FilesOf(_folder.Combine("out"))); // and what the killed runs left is gone
    }

    [Fact]
    public async Task Capture_KilledAtRandomMoments_GoesOnToTheSameBytes()
    {
        await RunAsync("capture", fleet.Window, "whole");
        await using FaultyBackend slow = await FaultyBackend.StartAsync(fleet.Address, TimeSpan.FromMilliseconds(50), _ => null);
        Random random = new(Seeds.Draw());
        int answers = 0;
        for (int kill = 0; kill < KillCount; kill++)
        {
            await using RunningCommand running = Line("capture", fleet.Window, "held", slow.Address).Start();
            int before = slow.RequestCount;
            int moment = random.Next(1, 14); // of about twenty requests
            await WaitUntilAsync(() => running.HasExited || slow.RequestCount >= before + moment);
            await running.SignalAsync("KILL", Cancelled);
            await running.WaitAsync(Cancelled);
            int now = BuiltCommand.FilesOf(_folder.Combine("held")).Keys.Count(name => name.EndsWith(".parquet", StringComparison.Ordinal));
            Assert.True(now >= answers, $"of {answers} answers {now} are left");
            answers = now;
        }

        await RunAsync("capture", fleet.Window, "held");
        BuiltCommand.AssertSame(BuiltCommand.FilesOf(_folder.Combine("whole")), BuiltCommand.FilesOf(_folder.Combine("held")));
    }

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string[] TemporaryFiles(string folder) => Directory.GetFiles(_folder.Combine(folder), "*.tars-tmp");

    private TestKit.CommandLine Line(string command, string[] window, string output, string address)
    {
        string[] interval = command == "kpi" ? ["--interval", "30m"] : [];
        return BuiltCommand.Line(_folder.Path, [command, .. fleet.Flags, .. window, .. interval, "--prometheus-url", address, "--output", output]);
    }

    private async Task RunAsync(string command, string[] window, string output)
    {
        CommandResult result = await Line(command, window, output, fleet.Address.AbsoluteUri).RunAsync(Cancelled);
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
    }

    private void Write(string folder, SortedDictionary<string, byte[]> files)
    {
        Directory.CreateDirectory(_folder.Combine(folder));
        foreach ((string name, byte[] content) in files)
        {
            File.WriteAllBytes(_folder.Combine(folder, name), content);
        }
    }

    private static async Task WaitUntilAsync(Func<bool> condition)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromMinutes(2), "it did not come to that in two minutes");
            await Task.Delay(1, Cancelled);
        }
    }
}
