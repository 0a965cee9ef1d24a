using System.Text.Json.Nodes;
using Tars.Compliance.Audit;
using Tars.Sealing.Keys;
using Tars.Sealing.Signatures;
using Xunit;

namespace Tars.Cli.Tests.Audit;

/// <summary>What takes two persons: asked for with one ring's key, approved with another's, and done exactly as it was approved.</summary>
public sealed class TwoPersonTests : IDisposable
{
    private static readonly string[] Retain = ["retain", "--older-than", "365d", "--archive", "archive", "--log", "audit"];
    private readonly AuditedFolder _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Retain_AskedForAndApproved_IsDoneOnceAndToldByTheLog()
    {
        await PrepareAsync();
        Assert.Contains("retain takes two persons: compliance.audit_two_person is set", await _folder.RunAsync(2, [.. Retain, "--yes"]), StringComparison.Ordinal);
        await AskAsync();
        Assert.Equal([0L, 256L, 512L], _folder.Layout().SegmentStarts()); // to ask is not to do
        Assert.Contains("nobody has approved it", await DoAsync(2), StringComparison.Ordinal);
        Assert.Contains("one person is not two", await _folder.RunAsync(2, "approve", "request.json", "--yes", "--ring", "ada", "--log", "audit"), StringComparison.Ordinal);
        Assert.Contains("compliance.audit_approvers does not list", await _folder.RunAsync(2, "approve", "request.json", "--yes", "--ring", "eve", "--log", "audit"), StringComparison.Ordinal);
        Assert.Contains("\"first\":0,\"end\":256", await _folder.RunAsync(0, "approve", "request.json", "--yes", "--ring", "bob", "--log", "audit"), StringComparison.Ordinal);
        File.Copy(_folder.Combine("request.json"), _folder.Combine("again.json"));

        await DoAsync(0);

        Assert.Equal([512L], _folder.Layout().SegmentStarts());
        await _folder.RunAsync(0, "verify", "audit");
        AuditRecord[] story = [.. new AuditQuery(_folder.Combine("audit")).Find(new AuditFilter()).Where(one => one.Sequence >= 600)];
        Assert.Equal(["approval.requested", "approval.granted", "approval.used", "retention.removed", "retention.removed"], story.Select(one => one.Type));
        Assert.Single(story.Take(3).Select(one => one.Resource).Distinct());
        Assert.Single(story.Take(3).Select(one => (string)one.Data!["plan_sha256"]!).Distinct());
        Assert.NotEqual((string)story[2].Data!["requested_with"]!, (string)story[2].Data!["approved_with"]!);
    }

    [Fact]
    public async Task Approve_NoSuchFile_SaysWhoWritesOne()
    {
        string said = await _folder.RunAsync(2, "approve", "request.json", "--yes");
        Assert.Contains("request.json: there is no such request", said, StringComparison.Ordinal);
        Assert.Contains("hint: whoever wants it done writes one: 'tars audit retain … --request FILE'", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Approval_UsedAgainChangedOrOfAnotherPlan_IsRefused()
    {
        await PrepareAsync();
        await _folder.RunAsync(0, "hold", "set", "--reason", "case 17", "--log", "audit");
        string[] release = ["hold", "release", "--reason", "case closed", "--log", "audit"];
        await _folder.RunAsync(2, release);
        await _folder.RunAsync(0, [.. release, "--request", "release.json", "--ring", "ada"]);
        await _folder.RunAsync(0, "approve", "release.json", "--yes", "--ring", "bob", "--log", "audit");
        Assert.Contains("is not what would be done", await _folder.RunAsync(2, "hold", "release", "--reason", "another", "--log", "audit", "--approval", "release.json"), StringComparison.Ordinal);

        JsonNode file = JsonNode.Parse(await File.ReadAllTextAsync(_folder.Combine("release.json"), Cancelled))!;
        (file["approved_by"], file["requested_by"]) = (file["requested_by"]!.DeepClone(), file["approved_by"]!.DeepClone());
        await File.WriteAllTextAsync(_folder.Combine("swapped.json"), file.ToJsonString(), Cancelled);
        Assert.Contains("does not hold", await _folder.RunAsync(2, [.. release, "--approval", "swapped.json"]), StringComparison.Ordinal); // who asks signs other words than who approves

        await _folder.RunAsync(0, [.. release, "--approval", "release.json"]);
        await _folder.RunAsync(0, "hold", "set", "--reason", "case 18", "--log", "audit");
        Assert.Contains("is not what would be done", await _folder.RunAsync(2, [.. release, "--approval", "release.json"]), StringComparison.Ordinal); // of another hold
        await _folder.RunAsync(0, "verify", "audit");
    }

    [Fact]
    public async Task Approval_Expired_IsRefused()
    {
        await PrepareAsync("  audit_approval_lifetime: 60s\n");
        await AskAsync();
        await _folder.RunAsync(0, "approve", "request.json", "--yes", "--ring", "bob", "--log", "audit");
        JsonObject file = JsonNode.Parse(await File.ReadAllTextAsync(_folder.Combine("request.json"), Cancelled))!.AsObject();
        string request = System.Text.Encoding.UTF8.GetString(Convert.FromBase64String((string)file["request"]!));
        DateTimeOffset expires = DateTimeOffset.Parse((string)JsonNode.Parse(request)!["expires_at"]!, System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(expires, DateTimeOffset.UtcNow.AddSeconds(20), DateTimeOffset.UtcNow.AddSeconds(61));

        // The same request as of yesterday, signed by both as they would have: only the time speaks against it.
        string old = request.Replace(expires.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture), "2026-01-01", StringComparison.Ordinal);
        Assert.NotEqual(request, old);
        JsonObject expired = new() { ["approval"] = "tars-approval/v1", ["request"] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(old)) };
        foreach ((string ring, string member, string meaning) in new[] { ("ada", "requested_by", "request"), ("bob", "approved_by", "approve") })
        {
            using SigningPair pair = new KeyRing(_folder.Combine(ring), TimeProvider.System).OpenSigning(null);
            PrivateKey signer = pair.Keys.Single(key => key.PublicKey.Algorithm == SignatureAlgorithm.EcdsaP256Sha256);
            expired[member] = new JsonObject
            {
                ["public_key"] = Convert.ToBase64String(signer.PublicKey.SubjectPublicKeyInfo),
                ["signature"] = Convert.ToBase64String(signer.SignDigest(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"tars-approval/v1 {meaning}\n{old}")))),
            };
        }

        await File.WriteAllTextAsync(_folder.Combine("request.json"), expired.ToJsonString(), Cancelled);
        Assert.Contains("good until 2026-01-01", await DoAsync(2), StringComparison.Ordinal);
        Assert.Equal([0L, 256L, 512L], _folder.Layout().SegmentStarts());
    }

    [Fact]
    public async Task Init_NewLogAfterTampering_TakesTwoPersons()
    {
        await PrepareAsync();
        await File.WriteAllTextAsync(_folder.Layout().Frozen, """{"reason":"a witness has seen another history"}""", Cancelled);
        string[] init = ["init", "--continues", "audit", "--log", "audit2", "--origin", "audit.example.org/tars/2"];
        await _folder.RunAsync(2, init);
        await _folder.RunAsync(0, [.. init, "--request", "new.json", "--ring", "ada"]);
        Assert.False(Directory.Exists(_folder.Combine("audit2")));
        await _folder.RunAsync(0, "approve", "new.json", "--yes", "--ring", "bob", "--log", "audit");
        await _folder.RunAsync(0, [.. init, "--approval", "new.json"]);
        System.Text.Json.Nodes.JsonNode verified = await _folder.JsonAsync(0, "verify", "audit2"); // with the older part, which lies beside it
        Assert.Equal(("audit.example.org/tars/old", true), ((string?)verified["logs"]![0]!["continues"]![0]!["origin"], (bool)verified["logs"]![0]!["continues"]![0]!["verified"]!));
        string segment = _folder.Layout().Segment(256);
        string lines = await File.ReadAllTextAsync(segment, Cancelled);
        await File.WriteAllTextAsync(segment, lines.Replace("report:300\"", "report:301\"", StringComparison.Ordinal), Cancelled);
        Assert.Contains("line 300: rewritten: expected line 300", await _folder.RunAsync(1, "verify", "audit2"), StringComparison.Ordinal);
        await File.WriteAllTextAsync(segment, lines, Cancelled);
        Assert.Equal(["log.continued", "approval.used"], new AuditQuery(_folder.Combine("audit2")).Find(new AuditFilter()).Select(one => one.Type));
    }

    private Task<string> AskAsync() => _folder.RunAsync(0, [.. Retain, "--request", "request.json", "--ring", "ada"]);

    private Task<string> DoAsync(int exitCode) => _folder.RunAsync(exitCode, [.. Retain, "--yes", "--approval", "request.json"]);

    /// <summary>A log of 600 lines of 2020, three rings, and a configuration that lists the keys of two of them.</summary>
    private async Task PrepareAsync(string more = "")
    {
        await OldLog.MakeAsync(_folder);
        List<string> listed = [];
        foreach (string person in new[] { "ada", "bob", "eve" })
        {
            KeyRing ring = new(_folder.Combine(person), TimeProvider.System);
            ring.Create();
            IReadOnlyList<KeyEntry> made = ring.CreateSigning(null);
            if (person != "eve")
            {
                listed.Add(made.Select(ring.PublicKeyOf).Single(key => key.Algorithm == SignatureAlgorithm.EcdsaP256Sha256).KeyId);
            }
        }

        await File.WriteAllTextAsync(_folder.Combine("tars.yaml"), $"compliance:\n  audit_two_person: true\n  audit_approvers: [{string.Join(", ", listed)}]\n{more}", Cancelled);
    }
}
