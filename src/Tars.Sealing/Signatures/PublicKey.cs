using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Tars.Sealing.Keys;

namespace Tars.Sealing.Signatures;

/// <summary>
/// A public key that the policy permits. Its id is the SHA-256 of its SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7) in DER, so anybody
/// can compute it: <c>openssl pkey -pubin -in KEY -outform DER | sha256sum</c>.
/// </summary>
public sealed class PublicKey : IEquatable<PublicKey>
{
    private readonly byte[] _info;

    private PublicKey(SignatureAlgorithm algorithm, int bits, byte[] info)
    {
        Algorithm = algorithm;
        Bits = bits;
        _info = info;
        KeyId = Convert.ToHexStringLower(SHA256.HashData(info));
    }

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public string KeyId { get; }

    /// <summary>What it verifies.</summary>
    public SignatureAlgorithm Algorithm { get; }

    /// <summary>Bits of the modulus, or 256.</summary>
    public int Bits { get; }

    /// <summary>The id in a form that two people can read to each other.</summary>
    public Fingerprint Fingerprint => new(KeyId);

    /// <summary>SubjectPublicKeyInfo in DER.</summary>
    public ReadOnlySpan<byte> SubjectPublicKeyInfo => _info;

    /// <summary>The key as PEM with a final line feed, as openssl reads it.</summary>
    public string ToPem() => PemEncoding.WriteString("PUBLIC KEY", _info) + "\n";

    /// <summary>Reads a SubjectPublicKeyInfo.</summary>
    /// <param name="info">DER, with nothing after it.</param>
    /// <param name="key">The key; null when refused.</param>
    /// <param name="refusal">Why it is refused: not DER, another algorithm, too short; null when it is not.</param>
    public static bool TryRead(ReadOnlySpan<byte> info, [NotNullWhen(true)] out PublicKey? key, [NotNullWhen(false)] out string? refusal)
    {
        (key, refusal) = Read(info, legacy: false);
        return key is not null;
    }

    /// <summary>Reads a SubjectPublicKeyInfo of the predecessor's time, when RSA with 2048 bits was created.</summary>
    /// <param name="info">DER, with nothing after it.</param>
    /// <param name="key">The key; null when refused. It verifies legacy signatures only.</param>
    /// <param name="refusal">Why it is refused; null when it is not.</param>
    public static bool TryReadLegacy(ReadOnlySpan<byte> info, [NotNullWhen(true)] out PublicKey? key, [NotNullWhen(false)] out string? refusal)
    {
        (key, refusal) = Read(info, legacy: true);
        return key is not null;
    }

    /// <summary>Whether a signature over a digest is this key's.</summary>
    /// <param name="sha256">32 bytes.</param>
    /// <param name="signature">As the algorithm writes it. Any bytes may be given.</param>
    public bool VerifyDigest(ReadOnlySpan<byte> sha256, ReadOnlySpan<byte> signature)
    {
        if (Algorithm == SignatureAlgorithm.RsaPssSha256)
        {
            using RSA rsa = RSA.Create();
            rsa.ImportSubjectPublicKeyInfo(_info, out _);
            return Bits >= AlgorithmPolicy.RsaMinimumBits
                && signature.Length == (Bits + 7) / 8
                && rsa.VerifyHash(sha256, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pss);
        }

        using ECDsa ecdsa = ECDsa.Create();
        ecdsa.ImportSubjectPublicKeyInfo(_info, out _);
        return EcdsaDer.IsStrict(signature) && ecdsa.VerifyHash(sha256, signature, DSASignatureFormat.Rfc3279DerSequence);
    }

    /// <summary>Whether a signature over bytes is this key's.</summary>
    /// <param name="message">The signed bytes.</param>
    /// <param name="signature">As the algorithm writes it. Any bytes may be given.</param>
    public bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) => VerifyDigest(SHA256.HashData(message), signature);

    /// <inheritdoc/>
    public bool Equals(PublicKey? other) => other is not null && KeyId == other.KeyId;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PublicKey);

    /// <inheritdoc/>
    public override int GetHashCode() => KeyId.GetHashCode(StringComparison.Ordinal);

    /// <summary>Algorithm and id.</summary>
    public override string ToString() => $"{AlgorithmPolicy.NameOf(Algorithm)} {KeyId}";

    internal RSAParameters RsaParameters()
    {
        using RSA rsa = RSA.Create();
        rsa.ImportSubjectPublicKeyInfo(_info, out _);
        return rsa.ExportParameters(includePrivateParameters: false);
    }

    /// <summary>The key of an RSA object that holds it; the policy is asked.</summary>
    internal static (PublicKey? Key, string? Refusal) Of(RSA rsa, bool legacy = false)
    {
        RSAParameters parameters = rsa.ExportParameters(includePrivateParameters: false);
        string? refusal;
        bool permitted = legacy
            ? AlgorithmPolicy.PermitsLegacyRsa(rsa.KeySize, parameters.Exponent, out refusal)
            : AlgorithmPolicy.PermitsRsa(rsa.KeySize, parameters.Exponent, out refusal);
        return permitted ? (new PublicKey(SignatureAlgorithm.RsaPssSha256, rsa.KeySize, rsa.ExportSubjectPublicKeyInfo()), null) : (null, refusal);
    }

    /// <summary>The key of an ECDSA object that holds it; the policy is asked.</summary>
    internal static (PublicKey? Key, string? Refusal) Of(ECDsa ecdsa)
    {
        ECCurve curve = ecdsa.ExportParameters(includePrivateParameters: false).Curve;
        return AlgorithmPolicy.PermitsCurve(curve.IsNamed ? curve.Oid.Value : null, out string? refusal)
            ? (new PublicKey(SignatureAlgorithm.EcdsaP256Sha256, ecdsa.KeySize, ecdsa.ExportSubjectPublicKeyInfo()), null)
            : (null, refusal);
    }

    // The algorithm is read from the structure; the platform then checks the whole, the point on the curve included.
    private static (PublicKey? Key, string? Refusal) Read(ReadOnlySpan<byte> info, bool legacy)
    {
        try
        {
            switch (KeyAlgorithm.Of(info))
            {
                case KeyAlgorithm.RsaOid:
                    using (RSA rsa = RSA.Create())
                    {
                        rsa.ImportSubjectPublicKeyInfo(info, out int read);
                        return read == info.Length ? Of(rsa, legacy) : (null, "something follows the key");
                    }

                case KeyAlgorithm.EllipticOid:
                    using (ECDsa ecdsa = ECDsa.Create())
                    {
                        ecdsa.ImportSubjectPublicKeyInfo(info, out int read);
                        return read == info.Length ? Of(ecdsa) : (null, "something follows the key");
                    }

                case var other:
                    return (null, $"keys of the algorithm {other} are not permitted; RSA or ECDSA P-256 is expected");
            }
        }
        catch (CryptographicException)
        {
            return (null, "it is no public key in SubjectPublicKeyInfo form");
        }
        catch (PlatformNotSupportedException)
        {
            return (null, "its curve is unknown to the platform; P-256 is expected");
        }
    }
}
