using System.Text.Json.Nodes;
using Tars.Sealing.Logs;
using Tars.TestKit;
using Xunit;

namespace Tars.Cli.Tests.Audit;

public sealed class AuditCommandTests : IDisposable
{
    private readonly AuditedFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task UsersPath_FromInitToErasure_HoldsAtEachStep()
    {
        string fingerprint = (string)(await _folder.JsonAsync(0, "init", "--log", "audit", "--origin", "audit.example.org/tars/1"))["key_id"]!;
        await _folder.AppendAsync(6);
        JsonNode log = (await _folder.JsonAsync(0, "verify", "audit", "--fingerprint", fingerprint))["logs"]![0]!;
        Assert.Equal(("whole", 6, 6, "given"), ((string)log["verdict"]!, (int)log["size"]!, (int)log["checkpoint_size"]!, (string)log["first_key_from"]!));

        JsonArray events = (await _folder.JsonAsync(0, "query", "--log", "audit", "--actor", AuditedFolder.Ada, "--outcome", "denied"))["events"]!.AsArray();
        Assert.Equal([1, 3], events.Select(one => (int)one!["sequence"]!)); // odd numbers are denied, and every third event is the schedule's
        Assert.All(events, one => Assert.Equal((AuditedFolder.Ada, "192.0.2.1"), ((string)one!["actor"]!, (string)one["actor_from"]!)));
        Assert.Contains("no event fits", await _folder.RunAsync(0, "query", "--log", "audit", "--type", "report.written"), StringComparison.Ordinal);
        string csv = await _folder.RunAsync(0, "query", "--log", "audit", "--actor", "schedule:weekly", "-o", "csv");
        Assert.Equal(3, csv.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length); // a header, lines 2 and 5

        string asked = await _folder.RunAsync(2, "erase-subject", AuditedFolder.Ada, "--log", "audit");
        Assert.Contains("nothing was erased", asked, StringComparison.Ordinal);
        await _folder.RunAsync(0, "erase-subject", AuditedFolder.Ada, "--log", "audit", "--yes");
        await _folder.RunAsync(0, "verify", "audit", "--fingerprint", fingerprint);
        string after = await _folder.RunAsync(0, "query", "--log", "audit");
        Assert.DoesNotContain(AuditedFolder.Ada, after, StringComparison.Ordinal);
        Assert.Equal(4, after.Split("(erased)").Length - 1); // lines 0, 1, 3 and 4
        Assert.Contains("is no person that the log knows", await _folder.RunAsync(2, "erase-subject", AuditedFolder.Ada, "--log", "audit", "--yes"), StringComparison.Ordinal);
        await _folder.RunAsync(2, "init", "--log", "audit");
    }

    [Fact]
    public async Task Query_WithoutTheFolderOfSubjects_SaysSealed()
    {
        await _folder.RunAsync(0, "init", "--log", "audit");
        await _folder.AppendAsync(2);
        Directory.Move(_folder.Combine("audit.subjects"), _folder.Combine("elsewhere"));
        string all = await _folder.RunAsync(0, "query", "--log", "audit");
        Assert.Equal(2, all.Split("(sealed)").Length - 1);
        Assert.Contains(AuditedFolder.Ada, await _folder.RunAsync(0, "query", "--log", "audit", "--subjects", "elsewhere"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Query_KeyBroughtBackFromABackup_StaysErased()
    {
        await _folder.RunAsync(0, "init", "--log", "audit");
        await _folder.AppendAsync(2);
        _folder.Copy("audit.subjects", "backup");
        await _folder.RunAsync(0, "erase-subject", AuditedFolder.Ada, "--log", "audit", "--yes");
        string all = await _folder.RunAsync(0, "query", "--log", "audit", "--subjects", "backup", "--type", "report.read");
        Assert.Equal(2, all.Split("(erased)").Length - 1);
        Assert.DoesNotContain(AuditedFolder.Ada, all, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_ChangedByte_Exits1AndNamesFileByteAndSequence()
    {
        await _folder.RunAsync(0, "init", "--log", "audit");
        await _folder.RunAsync(0, "key", "--log", "audit", "--output", "audit.pub");
        await _folder.AppendAsync(4);
        string segment = _folder.Layout().Segment(0);
        byte[] bytes = await File.ReadAllBytesAsync(segment, TestContext.Current.CancellationToken);
        int second = Array.IndexOf(bytes, (byte)'\n') + 1;
        bytes[bytes.AsSpan(second).IndexOf("report:1"u8) + second + "report:".Length] = (byte)'7';
        await File.WriteAllBytesAsync(segment, bytes, TestContext.Current.CancellationToken);

        JsonNode finding = Assert.Single((await _folder.JsonAsync(1, "verify", "audit", "--key", "audit.pub"))["logs"]![0]!["findings"]!.AsArray(), one => (int?)one!["sequence"] == 1)!;
        Assert.Equal(("rewritten", "segments/00000000000000000000.jsonl", second), ((string)finding["kind"]!, (string)finding["file"]!, (int)finding["byte_offset"]!));
        Assert.Contains($"segments/00000000000000000000.jsonl:{second}: line 1: rewritten", await _folder.RunAsync(1, "verify", "audit", "--key", "audit.pub"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_TornUnreadableOrAnothersKey_HasItsOwnExitCode()
    {
        await _folder.RunAsync(0, "init", "--log", "audit");
        await _folder.RunAsync(0, "init", "--log", "other");
        await _folder.RunAsync(0, "key", "--log", "other", "--output", "other.pub");
        await _folder.AppendAsync(2);
        Assert.Contains("taken from the log itself", await _folder.RunAsync(0, "verify", "audit"), StringComparison.Ordinal);
        await _folder.RunAsync(1, "verify", "audit", "--key", "other.pub");
        Assert.Contains("unreadable: nowhere", await _folder.RunAsync(3, "verify", "audit", "nowhere"), StringComparison.Ordinal);
        await File.AppendAllTextAsync(_folder.Layout().Segment(0), "{\"sequence\":2,\"event", TestContext.Current.CancellationToken);
        Assert.Contains("torn, as a crash leaves it", await _folder.RunAsync(0, "verify", "audit"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_CopiesOfOneLog_MayBeBehindButNotDiffer()
    {
        await _folder.RunAsync(0, "init", "--log", "audit");
        await _folder.AppendAsync(3);
        _folder.Copy("audit", "behind");
        _folder.Copy("audit", "forked");
        _folder.Copy("audit.subjects", "forked.subjects");
        await _folder.AppendAsync(2);
        await _folder.RunAsync(0, "verify", "audit", "behind");
        await _folder.AppendAsync(1, "forked");
        Assert.Contains("two histories of one log", await _folder.RunAsync(1, "verify", "audit", "forked"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prove_Event_IsCheckedWithoutTheLogByPython()
    {
        string python = Executables.Require("python3");
        await _folder.RunAsync(0, "init", "--log", "audit");
        await _folder.AppendAsync(5);
        string id = (string)(await _folder.JsonAsync(0, "query", "--log", "audit", "--resource", "report:3"))["events"]![0]!["event_id"]!;
        await _folder.RunAsync(0, "prove", id, "--log", "audit");
        string[] check = [RepositoryRoot.PathOf("test/interop/check_proof.py"), $"{id}.json", $"{id}.tlog-proof", $"{id}.pub"];
        CommandResult holds = await _folder.ProgramAsync(python, check);
        Assert.True(holds.ExitCode == 0, holds.Output + holds.Error);

        string line = await File.ReadAllTextAsync(_folder.Combine($"{id}.json"), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(_folder.Combine($"{id}.json"), line.Replace("report:3", "report:4", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        Assert.NotEqual(0, (await _folder.ProgramAsync(python, check)).ExitCode);
        Assert.Contains("no such event", await _folder.RunAsync(2, "prove", "99", "--log", "audit"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prove_Consistency_HoldsForWhatTheLogBeganWithAndNoOther()
    {
        await _folder.RunAsync(0, "init", "--log", "audit");
        await _folder.AppendAsync(3);
        _folder.Copy("audit", "forked");
        _folder.Copy("audit.subjects", "forked.subjects");
        File.Copy(_folder.Layout().Checkpoint, _folder.Combine("old"));
        await _folder.AppendAsync(4);
        await _folder.RunAsync(0, "prove", "--consistency", "old", "--log", "audit", "--output", "since");
        Assert.True(ConsistencyProofFile.TryParse(await File.ReadAllBytesAsync(_folder.Combine("since"), TestContext.Current.CancellationToken), out ConsistencyProofFile? proof, out _));
        Assert.True(Checkpoint.TryParse(await File.ReadAllTextAsync(_folder.Combine("old"), TestContext.Current.CancellationToken) is { } text ? text[..(text.IndexOf("\n\n", StringComparison.Ordinal) + 1)] : "", out Checkpoint? old, out _));
        Assert.True(Checkpoint.TryParse(proof.Checkpoint.Text, out Checkpoint? newer, out _));
        Assert.Equal((3, 7), (old.Size, newer.Size));
        Assert.True(MerkleProof.VerifyConsistency(old.Size, old.Root, newer.Size, newer.Root, proof.Path));

        await _folder.AppendAsync(1, "forked");
        Assert.Contains("not those that were signed then", await _folder.RunAsync(1, "prove", "--consistency", "forked/checkpoint", "--log", "audit"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Checkpoint_Mirror_TellsALogThatWasSetBack()
    {
        await _folder.RunAsync(0, "init", "--log", "audit");
        await _folder.AppendAsync(2);
        _folder.Copy("audit", "older");
        await _folder.AppendAsync(2);
        await _folder.RunAsync(0, "checkpoint", "--log", "audit", "--mirror", "mirror");
        await _folder.RunAsync(0, "verify", "audit", "--mirror", "mirror");
        await _folder.RunAsync(0, "verify", "older"); // by itself it is whole
        Assert.Contains("rolled-back", await _folder.RunAsync(1, "verify", "older", "--mirror", "mirror"), StringComparison.Ordinal);
        byte[] kept = await File.ReadAllBytesAsync(_folder.Combine("mirror", "checkpoint"), TestContext.Current.CancellationToken);
        Assert.Contains("does not begin with the 4 lines", await _folder.RunAsync(1, "checkpoint", "--log", "older", "--mirror", "mirror"), StringComparison.Ordinal);
        Assert.Equal(kept, await File.ReadAllBytesAsync(_folder.Combine("mirror", "checkpoint"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Init_Continues_LinksTheNewLogToTheOld()
    {
        await _folder.RunAsync(0, "init", "--log", "audit", "--origin", "one");
        await _folder.AppendAsync(3);
        await _folder.RunAsync(0, "init", "--log", "next", "--origin", "two", "--continues", "audit", "--subjects", "audit.subjects");
        Assert.Contains("continues one, of which 3 lines were whole", await _folder.RunAsync(0, "verify", "next"), StringComparison.Ordinal);
        await _folder.RunAsync(2, "init", "--log", "third", "--origin", "two", "--continues", "next");
        Assert.False(Directory.Exists(_folder.Combine("third")));
    }

    [Fact]
    public async Task TailExportAndStats_TellTheSameEvents()
    {
        await _folder.RunAsync(0, "init", "--log", "audit");
        await _folder.AppendAsync(5);
        string[] tail = (await _folder.RunAsync(0, "tail", "-n", "2", "--log", "audit")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["3", "4"], tail.Select(line => line[..1]));
        await _folder.RunAsync(0, "export", "--log", "audit", "--output", "all.jsonl");
        Assert.Equal(await File.ReadAllBytesAsync(_folder.Layout().Segment(0), TestContext.Current.CancellationToken), await File.ReadAllBytesAsync(_folder.Combine("all.jsonl"), TestContext.Current.CancellationToken));
        Assert.DoesNotContain(AuditedFolder.Ada, await _folder.RunAsync(0, "export", "--log", "audit", "-o", "csv"), StringComparison.Ordinal);
        Assert.Contains(AuditedFolder.Ada, await _folder.RunAsync(0, "export", "--log", "audit", "-o", "csv", "--reveal"), StringComparison.Ordinal);
        JsonNode stats = await _folder.JsonAsync(0, "stats", "--log", "audit");
        Assert.Equal((5, 3, 2), ((int)stats["events"]!, (int)stats["outcomes"]!["success"]!, (int)stats["outcomes"]!["denied"]!));
    }

    [Fact]
    public async Task Tail_Follow_ShowsWhatComesAndEndsCleanlyOnCtrlC()
    {
        await _folder.RunAsync(0, "init", "--log", "audit");
        await using RunningCommand tail = _folder.Start("tail", "-f", "--log", "audit");
        await _folder.AppendAsync(3);
        await tail.WaitForTextAsync("report:2", TestContext.Current.CancellationToken);
        await tail.SignalAsync("INT", TestContext.Current.CancellationToken);
        CommandResult result = await tail.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal((0, string.Empty), (result.ExitCode, result.Error));
    }
}
