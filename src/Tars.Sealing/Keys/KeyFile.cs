using System.Security.Cryptography;
using System.Text;
using Tars.Sealing.Signatures;

namespace Tars.Sealing.Keys;

/// <summary>What a key file holds. The reader disposes of the key that is in it.</summary>
public abstract record KeyFile
{
    private KeyFile()
    {
    }

    /// <summary>A private key.</summary>
    /// <param name="Key">The key, which the reader owns.</param>
    public sealed record Signing(PrivateKey Key) : KeyFile;

    /// <summary>An AES-256 key.</summary>
    /// <param name="KeyId">64 lower-case hexadecimal digits.</param>
    /// <param name="Key">32 bytes, which the reader owns.</param>
    public sealed record Encryption(string KeyId, SecretBytes Key) : KeyFile;

    /// <summary>A public key.</summary>
    /// <param name="Key">The key.</param>
    public sealed record Verifying(PublicKey Key) : KeyFile;

    /// <summary>
    /// Reads a key in any known form: 32 raw bytes; 64 hexadecimal digits; this project's wrapped form; PEM of openssl (PKCS#8 plain or
    /// encrypted, PKCS#1, SEC 1, SubjectPublicKeyInfo). Of several PEM blocks the first key is taken.
    /// </summary>
    /// <param name="content">The file's content; the caller zeroes it.</param>
    /// <param name="passphrase">Opens an encrypted key; null when there is none. Not used for a key that is not encrypted.</param>
    /// <param name="legacy">Also takes public RSA keys of 2048 bits, which verify the predecessor's signatures and nothing else.</param>
    /// <exception cref="KeyFormException">It is no key that can be used; the message says why and what to do.</exception>
    public static KeyFile Read(ReadOnlySpan<byte> content, Passphrase? passphrase = null, bool legacy = false)
    {
        if (content.IndexOf("-----BEGIN "u8) >= 0)
        {
            return ReadPem(content, passphrase, legacy);
        }

        SecretBytes? key =
            content.Length == EncryptionKeyFile.KeyLength ? new SecretBytes(content)
            : content.TrimStart(" \t\r\n"u8) is [(byte)'{', ..] ? EncryptionKeyFile.Unwrap(content, passphrase)
            : EncryptionKeyFile.ReadHexadecimal(content);
        return key is null
            ? throw new KeyFormException("it is no key; a PEM file, 32 raw bytes or 64 hexadecimal digits are expected")
            : new Encryption(EncryptionKeyFile.IdOf(key.Span), key);
    }

    private static KeyFile ReadPem(ReadOnlySpan<byte> content, Passphrase? passphrase, bool legacy)
    {
        if (content.IndexOf("Proc-Type: 4,ENCRYPTED"u8) >= 0)
        {
            throw new KeyFormException("the key is encrypted in openssl's traditional form, whose key derivation is weak; rewrite it with `openssl pkcs8 -topk8 -v2 aes-256-cbc -in OLD -out NEW`");
        }

        ReadOnlySpan<byte> rest = content;
        while (PemEncoding.TryFindUtf8(rest, out PemFields fields))
        {
            string label = Encoding.ASCII.GetString(rest[fields.Label]);
            using SecretBytes der = new(fields.DecodedDataLength);
            System.Buffers.Text.Base64.DecodeFromUtf8(rest[fields.Base64Data], der.Span, out _, out _);
            if (label is not ("EC PARAMETERS" or "DH PARAMETERS"))
            {
                return ReadBlock(label, der.Span, passphrase, legacy);
            }

            rest = rest[fields.Location.End..];
        }

        throw new KeyFormException("the PEM text is not complete: a key between its BEGIN and END lines is expected");
    }

    private static KeyFile ReadBlock(string label, ReadOnlySpan<byte> der, Passphrase? passphrase, bool legacy)
    {
        try
        {
            switch (label)
            {
                case "PUBLIC KEY":
                    bool permitted = legacy ? PublicKey.TryReadLegacy(der, out PublicKey? key, out string? refusal) : PublicKey.TryRead(der, out key, out refusal);
                    return permitted ? new Verifying(key!) : throw new KeyFormException(refusal!);
                case "PRIVATE KEY":
                    return new Signing(PrivateKeyReader.Pkcs8(der));
                case "RSA PRIVATE KEY":
                    return new Signing(PrivateKeyReader.Pkcs1(der));
                case "EC PRIVATE KEY":
                    return new Signing(PrivateKeyReader.Sec1(der));
                case "ENCRYPTED PRIVATE KEY":
                    return new Signing(PrivateKeyReader.EncryptedPkcs8(der, passphrase));
                default:
                    throw new KeyFormException($"a PEM block \"{label}\" holds no key that is used here; a private or public key of RSA or ECDSA P-256 is expected");
            }
        }
        catch (CryptographicException exception)
        {
            throw new KeyFormException($"the PEM block \"{label}\" holds no valid key", exception);
        }
    }
}
