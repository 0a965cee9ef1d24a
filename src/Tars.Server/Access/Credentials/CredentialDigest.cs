using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Tars.Server.Access.Credentials;

/// <summary>SHA-256 of a credential: what stands for it in memory. Made without allocating.</summary>
/// <remarks>Equality stops early; what it could tell by its time is about a digest that nobody can choose.</remarks>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct CredentialDigest(ulong A, ulong B, ulong C, ulong D)
{
    /// <summary>The longest credential that is looked at, in characters.</summary>
    public const int LongestCredential = 8192;

    /// <summary>The digest of a credential that is ASCII; null when it is not, or too long.</summary>
    public static CredentialDigest? Of(ReadOnlySpan<char> credential)
    {
        if (credential.Length is 0 or > LongestCredential)
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[credential.Length];
        if (Ascii.FromUtf16(credential, bytes, out _) != System.Buffers.OperationStatus.Done)
        {
            return null;
        }

        Span<ulong> digest = stackalloc ulong[4];
        SHA256.HashData(bytes, MemoryMarshal.AsBytes(digest));
        CryptographicOperations.ZeroMemory(bytes);
        return new CredentialDigest(digest[0], digest[1], digest[2], digest[3]);
    }

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public string ToHex()
    {
        Span<ulong> digest = [A, B, C, D];
        return Convert.ToHexStringLower(MemoryMarshal.AsBytes(digest));
    }

    /// <inheritdoc/>
    public override int GetHashCode() => A.GetHashCode();

    /// <inheritdoc/>
    public override string ToString() => "(digest of a credential)";
}
