using System.Globalization;
using System.Text.Json.Nodes;
using Tars.Application.Stores;
using Tars.Compliance.Audit;
using Tars.Storage.Blobs;
using Tars.Storage.Reports;
using Tars.Storage.Runs;
using Xunit;

namespace Tars.Cli.Tests.Store;

/// <summary>The commands over the store, as a user runs them, on a store with signed reports.</summary>
public sealed class StoreCommandTests : IAsyncLifetime
{
    private FilledStore? _filled;
    private readonly List<StoredReport> _reports = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private FilledStore Filled => _filled!;

    public async ValueTask InitializeAsync()
    {
        _filled = await FilledStore.CreateAsync();
        await using OpenedStore store = await _filled.OpenAsync();
        for (int i = 0; i < 3; i++)
        {
            _reports.Add(await _filled.PublishAsync(store, i));
        }
    }

    public ValueTask DisposeAsync()
    {
        _filled?.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Migrate_OldSchema_SaysWhatWasApplied()
    {
        using FilledStore empty = FilledStore.Empty();
        JsonNode first = await empty.JsonAsync(0, "store", "migrate");
        Assert.Equal(Enumerable.Range(1, 5), first["applied"]!.AsArray().Select(one => (int)one!["number"]!));
        Assert.Contains("there was nothing to do", await empty.TarsAsync(0, "store", "migrate"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_NothingWrong_IsCleanAndCountsWhatItCompared()
    {
        JsonNode found = await Filled.JsonAsync(0, "store", "check");
        Assert.True((bool)found["clean"]!);
        Assert.Equal((3, 3, 9, 3), ((int)found["counts"]!["reports"]!, (int)found["counts"]!["sealed"]!, (int)found["counts"]!["files"]!, (int)found["counts"]!["runs_in_audit_log"]!));
    }

    [Fact]
    public async Task Check_FileChangedMissingOrOfAnotherSize_NamesItExactly()
    {
        string[] files = [.. Directory.EnumerateFiles(Filled.Combine("data", "files", "sha256"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        byte[] content = await File.ReadAllBytesAsync(files[0], Cancellation);
        content[0] ^= 1;
        await File.WriteAllBytesAsync(files[0], content, Cancellation);
        File.Delete(files[1]);
        await File.AppendAllTextAsync(files[2], "x", Cancellation);
        string[] differences = await DifferencesAsync("files");
        Assert.Equal(3, differences.Length);
        Assert.Contains(differences, one => one.StartsWith(Path.GetFileName(files[0]), StringComparison.Ordinal) && one.Contains("damaged", StringComparison.Ordinal));
        Assert.Contains(differences, one => one == $"{Path.GetFileName(files[1])}: the file is missing");
        Assert.Contains(differences, one => one.StartsWith(Path.GetFileName(files[2]), StringComparison.Ordinal) && one.Contains("in its row", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Check_OtherKeysTrusted_SaysThatNoSealHolds()
    {
        Directory.CreateDirectory(Filled.Combine("none"));
        await Filled.TarsAsync(0, "keys", "create", "signing", "--ring", "other");
        Directory.CreateDirectory(Filled.Combine("trusted"));
        File.Copy(Directory.EnumerateFiles(Filled.Combine("other"), "*.pub", SearchOption.AllDirectories).First(), Filled.Combine("trusted", "other.pub"));
        JsonNode found = await Filled.JsonAsync(1, "store", "check", "--trust", "trusted");
        Assert.Equal(3, found["differences"]!.AsArray().Count(one => ((string)one!["what"]!).Contains("none of its keys is trusted", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Check_RunThatSaysAnotherLineOfTheLog_IsADifference()
    {
        await using (OpenedStore store = await Filled.OpenAsync())
        {
            Guid id = store.Rows.Runs.NewId();
            await store.Rows.Runs.IntendAsync(new RunIntent(id, "kpi"), Cancellation);
            await store.Rows.Runs.MarkStoredAsync(id, Cancellation);
            await store.Rows.Runs.CompleteAsync(id, 3, [], Cancellation);
            Guid beyond = store.Rows.Runs.NewId();
            await store.Rows.Runs.IntendAsync(new RunIntent(beyond, "kpi"), Cancellation);
            await store.Rows.Runs.MarkStoredAsync(beyond, Cancellation);
            await store.Rows.Runs.CompleteAsync(beyond, 900, [], Cancellation);
        }

        string[] differences = await DifferencesAsync("audit log");
        Assert.Equal(2, differences.Length);
        Assert.Contains(differences, one => one.Contains("line 3 of the log is not its outcome", StringComparison.Ordinal));
        Assert.Contains(differences, one => one.Contains("there is no line 900", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Check_ReportThatTheOutcomeDoesNotName_IsADifference()
    {
        await using (OpenedStore store = await Filled.OpenAsync())
        {
            BlobPut.Stored other = Assert.IsType<BlobPut.Stored>(await store.Files.PutAsync("slipped in\n"u8.ToArray(), Cancellation));
            Guid id = store.Rows.Runs.NewId();
            await store.Rows.Runs.IntendAsync(new RunIntent(id, "kpi"), Cancellation);
            BlobReference blob = new(other.Digest.ToString(), other.Size);
            await store.Rows.Reports.StoreAsync(id, [new NewReport("kpi", "kpi", _reports[0].Window, _reports[0].Date) { Renderings = [new Rendering("json", "kpi.json", blob, blob.Digest)] }], Cancellation);
            long sequence = new AuditQuery(Filled.Audit.Log).Find(new AuditFilter { Outcome = AuditOutcome.Success }).Last().Sequence;
            await store.Rows.Runs.CompleteAsync(id, sequence, [], Cancellation);
        }

        Assert.Contains(await DifferencesAsync("audit log"), one => one.Contains("is not its outcome", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Check_PersonWhoWasErasedInTheLogAlone_IsADifference()
    {
        await using (OpenedStore store = await Filled.OpenAsync())
        {
            await Filled.AddUserAsync(store, FilledStore.Ada);
            using SubjectKeys subjects = SubjectKeys.Open(Filled.Audit.Subjects, TimeProvider.System, Filled.Audit.Erasures);
            await using AuditLog log = AuditLog.Open(Filled.Audit.Log, new AuditLogOptions { Subjects = subjects }, TimeProvider.System);
            await log.EraseAsync(FilledStore.Ada, null, Cancellation);
        }

        Assert.Contains("is not erased here", Assert.Single(await DifferencesAsync("persons")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task EraseSubject_OfTheConfiguredLog_ErasesInTheStoreToo()
    {
        string ada;
        await using (OpenedStore store = await Filled.OpenAsync())
        {
            ada = await Filled.AddUserAsync(store, FilledStore.Ada);
        }

        Assert.Contains("and in the store", await Filled.TarsAsync(0, "audit", "erase-subject", FilledStore.Ada, "--yes"), StringComparison.Ordinal);
        await Filled.TarsAsync(0, "store", "check");
        await using OpenedStore after = await Filled.OpenAsync();
        Assert.NotNull((await after.Rows.Subjects.FindAsync(ada, Cancellation))!.Erased);
        Assert.Null(await after.Rows.Users.FindByLoginAsync(FilledStore.Ada, Cancellation));
    }

    [Fact]
    public async Task Check_ReportThatVanished_IsADifference()
    {
        await using (OpenedStore store = await Filled.OpenAsync())
        {
            Assert.True(await store.Rows.Reports.RemoveAsync(_reports[1].Id, Cancellation));
        }

        string difference = Assert.Single(await DifferencesAsync("audit log"));
        Assert.StartsWith($"run {_reports[1].RunId}: ", difference, StringComparison.Ordinal);
        Assert.EndsWith("names what it published, and none of it is here", difference, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_AuditLogGone_IsADifference()
    {
        Directory.Move(Filled.Combine("audit"), Filled.Combine("elsewhere"));
        Assert.Contains("3 runs say that their outcome is in it", Assert.Single(await DifferencesAsync("audit log")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gc_DryRunThenReal_RemovesOutlivedReportsAndWritesThemDown()
    {
        JsonNode would = await Filled.JsonAsync(0, "store", "gc", "--dry-run", "--set", "compliance.retention_metrics=1");
        Assert.Equal(3, would["reports"]!.AsArray().Count);
        Assert.Contains("kpi", await Filled.TarsAsync(0, "reports", "list"), StringComparison.Ordinal);

        await Filled.TarsAsync(0, "store", "gc", "--set", "compliance.retention_metrics=1");
        Assert.Contains("there is no report", await Filled.TarsAsync(0, "reports", "list"), StringComparison.Ordinal);
        AuditRecord before = new AuditQuery(Filled.Audit.Log).Find(new AuditFilter { Type = "store.removing" }).Single(); // written before anything went
        Assert.Equal(_reports.Select(report => report.Id).Order(), before.Data!["removed_reports"]!.AsArray().Select(one => (long)one!["report"]!).Order());
        JsonNode found = await Filled.JsonAsync(0, "store", "check");
        Assert.Equal((0, 9), ((int)found["counts"]!["reports"]!, (int)found["counts"]!["unreferenced_files"]!)); // a day has to pass
    }

    [Fact]
    public async Task Gc_WhileAHoldIsSet_RemovesNoReport()
    {
        await Filled.TarsAsync(0, "audit", "hold", "set", "--reason", "case 17");
        Assert.Contains("a hold is set", await Filled.TarsAsync(0, "store", "gc", "--set", "compliance.retention_metrics=1"), StringComparison.Ordinal);
        Assert.Contains("kpi", await Filled.TarsAsync(0, "reports", "list"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ExportAndImport_IntoANewStore_BringEveryRow()
    {
        string said = await Filled.TarsAsync(0, "store", "export", "rows.jsonl");
        Assert.Contains("reports 3", said, StringComparison.Ordinal);
        await Filled.TarsAsync(0, "store", "import", "rows.jsonl", "--set", "storage.folder=moved");
        Assert.Equal(
            (await Filled.JsonAsync(0, "reports", "list"))["reports"]!.ToJsonString(),
            (await Filled.JsonAsync(0, "reports", "list", "--set", "storage.folder=moved"))["reports"]!.ToJsonString());
        Assert.Contains("the store is not empty", await Filled.TarsAsync(3, "store", "import", "rows.jsonl"), StringComparison.Ordinal);
        await File.WriteAllTextAsync(Filled.Combine("rows.jsonl"), (await File.ReadAllTextAsync(Filled.Combine("rows.jsonl"), Cancellation)).Replace("checkout", "checkoux", StringComparison.Ordinal), Cancellation);
        Assert.Contains("nothing was imported", await Filled.TarsAsync(3, "store", "import", "rows.jsonl", "--set", "storage.folder=third"), StringComparison.Ordinal);
        Assert.Contains("there is no report", await Filled.TarsAsync(0, "reports", "list", "--set", "storage.folder=third"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Store_ThatIsNotThere_SaysSoWithTheWayOut()
    {
        using FilledStore empty = FilledStore.Empty();
        Assert.Contains("tars store migrate", await empty.TarsAsync(3, "store", "check"), StringComparison.Ordinal);
        Assert.Contains("tars store migrate", await empty.TarsAsync(3, "store", "backup", "b"), StringComparison.Ordinal);
        Assert.False(Directory.Exists(empty.Combine("data")));
    }

    private async Task<string[]> DifferencesAsync(string part)
    {
        JsonNode found = await Filled.JsonAsync(1, "store", "check");
        Assert.False((bool)found["clean"]!);
        return [.. found["differences"]!.AsArray().Where(one => (string)one!["part"]! == part).Select(one => string.Create(CultureInfo.InvariantCulture, $"{one!["key"]}: {one["what"]}"))];
    }
}
