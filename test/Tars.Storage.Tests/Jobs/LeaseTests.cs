using System.Collections.Concurrent;
using Tars.Storage.Jobs;
using Tars.Storage.Notifications;
using Tars.Storage.Tests.Fixtures;
using Xunit;

namespace Tars.Storage.Tests.Jobs;

public abstract class LeaseTests(IStorePlace place) : StoreTestBase(place)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task TakeAsync_ManyReplicasAtOnce_GivesEachJobOnce()
    {
        StoreAddress address = await NewAddressAsync();
        Store first = await OpenAsync(address);
        List<Guid> ids = [.. Enumerable.Range(0, 120).Select(_ => Guid.NewGuid())];
        foreach (Guid id in ids)
        {
            Assert.True(await first.Jobs.AddAsync(new NewJob(id, "report", "{}", Clock.GetUtcNow()), Token));
            Assert.False(await first.Jobs.AddAsync(new NewJob(id, "report", "{}", Clock.GetUtcNow()), Token));
        }

        ConcurrentBag<TakenJob> taken = [];
        Store[] replicas = [first, await OpenAsync(address), await OpenAsync(address), await OpenAsync(address)];
        await Task.WhenAll(Enumerable.Range(0, 16).Select(worker => Task.Run(async () =>
        {
            Store store = replicas[worker % replicas.Length];
            while (await store.Jobs.TakeAsync($"replica-{worker}", Minute, Token) is { } job)
            {
                taken.Add(job);
                Assert.True(await store.Jobs.CompleteAsync(job, Token));
            }
        })));
        Assert.Equal(ids.Order(), taken.Select(job => job.Id).Order());
        Assert.All(taken, job => Assert.Equal(1, job.Attempt));
        Assert.Equal(JobState.Done, (await first.Jobs.FindAsync(ids[0], Token))!.State);
    }

    [Fact]
    public async Task TakeAsync_LeaseRanOut_GivesTheJobToAnotherAndTheFirstIsTold()
    {
        Store store = await NewStoreAsync();
        await store.Jobs.AddAsync(new NewJob(Guid.NewGuid(), "report", """{"day":1}""", Clock.GetUtcNow()), Token);
        TakenJob dead = (await store.Jobs.TakeAsync("a", Minute, Token))!;
        Clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Null(await store.Jobs.TakeAsync("b", Minute, Token));
        Assert.True(await store.Jobs.ExtendAsync(dead, Minute, Token));
        Clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Null(await store.Jobs.TakeAsync("b", Minute, Token));
        Clock.Advance(TimeSpan.FromSeconds(1));
        TakenJob heir = (await store.Jobs.TakeAsync("b", Minute, Token))!;
        Assert.Equal((dead.Id, "b", 2, """{"day":1}"""), (heir.Id, heir.Owner, heir.Attempt, heir.Payload));
        Assert.False(await store.Jobs.CompleteAsync(dead, Token));
        Assert.False(await store.Jobs.ExtendAsync(dead, Minute, Token));
        Assert.False(await store.Jobs.FailAsync(dead, "late", Minute, Token));
        Assert.True(await store.Jobs.CompleteAsync(heir, Token));
    }

    [Fact]
    public async Task TakeOverAsync_LeaseRanOutOrOwnerIsDead_OnlyAsItWasSeen()
    {
        Store store = await NewStoreAsync();
        TakenJob held = await store.Jobs.AddTakenAsync(new NewJob(Guid.NewGuid(), "publication", "{}", Clock.GetUtcNow(), int.MaxValue), "a", Minute, Token);
        await store.Jobs.AddAsync(new NewJob(Guid.NewGuid(), "report", "{}", Clock.GetUtcNow()), Token);
        OpenJob seen = Assert.Single(await store.Jobs.ListOpenAsync("publication", Token));
        Assert.Equal(new OpenJob(held.Id, "{}", "a", 1, false), seen);
        Assert.Null(await store.Jobs.TakeOverAsync(seen, "b", Minute, isOwnerDead: false, Token));
        TakenJob dead = (await store.Jobs.TakeOverAsync(seen, "b", Minute, isOwnerDead: true, Token))!;
        Assert.Equal(("b", 2), (dead.Owner, dead.Attempt));
        Assert.Null(await store.Jobs.TakeOverAsync(seen, "c", Minute, isOwnerDead: true, Token)); // somebody was faster
        Assert.False(await store.Jobs.ExtendAsync(held, Minute, Token));
        Clock.Advance(Minute);
        OpenJob lapsed = Assert.Single(await store.Jobs.ListOpenAsync("publication", Token));
        Assert.True(lapsed.IsDue);
        Assert.True(await store.Jobs.ExtendAsync(dead, Minute, Token)); // its owner is alive after all
        Assert.Null(await store.Jobs.TakeOverAsync(lapsed, "c", Minute, isOwnerDead: false, Token));
        Assert.True(await store.Jobs.FailAsync(dead, "a file is missing", Minute, Token));
        OpenJob waiting = Assert.Single(await store.Jobs.ListOpenAsync("publication", Token));
        Assert.Equal((null, false), (waiting.Owner, waiting.IsDue));
        Clock.Advance(Minute);
        Assert.True(Assert.Single(await store.Jobs.ListOpenAsync("publication", Token)).IsDue);
        TakenJob last = (await store.Jobs.TakeOverAsync(waiting, "c", Minute, isOwnerDead: false, Token))!;
        Assert.True(await store.Jobs.CompleteAsync(last, Token));
        Assert.Empty(await store.Jobs.ListOpenAsync("publication", Token));
    }

    [Fact]
    public async Task CompleteAsync_SameOwnerWithALeaseItLost_IsTold()
    {
        Store store = await NewStoreAsync();
        await store.Jobs.AddAsync(new NewJob(Guid.NewGuid(), "report", "{}", Clock.GetUtcNow()), Token);
        await store.Outbox.AddAsync(new NewMessage("ops", "1"), Token);
        TakenJob lost = (await store.Jobs.TakeAsync("a", Minute, Token))!;
        TakenMessage lostMessage = (await store.Outbox.TakeAsync("a", Minute, Token))!;
        Clock.Advance(Minute);
        TakenJob held = (await store.Jobs.TakeAsync("a", Minute, Token))!;
        TakenMessage heldMessage = (await store.Outbox.TakeAsync("a", Minute, Token))!;
        Assert.False(await store.Jobs.CompleteAsync(lost, Token));
        Assert.False(await store.Outbox.DeliveredAsync(lostMessage, Token));
        Assert.True(await store.Jobs.CompleteAsync(held, Token));
        Assert.True(await store.Outbox.DeliveredAsync(heldMessage, Token));
    }

    [Fact]
    public async Task FailAsync_AsOftenAsAllowed_ThenTheJobHasFailed()
    {
        Store store = await NewStoreAsync();
        Guid id = Guid.NewGuid();
        await store.Jobs.AddAsync(new NewJob(id, "report", "{}", Clock.GetUtcNow().AddMinutes(5), 2), Token);
        Assert.Null(await store.Jobs.TakeAsync("a", Minute, Token));
        Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.True(await store.Jobs.FailAsync((await store.Jobs.TakeAsync("a", Minute, Token))!, "no backend", Minute, Token));
        Assert.Null(await store.Jobs.TakeAsync("a", Minute, Token));
        Clock.Advance(Minute);
        Assert.True(await store.Jobs.FailAsync((await store.Jobs.TakeAsync("a", Minute, Token))!, "still none", Minute, Token));
        Clock.Advance(Minute);
        Assert.Null(await store.Jobs.TakeAsync("a", Minute, Token));
        Assert.Equal(new Job(id, "report", JobState.Failed, 2, null, Clock.GetUtcNow() - Minute, "still none") { Payload = "{}" }, await store.Jobs.FindAsync(id, Token));
    }

    [Fact]
    public async Task TakeAsync_OwnersThatNeverComeBack_EndTheJob()
    {
        Store store = await NewStoreAsync();
        Guid id = Guid.NewGuid();
        await store.Jobs.AddAsync(new NewJob(id, "report", "{}", Clock.GetUtcNow(), 1), Token);
        Assert.NotNull(await store.Jobs.TakeAsync("a", Minute, Token));
        Clock.Advance(Minute);
        Assert.Null(await store.Jobs.TakeAsync("b", Minute, Token));
        Job job = (await store.Jobs.FindAsync(id, Token))!;
        Assert.Equal((JobState.Failed, "its last owner did not come back"), (job.State, job.Error));
    }

    [Fact]
    public async Task Outbox_SenderDies_AnotherSendsTheSameMessageAgain()
    {
        Store store = await NewStoreAsync();
        long id = await store.Outbox.AddAsync(new NewMessage("ops", "1"), Token);
        long second = await store.Outbox.AddAsync(new NewMessage("ops", "2"), Token);
        TakenMessage dead = (await store.Outbox.TakeAsync("a", Minute, Token))!;
        Assert.Equal((id, 1), (dead.Id, dead.Attempt));
        TakenMessage other = (await store.Outbox.TakeAsync("b", TimeSpan.FromHours(1), Token))!;
        Assert.Equal(second, other.Id);
        Clock.Advance(Minute);
        TakenMessage again = (await store.Outbox.TakeAsync("b", Minute, Token))!;
        Assert.Equal((id, 2, "1"), (again.Id, again.Attempt, again.Message.Payload));
        Assert.False(await store.Outbox.DeliveredAsync(dead, Token));
        Assert.True(await store.Outbox.FailedAsync(again, "503", Minute, Token));
        Assert.Null(await store.Outbox.TakeAsync("b", Minute, Token));
        Clock.Advance(Minute);
        TakenMessage third = (await store.Outbox.TakeAsync("b", Minute, Token))!;
        Assert.True(await store.Outbox.DeliveredAsync(third, Token));
        Assert.True(await store.Outbox.FailedAsync(other, "gone", null, Token));
        Clock.Advance(TimeSpan.FromDays(1));
        Assert.Null(await store.Outbox.TakeAsync("b", Minute, Token));
    }

    [Fact]
    public async Task Outbox_ManySendersAtOnce_TakeEachMessageOnce()
    {
        StoreAddress address = await NewAddressAsync();
        Store[] replicas = [await OpenAsync(address), await OpenAsync(address)];
        List<long> ids = [];
        for (int i = 0; i < 60; i++)
        {
            ids.Add(await replicas[0].Outbox.AddAsync(new NewMessage("ops", "{}"), Token));
        }

        ConcurrentBag<long> sent = [];
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            while (await replicas[worker % 2].Outbox.TakeAsync($"sender-{worker}", Minute, Token) is { } message)
            {
                sent.Add(message.Id);
                Assert.True(await replicas[worker % 2].Outbox.DeliveredAsync(message, Token));
            }
        })));
        Assert.Equal(ids, sent.Order());
    }
}

public sealed class SqliteLeaseTests(SqlitePlace place) : LeaseTests(place), IClassFixture<SqlitePlace>;

[Collection(PostgresPlace.Name)]
public sealed class PostgresLeaseTests(PostgresPlace place) : LeaseTests(place);
