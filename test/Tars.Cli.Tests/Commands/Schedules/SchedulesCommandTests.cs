using System.Text.Json.Nodes;
using Tars.Cli.Tests.Failures;
using Tars.Storage;
using Tars.Storage.Schedules;
using Tars.TestKit;
using Xunit;

namespace Tars.Cli.Tests.Commands.Schedules;

/// <summary><c>tars schedules</c> as a user runs it, on the embedded store.</summary>
public sealed class SchedulesCommandTests : IDisposable, IClassFixture<SmallFleet>
{
    private const string Log = """
        schedules:
          log: { task: checkpoint, cron: "* * * * *" }
        """;

    private readonly TemporaryDirectory _folder = new();
    private readonly SmallFleet _fleet;

    public SchedulesCommandTests(SmallFleet fleet) => _fleet = fleet;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Schedules_NoneInTheConfiguration_SaysHowToWriteOne()
    {
        _folder.WriteText("tars.yaml", "observability: { prometheus_url: http://localhost:9 }\n");
        CommandResult list = await TarsProgram.RunAsync(_folder.Path, "schedules", "list");
        Assert.Equal((0, "the configuration has no schedules\n"), (list.ExitCode, list.Output));
        Assert.Contains("schedules: { morning: { task: daily, cron: \"0 6 * * *\", time_zone: Europe/Berlin } }", list.Error, StringComparison.Ordinal);
        CommandResult start = await TarsProgram.RunAsync(_folder.Path, "schedules", "start");
        Assert.Equal(2, start.ExitCode);
        Assert.StartsWith("tars: error: the configuration has no schedules\ntars: hint: write for example schedules: {", start.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.Combine("tars-data")));
    }

    [Fact]
    public async Task Start_RunsWereMissed_CatchesUpTellsAuditsAndEndsOnTerm()
    {
        _folder.WriteText("tars.yaml", Log);
        Assert.Equal(0, (await TarsProgram.RunAsync(_folder.Path, "audit", "init", "--origin", "test.example/1")).ExitCode);
        await using (Tars.Storage.Store store = await OpenStoreAsync(new Behind(TimeSpan.FromMinutes(10))))
        {
            await store.Schedules.ObserveAsync("log", "checkpoint * * * * * UTC", Token); // it was followed ten minutes ago
        }

        await using (RunningCommand start = TarsProgram.Command(_folder.Path, "schedules", "start").Start())
        {
            await start.WaitForTextAsync(": passed after", Token);
            await start.SignalAsync("TERM", Token);
            CommandResult ended = await start.WaitAsync(Token);
            Assert.True(ended.ExitCode == 0, ended.Output + ended.Error);
            Assert.Matches(@"(?m)^replica \S+, store \S+store\.db\nlog: checkpoint at \* \* \* \* \* \(UTC\), next ", ended.Output);
            Assert.Matches(@"(?m)^tars: warning: log: \d+ planned runs were missed, 20", ended.Error);
        }

        JsonArray runs = JsonNode.Parse((await TarsProgram.RunAsync(_folder.Path, "schedules", "history", "-o", "json")).Output)!["runs"]!.AsArray();
        Assert.InRange(runs.Count(run => (string?)run!["outcome"] == "missed"), 7, 10);
        JsonNode caught = runs.First(run => (string?)run!["outcome"] == "passed")!;
        Assert.Equal((1, null), ((int?)caught["attempt"], (string?)caught["reason"]));
        string events = (await TarsProgram.RunAsync(_folder.Path, "audit", "query", "-o", "json")).Output;
        Assert.All(new[] { "schedules.followed", "schedule.missed", "schedule.run" }, type => Assert.Contains($"\"{type}\"", events, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_CommandFails_KeepsItsReasonAndHasItsExitCode()
    {
        _folder.WriteText("tars.yaml", """
            observability: { prometheus_url: "http://127.0.0.1:9", retries: 0 }
            services: [{ name: web, labels: { job: web }, preset: prometheus-http }]
            schedules: { hourly: { task: kpi, cron: "0 * * * *" } }
            """);
        CommandResult run = await TarsProgram.RunAsync(_folder.Path, "schedules", "run", "hourly");
        Assert.Equal(3, run.ExitCode);
        string error = run.Error.Split('\n').First(line => line.StartsWith("tars: error: ", StringComparison.Ordinal))["tars: error: ".Length..];
        JsonNode kept = Assert.Single(JsonNode.Parse((await TarsProgram.RunAsync(_folder.Path, "schedules", "history", "hourly", "--outcome", "failed", "-o", "json")).Output)!["runs"]!.AsArray())!;
        Assert.Equal(("manual", error), ((string?)kept["origin"], (string?)kept["reason"]));
        CommandResult unknown = await TarsProgram.RunAsync(_folder.Path, "schedules", "run", "hourli");
        Assert.Equal((2, "tars: error: there is no schedule 'hourli'\ntars: hint: did you mean 'hourly'?\n"), (unknown.ExitCode, unknown.Error));
    }

    [Fact]
    public async Task Run_Analysis_WritesTheBytesOfItsCommand()
    {
        _folder.WriteText("tars.yaml", $$"""
            observability: { prometheus_url: "{{_fleet.Address}}", step: 1m, retries: 1, settle_delay: 0s, output_dir: reports }
            services: [{ name: frontend, labels: { service: frontend }, preset: prometheus-http }]
            objectives: [{ service: frontend, indicator: availability, target: 50%, window: 7d }]
            schedules: { hourly: { task: kpi, cron: "0 * * * *" } }
            """);
        CommandResult run = await TarsProgram.RunAsync(_folder.Path, "schedules", "run", "hourly");
        SortedDictionary<string, byte[]> scheduled = BuiltCommand.FilesOf(_folder.Combine("reports"));
        JsonNode kept = Assert.Single(JsonNode.Parse((await TarsProgram.RunAsync(_folder.Path, "schedules", "history", "-o", "json")).Output)!["runs"]!.AsArray())!;
        DateTimeOffset planned = kept["planned"]!.GetValue<DateTimeOffset>();
        string to = new DateTimeOffset(planned.Year, planned.Month, planned.Day, planned.Hour, planned.Minute, 0, TimeSpan.Zero).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        CommandResult own = await TarsProgram.RunAsync(_folder.Path, "kpi", "--to", to, "--output", "own");
        Assert.Equal(own.ExitCode, run.ExitCode);
        Assert.Equal(own.Output, run.Output);
        Assert.NotEmpty(scheduled);
        BuiltCommand.AssertSame(BuiltCommand.FilesOf(_folder.Combine("own")), scheduled);
    }

    [Fact]
    public async Task Run_WhileARunGoesOn_IsRefusedWithItsReplica()
    {
        _folder.WriteText("tars.yaml", Log);
        await using (Tars.Storage.Store store = await OpenStoreAsync(TimeProvider.System))
        {
            await store.Schedules.ObserveAsync("log", "checkpoint * * * * * UTC", Token);
            Assert.IsType<ScheduleClaim.Taken>(await store.Schedules.ClaimNowAsync(new ScheduleClaimant("log", "", "other:1:abc", TimeSpan.FromMinutes(2), false), Token));
        }

        CommandResult run = await TarsProgram.RunAsync(_folder.Path, "schedules", "run", "log");
        Assert.Equal(2, run.ExitCode);
        Assert.Matches("^tars: error: log: a run goes on since .* on other:1:abc, and two never run at once\n", run.Error);
        Assert.Contains("running", (await TarsProgram.RunAsync(_folder.Path, "schedules", "list")).Output, StringComparison.Ordinal);
    }

    private Task<Tars.Storage.Store> OpenStoreAsync(TimeProvider time)
    {
        Directory.CreateDirectory(_folder.Combine("tars-data"));
        return Tars.Storage.Store.OpenAsync(StoreAddress.Parse($"sqlite:{_folder.Combine("tars-data", "store.db")}"), time, null, Token);
    }

    private sealed class Behind(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() - by;
    }
}
