using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Tars.Storage.Blobs;

/// <summary>
/// A file that is written under a temporary name and then gets its real one, or is gone. Readable by its owner only from its first byte on. While it is
/// written it is locked, which tells a cleaner that its writer lives.
/// </summary>
internal sealed partial class ContentFile : IDisposable
{
    internal const string Suffix = ".part";

    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerFolder = OwnerFile | UnixFileMode.UserExecute;
    private const int ReadOnly = 0;
    private const int Exists = 17; // EEXIST, the same on Linux, macOS and the BSDs

    private readonly FileStream _stream;

    private ContentFile(string path)
    {
        Path = path;
        FileStreamOptions options = new()
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            BufferSize = 0,
            Options = FileOptions.Asynchronous,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerFile;
        }

        _stream = new FileStream(path, options);
    }

    /// <summary>The temporary name.</summary>
    internal string Path { get; }

    /// <summary>The open file.</summary>
    internal Stream Stream => _stream;

    /// <summary>A new one in <paramref name="folder"/>, which exists.</summary>
    internal static ContentFile Create(string folder) =>
        new(System.IO.Path.Combine(folder, RandomNumberGenerator.GetHexString(32, lowercase: true) + Suffix));

    /// <summary>
    /// Flushes the content and gives it its real name, unless there is something of that name: then nothing changes. The caller flushes the folder.
    /// </summary>
    /// <returns>False when the name was taken.</returns>
    internal bool TryPlace(string path)
    {
        RandomAccess.FlushToDisk(_stream.SafeFileHandle);
        _stream.Dispose(); // its lock would keep readers of the placed file out
        if (OperatingSystem.IsWindows())
        {
            if (File.Exists(path))
            {
                return false;
            }

            try
            {
                File.Move(Path, path, overwrite: false); // one call of the system, which does not replace
                return true;
            }
            catch (IOException) when (File.Exists(path))
            {
                return false;
            }
        }

        // A second name is refused when it is taken; a rename would replace what is there.
        if (Link(Path, path) == 0)
        {
            return true; // Dispose takes the first name away
        }

        if (Marshal.GetLastPInvokeError() == Exists)
        {
            return false;
        }

        // A file system without hard links: between the question and the rename another writer can only put the same content.
        if (File.Exists(path))
        {
            return false;
        }

        File.Move(Path, path, overwrite: true);
        return true;
    }

    /// <summary>Closes the file and takes its temporary name away.</summary>
    public void Dispose()
    {
        _stream.Dispose();
        File.Delete(Path);
    }

    /// <summary>Makes a folder that only its owner enters, with those above it that are missing.</summary>
    internal static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, OwnerFolder);
        }
    }

    /// <summary>Makes the names in a folder durable. Windows does so by itself.</summary>
    internal static void FlushFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        int descriptor = Open(path, ReadOnly);
        if (descriptor < 0)
        {
            throw new IOException($"the folder cannot be opened: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        try
        {
            if (FileSync(descriptor) != 0)
            {
                throw new IOException($"the folder cannot be flushed: {Marshal.GetLastPInvokeErrorMessage()}");
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Link(string existing, string created);

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
