using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace Tars.Server.Access.Tokens;

/// <summary>
/// A refresh token: the family, its number in the family, and an HMAC-SHA-256 over both. So the successor of a token is always the same, whoever computes it and after
/// whatever restart, and nobody without the installation's secret can.
/// </summary>
/// <param name="FamilyId">The login.</param>
/// <param name="Counter">The number, from 0.</param>
internal readonly record struct RefreshToken(Guid FamilyId, long Counter)
{
    private const string Prefix = "tarsr_";
    private const int ClaimLength = 24;
    private const int Length = ClaimLength + HMACSHA256.HashSizeInBytes;

    /// <summary>The text of the token.</summary>
    public string Write(TokenSecrets secrets)
    {
        Span<byte> bytes = stackalloc byte[Length];
        FamilyId.TryWriteBytes(bytes, bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(bytes[16..], Counter);
        HMACSHA256.HashData(secrets.Refreshing[0], bytes[..ClaimLength], bytes[ClaimLength..]);
        return Prefix + Base64Url.EncodeToString(bytes);
    }

    /// <summary>Reads a token; null when it is not one of this installation.</summary>
    public static RefreshToken? Read(string text, TokenSecrets secrets)
    {
        Span<byte> bytes = stackalloc byte[Length];
        if (text.Length != Prefix.Length + Base64Url.GetEncodedLength(Length) || !text.StartsWith(Prefix, StringComparison.Ordinal)
            || !Base64Url.IsValid(text.AsSpan(Prefix.Length)) || !Base64Url.TryDecodeFromChars(text.AsSpan(Prefix.Length), bytes, out int written) || written != Length)
        {
            return null;
        }

        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        foreach (byte[] key in secrets.Refreshing)
        {
            HMACSHA256.HashData(key, bytes[..ClaimLength], expected);
            if (CryptographicOperations.FixedTimeEquals(expected, bytes[ClaimLength..]))
            {
                return new RefreshToken(new Guid(bytes[..16], bigEndian: true), BinaryPrimitives.ReadInt64BigEndian(bytes[16..]));
            }
        }

        return null;
    }
}
