using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Tars.Storage;
using Tars.Storage.Findings;
using Tars.Storage.Reports;
using Tars.Storage.Runs;
using Tars.TestKit;
using Tars.TestKit.Servers;

namespace Tars.Benchmarks;

/// <summary>
/// The store on both databases: keeping findings beside the same rows without it (prepared INSERTs, psql's \copy), the first page of filtered queries over
/// many findings beside the bare driver, and opening a store in a new process. <c>--part</c> chooses <c>insert</c>, <c>query</c> or <c>open</c>, <c>--database</c>
/// <c>sqlite</c> or <c>postgresql</c>, <c>--findings</c> and <c>--rows</c> the sizes, <c>--directory</c> the disk of the SQLite files.
/// </summary>
internal static class StoreBenchmark
{
    private const string Columns = "report_id, ordinal, kind, service, metric, severity, date, started, ended, score, effect, p_value, summary, details";

    /// <summary>Runs it.</summary>
    public static async Task RunAsync(BenchmarkArguments arguments)
    {
        if (arguments.Options.TryGetValue("child", out string? child))
        {
            await OpenOnceAsync(child, arguments.Text("store", string.Empty));
            return;
        }

        string folder = Directory.CreateDirectory(Path.Combine(arguments.Text("directory", Path.GetTempPath()), $"tars-bench-{Environment.ProcessId}")).FullName;
        try
        {
            string part = arguments.Text("part", "all"), database = arguments.Text("database", "both");
            if (database is "both" or "sqlite")
            {
                await RunAsync(arguments, part, new SqliteBench(folder));
            }

            if (part is "all" or "open" && database is "both" or "sqlite")
            {
                await OpenAsync(arguments.Runs, folder);
            }

            if (database is "both" or "postgresql")
            {
                await using PostgresServer server = await PostgresServer.StartAsync();
                await RunAsync(arguments, part, new PostgresBench(server, folder));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task RunAsync(BenchmarkArguments arguments, string part, StoreBench bench)
    {
        if (part is "all" or "insert")
        {
            await InsertAsync(arguments.Runs, arguments.Number("findings", 100_000), bench);
        }

        if (part is "all" or "query")
        {
            await QueryAsync(arguments.Number("rows", 10_000_000), arguments.Number("queries", 100), bench);
        }
    }

    private static async Task InsertAsync(int runs, int count, StoreBench bench)
    {
        await using Store store = await bench.NewAsync();
        NewFinding[] findings = [.. Enumerable.Range(0, count).Select(Finding)];
        List<double> own = [], bare = [];
        for (int run = -1; run < runs; run++) // the first warms up
        {
            double with = await Seconds(() => KeepAsync(store, findings));
            long report = (await KeepAsync(store, [])).Id;
            double without = await bench.InsertBareAsync(report, findings);
            if (run >= 0)
            {
                own.Add(with);
                bare.Add(without);
            }
        }

        string ratio = string.Join(", ", own.Zip(bare, (with, without) => (with / without).ToString("0.00", CultureInfo.InvariantCulture)));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"store    insert {bench.Name}: {count} findings in {Middle(own):0.000} s; {bench.Peer} {Middle(bare):0.000} s; of that time {Middle([.. own.Zip(bare, (with, without) => with / without)]):0.00} times ({ratio})"));
    }

    private static async Task QueryAsync(int rows, int queries, StoreBench bench)
    {
        await using Store store = await bench.NewAsync();
        long report = (await KeepAsync(store, [])).Id;
        long began = Stopwatch.GetTimestamp();
        await bench.FillAsync(report, rows);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"store    query  {bench.Name}: {rows} rows made in {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s"));
        Random random = new(1);
        (string Name, Func<FindingFilter> Filter, Func<FindingFilter, string> Where)[] kinds =
        [
            ("newest of all", () => new FindingFilter(), _ => string.Empty),
            ("one service", () => new FindingFilter { Services = [Service(random.Next(200))] }, f => $" WHERE service = '{f.Services[0]}'"),
            ("one service and figure, open", () => new FindingFilter { Services = [Service(random.Next(200))], Metrics = ["latency_p99"], Resolved = false }, f => $" WHERE service = '{f.Services[0]}' AND metric = 'latency_p99' AND resolved IS NULL"),
            ("one kind, high", () => new FindingFilter { Kinds = ["regression"], Severities = [FindingSeverity.High] }, _ => " WHERE kind = 'regression' AND severity = 'high'"),
            ("open and critical", () => new FindingFilter { Severities = [FindingSeverity.Critical], Resolved = false }, _ => " WHERE severity = 'critical' AND resolved IS NULL"),
        ];
        foreach ((string name, Func<FindingFilter> filter, Func<FindingFilter, string> where) in kinds)
        {
            List<double> own = [], bare = [];
            for (int i = -3; i <= queries; i++)
            {
                FindingFilter asked = filter();
                string sql = $"SELECT finding_id, {Columns}, resolved, resolved_by, resolution FROM findings{where(asked)} ORDER BY started DESC, finding_id DESC LIMIT 51";
                int found = 0;
                double without = i % 2 == 0 ? 0 : await bench.QueryBareAsync(sql); // each goes first in turn: the second finds its pages in memory
                double with = await Seconds(async () => found = (await store.Findings.QueryAsync(asked, FindingOrder.NewestFirst, 50, null, CancellationToken.None)).Findings.Count);
                without = i % 2 == 0 ? await bench.QueryBareAsync(sql) : without;
                if (found == 0)
                {
                    throw new InvalidOperationException($"{name}: no finding, so nothing was measured; take more rows");
                }

                if (i > 0)
                {
                    own.Add(1e3 * with);
                    bare.Add(1e3 * without);
                }
            }

            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"store    query  {bench.Name}, {name}: first page of 50 among {rows} in {Middle(own):0.00} ms, worst {own.Max():0.00} ms; the bare driver {Middle(bare):0.00} ms, worst {bare.Max():0.00} ms: {Middle(own) / Middle(bare):0.00} times"));
        }
    }

    private static async Task OpenAsync(int runs, string folder)
    {
        string file = Path.Combine(folder, "open.db");
        await using (Store store = await Store.OpenAsync(StoreAddress.Parse("sqlite:" + file), TimeProvider.System, null, CancellationToken.None))
        {
            await KeepAsync(store, [.. Enumerable.Range(0, 10_000).Select(Finding)]);
        }

        List<double> own = [], bare = [];
        for (int run = -1; run < runs; run++)
        {
            double with = await ChildAsync("store", file), without = await ChildAsync("bare", file);
            if (run >= 0)
            {
                own.Add(with);
                bare.Add(without);
            }
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"store    open   sqlite: an existing store, in a new process, processor time {Middle(own):0.0} ms; a bare connection and one SELECT {Middle(bare):0.0} ms: {Middle(own) / Middle(bare):0.00} times"));
    }

    private static async Task<double> ChildAsync(string what, string file)
    {
        CommandResult result = await new CommandLine(Environment.ProcessPath!, "store", "--child", what, "--store", file).RunAsync();
        return double.Parse(result.Output, CultureInfo.InvariantCulture);
    }

    private static async Task OpenOnceAsync(string what, string file)
    {
        TimeSpan before = Environment.CpuUsage.TotalTime;
        if (what == "store")
        {
            await using Store store = await Store.OpenAsync(StoreAddress.Parse("sqlite:" + file), TimeProvider.System, null, CancellationToken.None);
        }
        else
        {
            await using SqliteConnection connection = new($"Data Source={file}");
            await connection.OpenAsync();
            await using SqliteCommand command = new("SELECT count(*) FROM schema_versions", connection);
            await command.ExecuteScalarAsync();
        }

        Console.Write((Environment.CpuUsage.TotalTime - before).TotalMilliseconds.ToString(CultureInfo.InvariantCulture));
    }

    private static async Task<StoredReport> KeepAsync(Store store, NewFinding[] findings)
    {
        Guid run = store.Runs.NewId();
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        await store.Runs.IntendAsync(new RunIntent(run, "bench"), CancellationToken.None);
        return (await store.Reports.StoreAsync(run, [new NewReport("bench", "bench", new StoredWindow(now.AddDays(-1), now), DateOnly.FromDateTime(now.UtcDateTime)) { Findings = findings }], CancellationToken.None))[0];
    }

    private static string Service(int number) => string.Create(CultureInfo.InvariantCulture, $"service-{number:000}");

    private static NewFinding Finding(int i)
    {
        DateTimeOffset started = DateTimeOffset.UnixEpoch.AddSeconds(1_760_000_000 + (i * 7919L % 10_000_000));
        return new NewFinding("anomaly", Service(i * 31 % 200), i % 3 == 0 ? "latency_p99" : "availability", (FindingSeverity)(i % 5), DateOnly.FromDateTime(started.UtcDateTime), started, "availability fell below what was expected")
        {
            Ended = started.AddMinutes(7),
            Score = i * 0.25,
            PValue = 0.001,
            Details = """{"expected":99.95,"method":"seasonal"}""",
        };
    }

    private static async Task<double> Seconds(Func<Task> work)
    {
        long began = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static double Middle(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
