using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tars.Application.Stores;
using Tars.Compliance.Audit;
using Tars.Storage.Runs;
using Tars.TestKit;
using Xunit;

namespace Tars.Cli.Tests.Store;

/// <summary>What <c>--store</c> keeps, and what is left of a run that is killed at any moment: all of a report, or nothing of it, and the audit log says which.</summary>
public sealed partial class KeptReportTests(FleetBackend fleet) : IDisposable
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);
    private readonly FilledStore _folder = FilledStore.Empty();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("kpi")]
    [InlineData("stability")]
    [InlineData("anomalies")]
    [InlineData("daily", "--date", "2026-01-06")]
    [InlineData("regressions")]
    [InlineData("retro")]
    public async Task Command_WithStore_IsFoundAgainVerifiedAndInTheLog(string command, params string[] more)
    {
        await PrepareAsync("2026-01-07T00:00:00Z");
        string said = await _folder.TarsAsync(0, [command, .. more, "--capture", "held", "--store", "--sign", "--output", "out", "--fail-on", "none"]);
        Assert.Contains("kept as report 1 in ", said, StringComparison.Ordinal);
        Assert.Contains("'tars reports show 1'", said, StringComparison.Ordinal);
        await _folder.TarsAsync(0, "reports", "verify", "1");
        string checkedStore = await _folder.TarsAsync(0, "store", "check");
        Assert.Contains("1 sealed and verified", checkedStore, StringComparison.Ordinal);
        await _folder.TarsAsync(0, "reports", "export", "1", "--output", "again");
        foreach (string file in Directory.EnumerateFiles(_folder.Combine("out")))
        {
            Assert.Equal(await File.ReadAllBytesAsync(file, Cancelled), await File.ReadAllBytesAsync(_folder.Combine("again", Path.GetFileName(file)), Cancelled));
        }

        JsonNode shown = await _folder.JsonAsync(0, "reports", "show", "1");
        Assert.Equal(command != "regressions", shown["figures"]!.AsArray().Count > 0); // what regressed are findings, and nothing has here
    }

    [Fact]
    public async Task Command_WithStoreAndWithoutFolder_EncryptsWhatIsKept()
    {
        await PrepareAsync();
        await _folder.TarsAsync(0, "keys", "create", "encryption", "--ring", "ring");
        await _folder.TarsAsync(0, Kpi("--encrypt", "--output", "none"));
        await _folder.TarsAsync(0, "reports", "verify", "1");
        await _folder.TarsAsync(0, "store", "check");
        await _folder.TarsAsync(0, "reports", "export", "1", "--output", "again");
        Assert.All(Directory.EnumerateFiles(_folder.Combine("again")), file => Assert.Matches(@"\.(sealed|dsse\.json)$", file));
        Assert.Empty(Directory.EnumerateFiles(_folder.Path, "kpi*", SearchOption.TopDirectoryOnly));
    }

    [Fact]
    public async Task Command_StoreThatCannotBeUsed_ReadsAndWritesNothing()
    {
        await PrepareAsync();
        await File.WriteAllTextAsync(_folder.Combine("data"), "no folder", Cancelled);
        string said = await _folder.TarsAsync(3, Kpi("--output", "out"));
        Assert.Contains(_folder.Combine("data"), said, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.Combine("out")));
        Assert.Empty(Runs("run.intent")); // what cannot be kept is not begun
    }

    [Fact]
    public async Task Command_FullDisk_KeepsNothingAndTheNextIsWhole()
    {
        await PrepareAsync();
        string data = Directory.CreateDirectory(_folder.Combine("data")).FullName;
        await MountAsync("-t", "tmpfs", "-o", "size=250k,mode=700", "tmpfs", data);
        try
        {
            string said = await _folder.TarsAsync(3, Kpi("--output", "out"));
            Assert.Contains("tars: error: ", said, StringComparison.Ordinal);
            Assert.False(Directory.Exists(_folder.Combine("out")));
            await MountAsync("-o", "remount,size=64m", data);
            await _folder.TarsAsync(0, Kpi("--output", "none"));
            await _folder.TarsAsync(0, "store", "check");
            Assert.Single((await _folder.JsonAsync(0, "reports", "list"))["reports"]!.AsArray());
        }
        finally
        {
            await new TestKit.CommandLine("umount", data).RunAsync(CancellationToken.None);
        }
    }

    /// <summary>A few by default; <c>bench/long/publish-kill.sh</c> does hundreds.</summary>
    [Fact]
    public async Task Command_KilledAtAnyMoment_LeavesAWholeReportOrNone()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "a kill that no handler sees is sent on Linux");
        int count = int.Parse(Environment.GetEnvironmentVariable("TARS_KILL_COUNT") ?? "6", CultureInfo.InvariantCulture);
        await PrepareAsync();
        Stopwatch watch = Stopwatch.StartNew();
        await _folder.TarsAsync(0, Kpi("--output", "none"));
        double whole = watch.Elapsed.TotalMilliseconds;
        Random random = new(Seeds.Draw());
        HashSet<int> acknowledged = [1];
        int killed = 0;
        for (int i = 0; i < count; i++)
        {
            RunningCommand run = TarsProgram.Command(_folder.Path, Kpi("--output", "none")).Start();
            double at = i % 3 == 0 ? random.NextDouble() : 0.6 + (0.45 * random.NextDouble()); // most of them where it publishes
            await Task.Delay(TimeSpan.FromMilliseconds(whole * at), Cancelled);
            if (!run.HasExited)
            {
                using Process process = Process.GetProcessById(run.Id);
                process.Kill();
            }

            CommandResult result = await run.WaitAsync(Cancelled);
            await run.DisposeAsync();
            if (KeptAs().Match(result.Error) is { Success: true } said)
            {
                acknowledged.Add(int.Parse(said.Groups[1].ValueSpan, CultureInfo.InvariantCulture));
            }

            killed += result.ExitCode == 0 ? 0 : 1;
        }

        await Task.Delay(Lease + TimeSpan.FromSeconds(1), Cancelled);
        string last = await _folder.TarsAsync(0, Kpi("--output", "none"));
        string check = await _folder.TarsAsync(0, "store", "check");
        JsonArray reports = (await _folder.JsonAsync(0, "reports", "list", "--limit", "1000"))["reports"]!.AsArray();
        int kept = reports.Count;
        acknowledged.Add(int.Parse(KeptAs().Match(last).Groups[1].ValueSpan, CultureInfo.InvariantCulture));
        int[] there = [.. reports.Select(report => (int)report!["report"]!)];
        Assert.True(acknowledged.IsSubsetOf(there), $"acknowledged were {string.Join(", ", acknowledged)}, and {string.Join(", ", there)} are there\n{last}{check}");
        await using (OpenedStore store = await _folder.OpenAsync())
        {
            IReadOnlyList<Run> runs = await store.Rows.Runs.ListAsync(null, null, 1000, Cancelled);
            Assert.All(runs, one => Assert.Contains(one.State, (RunState[])[RunState.Completed, RunState.Abandoned]));
            Assert.Equal(kept, runs.Count(one => one.State == RunState.Completed));
        }

        string[] begun = [.. Runs("run.intent")];
        string[] ended = [.. Runs("run.outcome")];
        Assert.Equal(begun.Order(StringComparer.Ordinal), ended.Order(StringComparer.Ordinal));
        TestContext.Current.SendDiagnosticMessage("{0} killed of {1}, {2} acknowledged, {3} kept", killed, count, acknowledged.Count, kept);
    }

    [GeneratedRegex("kept as report ([0-9]+) in ")]
    private static partial Regex KeptAs();

    private IEnumerable<string> Runs(string type) => new AuditQuery(_folder.Audit.Log).Find(new AuditFilter { Type = type }).Select(record => record.RunId!);

    private static async Task MountAsync(params string[] arguments)
    {
        CommandResult mounted = await new TestKit.CommandLine("mount", arguments).RunAsync(Cancelled);
        Assert.SkipUnless(mounted.ExitCode == 0, $"no tmpfs can be mounted here: {mounted.Error}");
    }

    private async Task PrepareAsync(string to = FleetBackend.To)
    {
        await File.AppendAllTextAsync(_folder.Combine("tars.yaml"), "\n" + FleetBackend.Configuration("99.9%"), Cancelled);
        await _folder.TarsAsync(0, "keys", "create", "signing", "--ring", "ring");
        await _folder.TarsAsync(0, "capture", "--output", "held", "--prometheus-url", fleet.Backend.Address.ToString(), "--from", "2026-01-05T00:00:00Z", "--to", to);
        await _folder.TarsAsync(0, "audit", "init");
    }

    private static string[] Kpi(params string[] more) => ["kpi", "--capture", "held", "--from", FleetBackend.From, "--to", FleetBackend.To, "--store", "--sign", "--fail-on", "none", .. more];
}
