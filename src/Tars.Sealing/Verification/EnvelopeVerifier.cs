using System.Globalization;
using System.Security.Cryptography;
using Tars.Sealing.CanonicalJson;
using Tars.Sealing.Envelopes;
using Tars.Sealing.Keys;
using Tars.Sealing.Signatures;

namespace Tars.Sealing.Verification;

/// <summary>Verifies envelopes against trusted keys.</summary>
public static class EnvelopeVerifier
{
    /// <summary>Reads and verifies an envelope.</summary>
    /// <param name="utf8">The file's bytes.</param>
    /// <param name="trust">The only keys that are believed.</param>
    /// <param name="policy">What is asked besides; null asks for nothing.</param>
    public static EnvelopeVerdict Verify(ReadOnlySpan<byte> utf8, TrustedKeys trust, EnvelopePolicy? policy = null)
    {
        ArgumentNullException.ThrowIfNull(trust);
        policy ??= new EnvelopePolicy();
        return EnvelopeReader.Read(utf8, policy.Form) switch
        {
            EnvelopeReading.Read read => Verify(read.Envelope, trust, policy),
            EnvelopeReading.Malformed malformed => new EnvelopeVerdict.Malformed(malformed.Offset, malformed.Reason),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <summary>Verifies an envelope that was read.</summary>
    public static EnvelopeVerdict Verify(Envelope envelope, TrustedKeys trust, EnvelopePolicy policy)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        ArgumentNullException.ThrowIfNull(trust);
        ArgumentNullException.ThrowIfNull(policy);
        byte[] digest = SHA256.HashData(envelope.Preauthentication());
        List<SignatureFinding> findings = [];
        foreach ((int index, EnvelopeSignature signature) in envelope.Signatures.Index())
        {
            TrustedKey? key = trust.Find(signature.KeyId);
            if (key is not null && key.Key.Bits >= LeastBits(key.Key) && !key.Key.VerifyDigest(digest, signature.Signature.Span))
            {
                return new EnvelopeVerdict.SignatureBad($"signatures[{index}].sig", signature.KeyId, Convert.ToHexStringLower(digest));
            }

            findings.Add(new SignatureFinding(index, signature.KeyId, key));
        }

        return findings.All(finding => finding.VerifiedBy is null)
            ? new EnvelopeVerdict.UnknownKey([.. findings.Select(finding => finding.KeyId)])
            : Judge(envelope, findings, policy);
    }

    /// <summary>Why a key that verified is not believed; null when it is.</summary>
    internal static string? RefusalOf(TrustedKey trusted, DateTimeOffset? provenTime)
    {
        if (trusted.Key.Bits < LeastBits(trusted.Key))
        {
            return $"key {trusted.Key.KeyId} has {trusted.Key.Bits} bits; {LeastBits(trusted.Key)} or more are expected, fewer are accepted for the predecessor's signatures only";
        }

        return trusted.Revocation is not { } revocation || (revocation.Reason != RevocationReason.Compromised && provenTime < revocation.At)
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"key {trusted.Key.KeyId} was revoked at {Utc.Text(revocation.At)} ({KeyRingIndex.NameOf(revocation.Reason)}), and {Proof(revocation, provenTime)}");
    }

    private static string Proof(Revocation revocation, DateTimeOffset? provenTime) =>
        revocation.Reason == RevocationReason.Compromised ? "nothing that a compromised key signed is believed"
        : provenTime is null ? "no timestamp proves that the signature is older"
        : $"the timestamp proves {Utc.Text(provenTime.Value)} only";

    private static EnvelopeVerdict Judge(Envelope envelope, List<SignatureFinding> findings, EnvelopePolicy policy)
    {
        foreach (SignatureFinding finding in findings)
        {
            if (finding.VerifiedBy is { } trusted && RefusalOf(trusted, policy.ProvenTime) is { } refusal)
            {
                return new EnvelopeVerdict.PolicyRefused(refusal);
            }
        }

        EnvelopeVerdict.Verified verified = new(envelope, findings);
        return policy.RequireCosignature && !verified.IsCosigned
            ? new EnvelopeVerdict.PolicyRefused("a co-signature is required: one signature with RSA-PSS and one with ECDSA P-256, both of trusted keys, are expected")
            : verified;
    }

    private static int LeastBits(PublicKey key) => key.Algorithm == SignatureAlgorithm.RsaPssSha256 ? AlgorithmPolicy.RsaMinimumBits : 0;
}
