using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Tars.Sealing.Keys;

/// <summary>Writes files that are there whole or not at all, whatever happens in between, and that only their owner can read.</summary>
public static partial class DurableFile
{
    internal const string TemporarySuffix = ".tmp";

    private const int ReadOnly = 0;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Writes beside the place, flushes, and renames over it; then the directory is flushed.</summary>
    /// <exception cref="IOException">The system refused; what stood there before is unchanged.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        string temporary = Path.Combine(folder, $".{Path.GetFileName(path)}.{RandomNumberGenerator.GetHexString(12, lowercase: true)}{TemporarySuffix}");
        try
        {
            WriteFresh(temporary, content);
            File.Move(temporary, path, overwrite: true);
        }
        catch (IOException)
        {
            File.Delete(temporary);
            throw;
        }

        FlushDirectory(folder);
    }

    /// <summary>Whether a file has the name that a write which was cut short leaves; it was never part of anything.</summary>
    internal static bool IsTemporary(string path) =>
        Path.GetFileName(path) is ['.', ..] name && name.EndsWith(TemporarySuffix, StringComparison.Ordinal);

    /// <summary>Writes a file that must not exist yet, readable by its owner only from its first byte on, and flushes it.</summary>
    /// <exception cref="IOException">It exists, or the system refused.</exception>
    public static void WriteFresh(string path, ReadOnlySpan<byte> content)
    {
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        using FileStream stream = new(path, options);
        stream.Write(content);
        stream.Flush(flushToDisk: true);
    }

    /// <summary>Makes renames inside a directory durable. Windows does so by itself.</summary>
    /// <exception cref="IOException">The system refused.</exception>
    public static void FlushDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        int descriptor = Open(path, ReadOnly);
        if (descriptor < 0)
        {
            throw new IOException($"the directory cannot be opened: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        try
        {
            if (FileSync(descriptor) != 0)
            {
                throw new IOException($"the directory cannot be flushed: {Marshal.GetLastPInvokeErrorMessage()}");
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int FileSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);
}
