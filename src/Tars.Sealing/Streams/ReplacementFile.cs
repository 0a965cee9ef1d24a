using Microsoft.Win32.SafeHandles;
using Tars.Sealing.Keys;

namespace Tars.Sealing.Streams;

/// <summary>
/// A file that takes another's place all at once: written under a temporary name beside it, flushed to the disk, renamed. Disposed
/// without <see cref="Commit"/>, it leaves nothing. What a killed writer left is removed by the next writer of the same file.
/// </summary>
public sealed class ReplacementFile : IDisposable
{
    /// <summary>Ends the temporary name of <c>report.json</c>: <c>.report.json.tars-sealing</c>.</summary>
    internal const string TemporarySuffix = ".tars-sealing";

    /// <summary>Read and write for the owner, nothing for others.</summary>
    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _path;
    private readonly string _directory;
    private readonly string _temporary;
    private bool _committed;

    /// <summary>Begins to replace <paramref name="path"/>, which need not exist.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mode">Its access rights; not used on Windows.</param>
    /// <exception cref="IOException">The directory does not take the file, or another process is writing the same file.</exception>
    /// <exception cref="UnauthorizedAccessException">There is no right to write there.</exception>
    public ReplacementFile(string path, UnixFileMode mode)
    {
        _path = Path.GetFullPath(path);
        _directory = Path.GetDirectoryName(_path) ?? throw new IOException($"\"{path}\" is no file");
        _temporary = TemporaryPathOf(_path);
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
    public FileStream Stream { get; }

    internal SafeFileHandle Handle => Stream.SafeFileHandle;

    /// <summary>The access rights of an open file, without those that change who runs it.</summary>
    internal static UnixFileMode ModeOf(SafeFileHandle file) => OperatingSystem.IsWindows()
        ? OwnerOnly
        : File.GetUnixFileMode(file) & ~(UnixFileMode.SetUser | UnixFileMode.SetGroup | UnixFileMode.StickyBit);

    /// <summary>Where the unfinished content of <paramref name="path"/> stands while it is written: its length tells how far the work is.</summary>
    public static string TemporaryPathOf(string path) =>
        Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path)) ?? string.Empty, $".{Path.GetFileName(path)}{TemporarySuffix}");

    /// <summary>Flushes the content, puts it in place and flushes the directory.</summary>
    /// <exception cref="IOException">There is no room; dispose, and what stood there before stands there still.</exception>
    public void Commit()
    {
        RandomAccess.FlushToDisk(Handle);
        Stream.Dispose();
        File.Move(_temporary, _path, overwrite: true);
        _committed = true;
        DurableFile.FlushDirectory(_directory);
    }

    /// <summary>Closes the file; removes it when it was not put in place.</summary>
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
