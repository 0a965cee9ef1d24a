using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Tars.Compliance.Audit;

/// <summary>
/// The lock of a log or of a folder of subjects, held by one process at a time. The system releases it when its holder dies, however it dies.
/// On Unix <c>flock(2)</c>, which waits; on Windows the first byte of the file is locked, and asked for again until it is free.
/// </summary>
internal sealed partial class LogLock : IDisposable
{
    private const int Exclusive = 2;
    private const int Unlock = 8;
    private const int Interrupted = 4;

    private readonly string _path;
    private readonly SafeFileHandle? _handle;
    private readonly FileStream? _file;

    public LogLock(string path)
    {
        _path = path;
        if (OperatingSystem.IsWindows())
        {
            _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            return;
        }

        // The platform's own opening takes a shared lock of the same kind, and fails while somebody holds the exclusive one: it only makes the file.
        if (!File.Exists(path))
        {
            try
            {
                File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete).Dispose();
            }
            catch (IOException) when (File.Exists(path))
            {
                // Another process has made it meanwhile.
            }
        }

        _handle = Open(path, CloseOnExec); // a child process must not inherit the lock: it may outlive this one
        if (_handle.IsInvalid)
        {
            throw new IOException($"{path}: the lock cannot be opened: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    private static int CloseOnExec => OperatingSystem.IsMacOS() ? 0x1000000 : OperatingSystem.IsFreeBSD() ? 0x100000 : 0x80000;

    /// <summary>Waits until nobody else holds it.</summary>
    public void Acquire()
    {
        if (OperatingSystem.IsWindows())
        {
            AcquireOnWindows();
            return;
        }

        while (Lock(_handle!, Exclusive) != 0)
        {
            if (Marshal.GetLastPInvokeError() != Interrupted)
            {
                throw new IOException($"{_path}: the lock is refused: {Marshal.GetLastPInvokeErrorMessage()}");
            }
        }
    }

    public void Release()
    {
        if (OperatingSystem.IsWindows())
        {
            _file!.Unlock(0, 1);
        }
        else
        {
            _ = Lock(_handle!, Unlock);
        }
    }

    public void Dispose()
    {
        _handle?.Dispose();
        _file?.Dispose();
    }

    [SupportedOSPlatform("windows")]
    private void AcquireOnWindows()
    {
        using ManualResetEventSlim never = new();
        while (true)
        {
            try
            {
                _file!.Lock(0, 1);
                return;
            }
            catch (IOException)
            {
                never.Wait(1); // the system tells nobody when the byte becomes free
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial SafeFileHandle Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Lock(SafeFileHandle file, int operation);
}
