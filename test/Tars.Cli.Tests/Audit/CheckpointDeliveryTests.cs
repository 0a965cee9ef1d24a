using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Tars.Compliance.Audit;
using Tars.Sealing.Logs;
using Tars.TestKit;
using Xunit;

namespace Tars.Cli.Tests.Audit;

/// <summary>Checkpoints that are sent by themselves at the end of each command: to a folder, to a real git repository, to a real witness.</summary>
public sealed class CheckpointDeliveryTests : IDisposable
{
    private const string Witness = "witness.example.net/w1";
    private readonly TemporaryDirectory _folder = new();
    private readonly int _port = FreePort();
    private int _made;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private LogLayout Layout => new(_folder.Combine("logs", "audit"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Command_MirrorsAndWitness_HoldItsCheckpointAndVerifyAsksThem()
    {
        await PrepareAsync();
        await using RunningCommand witness = await StartAsync();
        CommandResult made = await MakeKeyAsync(0);
        Assert.DoesNotContain("warning", made.Error, StringComparison.Ordinal);
        await MakeKeyAsync(0);

        string newest = await File.ReadAllTextAsync(Layout.Checkpoint, Cancelled);
        Assert.Equal(newest, await File.ReadAllTextAsync(_folder.Combine("mirror", "checkpoint"), Cancelled));
        string branch = (await GitAsync("for-each-ref", "--format=%(refname)")).Trim();
        Assert.StartsWith("refs/heads/tars-audit/", branch, StringComparison.Ordinal);
        Assert.Equal(newest, await GitAsync("show", $"{branch}:checkpoint"));
        Assert.Equal("2", (await GitAsync("rev-list", "--count", branch)).Trim());
        Assert.Equal(["keys.created intent", "keys.created success", "keys.created intent", "keys.created success"], Story());

        CommandResult verified = await RunAsync(0, "audit", "verify");
        Assert.Contains($"witness {Witness}: 4 lines at ", verified.Output, StringComparison.Ordinal);
        File.Delete(Layout.Checkpoint);
        Directory.Delete(_folder.Combine("mirror"), recursive: true);
        CommandResult tampered = await RunAsync(1, "audit", "verify"); // git still holds what is gone here
        Assert.Contains("TAMPERED", tampered.Output, StringComparison.Ordinal);
        Assert.Contains("mirror was not asked", tampered.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Command_NobodyReached_WarnsEachTimeAndTellsTheLogOnce()
    {
        await PrepareAsync();
        Directory.Move(_folder.Combine("repository.git"), _folder.Combine("away.git"));
        await File.WriteAllTextAsync(_folder.Combine("mirror"), "no folder", Cancelled);
        string[] targets = [$"http://127.0.0.1:{_port}/", $"git+file://{_folder.Combine("repository.git")}", _folder.Combine("mirror")];
        for (int i = 0; i < 2; i++)
        {
            CommandResult made = await MakeKeyAsync(0);
            Assert.All(targets, target => Assert.Contains(target, made.Error, StringComparison.Ordinal));
        }

        Assert.Equal(3, Story().Count(one => one == "checkpoint.delivery failure"));

        Directory.Move(_folder.Combine("away.git"), _folder.Combine("repository.git"));
        File.Delete(_folder.Combine("mirror"));
        await using RunningCommand witness = await StartAsync();
        CommandResult reached = await MakeKeyAsync(0);
        Assert.DoesNotContain("the checkpoint was not taken", reached.Error, StringComparison.Ordinal);
        Assert.Equal(3, Story().Count(one => one == "checkpoint.delivery success"));
        Assert.Equal(targets.Order(StringComparer.Ordinal), Events().Where(one => one is { Type: "checkpoint.delivery", Outcome: AuditOutcome.Success }).Select(one => one.Resource!).Order(StringComparer.Ordinal));
        await MakeKeyAsync(0); // so that what tells of the success is sent as well
        await RunAsync(0, "audit", "verify");
    }

    [Fact]
    public async Task Command_FewerCosignaturesThanTheQuorum_EndsWithExitCode3()
    {
        await PrepareAsync("  audit_witness_quorum: 1\n");
        CommandResult failed = await MakeKeyAsync(3);
        Assert.Contains("0 of 1 witnesses have cosigned the 2 lines, and compliance.audit_witness_quorum asks for 1", failed.Error, StringComparison.Ordinal);
        Assert.Contains("'tars audit checkpoint' asks the witnesses again", failed.Error, StringComparison.Ordinal);

        await using RunningCommand witness = await StartAsync();
        CommandResult again = await RunAsync(0, "audit", "checkpoint");
        Assert.Contains($"cosigned by {Witness}", again.Output + again.Error, StringComparison.Ordinal);
        await MakeKeyAsync(0);
        Assert.Equal(["quorum"], Events().Where(one => one is { Type: "checkpoint.delivery", Outcome: AuditOutcome.Failure } && !one.Resource!.Contains(':', StringComparison.Ordinal)).Select(one => one.Resource));
    }

    [Fact]
    public async Task Command_WitnessHasSeenAnotherHistory_FreezesTheLog()
    {
        await PrepareAsync();
        await using RunningCommand witness = await StartAsync();
        await MakeKeyAsync(0);
        CopyFolder(Layout.Root, _folder.Combine("older"));
        await MakeKeyAsync(0);
        Directory.Delete(Layout.Root, recursive: true);
        Directory.Move(_folder.Combine("older"), Layout.Root);
        Directory.Delete(_folder.Combine("mirror"), recursive: true); // the witness alone remembers
        Directory.Delete(_folder.Combine("repository.git"), recursive: true);

        CommandResult refused = await MakeKeyAsync(3);
        Assert.Contains("the witness has cosigned 4 lines of ", refused.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(Layout.Frozen));
        CommandResult next = await MakeKeyAsync(3);
        Assert.Contains("is frozen since", next.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Command_MirrorHasAnotherHistory_FreezesTheLogAndLeavesTheMirror()
    {
        await PrepareAsync(witness: false);
        await MakeKeyAsync(0);
        CopyFolder(Layout.Root, _folder.Combine("older"));
        await MakeKeyAsync(0);
        string held = await File.ReadAllTextAsync(_folder.Combine("mirror", "checkpoint"), Cancelled);
        Directory.Delete(Layout.Root, recursive: true);
        Directory.Move(_folder.Combine("older"), Layout.Root);

        CommandResult refused = await MakeKeyAsync(3);

        Assert.Contains("does not begin with the 4 lines that the mirror holds a checkpoint of", refused.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(Layout.Frozen));
        Assert.Equal(held, await File.ReadAllTextAsync(_folder.Combine("mirror", "checkpoint"), Cancelled));
    }

    [Fact]
    public async Task Command_WitnessThatNeverAnswers_HoldsTheRunUpForTheTimeThatIsSet()
    {
        using TcpListener silent = new(IPAddress.Loopback, 0);
        silent.Start();
        await PrepareAsync("  audit_delivery_timeout: 300ms\n", port: ((IPEndPoint)silent.LocalEndpoint).Port);
        CommandResult made = await MakeKeyAsync(0);
        Assert.Contains("no answer within 0.3 s", made.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HoldAndErasure_Done_AreSentAndMissAQuorumAsOtherCommandsDo()
    {
        await PrepareAsync("  audit_witness_quorum: 1\n");
        await using (RunningCommand witness = await StartAsync())
        {
            foreach (string[] verb in (string[][])[["hold", "set", "--reason", "case 17"], ["hold", "release", "--reason", "closed"], ["erase-subject", Environment.UserName, "--yes"]])
            {
                await RunAsync(0, ["audit", .. verb]);
                Assert.Equal(await File.ReadAllTextAsync(Layout.Checkpoint, Cancelled), await File.ReadAllTextAsync(_folder.Combine("mirror", "checkpoint"), Cancelled));
                Assert.Contains($"witness {Witness}: {Events().Count} lines at ", (await RunAsync(0, "audit", "verify")).Output, StringComparison.Ordinal);
            }
        }

        CommandResult unseen = await RunAsync(3, "audit", "hold", "set", "--reason", "case 18");
        Assert.Contains("the hold is set, but 0 of 1 witnesses have cosigned", unseen.Error, StringComparison.Ordinal);
        Assert.Contains("`tars audit checkpoint` asks them again", unseen.Error, StringComparison.Ordinal);
    }

    private static int FreePort()
    {
        using TcpListener free = new(IPAddress.Loopback, 0);
        free.Start();
        return ((IPEndPoint)free.LocalEndpoint).Port;
    }

    private static void CopyFolder(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    private async Task PrepareAsync(string more = "", bool witness = true, int? port = null)
    {
        await RunAsync(0, "audit", "init", "--log", "logs/audit", "--origin", "audit.example.org/tars/sent");
        await RunAsync(0, "audit", "key", "--log", "logs/audit", "--output", "log.pub");
        await RunAsync(0, "audit", "witness", "--create-key", "--key", "w.pem", "--name", Witness);
        Directory.CreateDirectory(_folder.Combine("repository.git"));
        await GitAsync("init", "--bare", "--quiet");
        await File.WriteAllTextAsync(
            _folder.Combine("tars.yaml"),
            string.Create(CultureInfo.InvariantCulture, $"""
            compliance:
              audit_mirrors: [mirror, "git+file://{_folder.Combine("repository.git")}"]
            {(witness ? $"  audit_witnesses:\n    - url: http://127.0.0.1:{port ?? _port}\n      name: {Witness}\n      key_path: w.pem.pub\n" : string.Empty)}{more}
            """),
            Cancelled);
    }

    private async Task<RunningCommand> StartAsync()
    {
        RunningCommand witness = TarsProgram.Command(
            _folder.Path, "audit", "witness", "--listen", $"127.0.0.1:{_port}", "--state", "state", "--key", "w.pem", "--name", Witness, "--log", "audit.example.org/tars/sent=log.pub", "--new").Start();
        await witness.WaitForTextAsync("watching", Cancelled);
        return witness;
    }

    private Task<CommandResult> MakeKeyAsync(int exitCode) => RunAsync(exitCode, "keys", "create", "encryption", "--ring", $"ring-{++_made}");

    private async Task<CommandResult> RunAsync(int exitCode, params string[] arguments)
    {
        CommandResult result = await TarsProgram.RunAsync(_folder.Path, arguments);
        Assert.True(result.ExitCode == exitCode, $"tars {string.Join(' ', arguments)}: exit {result.ExitCode}, not {exitCode}\n{result.Output}{result.Error}");
        return result;
    }

    private async Task<string> GitAsync(params string[] arguments)
    {
        CommandResult result = await new TestKit.CommandLine("git", ["--git-dir", _folder.Combine("repository.git"), .. arguments]) { WorkingDirectory = _folder.Path }.RunAsync(Cancelled);
        Assert.True(result.ExitCode == 0, result.Error);
        return result.Output;
    }

    private IReadOnlyList<AuditRecord> Events() => [.. new AuditQuery(Layout.Root).Find(new AuditFilter())];

    private IEnumerable<string> Story() => Events().Select(one => $"{one.Type} {one.Outcome.ToString().ToLowerInvariant()}");
}
