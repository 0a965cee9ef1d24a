using System.IO.Enumeration;

namespace Tars.Sealing.Streams;

/// <summary>Finds sealed files, and those that name a key.</summary>
public static class SealedFiles
{
    /// <summary>
    /// Looks at every file in the directories and says which name a key: what stands between a version of a key and its retirement. Needs no
    /// key, and therefore believes the headers.
    /// </summary>
    /// <param name="paths">Files and directories; links to directories are not followed.</param>
    /// <param name="key">The key to look for.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <exception cref="SealedFileException">Something cannot be read: it is not known what it names.</exception>
    public static KeyUse Naming(IEnumerable<string> paths, KeyVersion key, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(paths);
        List<string> naming = [];
        List<RewrapResult.Refused> unclear = [];
        int looked = 0;
        foreach (string path in paths.SelectMany(In))
        {
            cancellationToken.ThrowIfCancellationRequested();
            looked++;
            (SealedHeader? header, OpenResult.Malformed? malformed) = SealedHeader.Read(path);
            if (header is null)
            {
                unclear.Add(new RewrapResult.Refused(path, malformed!.Description));
            }
            else if (header.Recipients.Contains(key))
            {
                naming.Add(path);
            }
        }

        return new KeyUse(naming, unclear, looked);
    }

    /// <summary>
    /// The path itself when it is no directory, whatever it holds; else the files in it, at any depth, that begin as sealed files do, without
    /// the unfinished ones of killed writers. Sorted by path (ordinal).
    /// </summary>
    /// <exception cref="SealedFileException">A directory or file cannot be read.</exception>
    internal static IEnumerable<string> In(string path)
    {
        try
        {
            return Directory.Exists(path) ? SealedFilesBelow(path) : [path];
        }
        catch (Exception exception) when (SealedFileException.IsTheSystems(exception))
        {
            throw new SealedFileException(path, exception);
        }
    }

    /// <summary>A list, and no lazy walk: whoever replaces files must not meet his own.</summary>
    private static List<string> SealedFilesBelow(string directory)
    {
        EnumerationOptions everything = new() { RecurseSubdirectories = true, IgnoreInaccessible = false, AttributesToSkip = 0 };
        FileSystemEnumerable<string> files = new(directory, (ref FileSystemEntry entry) => entry.ToSpecifiedFullPath(), everything)
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory && !entry.FileName.EndsWith(ReplacementFile.TemporarySuffix),
            ShouldRecursePredicate = (ref FileSystemEntry entry) => !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
        };
        return [.. files.Where(BeginsAsSealed).Order(StringComparer.Ordinal)];
    }

    private static bool BeginsAsSealed(string path)
    {
        // Links, pipes and sockets in a directory are not its files; a link's target is looked at where it is.
        if (!OperatingSystem.IsWindows() && new FileInfo(path) is not { LinkTarget: null, Exists: true })
        {
            return false;
        }

        ReadOnlySpan<byte> magic = HeaderLayout.Magic[..^1];
        using FileStream file = new(path, new FileStreamOptions { Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0 });
        Span<byte> beginning = stackalloc byte[magic.Length];
        return file.CanSeek && FileBytes.Read(file.SafeFileHandle, beginning, 0) == magic.Length && beginning.SequenceEqual(magic);
    }
}
