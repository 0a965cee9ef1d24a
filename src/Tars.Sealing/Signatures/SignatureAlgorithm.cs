namespace Tars.Sealing.Signatures;

/// <summary>The signature algorithms that are made and accepted. Both sign the SHA-256 of the bytes.</summary>
public enum SignatureAlgorithm
{
    /// <summary>RSASSA-PSS with SHA-256, MGF1 with SHA-256 and a salt of 32 bytes (RFC 8017 section 8.1). Named <c>rsa-pss-sha256</c>.</summary>
    RsaPssSha256 = 0,

    /// <summary>ECDSA on P-256 with SHA-256 (FIPS 186-5), the signature in DER (RFC 3279 section 2.2.3). Named <c>ecdsa-p256-sha256</c>.</summary>
    EcdsaP256Sha256 = 1,
}
