using System.Reflection;
using System.Runtime.InteropServices;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;

namespace Tars.Sealing.Pkcs11;

/// <summary>
/// A PKCS #11 module, initialised once for the process however often it is opened: a second C_Initialize is refused by the standard, and
/// one C_Finalize would end everybody's sessions.
/// </summary>
internal sealed class ModuleLibrary : IDisposable
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, Opened> Open = new(StringComparer.Ordinal);
    private static bool _resolves;

    private readonly string _path;
    private readonly Opened _opened;
    private bool _disposed;

    private ModuleLibrary(string path, Opened opened) => (_path, _opened) = (path, opened);

    internal Pkcs11InteropFactories Factories => _opened.Factories;

    internal IPkcs11Library Library => _opened.Library;

    /// <exception cref="TokenException">There is no such file, or it is no module that works here.</exception>
    internal static ModuleLibrary Load(string modulePath)
    {
        string path = Path.GetFullPath(modulePath);
        if (!File.Exists(path))
        {
            throw new TokenException($"{path}: there is no such PKCS #11 module", "the token's maker names the file; for SoftHSM on Debian it is /usr/lib/softhsm/libsofthsm2.so");
        }

        lock (Gate)
        {
            if (!Open.TryGetValue(path, out Opened? opened))
            {
                opened = Initialise(path);
                Open.Add(path, opened);
            }

            opened.Users++;
            return new ModuleLibrary(path, opened);
        }
    }

    /// <summary>The last one that is disposed of ends the module.</summary>
    public void Dispose()
    {
        lock (Gate)
        {
            if (!_disposed && --_opened.Users == 0)
            {
                Open.Remove(_path);
                _opened.Library.Dispose();
            }

            _disposed = true;
        }
    }

    private static Opened Initialise(string path)
    {
        if (!_resolves)
        {
            NativeLibrary.SetDllImportResolver(typeof(Pkcs11InteropFactories).Assembly, Resolve);
            _resolves = true;
        }

        Pkcs11InteropFactories factories = new();
        try
        {
            return new Opened(factories, factories.Pkcs11LibraryFactory.LoadPkcs11Library(factories, path, AppType.MultiThreaded));
        }
        catch (Exception exception) when (exception is UnmanagedException or LibraryArchitectureException or BadImageFormatException or EntryPointNotFoundException or ArgumentNullException)
        {
            throw new TokenException($"{path}: it cannot be loaded as a PKCS #11 module: {Text.OneLine(exception.Message)}", "a library for this machine's architecture is expected", innerException: exception);
        }
        catch (Pkcs11Exception exception)
        {
            throw new TokenException($"{path}: the module does not start: {exception.RV}", "the module's own configuration may be missing or unreadable", isEnvironment: true, exception);
        }
    }

    // The package asks for "libdl", whose unversioned name only development packages have; glibc 2.34 and later keep libdl.so.2 as a stub,
    // and musl has the functions in libc.
    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? search)
    {
        if (name != "libdl" || !OperatingSystem.IsLinux())
        {
            return nint.Zero;
        }

        return NativeLibrary.TryLoad("libdl.so.2", out nint library) || NativeLibrary.TryLoad("libc", out library) ? library : nint.Zero;
    }

    private sealed class Opened(Pkcs11InteropFactories factories, IPkcs11Library library)
    {
        internal Pkcs11InteropFactories Factories { get; } = factories;

        internal IPkcs11Library Library { get; } = library;

        internal int Users { get; set; }
    }
}
