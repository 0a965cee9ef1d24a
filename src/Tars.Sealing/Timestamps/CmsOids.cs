using System.Security.Cryptography;

namespace Tars.Sealing.Timestamps;

/// <summary>The object identifiers that a timestamp token is made of.</summary>
internal static class CmsOids
{
    internal const string SignedData = "1.2.840.113549.1.7.2";
    internal const string TimestampInfo = "1.2.840.113549.1.9.16.1.4";
    internal const string ContentType = "1.2.840.113549.1.9.3";
    internal const string MessageDigest = "1.2.840.113549.1.9.4";
    internal const string SigningCertificate = "1.2.840.113549.1.9.16.2.12";
    internal const string SigningCertificateV2 = "1.2.840.113549.1.9.16.2.47";
    internal const string TimestampingUsage = "1.3.6.1.5.5.7.3.8";
    internal const string Sha1 = "1.3.14.3.2.26";
    internal const string Sha256 = "2.16.840.1.101.3.4.2.1";
    internal const string Sha384 = "2.16.840.1.101.3.4.2.2";
    internal const string Sha512 = "2.16.840.1.101.3.4.2.3";

    private const string RsaEncryption = "1.2.840.113549.1.1.1";

    /// <summary>The hash that a signer may use, or null when it is not permitted.</summary>
    internal static HashAlgorithmName? Hash(string oid) => oid switch
    {
        Sha256 => HashAlgorithmName.SHA256,
        Sha384 => HashAlgorithmName.SHA384,
        Sha512 => HashAlgorithmName.SHA512,
        _ => null,
    };

    /// <summary>Whether a signature algorithm is RSA PKCS #1 v1.5 with that hash (named with or without it), or ECDSA with it; null when neither.</summary>
    internal static bool? IsRsa(string oid, HashAlgorithmName hash) => oid switch
    {
        RsaEncryption => true,
        "1.2.840.113549.1.1.11" when hash == HashAlgorithmName.SHA256 => true,
        "1.2.840.113549.1.1.12" when hash == HashAlgorithmName.SHA384 => true,
        "1.2.840.113549.1.1.13" when hash == HashAlgorithmName.SHA512 => true,
        "1.2.840.10045.4.3.2" when hash == HashAlgorithmName.SHA256 => false,
        "1.2.840.10045.4.3.3" when hash == HashAlgorithmName.SHA384 => false,
        "1.2.840.10045.4.3.4" when hash == HashAlgorithmName.SHA512 => false,
        _ => null,
    };
}
