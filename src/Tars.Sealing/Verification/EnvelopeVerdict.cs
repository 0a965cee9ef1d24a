using Tars.Sealing.Envelopes;
using Tars.Sealing.Signatures;

namespace Tars.Sealing.Verification;

/// <summary>What is asked of an envelope besides one good signature.</summary>
/// <param name="RequireCosignature">Both an RSA-PSS and a P-256 signature of trusted keys must be there.</param>
/// <param name="Form">How the envelope must be laid out.</param>
/// <param name="ProvenTime">An instant at which the payload existed, proven by a timestamp that was verified; null when there is none.</param>
public sealed record EnvelopePolicy(bool RequireCosignature = false, EnvelopeForm Form = EnvelopeForm.Exact, DateTimeOffset? ProvenTime = null);

/// <summary>What one signature of an envelope turned out to be.</summary>
/// <param name="Index">Its place in <c>signatures</c>, from 0.</param>
/// <param name="KeyId">The key it names.</param>
/// <param name="VerifiedBy">The trusted key that verified it; null when that key is not trusted.</param>
public sealed record SignatureFinding(int Index, string KeyId, TrustedKey? VerifiedBy);

/// <summary>What verifying an envelope gave.</summary>
public abstract record EnvelopeVerdict
{
    private EnvelopeVerdict()
    {
    }

    /// <summary>
    /// At least one trusted key signed exactly this payload, and no signature that names a trusted key is bad.
    /// </summary>
    /// <param name="Envelope">The envelope.</param>
    /// <param name="Signatures">One finding for each signature. Those of keys that are not trusted say nothing.</param>
    public sealed record Verified(Envelope Envelope, IReadOnlyList<SignatureFinding> Signatures) : EnvelopeVerdict
    {
        /// <summary>Whether an RSA-PSS and a P-256 signature were verified.</summary>
        public bool IsCosigned => AlgorithmPolicy.Signatures.All(algorithm => Signatures.Any(finding => finding.VerifiedBy?.Key.Algorithm == algorithm));
    }

    /// <summary>No signature names a trusted key.</summary>
    /// <param name="KeyIds">The keys that they name.</param>
    public sealed record UnknownKey(IReadOnlyList<string> KeyIds) : EnvelopeVerdict;

    /// <summary>A signature is not that of the trusted key it names: payload, payload type or signature were changed.</summary>
    /// <param name="Field">Where: <c>signatures[N].sig</c>.</param>
    /// <param name="KeyId">The key it names.</param>
    /// <param name="SignedSha256">SHA-256 of the bytes that it should be over (the pre-authentication encoding).</param>
    public sealed record SignatureBad(string Field, string KeyId, string SignedSha256) : EnvelopeVerdict;

    /// <summary>It is no envelope.</summary>
    /// <param name="Offset">Byte offset of what is wrong.</param>
    /// <param name="Reason">What is wrong.</param>
    public sealed record Malformed(long Offset, string Reason) : EnvelopeVerdict;

    /// <summary>The signatures are good, and the policy does not accept them.</summary>
    /// <param name="Reason">What it asks for.</param>
    public sealed record PolicyRefused(string Reason) : EnvelopeVerdict;
}
