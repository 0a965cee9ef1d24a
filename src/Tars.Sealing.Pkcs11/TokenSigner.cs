using System.Security.Cryptography;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;
using Net.Pkcs11Interop.HighLevelAPI.MechanismParams;
using Tars.Sealing.Keys;
using Tars.Sealing.Signatures;

namespace Tars.Sealing.Pkcs11;

/// <summary>A private key that stays in its token. It ends with the <see cref="TokenSigners"/> it came from.</summary>
internal sealed class TokenSigner : ISigner
{
    private readonly Token _token;
    private readonly IObjectHandle _key;
    private readonly Lock _gate;
    private readonly SecretBytes? _pinOfEachUse;

    internal TokenSigner(Token token, IObjectHandle key, PublicKey publicKey, Lock gate, SecretBytes? pinOfEachUse) =>
        (_token, _key, PublicKey, _gate, _pinOfEachUse) = (token, key, publicKey, gate, pinOfEachUse);

    /// <inheritdoc/>
    public PublicKey PublicKey { get; }

    /// <inheritdoc/>
    /// <exception cref="TokenException">The token does not answer, or what it signed is not this key's signature.</exception>
    public byte[] SignDigest(ReadOnlySpan<byte> sha256)
    {
        if (sha256.Length != SHA256.HashSizeInBytes)
        {
            throw new ArgumentException($"{sha256.Length} bytes are no SHA-256; {SHA256.HashSizeInBytes} are expected", nameof(sha256));
        }

        byte[] signature;
        try
        {
            // One operation at a time: a session holds the state of one.
            lock (_gate)
            {
                signature = Sign(sha256.ToArray());
            }
        }
        catch (Pkcs11Exception exception)
        {
            throw Token.Failed($"token '{_token.Label}': key {PublicKey.KeyId[..16]} cannot sign", exception);
        }
        catch (ObjectDisposedException exception)
        {
            throw new ObjectDisposedException(nameof(TokenSigner), exception);
        }

        // The public key comes from another object of the token than the private one: whether they belong together is seen here.
        return PublicKey.VerifyDigest(sha256, signature) ? signature : throw new TokenException(
            $"token '{_token.Label}': what it signed is not a signature of its public key {PublicKey.KeyId[..16]}", "the public key object with the private key's id belongs to another key, or the token is damaged");
    }

    /// <summary>Does nothing: the session belongs to all keys of the token.</summary>
    public void Dispose()
    {
    }

    private byte[] Sign(byte[] digest)
    {
        if (PublicKey.Algorithm == SignatureAlgorithm.RsaPssSha256)
        {
            IMechanismParams parameters = _token.Factories.MechanismParamsFactory.CreateCkRsaPkcsPssParams((ulong)CKM.CKM_SHA256, (ulong)CKG.CKG_MGF1_SHA256, AlgorithmPolicy.PssSaltLength);
            using IMechanism pss = _token.Factories.MechanismFactory.Create(CKM.CKM_RSA_PKCS_PSS, parameters);
            return Sign(pss, digest);
        }

        using IMechanism ecdsa = _token.Factories.MechanismFactory.Create(CKM.CKM_ECDSA);
        return EcdsaSignatureForm.ToDer(Sign(ecdsa, digest));
    }

    private byte[] Sign(IMechanism mechanism, byte[] digest)
    {
        if (_pinOfEachUse is null)
        {
            return _token.Session.Sign(mechanism, _key, digest);
        }

        // A key with CKA_ALWAYS_AUTHENTICATE; the PIN was right when the session was opened.
        byte[] pin = GC.AllocateUninitializedArray<byte>(_pinOfEachUse.Length, pinned: true);
        try
        {
            _pinOfEachUse.Span.CopyTo(pin);
            return _token.Session.Sign(mechanism, _key, pin, digest);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pin);
        }
    }
}
