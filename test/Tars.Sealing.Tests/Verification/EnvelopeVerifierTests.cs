using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tars.Sealing.Envelopes;
using Tars.Sealing.Keys;
using Tars.Sealing.Verification;
using Tars.TestKit;

namespace Tars.Sealing.Tests.Verification;

public sealed class EnvelopeVerifierTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private static readonly string Zeros = new('0', 64);

    private static readonly EnvelopePolicy Cosigned = new(RequireCosignature: true);

    internal static RunFacts Facts { get; } = new(
        "tars kpi", "1.2.3", "run-1", Zeros, new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.Zero),
        new RunSource("prometheus", "3.5.0", null), null, new AuditIntent("tars.example/audit", 7, 8, Zeros), new DateTimeOffset(2026, 1, 2, 0, 5, 0, TimeSpan.Zero).AddTicks(1), "ann");

    internal static byte[] Statement { get; } = RunStatement.Of([new RunOutput("kpi.json", Zeros, "kpi.json.sealed", new string('a', 64)), new RunOutput("kpi.md", Zeros)], Facts).ToUtf8();

    internal static Envelope Signed { get; } = Envelope.Sign(Envelope.StatementType, Statement, TestKeys.Pair);

    // DSSE protocol.md, test vector "hello world".
    [Fact]
    public void Preauthentication_VectorOfTheSpecification_IsExact() => Assert.Equal(
        "DSSEv1 29 http://example.com/HelloWorld 11 hello world",
        Encoding.ASCII.GetString(new Envelope("http://example.com/HelloWorld", "hello world"u8.ToArray(), []).Preauthentication()));

    [Fact]
    public void Verify_OwnEnvelope_SaysWhichKeyVerifiedWhichSignature()
    {
        EnvelopeVerdict.Verified verified = Assert.IsType<EnvelopeVerdict.Verified>(EnvelopeVerifier.Verify(Signed.ToUtf8(), TestKeys.Trust, Cosigned));
        Assert.True(verified.IsCosigned);
        Assert.Equal([TestKeys.Rsa.PublicKey, TestKeys.Ecdsa.PublicKey], verified.Signatures.Select(finding => finding.VerifiedBy!.Key));
        Assert.Equal(Statement, verified.Envelope.Payload.ToArray());
        StatementReading.Read read = Assert.IsType<StatementReading.Read>(StatementIn(verified));
        Assert.Equal(["kpi.json", "kpi.md", "kpi.json.sealed"], read.Statement.Subjects.Select(subject => subject.Name));
        Assert.Equal(Facts, RunStatement.FactsOf(read.Statement));
    }

    [Fact]
    public void Verify_OneKeyTrusted_ListsTheOtherAsUnknown()
    {
        EnvelopeVerdict.Verified verified = Assert.IsType<EnvelopeVerdict.Verified>(EnvelopeVerifier.Verify(Signed.ToUtf8(), TestKeys.TrustOf(TestKeys.Ecdsa)));
        Assert.False(verified.IsCosigned);
        Assert.Null(verified.Signatures[0].VerifiedBy);
        Assert.Contains("co-signature is required", Assert.IsType<EnvelopeVerdict.PolicyRefused>(EnvelopeVerifier.Verify(Signed.ToUtf8(), TestKeys.TrustOf(TestKeys.Ecdsa), Cosigned)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_NoKeyTrusted_NamesTheKeys() => Assert.Equal(
        [TestKeys.Rsa.PublicKey.KeyId, TestKeys.Ecdsa.PublicKey.KeyId],
        Assert.IsType<EnvelopeVerdict.UnknownKey>(EnvelopeVerifier.Verify(Signed.ToUtf8(), new TrustedKeys([]))).KeyIds);

    [Theory]
    [InlineData(RevocationReason.Compromised, -1, false)]
    [InlineData(RevocationReason.Compromised, null, false)]
    [InlineData(RevocationReason.Superseded, -1, true)]
    [InlineData(RevocationReason.Superseded, 1, false)]
    [InlineData(RevocationReason.Discontinued, null, false)]
    public void Verify_RevokedKey_IsBelievedOnlyForWhatIsProvenOlder(RevocationReason reason, int? provenHours, bool believed)
    {
        DateTimeOffset at = new(2026, 2, 1, 0, 0, 0, TimeSpan.Zero);
        TrustedKeys trust = new([new TrustedKey(TestKeys.Rsa.PublicKey, "test", new Revocation(at, reason, "lost")), new TrustedKey(TestKeys.Ecdsa.PublicKey, "test")]);
        EnvelopeVerdict verdict = EnvelopeVerifier.Verify(Signed, trust, new EnvelopePolicy(ProvenTime: provenHours is { } hours ? at.AddHours(hours) : null));
        Assert.Equal(believed, verdict is EnvelopeVerdict.Verified);
        if (!believed)
        {
            Assert.Contains("was revoked at 2026-02-01T00:00:00Z", Assert.IsType<EnvelopeVerdict.PolicyRefused>(verdict).Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Verify_ForeignLayout_OnlyWhenAskedFor()
    {
        using JsonDocument document = JsonDocument.Parse(Signed.ToUtf8());
        byte[] indented = JsonSerializer.SerializeToUtf8Bytes(document.RootElement, Indented);
        Assert.Equal(1, Assert.IsType<EnvelopeVerdict.Malformed>(EnvelopeVerifier.Verify(indented, TestKeys.Trust)).Offset);
        Assert.IsType<EnvelopeVerdict.Verified>(EnvelopeVerifier.Verify(indented, TestKeys.Trust, new EnvelopePolicy(true, EnvelopeForm.AnyLayout)));
    }

    [Theory]
    [InlineData("""{"payload":"","payloadType":"t","signatures":[]}""", 45, "signatures: 1 to 16 signatures")]
    [InlineData("""{"payload":"","payload":"","payloadType":"t","signatures":[]}""", 14, "stands twice")]
    [InlineData("""{"payload":"YQ","payloadType":"t","signatures":[]}""", 11, "payload: standard Base64")]
    [InlineData("""{"payload":"YR==","payloadType":"t","signatures":[]}""", 11, "payload: standard Base64")]
    [InlineData("""{"payload":"","payloadType":"t"}""", 0, "signatures is missing")]
    [InlineData("""{"extra":1,"payload":"","payloadType":"t","signatures":[{"keyid":"k","sig":"YQ=="}]}""", 1, "extra is not a field")]
    [InlineData("""{"payload":"","payloadType":"t","signatures":[{"sig":"YQ=="}]}""", 46, "signatures[0].keyid is missing")]
    [InlineData("""{"payload":"","payloadType":"t","signatures":[{"keyid":"k","sig":"YQ==","x":1}]}""", 72, "signatures[0].x is not a field")]
    [InlineData("[]", 0, "an object is expected")]
    [InlineData("""{"payload":"a""", 13, "end of string")]
    public void Verify_MalformedEnvelope_SaysWhere(string text, long offset, string reason)
    {
        EnvelopeVerdict.Malformed malformed = Assert.IsType<EnvelopeVerdict.Malformed>(EnvelopeVerifier.Verify(TestKeys.Utf8(text), TestKeys.Trust));
        Assert.Contains(reason, malformed.Reason, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(offset, malformed.Offset);
    }

    [Fact]
    public void Verify_ForgedParts_AreBadSignatures()
    {
        byte[] payload = [.. Statement];
        payload[10] ^= 1;
        string field = Assert.IsType<EnvelopeVerdict.SignatureBad>(EnvelopeVerifier.Verify(Signed with { Payload = payload }, TestKeys.Trust, Cosigned)).Field;
        Assert.Equal("signatures[0].sig", field);
        Assert.IsType<EnvelopeVerdict.SignatureBad>(EnvelopeVerifier.Verify(Signed with { PayloadType = "text/plain" }, TestKeys.Trust, Cosigned));
        Envelope swapped = Signed with { Signatures = [new EnvelopeSignature(Signed.Signatures[1].KeyId, Signed.Signatures[0].Signature), Signed.Signatures[1]] };
        Assert.IsType<EnvelopeVerdict.SignatureBad>(EnvelopeVerifier.Verify(swapped, TestKeys.Trust, Cosigned));
    }

    // The script of docs/formats/envelope.md, step by step, with openssl and jq alone.
    [Fact]
    public async Task ToUtf8_ScriptOfTheDocument_Verifies()
    {
        using TemporaryDirectory folder = new();
        _ = (Executables.Require("openssl"), Executables.Require("jq"), Executables.Require("sha256sum"));
        folder.WriteText("kpi.json", "{}");
        byte[] statement = RunStatement.Of([new RunOutput("kpi.json", Convert.ToHexStringLower(SHA256.HashData("{}"u8)))], Facts).ToUtf8();
        await File.WriteAllBytesAsync(folder.Combine("NAME.dsse.json"), Envelope.Sign(Envelope.StatementType, statement, TestKeys.Pair).ToUtf8(), TestContext.Current.CancellationToken);
        folder.WriteText("rsa.pub", TestKeys.Rsa.PublicKey.ToPem());
        folder.WriteText("p256.pub", TestKeys.Ecdsa.PublicKey.ToPem());
        string document = await File.ReadAllTextAsync(RepositoryRoot.PathOf("docs/formats/envelope.md"), TestContext.Current.CancellationToken);
        string script = document.Split("```text\n").Single(block => block.StartsWith("jq -rj .payload", StringComparison.Ordinal)).Split("```")[0];
        CommandResult result = await new CommandLine("/bin/sh", "-ec", script) { WorkingDirectory = folder.Path }.RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal("Verified OK\nVerified OK\nkpi.json: OK\n", result.Output);
        Assert.Equal(0, result.ExitCode);
    }

    private static StatementReading StatementIn(EnvelopeVerdict.Verified verified) => Sealing.Envelopes.Statement.Parse(verified.Envelope.Payload.Span);
}
