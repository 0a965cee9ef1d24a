using Tars.Storage.Notifications;
using Tars.Storage.Runs;
using Tars.Storage.Tests.Fixtures;
using Xunit;

namespace Tars.Storage.Tests.Runs;

public abstract class RunTests(IStorePlace place) : StoreTestBase(place)
{
    [Fact]
    public async Task States_InOrder_EachTwice_LeadToCompleted()
    {
        Store store = await NewStoreAsync();
        Guid id = store.Runs.NewId();
        RunIntent intent = new(id, "kpi") { Window = Samples.Day, IntentSequence = 41, Actor = "subject-1" };
        DateTimeOffset began = Clock.GetUtcNow();
        Assert.Equal(new Run(intent, RunState.Intended, null, began, null, null), await store.Runs.IntendAsync(intent, Token));
        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(began, (await store.Runs.IntendAsync(intent, Token)).Started);
        Assert.Equal(RunState.Sealed, (await store.Runs.SealAsync(id, null, Token)).State);
        Assert.Equal(RunState.Sealed, (await store.Runs.SealAsync(id, null, Token)).State);
        Assert.Equal(RunState.Stored, (await store.Runs.MarkStoredAsync(id, Token)).State);
        NewMessage message = new("ops", """{"text":"done"}""");
        Run done = await store.Runs.CompleteAsync(id, 42, [message], Token);
        Assert.Equal(new Run(intent, RunState.Completed, 42, began, Clock.GetUtcNow(), null), done);
        Assert.Equal(done, await store.Runs.CompleteAsync(id, 42, [message], Token));
        Assert.Equal(done, await store.Runs.FindAsync(id, Token));
        TakenMessage sent = (await store.Outbox.TakeAsync("sender", TimeSpan.FromMinutes(1), Token))!;
        Assert.Equal(message with { RunId = id }, sent.Message);
        Assert.Null(await store.Outbox.TakeAsync("sender", TimeSpan.FromMinutes(1), Token)); // completing twice sends once
    }

    [Fact]
    public async Task States_OutOfOrder_AreRefusedByName()
    {
        Store store = await NewStoreAsync();
        Guid id = store.Runs.NewId();
        await store.Runs.IntendAsync(new RunIntent(id, "kpi"), Token);
        StoreException early = await Assert.ThrowsAsync<StoreException>(() => store.Runs.CompleteAsync(id, 1, [new NewMessage("ops", "{}")], Token));
        Assert.Equal($"{store.Location}: move a run to completed: run {id} is intended: only what is stored can become completed", early.Message);
        Assert.Null(await store.Outbox.TakeAsync("sender", TimeSpan.FromMinutes(1), Token));
        Assert.Equal("disk full", (await store.Runs.AbandonAsync(id, "disk full", Token)).Reason);
        await Assert.ThrowsAsync<StoreException>(() => store.Runs.SealAsync(id, null, Token));
        await Assert.ThrowsAsync<StoreException>(() => store.Runs.AbandonAsync(Guid.NewGuid(), "x", Token));
        await Assert.ThrowsAsync<StoreException>(() => store.Reports.StoreAsync(id, [Samples.Report("kpi", 1, 1)], Token));
    }

    [Fact]
    public async Task IntendAsync_SameIdOtherIntent_IsRefused()
    {
        Store store = await NewStoreAsync();
        Guid id = store.Runs.NewId();
        await store.Runs.IntendAsync(new RunIntent(id, "kpi"), Token);
        StoreException refused = await Assert.ThrowsAsync<StoreException>(() => store.Runs.IntendAsync(new RunIntent(id, "daily"), Token));
        Assert.Equal("give each run an id of its own", refused.Hint);
    }

    [Fact]
    public async Task ListAsync_Paged_GivesEachRunOnceNewestFirst()
    {
        Store store = await NewStoreAsync();
        List<Guid> ids = [];
        for (int i = 0; i < 25; i++)
        {
            ids.Add(store.Runs.NewId());
            await store.Runs.IntendAsync(new RunIntent(ids[i], "kpi"), Token);
            Clock.Advance(TimeSpan.FromMilliseconds(i % 3)); // some at the same instant
        }

        List<Run> all = [];
        for (IReadOnlyList<Run> page = await store.Runs.ListAsync(RunState.Intended, null, 4, Token); page.Count > 0; page = await store.Runs.ListAsync(RunState.Intended, page[^1], 4, Token))
        {
            all.AddRange(page);
        }

        Assert.Equal(ids.Order(), all.Select(run => run.Intent.RunId).Order());
        Assert.Equal(all.OrderByDescending(run => run.Started).ThenByDescending(run => run.Intent.RunId.ToString(), StringComparer.Ordinal), all);
        Assert.Empty(await store.Runs.ListAsync(RunState.Completed, null, 4, Token));
    }

    [Fact]
    public async Task Times_AreKeptToTheMicrosecond()
    {
        Store store = await NewStoreAsync();
        Clock.Advance(TimeSpan.FromTicks(1_234_567)); // 123.4567 ms
        Run run = await store.Runs.IntendAsync(new RunIntent(store.Runs.NewId(), "kpi"), Token);
        Assert.Equal(new DateTimeOffset(2026, 2, 1, 6, 0, 0, TimeSpan.Zero).AddMicroseconds(123_456), run.Started);
    }
}

public sealed class SqliteRunTests(SqlitePlace place) : RunTests(place), IClassFixture<SqlitePlace>;

[Collection(PostgresPlace.Name)]
public sealed class PostgresRunTests(PostgresPlace place) : RunTests(place);
