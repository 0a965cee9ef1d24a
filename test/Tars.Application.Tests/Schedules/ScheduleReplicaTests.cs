using Microsoft.Extensions.Time.Testing;
using Tars.Application.Schedules;
using Tars.Storage;
using Tars.Storage.Schedules;
using Tars.TestKit;
using Xunit;

namespace Tars.Application.Tests.Schedules;

/// <summary>One replica on the embedded database.</summary>
public sealed class ScheduleReplicaTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 2, 1, 6, 0, 0, TimeSpan.Zero));
    private readonly List<ScheduleEvent> _told = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task RunAsync_AskedToEndWhileARunGoesOn_WaitsForItAndStopsItAfterTheDrain()
    {
        await using Store store = await OpenAsync();
        await ObservedBeforeAsync(store, TimeSpan.FromMinutes(1));
        Waiting task = new();
        using CancellationTokenSource stop = new();
        Task running = Replica(store, task).RunAsync(stop.Token);
        await task.Began.Task.WaitAsync(Token);
        await stop.CancelAsync();
        _clock.Advance(TimeSpan.FromSeconds(24));
        Assert.False(running.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(2));
        await running.WaitAsync(TimeSpan.FromSeconds(20), Token);
        ScheduledRun run = Assert.Single(await store.Schedules.ListAsync(new ScheduleFilter(), Token));
        Assert.Equal((ScheduledOutcome.Failed, "the replica was ended while it ran"), (run.Outcome, run.Reason));
    }

    [Fact]
    public async Task RunAsync_TaskBreaks_EndsTheReplicaInPlaceOfFollowingLess()
    {
        await using Store store = await OpenAsync();
        await ObservedBeforeAsync(store, TimeSpan.FromMinutes(1));
        await Assert.ThrowsAsync<InvalidDataException>(() => Replica(store, new Breaking()).RunAsync(Token).WaitAsync(TimeSpan.FromSeconds(20), Token));
        Assert.Null(Assert.Single(await store.Schedules.ListAsync(new ScheduleFilter(), Token)).Outcome); // nobody says how it went: it will be lost
    }

    [Fact]
    public async Task RunAsync_OtherDefinitionInTheStore_StandsBackAndSaysSoOnce()
    {
        await using Store store = await OpenAsync();
        Waiting task = new();
        using CancellationTokenSource stop = new();
        Task running = Replica(store, task).RunAsync(stop.Token);
        await UntilAsync(async () => await store.Schedules.ClaimAsync(new ScheduleClaimant("minute", Minute.Definition, "x", TimeSpan.FromMinutes(1), false), (_, _) => ScheduleDecision.Nothing, Token) is ScheduleClaim.Idle);
        await store.Schedules.ObserveAsync("minute", "another", Token);
        for (int i = 0; i < 5; i++)
        {
            _clock.Advance(TimeSpan.FromMinutes(1));
            await Task.Delay(50, Token);
        }

        await stop.CancelAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(20), Token);
        Assert.Single(_told.OfType<ScheduleEvent.StandsBack>());
        Assert.False(task.Began.Task.IsCompleted);
    }

    private static ScheduleSettings Minute { get; } = new("minute", ScheduledTaskKind.Checkpoint, "* * * * *", TimeZoneInfo.Utc, MissedPolicy.RunOnce);

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        for (int i = 0; i < 500; i++)
        {
            try
            {
                if (await isSo())
                {
                    return;
                }
            }
            catch (InvalidOperationException)
            {
                // Not observed yet.
            }

            await Task.Delay(20, Token);
        }

        Assert.Fail("it never came");
    }

    private Task<Store> OpenAsync() => Store.OpenAsync(StoreAddress.Parse($"sqlite:{_folder.Combine("store.db")}"), _clock, null, Token);

    private async Task ObservedBeforeAsync(Store store, TimeSpan span)
    {
        await store.Schedules.ObserveAsync("minute", Minute.Definition, Token);
        _clock.Advance(span);
    }

    private ScheduleReplica Replica(Store store, IScheduledTask task) => new(store, [Minute], task, new SchedulingOptions(), _clock, _told.Add);

    private sealed class Waiting : IScheduledTask
    {
        public TaskCompletionSource Began { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool PublishesUnderClaim(ScheduleSettings schedule) => false;

        public async Task<TaskResult> RunAsync(ScheduleSettings schedule, TakenRun run, CancellationToken cancellationToken)
        {
            Began.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            return new TaskResult(ScheduledOutcome.Passed);
        }
    }

    private sealed class Breaking : IScheduledTask
    {
        public bool PublishesUnderClaim(ScheduleSettings schedule) => false;

        public Task<TaskResult> RunAsync(ScheduleSettings schedule, TakenRun run, CancellationToken cancellationToken) => throw new InvalidDataException("a defect");
    }
}
