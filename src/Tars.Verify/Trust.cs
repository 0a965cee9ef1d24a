using System.Security.Cryptography.X509Certificates;
using Tars.Sealing.Keys;
using Tars.Sealing.Verification;

namespace Tars.Verify;

/// <summary>Reads what is trusted: keys, and the certificates of timestamp authorities.</summary>
internal static class Trust
{
    private const string RingFile = "ring.json";

    internal static TrustedKeys Read(VerifyArguments arguments) =>
        arguments.Key is { } key ? TrustedKeys.FromFile(key)
        : File.Exists(Path.Combine(arguments.TrustFolder!, RingFile)) ? new KeyRing(arguments.TrustFolder!, TimeProvider.System).Trusted()
        : TrustedKeys.FromFolder(arguments.TrustFolder!);

    /// <summary>Null when no authority is asked for.</summary>
    internal static X509Certificate2Collection? ReadAuthorities(VerifyArguments arguments)
    {
        if (arguments.TimestampAuthority is not { } path)
        {
            return null;
        }

        X509Certificate2Collection certificates = [];
        certificates.ImportFromPem(File.ReadAllText(path));
        return certificates.Count > 0 ? certificates : throw new UsageException($"{path}: it holds no certificate; PEM is expected");
    }
}
