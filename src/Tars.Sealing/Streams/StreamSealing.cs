namespace Tars.Sealing.Streams;

/// <summary>
/// Seals and opens from stream to stream, in constant memory (docs/formats/sealed-file.md). For files, <see cref="FileSealing"/> is faster
/// and leaves nothing half done.
/// </summary>
public static class StreamSealing
{
    /// <summary>Encrypts a stream from where it stands to its end.</summary>
    /// <param name="plain">Read to its end; not disposed.</param>
    /// <param name="target">Written and flushed; not disposed.</param>
    /// <param name="recipients">1 to 32 keys, each of which opens the result.</param>
    /// <param name="options">Content type and chunk size.</param>
    /// <param name="cancellationToken">Ends the work with what was written so far.</param>
    /// <exception cref="ArgumentException">An option or the list of recipients is not as described; nothing was written.</exception>
    /// <exception cref="IOException">A stream failed.</exception>
    public static async Task<SealResult> SealAsync(
        Stream plain, Stream target, IReadOnlyList<KeyEncryptionKey> recipients, SealOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plain);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(options);
        options.Check(recipients);
        using FileKeys keys = new();
        SealedHeader header = HeaderKeys.Create(options, recipients, keys);
        await target.WriteAsync(header.Memory, cancellationToken);
        LookaheadInput input = new(plain, cancellationToken);
        long plainBytes = 0;
        long sealedBytes = header.Length;
        await ChunkPipeline.RunAsync(
            () => new ChunkBatch(keys, options.ChunkSize),
            (batch, first) => input.FillAsync(batch, first, batch.ChunkSize),
            batch => batch.Seal(),
            async batch =>
            {
                await target.WriteAsync(batch.Sealed, cancellationToken);
                plainBytes += batch.Sealed.Length - ((long)batch.Count * Aes256Gcm.TagLength);
                sealedBytes += batch.Sealed.Length;
                return true;
            });
        await target.FlushAsync(cancellationToken);
        return new SealResult(header, plainBytes, sealedBytes);
    }

    /// <summary>
    /// Verifies and decrypts a stream from where it stands to its end. Each chunk is written only once it is verified, in order: after a failure
    /// the target holds a true beginning of the plaintext, and only <see cref="OpenResult.Opened"/> says that it is all of it.
    /// </summary>
    /// <param name="source">Read to its end, or to the first failure; not disposed.</param>
    /// <param name="target">Written and flushed; not disposed.</param>
    /// <param name="keys">The keys held; those the file does not name are not used.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="IOException">A stream failed.</exception>
    public static async Task<OpenResult> OpenAsync(
        Stream source, Stream target, IReadOnlyList<KeyEncryptionKey> keys, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(keys);
        LookaheadInput input = new(source, cancellationToken);
        byte[] beginning = new byte[HeaderLayout.Longest];
        int length = await input.FillAsync(beginning);
        (SealedHeader? header, OpenResult.Malformed? malformed) = HeaderReader.Read(beginning.AsMemory(0, length));
        if (header is null)
        {
            return malformed!;
        }

        using FileKeys fileKeys = new();
        (KeyVersion? openedWith, OpenResult? refusal) = HeaderKeys.Unlock(header, keys, fileKeys);
        if (openedWith is null)
        {
            return refusal!;
        }

        input.PushBack(beginning.AsMemory(header.Length, length - header.Length));
        OpenResult.Damaged? damaged = null;
        long plainBytes = 0;
        await ChunkPipeline.RunAsync(
            () => new ChunkBatch(fileKeys, header.ChunkSize),
            (batch, first) => input.FillAsync(batch, first, batch.SealedSize),
            batch => batch.Open(),
            async batch =>
            {
                for (int j = 0; j < batch.Verified; j++)
                {
                    await target.WriteAsync(batch.Plain(j), cancellationToken);
                    plainBytes += batch.Plain(j).Length;
                }

                damaged = batch.Damage(header);
                return damaged is null;
            });
        await target.FlushAsync(cancellationToken);
        return damaged ?? (OpenResult)new OpenResult.Opened(header, openedWith.Value, plainBytes);
    }
}
