using Microsoft.Extensions.Time.Testing;
using Tars.Application.Auditing;
using Tars.Application.Publishing;
using Tars.Application.Stores;
using Tars.Compliance.Audit;
using Tars.Storage;
using Tars.Storage.Blobs;
using Tars.Storage.Runs;
using Tars.TestKit.SecretServers;
using Xunit;

namespace Tars.Application.Tests.Publishing;

/// <summary>Networks that fail, processes that stall, files that are damaged, at each step of publishing: one outcome, which says what the row says.</summary>
[Collection(PublishingDatabase.Name)]
public sealed class PublicationFaultTests(PublishingDatabase database) : IAsyncLifetime
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan PastLease = TimeSpan.FromSeconds(16);
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 2, 1, 6, 0, 0, TimeSpan.Zero));
    private PublishingServers _servers = null!;
    private Guid _run;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _servers = await PublishingServers.StartAsync(database.Require(), _clock, Token);

    public async ValueTask DisposeAsync() => await _servers.DisposeAsync();

    /// <summary>The transaction was committed, and the answer was lost: asked again, the database says so.</summary>
    [Fact]
    public async Task KeepAsync_AnswerToTheCommitIsLost_FindsTheReportKept()
    {
        (PublicationEnd end, Exception? failure) = await PublishAsync(At(PublicationStep.Keeping, () => _servers.Network.LoseAnswerTo("COMMIT\0")));
        Assert.Null(failure);
        Assert.IsType<PublicationEnd.Kept>(end);
        await AssertEndedAsync(RunState.Completed);
    }

    /// <summary>The answer was lost, and the database cannot be reached afterwards: the log is not told a failure, and recovery tells it a success.</summary>
    [Fact]
    public async Task EndAsync_NobodyKnowsWhetherItWasKept_LeavesItToRecovery()
    {
        (PublicationEnd end, Exception? failure) = await PublishAsync(At(PublicationStep.Keeping, () => _servers.Network.LoseAnswerTo("COMMIT\0", cuts: true)), Short);
        Assert.IsType<StoreException>(failure);
        Assert.IsType<PublicationEnd.Unknown>(end);
        Assert.Empty(_servers.Place.Events(AuditedAct.Run.Outcome, _run));
        _clock.Advance(PastLease);
        RecoveredRuns recovered = await _servers.Place.RecoverAsync(_servers.Direct, Token);
        Assert.Equal([new RecoveredRun(_run, "kpi", true)], recovered.Runs);
        await AssertEndedAsync(RunState.Completed);
    }

    /// <summary>The database goes away at a step and comes back in time: the run goes on as if nothing had been.</summary>
    [Fact]
    public async Task PublishAsync_DatabaseAwayForAMomentAtEachStep_GoesOn()
    {
        foreach (PublicationStep step in Enum.GetValues<PublicationStep>())
        {
            (PublicationEnd end, Exception? failure) = await PublishAsync(At(step, () =>
            {
                _servers.Network.Cut();
                _ = Task.Run(async () =>
                {
                    await Task.Delay(150);
                    _servers.Network.Heal();
                });
            }));
            Assert.Equal((step, null), (step, failure));
            Assert.Null(Assert.IsType<PublicationEnd.Kept>(end).Left);
            await AssertEndedAsync(step, RunState.Completed);
        }

        await _servers.Place.AssertSettledAsync(_servers.Direct, Token);
    }

    /// <summary>The database goes away for good: whatever the program knows or does not, recovery brings it to the one end that the row says.</summary>
    [Fact]
    public async Task PublishAsync_DatabaseAwayForGoodAtEachStep_IsRecoveredToOneOutcome()
    {
        foreach (PublicationStep at in Enum.GetValues<PublicationStep>())
        {
            (PublicationEnd end, Exception? failure) = await PublishAsync(At(at, _servers.Network.Cut), Short);
            Assert.Equal((at, at < PublicationStep.Kept), (at, failure is not null));
            Assert.True(end is PublicationEnd.Unknown or PublicationEnd.Kept { Left: not null }, $"{at}: {end}");
            Assert.Equal((at, at < PublicationStep.Decided ? 0 : 1), (at, _servers.Place.Events(AuditedAct.Run.Outcome, _run).Count));
            _servers.Network.Heal();
            _clock.Advance(PastLease);
            await _servers.Place.RecoverAsync(_servers.Direct, Token);
            await AssertEndedAsync(at, at < PublicationStep.Kept ? RunState.Abandoned : RunState.Completed);
        }

        await _servers.Place.AssertSettledAsync(_servers.Direct, Token);
    }

    /// <summary>A process that ends at a step, and nobody can tell that it did: whoever finds its lease run out brings its run to its end.</summary>
    [Fact]
    public async Task PublishAsync_BreaksOffAtEachStep_IsRecoveredToAWholeReportOrNone()
    {
        foreach (PublicationStep at in Enum.GetValues<PublicationStep>())
        {
            await CrashAsync(at);
            Assert.Equal((0, 1), ((await _servers.Place.RecoverAsync(_servers.Direct, Token)).Runs.Count, (await _servers.Place.CheckAsync(_servers.Direct, Token)).Counts.UnderWay)); // it might be alive
            _clock.Advance(PastLease);
            Assert.Equal(1, (await _servers.Place.CheckAsync(_servers.Direct, Token)).Counts.BrokenOff);
            RecoveredRuns recovered = await _servers.Place.RecoverAsync(_servers.Direct, Token);
            Assert.Equal(at == PublicationStep.Ended ? [] : [new RecoveredRun(_run, "kpi", at >= PublicationStep.Kept)], recovered.Runs);
            await AssertEndedAsync(at, at < PublicationStep.Kept ? RunState.Abandoned : RunState.Completed);
        }

        await _servers.Place.AssertSettledAsync(_servers.Direct, Token);
    }

    /// <summary>A process that stalls until another one has taken it for dead and ended its run, and then goes on.</summary>
    [Fact]
    public async Task PublishAsync_StalledPastItsLeaseAtEachStep_TellsNoSecondOutcome()
    {
        foreach (PublicationStep at in Enum.GetValues<PublicationStep>())
        {
            (PublicationEnd end, Exception? failure) = await PublishAsync(AtAsync(at, async () =>
            {
                _servers.Network.Cut(); // or its lease would be extended meanwhile
                _clock.Advance(PastLease);
                await _servers.Place.RecoverAsync(_servers.Direct, Token);
                _servers.Network.Heal();
            }));
            Assert.Equal((at, at < PublicationStep.Kept), (at, end is PublicationEnd.NothingKept));
            Assert.Equal((at, at < PublicationStep.Kept), (at, failure is not null));
            await AssertEndedAsync(at, at < PublicationStep.Kept ? RunState.Abandoned : RunState.Completed);
        }

        await _servers.Place.AssertSettledAsync(_servers.Direct, Token);
    }

    [Fact]
    public async Task RecoverAsync_SeveralAtOnce_TellOneOutcomeOfEachRun()
    {
        for (int i = 0; i < 6; i++)
        {
            await CrashAsync(i % 2 == 0 ? PublicationStep.Kept : PublicationStep.FilesRead);
        }

        _clock.Advance(PastLease);
        RecoveredRuns[] all = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => _servers.Place.RecoverAsync(_servers.Direct, Token))));
        Assert.Equal(6, all.Sum(one => one.Runs.Count));
        await _servers.Place.AssertSettledAsync(_servers.Direct, Token);
    }

    /// <summary>A recoverer that stalls before it tells the log is itself taken for dead, and goes on later.</summary>
    [Theory]
    [InlineData(nameof(PublicationStep.Kept))]
    [InlineData(nameof(PublicationStep.Sealed))]
    public async Task RecoverAsync_StalledBeforeItTells_TellsNoSecondOutcome(string step)
    {
        await CrashAsync(Enum.Parse<PublicationStep>(step));
        _clock.Advance(PastLease);
        int seconds = 0;
        await _servers.Place.RecoverAsync(_servers.Behind, Token, AtAsync(PublicationStep.Decided, async () =>
        {
            _servers.Network.Cut();
            _clock.Advance(PastLease);
            seconds = (await _servers.Place.RecoverAsync(_servers.Direct, Token)).Runs.Count;
            _servers.Network.Heal();
            await Task.Delay(TimeSpan.FromMilliseconds(100), Token);
        })).ContinueWith(done => Assert.True(done.IsCompletedSuccessfully || done.Exception!.InnerException is StoreException), TaskScheduler.Default);
        Assert.Equal(1, seconds);
        await AssertEndedAsync(step == nameof(PublicationStep.Kept) ? RunState.Completed : RunState.Abandoned);
    }

    /// <summary>A recovery that reads for longer than a lease lasts still has the run.</summary>
    [Fact]
    public async Task RecoverAsync_FilesAreReadForLongerThanALease_KeepsItsLease()
    {
        await CrashAsync(PublicationStep.Kept);
        _clock.Advance(PastLease);
        _servers.Bucket.Faults.Next(new Fault.Delay(TimeSpan.FromSeconds(4)), method: "GET"); // while the program's clock goes far on
        Task<RecoveredRuns> first = Task.Run(() => _servers.Place.RecoverAsync(_servers.Direct, Token));
        await using OpenedStore store = await _servers.OpenAsync();
        while ((await store.Rows.Jobs.ListOpenAsync(Publication.JobKind, Token))[0].Attempts < 2)
        {
            await Task.Delay(10, Token); // it has taken the run
        }

        for (int i = 0; i < 4; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(5));
            await Task.Delay(50, Token);
            RecoveredRuns other = await _servers.Place.RecoverAsync(_servers.Direct, Token);
            Assert.Equal((0, 1), (other.Runs.Count, other.UnderWay));
            Assert.False(first.IsCompleted);
        }

        Assert.Equal([new RecoveredRun(_run, "kpi", true)], (await first).Runs);
        await AssertEndedAsync(RunState.Completed);
    }

    [Fact]
    public async Task PutAsync_FileDamagedOnceItWasPut_KeepsNothing()
    {
        int files = 0;
        (PublicationEnd end, Exception? failure) = await PublishAsync(At(PublicationStep.FilePut, () =>
        {
            if (++files == 1)
            {
                _servers.Damage(_servers.ObjectKeys[0]);
            }
        }));
        Assert.IsType<PublicationEnd.NothingKept>(end);
        Assert.Contains("kpi.json was put there, and read back it is ", failure!.Message, StringComparison.Ordinal);
        await using OpenedStore store = await _servers.OpenAsync();
        Assert.Empty(await store.Rows.Reports.OfRunAsync(_run, Token));
        Assert.Equal(AuditOutcome.Failure, Assert.Single(_servers.Place.Events(AuditedAct.Run.Outcome, _run)).Outcome);
    }

    /// <summary>The bucket fails at each file in turn: nothing is kept, and the run was given up.</summary>
    [Fact]
    public async Task PutAsync_BucketFailsAtEachFile_GivesTheRunUp()
    {
        for (int file = 0; file < PublishingPlace.Files; file++)
        {
            int files = 0;
            (PublicationEnd end, Exception? failure) = await PublishAsync(step =>
            {
                if (step == (file == 0 ? PublicationStep.Sealed : PublicationStep.FilePut) && (file == 0 || ++files == file))
                {
                    _servers.Bucket.Faults.Next(new Fault.ServerError(503), 10);
                }

                return Task.CompletedTask;
            });
            Assert.IsType<BlobStoreException>(failure);
            Assert.IsType<PublicationEnd.NothingKept>(end);
            _servers.Bucket.Faults.Clear();
            await AssertEndedAsync(PublicationStep.FilePut, RunState.Abandoned);
        }
    }

    private static Func<PublicationStep, Task> At(PublicationStep at, Action act) => AtAsync(at, () =>
    {
        act();
        return Task.CompletedTask;
    });

    private static Func<PublicationStep, Task> AtAsync(PublicationStep at, Func<Task> act)
    {
        bool done = false;
        return async step =>
        {
            if (step == at && !done)
            {
                done = true;
                await act();
            }
        };
    }

    private Task<(PublicationEnd End, Exception? Failure)> PublishAsync(Func<PublicationStep, Task> reached, TimeSpan? patience = null) =>
        _servers.Place.PublishAsync(_servers.Behind, 7, reached, Token, patience, run => _run = run);

    private async Task CrashAsync(PublicationStep at)
    {
        await Assert.ThrowsAsync<CrashException>(() => _servers.Place.PublishAsync(_servers.Direct, 7, step => step == at ? throw new CrashException() : Task.CompletedTask, Token, null, run => _run = run));
    }

    private async Task AssertEndedAsync(RunState state)
    {
        await AssertEndedAsync(PublicationStep.Ended, state);
        await _servers.Place.AssertSettledAsync(_servers.Direct, Token);
    }

    private async Task AssertEndedAsync(PublicationStep at, RunState state)
    {
        await using OpenedStore store = await _servers.OpenAsync();
        Run run = (await store.Rows.Runs.FindAsync(_run, Token))!;
        AuditRecord outcome = Assert.Single(_servers.Place.Events(AuditedAct.Run.Outcome, _run));
        Assert.Equal((at, state, state == RunState.Completed ? AuditOutcome.Success : AuditOutcome.Failure), (at, run.State, outcome.Outcome));
        Assert.Equal(state == RunState.Completed ? outcome.Sequence : null, run.OutcomeSequence);
        Assert.Equal(state == RunState.Completed ? 1 : 0, (await store.Rows.Reports.OfRunAsync(_run, Token)).Count);
        if (state == RunState.Completed)
        {
            Assert.Equal(new StoredWindow(new DateTimeOffset(2026, 1, 8, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 1, 9, 0, 0, 0, TimeSpan.Zero)), run.Intent.Window);
        }
    }
}
