using Microsoft.Win32.SafeHandles;

namespace Tars.Compliance.Audit;

/// <summary>The file of a segment, kept open. The few things that a log does to it, so that tests can let each of them fail.</summary>
internal class LogFile : IDisposable
{
    private readonly SafeFileHandle _handle;

    /// <summary>Opens the file; makes it when it is not there.</summary>
    public LogFile(string path)
    {
        Path = path;
        _handle = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
    }

    public string Path { get; }

    public virtual long Length => RandomAccess.GetLength(_handle);

    public virtual void Write(ReadOnlySpan<byte> bytes, long offset) => RandomAccess.Write(_handle, bytes, offset);

    /// <summary>Returns once everything that was written is on the disk.</summary>
    public virtual void Flush() => RandomAccess.FlushToDisk(_handle);

    public virtual void SetLength(long length) => RandomAccess.SetLength(_handle, length);

    public virtual int Read(Span<byte> target, long offset) => RandomAccess.Read(_handle, target, offset);

    public void Dispose()
    {
        _handle.Dispose();
        GC.SuppressFinalize(this);
    }
}
