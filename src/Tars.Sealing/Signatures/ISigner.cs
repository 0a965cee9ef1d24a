namespace Tars.Sealing.Signatures;

/// <summary>A private key that signs. The key itself may be in memory or in a token that it never leaves.</summary>
public interface ISigner : IDisposable
{
    /// <summary>The public key, by which the signature is verified and named.</summary>
    PublicKey PublicKey { get; }

    /// <summary>Signs the SHA-256 of what is to be signed.</summary>
    /// <param name="sha256">32 bytes.</param>
    /// <returns>RSA: as many bytes as the modulus. ECDSA: DER.</returns>
    /// <exception cref="ArgumentException">The digest is not 32 bytes long.</exception>
    byte[] SignDigest(ReadOnlySpan<byte> sha256);
}
