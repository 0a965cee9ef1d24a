using NJsonSchema;
using Tars.Sealing.Streams;
using Tars.TestKit;

namespace Tars.Verify.Tests;

/// <summary>What <c>-o json</c> writes is what schemas/tars-verify.schema.json says, for each kind of check, good and bad.</summary>
public sealed class JsonReportTests
{
    [Fact]
    public async Task Json_OfEachKindOfCheck_MatchesTheSchema()
    {
        using SignedReports reports = new();
        using KeyEncryptionKey key = new("auditor", 3, new byte[32]);
        await FileSealing.SealAsync(reports.Combine("reports/kpi.md"), reports.Combine("kpi.md.sealed"), [key], new SealOptions(), TestContext.Current.CancellationToken);
        reports.Write("capture/manifest.json", "{}");
        reports.Write("capture/SHA256SUMS", $"{reports.Sha256("capture/manifest.json")}  manifest.json\n");
        reports.Write("empty/stranger.txt", "?");
        reports.Write("signed.json", "{\"a\":1}");
        reports.Write("some.txt", "x");
        reports.Write("some.txt.sig", "tars-signature 1\n");

        HashSet<string> kinds = [];
        foreach (string path in (string[])["reports", "reports/kpi.dsse.json", "capture", "empty", "kpi.md.sealed", "signed.json", "some.txt.sig"])
        {
            CommandResult result = await reports.RunAsync(path, "--trust", "trust", "-o", "json");
            Assert.True(result.ExitCode is 0 or 1, result.Error);
            await AssertMatchesAsync(result.Output);
            kinds.UnionWith(System.Text.Json.Nodes.JsonNode.Parse(result.Output)!["checks"]!.AsArray().Select(check => (string)check!["check"]!));
        }

        Assert.Equal(["capture", "envelope", "file", "folder", "sealed-file", "signature", "signed-json"], kinds.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Schema_OfAnotherDocument_RefusesIt()
    {
        JsonSchema schema = await SchemaAsync();
        Assert.NotEmpty(schema.Validate("""{ "verified": true, "checks": [] }"""));
        Assert.NotEmpty(schema.Validate("""{ "verified": true, "checks": [{ "path": "a", "check": "other", "ok": true, "message": "b", "notes": [] }] }"""));
    }

    [Fact]
    public async Task Envelope_Alone_TellsWhatElseLiesBesideItAndStaysGood()
    {
        using SignedReports reports = new();
        reports.Write("reports/stranger.pdf", "?");
        CommandResult alone = await reports.RunAsync("reports/kpi.dsse.json", "--trust", "trust");
        Assert.Equal((0, string.Empty), (alone.ExitCode, alone.Error));
        Assert.Contains("it says nothing of what else lies beside it: stranger.pdf; give the folder to have it judged\n", alone.Output, StringComparison.Ordinal);
        CommandResult folder = await reports.RunAsync("reports", "--trust", "trust");
        Assert.Equal(1, folder.ExitCode);
        Assert.DoesNotContain("what else lies beside it", folder.Output, StringComparison.Ordinal);
    }

    private static async Task AssertMatchesAsync(string json) => Assert.Empty((await SchemaAsync()).Validate(json).Select(error => $"{error}\n{json}"));

    private static Task<JsonSchema> SchemaAsync() =>
        JsonSchema.FromFileAsync(RepositoryRoot.PathOf("schemas/tars-verify.schema.json"), TestContext.Current.CancellationToken);
}
