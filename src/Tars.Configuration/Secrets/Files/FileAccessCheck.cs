using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;
using Microsoft.Win32.SafeHandles;

namespace Tars.Configuration.Secrets.Files;

/// <summary>
/// Whether anybody else can read or change an open file. On Linux its owner and mode are checked, on other Unixes the mode, on Windows
/// the access list.
/// </summary>
internal static class FileAccessCheck
{
    private const uint Root = 0;

    /// <summary>Returns what is wrong with the kind of the file at <paramref name="path"/>, before it is opened: opening a pipe would wait.</summary>
    public static string? KindProblem(string path)
    {
        if (Directory.Exists(path))
        {
            return "it is a folder, not a file";
        }

        return OperatingSystem.IsLinux() && FileStatus.Of(path) is FileStatus { IsRegular: false } ? "it is not a regular file" : null;
    }

    /// <summary>Returns what is wrong and the way out, or null when the file is private enough.</summary>
    public static string? Problem(SafeFileHandle handle, string path, FileRule rule)
    {
        if (OperatingSystem.IsWindows())
        {
            return rule == FileRule.Anybody ? null : WindowsProblem(path);
        }

        if (OperatingSystem.IsLinux())
        {
            if (FileStatus.Of(handle) is not FileStatus status)
            {
                return "the system does not say who owns it";
            }

            if (!status.IsRegular)
            {
                return "it is not a regular file";
            }

            uint self = NativeFile.EffectiveUser();
            if (rule != FileRule.Anybody && status.Owner != self && status.Owner != Root)
            {
                return string.Create(CultureInfo.InvariantCulture, $"it belongs to user {status.Owner}, who can change it; give it to user {self} or to root");
            }
        }

        return ModeProblem(File.GetUnixFileMode(handle), rule);
    }

    /// <summary>Returns what is wrong with <paramref name="mode"/>, or null.</summary>
    internal static string? ModeProblem(UnixFileMode mode, FileRule rule)
    {
        if (rule == FileRule.Anybody)
        {
            return null;
        }

        string octal = "0" + Convert.ToString((int)mode & 0x1FF, 8).PadLeft(3, '0');
        if ((mode & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite)) != 0)
        {
            return $"everybody may read or change it (mode {octal}); run chmod 600";
        }

        if ((mode & UnixFileMode.GroupWrite) != 0)
        {
            return $"its group may change it (mode {octal}); run chmod 600";
        }

        return (mode & UnixFileMode.GroupRead) != 0 && rule != FileRule.GroupMayRead
            ? $"its group may read it (mode {octal}); run chmod 600, or set secrets.file_group_read where the group is this service's own"
            : null;
    }

    [SupportedOSPlatform("windows")]
    private static string? WindowsProblem(string path)
    {
        SecurityIdentifier[] many =
        [
            new(WellKnownSidType.WorldSid, null), new(WellKnownSidType.AuthenticatedUserSid, null), new(WellKnownSidType.BuiltinUsersSid, null),
            new(WellKnownSidType.AnonymousSid, null), new(WellKnownSidType.BuiltinGuestsSid, null),
        ];
        const FileSystemRights Harmful = FileSystemRights.ReadData | FileSystemRights.WriteData | FileSystemRights.AppendData
            | FileSystemRights.ChangePermissions | FileSystemRights.TakeOwnership | FileSystemRights.Delete;
        foreach (FileSystemAccessRule rule in new FileInfo(path).GetAccessControl().GetAccessRules(true, true, typeof(SecurityIdentifier)))
        {
            if (rule.AccessControlType == AccessControlType.Allow && (rule.FileSystemRights & Harmful) != 0 && many.Contains(rule.IdentityReference))
            {
                return $"the group {rule.IdentityReference} may read or change it; remove that from its access list";
            }
        }

        return null;
    }
}

/// <summary>Kind, mode and owner of a file on Linux, as <c>statx(2)</c> tells them.</summary>
internal readonly record struct FileStatus(uint Owner, ushort Mode)
{
    /// <summary>Whether it is a regular file.</summary>
    public bool IsRegular => (Mode & 0xF000) == 0x8000;

    /// <summary>Returns the status of what <paramref name="path"/> leads to, or null when the system does not say.</summary>
    public static FileStatus? Of(string path) => Read(NativeFile.WorkingFolder, System.Text.Encoding.UTF8.GetBytes(path + '\0'), 0);

    /// <summary>Returns the status of an open file, or null when the system does not say.</summary>
    public static FileStatus? Of(SafeFileHandle handle)
    {
        bool isHeld = false;
        try
        {
            handle.DangerousAddRef(ref isHeld);
            return Read((int)handle.DangerousGetHandle(), [0], NativeFile.EmptyPath);
        }
        finally
        {
            if (isHeld)
            {
                handle.DangerousRelease();
            }
        }
    }

    // struct statx of the kernel's ABI, the same on every architecture: stx_mask at 0, stx_uid at 20, stx_mode at 28.
    private static FileStatus? Read(int folder, byte[] path, int flags)
    {
        byte[] answer = new byte[256];
        if (NativeFile.Statx(folder, path, flags, NativeFile.TypeModeOwner, answer) != 0)
        {
            return null;
        }

        uint known = MemoryMarshal.Read<uint>(answer);
        return (known & NativeFile.TypeModeOwner) == NativeFile.TypeModeOwner
            ? new FileStatus(MemoryMarshal.Read<uint>(answer.AsSpan(20)), MemoryMarshal.Read<ushort>(answer.AsSpan(28)))
            : null;
    }
}

/// <summary>What .NET does not offer: a file's owner and this process's user.</summary>
internal static class NativeFile
{
    /// <summary><c>AT_FDCWD</c>.</summary>
    public const int WorkingFolder = -100;

    /// <summary><c>AT_EMPTY_PATH</c>.</summary>
    public const int EmptyPath = 0x1000;

    /// <summary><c>STATX_TYPE | STATX_MODE | STATX_UID</c>.</summary>
    public const uint TypeModeOwner = 0x1 | 0x2 | 0x8;

    [DllImport("libc", EntryPoint = "statx", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int Statx(int folder, byte[] path, int flags, uint mask, byte[] answer);

    [DllImport("libc", EntryPoint = "geteuid", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern uint EffectiveUser();
}
