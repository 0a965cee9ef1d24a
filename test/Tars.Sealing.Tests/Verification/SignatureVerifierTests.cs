using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tars.Sealing.Signatures;
using Tars.Sealing.Verification;
using Tars.TestKit;

namespace Tars.Sealing.Tests.Verification;

public sealed class SignatureVerifierTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private static readonly byte[] Content = TestKeys.Utf8("{\"availability\": 0.999}\n");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task VerifyDetached_OwnSignature_ReadsAndVerifies()
    {
        string text = (await DetachedSignatures.SignAsync(new MemoryStream(Content), TestKeys.Pair, Cancellation)).ToString();
        Assert.Equal(["tars-signature 1", "rsa-pss-sha256", "ecdsa-p256-sha256", ""], text.Split('\n').Select((line, i) => i == 0 ? line : line.Split(' ')[0]));
        SignatureVerdict.Verified verified = Assert.IsType<SignatureVerdict.Verified>(await VerifyAsync(text, TestKeys.Trust));
        Assert.Equal(2, verified.Keys.Count);
        Assert.False(verified.IsLegacy);
        Assert.IsType<SignatureVerdict.UnknownKey>(await VerifyAsync(text, new TrustedKeys([])));
    }

    [Theory]
    [InlineData("tars-signature 2\n", 1, "the first line is not")]
    [InlineData("tars-signature 1\n", 1, "1 to 8 signatures are expected")]
    [InlineData("tars-signature 1\nrsa-pss-sha256 x\n", 2, "an algorithm, a key id and a signature")]
    [InlineData("tars-signature 1\nrsa-pkcs1 x y\n", 2, "the algorithm \"rsa-pkcs1\" is not permitted")]
    [InlineData("tars-signature 1\nrsa-pss-sha256 x y\n", 2, "64 lower-case")]
    public async Task VerifyDetached_MalformedFile_SaysTheLine(string text, int line, string reason)
    {
        SignatureVerdict.Malformed malformed = Assert.IsType<SignatureVerdict.Malformed>(await VerifyAsync(text, TestKeys.Trust));
        Assert.Equal($"line {line}", malformed.Where);
        Assert.Contains(reason, malformed.Reason, StringComparison.Ordinal);
    }

    // The bytes that an envelope signs must not pass as a file, nor a file's as an envelope.
    [Fact]
    public async Task SignAsync_BytesOfAnEnvelope_AreRefused()
    {
        byte[] bytes = EnvelopeVerifierTests.Signed.Preauthentication();
        await Assert.ThrowsAsync<ArgumentException>(() => DetachedSignatures.SignAsync(new MemoryStream(bytes), TestKeys.Pair, Cancellation));
        DetachedSignatures taken = new([.. EnvelopeVerifierTests.Signed.Signatures.Select(s => new DetachedSignature(TestKeys.Trust.Find(s.KeyId)!.Key.Algorithm, s.KeyId, s.Signature))]);
        Assert.IsType<SignatureVerdict.PolicyRefused>(await SignatureVerifier.VerifyDetachedAsync(new MemoryStream(bytes), TestKeys.Utf8(taken.ToString()), TestKeys.Trust, Cancellation));
    }

    // Both scripts of docs/formats/signature.md.
    [Fact]
    public async Task Signatures_ScriptsOfTheDocument_Verify()
    {
        using TemporaryDirectory folder = new();
        _ = (Executables.Require("openssl"), Executables.Require("jq"));
        string document = await File.ReadAllTextAsync(RepositoryRoot.PathOf("docs/formats/signature.md"), Cancellation);
        string[] scripts = [.. document.Split("```text\n").Skip(1).Select(block => block.Split("```")[0])];
        folder.WriteText("KEY.pub", TestKeys.Rsa.PublicKey.ToPem());
        await File.WriteAllBytesAsync(folder.Combine("FILE"), Content, Cancellation);
        folder.WriteText("FILE.sig", (await DetachedSignatures.SignAsync(new MemoryStream(Content), TestKeys.Pair, Cancellation)).ToString());
        Assert.Equal("Verified OK\n", await ShellAsync(folder, scripts.Single(script => script.StartsWith("awk", StringComparison.Ordinal))));
        await File.WriteAllBytesAsync(folder.Combine("FILE"), EmbeddedSignature.Sign(Content, TestKeys.Rsa, EnvelopeVerifierTests.Facts.SignedAt, "ann"), Cancellation);
        Assert.Equal("Verified OK\n", await ShellAsync(folder, scripts.Single(script => script.StartsWith("jq -cjS", StringComparison.Ordinal))));
    }

    [Theory]
    [InlineData(SignatureAlgorithm.RsaPssSha256)]
    [InlineData(SignatureAlgorithm.EcdsaP256Sha256)]
    public void VerifyEmbedded_Reformatted_StillHolds(SignatureAlgorithm algorithm)
    {
        byte[] signed = EmbeddedSignature.Sign(Content, TestKeys.Of(algorithm), EnvelopeVerifierTests.Facts.SignedAt, "ann");
        JsonObject node = JsonNode.Parse(signed)!.AsObject();
        byte[] reformatted = JsonSerializer.SerializeToUtf8Bytes((JsonNode)new JsonObject([.. node.Reverse().Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone()))]), Indented);
        SignatureVerdict.Verified verified = Assert.IsType<SignatureVerdict.Verified>(SignatureVerifier.VerifyEmbedded(reformatted, TestKeys.Trust));
        Assert.Equal(("ann", EnvelopeVerifierTests.Facts.SignedAt), (verified.ClaimedSigner, verified.ClaimedTime));
        foreach (string member in new[] { "signer", "signed_at", "data" })
        {
            JsonObject forged = node.DeepClone().AsObject();
            forged[member] = member == "signed_at" ? "2020-01-01T00:00:00Z" : "bob";
            Assert.Equal("signature", Assert.IsType<SignatureVerdict.SignatureBad>(SignatureVerifier.VerifyEmbedded(TestKeys.Utf8(forged.ToJsonString()), TestKeys.Trust)).Where);
        }
    }

    // The predecessor's three detached layouts, signed by openssl with the longest salt and a key of 2048 bits, as it made them.
    [Fact]
    public async Task VerifyDetached_LegacyLayouts_AreMarkedLegacy()
    {
        using TemporaryDirectory folder = new();
        (TrustedKeys trust, byte[] signature) = await LegacyAsync(folder, Content, "max");
        string base64 = Convert.ToBase64String(signature);
        foreach ((SignatureLayout layout, byte[] file) in new[]
        {
            (SignatureLayout.LegacyText, TestKeys.Utf8($"RSA-PSS-SHA256\n{base64}")),
            (SignatureLayout.LegacyText, TestKeys.Utf8($"RSA-PSS-SHA256\n{base64}\n")),
            (SignatureLayout.LegacyLine, TestKeys.Utf8(base64 + "\n")),
            (SignatureLayout.LegacyBinary, signature),
        })
        {
            SignatureVerdict.Verified verified = Assert.IsType<SignatureVerdict.Verified>(await SignatureVerifier.VerifyDetachedAsync(new MemoryStream(Content), file, trust, Cancellation));
            Assert.Equal((layout, true), (verified.Layout, verified.IsLegacy));
            Assert.IsType<SignatureVerdict.SignatureBad>(await SignatureVerifier.VerifyDetachedAsync(new MemoryStream([.. Content, 0]), file, trust, Cancellation));
            Assert.IsType<SignatureVerdict.UnknownKey>(await SignatureVerifier.VerifyDetachedAsync(new MemoryStream(Content), file, new TrustedKeys([]), Cancellation));
        }
    }

    [Fact]
    public async Task VerifyDetached_LegacyWithAnotherSalt_IsBad()
    {
        using TemporaryDirectory folder = new();
        (TrustedKeys trust, byte[] signature) = await LegacyAsync(folder, Content, "32");
        Assert.IsType<SignatureVerdict.SignatureBad>(await SignatureVerifier.VerifyDetachedAsync(new MemoryStream(Content), signature, trust, Cancellation));
    }

    // The signed text was written down from Python 3: json.dumps(value, sort_keys=True, separators=(",", ":")).
    [Fact]
    public async Task VerifyEmbedded_LegacyMember_IsMarkedLegacy()
    {
        const string python = """{"a":[1.0,1e-05,0.0001,1e+16,1e+22,123456789012345678901,-0.0,0,100000.0,1.5e-07],"b":{"\u007f":"\u00e9\ud83d\ude00\n/","\ufb33":2,"\ud83d\ude02":1},"c":true,"d":null}""";
        const string file = """{ "d": null, "c": true, "b": {"😂": 1, "\ufb33": 2, "\u007f": "é😀\n\/"}, "a": [1.0, 0.00001, 1e-4, 1E16, 1e22, 123456789012345678901, -0.0, -0, 1e5, 1.50e-7], """;
        using TemporaryDirectory folder = new();
        (TrustedKeys trust, byte[] signature) = await LegacyAsync(folder, TestKeys.Utf8(python), "max");
        string digest = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(TestKeys.Utf8(python)));
        string signed = $$"""{{file}}"_signature": {"algorithm": "RSA-PSS-SHA256", "signature": "{{Convert.ToBase64String(signature)}}", "sha256": "{{digest}}"} }""";
        SignatureVerdict verdict = SignatureVerifier.VerifyEmbedded(TestKeys.Utf8(signed), trust);
        Assert.True(verdict is SignatureVerdict.Verified { Layout: SignatureLayout.LegacyEmbedded, IsLegacy: true }, verdict.ToString());
        SignatureVerdict.SignatureBad bad = Assert.IsType<SignatureVerdict.SignatureBad>(SignatureVerifier.VerifyEmbedded(TestKeys.Utf8(signed.Replace("true", "false", StringComparison.Ordinal)), trust));
        Assert.Equal("_signature.sha256", bad.Where);
        Assert.Contains(digest, bad.Reason, StringComparison.Ordinal);
    }

    // A short key verifies legacy signatures and nothing of today.
    [Fact]
    public async Task Verify_ShortKeyInAnEnvelope_IsRefusedByPolicy()
    {
        using TemporaryDirectory folder = new();
        (TrustedKeys trust, byte[] signature) = await LegacyAsync(folder, Content, "32");
        Sealing.Envelopes.Envelope envelope = new("t", Content, [new(trust.Keys.Single().Key.KeyId, signature)]);
        Assert.Contains("2048 bits", Assert.IsType<EnvelopeVerdict.PolicyRefused>(EnvelopeVerifier.Verify(envelope.ToUtf8(), trust)).Reason, StringComparison.Ordinal);
    }

    private static async Task<(TrustedKeys Trust, byte[] Signature)> LegacyAsync(TemporaryDirectory folder, byte[] message, string salt)
    {
        await TestKeys.OpenSslAsync(folder, "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", "legacy.key");
        await TestKeys.OpenSslAsync(folder, "pkey", "-in", "legacy.key", "-pubout", "-out", "legacy.pub");
        await File.WriteAllBytesAsync(folder.Combine("message"), message, Cancellation);
        await TestKeys.OpenSslAsync(folder, "dgst", "-sha256", "-sign", "legacy.key", "-sigopt", "rsa_padding_mode:pss", "-sigopt", $"rsa_pss_saltlen:{salt}", "-out", "legacy.sig", "message");
        return (TrustedKeys.FromFile(folder.Combine("legacy.pub")), await File.ReadAllBytesAsync(folder.Combine("legacy.sig"), Cancellation));
    }

    private static async Task<SignatureVerdict> VerifyAsync(string signatureFile, TrustedKeys trust) =>
        await SignatureVerifier.VerifyDetachedAsync(new MemoryStream(Content), Encoding.ASCII.GetBytes(signatureFile), trust, Cancellation);

    private static async Task<string> ShellAsync(TemporaryDirectory folder, string script)
    {
        CommandResult result = await new CommandLine("/bin/sh", "-ec", script) { WorkingDirectory = folder.Path }.RunAsync(Cancellation);
        Assert.True(result.ExitCode == 0, result.Error);
        return result.Output;
    }
}
