using System.Globalization;
using System.Text.RegularExpressions;
using Tars.Application.Auditing;
using Tars.Application.Publishing;
using Tars.Application.Stores;
using Tars.Compliance.Audit;
using Tars.Storage.Runs;
using Tars.TestKit;
using Tars.TestKit.Servers;
using Xunit;

namespace Tars.Application.Tests.Publishing;

/// <summary>Publishers on PostgreSQL and S3 that die at each step, and a server that dies under them: a whole report or none, and rows and log say the same, without hands.</summary>
[Collection(PublishingDatabase.Name)]
public sealed partial class PublicationCrashTests(PublishingDatabase database)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static bool IsLong => Environment.GetEnvironmentVariable("TARS_KILL_COUNT") is not null;

    /// <summary>At the steps around which it is decided; with <c>TARS_KILL_COUNT</c> at all.</summary>
    [Fact]
    public async Task Publisher_KilledAtEachStep_IsRecoveredAtOnceToAWholeReportOrNone()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "that a process has died can be told on Linux");
        await using PublishingServers servers = await PublishingServers.StartAsync(database.Require(), TimeProvider.System, Token);
        (PublicationStep Step, int Times, RunState? Expected)[] all =
        [
            (PublicationStep.Intended, 1, RunState.Abandoned), (PublicationStep.Sealed, 1, RunState.Abandoned),
            .. Enumerable.Range(1, PublishingPlace.Files).Select(times => (PublicationStep.FilePut, times, (RunState?)RunState.Abandoned)),
            (PublicationStep.FilesRead, 1, RunState.Abandoned), (PublicationStep.Keeping, 1, RunState.Abandoned),
            (PublicationStep.Kept, 1, RunState.Completed), (PublicationStep.Decided, 1, RunState.Completed), (PublicationStep.Told, 1, RunState.Completed), (PublicationStep.Ended, 1, RunState.Completed),
        ];
        (PublicationStep Step, int Times, RunState? Expected)[] moments = IsLong ? all : [.. all.Where(one => one is { Step: PublicationStep.FilePut, Times: 2 } or { Step: PublicationStep.Keeping or PublicationStep.Kept or PublicationStep.Told })];
        for (int i = 0; i < moments.Length; i++)
        {
            (PublicationStep step, int times, RunState? expected) = moments[i];
            CommandResult killed = await PublisherProcess.Command(new PublisherTask(servers.Folder, servers.Database, servers.Keys, i, 1, step.ToString(), times)).RunAsync(Token);
            Assert.True(killed is { ExitCode: 137, Output: "" }, $"{step}: exit {killed.ExitCode}\n{killed.Output}{killed.Error}");
            RecoveredRuns recovered = await servers.Place.RecoverAsync(servers.Direct, Token);
            Guid id = Guid.Parse(servers.Place.Events(AuditedAct.RunIntent)[^1].RunId!);
            await using OpenedStore store = await servers.OpenAsync();
            Run run = (await store.Rows.Runs.FindAsync(id, Token))!;
            Assert.Equal((step, expected), (step, run.State));
            Assert.Equal(step == PublicationStep.Ended ? [] : [new RecoveredRun(id, "kpi", expected == RunState.Completed)], recovered.Runs);
            AuditRecord outcome = Assert.Single(servers.Place.Events(AuditedAct.Run.Outcome, id));
            Assert.Equal((step, expected == RunState.Completed ? AuditOutcome.Success : AuditOutcome.Failure), (step, outcome.Outcome));
            Assert.Equal(expected == RunState.Completed ? outcome.Sequence : null, run.OutcomeSequence);
        }

        await servers.Place.AssertSettledAsync(servers.Direct, Token);
    }

    [Fact]
    public async Task Postgres_KilledAndRestartedUnderPublishers_LosesNothingAcknowledgedAndNobodyLendsAHand()
    {
        int count = int.Parse(Environment.GetEnvironmentVariable("TARS_KILL_COUNT") ?? "2", CultureInfo.InvariantCulture);
        await using PostgresServer server = await PostgresServer.StartAsync(Token);
        await using PublishingServers servers = await PublishingServers.StartAsync(server, TimeProvider.System, Token);
        Random random = new(Seeds.Draw());
        RunningCommand[] publishers = [.. Enumerable.Range(0, 3).Select(i => PublisherProcess.Command(new PublisherTask(servers.Folder, servers.Database, servers.Keys, i * 100_000, 100_000)).Start())];
        try
        {
            for (int turn = 0; turn < count; turn++)
            {
                int before = Kept(publishers).Count;
                await WaitAsync(() => Kept(publishers).Count >= before + 6, publishers);
                await Task.Delay(random.Next(200), Token);
                await server.KillAsync();
                await Task.Delay(random.Next(500), Token);
                await server.RestartAsync(Token);
            }

            int after = Kept(publishers).Count;
            await WaitAsync(() => Kept(publishers).Count >= after + 6, publishers); // they go on by themselves
        }
        finally
        {
            await Task.WhenAll(publishers.Select(publisher => publisher.DisposeAsync().AsTask())); // SIGKILL
        }

        string said = string.Join('\n', publishers.Select(publisher => publisher.Output));
        RecoveredRuns recovered = await servers.Place.RecoverAsync(servers.Direct, Token);
        Assert.InRange(recovered.Runs.Count, 0, publishers.Length); // what was under way at the end
        await servers.Place.AssertSettledAsync(servers.Direct, Token);
        await using OpenedStore store = await servers.OpenAsync();
        foreach (long id in Kept(publishers))
        {
            Assert.True(await store.Rows.Reports.FindAsync(id, Token) is not null, $"report {id} was acknowledged and is not there\n{said}");
        }

        Assert.DoesNotContain("not begun", said.Split('\n')[0], StringComparison.Ordinal);
        TestContext.Current.SendDiagnosticMessage("{0} kills, {1} acknowledged, {2} not kept, {3} recovered at the end", count, Kept(publishers).Count, NotKept().Count(said), recovered.Runs.Count);
    }

    [GeneratedRegex("^kept ([0-9]+)$", RegexOptions.Multiline)]
    private static partial Regex KeptAs();

    [GeneratedRegex("^not ", RegexOptions.Multiline)]
    private static partial Regex NotKept();

    private static List<long> Kept(RunningCommand[] publishers) =>
        [.. publishers.SelectMany(publisher => KeptAs().Matches(publisher.Output[..(publisher.Output.LastIndexOf('\n') + 1)])).Select(match => long.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture))];

    private static async Task WaitAsync(Func<bool> holds, RunningCommand[] publishers)
    {
        for (int i = 0; !holds(); i++)
        {
            Assert.True(i < 1200, $"publishers do not go on:\n{string.Join("\n--\n", publishers.Select(publisher => publisher.Output + publisher.Error))}");
            await Task.Delay(50, Token);
        }
    }
}
