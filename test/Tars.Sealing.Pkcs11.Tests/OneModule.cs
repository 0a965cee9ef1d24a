using System.Runtime.InteropServices;
using Tars.TestKit;

namespace Tars.Sealing.Pkcs11.Tests;

/// <summary>SoftHSM for this process: the module asks the C library for its configuration's name, which .NET's own variables do not reach.</summary>
internal static partial class OneModule
{
    /// <summary>The collection of its tests: a module reads its configuration and its tokens when the process initialises it, so one test at a time has it.</summary>
    public const string Name = "the process's PKCS #11 module";

    public static SoftHsm Require()
    {
        SoftHsm hsm = SoftHsm.Require();
        Xunit.Assert.Equal(0, SetVariable(SoftHsm.ConfigurationVariable, hsm.ConfigurationPath, 1));
        return hsm;
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
