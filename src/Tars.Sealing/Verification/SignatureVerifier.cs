using Tars.Sealing.CanonicalJson;
using Tars.Sealing.Signatures;

namespace Tars.Sealing.Verification;

/// <summary>Verifies signatures that are not in an envelope: <c>.sig</c> files and signed JSON, of this project and of the predecessor.</summary>
public static class SignatureVerifier
{
    /// <summary>The most bytes of signed JSON that is read.</summary>
    public const int LongestJson = 256 << 20;

    /// <summary>Verifies a <c>.sig</c> file of any layout over the bytes of a stream.</summary>
    /// <param name="content">What was signed, from where the stream stands to its end.</param>
    /// <param name="signatureFile">The <c>.sig</c> file's bytes.</param>
    /// <param name="trust">The only keys that are believed.</param>
    /// <param name="cancellationToken">Breaks off.</param>
    public static async Task<SignatureVerdict> VerifyDetachedAsync(Stream content, ReadOnlyMemory<byte> signatureFile, TrustedKeys trust, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(trust);
        if (await DetachedSignatures.DigestAsync(content, cancellationToken) is not { } digest)
        {
            return new SignatureVerdict.PolicyRefused("the file begins with \"DSSEv1 \": what an envelope signs is no file");
        }

        if (DetachedSignatures.TryParse(signatureFile.Span, out DetachedSignatures? signatures, out int line, out string? reason))
        {
            return Verify(signatures, digest, trust);
        }

        return signatureFile.Span.StartsWith("tars-signature"u8) ? new SignatureVerdict.Malformed($"line {line}", reason)
            : LegacySignature.ReadDetached(signatureFile.Span) is { } legacy ? LegacySignature.Verify(legacy.Layout, digest, legacy.Signature, trust, "the signature")
            : new SignatureVerdict.Malformed("line 1", "it is no signature: neither this project's layout nor one of the predecessor's");
    }

    /// <summary>Verifies JSON that carries its signature: this project's form, or the predecessor's <c>_signature</c>.</summary>
    /// <param name="utf8">The text, in any layout.</param>
    /// <param name="trust">The only keys that are believed.</param>
    public static SignatureVerdict VerifyEmbedded(ReadOnlySpan<byte> utf8, TrustedKeys trust)
    {
        ArgumentNullException.ThrowIfNull(trust);
        if (utf8.Length > LongestJson)
        {
            return new SignatureVerdict.Malformed($"byte {LongestJson}", $"the text is longer than {LongestJson} bytes");
        }

        try
        {
            return JsonTreeReader.ReadObject(utf8) is var tree && tree.Find(LegacySignature.Member) is not null
                ? LegacySignature.VerifyEmbedded(tree, trust)
                : Verify(EmbeddedSignature.Read(utf8), trust);
        }
        catch (JsonFormException exception)
        {
            return new SignatureVerdict.Malformed($"byte {exception.Offset}", exception.Message);
        }
    }

    private static SignatureVerdict Verify(EmbeddedSignature signature, TrustedKeys trust)
    {
        if (trust.Find(signature.KeyId) is not { } trusted)
        {
            return new SignatureVerdict.UnknownKey([signature.KeyId]);
        }

        string found = Convert.ToHexStringLower(signature.Sha256.Span);
        return EnvelopeVerifier.RefusalOf(trusted, null) is { } refusal ? new SignatureVerdict.PolicyRefused(refusal)
            : trusted.Key.Algorithm == signature.Algorithm && trusted.Key.VerifyDigest(signature.Sha256.Span, signature.Signature.Span)
                ? new SignatureVerdict.Verified(SignatureLayout.Embedded, [trusted], found, signature.SignedAt, signature.Signer)
            : new SignatureVerdict.SignatureBad("signature", $"key {signature.KeyId} did not make it over a content with the digest {found}");
    }

    private static SignatureVerdict Verify(DetachedSignatures signatures, byte[] digest, TrustedKeys trust)
    {
        List<TrustedKey> verified = [];
        string found = Convert.ToHexStringLower(digest);
        foreach ((int index, DetachedSignature signature) in signatures.Signatures.Index())
        {
            if (trust.Find(signature.KeyId) is not { } trusted)
            {
                continue;
            }

            if (EnvelopeVerifier.RefusalOf(trusted, null) is { } refusal)
            {
                return new SignatureVerdict.PolicyRefused(refusal);
            }

            if (trusted.Key.Algorithm != signature.Algorithm || !trusted.Key.VerifyDigest(digest, signature.Signature.Span))
            {
                return new SignatureVerdict.SignatureBad($"line {index + 2}", $"key {signature.KeyId} did not make it over a file with the digest {found}");
            }

            verified.Add(trusted);
        }

        return verified.Count > 0
            ? new SignatureVerdict.Verified(SignatureLayout.Detached, verified, found)
            : new SignatureVerdict.UnknownKey([.. signatures.Signatures.Select(signature => signature.KeyId)]);
    }
}
