using System.Security.Cryptography;
using System.Text;
using Tars.Sealing.CanonicalJson;
using Tars.Sealing.Signatures;

namespace Tars.Sealing.Keys;

/// <summary>
/// AES-256 keys in files: 64 hexadecimal digits, or wrapped under a passphrase. The id of such a key is HKDF-SHA-256 (RFC 5869) of the key
/// with the information <c>tars aes-256 key id v1</c>: it names the key and tells nothing about it.
/// </summary>
internal static class EncryptionKeyFile
{
    internal const int KeyLength = 32;
    internal const string Format = "tars-wrapped-key-1";
    private const int SaltLength = 16;
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int LongestSalt = 64;

    private static ReadOnlySpan<byte> IdLabel => "tars aes-256 key id v1"u8;

    internal static string IdOf(ReadOnlySpan<byte> key)
    {
        Span<byte> id = stackalloc byte[SHA256.HashSizeInBytes];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key, id, salt: [], IdLabel);
        return Convert.ToHexStringLower(id);
    }

    /// <summary>64 digits and a line feed, or the wrapped form when there is a passphrase.</summary>
    internal static SecretBytes Write(ReadOnlySpan<byte> key, Passphrase? passphrase)
    {
        if (passphrase is not null)
        {
            return new SecretBytes(Wrap(key, passphrase));
        }

        SecretBytes text = new((2 * KeyLength) + 1);
        Convert.TryToHexStringLower(key, text.Span, out int written);
        text.Span[written] = (byte)'\n';
        return text;
    }

    /// <summary>Reads 64 digits, followed by nothing or one line end.</summary>
    internal static SecretBytes? ReadHexadecimal(ReadOnlySpan<byte> content)
    {
        ReadOnlySpan<byte> digits = content.TrimEnd("\r\n"u8);
        if (digits.Length != 2 * KeyLength || content.Length > digits.Length + 2)
        {
            return null;
        }

        SecretBytes key = new(KeyLength);
        if (Convert.FromHexString(digits, key.Span, out _, out int written) == System.Buffers.OperationStatus.Done && written == KeyLength)
        {
            return key;
        }

        key.Dispose();
        return null;
    }

    /// <exception cref="KeyFormException">It is no wrapped key, or the passphrase is another.</exception>
    internal static SecretBytes Unwrap(ReadOnlySpan<byte> content, Passphrase? passphrase)
    {
        (string id, int rounds, byte[] salt, byte[] nonce, byte[] wrapped) = Fields(content);
        if (passphrase is null)
        {
            throw new KeyFormException($"key {id} is protected by a passphrase, and none was given");
        }

        using SecretBytes wrappingKey = WrappingKey(passphrase, salt, rounds);
        using AesGcm cipher = new(wrappingKey.Span, TagLength);
        SecretBytes key = new(KeyLength);
        try
        {
            cipher.Decrypt(nonce, wrapped.AsSpan(0, KeyLength), wrapped.AsSpan(KeyLength), key.Span, Encoding.ASCII.GetBytes(id));
        }
        catch (AuthenticationTagMismatchException exception)
        {
            key.Dispose();
            throw new KeyFormException($"key {id} does not open: the passphrase is another one, or the file was changed", exception);
        }

        if (IdOf(key.Span) != id)
        {
            key.Dispose();
            throw new KeyFormException($"the file says key {id} and holds another one");
        }

        return key;
    }

    private static byte[] Wrap(ReadOnlySpan<byte> key, Passphrase passphrase)
    {
        string id = IdOf(key);
        byte[] salt = RandomNumberGenerator.GetBytes(SaltLength);
        byte[] nonce = RandomNumberGenerator.GetBytes(NonceLength);
        byte[] wrapped = new byte[KeyLength + TagLength];
        using SecretBytes wrappingKey = WrappingKey(passphrase, salt, AlgorithmPolicy.PassphraseRounds);
        using AesGcm cipher = new(wrappingKey.Span, TagLength);
        cipher.Encrypt(nonce, key, wrapped.AsSpan(0, KeyLength), wrapped.AsSpan(KeyLength), Encoding.ASCII.GetBytes(id));
        JsonTree tree = JsonTree.Of(
            ("format", JsonTree.Of(Format)),
            ("key_id", JsonTree.Of(id)),
            ("rounds", JsonTree.Of(AlgorithmPolicy.PassphraseRounds)),
            ("salt", JsonTree.Of(Convert.ToBase64String(salt))),
            ("nonce", JsonTree.Of(Convert.ToBase64String(nonce))),
            ("wrapped", JsonTree.Of(Convert.ToBase64String(wrapped))));
        return [.. CanonicalJsonWriter.Write(tree), (byte)'\n'];
    }

    private static SecretBytes WrappingKey(Passphrase passphrase, byte[] salt, int rounds)
    {
        SecretBytes key = new(KeyLength);
        Rfc2898DeriveBytes.Pbkdf2(passphrase.Utf8, salt, key.Span, rounds, HashAlgorithmName.SHA256);
        return key;
    }

    private static (string Id, int Rounds, byte[] Salt, byte[] Nonce, byte[] Wrapped) Fields(ReadOnlySpan<byte> content)
    {
        try
        {
            JsonFields fields = new(JsonTreeReader.Read(content));
            string format = fields.Text("format");
            (string Id, int Rounds, byte[] Salt, byte[] Nonce, byte[] Wrapped) all =
                (fields.Sha256("key_id"), fields.Count("rounds"), fields.Bytes("salt"), fields.Bytes("nonce"), fields.Bytes("wrapped"));
            fields.End();
            return format != Format ? throw new KeyFormException($"a wrapped key of format \"{format}\" is not known; {Format} is expected")
                : all.Rounds is 0 or > AlgorithmPolicy.MostPassphraseRounds ? throw new KeyFormException($"{all.Rounds} rounds of PBKDF2 are not permitted; 1 to {AlgorithmPolicy.MostPassphraseRounds} are expected")
                : all.Salt.Length > LongestSalt || all.Nonce.Length != NonceLength || all.Wrapped.Length != KeyLength + TagLength ? throw new KeyFormException("salt, nonce or wrapped key is not as long as the format says")
                : all;
        }
        catch (JsonFormException exception)
        {
            throw new KeyFormException($"at byte {exception.Offset}: {exception.Message}", exception);
        }
    }
}
