using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Security;

namespace Tars.Sealing.OpenPgp;

/// <summary>What Bouncy Castle throws for input that is not well formed.</summary>
internal static class BcFailures
{
    /// <summary>Whether <paramref name="failure"/> says that the input is malformed, not that the program or the machine is broken.</summary>
    public static bool IsMalformedInput(Exception failure) =>
        failure is PgpException or UnsupportedPacketVersionException or IOException or InvalidDataException or CryptoException or GeneralSecurityException or ArgumentException or InvalidOperationException
            or FormatException or ArithmeticException or IndexOutOfRangeException or InvalidCastException or NotSupportedException or NullReferenceException;
}
