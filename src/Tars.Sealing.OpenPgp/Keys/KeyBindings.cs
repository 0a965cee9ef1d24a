using Org.BouncyCastle.Bcpg.OpenPgp;

namespace Tars.Sealing.OpenPgp.Keys;

/// <summary>
/// Which names and subkeys really belong to a primary key (RFC 9580, section 5.2.1 and 10.1): a keyring is only a list of packets that
/// anyone may have put together, so each binding is verified here.
/// </summary>
internal static class KeyBindings
{
    /// <summary>Returns the newest valid self-certification of <paramref name="userId"/>; null when there is none or it was revoked.</summary>
    public static PgpSignature? OfUserId(PgpPublicKey primary, string userId)
    {
        PgpSignature? newest = null;
        foreach (PgpSignature signature in primary.GetSignaturesForId(userId) ?? [])
        {
            bool relevant = signature.IsCertification() || signature.SignatureType == PgpSignature.CertificationRevocation;
            if (relevant && signature.KeyId == primary.KeyId
                && (newest is null || signature.CreationTime >= newest.CreationTime)
                && Verifies(signature, primary, () => signature.VerifyCertification(userId, primary)))
            {
                newest = signature;
            }
        }

        return newest is { SignatureType: PgpSignature.CertificationRevocation } ? null : newest;
    }

    /// <summary>Returns whether the primary key was revoked by itself.</summary>
    public static bool IsRevoked(PgpPublicKey primary) =>
        primary.GetSignaturesOfType(PgpSignature.KeyRevocation)
            .Any(signature => signature.KeyId == primary.KeyId && Verifies(signature, primary, () => signature.VerifyCertification(primary)));

    /// <summary>Returns the newest valid binding of <paramref name="subkey"/>; null when there is none or the subkey was revoked.</summary>
    public static PgpSignature? OfSubkey(PgpPublicKey primary, PgpPublicKey subkey)
    {
        PgpSignature? newest = null;
        foreach (PgpSignature signature in subkey.GetSignatures())
        {
            if (signature.KeyId != primary.KeyId
                || signature.SignatureType is not (PgpSignature.SubkeyBinding or PgpSignature.SubkeyRevocation)
                || !Verifies(signature, primary, () => signature.VerifyCertification(primary, subkey)))
            {
                continue;
            }

            if (signature.SignatureType == PgpSignature.SubkeyRevocation)
            {
                return null;
            }

            if (newest is null || signature.CreationTime >= newest.CreationTime)
            {
                newest = signature;
            }
        }

        return newest;
    }

    /// <summary>
    /// Whether a signing subkey has signed its primary key back. Without this, a stranger's subkey could be adopted and its signatures claimed.
    /// </summary>
    public static bool IsCrossCertified(PgpPublicKey primary, PgpPublicKey subkey, PgpSignature binding) =>
        new[] { binding.GetHashedSubPackets(), binding.GetUnhashedSubPackets() }
            .Where(packets => packets is not null)
            .SelectMany(packets => Enumerate(packets.GetEmbeddedSignatures()))
            .Any(back => back.SignatureType == PgpSignature.PrimaryKeyBinding
                && Verifies(back, subkey, () => back.VerifyCertification(primary, subkey)));

    private static IEnumerable<PgpSignature> Enumerate(PgpSignatureList? list)
    {
        for (int i = 0; i < (list?.Count ?? 0); i++)
        {
            yield return list![i];
        }
    }

    private static bool Verifies(PgpSignature signature, PgpPublicKey by, Func<bool> verify)
    {
        if (!OpenPgpPolicy.AllowsForBinding(signature))
        {
            return false;
        }

        try
        {
            signature.InitVerify(by);
            return verify();
        }
        catch (Exception failure) when (BcFailures.IsMalformedInput(failure))
        {
            return false; // a signature that cannot be read binds nothing
        }
    }
}
