using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Tars.Cli.Tests.Failures;
using Tars.Cli.Tests.Sealing;
using Tars.Compliance.Audit;
using Tars.Sealing.Envelopes;
using Tars.Sealing.Logs;
using Tars.TestKit;
using Xunit;

namespace Tars.Cli.Tests.Auditing;

/// <summary>A report and its events: the intent first, what was written last, and nothing at all when it cannot be audited.</summary>
[Collection(FleetBackends.Name)]
public sealed class RunAuditTests(SmallFleet fleet) : IDisposable
{
    private static readonly string[] Whole = ["run.intent intent", "run.outcome success"];

    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Kpi_SignedAndEncrypted_OutcomeHasTheDigestsOfTheFilesAndTheStatementProvesTheIntent()
    {
        KeptLog log = new(_folder.Path);

        CommandResult result = await KpiAsync("--sign", "--encrypt", "--set", $"security.key_ring={MadeRing.FullPath}");

        Assert.True(result.ExitCode is 0 or 4, result.Error);
        Assert.Equal(Whole, log.Story());
        IReadOnlyList<AuditRecord> events = log.Events();
        SortedDictionary<string, byte[]> files = BuiltCommand.FilesOf(_folder.Combine("out"));
        Dictionary<string, string> told = events[1].Data!["outputs"]!.AsArray().ToDictionary(
            output => (string)(output!["sealed_name"] ?? output["name"])!, output => (string)(output!["sealed_sha256"] ?? output["sha256"])!);
        Assert.Equal(files.Keys, told.Keys.Order(StringComparer.Ordinal));
        Assert.All(files, file => Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(file.Value)), told[file.Key]));
        Assert.Equal(result.ExitCode, (int)events[1].Data!["exit_code"]!);
        Assert.Equal("2026-01-05T02:00:00Z", (string)events[0].Data!["window"]!["from"]!);

        RunFacts facts = FactsOf(files);
        AuditIntent intent = Assert.IsType<AuditIntent>(facts.Audit);
        AuditTree tree = new AuditQuery(log.Folder).Tree();
        Assert.Equal(("audit.example.org/tars/test", events[0].Sequence), (intent.Log, intent.Leaf));
        Assert.Equal((events[0].RunId, (string)events[0].Data!["configuration"]!["sha256"]!), (facts.RunId, facts.ConfigurationSha256));
        Assert.Equal(tree.Root(intent.TreeSize).ToString(), intent.RootHash);
        Assert.True(MerkleProof.VerifyInclusion(
            events[0].Hash, intent.Leaf, intent.TreeSize, MerkleProof.Inclusion(intent.Leaf, intent.TreeSize, tree.Subtree), new TreeHash(Convert.FromHexString(intent.RootHash))));
        log.AssertWhole();
        log.AssertSealedPersons();
    }

    [Fact]
    public async Task Kpi_NoLog_RunsAndTheStatementSaysNull()
    {
        CommandResult result = await KpiAsync("--sign", "--set", $"security.key_ring={MadeRing.FullPath}");

        Assert.True(result.ExitCode is 0 or 4, result.Error);
        Assert.Null(FactsOf(BuiltCommand.FilesOf(_folder.Combine("out"))).Audit);
        Assert.False(Directory.Exists(_folder.Combine("logs")));
    }

    [Fact]
    public async Task Kpi_KilledBeforeTheFirstAnswer_HasLeftItsIntent()
    {
        KeptLog log = new(_folder.Path);
        IEnumerable<string>? atFirstRequest = null;
        await using FaultyBackend slow = await FaultyBackend.StartAsync(null, TimeSpan.FromMinutes(1), _ => new FaultyAnswer(500, "too late"));
        await using RunningCommand running = BuiltCommand.Line(_folder.Path, Line(slow.Address)).Start();
        while (slow.RequestCount == 0 && !running.HasExited)
        {
            await Task.Delay(5, Cancelled);
        }

        atFirstRequest = [.. log.Story()];
        await running.SignalAsync("KILL", Cancelled);
        await running.WaitAsync(Cancelled);

        Assert.Equal(["run.intent intent"], atFirstRequest);
        Assert.Equal(["run.intent intent"], log.Story());
        Assert.True((await KpiAsync()).ExitCode is 0 or 4);
        Assert.Equal(["run.intent intent", "configuration.changed success", .. Whole], log.Story()); // it reads another address
        log.AssertWhole();
    }

    [Fact]
    public async Task Kpi_Interrupted_LeavesAFailure()
    {
        KeptLog log = new(_folder.Path);
        await using FaultyBackend slow = await FaultyBackend.StartAsync(null, TimeSpan.FromMinutes(1), _ => new FaultyAnswer(500, "too late"));
        await using RunningCommand running = BuiltCommand.Line(_folder.Path, Line(slow.Address)).Start();
        while (slow.RequestCount == 0 && !running.HasExited)
        {
            await Task.Delay(5, Cancelled);
        }

        await running.SignalAsync("INT", Cancelled);
        CommandResult result = await running.WaitAsync(Cancelled);

        Assert.Equal(130, result.ExitCode);
        Assert.Equal(["run.intent intent", "run.outcome failure"], log.Story());
        JsonObject data = log.Events()[1].Data!;
        Assert.Equal(("interrupted", 130), ((string)data["error"]!, (int)data["exit_code"]!));
        log.AssertWhole();
    }

    [Fact]
    public async Task Kpi_BackendRefuses_LeavesTheClassOfTheErrorAndNotItsWords()
    {
        KeptLog log = new(_folder.Path);
        await using FaultyBackend backend = await FaultyBackend.StartAsync(new FaultyAnswer(401, "canary-of-the-answer"));

        CommandResult result = await BuiltCommand.RunAsync(_folder.Path, Line(backend.Address));

        Assert.Equal(3, result.ExitCode);
        JsonObject data = log.Events()[^1].Data!;
        Assert.Equal(("SeriesSourceException", 3), ((string)data["error"]!, (int)data["exit_code"]!));
        Assert.All(Directory.EnumerateFiles(log.Layout.Segments), segment => Assert.DoesNotContain("canary-of-the-answer", File.ReadAllText(segment), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("lock")]
    [InlineData("subjects")]
    [InlineData("first note")]
    [InlineData("file")]
    public async Task Kpi_LogThatCannotBeAppendedTo_Exits3BeforeAnythingIsReadOrWritten(string fault)
    {
        KeptLog log = new(_folder.Path);
        await using FaultyBackend backend = await FaultyBackend.StartAsync(new FaultyAnswer(500, "nobody asked"));
        switch (fault)
        {
            case "lock": // a folder where a file is to be opened: refused whoever runs the test
                Directory.CreateDirectory(log.Layout.Lock);
                break;
            case "subjects":
                Directory.Delete(log.Subjects, recursive: true);
                break;
            case "first note":
                File.Delete(log.Layout.Epoch(1));
                break;
            default:
                Directory.Delete(log.Folder, recursive: true);
                _folder.WriteText("logs/audit", "a log of the predecessor");
                break;
        }

        CommandResult result = await BuiltCommand.RunAsync(_folder.Path, Line(backend.Address));

        Assert.Equal((3, string.Empty), (result.ExitCode, result.Output));
        Assert.StartsWith("tars: error: the audit log: ", result.Error, StringComparison.Ordinal);
        Assert.Contains("nothing was done, because it cannot be audited", result.Error, StringComparison.Ordinal);
        Assert.Contains("tars: hint: ", result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.Combine("out")));
        Assert.Equal(0, backend.RequestCount);
    }

    [Fact]
    public async Task Kpi_FrozenLog_IsRefusedWithThePlaceAndVerifyGoesOn()
    {
        KeptLog log = new(_folder.Path);
        Assert.True((await KpiAsync("--sign", "--set", $"security.key_ring={MadeRing.FullPath}")).ExitCode is 0 or 4);
        string segment = log.Layout.Segment(0);
        byte[] lines = await File.ReadAllBytesAsync(segment, Cancelled);
        lines[^200] ^= 1;
        await File.WriteAllBytesAsync(segment, lines, Cancelled);

        CommandResult found = await KpiAsync();
        CommandResult again = await KpiAsync();
        CommandResult keys = await BuiltCommand.RunAsync(_folder.Path, "keys", "create", "encryption", "--ring", "made");
        CommandResult verify = await BuiltCommand.RunAsync(_folder.Path, "verify", "out", "--ring", MadeRing.FullPath);

        Assert.All(new[] { found, again, keys }, result =>
        {
            Assert.Equal((3, string.Empty), (result.ExitCode, result.Output));
            Assert.Contains("is frozen since ", result.Error, StringComparison.Ordinal);
            Assert.Contains($"{Path.GetFileName(segment)}, byte ", result.Error, StringComparison.Ordinal);
            Assert.Contains("tars: hint: find out what happened with `tars audit verify`", result.Error, StringComparison.Ordinal);
        });
        Assert.False(Directory.Exists(_folder.Combine("made")));
        Assert.Equal(0, verify.ExitCode);
        Assert.Contains("this verification is not audited", verify.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("prod")]
    [InlineData("staging")]
    public async Task Command_RequiredAndNoLog_Exits2WithTheWayOut(string profile)
    {
        CommandResult kpi = await KpiAsync("--profile", profile, "--set", $"security.key_ring={MadeRing.FullPath}");
        CommandResult keys = await BuiltCommand.RunAsync(_folder.Path, "keys", "create", "encryption", "--ring", "made", "--profile", profile);
        CommandResult off = await KpiAsync("--profile", "staging", "--set", $"security.key_ring={MadeRing.FullPath}", "--set", "compliance.audit_chain_enabled=false");

        Assert.All(new[] { kpi, keys, off }, result =>
        {
            Assert.Equal((2, string.Empty), (result.ExitCode, result.Output));
            Assert.Contains("'tars audit init'", result.Error, StringComparison.Ordinal);
        });
        Assert.Contains("there is no audit log, and compliance.audit_required asks for one before anything of the class keys is done", keys.Error, StringComparison.Ordinal);
        Assert.Empty(BuiltCommand.FilesOf(_folder.Path));
    }

    [Fact]
    public async Task Command_OneClassRequired_OthersRunWithoutALog()
    {
        CommandResult kpi = await KpiAsync("--set", "compliance.audit_required=[keys, seals]");
        CommandResult keys = await BuiltCommand.RunAsync(_folder.Path, "keys", "create", "encryption", "--ring", "made", "--set", "compliance.audit_required=[keys, seals]");

        Assert.True(kpi.ExitCode is 0 or 4, kpi.Error);
        Assert.Equal(2, keys.ExitCode);
    }

    [Fact]
    public async Task Kpi_WaivedLog_RunsWithoutOne()
    {
        string fleetFile = fleet.Flags[1];
        _folder.WriteText("tars.yaml", await File.ReadAllTextAsync(fleetFile, Cancelled) + "\ncompliance: { audit_chain_enabled: false }\nwaivers: { audit: a lab machine }\n");
        KeptLog log = new(_folder.Path);

        CommandResult result = await BuiltCommand.RunAsync(
            _folder.Path, ["kpi", "--config", "tars.yaml", .. fleet.Window, "--prometheus-url", fleet.Address.AbsoluteUri, "--output", "out", "--profile", "prod", "--set", $"security.key_ring={MadeRing.FullPath}"]);

        Assert.True(result.ExitCode is 0 or 4, result.Error);
        Assert.Empty(log.Story());
    }

    [Fact]
    public async Task Kpi_ConfigurationChangedAndAWaiver_AreWrittenBeforeTheIntent()
    {
        string fleetFile = fleet.Flags[1];
        _folder.WriteText("tars.yaml", await File.ReadAllTextAsync(fleetFile, Cancelled) + "\nwaivers: { signing: no keys yet }\n");
        KeptLog log = new(_folder.Path);
        string[] line = ["kpi", "--config", "tars.yaml", .. fleet.Window, "--prometheus-url", fleet.Address.AbsoluteUri, "--output", "out", "--profile", "prod", "--set", $"security.key_ring={MadeRing.FullPath}", "--set", "security.signing_enabled=false"];

        CommandResult first = await BuiltCommand.RunAsync(_folder.Path, line);
        CommandResult same = await BuiltCommand.RunAsync(_folder.Path, line);
        CommandResult other = await BuiltCommand.RunAsync(_folder.Path, [.. line, "--set", "observability.concurrency=2"]);

        Assert.All(new[] { first, same, other }, result => Assert.True(result.ExitCode is 0 or 4, result.Error));
        string[] run = ["waiver.used success", .. Whole];
        Assert.Equal([.. run, .. run, "configuration.changed success", .. run], log.Story());
        Assert.Equal("no keys yet", (string)log.Events()[0].Data!["reason"]!);
        IReadOnlyList<AuditRecord> events = log.Events();
        Assert.Equal((string)events[4].Data!["configuration"]!["sha256"]!, (string)events[6].Data!["before"]!);
        Assert.Equal((string)events[8].Data!["configuration"]!["sha256"]!, (string)events[6].Data!["sha256"]!);
    }

    [Fact]
    public async Task Commands_AtOnce_LeaveOneChain()
    {
        KeptLog log = new(_folder.Path);
        _folder.WriteText("a.txt", "a");
        Task<CommandResult>[] running = [.. Enumerable.Range(0, 6).Select(number => BuiltCommand.RunAsync(_folder.Path, "sign", "--detached", "a.txt", "--ring", MadeRing.FullPath))];

        CommandResult[] results = await Task.WhenAll(running);

        Assert.All(results, result => Assert.True(result.ExitCode == 0, result.Error));
        IReadOnlyList<AuditRecord> events = log.Events();
        Assert.Equal(12, events.Count);
        Assert.All(events.GroupBy(one => one.RunId), run => Assert.Equal([AuditOutcome.Intent, AuditOutcome.Success], run.Select(one => one.Outcome)));
        log.AssertWhole();
        log.AssertSealedPersons();
    }

    private static RunFacts FactsOf(SortedDictionary<string, byte[]> files)
    {
        byte[] envelope = files.Single(file => file.Key.EndsWith(Envelope.FileSuffix, StringComparison.Ordinal)).Value;
        EnvelopeReading.Read read = Assert.IsType<EnvelopeReading.Read>(EnvelopeReader.Read(envelope));
        return RunStatement.FactsOf(Assert.IsType<StatementReading.Read>(Statement.Parse(read.Envelope.Payload.Span)).Statement);
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string[] Line(string address) => ["kpi", .. fleet.Flags, .. fleet.Window, "--prometheus-url", address, "--output", "out"];

    private Task<CommandResult> KpiAsync(params string[] more) => BuiltCommand.RunAsync(_folder.Path, [.. Line(fleet.Address.AbsoluteUri), .. more]);
}
