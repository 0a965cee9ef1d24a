using Tars.Cli.CommandLine;
using Tars.Cli.Tests.Canaries;
using Tars.Cli.Tests.Failures;
using Tars.Compliance.Audit;
using Tars.TestKit;
using Xunit;

namespace Tars.Cli.Tests.Auditing;

/// <summary>Each command of the tree leaves the events that the table says, and they tell nobody who ran it.</summary>
[Collection(FleetBackends.Name)]
public sealed class CommandEventTests(SmallFleet fleet, PlantedKeys keys) : IClassFixture<PlantedKeys>
{
    private const string Guide = "docs/formats/audit-events.md";

    // The verbs of audit write the log themselves.
    public static TheoryData<string> Commands => [.. EveryCommand.Names.Where(name => !name.StartsWith("audit ", StringComparison.Ordinal) && name != "kpi watch")];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Command_WithALog_LeavesTheEventsOfTheTable(string command)
    {
        using TemporaryDirectory folder = new();
        if (command.StartsWith("keys create", StringComparison.Ordinal))
        {
            folder.WriteText("series.csv", "timestamp,value\n1767571200,1\n");
        }
        else
        {
            keys.CopyTo(folder.Path);
        }

        folder.WriteText("old.yaml", "environment: prod\ncompliance:\n  enable_audit_trail: true\n");
        KeptLog log = new(folder.Path);

        CommandResult result = await BuiltCommand.RunAsync(folder.Path, LineOf(command));

        AuditedCommand audited = AuditedCommand.Of(command);
        string end = IsDone(command) ? "success" : "failure";
        Assert.True(IsDone(command) ? result.ExitCode is 0 or 1 or 4 : result.ExitCode is 2 or 3, $"exit {result.ExitCode}: {result.Error}");
        Assert.Equal(audited.Act is { } act ? [$"{act.Intent} intent", $"{act.Outcome} {end}"] : [], log.Story());
        Assert.All(log.Events(), one => Assert.Equal(log.Events()[0].RunId, one.RunId));
        log.AssertWhole();
        log.AssertSealedPersons();
    }

    [Fact]
    public async Task EncryptAndDecrypt_OutcomesHaveTheDigestsOfWhatWasWritten()
    {
        using TemporaryDirectory folder = new();
        KeptLog log = new(folder.Path);
        folder.WriteText("report.txt", "all is well\n");
        foreach (string[] line in new string[][]
        {
            ["keys", "create", "encryption", "--ring", "ring"], ["encrypt", "report.txt", "--key-ring", "ring"],
            ["decrypt", "report.txt.sealed", "--key-ring", "ring", "--output", "opened.txt"], ["decrypt", "report.txt.sealed", "--key-ring", "ring", "--output", "-"],
        })
        {
            CommandResult result = await BuiltCommand.RunAsync(folder.Path, line);
            Assert.True(result.ExitCode == 0, result.Error);
        }

        (string Name, string Sha256)[] outputs =
        [
            .. log.Events().Where(one => one is { Outcome: AuditOutcome.Success, Type: "seal.encrypted" or "seal.decrypted" })
                .Select(one => one.Data!["outputs"]!.AsArray().Single()!).Select(one => ((string)one["name"]!, (string)one["sha256"]!)),
        ];
        string plain = DigestOf(folder.Combine("report.txt"));
        Assert.Equal([("report.txt.sealed", DigestOf(folder.Combine("report.txt.sealed"))), ("opened.txt", plain), ("(standard output)", plain)], outputs);

        static string DigestOf(string path) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path)));
    }

    [Fact]
    public async Task Migrate_DryRun_LeavesNothing()
    {
        using TemporaryDirectory folder = new();
        folder.WriteText("old.yaml", "environment: prod\n");
        KeptLog log = new(folder.Path);

        CommandResult result = await BuiltCommand.RunAsync(folder.Path, EveryCommand.LineOf("config migrate"));

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Empty(log.Story());
    }

    [Fact]
    public void Guide_ListsEachCommandWithItsClassAndEvents()
    {
        string guide = File.ReadAllText(RepositoryRoot.PathOf(Guide));
        Assert.All(AuditedCommand.All, command => Assert.Contains(RowOf(command), guide, StringComparison.Ordinal));
        string table = guide[guide.IndexOf("## Events of each command", StringComparison.Ordinal)..guide.IndexOf("## Events of requests to the API", StringComparison.Ordinal)];
        Assert.Equal(AuditedCommand.All.Count(), table.Split('\n').Count(line => line.StartsWith("| `", StringComparison.Ordinal)));
    }

    [Fact]
    public void Table_HasNoCommandThatIsNotThere() => Assert.Empty(AuditedCommand.All.Select(command => command.Name).Except(EveryCommand.Names));

    private static string RowOf(AuditedCommand command) => command.Act switch
    {
        null => $"| `{command.Name}` | none | ",
        { Intent: var intent, Outcome: var outcome } act when intent == outcome => $"| `{command.Name}` | {act.Kind.ToString().ToLowerInvariant()} | `{intent}` |",
        { } act => $"| `{command.Name}` | {act.Kind.ToString().ToLowerInvariant()} | `{act.Intent}`, `{act.Outcome}` |",
    };

    // Their line names a capture, shards, a keyring, a user or an API key that is not there, a store that is not there yet, a schedule that nobody has written, or no address.
    private static bool IsDone(string command) => command is "store migrate" or "reports list" or "schedules list" or "schedules history" or "users create" or "users list" or "users review" or "api-keys list"
        || (command is not ("capture show" or "capture import") && !command.EndsWith(" merge", StringComparison.Ordinal)
            && command.Split(' ')[0] is not ("pgp" or "store" or "reports" or "schedules" or "users" or "api-keys" or "serve" or "api"));

    private string[] LineOf(string command)
    {
        string[] line = [.. EveryCommand.LineOf(command).Where(word => command != "config migrate" || word != "--dry-run").Select(word => word == "RING" ? keys.RsaKeyId : word)];
        string[] configured = command is "completion" or "demo" or "config diff" ? [] : fleet.Flags;
        return [.. line, .. configured, .. EveryCommand.Has(command, "--prometheus-url") && command is not ("demo" or "init") ? ["--prometheus-url", fleet.Address.AbsoluteUri] : (string[])[]];
    }
}
