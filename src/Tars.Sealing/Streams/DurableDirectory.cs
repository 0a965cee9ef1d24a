using System.Runtime.InteropServices;

namespace Tars.Sealing.Streams;

/// <summary>Makes renames inside a directory durable. Windows does so by itself; elsewhere the directory is flushed.</summary>
internal static partial class DurableDirectory
{
    private const int ReadOnly = 0;

    /// <summary>Flushes the directory's entries to the disk.</summary>
    /// <exception cref="IOException">The system refused.</exception>
    public static void Flush(string path)
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
