using System.Globalization;
using Tars.Application.Schedules;
using Tars.Storage;
using Tars.Storage.Schedules;
using Tars.TestKit;
using Tars.TestKit.Servers;

namespace Tars.Application.Tests.Schedules;

/// <summary>Three replicas, each a process of its own behind a network of its own, on one store, with one clock that the test moves.</summary>
internal sealed class ReplicaSet : IAsyncDisposable
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
    private static readonly TimeZoneInfo NewYork = TimeZoneInfo.FindSystemTimeZoneById("America/New_York");
    private readonly TemporaryDirectory _folder = new();
    private readonly PostgresServer _server;
    private readonly string _database;
    private readonly Replica[] _replicas;
    private int _started;

    private ReplicaSet(PostgresServer server, string database, DateTimeOffset start)
    {
        (_server, _database, Now, Start) = (server, database, start, start);
        ReplicaClock.Write(_folder.Path, start);
        _replicas = [.. Enumerable.Range(0, 3).Select(_ => new Replica(new CutProxy(server.Port)))];
    }

    /// <summary>What they follow: times that do not exist or come twice when clocks change, and such that say how often. Of the task kpi are those that publish.</summary>
    public static IReadOnlyList<ScheduleSettings> Schedules { get; } =
    [
        new("night", ScheduledTaskKind.Kpi, "30 2 * * *", Berlin, MissedPolicy.RunOnce),
        new("quarter", ScheduledTaskKind.Kpi, "*/15 * * * *", Berlin, MissedPolicy.RunOnce),
        new("twice", ScheduledTaskKind.Checkpoint, "0,45 1,2,3 * * *", Berlin, MissedPolicy.All),
        new("hour", ScheduledTaskKind.Checkpoint, "5 * * * *", NewYork, MissedPolicy.Report),
    ];

    /// <summary>When the set began.</summary>
    public DateTimeOffset Start { get; }

    /// <summary>The time.</summary>
    public DateTimeOffset Now { get; private set; }

    /// <summary>The store, seen from beside the replicas.</summary>
    public Store Store { get; private set; } = null!;

    /// <summary>How many processes were killed, and how often a network failed.</summary>
    public int Failures { get; private set; }

    /// <summary>The folder with the ledgers.</summary>
    public string Folder => _folder.Path;

    public static async Task<ReplicaSet> StartAsync(PostgresServer server, DateTimeOffset start, CancellationToken cancellationToken)
    {
        string database = await server.CreateDatabaseAsync(cancellationToken);
        await Store.MigrateAsync(StoreAddress.Parse(database), TimeProvider.System, null, cancellationToken);
        ReplicaSet set = new(server, database, start) { Store = await Store.OpenAsync(StoreAddress.Parse(database), TimeProvider.System, null, cancellationToken) };
        for (int i = 0; i < set._replicas.Length; i++)
        {
            await set.StartAsync(i, cancellationToken);
        }

        return set;
    }

    /// <summary>Begins a replica's process; it has the name of none before it.</summary>
    public async Task StartAsync(int index, CancellationToken cancellationToken)
    {
        Replica replica = _replicas[index];
        string name = string.Create(CultureInfo.InvariantCulture, $"replica-{index}-{_started++}");
        IEnumerable<string> parts = _database.Split(';').Where(part => !part.StartsWith("Port=", StringComparison.Ordinal));
        string address = string.Create(CultureInfo.InvariantCulture, $"{string.Join(';', parts)};Port={replica.Network.Port};Timeout=2;Command Timeout=4;Cancellation Timeout=500;Maximum Pool Size=8;Options=-c idle_in_transaction_session_timeout=2s");
        replica.Name = name;
        replica.Running = new CommandLine(System.Environment.ProcessPath!)
        {
            Environment = new Dictionary<string, string?> { [ReplicaProcess.Variable] = Folder, [ReplicaProcess.NameVariable] = name, [ReplicaProcess.StoreVariable] = address },
        }.Start();
        await WaitAsync(() => Task.FromResult(ReplicaLedger.ReadAll(Folder).Any(line => line == (name, "told ready"))), $"{name} to be ready", cancellationToken);
    }

    /// <summary>Kills a replica's process (SIGKILL).</summary>
    public async Task KillAsync(int index)
    {
        Failures++;
        await _replicas[index].Running!.DisposeAsync();
    }

    /// <summary>Cuts a replica from the server, or lets what it sends go nowhere.</summary>
    public void Part(int index, bool stalls)
    {
        Failures++;
        if (stalls)
        {
            _replicas[index].Network.Stall();
        }
        else
        {
            _replicas[index].Network.Cut();
        }
    }

    /// <summary>The network is well again.</summary>
    public void Heal(int index) => _replicas[index].Network.Heal();

    /// <summary>The name of the replica's last process.</summary>
    public string NameOf(int index) => _replicas[index].Name;

    /// <summary>The replica that runs something now, or null.</summary>
    public async Task<int?> BusyAsync(CancellationToken cancellationToken)
    {
        HashSet<string> owners = [.. (await RunningAsync(cancellationToken)).Select(row => row.Owner)];
        return Enumerable.Range(0, _replicas.Length).Cast<int?>().FirstOrDefault(index => owners.Contains(_replicas[index!.Value].Name));
    }

    /// <summary>What runs now, or was begun by a replica that does not come back.</summary>
    public async Task<IReadOnlyList<ScheduledRun>> RunningAsync(CancellationToken cancellationToken) => [.. (await RowsAsync(cancellationToken)).Where(row => row.State == ScheduledState.Running)];

    /// <summary>Moves the clock of all.</summary>
    public void MoveTo(DateTimeOffset time) => ReplicaClock.Write(Folder, Now = time);

    /// <summary>All rows.</summary>
    public async Task<IReadOnlyList<ScheduledRun>> RowsAsync(CancellationToken cancellationToken) =>
        await Store.Schedules.ListAsync(new ScheduleFilter { From = Start, Limit = 10_000 }, cancellationToken);

    /// <summary>Waits, in real time, until something is so in the store.</summary>
    public async Task WaitForRowsAsync(Func<IReadOnlyList<ScheduledRun>, bool> isSo, string what, CancellationToken cancellationToken) =>
        await WaitAsync(async () => isSo(await RowsAsync(cancellationToken)), what, cancellationToken);

    /// <summary>What the replicas said last, and what the server is doing, for a failure's message.</summary>
    public async Task<string> DescribeAsync(CancellationToken cancellationToken)
    {
        string database = _database.Split(';').Single(part => part.StartsWith("Database=", StringComparison.Ordinal))["Database=".Length..];
        CommandResult activity = await _server.Client(
            "psql", database, "-At", "-c", "SELECT pid, state, wait_event, now() - state_change, pg_blocking_pids(pid), client_port, left(query, 60) FROM pg_stat_activity WHERE datname = current_database()").RunAsync(cancellationToken);
        return $"{activity.Output}{activity.Error}\n{string.Join('\n', ReplicaLedger.ReadAll(Folder).GroupBy(line => line.Replica).SelectMany(lines => lines.TakeLast(20)))}";
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Replica replica in _replicas)
        {
            if (replica.Running is not null)
            {
                await replica.Running.DisposeAsync();
            }

            await replica.Network.DisposeAsync();
        }

        await Store.DisposeAsync();
        _folder.Dispose();
    }

    private async Task WaitAsync(Func<Task<bool>> isSo, string what, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        while (!await isSo())
        {
            if (limit.IsCancellationRequested)
            {
                string errors = string.Join('\n', _replicas.Select(replica => replica.Running?.Error + replica.Running?.Output));
                throw new TimeoutException($"at {Now:O}: waited for {what}\n{string.Join('\n', ReplicaLedger.ReadAll(Folder).TakeLast(30))}\n{errors}");
            }

            await Task.Delay(5, cancellationToken);
        }
    }

    private sealed class Replica(CutProxy network)
    {
        public CutProxy Network { get; } = network;

        public RunningCommand? Running { get; set; }

        public string Name { get; set; } = string.Empty;
    }
}
