using Org.BouncyCastle.Bcpg.OpenPgp;

namespace Tars.Sealing.OpenPgp.Keys;

/// <summary>One person's key: a primary key, the subkeys and names that it verifiably bound to itself.</summary>
public sealed class OpenPgpKey
{
    private readonly List<Subkey> _parts = [];

    internal OpenPgpKey(PgpPublicKeyRing ring, IReadOnlyDictionary<long, SecretPart> secrets)
    {
        Ring = ring;
        PgpPublicKey primary = ring.GetPublicKey();
        Primary = primary;
        Fingerprint = Convert.ToHexString(primary.GetFingerprint());
        KeyId = HexOf(primary.KeyId);
        Algorithm = Describe(primary);
        Created = Utc(primary.CreationTime);
        IsRevoked = KeyBindings.IsRevoked(primary);
        (string UserId, PgpSignature? By)[] names = [.. primary.GetUserIds().Select(id => (id, KeyBindings.OfUserId(primary, id)))];
        UserIds = [.. names.Where(name => name.By is not null).Select(name => name.UserId)];
        PgpSignature? about = names.Select(name => name.By).OfType<PgpSignature>().MaxBy(signature => signature.CreationTime);
        Expires = ExpiryOf(primary, about);
        if (about is not null)
        {
            _parts.Add(new Subkey(primary, FlagsOf(primary, about), Created, Expires, secrets.GetValueOrDefault(primary.KeyId)));
        }

        foreach (PgpPublicKey subkey in ring.GetPublicKeys().Where(key => !key.IsMasterKey))
        {
            if (KeyBindings.OfSubkey(primary, subkey) is not { } binding)
            {
                continue;
            }

            int flags = FlagsOf(subkey, binding);
            if ((flags & PgpKeyFlags.CanSign) != 0 && !KeyBindings.IsCrossCertified(primary, subkey, binding))
            {
                flags &= ~PgpKeyFlags.CanSign;
            }

            _parts.Add(new Subkey(subkey, flags, Utc(subkey.CreationTime), ExpiryOf(subkey, binding), secrets.GetValueOrDefault(subkey.KeyId)));
        }
    }

    /// <summary>The fingerprint of the primary key: 40 hexadecimal digits in capitals, as an auditor reads it out.</summary>
    public string Fingerprint { get; }

    /// <summary>The key id of the primary key: its last 16 digits.</summary>
    public string KeyId { get; }

    /// <summary>The algorithm and size of the primary key, such as <c>RSA 3072</c> or <c>Ed25519</c>.</summary>
    public string Algorithm { get; }

    /// <summary>The names that the key certified itself, such as <c>Ada &lt;ada@example.com&gt;</c>; empty when none is valid.</summary>
    public IReadOnlyList<string> UserIds { get; }

    /// <summary>When the primary key was made, UTC.</summary>
    public DateTimeOffset Created { get; }

    /// <summary>When the primary key expires, UTC; null for never.</summary>
    public DateTimeOffset? Expires { get; }

    /// <summary>Whether the key was revoked by its owner.</summary>
    public bool IsRevoked { get; }

    /// <summary>Whether a secret part of this key is at hand.</summary>
    public bool HasSecret => _parts.Exists(part => part.Secret is not null);

    internal PgpPublicKeyRing Ring { get; }

    internal PgpPublicKey Primary { get; }

    internal IReadOnlyList<Subkey> Parts => _parts;

    /// <summary>Returns whether files can be encrypted to this key at <paramref name="time"/>.</summary>
    public bool CanEncrypt(DateTimeOffset time) => RefuseAt(time) is null && EncryptionPart(time) is not null;

    /// <summary>Returns whether this key can make signatures at <paramref name="time"/>, given its secret part.</summary>
    public bool CanSign(DateTimeOffset time) => RefuseAt(time) is null && SigningPart(time) is not null;

    /// <summary>Returns why this key may not be used at <paramref name="time"/>: revoked, expired, not yet made, no valid name; null when it may.</summary>
    public string? RefuseAt(DateTimeOffset time) => this switch
    {
        { IsRevoked: true } => "the key was revoked",
        { UserIds.Count: 0 } => "no name of the key carries its own valid signature",
        { Expires: { } end } when time >= end => $"the key expired on {end:yyyy-MM-dd}",
        _ when time < Created.AddMinutes(-5) => $"the key was made later, on {Created:yyyy-MM-dd}",
        _ => OpenPgpPolicy.Refuse(Primary),
    };

    /// <summary>Returns the newest part that takes encrypted data at <paramref name="time"/>.</summary>
    internal Subkey? EncryptionPart(DateTimeOffset time) => PartFor(
        time, PgpKeyFlags.CanEncryptCommunications | PgpKeyFlags.CanEncryptStorage, needsSecret: false, part => part.Key.IsEncryptionKey);

    /// <summary>Returns the newest part with a secret that signs data at <paramref name="time"/>.</summary>
    internal Subkey? SigningPart(DateTimeOffset time) => PartFor(time, PgpKeyFlags.CanSign, needsSecret: true, _ => true);

    /// <summary>Returns the part with the id <paramref name="keyId"/>, or null.</summary>
    internal Subkey? Part(long keyId) => _parts.Find(part => part.Key.KeyId == keyId);

    /// <summary>Returns an id as 16 hexadecimal digits.</summary>
    internal static string HexOf(long keyId) => keyId.ToString("X16", System.Globalization.CultureInfo.InvariantCulture);

    private Subkey? PartFor(DateTimeOffset time, int flags, bool needsSecret, Func<Subkey, bool> fits) => _parts
        .Where(part => (part.Flags & flags) != 0 && fits(part) && (!needsSecret || part.Secret is not null) && part.RefuseAt(time) is null)
        .MaxBy(part => part.Created);

    private static int FlagsOf(PgpPublicKey key, PgpSignature binding)
    {
        PgpSignatureSubpacketVector? packets = binding.GetHashedSubPackets();
        if (packets is not null && packets.HasSubpacket(Org.BouncyCastle.Bcpg.SignatureSubpacketTag.KeyFlags))
        {
            return packets.GetKeyFlags();
        }

        // A key that says nothing about its use (before key flags were common): what its algorithm can do.
        return (key.IsEncryptionKey ? PgpKeyFlags.CanEncryptCommunications | PgpKeyFlags.CanEncryptStorage : 0)
            | (key.IsMasterKey ? PgpKeyFlags.CanSign : 0);
    }

    private static DateTimeOffset? ExpiryOf(PgpPublicKey key, PgpSignature? binding)
    {
        long seconds = binding?.GetHashedSubPackets()?.GetKeyExpirationTime() ?? 0;
        return seconds > 0 ? Utc(key.CreationTime).AddSeconds(seconds) : null;
    }

    private static DateTimeOffset Utc(DateTime time) => new(DateTime.SpecifyKind(time, DateTimeKind.Utc));

    private static string Describe(PgpPublicKey key) => key.Algorithm switch
    {
        Org.BouncyCastle.Bcpg.PublicKeyAlgorithmTag.RsaGeneral => $"RSA {key.BitStrength}",
        Org.BouncyCastle.Bcpg.PublicKeyAlgorithmTag.EdDsa_Legacy => key.BitStrength > 300 ? "Ed448" : "Ed25519",
        Org.BouncyCastle.Bcpg.PublicKeyAlgorithmTag.ECDsa => $"ECDSA {key.BitStrength}",
        Org.BouncyCastle.Bcpg.PublicKeyAlgorithmTag.Dsa => $"DSA {key.BitStrength}",
        _ => $"{key.Algorithm}",
    };
}

/// <summary>One key of an <see cref="OpenPgpKey"/> that has verified bindings.</summary>
/// <param name="Key">The public key.</param>
/// <param name="Flags">What it is for.</param>
/// <param name="Created">When it was made.</param>
/// <param name="Expires">When it expires; null for never.</param>
/// <param name="Secret">Its secret part; null when that is not at hand.</param>
internal sealed record Subkey(PgpPublicKey Key, int Flags, DateTimeOffset Created, DateTimeOffset? Expires, SecretPart? Secret)
{
    /// <summary>Returns why it may not be used at <paramref name="time"/>; null when it may.</summary>
    public string? RefuseAt(DateTimeOffset time) =>
        Expires is { } end && time >= end ? $"the subkey expired on {end:yyyy-MM-dd}" : OpenPgpPolicy.Refuse(Key);
}
