using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Tars.Sealing.Signatures;

/// <summary>The single list of permitted algorithms and sizes. Nothing else in this project decides what is strong enough.</summary>
public static class AlgorithmPolicy
{
    /// <summary>Bits of an RSA key that is created.</summary>
    public const int RsaCreatedBits = 4096;

    /// <summary>Bits of the smallest RSA key whose signatures are accepted.</summary>
    public const int RsaMinimumBits = 3072;

    /// <summary>Bits of the largest RSA key that is worked with: larger ones would let a stranger's key buy computing time.</summary>
    public const int RsaMaximumBits = 8192;

    /// <summary>Bits of the smallest RSA key whose legacy signatures are verified: what the predecessor created by default.</summary>
    public const int LegacyRsaMinimumBits = 2048;

    /// <summary>Bytes of the salt in an RSA-PSS signature.</summary>
    public const int PssSaltLength = 32;

    /// <summary>Bits of an encryption key.</summary>
    public const int EncryptionKeyBits = 256;

    /// <summary>Rounds of PBKDF2-HMAC-SHA-256 that protect a key with a passphrase when it is written.</summary>
    public const int PassphraseRounds = 600_000;

    /// <summary>The most rounds that are computed to open a key: more is refused instead of computed.</summary>
    public const int MostPassphraseRounds = 10_000_000;

    /// <summary>Fewest characters (bytes in UTF-8) of a passphrase that protects a key.</summary>
    public const int ShortestPassphrase = 8;

    /// <summary>Object identifier of the curve P-256 (secp256r1).</summary>
    public const string P256Oid = "1.2.840.10045.3.1.7";

    /// <summary>The algorithms, in the order in which an envelope is signed.</summary>
    public static IReadOnlyList<SignatureAlgorithm> Signatures { get; } = [SignatureAlgorithm.RsaPssSha256, SignatureAlgorithm.EcdsaP256Sha256];

    /// <summary>The name in files: <c>rsa-pss-sha256</c> or <c>ecdsa-p256-sha256</c>.</summary>
    public static string NameOf(SignatureAlgorithm algorithm) => algorithm switch
    {
        SignatureAlgorithm.RsaPssSha256 => "rsa-pss-sha256",
        SignatureAlgorithm.EcdsaP256Sha256 => "ecdsa-p256-sha256",
        _ => throw new UnreachableException(),
    };

    /// <summary>Finds an algorithm by its name in files. False: it is not permitted.</summary>
    public static bool TryParse(string name, out SignatureAlgorithm algorithm)
    {
        algorithm = Signatures.FirstOrDefault(candidate => NameOf(candidate) == name);
        return NameOf(algorithm) == name;
    }

    /// <summary>Whether an RSA key may sign and be believed.</summary>
    /// <param name="bits">Length of the modulus.</param>
    /// <param name="publicExponent">Big endian.</param>
    /// <param name="refusal">Why not; null when it may.</param>
    public static bool PermitsRsa(int bits, ReadOnlySpan<byte> publicExponent, [NotNullWhen(false)] out string? refusal) =>
        PermitsRsa(bits, publicExponent, RsaMinimumBits, out refusal);

    /// <summary>Whether an RSA key may verify a signature of the predecessor.</summary>
    /// <param name="bits">Length of the modulus.</param>
    /// <param name="publicExponent">Big endian.</param>
    /// <param name="refusal">Why not; null when it may.</param>
    public static bool PermitsLegacyRsa(int bits, ReadOnlySpan<byte> publicExponent, [NotNullWhen(false)] out string? refusal) =>
        PermitsRsa(bits, publicExponent, LegacyRsaMinimumBits, out refusal);

    /// <summary>Whether a curve may be used. Only P-256 may.</summary>
    /// <param name="oid">Object identifier of the curve; null when its parameters are written out.</param>
    /// <param name="refusal">Why not; null when it may.</param>
    public static bool PermitsCurve(string? oid, [NotNullWhen(false)] out string? refusal)
    {
        refusal = oid == P256Oid ? null : $"the curve {oid ?? "with explicit parameters"} is not permitted; P-256 is expected";
        return refusal is null;
    }

    private static bool PermitsRsa(int bits, ReadOnlySpan<byte> publicExponent, int minimumBits, [NotNullWhen(false)] out string? refusal)
    {
        ReadOnlySpan<byte> exponent = publicExponent.TrimStart((byte)0);
        refusal =
            bits < minimumBits ? $"an RSA key of {bits} bits is too short; {minimumBits} bits or more are expected"
            : bits > RsaMaximumBits ? $"an RSA key of {bits} bits is too long; {RsaMaximumBits} bits or fewer are expected"
            : exponent.Length is < 3 or > 4 || (exponent[^1] & 1) == 0 ? "the RSA key's public exponent is not permitted; an odd one from 65537 to 2^32 is expected"
            : null;
        return refusal is null;
    }
}
