using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;

namespace Tars.Sealing.OpenPgp;

/// <summary>The one list of OpenPGP algorithms and sizes that are used.</summary>
internal static class OpenPgpPolicy
{
    /// <summary>The smallest RSA key, in bits.</summary>
    public const int MinimumRsaBits = 2048;

    // GnuPG takes no SHA-1 binding made after this day; both draw the line where chosen-prefix collisions became affordable.
    private static readonly DateTime Sha1Bindings = new(2019, 1, 19, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>Returns why <paramref name="key"/> is not used; null when it is.</summary>
    public static string? Refuse(PgpPublicKey key) => key.Algorithm switch
    {
        PublicKeyAlgorithmTag.RsaGeneral or PublicKeyAlgorithmTag.RsaEncrypt or PublicKeyAlgorithmTag.RsaSign =>
            key.BitStrength < MinimumRsaBits ? $"RSA with {key.BitStrength} bits; at least {MinimumRsaBits} are needed" : null,
        PublicKeyAlgorithmTag.ECDH or PublicKeyAlgorithmTag.ECDsa or PublicKeyAlgorithmTag.EdDsa_Legacy
            or PublicKeyAlgorithmTag.Ed25519 or PublicKeyAlgorithmTag.X25519 or PublicKeyAlgorithmTag.Ed448 or PublicKeyAlgorithmTag.X448 => null,
        _ => $"{key.Algorithm} is not used",
    };

    /// <summary>Whether a signature over data may use <paramref name="hash"/>.</summary>
    public static bool AllowsForData(HashAlgorithmTag hash) =>
        hash is HashAlgorithmTag.Sha256 or HashAlgorithmTag.Sha384 or HashAlgorithmTag.Sha512 or HashAlgorithmTag.Sha3_256 or HashAlgorithmTag.Sha3_512;

    /// <summary>Whether a signature that binds keys and names may use its hash.</summary>
    public static bool AllowsForBinding(PgpSignature signature) =>
        AllowsForData(signature.HashAlgorithm)
        || signature.HashAlgorithm == HashAlgorithmTag.Sha224
        || (signature.HashAlgorithm == HashAlgorithmTag.Sha1 && signature.CreationTime < Sha1Bindings);
}
