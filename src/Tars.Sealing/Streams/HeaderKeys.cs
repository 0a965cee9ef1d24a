using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Tars.Sealing.Streams;

/// <summary>Makes headers and checks them: wraps the data key for a recipient, unwraps it, authenticates the whole.</summary>
internal static class HeaderKeys
{
    /// <summary>A new header for a new data key.</summary>
    /// <param name="options">Checked options.</param>
    /// <param name="recipients">Checked recipients.</param>
    /// <param name="keys">Receives the data key and what follows from it.</param>
    internal static SealedHeader Create(SealOptions options, IReadOnlyList<KeyEncryptionKey> recipients, FileKeys keys)
    {
        byte[] fixedPart = new byte[HeaderLayout.ContentTypeOffset + options.ContentType.Length + HeaderLayout.SaltLength + HeaderLayout.CommitmentLength];
        HeaderLayout.Magic.CopyTo(fixedPart);
        fixedPart[HeaderLayout.ExponentOffset] = (byte)int.Log2(options.ChunkSize);
        fixedPart[HeaderLayout.ContentTypeOffset - 1] = (byte)options.ContentType.Length;
        Encoding.ASCII.GetBytes(options.ContentType, fixedPart.AsSpan(HeaderLayout.ContentTypeOffset));
        Span<byte> uncommitted = fixedPart.AsSpan(0, fixedPart.Length - HeaderLayout.CommitmentLength);
        RandomNumberGenerator.Fill(uncommitted[^HeaderLayout.SaltLength..]);
        RandomNumberGenerator.Fill(keys.DataKey);
        keys.Derive(uncommitted);
        keys.Commitment.CopyTo(fixedPart.AsSpan(uncommitted.Length));
        return Assemble(fixedPart, [.. recipients.Select(recipient => Wrap(recipient, fixedPart, keys))], keys);
    }

    /// <summary>Unwraps the data key with one of the held keys and verifies the header.</summary>
    /// <param name="header">A well-formed header.</param>
    /// <param name="held">The keys to try where the header names them.</param>
    /// <param name="keys">Receives the data key and what follows from it; not to be used after a refusal.</param>
    /// <returns>The key that opened it, or why none did; exactly one is not null.</returns>
    internal static (KeyVersion? OpenedWith, OpenResult? Refusal) Unlock(SealedHeader header, IReadOnlyList<KeyEncryptionKey> held, FileKeys keys)
    {
        OpenResult refusal = new OpenResult.NoKey(header);
        for (int i = 0; i < header.Recipients.Count; i++)
        {
            KeyVersion name = header.Recipients[i];
            if (held.FirstOrDefault(candidate => candidate.Name == name) is not { } key)
            {
                continue;
            }

            if (TryUnwrap(header, i, key, keys))
            {
                OpenResult.Damaged? damaged = Verify(header, name, keys);
                return damaged is null ? (name, null) : (null, damaged);
            }

            refusal = new OpenResult.Damaged(
                header.RecipientOffset(i), $"the data key does not unwrap with key {name}: the header was changed, or that key is another one of the same name", 0);
        }

        return (null, refusal);
    }

    /// <summary>One recipient as it is written: key id, version and wrapping.</summary>
    internal static byte[] Wrap(KeyEncryptionKey recipient, ReadOnlySpan<byte> fixedPart, FileKeys keys)
    {
        string keyId = recipient.Name.KeyId;
        byte[] bytes = new byte[1 + keyId.Length + sizeof(uint) + HeaderLayout.WrappingLength];
        bytes[0] = (byte)keyId.Length;
        Encoding.ASCII.GetBytes(keyId, bytes.AsSpan(1));
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(1 + keyId.Length), recipient.Name.Version);
        Span<byte> wrapping = bytes.AsSpan(bytes.Length - HeaderLayout.WrappingLength);
        Span<byte> nonce = wrapping[..Aes256Gcm.NonceLength];
        RandomNumberGenerator.Fill(nonce);
        using Aes256Gcm cipher = WrappingCipher(recipient, fixedPart);
        cipher.Seal(nonce, keys.DataKey, wrapping.Slice(nonce.Length, FileKeys.Length), wrapping[^Aes256Gcm.TagLength..], AdditionalData(fixedPart, bytes));
        return bytes;
    }

    /// <summary>Puts a header together and authenticates it.</summary>
    internal static SealedHeader Assemble(ReadOnlySpan<byte> fixedPart, IReadOnlyList<byte[]> recipients, FileKeys keys)
    {
        byte[] header = [.. fixedPart, (byte)recipients.Count, .. recipients.SelectMany(recipient => recipient), .. new byte[HeaderLayout.MacLength]];
        int place = header.Length - HeaderLayout.MacLength;
        keys.Authenticate(header.AsSpan(0, place), header.AsSpan(place));
        (SealedHeader? read, OpenResult.Malformed? malformed) = HeaderReader.Read(header);
        return read ?? throw new ArgumentException(malformed!.Description, nameof(recipients));
    }

    private static bool TryUnwrap(SealedHeader header, int index, KeyEncryptionKey key, FileKeys keys)
    {
        ReadOnlySpan<byte> recipient = header.Recipient(index);
        ReadOnlySpan<byte> wrapping = recipient[^HeaderLayout.WrappingLength..];
        using Aes256Gcm cipher = WrappingCipher(key, header.FixedPart);
        return cipher.TryOpen(
            wrapping[..Aes256Gcm.NonceLength],
            wrapping.Slice(Aes256Gcm.NonceLength, FileKeys.Length),
            wrapping[^Aes256Gcm.TagLength..],
            keys.DataKey,
            AdditionalData(header.FixedPart, recipient));
    }

    private static OpenResult.Damaged? Verify(SealedHeader header, KeyVersion openedWith, FileKeys keys)
    {
        keys.Derive(header.Uncommitted);
        Span<byte> mac = stackalloc byte[HeaderLayout.MacLength];
        keys.Authenticate(header.Authenticated, mac);
        return !CryptographicOperations.FixedTimeEquals(keys.Commitment, header.Commitment)
                ? new OpenResult.Damaged(header.CommitmentOffset, $"the header commits to another data key than the one wrapped for key {openedWith}", 0)
            : !CryptographicOperations.FixedTimeEquals(mac, header.Mac)
                ? new OpenResult.Damaged(header.MacOffset, "the MAC of the header does not hold: the header was changed", 0)
            : null;
    }

    private static Aes256Gcm WrappingCipher(KeyEncryptionKey key, ReadOnlySpan<byte> fixedPart)
    {
        ReadOnlySpan<byte> salt = fixedPart[..^HeaderLayout.CommitmentLength][^HeaderLayout.SaltLength..];
        Span<byte> wrappingKey = stackalloc byte[Aes256Gcm.KeyLength];
        try
        {
            HKDF.DeriveKey(HashAlgorithmName.SHA256, key.Bytes, wrappingKey, salt, "tars sealed file v1 wrap"u8);
            return new Aes256Gcm(wrappingKey);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(wrappingKey);
        }
    }

    private static byte[] AdditionalData(ReadOnlySpan<byte> fixedPart, ReadOnlySpan<byte> recipient) =>
        [.. fixedPart, .. recipient[..^HeaderLayout.WrappingLength]];
}
