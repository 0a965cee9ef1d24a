using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Tars.Sealing.Streams;

/// <summary>What opening one of the predecessor's encrypted files came to.</summary>
public abstract record LegacyResult
{
    private LegacyResult()
    {
    }

    /// <summary>It decrypted to something. Nothing says that it is what once was encrypted.</summary>
    /// <param name="PlainBytes">Length of what it decrypted to.</param>
    public sealed record Opened(long PlainBytes) : LegacyResult
    {
        /// <summary>To be shown whenever such a file is opened.</summary>
        public const string Warning =
            "nothing authenticates this file: whoever could write it could change what it says, and a wrong key goes unnoticed once in 256 times; check the content and seal it anew";
    }

    /// <summary>It is no such file, or the key is another one.</summary>
    /// <param name="Reason">What was found and what was expected.</param>
    public sealed record Refused(string Reason) : LegacyResult;
}

/// <summary>
/// Opens the predecessor's <c>.enc</c> files: 16 bytes of initialisation vector, then AES-256-CBC with PKCS #7 padding. Such files are never
/// written.
/// </summary>
public static class LegacyCbc
{
    private const int Block = 16;

    /// <summary>Decrypts a file; the result can be read by its owner only, and appears when all of it was decrypted.</summary>
    /// <param name="legacyPath">The predecessor's file.</param>
    /// <param name="plainPath">Where the result goes; replaced when it exists.</param>
    /// <param name="key">32 bytes.</param>
    /// <param name="cancellationToken">Ends the work; nothing is left.</param>
    /// <exception cref="ArgumentException">The key has another length.</exception>
    /// <exception cref="SealedFileException">A file cannot be read or written.</exception>
    public static async Task<LegacyResult> OpenAsync(string legacyPath, string plainPath, ReadOnlyMemory<byte> key, CancellationToken cancellationToken)
    {
        try
        {
            await using FileStream source = new(legacyPath, new FileStreamOptions { Options = FileOptions.SequentialScan });
            using ReplacementFile target = new(plainPath, ReplacementFile.OwnerOnly);
            LegacyResult result = await OpenAsync(source, target.Stream, key, cancellationToken);
            if (result is LegacyResult.Opened)
            {
                target.Commit();
            }

            return result;
        }
        catch (Exception exception) when (SealedFileException.IsTheSystems(exception))
        {
            throw new SealedFileException($"{legacyPath} to {plainPath}", exception);
        }
    }

    /// <summary>
    /// Decrypts a stream to its end. The padding, which tells most wrong keys, comes last: after <see cref="LegacyResult.Refused"/> the target
    /// may hold bytes that mean nothing.
    /// </summary>
    /// <param name="source">Read to its end; not disposed.</param>
    /// <param name="target">Written and flushed; not disposed.</param>
    /// <param name="key">32 bytes.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="ArgumentException">The key has another length.</exception>
    /// <exception cref="IOException">A stream failed.</exception>
    [SuppressMessage("Security", "CA5358", Justification = "The predecessor's files are in this mode; they are read only, with a warning.")]
    public static async Task<LegacyResult> OpenAsync(Stream source, Stream target, ReadOnlyMemory<byte> key, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        if (key.Length != KeyEncryptionKey.Length)
        {
            throw new ArgumentException($"{key.Length} bytes are no AES-256 key; {KeyEncryptionKey.Length} are expected", nameof(key));
        }

        using Aes aes = Aes.Create();
        aes.SetKey(key.Span);
        byte[] vector = new byte[Block];
        if (await source.ReadAtLeastAsync(vector, Block, throwOnEndOfStream: false, cancellationToken) < Block)
        {
            return new LegacyResult.Refused("the file is shorter than the 16 bytes with which the predecessor's files begin");
        }

        aes.IV = vector;
        using ICryptoTransform decryptor = aes.CreateDecryptor();
        byte[] buffer = BatchBuffers.Rent();
        byte[] decrypted = BatchBuffers.Rent();
        long plainBytes = 0;
        int read = 0;
        try
        {
            // TransformBlock holds the last block back, because only the end shows what is padding.
            while ((read = await source.ReadAtLeastAsync(buffer.AsMemory(0, BatchBuffers.PlainBytes), BatchBuffers.PlainBytes, throwOnEndOfStream: false, cancellationToken)) == BatchBuffers.PlainBytes)
            {
                int written = decryptor.TransformBlock(buffer, 0, read, decrypted, 0);
                await target.WriteAsync(decrypted.AsMemory(0, written), cancellationToken);
                plainBytes += written;
            }

            if (read % Block != 0 || (read == 0 && plainBytes == 0))
            {
                return new LegacyResult.Refused($"the predecessor's files have a whole number of blocks of 16 bytes, at least one; {read % Block} bytes are over");
            }

            byte[] rest = decryptor.TransformFinalBlock(buffer, 0, read);
            await target.WriteAsync(rest, cancellationToken);
            await target.FlushAsync(cancellationToken);
            CryptographicOperations.ZeroMemory(rest);
            return new LegacyResult.Opened(plainBytes + rest.Length);
        }
        catch (CryptographicException)
        {
            return new LegacyResult.Refused("the padding at the end is wrong: another key, or no file of the predecessor");
        }
        finally
        {
            BatchBuffers.Return(buffer, BatchBuffers.PlainBytes);
            BatchBuffers.Return(decrypted, BatchBuffers.PlainBytes);
        }
    }
}
