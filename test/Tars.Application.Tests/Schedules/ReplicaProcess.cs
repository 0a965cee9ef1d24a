using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using Tars.Application.Schedules;
using Tars.Storage;
using Tars.Storage.Reports;
using Tars.Storage.Runs;
using Tars.Storage.Schedules;

namespace Tars.Application.Tests.Schedules;

/// <summary>
/// This program as one of several replicas, until it is killed: started with <see cref="Variable"/> set to the folder of a <see cref="ReplicaSet"/>. Its clock is what the file <c>clock</c>
/// says; what its tasks do is written to a ledger of its own, apart from the store.
/// </summary>
internal static class ReplicaProcess
{
    public const string Variable = "TARS_TEST_REPLICA";
    public const string NameVariable = "TARS_TEST_REPLICA_NAME";
    public const string StoreVariable = "TARS_TEST_REPLICA_STORE";

    /// <summary>How long each task takes.</summary>
    public static readonly TimeSpan Work = TimeSpan.FromSeconds(20);

    /// <summary>Whether this process is a replica and no test run.</summary>
    public static bool IsWanted => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 };

    /// <summary>Runs until it is killed.</summary>
    public static async Task<int> RunAsync()
    {
        await RunAsync(Environment.GetEnvironmentVariable(Variable)!, Environment.GetEnvironmentVariable(NameVariable)!, Environment.GetEnvironmentVariable(StoreVariable)!);
        return 0;
    }

    private static async Task RunAsync(string folder, string name, string address)
    {
        FakeTimeProvider clock = new(ReplicaClock.Read(folder) ?? throw new InvalidOperationException("there is no clock"));
        ReplicaLedger ledger = new(Path.Combine(folder, $"{name}.ledger"));
        await using Store store = await Store.OpenAsync(StoreAddress.Parse(address), clock, null, CancellationToken.None);
        ScheduleReplica replica = new(store, ReplicaSet.Schedules, new LedgerTask(store, ledger, clock), new SchedulingOptions { Replica = name }, clock, what => ledger.Told(what.ToString()!));
        ledger.Told("ready");
        Task following = replica.RunAsync(CancellationToken.None);
        while (!following.IsCompleted)
        {
            if (ReplicaClock.Read(folder) is { } now && now > clock.GetUtcNow())
            {
                clock.SetUtcNow(now);
            }

            await Task.Delay(3);
        }

        await following;
    }

    /// <summary>A task that takes a while and says when it begins and when it has done what it is for.</summary>
    private sealed class LedgerTask(Store store, ReplicaLedger ledger, FakeTimeProvider clock) : IScheduledTask
    {
        public bool PublishesUnderClaim(ScheduleSettings schedule) => schedule.Task == ScheduledTaskKind.Kpi;

        public async Task<TaskResult> RunAsync(ScheduleSettings schedule, TakenRun run, CancellationToken cancellationToken)
        {
            ledger.Write("began", run);
            bool publishes = PublishesUnderClaim(schedule);
            if (publishes)
            {
                await store.Runs.IntendAsync(new RunIntent(run.ClaimId, schedule.Name), cancellationToken);
            }

            await Task.Delay(Work, clock, cancellationToken);
            if (publishes)
            {
                await store.Reports.StoreAsync(run.ClaimId, [Empty(run.Planned)], cancellationToken);
            }

            ledger.Write("did", run);
            return new TaskResult(ScheduledOutcome.Passed);
        }

        private static NewReport Empty(DateTimeOffset planned) => new("kpi", "kpi", new StoredWindow(planned.AddHours(-1), planned), DateOnly.FromDateTime(planned.Date)) { Judgement = Judgement.Pass };
    }
}

/// <summary>The one clock of all replicas: a file that is replaced whole.</summary>
internal static class ReplicaClock
{
    public static DateTimeOffset? Read(string folder)
    {
        try
        {
            return new DateTimeOffset(long.Parse(File.ReadAllText(Path.Combine(folder, "clock")), NumberStyles.None, CultureInfo.InvariantCulture), TimeSpan.Zero);
        }
        catch (IOException)
        {
            return null; // it is just being replaced
        }
    }

    public static void Write(string folder, DateTimeOffset now)
    {
        string next = Path.Combine(folder, "clock.next");
        File.WriteAllText(next, now.UtcTicks.ToString(CultureInfo.InvariantCulture));
        File.Move(next, Path.Combine(folder, "clock"), overwrite: true);
    }
}

/// <summary>What one replica did, line by line, in a file that nobody else writes.</summary>
internal sealed class ReplicaLedger(string path)
{
    private readonly Lock _lock = new();

    public void Write(string what, TakenRun run) => Append($"{what} {run.Schedule} {run.Planned.UtcTicks.ToString(CultureInfo.InvariantCulture)} {run.Attempt.ToString(CultureInfo.InvariantCulture)}");

    public void Told(string what) => Append($"told {what.ReplaceLineEndings(" ")}");

    /// <summary>The whole lines of all ledgers; a line that was being written when its replica was killed has no end.</summary>
    public static IEnumerable<(string Replica, string Line)> ReadAll(string folder) => Directory.EnumerateFiles(folder, "*.ledger").SelectMany(file =>
    {
        string text = File.ReadAllText(file);
        return text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => (Path.GetFileNameWithoutExtension(file), line));
    });

    private void Append(string line)
    {
        lock (_lock)
        {
            File.AppendAllText(path, line + "\n");
        }
    }
}
