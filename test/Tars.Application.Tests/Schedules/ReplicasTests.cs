using System.Globalization;
using Tars.Application.Schedules;
using Tars.Storage.Runs;
using Tars.Storage.Schedules;
using Tars.TestKit;
using Tars.TestKit.Servers;
using Xunit;

namespace Tars.Application.Tests.Schedules;

/// <summary>
/// Three replicas on a real PostgreSQL, with one clock that is moved across both changes of the clocks, while processes are killed and networks fail.
/// <c>bench/long/schedules-replicas.sh</c> runs it for days.
/// </summary>
public sealed class ReplicasTests(PostgresFixture server) : IClassFixture<PostgresFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static int Hours => int.Parse(Environment.GetEnvironmentVariable("TARS_REPLICA_HOURS") ?? "6", CultureInfo.InvariantCulture);

    [Theory]
    [InlineData("2026-03-29T01:00Z")] // forward in Berlin
    [InlineData("2026-10-25T01:00Z")] // back in Berlin
    public async Task Replicas_AcrossAClockChangeWithKillsAndPartitions_FireEachPlannedRunOnce(string change)
    {
        Random random = new(Seeds.Draw());
        DateTimeOffset middle = DateTimeOffset.Parse(change, CultureInfo.InvariantCulture);
        DateTimeOffset end = middle.AddHours(Hours / 2.0);
        await using ReplicaSet set = await ReplicaSet.StartAsync(server.Require(), middle.AddHours(-Hours / 2.0), Token);
        SortedDictionary<DateTimeOffset, string[]> plan = Plan(set.Start, end);
        await RunAsync(set, plan, random);
        await AssertAsync(set, plan);
    }

    // What is planned, by the slow reference.
    private static SortedDictionary<DateTimeOffset, string[]> Plan(DateTimeOffset start, DateTimeOffset end) => new(
        ReplicaSet.Schedules
            .SelectMany(schedule => new SlowCron(schedule.Cron, schedule.TimeZone).Between(start, end).Select(instant => (instant, schedule.Name)))
            .GroupBy(pair => pair.instant)
            .ToDictionary(group => group.Key, group => group.Select(pair => pair.Name).ToArray()));

    private static async Task RunAsync(ReplicaSet set, SortedDictionary<DateTimeOffset, string[]> plan, Random random)
    {
        (int Index, bool Killed)? broken = null;
        int instant = 0;
        foreach ((DateTimeOffset planned, string[] names) in plan)
        {
            set.MoveTo(planned);
            await set.WaitForRowsAsync(rows => names.All(name => rows.Any(row => row.Schedule == name && row.Planned == planned)), $"a row of {string.Join(", ", names)} at {planned:O}", Token);
            if (broken is { } one)
            {
                // What the broken replica had begun was settled or begun again; now it comes back.
                await ComeBackAsync(set, one);
                broken = null;
            }
            else if (instant++ % 3 == 1 && await set.BusyAsync(Token) is { } busy)
            {
                broken = (busy, random.Next(3) == 0);
                await BreakAsync(set, busy, broken.Value.Killed, random);
            }

            await WorkAsync(set, planned, broken);
        }

        if (broken is { } last)
        {
            await ComeBackAsync(set, last);
        }
    }

    /// <summary>Time for the work, and, where a replica is broken, for its lease to run out and for another to begin again.</summary>
    private static async Task WorkAsync(ReplicaSet set, DateTimeOffset planned, (int Index, bool Killed)? broken)
    {
        string? silent = broken is { } one ? set.NameOf(one.Index) : null;
        for (IReadOnlyList<ScheduledRun> running = await set.RunningAsync(Token); running.Count > 0; running = await set.RunningAsync(Token))
        {
            Assert.True(set.Now < planned.AddSeconds(290), $"at {set.Now:O} these did not end: {string.Join(", ", running)}\n{await set.DescribeAsync(Token)}");
            set.MoveTo(set.Now.AddSeconds(10));
            bool isDue = set.Now > planned.AddMinutes(2.2); // the lease is over: another takes it up, once the server gave back the locks of who cannot be reached
            for (int look = 0; look < 50 && (await set.RunningAsync(Token)) is { Count: > 0 } now && (isDue || now.Any(row => row.Owner != silent)); look++)
            {
                await Task.Delay(20, Token); // the living get real time for what they do in no time
            }

            await Task.Delay(40, Token);
        }
    }

    private static async Task BreakAsync(ReplicaSet set, int index, bool kills, Random random)
    {
        if (kills)
        {
            await set.KillAsync(index);
        }
        else
        {
            set.Part(index, stalls: random.Next(2) == 0);
        }
    }

    private static async Task ComeBackAsync(ReplicaSet set, (int Index, bool Killed) broken)
    {
        if (broken.Killed)
        {
            await set.StartAsync(broken.Index, Token);
        }
        else
        {
            set.Heal(broken.Index);
        }
    }

    private static async Task AssertAsync(ReplicaSet set, SortedDictionary<DateTimeOffset, string[]> plan)
    {
        IReadOnlyList<ScheduledRun> rows = await set.RowsAsync(Token);
        (string Schedule, DateTimeOffset Planned)[] planned = [.. plan.SelectMany(pair => pair.Value.Select(name => (name, pair.Key))).Order()];
        Assert.Equal(planned, rows.Select(row => (row.Schedule, row.Planned)).Order());
        Assert.DoesNotContain(rows, row => row.Outcome is ScheduledOutcome.Missed or ScheduledOutcome.Failed or null);

        Entry[] ledger = [.. ReplicaLedger.ReadAll(set.Folder).Where(line => !line.Line.StartsWith("told", StringComparison.Ordinal)).Select(line => Entry.Parse(line.Line))];
        HashSet<string> publishing = [.. ReplicaSet.Schedules.Where(schedule => schedule.Task == ScheduledTaskKind.Kpi).Select(schedule => schedule.Name)];
        HashSet<Guid> stored = [.. (await set.Store.Runs.ListAsync(RunState.Stored, null, 1000, Token)).Select(run => run.Intent.RunId)];
        foreach (ScheduledRun row in rows)
        {
            Entry[] own = [.. ledger.Where(entry => entry.Schedule == row.Schedule && entry.Planned == row.Planned)];
            int[] began = [.. own.Where(entry => entry.What == "began").Select(entry => entry.Attempt).Order()];
            int done = own.Count(entry => entry.What == "did");
            string text = $"{row}: {string.Join(", ", own.AsEnumerable())}";
            Assert.True(began.SequenceEqual(Enumerable.Range(1, row.Attempt)), text); // each attempt began once
            Assert.True(done <= 1, text); // and nothing was done twice
            if (publishing.Contains(row.Schedule))
            {
                Assert.True(row.Outcome != ScheduledOutcome.Lost && row.RunId is { } id && stored.Contains(id), text); // nothing is lost that may be repeated
            }
            else
            {
                Assert.True(row.Attempt == 1 && (row.Outcome == ScheduledOutcome.Lost || done == 1), text);
            }
        }

        // As many reports as planned runs that publish: none twice, none half there.
        Assert.Equal(planned.Count(one => publishing.Contains(one.Schedule)), stored.Count);
        Assert.DoesNotContain(await set.Store.CheckAsync(Token), problem => problem.Table != "runs"); // what the tasks here store is never completed
        int lost = rows.Count(row => row.Outcome == ScheduledOutcome.Lost);
        int repeated = rows.Count(row => row.Attempt == 2);
        Assert.True(set.Failures > 0 && lost + repeated > 0, "nothing failed: the test shows nothing");
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{rows.Count} planned runs, {set.Failures} failures: {rows.Count(row => row.Outcome == ScheduledOutcome.Passed)} passed, {rows.Count(row => row.Outcome == ScheduledOutcome.Published)} published by a replica that did not come back, {repeated} begun again, {lost} lost and told"));
    }

    private sealed record Entry(string What, string Schedule, DateTimeOffset Planned, int Attempt)
    {
        public static Entry Parse(string line) => line.Split(' ') is [var what, var schedule, var planned, var attempt]
            ? new Entry(what, schedule, new DateTimeOffset(long.Parse(planned, CultureInfo.InvariantCulture), TimeSpan.Zero), int.Parse(attempt, CultureInfo.InvariantCulture))
            : throw new FormatException(line);
    }
}
