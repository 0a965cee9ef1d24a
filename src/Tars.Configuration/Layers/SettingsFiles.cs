using System.Collections.Concurrent;
using System.Text;

namespace Tars.Configuration.Layers;

/// <summary>The files a configuration is read from: those on disk, or texts in memory.</summary>
public abstract class SettingsFiles
{
    private protected SettingsFiles()
    {
    }

    /// <summary>The files on disk.</summary>
    public static SettingsFiles OnDisk { get; } = new DiskFiles();

    /// <summary>Returns whether there is a file at <paramref name="path"/>, a full path.</summary>
    internal abstract bool Exists(string path);

    /// <summary>Returns whether there is a folder at <paramref name="path"/>, a full path.</summary>
    internal abstract bool IsFolder(string path);

    /// <summary>Returns the names of the files in a folder, in no order; none when there is no such folder.</summary>
    internal abstract IEnumerable<string> NamesIn(string folder);

    /// <summary>Returns the file's first bytes, at most <paramref name="limit"/>.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    internal abstract byte[] Read(string path, int limit);

    private sealed class DiskFiles : SettingsFiles
    {
        internal override bool Exists(string path) => File.Exists(path);

        internal override bool IsFolder(string path) => Directory.Exists(path);

        internal override IEnumerable<string> NamesIn(string folder) =>
            Directory.Exists(folder) ? Directory.EnumerateFiles(folder).Select(file => Path.GetFileName(file)) : [];

        internal override byte[] Read(string path, int limit)
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            byte[] buffer = new byte[(int)Math.Min(limit, Math.Max(file.Length + 1, 4096))];
            int length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            while (length == buffer.Length && length < limit)
            {
                Array.Resize(ref buffer, Math.Min(limit, buffer.Length * 2));
                length += file.ReadAtLeast(buffer.AsSpan(length), buffer.Length - length, throwOnEndOfStream: false);
            }

            Array.Resize(ref buffer, length);
            return buffer;
        }
    }
}

/// <summary>Files in memory, by full path; a file is replaced as a whole. Thread-safe.</summary>
public sealed class MemoryFiles : SettingsFiles
{
    private readonly ConcurrentDictionary<string, byte[]> _files = new(StringComparer.Ordinal);

    /// <summary>Writes or replaces the file at <paramref name="path"/>, a full path, as UTF-8.</summary>
    public void Write(string path, string text) => Write(path, Encoding.UTF8.GetBytes(text));

    /// <summary>Writes or replaces the file at <paramref name="path"/>, a full path; the bytes are not copied.</summary>
    public void Write(string path, byte[] bytes) => _files[Path.GetFullPath(path)] = bytes;

    /// <summary>Removes the file at <paramref name="path"/>, a full path, if there is one.</summary>
    public void Remove(string path) => _files.TryRemove(Path.GetFullPath(path), out _);

    internal override bool Exists(string path) => _files.ContainsKey(Path.GetFullPath(path));

    internal override bool IsFolder(string path)
    {
        string folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)) + Path.DirectorySeparatorChar;
        return _files.Keys.Any(file => file.StartsWith(folder, StringComparison.Ordinal));
    }

    internal override IEnumerable<string> NamesIn(string folder)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        return _files.Keys.Where(file => Path.GetDirectoryName(file) == full).Select(file => Path.GetFileName(file));
    }

    internal override byte[] Read(string path, int limit) =>
        _files.TryGetValue(Path.GetFullPath(path), out byte[]? bytes)
            ? bytes.Length <= limit ? bytes : bytes[..limit]
            : throw new FileNotFoundException($"there is no file {path}", path);
}
