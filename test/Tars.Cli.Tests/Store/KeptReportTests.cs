using System.Text.Json.Nodes;
using Tars.Compliance.Audit;
using Tars.TestKit;
using Xunit;

namespace Tars.Cli.Tests.Store;

/// <summary>What <c>--store</c> keeps, and what is left where the disk is full: all of a report, or nothing of it, and the audit log says which.</summary>
public sealed class KeptReportTests(FleetBackend fleet) : IDisposable
{
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
        await PrepareAsync(_folder, fleet, "2026-01-07T00:00:00Z");
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
        await PrepareAsync(_folder, fleet);
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
        await PrepareAsync(_folder, fleet);
        await File.WriteAllTextAsync(_folder.Combine("data"), "no folder", Cancelled);
        string said = await _folder.TarsAsync(3, Kpi("--output", "out"));
        Assert.Contains(_folder.Combine("data"), said, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.Combine("out")));
        Assert.Empty(Runs("run.intent")); // what cannot be kept is not begun
    }

    [Fact]
    public async Task Command_FullDisk_KeepsNothingAndTheNextIsWhole()
    {
        await PrepareAsync(_folder, fleet);
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

    [Fact]
    public async Task Command_NoRoomInTheOutputFolder_KeepsNothingAndTheFolderIsAsItWas()
    {
        await PrepareAsync(_folder, fleet);
        string disk = Directory.CreateDirectory(_folder.Combine("disk")).FullName;
        await MountAsync("-t", "tmpfs", "-o", "size=8k,mode=700", "tmpfs", disk);
        try
        {
            string said = await _folder.TarsAsync(3, Kpi("--output", Path.Combine(disk, "out")));
            Assert.Contains("No space left on device", said, StringComparison.Ordinal);
            Assert.Empty(Directory.EnumerateFileSystemEntries(disk));
            Assert.Empty((await _folder.JsonAsync(0, "reports", "list"))["reports"]!.AsArray());
            await _folder.TarsAsync(0, "store", "check");
            AuditRecord outcome = Assert.Single(new AuditQuery(_folder.Audit.Log).Find(new AuditFilter { Type = "run.outcome" }), record => (string?)record.Data?["error"] == "OutputException");
            Assert.Equal(AuditOutcome.Failure, outcome.Outcome);
            Assert.Null(outcome.Data!["outputs"]);
        }
        finally
        {
            await new TestKit.CommandLine("umount", disk).RunAsync(CancellationToken.None);
        }
    }

    /// <summary>What is kept is a success, also where the files in the folder could not get their names.</summary>
    [Fact]
    public async Task Command_FileCannotGetItsName_SaysThatTheReportIsKept()
    {
        await PrepareAsync(_folder, fleet);
        Directory.CreateDirectory(_folder.Combine("out", "ga_kpi_summary.json", "in the way"));
        string said = await _folder.TarsAsync(3, Kpi("--output", "out"));
        Assert.Contains("ga_kpi_summary.json: cannot be written", said, StringComparison.Ordinal);
        Assert.Contains("kept as report 1 in ", said, StringComparison.Ordinal);
        Assert.Contains("1 sealed and verified", await _folder.TarsAsync(0, "store", "check"), StringComparison.Ordinal);
    }

    private IEnumerable<string> Runs(string type) => new AuditQuery(_folder.Audit.Log).Find(new AuditFilter { Type = type }).Select(record => record.RunId!);

    private static async Task MountAsync(params string[] arguments)
    {
        CommandResult mounted = await new TestKit.CommandLine("mount", arguments).RunAsync(Cancelled);
        Assert.SkipUnless(mounted.ExitCode == 0, $"no tmpfs can be mounted here: {mounted.Error}");
    }

    /// <summary>Keys, a capture, and a log.</summary>
    internal static async Task PrepareAsync(FilledStore folder, FleetBackend fleet, string to = FleetBackend.To)
    {
        await File.AppendAllTextAsync(folder.Combine("tars.yaml"), "\n" + FleetBackend.Configuration("99.9%"), Cancelled);
        await folder.TarsAsync(0, "keys", "create", "signing", "--ring", "ring");
        await folder.TarsAsync(0, "capture", "--output", "held", "--prometheus-url", fleet.Backend.Address.ToString(), "--from", "2026-01-05T00:00:00Z", "--to", to);
        await folder.TarsAsync(0, "audit", "init");
    }

    /// <summary>The command.</summary>
    internal static string[] Kpi(params string[] more) => ["kpi", "--capture", "held", "--from", FleetBackend.From, "--to", FleetBackend.To, "--store", "--sign", "--fail-on", "none", .. more];
}
