using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;
using Org.BouncyCastle.Security;
using Tars.Sealing.OpenPgp.Keys;

namespace Tars.Sealing.OpenPgp.Messages;

/// <summary>Encrypted and signed OpenPGP messages (RFC 9580, in the form of RFC 4880 that every implementation reads).</summary>
public static class OpenPgpMessage
{
    /// <summary>The largest content that is read from whatever message unless the caller says otherwise: 1 GiB.</summary>
    public const long DefaultLimit = 1L << 30;

    /// <summary>How many times as large as its message a content over <see cref="DefaultLimit"/> may be: logs and metrics compress less, bombs a thousandfold and more.</summary>
    public const long DefaultRatio = 200;

    private const int PieceBytes = 1 << 16;

    /// <summary>Encrypts <paramref name="plain"/> with AES-256 and integrity protection, signed where a signer is given.</summary>
    /// <param name="plain">Read to its end.</param>
    /// <param name="output">Receives the message; stays open.</param>
    /// <param name="encryption">To whom, and how.</param>
    /// <exception cref="ArgumentException">There is no recipient.</exception>
    /// <exception cref="OpenPgpException">A recipient's key does not take encrypted data at that time; nothing was written.</exception>
    public static void Encrypt(Stream plain, Stream output, OpenPgpEncryption encryption)
    {
        ArgumentNullException.ThrowIfNull(plain);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(encryption);
        if (encryption.Recipients.Count == 0)
        {
            throw new ArgumentException("a message needs a recipient", nameof(encryption));
        }

        PgpEncryptedDataGenerator encrypted = new(SymmetricKeyAlgorithmTag.Aes256, withIntegrityPacket: true, new SecureRandom());
        foreach (OpenPgpKey recipient in encryption.Recipients)
        {
            encrypted.AddMethod(EncryptionKeyOf(recipient, encryption.Time));
        }

        ArmoredOutputStream? armor = encryption.Armor ? ArmorText.Over(output) : null;
        using (Stream cipher = encrypted.Open(armor ?? output, new byte[PieceBytes]))
        {
            WriteCompressed(plain, cipher, encryption.Compression, new Content(encryption.Signer, encryption.Time, encryption.FileName));
        }

        armor?.Dispose();
    }

    /// <summary>Writes <paramref name="plain"/> as a signed message, which anyone can read.</summary>
    /// <param name="plain">Read to its end.</param>
    /// <param name="output">Receives the message; stays open.</param>
    /// <param name="signing">By whom, and how.</param>
    public static void Sign(Stream plain, Stream output, OpenPgpSigning signing)
    {
        ArgumentNullException.ThrowIfNull(plain);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(signing);
        ArmoredOutputStream? armor = signing.Armor ? ArmorText.Over(output) : null;
        WriteCompressed(plain, armor ?? output, signing.Compression, new Content(signing.Signer, signing.Time, signing.FileName));
        armor?.Dispose();
    }

    /// <summary>Opens a message that is encrypted, signed, or both, armoured or not.</summary>
    /// <param name="message">Read to its end.</param>
    /// <param name="output">
    /// Receives the content as it is decrypted. OpenPGP verifies it only at its end: keep what was written away from everyone until the
    /// answer is <see cref="OpenPgpOpening.Opened"/>.
    /// </param>
    /// <param name="keys">The keys at hand.</param>
    /// <param name="passphrase">Opens protected secret keys; UTF-8, empty for none.</param>
    /// <param name="limit">
    /// The largest content, in bytes, since a small message can decompress to a very large one; null for <see cref="DefaultLimit"/>, or <see cref="DefaultRatio"/>
    /// times the message where that is more.
    /// </param>
    /// <exception cref="OpenPgpException">The passphrase is wrong, or a secret key cannot be read.</exception>
    public static OpenPgpOpening Open(Stream message, Stream output, OpenPgpKeyRing keys, ReadOnlySpan<byte> passphrase, long? limit = null)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(keys);
        return new MessageReader(keys, output, limit).Read(message, passphrase);
    }

    private static PgpPublicKey EncryptionKeyOf(OpenPgpKey recipient, DateTimeOffset time)
    {
        if (recipient.RefuseAt(time) is { } refusal)
        {
            throw new OpenPgpException(recipient.Fingerprint, refusal);
        }

        return recipient.EncryptionPart(time)?.Key
            ?? throw new OpenPgpException(recipient.Fingerprint, "has no valid part that takes encrypted data");
    }

    private static void WriteCompressed(Stream plain, Stream inner, OpenPgpCompression compression, Content content)
    {
        if (compression == OpenPgpCompression.None)
        {
            WriteContent(plain, inner, content);
            return;
        }

        CompressionAlgorithmTag algorithm = compression == OpenPgpCompression.Zip ? CompressionAlgorithmTag.Zip : CompressionAlgorithmTag.ZLib;
        using Stream compressed = new PgpCompressedDataGenerator(algorithm).Open(inner, new byte[PieceBytes]);
        WriteContent(plain, compressed, content);
    }

    private static void WriteContent(Stream plain, Stream inner, Content content)
    {
        PgpSignatureGenerator? signature = content.Signer?.Begin(content.Time);
        signature?.GenerateOnePassVersion(false).Encode(inner);
        using (Stream literal = new PgpLiteralDataGenerator().Open(
            inner, PgpLiteralData.Binary, content.FileName, content.Time.UtcDateTime, new byte[PieceBytes]))
        {
            byte[] piece = new byte[PieceBytes];
            int length;
            while ((length = plain.Read(piece)) > 0)
            {
                literal.Write(piece, 0, length);
                signature?.Update(piece, 0, length);
            }

            System.Security.Cryptography.CryptographicOperations.ZeroMemory(piece);
        }

        signature?.Generate().Encode(inner);
    }

    private sealed record Content(OpenPgpSigner? Signer, DateTimeOffset Time, string FileName);
}
