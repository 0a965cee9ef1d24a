using System.Security.Cryptography;
using System.Text;

namespace Tars.Server.Access.Tokens;

/// <summary>The keys that are derived from the installation's secret (HKDF, RFC 5869), one for each use; none of them tells another.</summary>
internal sealed class TokenSecrets
{
    private const int SealNonce = 12;
    private const int SealTag = 16;

    private readonly (byte[] Key, string Id)[] _signing;
    private readonly byte[][] _refreshing;
    private readonly byte[][] _sealing;

    /// <summary>Derives them.</summary>
    /// <param name="secret">The secret.</param>
    /// <param name="previous">The one before; null when there is none.</param>
    public TokenSecrets(string secret, string? previous)
    {
        byte[][] secrets = [.. new[] { secret, previous }.OfType<string>().Select(Encoding.UTF8.GetBytes)];
        _signing = [.. secrets.Select(bytes => (Derive(bytes, "access tokens", 64), Convert.ToHexStringLower(Derive(bytes, "id of the key of access tokens", 8))))];
        _refreshing = [.. secrets.Select(bytes => Derive(bytes, "refresh tokens", 32))];
        _sealing = [.. secrets.Select(bytes => Derive(bytes, "sealed secrets of the store", 32))];
        foreach (byte[] bytes in secrets)
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>Keys of HMAC that sign access tokens with their ids, the newest first.</summary>
    public IReadOnlyList<(byte[] Key, string Id)> Signing => _signing;

    /// <summary>Keys that refresh tokens are derived with, the newest first.</summary>
    public IReadOnlyList<byte[]> Refreshing => _refreshing;

    /// <summary>Seals a secret for the store: AES-256-GCM, bound to what it is for.</summary>
    /// <param name="secret">The secret.</param>
    /// <param name="purpose">What it is for, such as <c>factor USER-ID</c>.</param>
    public string Seal(ReadOnlySpan<byte> secret, string purpose)
    {
        byte[] whole = new byte[SealNonce + secret.Length + SealTag];
        RandomNumberGenerator.Fill(whole.AsSpan(0, SealNonce));
        using AesGcm cipher = new(_sealing[0], SealTag);
        cipher.Encrypt(whole.AsSpan(0, SealNonce), secret, whole.AsSpan(SealNonce, secret.Length), whole.AsSpan(SealNonce + secret.Length), Encoding.UTF8.GetBytes(purpose));
        return Convert.ToBase64String(whole);
    }

    /// <summary>Opens what <see cref="Seal"/> made; null when neither secret opens it.</summary>
    public byte[]? Open(string sealed_, string purpose)
    {
        byte[] whole = Convert.FromBase64String(sealed_);
        if (whole.Length < SealNonce + SealTag)
        {
            return null;
        }

        byte[] secret = new byte[whole.Length - SealNonce - SealTag];
        foreach (byte[] key in _sealing)
        {
            try
            {
                using AesGcm cipher = new(key, SealTag);
                cipher.Decrypt(whole.AsSpan(0, SealNonce), whole.AsSpan(SealNonce, secret.Length), whole.AsSpan(SealNonce + secret.Length), secret, Encoding.UTF8.GetBytes(purpose));
                return secret;
            }
            catch (AuthenticationTagMismatchException)
            {
                // Sealed under the other secret, or not ours.
            }
        }

        return null;
    }

    private static byte[] Derive(byte[] secret, string use, int length) => HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, length, salt: null, info: Encoding.UTF8.GetBytes($"tars 1 {use}"));
}
