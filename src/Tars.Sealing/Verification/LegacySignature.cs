using System.Security.Cryptography;
using System.Text;
using Tars.Sealing.CanonicalJson;
using Tars.Sealing.Signatures;

namespace Tars.Sealing.Verification;

/// <summary>
/// The predecessor's signatures: RSA-PSS with SHA-256 and the longest salt that the key has room for, in four layouts, without a key id.
/// Each trusted RSA key is tried.
/// </summary>
internal static class LegacySignature
{
    internal const string Member = "_signature";
    private const string Label = "RSA-PSS-SHA256";
    private const int LongestSignature = AlgorithmPolicy.RsaMaximumBits / 8;

    /// <summary>The signature in one of the three detached layouts, or null when the bytes are none.</summary>
    internal static (SignatureLayout Layout, byte[] Signature)? ReadDetached(ReadOnlySpan<byte> content)
    {
        if (Ascii.IsValid(content))
        {
            string[] lines = Encoding.ASCII.GetString(content).ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
            return lines switch
            {
                [Label, var text] when Base64Text.Decode(text) is { Length: > 0 } signature => (SignatureLayout.LegacyText, signature),
                [var text] when Base64Text.Decode(text) is { Length: > 0 } signature => (SignatureLayout.LegacyLine, signature),
                _ => null,
            };
        }

        return content.Length is >= AlgorithmPolicy.LegacyRsaMinimumBits / 8 and <= LongestSignature ? (SignatureLayout.LegacyBinary, content.ToArray()) : null;
    }

    /// <summary>Verifies JSON with a <c>_signature</c> member: the digest it states, then the signature.</summary>
    /// <exception cref="JsonFormException">The member is not of the predecessor's form.</exception>
    internal static SignatureVerdict VerifyEmbedded(JsonTree.ObjectValue tree, TrustedKeys trust)
    {
        JsonFields fields = new JsonFields(tree).Fields(Member);
        string algorithm = fields.Text("algorithm");
        byte[] signature = fields.Bytes("signature");
        string stated = fields.Sha256("sha256");
        fields.End();
        if (algorithm != Label)
        {
            return new SignatureVerdict.PolicyRefused($"the legacy algorithm \"{algorithm}\" is not permitted; {Label} is expected");
        }

        byte[] digest = SHA256.HashData(PythonJsonWriter.Write(tree.Without(Member)));
        string found = Convert.ToHexStringLower(digest);
        return found == stated
            ? Verify(SignatureLayout.LegacyEmbedded, digest, signature, trust, $"{Member}.signature")
            : new SignatureVerdict.SignatureBad($"{Member}.sha256", $"the content's digest is {found}, {stated} is stated");
    }

    internal static SignatureVerdict Verify(SignatureLayout layout, byte[] digest, byte[] signature, TrustedKeys trust, string where)
    {
        TrustedKey[] candidates = [.. trust.Keys.Where(trusted => trusted.Key.Algorithm == SignatureAlgorithm.RsaPssSha256)];
        if (candidates.Length == 0)
        {
            return new SignatureVerdict.UnknownKey([]);
        }

        string found = Convert.ToHexStringLower(digest);
        foreach (TrustedKey candidate in candidates)
        {
            RSAParameters parameters = candidate.Key.RsaParameters();
            if (EmsaPss.Verify(parameters, digest, signature, EmsaPss.MaximumSaltLength(candidate.Key.Bits)))
            {
                return candidate.Revocation is { } revocation
                    ? new SignatureVerdict.PolicyRefused($"key {candidate.Key.KeyId} was revoked at {Utc.Text(revocation.At)}, and a legacy signature proves no time")
                    : new SignatureVerdict.Verified(layout, [candidate], found);
            }
        }

        return new SignatureVerdict.SignatureBad(where, $"none of the {candidates.Length} trusted RSA keys made it over bytes with the digest {found}");
    }
}
