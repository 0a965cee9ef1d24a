using System.Text.Json;
using Tars.TestKit;

namespace Tars.Verify.Tests;

/// <summary><c>tars-verify audit</c> and <c>tars-verify proof</c>, run as an auditor runs them.</summary>
public sealed class AuditLogTests
{
    private const string Witness = "witness.example.org/a=witness.pub";

    [Fact]
    public async Task Guide_EachCommandOnAuditLogs_Verifies()
    {
        using AuditLogs logs = new();
        string[] commands = [.. File.ReadAllLines(RepositoryRoot.PathOf("docs/guides/verifying.md")).Where(line => line.StartsWith("tars-verify audit ", StringComparison.Ordinal) || line.StartsWith("tars-verify proof ", StringComparison.Ordinal))];
        Assert.Equal(4, commands.Length);
        foreach (string command in commands)
        {
            CommandResult result = await logs.RunAsync(command.Split(' ')[1..]);
            Assert.True(result.ExitCode == 0, $"{command}\n{result.Output}{result.Error}");
        }
    }

    [Fact]
    public async Task Audit_WholeLog_TellsItsEndItsKeysAndWhatNothingSignedCovers()
    {
        using AuditLogs logs = new();
        CommandResult text = await logs.RunAsync("audit", "audit", "--key", "log.pub", "--witness", Witness, "--mirror", "from-the-witness");
        Assert.Equal((0, string.Empty), (text.ExitCode, text.Error));
        Assert.StartsWith("ok    audit: whole: 296 lines, 2026-01-31T08:00:01Z to 2026-01-31T08:04:56Z\n", text.Output, StringComparison.Ordinal);
        Assert.Contains("newest checkpoint: 290 lines; 6 came after it, and nothing signed says that they were all\n", text.Output, StringComparison.Ordinal);
        Assert.Contains("witness witness.example.org/a: 290 lines at 2026-01-31T08:04:56Z (from-the-witness/290.note)\n", text.Output, StringComparison.Ordinal);

        CommandResult json = await logs.RunAsync("audit", "audit", "--key", logs.Model.FirstKeyId, "--threads", "2", "-o", "json");
        using JsonDocument document = JsonDocument.Parse(json.Output);
        JsonElement root = document.RootElement;
        Assert.True(root.GetProperty("verified").GetBoolean());
        Assert.Equal(("whole", 296L, 290L, 6L), (root.GetProperty("verdict").GetString(), root.GetProperty("size").GetInt64(), root.GetProperty("checkpoint_size").GetInt64(), root.GetProperty("lines_after_checkpoint").GetInt64()));
        Assert.Equal(Convert.ToBase64String(logs.Model.Root(296)), root.GetProperty("root").GetString());
        Assert.Equal(logs.Model.FirstKeyId, root.GetProperty("epochs")[0].GetProperty("key").GetString());
        Assert.Equal(0, root.GetProperty("findings").GetArrayLength());
    }

    [Fact]
    public async Task Audit_TornEnd_IsToldFromACutOne()
    {
        using AuditLogs logs = new();
        byte[] lines = File.ReadAllBytes(logs.Newest);
        File.WriteAllBytes(logs.Newest, lines[..^10]);
        CommandResult torn = await logs.RunAsync("audit", "audit", "--key", "log.pub", "-o", "json");
        Assert.Equal(0, torn.ExitCode);
        JsonElement finding = Only(torn, "torn");
        Assert.Equal(("torn", 295L, logs.Model.PlaceOf(295).Offset), (finding.GetProperty("kind").GetString(), finding.GetProperty("sequence").GetInt64(), finding.GetProperty("byte_offset").GetInt64()));

        CommandResult warned = await logs.RunAsync("audit", "audit", "--key", "log.pub");
        Assert.Equal(0, warned.ExitCode);
        Assert.Contains($"warn  audit/segments/00000000000000000256.jsonl:{logs.Model.PlaceOf(295).Offset}: torn at line 295: ", warned.Output, StringComparison.Ordinal);

        File.WriteAllBytes(logs.Newest, [.. lines[..^10], .. "tampered\"}"u8]);
        CommandResult other = await logs.RunAsync("audit", "audit", "--key", "log.pub", "-o", "json");
        Assert.Equal((1, "malformed"), (other.ExitCode, Only(other, "tampered").GetProperty("kind").GetString()));

        int at = (int)logs.Model.PlaceOf(280).Offset;
        File.WriteAllBytes(logs.Newest, lines[..(at + 5)]);
        CommandResult cut = await logs.RunAsync("audit", "audit", "--key", "log.pub", "-o", "json");
        Assert.Equal(1, cut.ExitCode);
        finding = Only(cut, "tampered");
        Assert.Equal(("truncated", 280L, 290L, (long)at), (finding.GetProperty("kind").GetString(), finding.GetProperty("sequence").GetInt64(), finding.GetProperty("end").GetInt64(), finding.GetProperty("byte_offset").GetInt64()));
        CommandResult text = await logs.RunAsync("audit", "audit", "--key", "log.pub");
        Assert.Contains($"FAIL  audit/segments/00000000000000000256.jsonl:{at}: truncated in lines 280 to 289: expected 290 lines, as checkpoint says; found 280 lines and 5 bytes without a line feed\n", text.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Audit_WhatTheTrustDoesNotCover_IsNegative()
    {
        using AuditLogs logs = new();
        CommandResult key = await logs.RunAsync("audit", "audit", "--key", "stranger.pub");
        Assert.Equal(1, key.ExitCode);
        Assert.Contains("wrong-key: expected key ", key.Output, StringComparison.Ordinal);
        CommandResult silent = await logs.RunAsync("audit", "audit", "--key", "log.pub", "--witness", Witness);
        Assert.Equal(1, silent.ExitCode);
        Assert.Contains("missing: expected a checkpoint with the cosignature of witness.example.org/a; found none, here or with the witness\n", silent.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Proof_AnotherLineOrKey_IsRefusedWithTheReason()
    {
        using AuditLogs logs = new();
        CommandResult good = await logs.RunAsync("proof", "event-42.tlog-proof", "--event", "event-42.json", "--key", "log.pub", "-o", "json");
        Assert.Equal((0, string.Empty), (good.ExitCode, good.Error));
        CommandResult key = await logs.RunAsync("proof", "event-42.tlog-proof", "--event", "event-42.json", "--key", "stranger.pub");
        Assert.Equal(1, key.ExitCode);
        Assert.Contains(" did not sign its checkpoint as audit.example.org/tars/7d1f\n", key.Output, StringComparison.Ordinal);
        File.WriteAllBytes(logs.Combine("event-42.json"), logs.Model.Lines[43]);
        CommandResult line = await logs.RunAsync("proof", "event-42.tlog-proof", "--event", "event-42.json", "--key", "log.pub");
        Assert.Contains("the event is line 43; the proof is of line 42\n", line.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Proof_Consistency_HoldsWithTheOlderCheckpointAlone()
    {
        using AuditLogs logs = new();
        CommandResult good = await logs.RunAsync("proof", "since-100.tlog-consistency", "--old", "at-100.note", "--key", "log.pub");
        Assert.Equal((0, string.Empty), (good.ExitCode, good.Error));
        Assert.Contains("the 290 lines of audit.example.org/tars/7d1f that the key has signed begin with the 100 of at-100.note\n", good.Output, StringComparison.Ordinal);
        CommandResult other = await logs.RunAsync("proof", "since-100.tlog-consistency", "--old", "audit/checkpoint", "--key", "log.pub");
        Assert.Equal(1, other.ExitCode);
        Assert.Contains("the proof is from size 100, not from 290\n", other.Output, StringComparison.Ordinal);
        CommandResult key = await logs.RunAsync("proof", "since-100.tlog-consistency", "--old", "at-100.note", "--old-key", "stranger.pub", "--key", "log.pub");
        Assert.Equal(1, key.ExitCode);
        Assert.Contains(" did not sign the older checkpoint as ", key.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no log is given; tars-verify audit --help shows the arguments", "audit")]
    [InlineData("--key FILE is expected: nothing is trusted without it", "audit", "audit")]
    [InlineData("b: one log is expected", "audit", "audit", "b", "--key", "log.pub")]
    [InlineData("--witness a: NAME=KEYFILE is expected", "audit", "audit", "--key", "log.pub", "--witness", "a")]
    [InlineData("--threads 3: 1 or 2 is expected", "audit", "audit", "--key", "log.pub", "--threads", "3")]
    [InlineData("--nothing: no such option; tars-verify audit --help lists them", "audit", "audit", "--nothing")]
    [InlineData("--event FILE or --old CHECKPOINT is expected: a proof is of a line, or of an older checkpoint", "proof", "event-42.tlog-proof", "--key", "log.pub")]
    [InlineData("-o xml: text or json is expected", "proof", "event-42.tlog-proof", "-o", "xml")]
    public async Task Arguments_NotAsTheyAreTaken_AreRefused(string message, params string[] arguments)
    {
        using AuditLogs logs = new();
        CommandResult result = await logs.RunAsync(arguments);
        Assert.Equal((2, string.Empty, $"tars-verify: error: {message}\n"), (result.ExitCode, result.Output, result.Error));
    }

    [Fact]
    public async Task Audit_FolderThatIsNotThere_CannotBeRead()
    {
        using AuditLogs logs = new();
        CommandResult result = await logs.RunAsync("audit", "nowhere", "--key", "log.pub");
        Assert.Equal((3, "tars-verify: error: nowhere: there is no such folder\n"), (result.ExitCode, result.Error));
    }

    private static JsonElement Only(CommandResult result, string verdict)
    {
        using JsonDocument document = JsonDocument.Parse(result.Output);
        Assert.Equal(verdict, document.RootElement.GetProperty("verdict").GetString());
        JsonElement findings = document.RootElement.GetProperty("findings");
        Assert.Equal(1, findings.GetArrayLength());
        return findings[0].Clone();
    }
}
