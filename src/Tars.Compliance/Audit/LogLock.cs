using System.Runtime.InteropServices;
using System.Runtime.Versioning;

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
    private const int WouldBlockOnLinux = 11;
    private const int WouldBlockOnMac = 35;

    private readonly FileStream _file;

    public LogLock(string path)
    {
        _file = Open(path);
        if (!OperatingSystem.IsWindows())
        {
            _ = Lock(_file.SafeFileHandle, Unlock); // of .NET's own shared lock, which would keep every other process waiting
        }
    }

    // On Unix .NET takes a shared lock while it opens a file, whatever the sharing, and refuses a file that somebody holds: a commit's time.
    private static FileStream Open(string path)
    {
        using ManualResetEventSlim never = new();
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            }
            catch (IOException exception) when (!OperatingSystem.IsWindows() && exception.HResult is WouldBlockOnLinux or WouldBlockOnMac)
            {
                never.Wait(1);
            }
        }
    }

    /// <summary>Waits until nobody else holds it.</summary>
    public void Acquire()
    {
        if (OperatingSystem.IsWindows())
        {
            AcquireOnWindows();
            return;
        }

        while (Lock(_file.SafeFileHandle, Exclusive) != 0)
        {
            if (Marshal.GetLastPInvokeError() != Interrupted)
            {
                throw new IOException($"{_file.Name}: the lock is refused: {Marshal.GetLastPInvokeErrorMessage()}");
            }
        }
    }

    public void Release()
    {
        if (OperatingSystem.IsWindows())
        {
            _file.Unlock(0, 1);
        }
        else
        {
            _ = Lock(_file.SafeFileHandle, Unlock);
        }
    }

    public void Dispose() => _file.Dispose();

    [SupportedOSPlatform("windows")]
    private void AcquireOnWindows()
    {
        using ManualResetEventSlim never = new();
        while (true)
        {
            try
            {
                _file.Lock(0, 1);
                return;
            }
            catch (IOException)
            {
                never.Wait(1); // the system tells nobody when the byte becomes free
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Lock(SafeHandle file, int operation);
}
