namespace Tars.Sealing.Streams;

/// <summary>
/// Seals and opens from file to file, on all cores, in constant memory (docs/formats/sealed-file.md). The result appears under its name
/// only when it is whole and on the disk; until then, and after any failure, what stood there before stands there still.
/// </summary>
public static class FileSealing
{
    /// <summary>Encrypts a file. The result has the access rights of the plaintext.</summary>
    /// <param name="plainPath">The file to seal; left as it is.</param>
    /// <param name="sealedPath">Where the result goes; replaced when it exists.</param>
    /// <param name="recipients">1 to 32 keys, each of which opens the result.</param>
    /// <param name="options">Content type and chunk size.</param>
    /// <param name="cancellationToken">Ends the work; nothing is left.</param>
    /// <exception cref="ArgumentException">An option or the list of recipients is not as described, or both paths are the same.</exception>
    /// <exception cref="SealedFileException">A file cannot be read or written, or the plaintext changed meanwhile.</exception>
    public static async Task<SealResult> SealAsync(
        string plainPath, string sealedPath, IReadOnlyList<KeyEncryptionKey> recipients, SealOptions options, CancellationToken cancellationToken)
    {
        CheckPaths(plainPath, sealedPath);
        ArgumentNullException.ThrowIfNull(options);
        options.Check(recipients);
        try
        {
            return await SealFileAsync(plainPath, sealedPath, recipients, options, cancellationToken);
        }
        catch (Exception exception) when (SealedFileException.IsTheSystems(exception))
        {
            throw new SealedFileException($"{plainPath} to {sealedPath}", exception);
        }
    }

    /// <summary>Verifies and decrypts a file. The result can be read by its owner only.</summary>
    /// <param name="sealedPath">The sealed file; left as it is.</param>
    /// <param name="plainPath">Where the plaintext goes when all of it is genuine; replaced when it exists.</param>
    /// <param name="keys">The keys held; those the file does not name are not used.</param>
    /// <param name="cancellationToken">Ends the work; nothing is left.</param>
    /// <returns><see cref="OpenResult.Opened"/>, and the plaintext stands under its name; anything else, and nothing was changed.</returns>
    /// <exception cref="ArgumentException">Both paths are the same.</exception>
    /// <exception cref="SealedFileException">A file cannot be read or written.</exception>
    public static async Task<OpenResult> OpenAsync(string sealedPath, string plainPath, IReadOnlyList<KeyEncryptionKey> keys, CancellationToken cancellationToken)
    {
        CheckPaths(plainPath, sealedPath);
        ArgumentNullException.ThrowIfNull(keys);
        try
        {
            using FileStream source = Open(sealedPath);
            return HasLength(source)
                ? await OpenSizedAsync(source, plainPath, keys, cancellationToken)
                : await OpenUnsizedAsync(source, plainPath, keys, cancellationToken);
        }
        catch (Exception exception) when (SealedFileException.IsTheSystems(exception))
        {
            throw new SealedFileException($"{sealedPath} to {plainPath}", exception);
        }
    }

    private static async Task<SealResult> SealFileAsync(
        string plainPath, string sealedPath, IReadOnlyList<KeyEncryptionKey> recipients, SealOptions options, CancellationToken cancellationToken)
    {
        using FileStream plain = Open(plainPath);
        using ReplacementFile target = new(sealedPath, ReplacementFile.ModeOf(plain.SafeFileHandle));
        SealResult result;
        if (HasLength(plain))
        {
            using FileKeys keys = new();
            SealedHeader header = HeaderKeys.Create(options, recipients, keys);
            RandomAccess.Write(target.Handle, header.Bytes, 0);
            long length = plain.Length;
            long sealedBytes = await FileBatches.SealAsync(plain.SafeFileHandle, length, target.Handle, header, keys, cancellationToken);
            result = new SealResult(header, length, sealedBytes);
        }
        else
        {
            result = await StreamSealing.SealAsync(plain, target.Stream, recipients, options, cancellationToken);
        }

        target.Commit();
        return result;
    }

    private static async Task<OpenResult> OpenSizedAsync(FileStream source, string plainPath, IReadOnlyList<KeyEncryptionKey> keys, CancellationToken cancellationToken)
    {
        (SealedHeader? header, OpenResult.Malformed? malformed) = HeaderReader.Read(source.SafeFileHandle);
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

        using ReplacementFile target = new(plainPath, ReplacementFile.OwnerOnly);
        (long plainBytes, OpenResult.Damaged? damaged) = await FileBatches.OpenAsync(source.SafeFileHandle, target.Handle, header, fileKeys, cancellationToken);
        if (damaged is not null)
        {
            return damaged;
        }

        target.Commit();
        return new OpenResult.Opened(header, openedWith.Value, plainBytes);
    }

    private static async Task<OpenResult> OpenUnsizedAsync(FileStream source, string plainPath, IReadOnlyList<KeyEncryptionKey> keys, CancellationToken cancellationToken)
    {
        using ReplacementFile target = new(plainPath, ReplacementFile.OwnerOnly);
        OpenResult result = await StreamSealing.OpenAsync(source, target.Stream, keys, cancellationToken);
        if (result is OpenResult.Opened)
        {
            target.Commit();
        }

        return result;
    }

    private static void CheckPaths(string plainPath, string sealedPath)
    {
        ArgumentException.ThrowIfNullOrEmpty(plainPath);
        ArgumentException.ThrowIfNullOrEmpty(sealedPath);
        if (Path.GetFullPath(plainPath) == Path.GetFullPath(sealedPath))
        {
            throw new ArgumentException($"\"{plainPath}\" cannot be both the plaintext and the sealed file", nameof(sealedPath));
        }
    }

    private static FileStream Open(string path) =>
        new(path, new FileStreamOptions { Share = FileShare.Read | FileShare.Delete, BufferSize = 0, Options = FileOptions.SequentialScan });

    /// <summary>A pipe has no length, and a file of the system may say 0 and hold something: they are read as streams.</summary>
    private static bool HasLength(FileStream file) => file.CanSeek && file.Length > 0;
}
