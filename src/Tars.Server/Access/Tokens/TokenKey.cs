using System.Security.Cryptography;

namespace Tars.Server.Access.Tokens;

/// <summary>A key that signs or verifies tokens, bound to one algorithm (RFC 7518, section 3): what a token's header says never chooses another.</summary>
internal abstract class TokenKey(string keyId, string algorithm) : IDisposable
{
    /// <summary>Its id, the member <c>kid</c>.</summary>
    public string KeyId { get; } = keyId;

    /// <summary>Its algorithm, the member <c>alg</c>.</summary>
    public string Algorithm { get; } = algorithm;

    /// <summary>Whether a signature is its own.</summary>
    public abstract bool Verify(ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature);

    /// <summary>Signs.</summary>
    /// <exception cref="NotSupportedException">It only verifies.</exception>
    public virtual byte[] Sign(ReadOnlySpan<byte> bytes) => throw new NotSupportedException($"the key {KeyId} only verifies");

    /// <inheritdoc/>
    public virtual void Dispose()
    {
    }

    /// <summary>HMAC with SHA-2.</summary>
    public sealed class Hmac(string keyId, string algorithm, byte[] key) : TokenKey(keyId, algorithm)
    {
        private readonly HashAlgorithmName _hash = HashOf(algorithm);

        /// <inheritdoc/>
        public override byte[] Sign(ReadOnlySpan<byte> bytes) => CryptographicOperations.HmacData(_hash, key, bytes);

        /// <inheritdoc/>
        public override bool Verify(ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature) => CryptographicOperations.FixedTimeEquals(CryptographicOperations.HmacData(_hash, key, signed), signature);
    }

    /// <summary>ECDSA; signatures are r and s side by side.</summary>
    public sealed class Ecdsa(string keyId, string algorithm, ECDsa key) : TokenKey(keyId, algorithm)
    {
        private readonly HashAlgorithmName _hash = HashOf(algorithm);

        /// <summary>The public half.</summary>
        public ECParameters Public => key.ExportParameters(includePrivateParameters: false);

        /// <inheritdoc/>
        public override byte[] Sign(ReadOnlySpan<byte> bytes) => key.SignData(bytes, _hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

        /// <inheritdoc/>
        public override bool Verify(ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature) => key.VerifyData(signed, signature, _hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

        /// <inheritdoc/>
        public override void Dispose()
        {
            key.Dispose();
            base.Dispose();
        }
    }

    /// <summary>RSA, of issuers elsewhere.</summary>
    public sealed class Rsa(string keyId, string algorithm, RSA key) : TokenKey(keyId, algorithm)
    {
        private readonly HashAlgorithmName _hash = HashOf(algorithm);
        private readonly RSASignaturePadding _padding = algorithm.StartsWith('P') ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1;

        /// <inheritdoc/>
        public override bool Verify(ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature) => key.VerifyData(signed, signature, _hash, _padding);

        /// <inheritdoc/>
        public override void Dispose()
        {
            key.Dispose();
            base.Dispose();
        }
    }

    private static HashAlgorithmName HashOf(string algorithm) => algorithm[2..] switch
    {
        "256" => HashAlgorithmName.SHA256,
        "384" => HashAlgorithmName.SHA384,
        "512" => HashAlgorithmName.SHA512,
        _ => throw new ArgumentException($"{algorithm} is not an algorithm of tokens", nameof(algorithm)),
    };
}
