using Org.BouncyCastle.Bcpg.OpenPgp;
using Tars.Sealing.OpenPgp.Keys;

namespace Tars.Sealing.OpenPgp.Messages;

/// <summary>From a signature to a verdict; the same rules for a message and a detached signature.</summary>
internal static class SignatureJudgement
{
    public static OpenPgpSignatureVerdict Of(PgpSignature signature, (OpenPgpKey Key, Subkey Part)? signer, Func<PgpSignature, bool> verify)
    {
        string id = OpenPgpKey.HexOf(signature.KeyId);
        if (signer is not { } known)
        {
            return new OpenPgpSignatureVerdict.UnknownKey(id);
        }

        if (signature.SignatureType is not (PgpSignature.BinaryDocument or PgpSignature.CanonicalTextDocument))
        {
            return new OpenPgpSignatureVerdict.Refused(id, "the signature is not one over a document");
        }

        if (!OpenPgpPolicy.AllowsForData(signature.HashAlgorithm))
        {
            return new OpenPgpSignatureVerdict.Refused(id, $"the hash {signature.HashAlgorithm} does not count");
        }

        if (!verify(signature))
        {
            return new OpenPgpSignatureVerdict.Bad(id);
        }

        DateTimeOffset signedAt = new(DateTime.SpecifyKind(signature.CreationTime, DateTimeKind.Utc));
        string? refusal = (known.Part.Flags & PgpKeyFlags.CanSign) == 0 ? "the key is not for signing" : known.Key.RefuseAt(signedAt) ?? known.Part.RefuseAt(signedAt);
        return refusal is null ? new OpenPgpSignatureVerdict.Good(known.Key, signedAt) : new OpenPgpSignatureVerdict.Refused(id, refusal);
    }
}
