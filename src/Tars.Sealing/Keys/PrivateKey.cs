using System.Security.Cryptography;
using System.Text;
using Tars.Sealing.Signatures;

namespace Tars.Sealing.Keys;

/// <summary>A signing key in memory. The platform's library holds it and clears it on disposal.</summary>
public sealed class PrivateKey : ISigner
{
    private const int LargestExport = 16384;

    private static readonly PbeParameters Protection = new(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, AlgorithmPolicy.PassphraseRounds);

    private readonly AsymmetricAlgorithm _key;

    private PrivateKey(AsymmetricAlgorithm key, PublicKey publicKey)
    {
        _key = key;
        PublicKey = publicKey;
    }

    /// <inheritdoc/>
    public PublicKey PublicKey { get; }

    /// <inheritdoc/>
    public byte[] SignDigest(ReadOnlySpan<byte> sha256)
    {
        if (sha256.Length != SHA256.HashSizeInBytes)
        {
            throw new ArgumentException($"{sha256.Length} bytes are no SHA-256; {SHA256.HashSizeInBytes} are expected", nameof(sha256));
        }

        return _key is RSA rsa
            ? rsa.SignHash(sha256.ToArray(), HashAlgorithmName.SHA256, RSASignaturePadding.Pss)
            : ((ECDsa)_key).SignHash(sha256, DSASignatureFormat.Rfc3279DerSequence);
    }

    /// <summary>Clears the key.</summary>
    public void Dispose() => _key.Dispose();

    /// <summary>The public key's id, never the key.</summary>
    public override string ToString() => PublicKey.ToString();

    internal static PrivateKey Create(SignatureAlgorithm algorithm) =>
        algorithm == SignatureAlgorithm.RsaPssSha256
            ? Of(RSA.Create(AlgorithmPolicy.RsaCreatedBits))
            : Of(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>Takes a key over. The policy is asked.</summary>
    /// <exception cref="KeyFormException">The policy does not permit it.</exception>
    internal static PrivateKey Of(AsymmetricAlgorithm key)
    {
        (PublicKey? publicKey, string? refusal) = key is RSA rsa ? PublicKey.Of(rsa) : PublicKey.Of((ECDsa)key);
        if (publicKey is null)
        {
            key.Dispose();
            throw new KeyFormException(refusal!);
        }

        return new PrivateKey(key, publicKey);
    }

    /// <summary>PKCS#8 in PEM with a final line feed; encrypted (PBES2, PBKDF2-HMAC-SHA-256, AES-256-CBC) when there is a passphrase.</summary>
    internal SecretBytes ToPem(Passphrase? passphrase)
    {
        using SecretBytes der = new(LargestExport);
        int length;
        bool fits = passphrase is null
            ? _key.TryExportPkcs8PrivateKey(der.Span, out length)
            : _key.TryExportEncryptedPkcs8PrivateKey(passphrase.Utf8, Protection, der.Span, out length);
        if (!fits)
        {
            throw new KeyFormException($"the key is larger than {LargestExport} bytes");
        }

        string label = passphrase is null ? "PRIVATE KEY" : "ENCRYPTED PRIVATE KEY";
        SecretBytes pem = new(PemEncoding.GetEncodedSize(label.Length, length) + 1);
        if (!PemEncoding.TryWriteUtf8(Encoding.ASCII.GetBytes(label), der.Span[..length], pem.Span, out int written))
        {
            throw new KeyFormException("the key does not fit its PEM form");
        }

        pem.Span[written] = (byte)'\n';
        return pem;
    }
}
