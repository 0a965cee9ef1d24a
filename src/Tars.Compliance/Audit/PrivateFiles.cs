using Microsoft.Win32.SafeHandles;
using Tars.Sealing.Keys;
using Tars.Sealing.Streams;

namespace Tars.Compliance.Audit;

/// <summary>Files that only their owner may read, written whole and durably, and destroyed so that nothing of them stays.</summary>
internal static class PrivateFiles
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    public static void CreateDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        using ReplacementFile file = new(path, ReplacementFile.OwnerOnly);
        file.Stream.Write(content);
        file.Commit();
    }

    /// <exception cref="AuditLogException">Others than the owner have rights on the file.</exception>
    public static void RequirePrivate(string path)
    {
        if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(path) is var mode && (mode & Others) != UnixFileMode.None)
        {
            throw new AuditLogException(path, $"others than its owner have rights on this key ({Convert.ToString((int)mode, 8)}); 600 is expected", $"chmod 600 {path}");
        }
    }

    /// <summary>Overwrites the file with zeros, removes it, and flushes both.</summary>
    public static void Destroy(string path)
    {
        if (!File.Exists(path))
        {
            return;
        }

        Overwrite(path);
        File.Delete(path);
        DurableFile.FlushDirectory(Path.GetDirectoryName(path)!);
    }

    /// <summary>Overwrites the file's bytes where they lie.</summary>
    public static void Overwrite(string path)
    {
        using SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        RandomAccess.Write(handle, new byte[RandomAccess.GetLength(handle)], 0);
        RandomAccess.FlushToDisk(handle);
    }
}
