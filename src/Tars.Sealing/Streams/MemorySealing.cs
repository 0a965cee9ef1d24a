namespace Tars.Sealing.Streams;

/// <summary>Seals what is in memory already, such as a report, without copying it first (docs/formats/sealed-file.md).</summary>
public static class MemorySealing
{
    /// <summary>Encrypts bytes.</summary>
    /// <param name="plain">The plaintext; may be empty.</param>
    /// <param name="recipients">1 to 32 keys, each of which opens the result.</param>
    /// <param name="options">Content type and chunk size.</param>
    /// <returns>The sealed file.</returns>
    /// <exception cref="ArgumentException">An option or the list of recipients is not as described, or the result would be longer than an array may be.</exception>
    public static byte[] Seal(ReadOnlySpan<byte> plain, IReadOnlyList<KeyEncryptionKey> recipients, SealOptions options)
    {
        byte[] target = GC.AllocateUninitializedArray<byte>(SealedLength(plain.Length, recipients, options));
        Seal(plain, target, recipients, options);
        return target;
    }

    /// <summary>Encrypts bytes into memory that is there already.</summary>
    /// <param name="plain">The plaintext; may be empty.</param>
    /// <param name="target">As long as <see cref="SealedLength"/> says, at least.</param>
    /// <param name="recipients">1 to 32 keys, each of which opens the result.</param>
    /// <param name="options">Content type and chunk size.</param>
    /// <returns>The number of bytes written.</returns>
    /// <exception cref="ArgumentException">An option or the list of recipients is not as described, or the target is too short.</exception>
    public static int Seal(ReadOnlySpan<byte> plain, Span<byte> target, IReadOnlyList<KeyEncryptionKey> recipients, SealOptions options)
    {
        int length = SealedLength(plain.Length, recipients, options);
        if (target.Length < length)
        {
            throw new ArgumentException($"{target.Length} bytes are too few for a sealed file of {length}", nameof(target));
        }

        using FileKeys keys = new();
        SealedHeader header = HeaderKeys.Create(options, recipients, keys);
        header.Bytes.CopyTo(target);
        Span<byte> rest = target[header.Length..length];
        Span<byte> nonce = stackalloc byte[Aes256Gcm.NonceLength];
        using Aes256Gcm cipher = new(keys.ChunkKey);
        for (long chunk = 0; !rest.IsEmpty; chunk++)
        {
            ReadOnlySpan<byte> piece = plain[..Math.Min(options.ChunkSize, plain.Length)];
            plain = plain[piece.Length..];
            ChunkBatch.WriteNonce(nonce, chunk, plain.IsEmpty);
            cipher.Seal(nonce, piece, rest[..piece.Length], rest.Slice(piece.Length, Aes256Gcm.TagLength));
            rest = rest[(piece.Length + Aes256Gcm.TagLength)..];
        }

        return length;
    }

    /// <summary>Length of the sealed file.</summary>
    /// <param name="plainLength">Length of the plaintext in bytes, 0 or more.</param>
    /// <param name="recipients">The keys it is sealed for.</param>
    /// <param name="options">Content type and chunk size.</param>
    /// <exception cref="ArgumentException">An option or the list of recipients is not as described, or the length is more than an array may have.</exception>
    public static int SealedLength(int plainLength, IReadOnlyList<KeyEncryptionKey> recipients, SealOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(plainLength);
        ArgumentNullException.ThrowIfNull(options);
        options.Check(recipients);
        long chunks = Math.Max(1, (((long)plainLength - 1) / options.ChunkSize) + 1);
        long length = HeaderLayout.LengthOf(options.ContentType, recipients) + plainLength + (chunks * Aes256Gcm.TagLength);
        return length <= Array.MaxLength ? (int)length : throw new ArgumentException($"a sealed file of {length} bytes is too long for memory; seal it as a stream", nameof(plainLength));
    }
}
