using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tars.Application.Stores;
using Tars.Compliance.Audit;
using Tars.Storage.Runs;
using Tars.TestKit;
using Tars.TestKit.SecretServers.Aws;
using Tars.TestKit.StorageServers;
using Xunit;

namespace Tars.Cli.Tests.Store;

/// <summary>
/// What is left of <c>tars kpi --store</c> that is killed at any moment: all of a report, or nothing of it, and the audit log says which. A few kills by default;
/// <c>bench/long/publish-kill.sh</c> does hundreds.
/// </summary>
[Collection(StorePostgres.Name)]
public sealed partial class KeptReportKillTests(StorePostgres postgres, FleetBackend fleet)
{
    private const string Embedded = "embedded";
    private const string Servers = "servers";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Embedded)]
    [InlineData(Servers)]
    public async Task Command_KilledAtAnyMoment_LeavesAWholeReportOrNone(string store)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "a kill that no handler sees is sent on Linux");
        Assert.SkipUnless((Environment.GetEnvironmentVariable("TARS_KILL_STORE") ?? store) == store, "TARS_KILL_STORE names the other one");
        AwsAccount account = new(TimeProvider.System);
        await using S3Server server = await S3Server.StartAsync(account, cancellationToken: Cancelled);
        server.CreateBucket("kept");
        using FilledStore folder = FilledStore.Empty(store == Embedded ? FilledStore.Embedded : await postgres.SectionAsync(server, account, account.CreateUserKeys(), "kept"));
        await KeptReportTests.PrepareAsync(folder, fleet);
        await folder.TarsAsync(0, "store", "migrate");
        await KillAsync(folder, int.Parse(Environment.GetEnvironmentVariable("TARS_KILL_COUNT") ?? "5", CultureInfo.InvariantCulture));
    }

    [GeneratedRegex("kept as report ([0-9]+) in ")]
    private static partial Regex KeptAs();

    private static async Task KillAsync(FilledStore folder, int count)
    {
        Stopwatch watch = Stopwatch.StartNew();
        await folder.TarsAsync(0, KeptReportTests.Kpi("--output", "none"));
        double whole = watch.Elapsed.TotalMilliseconds;
        Random random = new(Seeds.Draw());
        HashSet<int> acknowledged = [1];
        int killed = 0;
        for (int i = 0; i < count; i++)
        {
            RunningCommand run = TarsProgram.Command(folder.Path, KeptReportTests.Kpi("--output", "none")).Start();
            double at = i % 3 == 0 ? random.NextDouble() : 0.6 + (0.45 * random.NextDouble()); // most of them where it publishes
            await Task.Delay(TimeSpan.FromMilliseconds(whole * at), Cancelled);
            if (!run.HasExited)
            {
                using Process process = Process.GetProcessById(run.Id);
                process.Kill();
            }

            CommandResult result = await run.WaitAsync(Cancelled);
            await run.DisposeAsync();
            if (KeptAs().Match(result.Error) is { Success: true } said)
            {
                acknowledged.Add(int.Parse(said.Groups[1].ValueSpan, CultureInfo.InvariantCulture));
            }

            killed += result.ExitCode == 0 ? 0 : 1;
        }

        string last = await folder.TarsAsync(0, "store", "recover"); // their processes have died: no lease is waited for
        JsonNode check = await folder.JsonAsync(0, "store", "check");
        Assert.Equal((0, 0), ((int)check["counts"]!["runs_broken_off"]!, (int)check["counts"]!["runs_under_way"]!));
        JsonArray reports = (await folder.JsonAsync(0, "reports", "list", "--limit", "1000"))["reports"]!.AsArray();
        int[] there = [.. reports.Select(report => (int)report!["report"]!)];
        Assert.True(acknowledged.IsSubsetOf(there), $"acknowledged were {string.Join(", ", acknowledged)}, and {string.Join(", ", there)} are there\n{last}{check}");
        await using (OpenedStore store = await folder.OpenAsync())
        {
            IReadOnlyList<Run> runs = await store.Rows.Runs.ListAsync(null, null, 1000, Cancelled);
            Assert.All(runs, one => Assert.Contains(one.State, (RunState[])[RunState.Completed, RunState.Abandoned]));
            Assert.Equal(reports.Count, runs.Count(one => one.State == RunState.Completed));
        }

        Assert.Equal(Runs(folder, "run.intent"), Runs(folder, "run.outcome"));
        TestContext.Current.SendDiagnosticMessage("{0} killed of {1}, {2} acknowledged, {3} kept", killed, count, acknowledged.Count, reports.Count);
    }

    private static IEnumerable<string> Runs(FilledStore folder, string type) =>
        new AuditQuery(folder.Audit.Log).Find(new AuditFilter { Type = type }).Select(record => record.RunId!).Order(StringComparer.Ordinal);
}
