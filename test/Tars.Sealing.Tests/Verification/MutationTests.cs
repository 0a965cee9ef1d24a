using System.Globalization;
using Tars.Sealing.Envelopes;
using Tars.Sealing.Signatures;
using Tars.Sealing.Verification;
using Tars.TestKit;

namespace Tars.Sealing.Tests.Verification;

/// <summary>
/// Random changes of signed artefacts: none is accepted, and the reason fits. 200 changes of each, or the number in
/// <c>TARS_MUTATION_COUNT</c>.
/// </summary>
public sealed class MutationTests
{
    private static int Count => int.TryParse(Environment.GetEnvironmentVariable("TARS_MUTATION_COUNT"), NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? count : 200;

    [Fact]
    public void Verify_MutatedEnvelope_IsRefusedWithItsReason()
    {
        byte[] original = EnvelopeVerifierTests.Signed.ToUtf8();
        EnvelopePolicy policy = new(RequireCosignature: true);
        Assert.IsType<EnvelopeVerdict.Verified>(EnvelopeVerifier.Verify(original, TestKeys.Trust, policy));
        Random random = new(Seeds.Draw());
        HashSet<Type> reasons = [];
        for (int i = 0; i < Count; i++)
        {
            byte[] mutated = Mutate(original, random);
            EnvelopeVerdict verdict = EnvelopeVerifier.Verify(mutated, TestKeys.Trust, policy);
            reasons.Add(verdict.GetType());
            bool isEnvelope = EnvelopeReader.Read(mutated) is EnvelopeReading.Read;
            bool fits = verdict switch
            {
                // Its bytes are no envelope, and the place is inside them or at their end.
                EnvelopeVerdict.Malformed malformed => !isEnvelope && malformed.Offset >= 0 && malformed.Offset <= mutated.Length,
                EnvelopeVerdict.SignatureBad => isEnvelope,
                // A key id was changed: the pair is not complete any more.
                EnvelopeVerdict.PolicyRefused or EnvelopeVerdict.UnknownKey => isEnvelope && !SameKeys(mutated),
                _ => false,
            };
            Assert.True(fits, $"change {i}: {verdict} at the first difference {original.AsSpan().CommonPrefixLength(mutated)}");
        }

        Assert.Contains(typeof(EnvelopeVerdict.Malformed), reasons);
        Assert.Contains(typeof(EnvelopeVerdict.SignatureBad), reasons);
    }

    [Fact]
    public async Task VerifyDetached_MutatedFileOrSignature_IsRefused()
    {
        byte[] content = EnvelopeVerifierTests.Statement;
        byte[] signatures = TestKeys.Utf8((await DetachedSignatures.SignAsync(new MemoryStream(content), TestKeys.Pair, TestContext.Current.CancellationToken)).ToString());
        Random random = new(Seeds.Draw());
        for (int i = 0; i < Count; i++)
        {
            bool inFile = random.Next(2) == 0;
            byte[] file = inFile ? Mutate(content, random) : content;
            byte[] signature = inFile ? signatures : Mutate(signatures, random);
            SignatureVerdict verdict = await SignatureVerifier.VerifyDetachedAsync(new MemoryStream(file), signature, TestKeys.Trust, TestContext.Current.CancellationToken);
            bool refused = verdict switch
            {
                SignatureVerdict.SignatureBad bad => !inFile || bad.Where == "line 2",
                SignatureVerdict.Malformed => !inFile,
                // One line is left out, or names another key: the other one still holds, over the same file.
                SignatureVerdict.Verified verified => !inFile && verified.Keys.Count == 1,
                SignatureVerdict.UnknownKey => !inFile,
                _ => false,
            };
            Assert.True(refused, $"change {i} in the {(inFile ? "file" : "signature")}: {verdict}");
        }
    }

    // White space and the order of members may change in signed JSON; its value may not. Each character of the canonical text carries
    // a part of the value, so a changed text that reads as another value must be refused.
    [Fact]
    public void VerifyEmbedded_MutatedText_IsRefusedUnlessItIsTheSameValue()
    {
        byte[] original = EmbeddedSignature.Sign("""{"b":[1.5,"é"],"a":null}"""u8, TestKeys.Ecdsa, EnvelopeVerifierTests.Facts.SignedAt, "ann");
        string canonical = CanonicalOf(original)!;
        Random random = new(Seeds.Draw());
        int refused = 0;
        for (int i = 0; i < Count; i++)
        {
            byte[] mutated = Mutate(original, random);
            SignatureVerdict verdict = SignatureVerifier.VerifyEmbedded(mutated, TestKeys.Trust);
            if (verdict is SignatureVerdict.Verified)
            {
                Assert.Equal(canonical, CanonicalOf(mutated));
            }
            else
            {
                refused++;
            }
        }

        Assert.True(refused > Count * 9 / 10, $"{refused} of {Count} changes were refused");
    }

    internal static byte[] Mutate(byte[] original, Random random)
    {
        while (true)
        {
            List<byte> bytes = [.. original];
            int at = random.Next(bytes.Count);
            int length = random.Next(1, 1 + Math.Min(40, bytes.Count - at));
            switch (random.Next(7))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[at] = (byte)random.Next(256); break;
                case 2: bytes.RemoveRange(at, length); break;
                case 3: bytes.RemoveRange(at, bytes.Count - at); break;
                case 4: bytes.Insert(at, (byte)random.Next(256)); break;
                case 5: bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(at, length)); break;
                default: bytes[at] = original[random.Next(original.Length)]; break;
            }

            if (!bytes.SequenceEqual(original))
            {
                return [.. bytes];
            }
        }
    }

    private static bool SameKeys(byte[] mutated) =>
        EnvelopeReader.Read(mutated) is EnvelopeReading.Read read
        && read.Envelope.Signatures.Select(signature => signature.KeyId).SequenceEqual(EnvelopeVerifierTests.Signed.Signatures.Select(signature => signature.KeyId));

    private static string? CanonicalOf(byte[] utf8) =>
        Sealing.CanonicalJson.CanonicalText.Of(utf8) is Sealing.CanonicalJson.CanonicalText.Canonical canonical ? System.Text.Encoding.UTF8.GetString(canonical.Utf8.Span) : null;
}
