using System.Security.Cryptography;

namespace Tars.Sealing.Streams;

/// <summary>
/// The one shape of AES-GCM that sealed files use: a key of 256 bits, a nonce of 96, a tag of 128 (NIST SP 800-38D). Other shapes are
/// refused with the reason. Not for use by two threads at once.
/// </summary>
internal sealed class Aes256Gcm : IDisposable
{
    internal const int KeyLength = 32;
    internal const int NonceLength = 12;
    internal const int TagLength = 16;

    private readonly AesGcm _gcm;

    internal Aes256Gcm(ReadOnlySpan<byte> key)
    {
        Check(key.Length, KeyLength, "key");
        _gcm = new AesGcm(key, TagLength);
    }

    /// <summary>Encrypts; <paramref name="ciphertext"/> may be the plaintext's own place, and has its length.</summary>
    /// <exception cref="ArgumentException">Nonce or tag has another length.</exception>
    internal void Seal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext, Span<byte> tag, ReadOnlySpan<byte> additionalData = default)
    {
        Check(nonce.Length, NonceLength, "nonce");
        Check(tag.Length, TagLength, "tag");
        _gcm.Encrypt(nonce, plaintext, ciphertext, tag, additionalData);
    }

    /// <summary>Decrypts; <paramref name="plaintext"/> may be the ciphertext's own place. False, and no plaintext, when the tag does not hold.</summary>
    /// <exception cref="ArgumentException">Nonce or tag has another length.</exception>
    internal bool TryOpen(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag, Span<byte> plaintext, ReadOnlySpan<byte> additionalData = default)
    {
        Check(nonce.Length, NonceLength, "nonce");
        Check(tag.Length, TagLength, "tag");
        try
        {
            _gcm.Decrypt(nonce, ciphertext, tag, plaintext, additionalData);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            CryptographicOperations.ZeroMemory(plaintext);
            return false;
        }
    }

    public void Dispose() => _gcm.Dispose();

    private static void Check(int length, int expected, string what)
    {
        if (length != expected)
        {
            throw new ArgumentException($"a {what} of {length * 8} bits is not supported; sealed files use {expected * 8}", what);
        }
    }
}
