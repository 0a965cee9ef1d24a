namespace Tars.Sealing.Streams;

/// <summary>
/// Rotates keys: wraps the data keys of sealed files for a new key instead of old ones. Only headers are written anew; chunks are copied as they
/// are, and neither decrypted nor checked. Each file is, at any moment, the old or the new one; the same call again goes on after a kill.
/// </summary>
public static class Rewrapping
{
    /// <summary>Rewraps files, one after another as the results are asked for.</summary>
    /// <param name="paths">Files, and directories in which every sealed file is meant; links to directories are not followed.</param>
    /// <param name="replaced">The keys that are to go. Recipients with other keys stay as they are.</param>
    /// <param name="current">The key that takes their place.</param>
    /// <param name="cancellationToken">Ends between two files.</param>
    /// <exception cref="ArgumentException">The new key is among the old ones, or there is no old one.</exception>
    /// <exception cref="SealedFileException">A file or directory cannot be read or written. Files done before stay done.</exception>
    public static IEnumerable<RewrapResult> Run(
        IEnumerable<string> paths, IReadOnlyList<KeyEncryptionKey> replaced, KeyEncryptionKey current, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(paths);
        Check(replaced, current);
        return paths.SelectMany(SealedFiles.In).Select(path =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                return RewrapOne(path, replaced, current);
            }
            catch (Exception exception) when (SealedFileException.IsTheSystems(exception))
            {
                throw new SealedFileException(path, exception);
            }
        });
    }

    private static void Check(IReadOnlyList<KeyEncryptionKey> replaced, KeyEncryptionKey current)
    {
        ArgumentNullException.ThrowIfNull(replaced);
        ArgumentNullException.ThrowIfNull(current);
        if (replaced.Count == 0)
        {
            throw new ArgumentException("no key to replace was given", nameof(replaced));
        }

        if (replaced.Any(key => key.Name == current.Name))
        {
            throw new ArgumentException($"key {current.Name} cannot replace itself", nameof(current));
        }
    }

    private static RewrapResult RewrapOne(string path, IReadOnlyList<KeyEncryptionKey> replaced, KeyEncryptionKey current)
    {
        using FileStream file = new(path, new FileStreamOptions { Share = FileShare.Read | FileShare.Delete, BufferSize = 0 });
        (SealedHeader? header, OpenResult.Malformed? malformed) = HeaderReader.Read(file.SafeFileHandle);
        if (header is null)
        {
            return new RewrapResult.Refused(path, malformed!.Description);
        }

        KeyVersion[] leaving = [.. header.Recipients.Where(name => replaced.Any(key => key.Name == name))];
        if (leaving.Length == 0)
        {
            return new RewrapResult.Unchanged(path);
        }

        using FileKeys keys = new();
        (_, OpenResult? refusal) = HeaderKeys.Unlock(header, replaced, keys);
        if (refusal is not null)
        {
            return new RewrapResult.Refused(path, refusal.Description);
        }

        List<byte[]> recipients =
        [
            .. Enumerable.Range(0, header.Recipients.Count)
                .Where(i => !leaving.Contains(header.Recipients[i]) && header.Recipients[i] != current.Name)
                .Select(i => header.Recipient(i).ToArray()),
            HeaderKeys.Wrap(current, header.FixedPart, keys),
        ];
        Replace(path, file, header, HeaderKeys.Assemble(header.FixedPart, recipients, keys));
        return new RewrapResult.Rewrapped(path, leaving);
    }

    private static void Replace(string path, FileStream file, SealedHeader header, SealedHeader rewritten)
    {
        using ReplacementFile target = new(path, ReplacementFile.ModeOf(file.SafeFileHandle));
        target.Stream.Write(rewritten.Bytes);
        file.Position = header.Length;
        file.CopyTo(target.Stream, BatchBuffers.PlainBytes);
        target.Commit();
    }
}
