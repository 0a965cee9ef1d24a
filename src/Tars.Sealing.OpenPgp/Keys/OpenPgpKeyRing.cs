using Org.BouncyCastle.Bcpg.OpenPgp;
using Tars.Sealing.OpenPgp.GnuPgHome;

namespace Tars.Sealing.OpenPgp.Keys;

/// <summary>Keys of several people, public and where at hand secret, from keyring files or a GnuPG home.</summary>
public sealed class OpenPgpKeyRing
{
    private readonly IReadOnlyList<PgpSecretKeyRing> _secretRings;
    private readonly IReadOnlyDictionary<long, SecretPart> _secrets;

    internal OpenPgpKeyRing(
        IEnumerable<PgpPublicKeyRing> publicRings, IReadOnlyList<PgpSecretKeyRing> secretRings, IReadOnlyDictionary<long, SecretPart> secrets)
    {
        _secretRings = secretRings;
        _secrets = secrets;
        Dictionary<long, PgpPublicKeyRing> rings = [];
        List<long> order = [];
        foreach (PgpPublicKeyRing ring in publicRings)
        {
            long id = ring.GetPublicKey().KeyId;
            if (rings.TryGetValue(id, out PgpPublicKeyRing? known))
            {
                rings[id] = PgpPublicKeyRing.Join(known, ring);
            }
            else
            {
                rings[id] = ring;
                order.Add(id);
            }
        }

        Keys = [.. order.Select(id => new OpenPgpKey(rings[id], secrets))];
    }

    /// <summary>No keys.</summary>
    public static OpenPgpKeyRing Empty { get; } = new([], [], new Dictionary<long, SecretPart>());

    /// <summary>The keys, in the order of the files.</summary>
    public IReadOnlyList<OpenPgpKey> Keys { get; }

    /// <summary>Whether there are secret keys that <see cref="WriteFile"/> can write: those of keyring files.</summary>
    public bool HoldsSecretKeys => _secretRings.Count > 0;

    /// <summary>Reads a keyring file: public or secret keys, binary or armoured, any number.</summary>
    /// <exception cref="OpenPgpException">The file cannot be read, is no keyring, or holds secret keys that others may read.</exception>
    public static OpenPgpKeyRing ReadFile(string path) => KeyRingFile.Read(path);

    /// <summary>Reads keys that came another way than in a file; see <see cref="ReadFile"/>.</summary>
    /// <param name="keys">Public or secret keys, binary or armoured, any number; read to its end, at most 64 MiB.</param>
    /// <param name="place">Where they came from, for messages.</param>
    /// <exception cref="OpenPgpException">It cannot be read, or holds no keys.</exception>
    public static OpenPgpKeyRing Read(Stream keys, string place) => KeyRingFile.Read(keys, place);

    /// <summary>Reads a GnuPG home folder, which is not changed and whose agent is not asked.</summary>
    /// <exception cref="OpenPgpException">The folder or a file in it cannot be read.</exception>
    public static OpenPgpKeyRing ReadGnuPgHome(string folder) => GnuPgFolder.Read(folder);

    /// <summary>Returns these keys and <paramref name="other"/>'s; what both say of one key is joined.</summary>
    public OpenPgpKeyRing With(OpenPgpKeyRing other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Dictionary<long, SecretPart> secrets = new(_secrets);
        foreach ((long id, SecretPart secret) in other._secrets)
        {
            secrets.TryAdd(id, secret);
        }

        HashSet<long> known = [.. _secretRings.Select(ring => ring.GetPublicKey().KeyId)];
        return new OpenPgpKeyRing(
            Keys.Concat(other.Keys).Select(key => key.Ring),
            [.. _secretRings, .. other._secretRings.Where(ring => !known.Contains(ring.GetPublicKey().KeyId))],
            secrets);
    }

    /// <summary>Returns these keys without their secret parts.</summary>
    public OpenPgpKeyRing WithoutSecrets() => new(Keys.Select(key => key.Ring), [], new Dictionary<long, SecretPart>());

    /// <summary>Returns the keys that <paramref name="text"/> names; more than one is for the caller to refuse.</summary>
    /// <param name="text">
    /// A fingerprint (40 digits, spaces allowed), a key id (16 digits), an e-mail address or a whole name. Ids of 8 digits name nothing: they
    /// are forged within minutes.
    /// </param>
    public IReadOnlyList<OpenPgpKey> Matching(string text)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        string hex = text.Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant();
        hex = hex.StartsWith("0X", StringComparison.Ordinal) ? hex[2..] : hex;
        if (hex.Length is 16 or 40 && hex.All(char.IsAsciiHexDigit))
        {
            return [.. Keys.Where(key => hex.Length == 40
                ? key.Fingerprint == hex
                : key.KeyId == hex || key.Parts.Any(part => OpenPgpKey.HexOf(part.Key.KeyId) == hex))];
        }

        string address = $"<{text.Trim('<', '>')}>";
        return [.. Keys.Where(key => key.UserIds.Any(id =>
            string.Equals(id, text, StringComparison.Ordinal) || id.EndsWith(address, StringComparison.OrdinalIgnoreCase)
            || string.Equals(id, text.Trim('<', '>'), StringComparison.OrdinalIgnoreCase)))];
    }

    /// <summary>Writes all keys to a file; secret keys only where <paramref name="withSecrets"/> says so, the file then being the owner's alone.</summary>
    /// <param name="path">The file; armoured when it ends in <c>.asc</c>. It is replaced as a whole.</param>
    /// <param name="withSecrets">Whether secret keys of keyring files are written, protected as they were. Those of a GnuPG home never are.</param>
    /// <exception cref="OpenPgpException">The file cannot be written.</exception>
    public void WriteFile(string path, bool withSecrets) => KeyRingFile.Write(path, Keys, withSecrets ? _secretRings : []);

    /// <summary>Returns the key that has a part with the id <paramref name="keyId"/>.</summary>
    internal (OpenPgpKey Key, Subkey Part)? Find(long keyId)
    {
        foreach (OpenPgpKey key in Keys)
        {
            if (key.Part(keyId) is { } part)
            {
                return (key, part);
            }
        }

        return null;
    }
}
