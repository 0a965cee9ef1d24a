using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Tars.Server.Access.Credentials;

/// <summary>
/// The text of an API key: <c>tars_</c>, then base64url of 32 random bytes and of the first four bytes of the SHA-256 over prefix and bytes, so that a key that was cut or mistyped is told
/// from one that never was, without a look into the store, and so that scanners for leaked secrets find it.
/// </summary>
public static class ApiKeyText
{
    /// <summary>How every key begins.</summary>
    public const string Prefix = "tars_";

    private const int SecretLength = 32;
    private const int ChecksumLength = 4;

    /// <summary>How long every key is, in characters.</summary>
    public static int Length { get; } = Prefix.Length + Base64Url.GetEncodedLength(SecretLength + ChecksumLength);

    /// <summary>Makes a key. It is shown once and nowhere kept.</summary>
    public static string Create()
    {
        Span<byte> bytes = stackalloc byte[SecretLength + ChecksumLength];
        RandomNumberGenerator.Fill(bytes[..SecretLength]);
        WriteChecksum(bytes[..SecretLength], bytes[SecretLength..]);
        string text = Prefix + Base64Url.EncodeToString(bytes);
        CryptographicOperations.ZeroMemory(bytes);
        return text;
    }

    /// <summary>Whether a text can be a key: whether its form and its checksum are right.</summary>
    public static bool IsWellFormed(ReadOnlySpan<char> text)
    {
        if (text.Length != Length || !text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[SecretLength + ChecksumLength];
        Span<byte> checksum = stackalloc byte[ChecksumLength];
        bool isRight = Base64Url.IsValid(text[Prefix.Length..]) && Base64Url.TryDecodeFromChars(text[Prefix.Length..], bytes, out int written) && written == bytes.Length;
        WriteChecksum(bytes[..SecretLength], checksum);
        isRight &= bytes[SecretLength..].SequenceEqual(checksum);
        CryptographicOperations.ZeroMemory(bytes);
        return isRight;
    }

    /// <summary>What the store keeps of a key: SHA-256 of its text, 64 lower-case hexadecimal digits.</summary>
    public static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(text)));

    private static void WriteChecksum(ReadOnlySpan<byte> secret, Span<byte> checksum)
    {
        Span<byte> input = stackalloc byte[Prefix.Length + SecretLength];
        Encoding.ASCII.GetBytes(Prefix, input);
        secret.CopyTo(input[Prefix.Length..]);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(input, digest);
        digest[..ChecksumLength].CopyTo(checksum);
        CryptographicOperations.ZeroMemory(input);
    }
}
