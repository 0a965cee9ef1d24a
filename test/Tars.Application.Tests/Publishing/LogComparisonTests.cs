using System.Text.Json.Nodes;
using Tars.Application.Auditing;
using Tars.Application.Publishing;
using Tars.Application.Stores;
using Tars.Compliance.Audit;
using Tars.Storage.Runs;
using Tars.TestKit;
using Xunit;

namespace Tars.Application.Tests.Publishing;

/// <summary>What a check says of rows and log that contradict each other, as no program of this version leaves them.</summary>
public sealed class LogComparisonTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _folder = new();
    private PublishingPlace _place = null!;
    private StorageSettings _storage = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _place = new PublishingPlace(_folder.Path, TimeProvider.System);
        _storage = _place.Storage($"sqlite:{_folder.Combine("store.db")}", null);
        await _place.CreateAsync(_storage, Token);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task RunAsync_KeptReportWhoseOutcomeIsAFailure_IsADifference()
    {
        Guid run = default;
        await Assert.ThrowsAsync<CrashException>(() => _place.PublishAsync(_storage, 1, step => step == PublicationStep.Kept ? throw new CrashException() : Task.CompletedTask, Token, null, id => run = id));
        long sequence = await AppendAsync(run, AuditOutcome.Failure, new JsonObject { ["outputs"] = await OutputsAsync(run) });
        await using (OpenedStore store = await OpenedStore.OpenAsync(_storage, TimeProvider.System, creates: false, Token))
        {
            await store.Rows.Runs.CompleteAsync(run, sequence, [], Token);
        }

        Assert.Equal([new StoreDifference("audit log", $"run {run}", $"its report is kept, and line {sequence} of the log says failure")], (await _place.CheckAsync(_storage, Token)).Differences);
    }

    [Fact]
    public async Task RunAsync_RunWithTwoOutcomes_IsADifference()
    {
        Guid run = default;
        await _place.PublishAsync(_storage, 1, null, Token, null, id => run = id);
        long first = Assert.Single(_place.Events(AuditedAct.Run.Outcome, run)).Sequence;
        long second = await AppendAsync(run, AuditOutcome.Success, []);
        Assert.Equal([new StoreDifference("audit log", $"run {run}", $"the log has 2 outcomes of it: lines {first}, {second}")], (await _place.CheckAsync(_storage, Token)).Differences);
    }

    [Fact]
    public async Task RunAsync_RunThatWasGivenUp_IsADifferenceWhereTheLogSaysOtherwiseOrNothing()
    {
        Guid told = await GiveUpAsync();
        long sequence = await AppendAsync(told, AuditOutcome.Success, new JsonObject { ["outputs"] = new JsonArray(new JsonObject { ["name"] = "kpi.json", ["sha256"] = new string('0', 64) }) });
        Guid untold = await GiveUpAsync();
        StoreCheckResult check = await _place.CheckAsync(_storage, Token);
        Assert.Equal(2, check.Counts.BrokenOff + check.Counts.UnderWay);
        Assert.Equal([new StoreDifference("audit log", $"run {told}", $"it was given up, and line {sequence} of the log says that it published")], check.Differences); // the other one is to be recovered
        await using (OpenedStore store = await OpenedStore.OpenAsync(_storage, TimeProvider.System, creates: false, Token))
        {
            Storage.Jobs.OpenJob lease = (await store.Rows.Jobs.ListOpenAsync(Publication.JobKind, Token)).Single(job => job.Id == untold);
            Storage.Jobs.TakenJob taken = (await store.Rows.Jobs.TakeOverAsync(lease, "test", TimeSpan.FromMinutes(1), isOwnerDead: true, Token))!;
            await store.Rows.Jobs.CompleteAsync(taken, Token);
        }

        Assert.Contains(new StoreDifference("audit log", $"run {untold}", "it was given up, and its outcome is not in the log"), (await _place.CheckAsync(_storage, Token)).Differences);
    }

    /// <summary>What another replica's log has is not held against this one's.</summary>
    [Fact]
    public async Task RunAsync_RunOfAnotherReplica_IsNotComparedAndSaysSo()
    {
        using TemporaryDirectory other = new();
        PublishingPlace replica = new(other.Path, TimeProvider.System);
        await replica.CreateAsync(_storage, Token);
        File.Copy(_folder.Combine("key"), other.Combine("key"), overwrite: true);
        await replica.PublishAsync(replica.Storage($"sqlite:{_folder.Combine("store.db")}", null), 1, null, Token);
        foreach (string file in Directory.EnumerateFiles(other.Combine("files"), "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(_folder.Combine("files"), Path.GetRelativePath(other.Combine("files"), file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        await _place.PublishAsync(_storage, 2, null, Token);
        StoreCheckResult check = await _place.CheckAsync(_storage, Token);
        Assert.Equal([], check.Differences);
        Assert.Contains("runs whose outcomes are in the audit logs of other replicas: 1", check.NotChecked);
        Assert.Equal((2, 1), (check.Counts.Runs, check.Counts.InLog));
    }

    private async Task<Guid> GiveUpAsync()
    {
        Guid run = default;
        await Assert.ThrowsAsync<CrashException>(() => _place.PublishAsync(_storage, 1, step => step == PublicationStep.Sealed ? throw new CrashException() : Task.CompletedTask, Token, null, id => run = id));
        await using OpenedStore store = await OpenedStore.OpenAsync(_storage, TimeProvider.System, creates: false, Token);
        Assert.Equal(RunState.Abandoned, (await store.Rows.Runs.AbandonAsync(run, "a test", Token)).State);
        return run;
    }

    private async Task<long> AppendAsync(Guid run, AuditOutcome outcome, JsonObject data)
    {
        await using AuditLog log = AuditLog.Open(_place.Audit.Log, new AuditLogOptions(), TimeProvider.System);
        return (await log.AppendAsync(
            new AuditEvent { Type = AuditedAct.Run.Outcome, Outcome = outcome, Actor = new AuditActor.Program("test"), RunId = run.ToString(), Data = AuditData.Of(data) }, Token)).Sequence;
    }

    private async Task<JsonArray> OutputsAsync(Guid run)
    {
        await using OpenedStore store = await OpenedStore.OpenAsync(_storage, TimeProvider.System, creates: false, Token);
        Storage.Reports.StoredReport report = Assert.Single(await store.Rows.Reports.OfRunAsync(run, Token));
        IEnumerable<string> digests = (await store.Rows.Reports.RenderingsAsync(report.Id, Token)).Select(file => file.PlainDigest).Append(report.EnvelopeDigest!);
        return [.. digests.Select(digest => (JsonNode)new JsonObject { ["name"] = "file", ["sha256"] = digest })];
    }
}
