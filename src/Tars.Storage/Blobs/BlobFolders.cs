namespace Tars.Storage.Blobs;

/// <summary>The folders of a directory store, walked in the order of the digests.</summary>
internal static class BlobFolders
{
    private const int NoSpace = 28; // ENOSPC, the same on Linux, macOS and the BSDs
    private static readonly int[] QuotaExceeded = [122, 69]; // EDQUOT on Linux; on macOS and the BSDs
    private static readonly int[] WindowsFull = [unchecked((int)0x80070070), unchecked((int)0x80070027)]; // ERROR_DISK_FULL, ERROR_HANDLE_DISK_FULL

    /// <summary>All blobs below <paramref name="root"/> that stand after a digest. Folders that do not exist hold none.</summary>
    internal static IEnumerable<BlobEntry> After(string root, BlobDigest? after)
    {
        string floor = after?.ToString() ?? string.Empty;
        foreach (string first in Names(root, 2, floor))
        {
            foreach (string second in Names(Path.Combine(root, first), 2, floor.StartsWith(first, StringComparison.Ordinal) ? floor[2..] : string.Empty))
            {
                DirectoryInfo folder = new(Path.Combine(root, first, second));
                List<BlobEntry> blobs = [];
                foreach (FileInfo file in Files(folder))
                {
                    if (BlobDigest.TryParse(file.Name, out BlobDigest digest) && file.Name.StartsWith(first + second, StringComparison.Ordinal)
                        && (after is null || digest > after) && file.LinkTarget is null)
                    {
                        blobs.Add(new BlobEntry(digest, DirectoryBlobStore.InfoOf(file)));
                    }
                }

                foreach (BlobEntry blob in blobs.OrderBy(blob => blob.Digest))
                {
                    yield return blob;
                }
            }
        }
    }

    /// <summary>The open file; null when it does not exist.</summary>
    internal static FileStream? Open(string path)
    {
        try
        {
            return new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.Open,
                Access = FileAccess.Read,
                Share = FileShare.ReadWrite | FileShare.Delete,
                BufferSize = 0,
                Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
            });
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Removes a file that no writer holds.</summary>
    internal static bool RemoveUnlocked(string path)
    {
        try
        {
            using FileStream unlocked = new(path, FileMode.Open, FileAccess.Read, FileShare.None);
        }
        catch (FileNotFoundException)
        {
            return false; // its writer has finished meanwhile
        }
        catch (IOException) when (File.Exists(path))
        {
            return false; // its writer lives
        }

        File.Delete(path);
        return true;
    }

    internal static bool IsFull(Exception error) => OperatingSystem.IsWindows()
        ? WindowsFull.Contains(error.HResult)
        : error.HResult == NoSpace || QuotaExceeded.Contains(error.HResult);

    private static IEnumerable<string> Names(string folder, int length, string floor)
    {
        if (!Directory.Exists(folder))
        {
            return [];
        }

        string least = floor.Length >= length ? floor[..length] : string.Empty;
        return Directory.EnumerateDirectories(folder).Select(path => Path.GetFileName(path))
            .Where(name => name.Length == length && BlobDigest.IsHex(name) && string.CompareOrdinal(name, least) >= 0)
            .Order(StringComparer.Ordinal);
    }

    private static IEnumerable<FileInfo> Files(DirectoryInfo folder) => folder.Exists ? folder.EnumerateFiles() : [];
}
