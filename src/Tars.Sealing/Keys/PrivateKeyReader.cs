using System.Formats.Asn1;
using System.Security.Cryptography;
using Tars.Sealing.Signatures;

namespace Tars.Sealing.Keys;

/// <summary>Private keys from DER. What is not a key leaves as a <see cref="CryptographicException"/>, what is not permitted as a <see cref="KeyFormException"/>.</summary>
internal static class PrivateKeyReader
{
    private const string Pbes2Oid = "1.2.840.113549.1.5.13";
    private const string Pbkdf2Oid = "1.2.840.113549.1.5.12";

    internal static PrivateKey Pkcs8(ReadOnlySpan<byte> der)
    {
        AsymmetricAlgorithm key = KeyAlgorithm.OfPrivate(der) switch
        {
            KeyAlgorithm.RsaOid => RSA.Create(),
            KeyAlgorithm.EllipticOid => ECDsa.Create(),
            string other => throw new KeyFormException($"private keys of the algorithm {other} are not permitted; RSA or ECDSA P-256 is expected"),
        };
        return Import(key, der, static (AsymmetricAlgorithm key, ReadOnlySpan<byte> der, out int read) => key.ImportPkcs8PrivateKey(der, out read));
    }

    internal static PrivateKey Pkcs1(ReadOnlySpan<byte> der) =>
        Import(RSA.Create(), der, static (AsymmetricAlgorithm key, ReadOnlySpan<byte> der, out int read) => ((RSA)key).ImportRSAPrivateKey(der, out read));

    internal static PrivateKey Sec1(ReadOnlySpan<byte> der) =>
        Import(ECDsa.Create(), der, static (AsymmetricAlgorithm key, ReadOnlySpan<byte> der, out int read) => ((ECDsa)key).ImportECPrivateKey(der, out read));

    internal static PrivateKey EncryptedPkcs8(ReadOnlySpan<byte> der, Passphrase? passphrase)
    {
        CheckDerivation(der);
        if (passphrase is null)
        {
            throw new KeyFormException("the key is protected by a passphrase, and none was given");
        }

        // Which algorithm it is stands inside: RSA is tried first, and its refusal of another algorithm is not a wrong passphrase.
        foreach (Func<AsymmetricAlgorithm> create in new Func<AsymmetricAlgorithm>[] { RSA.Create, ECDsa.Create })
        {
            AsymmetricAlgorithm key = create();
            try
            {
                key.ImportEncryptedPkcs8PrivateKey(passphrase.Utf8, der, out int read);
                return read == der.Length ? PrivateKey.Of(key) : throw new CryptographicException("something follows the key");
            }
            catch (CryptographicException)
            {
                key.Dispose();
            }
        }

        throw new KeyFormException("the key does not open: the passphrase is another one, the file was changed, or it is neither RSA nor ECDSA P-256");
    }

    // A file from elsewhere must not be able to order hours of key derivation, or a weak one.
    private static void CheckDerivation(ReadOnlySpan<byte> der)
    {
        try
        {
            AsnReader file = new(der.ToArray(), AsnEncodingRules.BER);
            AsnReader scheme = file.ReadSequence().ReadSequence();
            if (scheme.ReadObjectIdentifier() != Pbes2Oid)
            {
                throw new KeyFormException("the key is encrypted with a scheme that is not permitted; rewrite it with `openssl pkcs8 -topk8 -v2 aes-256-cbc -in OLD -out NEW`");
            }

            AsnReader derivation = scheme.ReadSequence().ReadSequence();
            if (derivation.ReadObjectIdentifier() != Pbkdf2Oid)
            {
                throw new KeyFormException("the key's passphrase is not derived with PBKDF2; rewrite it with `openssl pkcs8 -topk8 -v2 aes-256-cbc -in OLD -out NEW`");
            }

            AsnReader parameters = derivation.ReadSequence();
            parameters.ReadOctetString();
            if (!parameters.TryReadInt32(out int rounds) || rounds is < 1 or > AlgorithmPolicy.MostPassphraseRounds)
            {
                throw new KeyFormException($"the key's PBKDF2 asks for rounds that are not permitted; 1 to {AlgorithmPolicy.MostPassphraseRounds} are expected");
            }
        }
        catch (AsnContentException exception)
        {
            throw new CryptographicException("the encrypted key is not DER", exception);
        }
    }

    private delegate void Importer(AsymmetricAlgorithm key, ReadOnlySpan<byte> der, out int read);

    private static PrivateKey Import(AsymmetricAlgorithm key, ReadOnlySpan<byte> der, Importer import)
    {
        try
        {
            import(key, der, out int read);
            return read == der.Length ? PrivateKey.Of(key) : throw new CryptographicException("something follows the key");
        }
        catch (CryptographicException)
        {
            key.Dispose();
            throw;
        }
    }
}
