using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;

namespace Tars.Sealing.OpenPgp.Keys;

/// <summary>The secret part of one key, from a keyring file or a GnuPG home.</summary>
internal abstract class SecretPart
{
    /// <summary>Where it is, for messages.</summary>
    public required string Place { get; init; }

    /// <summary>The key's id.</summary>
    public abstract long KeyId { get; }

    /// <summary>Whether a passphrase protects it.</summary>
    public abstract bool IsProtected { get; }

    /// <summary>Returns the private key.</summary>
    /// <param name="passphrase">UTF-8; empty where none protects it.</param>
    /// <exception cref="OpenPgpException">The passphrase is wrong, or the secret cannot be read.</exception>
    public PgpPrivateKey Unlock(ReadOnlySpan<byte> passphrase)
    {
        byte[] copy = passphrase.ToArray();
        try
        {
            return Extract(copy) ?? throw new OpenPgpException(Place, "only a stub is here: the secret key is kept elsewhere, such as on a card");
        }
        catch (Exception failure) when (BcFailures.IsMalformedInput(failure))
        {
            string reason = !IsProtected ? "the secret key cannot be read" : passphrase.IsEmpty
                ? "a passphrase protects the secret key; give it"
                : "the passphrase is wrong, or the secret key is damaged";
            throw new OpenPgpException(Place, reason, failure);
        }
        finally
        {
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(copy);
        }
    }

    /// <summary>Returns the private key; null for a stub.</summary>
    protected abstract PgpPrivateKey? Extract(byte[] passphrase);
}

/// <summary>A secret key packet of a keyring file.</summary>
internal sealed class PacketSecret(PgpSecretKey key) : SecretPart
{
    public override long KeyId => key.KeyId;

    public override bool IsProtected => key.KeyEncryptionAlgorithm != SymmetricKeyAlgorithmTag.Null;

    protected override PgpPrivateKey? Extract(byte[] passphrase) => key.IsPrivateKeyEmpty ? null : key.ExtractPrivateKeyRaw(passphrase);
}
