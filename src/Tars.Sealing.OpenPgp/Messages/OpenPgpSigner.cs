using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;
using Tars.Sealing.OpenPgp.Keys;

namespace Tars.Sealing.OpenPgp.Messages;

/// <summary>A key that is unlocked for making signatures.</summary>
public sealed class OpenPgpSigner
{
    private const HashAlgorithmTag Hash = HashAlgorithmTag.Sha512;

    private readonly PgpPrivateKey _privateKey;
    private readonly PgpPublicKey _publicKey;

    private OpenPgpSigner(OpenPgpKey key, PgpPublicKey publicKey, PgpPrivateKey privateKey)
    {
        Key = key;
        _publicKey = publicKey;
        _privateKey = privateKey;
    }

    /// <summary>The key that signs.</summary>
    public OpenPgpKey Key { get; }

    /// <summary>Unlocks <paramref name="key"/>.</summary>
    /// <param name="key">The key; its newest part that signs and whose secret is at hand is taken.</param>
    /// <param name="passphrase">UTF-8; empty where none protects the secret.</param>
    /// <param name="time">When it is to sign.</param>
    /// <exception cref="OpenPgpException">The key may not sign at that time, has no secret at hand, or the passphrase is wrong.</exception>
    public static OpenPgpSigner Unlock(OpenPgpKey key, ReadOnlySpan<byte> passphrase, DateTimeOffset time)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key.RefuseAt(time) is { } refusal)
        {
            throw new OpenPgpException(key.Fingerprint, refusal);
        }

        Subkey part = key.SigningPart(time) ?? throw new OpenPgpException(key.Fingerprint, "has no secret part at hand that makes signatures");
        return new OpenPgpSigner(key, part.Key, part.Secret!.Unlock(passphrase));
    }

    /// <summary>Returns a generator of one signature over binary data.</summary>
    internal PgpSignatureGenerator Begin(DateTimeOffset time)
    {
        PgpSignatureGenerator generator = new(_publicKey.Algorithm, Hash);
        generator.InitSign(PgpSignature.BinaryDocument, _privateKey);
        PgpSignatureSubpacketGenerator packets = new();
        packets.SetSignatureCreationTime(false, time.UtcDateTime);
        packets.SetIssuerFingerprint(false, _publicKey);
        generator.SetHashedSubpackets(packets.Generate());
        return generator;
    }
}
