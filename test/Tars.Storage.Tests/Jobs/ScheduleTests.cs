using Tars.Storage.Runs;
using Tars.Storage.Schedules;
using Tars.Storage.Tests.Fixtures;
using Xunit;

namespace Tars.Storage.Tests.Jobs;

/// <summary>Claims of runs. The decision in these tests is the simplest there is: the next whole minute, when it has come.</summary>
public abstract class ScheduleTests(IStorePlace place) : StoreTestBase(place)
{
    private const string Definition = "kpi * * * * * UTC";
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task ClaimAsync_ManyReplicasAtOnce_OneRunsEachInstant()
    {
        StoreAddress address = await NewAddressAsync();
        Store[] replicas = [await OpenAsync(address), await OpenAsync(address), await OpenAsync(address)];
        await replicas[0].Schedules.ObserveAsync("s", Definition, Token);
        List<DateTimeOffset> ran = [];
        for (int minute = 1; minute <= 5; minute++)
        {
            Clock.Advance(TimeSpan.FromMinutes(1));
            ScheduleClaim[] claims = await Task.WhenAll(Enumerable.Range(0, 9).Select(i => Task.Run(() => replicas[i % 3].Schedules.ClaimAsync(By($"replica-{i}"), NextMinute, Token))));
            ScheduleClaim.Taken taken = Assert.Single(claims.OfType<ScheduleClaim.Taken>());
            Assert.Equal(8, claims.OfType<ScheduleClaim.Busy>().Count(busy => busy.Run.Owner == taken.Run.Owner));
            ran.Add(taken.Run.Planned);
            Assert.True(await replicas[0].Schedules.EndAsync(taken.Run, ScheduledOutcome.Passed, null, Token));
            Assert.IsType<ScheduleClaim.Idle>(await replicas[1].Schedules.ClaimAsync(By("late"), NextMinute, Token));
        }

        Assert.Equal(Enumerable.Range(1, 5).Select(minute => Start.AddMinutes(minute)), ran);
        Assert.Equal(5, (await replicas[2].Schedules.ListAsync(new ScheduleFilter { Schedule = "s", Outcome = ScheduledOutcome.Passed }, Token)).Count);
    }

    [Fact]
    public async Task ClaimAsync_LeaseRanOut_IsLostUnlessItMayBeRepeatedAndThenOnlyOnce()
    {
        Store store = await NewStoreAsync();
        await store.Schedules.ObserveAsync("s", Definition, Token);
        TakenRun first = await TakeAsync(store, "dead");
        Clock.Advance(Lease - TimeSpan.FromSeconds(1));
        Assert.IsType<ScheduleClaim.Busy>(await store.Schedules.ClaimAsync(By("heir", true), NextMinute, Token));
        Clock.Advance(TimeSpan.FromSeconds(1));
        TakenRun second = Assert.IsType<ScheduleClaim.Taken>(await store.Schedules.ClaimAsync(By("heir", true), NextMinute, Token)).Run;
        Assert.Equal((first.Planned, 2, "dead"), (second.Planned, second.Attempt, second.TakenFrom));
        Assert.NotEqual(first.ClaimId, second.ClaimId);
        Assert.Null(await store.Schedules.HoldAsync(first, Lease, Token));
        Assert.False(await store.Schedules.EndAsync(first, ScheduledOutcome.Passed, null, Token));

        Clock.Advance(Lease);
        ScheduledRun lost = Assert.IsType<ScheduleClaim.Settled>(await store.Schedules.ClaimAsync(By("third", true), NextMinute, Token)).Run;
        Assert.Equal((ScheduledOutcome.Lost, "heir", 2, "heir did not come back", Clock.GetUtcNow()), (lost.Outcome, lost.Owner, lost.Attempt, lost.Reason, lost.Ended));
        Assert.False(await store.Schedules.EndAsync(second, ScheduledOutcome.Passed, null, Token));

        TakenRun other = await TakeAsync(store, "dead"); // of what may not be repeated
        Clock.Advance(Lease);
        Assert.Equal(
            (ScheduledOutcome.Lost, other.Planned),
            Assert.IsType<ScheduleClaim.Settled>(await store.Schedules.ClaimAsync(By("heir"), NextMinute, Token)).Run is var run ? (run.Outcome, run.Planned) : default);
    }

    [Fact]
    public async Task ClaimAsync_OwnerDiedAfterItPublished_IsPublishedAndNotRepeated()
    {
        Store store = await NewStoreAsync();
        await store.Schedules.ObserveAsync("s", Definition, Token);
        TakenRun run = await TakeAsync(store, "dead");
        await store.Runs.IntendAsync(new RunIntent(run.ClaimId, "kpi"), Token);
        await store.Reports.StoreAsync(run.ClaimId, [Samples.Report("kpi", 1, 1)], Token);
        Clock.Advance(Lease);
        ScheduledRun settled = Assert.IsType<ScheduleClaim.Settled>(await store.Schedules.ClaimAsync(By("heir", true), NextMinute, Token)).Run;
        Assert.Equal((ScheduledOutcome.Published, ScheduledState.Succeeded, run.ClaimId), (settled.Outcome, settled.State, settled.RunId));
    }

    [Theory]
    [InlineData(false)] // taken for dead before it intended anything
    [InlineData(true)] // between its intent and its reports
    public async Task ClaimAsync_OwnerTakenForDeadIsAlive_CannotPublishAnyMore(bool hasIntended)
    {
        Store store = await NewStoreAsync();
        await store.Schedules.ObserveAsync("s", Definition, Token);
        TakenRun first = await TakeAsync(store, "slow");
        if (hasIntended)
        {
            await store.Runs.IntendAsync(new RunIntent(first.ClaimId, "kpi"), Token);
        }

        Clock.Advance(Lease);
        TakenRun second = Assert.IsType<ScheduleClaim.Taken>(await store.Schedules.ClaimAsync(By("heir", true), NextMinute, Token)).Run;
        if (!hasIntended)
        {
            await Assert.ThrowsAsync<StoreException>(() => store.Runs.IntendAsync(new RunIntent(first.ClaimId, "kpi"), Token));
        }

        await Assert.ThrowsAsync<StoreException>(() => store.Reports.StoreAsync(first.ClaimId, [Samples.Report("kpi", 1, 1)], Token));
        await store.Runs.IntendAsync(new RunIntent(second.ClaimId, "kpi"), Token);
        await store.Reports.StoreAsync(second.ClaimId, [Samples.Report("kpi", 1, 1)], Token);
        Assert.True(await store.Schedules.EndAsync(second, ScheduledOutcome.Passed, null, Token));
        Assert.True(await store.Schedules.EndAsync(second, ScheduledOutcome.Passed, null, Token)); // the answer to the first was lost
        Assert.Equal(second.ClaimId, Assert.Single(await store.Schedules.ListAsync(new ScheduleFilter(), Token)).RunId);
        Assert.Empty(await store.CheckAsync(Token));
    }

    [Fact]
    public async Task ClaimAsync_SameOwnerAgain_GetsItsOwnClaim()
    {
        // The commit was made and its answer lost with the connection.
        Store store = await NewStoreAsync();
        await store.Schedules.ObserveAsync("s", Definition, Token);
        TakenRun run = await TakeAsync(store, "a");
        TakenRun again = Assert.IsType<ScheduleClaim.Taken>(await store.Schedules.ClaimAsync(By("a"), NextMinute, Token)).Run;
        Assert.Equal(run, again);
    }

    [Fact]
    public async Task ClaimAsync_MissedInstants_AreWrittenDownOnce()
    {
        Store store = await NewStoreAsync();
        await store.Schedules.ObserveAsync("s", Definition, Token);
        Clock.Advance(TimeSpan.FromMinutes(10));
        DateTimeOffset now = Clock.GetUtcNow();
        ScheduleDecision Last(DateTimeOffset decided, DateTimeOffset until) => decided >= now
            ? ScheduleDecision.Nothing
            : new ScheduleDecision(now, ScheduledOrigin.CaughtUp, [(now.AddMinutes(-2), "nobody ran"), (now.AddMinutes(-1), "nobody ran")]);
        ScheduleClaim.Taken taken = Assert.IsType<ScheduleClaim.Taken>(await store.Schedules.ClaimAsync(By("a"), Last, Token));
        Assert.Equal([now.AddMinutes(-2), now.AddMinutes(-1)], taken.Missed);
        Assert.True(await store.Schedules.EndAsync(taken.Run, ScheduledOutcome.Negative, null, Token));
        Assert.Empty(Assert.IsType<ScheduleClaim.Idle>(await store.Schedules.ClaimAsync(By("b"), Last, Token)).Missed);
        Assert.Equal(
            [(ScheduledOutcome.Negative, ScheduledOrigin.CaughtUp, 1, null), (ScheduledOutcome.Missed, ScheduledOrigin.Planned, 0, "nobody ran"), (ScheduledOutcome.Missed, ScheduledOrigin.Planned, 0, "nobody ran")],
            (await store.Schedules.ListAsync(new ScheduleFilter { From = now.AddMinutes(-2), To = now.AddMinutes(1) }, Token)).Select(run => (run.Outcome!.Value, run.Origin, run.Attempt, run.Reason)));
    }

    [Fact]
    public async Task ClaimNowAsync_BesideAPlannedRun_WaitsForItsEnd()
    {
        Store store = await NewStoreAsync();
        await store.Schedules.ObserveAsync("s", Definition, Token);
        TakenRun planned = await TakeAsync(store, "a");
        Assert.IsType<ScheduleClaim.Busy>(await store.Schedules.ClaimNowAsync(By("me"), Token));
        await store.Schedules.EndAsync(planned, ScheduledOutcome.Failed, "no backend", Token);
        Clock.Advance(TimeSpan.FromSeconds(1));
        TakenRun run = Assert.IsType<ScheduleClaim.Taken>(await store.Schedules.ClaimNowAsync(By("me"), Token)).Run;
        Assert.Equal((Clock.GetUtcNow(), ScheduledOrigin.Manual), (run.Planned, run.Origin));
        await Assert.ThrowsAsync<ArgumentException>(() => store.Schedules.EndAsync(run, ScheduledOutcome.Failed, null, Token));
        await Assert.ThrowsAsync<ArgumentException>(() => store.Schedules.EndAsync(run, ScheduledOutcome.Passed, "why", Token));
    }

    [Fact]
    public async Task ObserveAsync_OtherDefinition_BeginsAnewAndTheOldOneIsToldSo()
    {
        Store store = await NewStoreAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => store.Schedules.ClaimAsync(By("a"), NextMinute, Token));
        Assert.Equal(Start, await store.Schedules.ObserveAsync("s", Definition, Token));
        Clock.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(Start, await store.Schedules.ObserveAsync("s", Definition, Token)); // a restart: what passed meanwhile is still to be decided
        Assert.Equal(Clock.GetUtcNow(), await store.Schedules.ObserveAsync("s", "other", Token));
        Assert.Equal(Clock.GetUtcNow(), Assert.IsType<ScheduleClaim.OtherDefinition>(await store.Schedules.ClaimAsync(By("a"), NextMinute, Token)).Since);
    }

    private DateTimeOffset Start { get; } = new(2026, 2, 1, 6, 0, 0, TimeSpan.Zero);

    private static ScheduleClaimant By(string owner, bool mayRepeat = false) => new("s", Definition, owner, Lease, mayRepeat);

    private static ScheduleDecision NextMinute(DateTimeOffset decided, DateTimeOffset now) =>
        decided.AddMinutes(1) is var next && next <= now ? new ScheduleDecision(next, ScheduledOrigin.Planned, []) : ScheduleDecision.Nothing;

    private async Task<TakenRun> TakeAsync(Store store, string owner)
    {
        Clock.Advance(TimeSpan.FromMinutes(1));
        return Assert.IsType<ScheduleClaim.Taken>(await store.Schedules.ClaimAsync(By(owner), NextMinute, Token)).Run;
    }
}

public sealed class SqliteScheduleTests(SqlitePlace place) : ScheduleTests(place), IClassFixture<SqlitePlace>;

[Collection(PostgresPlace.Name)]
public sealed class PostgresScheduleTests(PostgresPlace place) : ScheduleTests(place);
