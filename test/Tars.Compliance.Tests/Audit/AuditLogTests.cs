using System.Text;
using System.Text.Json.Nodes;
using Tars.Compliance.Audit;
using Tars.Sealing.Logs;

namespace Tars.Compliance.Tests.Audit;

public sealed class AuditLogTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AppendAsync_OneEvent_StandsInTheLogAsTheFormatSays()
    {
        using LogFolder folder = new();
        AuditReceipt receipt;
        await using (AuditLog log = folder.Open())
        {
            receipt = await log.AppendAsync(LogFolder.Event(7), Cancelled);
        }

        byte[] line = Assert.Single(folder.ReadLines());
        string zeroes = new('0', 64);
        Assert.Equal(
            $$"""{"sequence":0,"event_id":"{{receipt.EventId}}","timestamp":"2026-01-31T12:00:00.000000Z","event_type":"run.intent","actor":{"name":"schedule:weekly"},"role":"operator","resource":"report:7","outcome":"intent","standard":"soc2","control":"CC7.2","run_id":"run-7","request_id":"request-1","data":{"window":"2026-01-31/2026-02-01"},"previous_hash":"sha256:{{zeroes}}","current_hash":"sha256:{{receipt.Hash}}"}""",
            Encoding.UTF8.GetString(line));
        Assert.Equal(7, receipt.EventId.Version);
        Assert.Equal(0, receipt.Sequence);
        Assert.Equal(new Checkpoint(LogFolder.Origin, 1, receipt.Hash), folder.ReadCheckpoint());
    }

    [Fact]
    public async Task AppendAsync_TextOfAllKinds_IsReadBackAsItWas()
    {
        using LogFolder folder = new();
        string text = "quote \" backslash \\ line\nfeed tab\t é 漢 \u2028 \U0001F600 <&>+'";
        JsonObject data = new() { ["text"] = text, ["number"] = 1.5, ["list"] = new JsonArray(1, null, true) };
        await using AuditLog log = folder.Open();
        AuditReceipt receipt = await log.AppendAsync(
            new AuditEvent { Type = "a.b_c1", Outcome = AuditOutcome.Failure, Actor = new AuditActor.Program(text), Resource = text, Role = text, Data = AuditData.Of(data) }, Cancelled);

        AuditRecord? record = new AuditQuery(folder.Log).Find(receipt.EventId);

        Assert.NotNull(record);
        Assert.Equal(text, record.Program);
        Assert.Equal(text, record.Resource);
        Assert.Equal(text, record.Role);
        Assert.True(JsonNode.DeepEquals(data, record.Data));
        Assert.Equal(receipt.Sequence, Assert.Single(new AuditQuery(folder.Log).Find(new AuditFilter { Resource = text, Actor = text })).Sequence);
    }

    [Fact]
    public async Task AppendAsync_ManyThreads_OneChainAndEveryReceiptIsItsLine()
    {
        using LogFolder folder = new(TimeProvider.System);
        List<AuditReceipt>[] all;
        await using (AuditLog log = folder.Open())
        {
            all = await Task.WhenAll(Enumerable.Range(0, 32).Select(writer => Task.Run(() => LogFolder.AppendAsync(log, 100, writer * 100))));
        }

        IReadOnlyList<byte[]> lines = folder.ReadLines();
        Assert.Equal(3200, lines.Count);
        AuditReceipt[] receipts = [.. all.SelectMany(one => one).OrderBy(one => one.Sequence)];
        Assert.Equal(Enumerable.Range(0, 3200).Select(i => (long)i), receipts.Select(one => one.Sequence));
        for (int i = 0; i < lines.Count; i++)
        {
            string text = Encoding.UTF8.GetString(lines[i]);
            Assert.Contains($"\"event_id\":\"{receipts[i].EventId}\"", text, StringComparison.Ordinal);
            Assert.EndsWith($"\"current_hash\":\"sha256:{receipts[i].Hash}\"}}", text, StringComparison.Ordinal);
            Assert.True(i == 0 || string.CompareOrdinal(receipts[i - 1].EventId.ToString(), receipts[i].EventId.ToString()) < 0);
        }

        // Each writer's own events stand in the order in which it wrote them.
        Assert.All(all, own => Assert.Equal(own.Select(one => one.Sequence).Order(), own.Select(one => one.Sequence)));
        Assert.Equal(LogFolder.RootOf(lines), folder.ReadCheckpoint().Root);
    }

    [Fact]
    public async Task Open_AfterClosing_GoesOnBehindTheLastLine()
    {
        using LogFolder folder = new();
        for (int round = 0; round < 5; round++)
        {
            await using AuditLog log = folder.Open();
            await LogFolder.AppendAsync(log, 200, round * 200);
        }

        IReadOnlyList<byte[]> lines = folder.ReadLines();
        Assert.Equal(1000, lines.Count);
        Assert.Equal(new Checkpoint(LogFolder.Origin, 1000, LogFolder.RootOf(lines)), folder.ReadCheckpoint());
    }

    [Theory]
    [InlineData("")]
    [InlineData("Run")]
    [InlineData("run intent")]
    [InlineData(".run")]
    [InlineData("run.")]
    [InlineData("run..intent")]
    [InlineData("run\"")]
    public async Task AppendAsync_NoEventType_IsRefusedAndNothingIsWritten(string type)
    {
        using LogFolder folder = new();
        await using (AuditLog log = folder.Open())
        {
            await Assert.ThrowsAsync<ArgumentException>(async () => await log.AppendAsync(new AuditEvent { Type = type, Outcome = AuditOutcome.Success }, Cancelled));
        }

        Assert.Empty(folder.ReadLines());
    }

    [Fact]
    public async Task AppendAsync_EventOfAMebibyte_IsRefusedAndTheNextIsNot()
    {
        using LogFolder folder = new();
        await using (AuditLog log = folder.Open())
        {
            AuditEvent large = LogFolder.Event(0) with { Resource = new string('x', 1 << 20) };
            await Assert.ThrowsAsync<ArgumentException>(async () => await log.AppendAsync(large, Cancelled));
            await log.AppendAsync(large with { Resource = new string('x', (1 << 20) - 1024) }, Cancelled);
            await log.AppendAsync(LogFolder.Event(1), Cancelled);
        }

        Assert.Equal(2, folder.ReadLines().Count);
        await folder.Open().DisposeAsync();
    }

    [Fact]
    public async Task CheckpointAsync_AtAnyMoment_CoversWhatWasAcknowledged()
    {
        using LogFolder folder = new();
        await using AuditLog log = folder.Open();
        for (int i = 0; i < 20; i++)
        {
            await LogFolder.AppendAsync(log, i, i);
            SignedNote note = await log.CheckpointAsync(Cancelled);
            IReadOnlyList<byte[]> lines = folder.ReadLines();
            Assert.Equal(new Checkpoint(LogFolder.Origin, lines.Count, LogFolder.RootOf(lines)).ToString(), note.Text);
            Assert.Equal(NoteVerdict.Verified, new NoteKey(LogFolder.Origin, log.FirstKey).Verify(note));
        }
    }

    [Fact]
    public async Task Checkpoint_ASecondAfterAnEvent_IsWrittenByItself()
    {
        using LogFolder folder = new();
        await using AuditLog log = folder.Open();
        await LogFolder.AppendAsync(log, 3);
        Assert.Equal(0, folder.ReadCheckpoint().Size);
        await WaitAsync(() =>
        {
            folder.Clock.Advance(TimeSpan.FromSeconds(1));
            return folder.ReadCheckpoint().Size == 3;
        });
    }

    [Fact]
    public async Task AppendAsync_ClockSetBack_KeepsTheLastTimeAndSaysSoOnce()
    {
        ShiftedClock time = new();
        using LogFolder folder = new(time);
        await using (AuditLog log = folder.Open())
        {
            await LogFolder.AppendAsync(log, 1);
            time.Shift = TimeSpan.FromHours(-1);
            await LogFolder.AppendAsync(log, 3);
        }

        AuditRecord[] records = [.. new AuditQuery(folder.Log).Find(new AuditFilter())];
        Assert.Equal(["run.intent", "clock.stepped", "run.intent", "run.intent", "run.intent"], records.Select(record => record.Type));
        Assert.All(records[1..], record => Assert.Equal(records[0].Timestamp, record.Timestamp));
        Assert.InRange(records[1].Data!["behind_seconds"]!.GetValue<double>(), 3590, 3600);
    }

    [Fact]
    public async Task Heartbeat_WithoutEvents_IsWrittenAfterTheInterval()
    {
        using LogFolder folder = new();
        await using AuditLog log = folder.Open(folder.Options with { HeartbeatInterval = TimeSpan.FromMinutes(5) });
        await LogFolder.AppendAsync(log, 1);
        await WaitAsync(() =>
        {
            folder.Clock.Advance(TimeSpan.FromMinutes(1));
            return folder.ReadLines().Count >= 2;
        });
        AuditRecord[] records = [.. new AuditQuery(folder.Log).Find(new AuditFilter())];
        Assert.Equal("log.heartbeat", records[1].Type);
        Assert.True(records[1].Timestamp - records[0].Timestamp >= TimeSpan.FromMinutes(5));
    }

    /// <summary>As several processes have it open, each asks for itself.</summary>
    [Fact]
    public async Task AppendOnceAsync_ManyAtOnceThroughSeveralLogs_TheRunHasOneOutcome()
    {
        using LogFolder folder = new(TimeProvider.System);
        AuditLog[] logs = [.. Enumerable.Range(0, 3).Select(_ => folder.Open())];
        await logs[0].AppendAsync(LogFolder.Event(1), Cancelled);
        OnceAppended[] all = await Task.WhenAll(Enumerable.Range(0, 24).Select(i => Task.Run(() => logs[i % 3].AppendOnceAsync(Outcome(i % 2, i % 4 < 2 ? AuditOutcome.Success : AuditOutcome.Failure)))));
        foreach (AuditLog log in logs)
        {
            await log.DisposeAsync();
        }

        for (int run = 0; run < 2; run++)
        {
            AuditRecord one = Assert.Single(new AuditQuery(folder.Log).Find(new AuditFilter { Type = "run.outcome", RunId = $"run-{run}" }));
            OnceAppended[] answers = [.. all.Where((_, i) => i % 2 == run)];
            Assert.Single(answers, answer => answer.IsNew);
            Assert.All(answers, answer => Assert.Equal((one.Sequence, one.Outcome), (answer.Sequence, answer.Outcome)));
        }

        static AuditEvent Outcome(int run, AuditOutcome outcome) => LogFolder.Event(run) with { Type = "run.outcome", Outcome = outcome };
    }

    [Fact]
    public async Task AppendAsync_AfterClosing_SaysSo()
    {
        using LogFolder folder = new();
        AuditLog log = folder.Open();
        await log.DisposeAsync();
        await log.DisposeAsync();
        AuditLogException refused = await Assert.ThrowsAsync<AuditLogException>(async () => await log.AppendAsync(LogFolder.Event(1), Cancelled));
        Assert.Contains("the log was closed", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_WhereSomethingIs_IsRefusedAndLeavesIt()
    {
        using LogFolder folder = new();
        string before = File.ReadAllText(folder.Layout.Checkpoint);
        Assert.Throws<AuditLogException>(() => AuditLog.Create(folder.Log, LogFolder.Origin, folder.Time));
        Assert.Equal(before, File.ReadAllText(folder.Layout.Checkpoint));
    }

    [Fact]
    public void Open_WhereNoLogIs_NamesTheWayOut()
    {
        using LogFolder folder = new();
        AuditLogException refused = Assert.Throws<AuditLogException>(() => AuditLog.Open(folder.Root, folder.Options, folder.Time));
        Assert.Equal($"{folder.Root}: there is no audit log", refused.Message);
        Assert.Equal("make one with `tars audit init`", refused.Hint);
    }

    internal static async Task WaitAsync(Func<bool> condition)
    {
        for (int i = 0; !condition(); i++)
        {
            Assert.True(i < 500, "it never came");
            await Task.Delay(20, Cancelled);
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task Checkpoint_AlarmThatRingsBeforeItsTime_IsSetOnceMore()
    {
        CancellationToken cancelled = TestContext.Current.CancellationToken;
        EarlyAlarm time = new();
        using LogFolder folder = new(time);
        await using AuditLog log = folder.Open();
        await log.AppendAsync(LogFolder.Event(1), cancelled);
        time.Advance(TimeSpan.FromSeconds(1) - TimeSpan.FromMilliseconds(0.1));
        int set = time.Set;
        time.Ring(); // the timer says that the second is over, the clock not yet
        while (time.Set == set)
        {
            await Task.Delay(1, cancelled);
        }

        Assert.Equal(0, folder.ReadCheckpoint().Size);
        time.Advance(TimeSpan.FromMilliseconds(1));
        time.Ring();
        while (folder.ReadCheckpoint().Size == 0)
        {
            await Task.Delay(1, cancelled);
        }
    }

    private sealed class EarlyAlarm : TimeProvider
    {
        private DateTimeOffset _now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
        private TimerCallback? _callback;
        private int _set;

        public int Set => Volatile.Read(ref _set);

        public void Advance(TimeSpan by) => _now += by;

        public void Ring() => _callback!(null);

        public override DateTimeOffset GetUtcNow() => _now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _callback = callback;
            return new Alarm(this);
        }

        private sealed class Alarm(EarlyAlarm owner) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period)
            {
                Interlocked.Increment(ref owner._set);
                return true;
            }

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }

    private sealed class ShiftedClock : TimeProvider
    {
        public TimeSpan Shift { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Shift;
    }
}
