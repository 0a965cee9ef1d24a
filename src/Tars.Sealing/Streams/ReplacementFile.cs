using Microsoft.Win32.SafeHandles;
using Tars.Sealing.Keys;

namespace Tars.Sealing.Streams;

/// <summary>
/// A file that takes another's place all at once: written under a temporary name beside it, flushed to the disk, renamed. Disposed
/// without <see cref="Commit"/>, it leaves nothing. What a killed writer left is removed by the next writer of the same file.
/// </summary>
internal sealed class ReplacementFile : IDisposable
{
    /// <summary>Ends the temporary name of <c>report.json</c>: <c>.report.json.tars-sealing</c>.</summary>
    internal const string TemporarySuffix = ".tars-sealing";

    /// <summary>Read and write for the owner, nothing for others.</summary>
    internal const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _path;
    private readonly string _directory;
    private readonly string _temporary;
    private bool _committed;

    /// <summary>Begins to replace <paramref name="path"/>, which need not exist.</summary>
    /// <exception cref="IOException">The directory does not take the file, or another process is writing the same file.</exception>
    internal ReplacementFile(string path, UnixFileMode mode)
    {
        _path = Path.GetFullPath(path);
        _directory = Path.GetDirectoryName(_path) ?? throw new IOException($"\"{path}\" is no file");
        _temporary = Path.Combine(_directory, $".{Path.GetFileName(_path)}{TemporarySuffix}");
        RemoveOrphan();
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        Stream = new FileStream(_temporary, options);
        if (!OperatingSystem.IsWindows() && mode != OwnerOnly)
        {
            File.SetUnixFileMode(Handle, mode);
        }
    }

    /// <summary>The temporary file, unbuffered.</summary>
    internal FileStream Stream { get; }

    internal SafeFileHandle Handle => Stream.SafeFileHandle;

    /// <summary>The access rights of an open file, without those that change who runs it.</summary>
    internal static UnixFileMode ModeOf(SafeFileHandle file) => OperatingSystem.IsWindows()
        ? OwnerOnly
        : File.GetUnixFileMode(file) & ~(UnixFileMode.SetUser | UnixFileMode.SetGroup | UnixFileMode.StickyBit);

    /// <summary>Flushes the content, puts it in place and flushes the directory.</summary>
    internal void Commit()
    {
        RandomAccess.FlushToDisk(Handle);
        Stream.Dispose();
        File.Move(_temporary, _path, overwrite: true);
        _committed = true;
        DurableFile.FlushDirectory(_directory);
    }

    public void Dispose()
    {
        Stream.Dispose();
        if (!_committed)
        {
            File.Delete(_temporary);
        }
    }

    /// <summary>A writer that runs holds a lock on its file; one that was killed does not.</summary>
    private void RemoveOrphan()
    {
        try
        {
            using SafeFileHandle unlocked = File.OpenHandle(_temporary, FileMode.Open, FileAccess.Read, FileShare.None);
            File.Delete(_temporary);
        }
        catch (FileNotFoundException)
        {
            // The usual case.
        }
    }
}
