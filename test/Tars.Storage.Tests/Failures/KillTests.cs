using System.Collections.Concurrent;
using System.Globalization;
using Tars.Storage.Jobs;
using Tars.Storage.Reports;
using Tars.Storage.Runs;
using Tars.Storage.Tests.Fixtures;
using Tars.TestKit;
using Tars.TestKit.Servers;
using Xunit;

namespace Tars.Storage.Tests.Failures;

/// <summary>Processes and servers that die at any moment: what was acknowledged is there, whole, and nothing is there by half.</summary>
public sealed class KillTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sqlite_WriterKilledAtAnyMoment_LosesNothingAcknowledgedAndLeavesNothingHalf()
    {
        using TemporaryDirectory folder = new();
        string address = "sqlite:" + folder.Combine("store.db");
        Random random = new(Seeds.Draw());
        List<string> acknowledged = [];
        for (int turn = 0; turn < 5; turn++)
        {
            await using (RunningCommand first = Writer(address).Start())
            await using (RunningCommand second = Writer(address).Start())
            {
                await first.WaitForTextAsync("kept", Token);
                await second.WaitForTextAsync("kept", Token);
                await Task.Delay(random.Next(300), Token);
                await first.DisposeAsync(); // SIGKILL
                await second.DisposeAsync();
                await Task.Delay(50, Token);
                acknowledged.AddRange(Kept(first.Output).Concat(Kept(second.Output)));
            }

            await AssertWholeAsync(StoreAddress.Parse(address), acknowledged);
        }
    }

    [Fact]
    public async Task Sqlite_SeveralProcessesTakeJobs_EachJobOnce()
    {
        using TemporaryDirectory folder = new();
        StoreAddress address = StoreAddress.Parse("sqlite:" + folder.Combine("store.db"));
        await using Store store = await Store.OpenAsync(address, TimeProvider.System, null, Token);
        List<string> ids = [];
        for (int i = 0; i < 90; i++)
        {
            Guid id = Guid.NewGuid();
            ids.Add(id.ToString());
            await store.Jobs.AddAsync(new NewJob(id, "report", "{}", DateTimeOffset.UnixEpoch), Token);
        }

        CommandLine worker = Writer("sqlite:" + address.File) with { Environment = new Dictionary<string, string?> { [StoreWriter.Variable] = "sqlite:" + address.File, [StoreWriter.JobsVariable] = "1" } };
        CommandResult[] results = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => worker.RunAsync(Token)));
        Assert.All(results, result => Assert.True(result.ExitCode == 0, result.Error));
        Assert.Equal(ids.Order(StringComparer.Ordinal), results.SelectMany(result => Words(result.Output, "took")).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Postgres_ServerKilledUnderLoadAndRestarted_LosesNothingAcknowledgedAndLeavesNothingHalf()
    {
        await using PostgresServer server = await PostgresServer.StartAsync(Token);
        StoreAddress address = StoreAddress.Parse(await server.CreateDatabaseAsync(Token));
        await Store.MigrateAsync(address, TimeProvider.System, null, Token);
        Random random = new(Seeds.Draw());
        ConcurrentBag<string> acknowledged = [];
        for (int turn = 0; turn < 3; turn++)
        {
            await using Store store = await Store.OpenAsync(address, TimeProvider.System, null, Token);
            ConcurrentBag<StoreException> failures = [];
            Task[] writers = [.. Enumerable.Range(0, 6).Select(writer => Task.Run(async () =>
            {
                try
                {
                    for (int i = 0; ; i++)
                    {
                        Guid run = store.Runs.NewId();
                        await store.Runs.IntendAsync(new RunIntent(run, "kpi"), Token);
                        await store.Reports.StoreAsync(run, [Samples.Report("kpi", 40, i), Samples.Report("daily", 10, i)], Token);
                        acknowledged.Add(run.ToString());
                    }
                }
                catch (StoreException e)
                {
                    failures.Add(e);
                }
            }))];
            int before = acknowledged.Count;
            while (acknowledged.Count < before + 6)
            {
                await Task.Delay(20, Token);
            }

            await Task.Delay(random.Next(300), Token);
            await server.KillAsync();
            await Task.WhenAll(writers);
            Assert.All(failures, failure =>
            {
                Assert.True(failure.IsTransient, failure.ToString());
                Assert.DoesNotContain(server.Password, failure.ToString(), StringComparison.Ordinal);
            });
            await server.RestartAsync(Token);
            await AssertWholeAsync(address, [.. acknowledged]);

            // The same store goes on without being opened again.
            Guid after = store.Runs.NewId();
            Run went = await AgainAsync(() => store.Runs.IntendAsync(new RunIntent(after, "kpi"), Token));
            Assert.Equal(after, went.Intent.RunId);
        }
    }

    /// <summary>A connection from before the restart may fail once; a failure that calls itself transient is one that goes away.</summary>
    private static async Task<T> AgainAsync<T>(Func<Task<T>> call)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await call();
            }
            catch (StoreException e) when (e.IsTransient && attempt < 20)
            {
                await Task.Delay(50, Token);
            }
        }
    }

    private static CommandLine Writer(string address) => new(Environment.ProcessPath!)
    {
        Environment = new Dictionary<string, string?> { [StoreWriter.Variable] = address },
    };

    private static IEnumerable<string> Kept(string output) => Words(output, "kept");

    // A line without its end was being written when the process died.
    private static IEnumerable<string> Words(string output, string verb) =>
        output[..(output.LastIndexOf('\n') + 1)].Split('\n').Where(line => line.StartsWith(verb + " ", StringComparison.Ordinal)).Select(line => line[(verb.Length + 1)..]);

    private static async Task AssertWholeAsync(StoreAddress address, List<string> acknowledged)
    {
        await using Store store = await Store.OpenAsync(address, TimeProvider.System, null, Token);
        Assert.Empty((await store.CheckAsync(Token)).Select(problem => problem.ToString()));
        foreach (string id in acknowledged)
        {
            IReadOnlyList<StoredReport> reports = await store.Reports.OfRunAsync(Guid.Parse(id), Token);
            Assert.True(reports.Count == 2, string.Create(CultureInfo.InvariantCulture, $"run {id} was acknowledged and has {reports.Count} reports"));
        }

        // A run has all of its reports or none, and its state says which.
        Assert.Equal(0, await store.Database.ReadAsync(
            "look", work => work.ScalarAsync<long>("SELECT count(*) FROM runs WHERE (CASE state WHEN 'stored' THEN 2 ELSE 0 END) <> (SELECT count(*) FROM reports WHERE reports.run_id = runs.run_id)"), Token));
    }
}
