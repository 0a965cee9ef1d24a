namespace Tars.Sealing.Keys;

/// <summary>What a key is for.</summary>
public enum KeyPurpose
{
    /// <summary>Signs; verifies what it signed.</summary>
    Signing = 0,

    /// <summary>Wraps the data keys of sealed files.</summary>
    Encryption = 1,

    /// <summary>Somebody else's public key: verifies what they signed.</summary>
    Verification = 2,
}

/// <summary>One key of a ring, without the key. Entries of the same purpose and algorithm are versions of each other.</summary>
/// <param name="KeyId">64 lower-case hexadecimal digits, derived from the key.</param>
/// <param name="Purpose">What it is for.</param>
/// <param name="Algorithm"><c>rsa-pss-sha256</c>, <c>ecdsa-p256-sha256</c> or <c>aes-256</c>.</param>
/// <param name="Version">1 for the first key of its purpose and algorithm; each later one is one more.</param>
/// <param name="CreatedAt">When the ring got it.</param>
/// <param name="Imported">Whether it was made elsewhere.</param>
/// <param name="HasPassphrase">Whether its file opens with a passphrase only.</param>
/// <param name="RetiredAt">When it was retired; null while it is not.</param>
/// <param name="Revocation">When and why it was revoked; null while it is not.</param>
public sealed record KeyEntry(
    string KeyId,
    KeyPurpose Purpose,
    string Algorithm,
    int Version,
    DateTimeOffset CreatedAt,
    bool Imported,
    bool HasPassphrase,
    DateTimeOffset? RetiredAt = null,
    Revocation? Revocation = null)
{
    /// <summary>The name of the algorithm of encryption keys.</summary>
    public const string Aes256 = "aes-256";

    /// <summary>The id in a form that people can read to each other.</summary>
    public Fingerprint Fingerprint => new(KeyId);

    /// <summary>Whether it may be used for something new: neither retired nor revoked.</summary>
    public bool IsUsable => RetiredAt is null && Revocation is null;
}

/// <summary>Why a key must not be believed any longer.</summary>
/// <param name="At">From this instant on it is not believed.</param>
/// <param name="Reason">Why.</param>
/// <param name="Comment">In the words of who revoked it; empty when there are none.</param>
public sealed record Revocation(DateTimeOffset At, RevocationReason Reason, string Comment);

/// <summary>The reasons for a revocation.</summary>
public enum RevocationReason
{
    /// <summary>Somebody else has, or may have, the key. Nothing it signed is believed, whenever that was.</summary>
    Compromised = 0,

    /// <summary>Another key took its place. What it provably signed before is believed.</summary>
    Superseded = 1,

    /// <summary>It is not used any more. What it provably signed before is believed.</summary>
    Discontinued = 2,
}
