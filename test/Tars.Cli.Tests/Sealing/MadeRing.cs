using Tars.Sealing.Keys;
using Tars.TestKit;

namespace Tars.Cli.Tests.Sealing;

/// <summary>
/// A key ring with a signing pair and an encryption key, made once for all tests of this process: an RSA-4096 key takes seconds. Tests that are about
/// making keys make their own.
/// </summary>
internal static class MadeRing
{
    private static readonly Lazy<TemporaryDirectory> Origin = new(Make);

    /// <summary>The ring itself, for tests that only use its keys.</summary>
    public static string FullPath => Origin.Value.Combine("keys");

    /// <summary>Copies it, with the modes that a ring must have, to a folder that must not exist.</summary>
    public static void CopyTo(string folder)
    {
        CreateFolder(folder);
        foreach (string file in Directory.EnumerateFiles(Origin.Value.Combine("keys")))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }
    }

    private static void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private static TemporaryDirectory Make()
    {
        TemporaryDirectory origin = new();
        KeyRing ring = new(origin.Combine("keys"), TimeProvider.System);
        ring.Create();
        ring.CreateSigning(passphrase: null);
        ring.CreateEncryption(passphrase: null);
        return origin;
    }
}
