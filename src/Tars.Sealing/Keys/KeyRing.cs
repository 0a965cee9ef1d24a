using Tars.Sealing.Envelopes;
using Tars.Sealing.Signatures;
using Tars.Sealing.Verification;

namespace Tars.Sealing.Keys;

/// <summary>
/// A folder of keys. No key is made unless it is asked for; each file is readable by its owner only, which is checked at each use (on
/// Windows the folder's access list decides, and nothing is checked); a process that is killed leaves the ring whole.
/// Described in docs/formats/key-ring.md.
/// </summary>
public sealed class KeyRing
{
    /// <summary>Fewest digits of an id that name a key.</summary>
    public const int ShortestName = KeyVersions.ShortestName;

    private readonly KeyRingStore _store;
    private readonly TimeProvider _clock;

    /// <summary>Names a ring. Nothing is read or written yet.</summary>
    /// <param name="path">The ring's folder.</param>
    /// <param name="clock">Tells when keys are made, retired and revoked.</param>
    public KeyRing(string path, TimeProvider clock)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(clock);
        _store = new KeyRingStore(path);
        _clock = clock;
    }

    /// <summary>The ring's folder.</summary>
    public string FullPath => _store.FullPath;

    /// <summary>Whether the folder holds a ring.</summary>
    public bool Exists => _store.Exists;

    /// <summary>Makes an empty ring.</summary>
    /// <exception cref="KeyRingException">The folder holds something.</exception>
    public void Create() => _store.Create();

    /// <summary>Each key, by purpose, algorithm and version.</summary>
    /// <exception cref="KeyRingException">There is no ring, it is open to others, or its index is damaged.</exception>
    public IReadOnlyList<KeyEntry> Entries() => _store.ReadIndex();

    /// <summary>The one key that a text names: an id, its first eight digits or more, or a fingerprint.</summary>
    /// <exception cref="KeyRingException">It names none, or several.</exception>
    public KeyEntry Find(string name) => KeyVersions.Find(Entries(), name);

    /// <summary>The public key of a signing or verification key.</summary>
    /// <exception cref="KeyRingException">The key is an encryption key, or its file is missing or holds another key.</exception>
    public PublicKey PublicKeyOf(KeyEntry entry) => KeyVersions.PublicKeyOf(_store, entry);

    /// <summary>The keys that the ring believes: its own signing keys and those of others, with their revocations and those of signed statements.</summary>
    /// <exception cref="KeyRingException">A key's file is missing or holds another key, or a statement of revocation cannot be believed.</exception>
    public TrustedKeys Trusted() => new TrustedKeys(Entries()
        .Where(entry => entry.Purpose != KeyPurpose.Encryption)
        .Select(entry => new TrustedKey(PublicKeyOf(entry), "key ring", entry.Revocation))).AfterRevocationsIn(FullPath);

    /// <summary>Makes the signing pair: RSA-4096 and P-256, version 1 or the next.</summary>
    /// <param name="passphrase">Protects the files; null leaves them to the file system's protection.</param>
    /// <exception cref="KeyRingException">There are signing keys in use: a rotation puts others in their place.</exception>
    /// <exception cref="ArgumentException">The passphrase is too short.</exception>
    public IReadOnlyList<KeyEntry> CreateSigning(Passphrase? passphrase)
    {
        KeyVersions.CheckPassphrase(passphrase);
        return _store.Change<IReadOnlyList<KeyEntry>>(entries =>
        {
            RefuseWhenInUse(entries, KeyPurpose.Signing);
            using SigningPair pair = SigningPair.Create();
            KeyEntry[] added = [.. pair.Keys.Select(key => KeyVersions.WriteSigning(_store, entries, key, passphrase, imported: false, _clock))];
            return ([.. entries, .. added], added);
        });
    }

    /// <summary>Makes an AES-256 key, version 1 or the next.</summary>
    /// <param name="passphrase">Protects the file; null leaves it to the file system's protection.</param>
    /// <exception cref="KeyRingException">There is an encryption key in use: a rotation puts another in its place.</exception>
    /// <exception cref="ArgumentException">The passphrase is too short.</exception>
    public KeyEntry CreateEncryption(Passphrase? passphrase)
    {
        KeyVersions.CheckPassphrase(passphrase);
        return _store.Change<KeyEntry>(entries =>
        {
            RefuseWhenInUse(entries, KeyPurpose.Encryption);
            KeyEntry added = KeyVersions.WriteEncryption(_store, entries, null, passphrase, imported: false, _clock);
            return ([.. entries, added], added);
        });
    }

    /// <summary>
    /// Takes a key in: a private key signs from now on, an AES-256 key encrypts, somebody else's public key verifies.
    /// </summary>
    /// <param name="content">A key file in any form that <see cref="KeyFile.Read"/> knows; the caller zeroes it.</param>
    /// <param name="opens">The passphrase that opens it; null when it is open.</param>
    /// <param name="protects">The passphrase that protects it in the ring; null leaves it to the file system.</param>
    /// <exception cref="KeyFormException">It is no key that can be used.</exception>
    /// <exception cref="KeyRingException">The ring has that key.</exception>
    /// <exception cref="ArgumentException">The protecting passphrase is too short.</exception>
    public KeyEntry Import(ReadOnlySpan<byte> content, Passphrase? opens, Passphrase? protects)
    {
        KeyVersions.CheckPassphrase(protects);
        KeyFile file = KeyFile.Read(content, opens);
        using IDisposable? secret = file switch { KeyFile.Signing signing => signing.Key, KeyFile.Encryption encryption => encryption.Key, _ => null };
        return _store.Change<KeyEntry>(entries =>
        {
            KeyEntry added = KeyVersions.Write(_store, entries, file, protects, _clock);
            return ([.. entries, added], added);
        });
    }

    /// <summary>A private or AES-256 key as a file: PKCS#8 PEM or 64 hexadecimal digits, or its protected form.</summary>
    /// <param name="entry">The key.</param>
    /// <param name="opens">The passphrase that opens it in the ring; null when it has none.</param>
    /// <param name="protects">The passphrase of the result; null writes the key in the clear.</param>
    /// <returns>The file's content; the caller disposes of it.</returns>
    public SecretBytes ExportSecret(KeyEntry entry, Passphrase? opens, Passphrase? protects)
    {
        KeyVersions.CheckPassphrase(protects);
        return KeyVersions.Export(_store, entry, opens, protects);
    }

    /// <summary>Writes an exported key to a new file that only its owner can read.</summary>
    /// <exception cref="IOException">The file exists, or cannot be written.</exception>
    public static void WriteExported(string path, SecretBytes content)
    {
        ArgumentNullException.ThrowIfNull(content);
        DurableFile.WriteFresh(path, content.Span);
    }

    /// <summary>The current signing keys, RSA first: for each algorithm the highest version that is neither retired nor revoked.</summary>
    /// <param name="passphrase">Opens them; null when they have none.</param>
    /// <exception cref="KeyRingException">There is none. None is made here.</exception>
    /// <exception cref="KeyFormException">The passphrase is another one, or a file was changed.</exception>
    public SigningPair OpenSigning(Passphrase? passphrase)
    {
        KeyEntry[] current = [.. KeyVersions.Current(Entries(), KeyPurpose.Signing)];
        return current.Length == 0
            ? throw new KeyRingException($"{FullPath}: the ring has no signing key in use; `tars keys create signing` makes the pair")
            : SigningPair.Open(current.Select(entry => KeyVersions.OpenSigning(_store, entry, passphrase)));
    }

    /// <summary>The current signing key of an algorithm; null when the ring has none of it in use.</summary>
    /// <param name="algorithm">The algorithm.</param>
    /// <param name="passphrase">Opens it; null when it has none.</param>
    /// <exception cref="KeyRingException">There is no ring, or it is open to others.</exception>
    /// <exception cref="KeyFormException">The passphrase is another one, or the file was changed.</exception>
    public PrivateKey? OpenSigning(SignatureAlgorithm algorithm, Passphrase? passphrase) =>
        KeyVersions.Current(Entries(), KeyPurpose.Signing).SingleOrDefault(entry => entry.Algorithm == AlgorithmPolicy.NameOf(algorithm)) is { } entry
            ? KeyVersions.OpenSigning(_store, entry, passphrase) : null;

    /// <summary>The key under which new files are sealed.</summary>
    /// <exception cref="KeyRingException">There is none. None is made here.</exception>
    public KeyEntry CurrentEncryption() =>
        KeyVersions.Current(Entries(), KeyPurpose.Encryption).SingleOrDefault()
        ?? throw new KeyRingException($"{FullPath}: the ring has no encryption key in use; `tars keys create encryption` makes one");

    /// <summary>The 32 bytes of an encryption key of any version: files sealed under an old one still open.</summary>
    /// <exception cref="KeyRingException">It is no encryption key, its file is missing, or holds another key.</exception>
    /// <exception cref="KeyFormException">The passphrase is another one, or the file was changed.</exception>
    public SecretBytes OpenEncryption(KeyEntry entry, Passphrase? passphrase) => KeyVersions.OpenEncryption(_store, entry, passphrase);

    /// <summary>
    /// Makes new signing keys, for each algorithm in use or for both, and the signed statement of the transition. The old ones still verify.
    /// </summary>
    /// <param name="opens">Opens the old keys, which sign the statement.</param>
    /// <param name="protects">Protects the new ones.</param>
    /// <param name="reason">For the statement; may be empty.</param>
    public KeyRotation RotateSigning(Passphrase? opens, Passphrase? protects, string reason)
    {
        KeyVersions.CheckPassphrase(protects);
        using SigningPair old = OpenSigning(opens);
        using SigningPair made = SigningPair.Create();
        Envelope transition = KeyTransition.Sign(old.Keys, made.Keys, _clock.GetUtcNow(), reason);
        string path = _store.TransitionPath(made.Keys[0].PublicKey.KeyId);
        return _store.Change<KeyRotation>(entries =>
        {
            string[] current = [.. KeyVersions.Current(entries, KeyPurpose.Signing).Select(entry => entry.KeyId)];
            if (!old.Keys.Select(key => key.PublicKey.KeyId).SequenceEqual(current))
            {
                throw new KeyRingException($"{FullPath}: another process rotated the signing keys meanwhile");
            }

            KeyEntry[] added = [.. made.Keys.Select(key => KeyVersions.WriteSigning(_store, entries, key, protects, imported: false, _clock))];
            DurableFile.Write(path, transition.ToUtf8());
            return ([.. entries, .. added], new KeyRotation(added, path));
        });
    }

    /// <summary>Makes a new encryption key. Files sealed under the old ones still open until they are retired.</summary>
    /// <param name="protects">Protects the new key.</param>
    public KeyRotation RotateEncryption(Passphrase? protects)
    {
        KeyVersions.CheckPassphrase(protects);
        _ = CurrentEncryption();
        return _store.Change<KeyRotation>(entries =>
        {
            KeyEntry added = KeyVersions.WriteEncryption(_store, entries, null, protects, imported: false, _clock);
            return ([.. entries, added], new KeyRotation([added], null));
        });
    }

    /// <summary>Takes a key out of use: it signs and seals nothing new. What it signed is believed, what it sealed still opens.</summary>
    /// <param name="keyId">The key's id.</param>
    /// <param name="stillNamedBy">Files that name the key, as the caller found them by looking; any refuses the retirement of an encryption key.</param>
    /// <exception cref="KeyRingException">Files name it, it is retired or revoked already, or not in the ring.</exception>
    public KeyEntry Retire(string keyId, IReadOnlyCollection<string> stillNamedBy)
    {
        ArgumentNullException.ThrowIfNull(stillNamedBy);
        return Replace(keyId, entry =>
            entry.Purpose == KeyPurpose.Encryption && stillNamedBy.Count > 0
                ? throw new KeyRingException($"key {entry.KeyId} version {entry.Version} is named by {stillNamedBy.Count} files, {stillNamedBy.First()} among them; `tars rewrap` puts them under the current key")
            : entry with { RetiredAt = _clock.GetUtcNow() });
    }

    /// <summary>
    /// Says that a key must not be believed any longer, in the ring and in a signed statement for others. The ring's other current signing keys sign it;
    /// where there is none, the revoked key itself. Its file stays, so that what was sealed under it can be opened and sealed anew.
    /// </summary>
    /// <param name="keyId">The key's id.</param>
    /// <param name="reason">Why. What a compromised key signed is not believed, whenever it was; otherwise a timestamp can prove that a signature is older.</param>
    /// <param name="comment">In your own words; may be empty.</param>
    /// <param name="opens">Opens the keys that sign the statement; null when they have no passphrase.</param>
    /// <param name="isStated">False revokes in the ring alone: for keys that nobody can open any more.</param>
    /// <exception cref="KeyRingException">It is revoked already, or not in the ring.</exception>
    /// <exception cref="KeyFormException">The passphrase is another one, or a file was changed; nothing was revoked.</exception>
    public KeyWithdrawal Revoke(string keyId, RevocationReason reason, string comment, Passphrase? opens = null, bool isStated = true)
    {
        ArgumentNullException.ThrowIfNull(comment);
        string? statement = null;
        KeyEntry changed = Replace(
            keyId,
            entry =>
            {
                Revocation revocation = new(_clock.GetUtcNow(), reason, comment);
                statement = isStated ? State(entry, revocation, opens) : null;
                return entry with { Revocation = revocation };
            },
            evenRetired: true);
        return new KeyWithdrawal(changed, statement);
    }

    /// <summary>The signed statement of a key's revocation, as others read it; null when there is none.</summary>
    /// <param name="entry">The key.</param>
    /// <exception cref="KeyRingException">It cannot be read.</exception>
    public byte[]? RevocationOf(KeyEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        string path = _store.RevocationPath(entry.KeyId);
        return File.Exists(path) ? BoundedFile.Read(path, TrustedKeys.LongestStatement) : null;
    }

    // Nobody outside has an encryption key; of somebody else's key a ring that signs nothing states nothing.
    private string? State(KeyEntry revoked, Revocation revocation, Passphrase? opens)
    {
        KeyEntry[] others = [.. KeyVersions.Current(Entries(), KeyPurpose.Signing).Where(entry => entry.KeyId != revoked.KeyId)];
        KeyEntry[] by = others.Length > 0 ? others : revoked.Purpose == KeyPurpose.Signing ? [revoked] : [];
        if (revoked.Purpose == KeyPurpose.Encryption || by.Length == 0)
        {
            return null;
        }

        using SigningPair pair = SigningPair.Open(by.Select(entry => KeyVersions.OpenSigning(_store, entry, opens)));
        return _store.WriteRevocation(revoked.KeyId, KeyRevocation.Sign(revoked.KeyId, revocation, pair.Keys).ToUtf8());
    }

    private KeyEntry Replace(string keyId, Func<KeyEntry, KeyEntry> replacement, bool evenRetired = false) => _store.Change(entries =>
    {
        KeyEntry old = KeyVersions.Find(entries, keyId);
        if (old.Revocation is not null || (old.RetiredAt is not null && !evenRetired))
        {
            throw new KeyRingException($"key {old.KeyId} is {(old.Revocation is null ? "retired" : "revoked")} already");
        }

        KeyEntry changed = replacement(old);
        IReadOnlyList<KeyEntry> all = [.. entries.Select(entry => entry == old ? changed : entry)];
        return (all, changed);
    });

    private void RefuseWhenInUse(IReadOnlyList<KeyEntry> entries, KeyPurpose purpose)
    {
        if (KeyVersions.Current(entries, purpose).Any())
        {
            string name = KeyRingIndex.NameOf(purpose);
            throw new KeyRingException($"{FullPath}: the ring has {name} keys in use; `tars keys rotate {name}` puts new ones in their place");
        }
    }
}

/// <summary>What a rotation made.</summary>
/// <param name="Added">The new keys.</param>
/// <param name="TransitionPath">The file of the signed statement; null for encryption keys, of which nobody else has to know.</param>
public sealed record KeyRotation(IReadOnlyList<KeyEntry> Added, string? TransitionPath);

/// <summary>What a revocation made.</summary>
/// <param name="Entry">The key, revoked.</param>
/// <param name="StatementPath">The file of the signed statement; null where none was made.</param>
public sealed record KeyWithdrawal(KeyEntry Entry, string? StatementPath);
