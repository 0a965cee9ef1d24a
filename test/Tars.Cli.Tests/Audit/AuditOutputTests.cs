using System.Globalization;
using System.Text.Json.Nodes;
using NJsonSchema;
using Tars.Compliance.Audit;
using Tars.TestKit;
using Xunit;

namespace Tars.Cli.Tests.Audit;

/// <summary>The JSON of <c>tars audit</c> is what its schemas say, and what a log larger than the memory writes is written as it is read.</summary>
public sealed class AuditOutputTests : IDisposable
{
    private readonly AuditedFolder _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Json_EachCommand_IsWhatItsSchemaSays()
    {
        await OldLog.MakeAsync(_folder);
        await MatchesAsync("audit-verify", 0, "verify", "audit");
        await MatchesAsync("audit-query", 0, "query", "--log", "audit", "--outcome", "denied");
        await MatchesAsync("audit-query", 0, "query", "--log", "audit", "--type", "no.such_type");
        await MatchesAsync("audit-stats", 0, "stats", "--log", "audit");
        await MatchesAsync("audit-prove", 0, "prove", "17", "--log", "audit");
        await MatchesAsync("audit-checkpoint", 0, "checkpoint", "--log", "audit", "--mirror", "mirror");
        await MatchesAsync("audit-prove", 0, "prove", "--consistency", "mirror/checkpoint", "--log", "audit");

        // The proofs that were written hold without the log, and with no other checkpoint or line.
        await File.WriteAllBytesAsync(_folder.Combine("kept"), await File.ReadAllBytesAsync(_folder.Combine("mirror", "checkpoint"), Cancelled), Cancelled);
        await _folder.AppendAsync(3);
        await _folder.RunAsync(0, "checkpoint", "--log", "audit");
        await _folder.RunAsync(0, "prove", "--consistency", "kept", "--log", "audit", "--output", "since");
        await _folder.RunAsync(0, "key", "--log", "audit", "--output", "first.pub");
        await _folder.RunAsync(0, "prove", "601", "--log", "audit"); // whose key is that of the newest epoch
        Assert.Contains("begin with the 600 of kept", await _folder.RunAsync(0, "verify", "--proof", "since", "--old", "kept", "--key", "first.pub", "--key", "601.pub"), StringComparison.Ordinal);
        Assert.Contains("NOT VERIFIED", await _folder.RunAsync(1, "verify", "--proof", "since", "--old", "audit/checkpoint", "--key", "601.pub"), StringComparison.Ordinal);
        Assert.Contains("line 601 is in the", await _folder.RunAsync(0, "verify", "--proof", "601.tlog-proof", "--event", "601.json", "--key", "601.pub"), StringComparison.Ordinal);
        await _folder.RunAsync(1, "verify", "--proof", "601.tlog-proof", "--event", "17.json", "--key", "601.pub");

        await _folder.RunAsync(0, "retain", "--older-than", "365d", "--yes", "--log", "audit");
        await MatchesAsync("audit-verify", 0, "verify", "audit");
        string segment = _folder.Layout().Segment(512);
        byte[] lines = await File.ReadAllBytesAsync(segment, Cancelled);
        lines[200] ^= 1;
        await File.WriteAllBytesAsync(segment, lines, Cancelled);
        await MatchesAsync("audit-verify", 1, "verify", "audit");
        await MatchesAsync("audit-verify", 3, "verify", "nowhere");
    }

    [Fact]
    public async Task Schema_AnotherOutput_IsRefused()
    {
        JsonSchema schema = await SchemaAsync("audit-query");
        Assert.NotEmpty(schema.Validate("""{"events":[{"sequence":-1}]}"""));
        Assert.NotEmpty(schema.Validate("""{"events":[],"more":1}"""));
    }

    [Fact]
    public async Task QueryJson_LargerThanTheMemory_IsWrittenAsItIsRead()
    {
        const int Count = 15_000;
        await _folder.RunAsync(0, "init", "--log", "audit", "--origin", "audit.example.org/large");
        AuditLog log = AuditLog.Open(_folder.Combine("audit"), new AuditLogOptions(), TimeProvider.System);
        await using (log)
        {
            AuditEvent large = new() { Type = "large", Outcome = AuditOutcome.Success, Resource = new string('r', 4000) };
            await Task.WhenAll(Enumerable.Range(0, Count).Select(_ => log.AppendAsync(large, Cancelled).AsTask()));
        }

        foreach (string[] arguments in new string[][] { ["query", "--log", "audit", "-o", "json"], ["export", "--log", "audit"] })
        {
            TestKit.CommandLine command = TarsProgram.Command(_folder.Combine("."), ["audit", .. arguments]);
            Dictionary<string, string?> environment = new(command.Environment) { ["DOTNET_GCHeapHardLimit"] = "3000000" }; // hexadecimal: 48 MiB for 60 MB of events
            CommandResult result = await (command with { Environment = environment }).RunAsync(Cancelled);
            Assert.True(result.ExitCode == 0, result.Error);
            Assert.Equal(Count, result.Output.Split("\"event_type\"").Length - 1);
            if (arguments[0] == "query")
            {
                Assert.Equal(Count, JsonNode.Parse(result.Output)!["events"]!.AsArray().Count);
            }
        }
    }

    private async Task MatchesAsync(string name, int exitCode, params string[] arguments)
    {
        JsonNode written = await _folder.JsonAsync(exitCode, arguments);
        JsonSchema schema = await SchemaAsync(name);
        Assert.Empty(schema.Validate(written.ToJsonString()).Select(error => string.Create(CultureInfo.InvariantCulture, $"{string.Join(' ', arguments)}: {error}")));
    }

    private static Task<JsonSchema> SchemaAsync(string name) => JsonSchema.FromFileAsync(RepositoryRoot.PathOf($"schemas/{name}.schema.json"), Cancelled);
}
