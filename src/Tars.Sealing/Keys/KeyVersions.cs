using System.Security.Cryptography;
using Tars.Sealing.CanonicalJson;
using Tars.Sealing.Signatures;

namespace Tars.Sealing.Keys;

/// <summary>Single keys in a ring: finding, reading and writing them. Each key that is read is checked against its id.</summary>
internal static class KeyVersions
{
    internal const int ShortestName = 8;

    /// <summary>For each algorithm the highest version that is neither retired nor revoked; in the order of the policy.</summary>
    internal static IEnumerable<KeyEntry> Current(IReadOnlyList<KeyEntry> entries, KeyPurpose purpose) => entries
        .Where(entry => entry.Purpose == purpose && entry.IsUsable)
        .GroupBy(entry => entry.Algorithm)
        .Select(group => group.MaxBy(entry => entry.Version)!)
        .OrderBy(entry => AlgorithmPolicy.TryParse(entry.Algorithm, out SignatureAlgorithm algorithm) ? (int)algorithm : 0);

    internal static KeyEntry Find(IReadOnlyList<KeyEntry> entries, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        string id = Fingerprint.TryParse(name, out Fingerprint fingerprint) ? fingerprint.KeyId : name.Trim().ToLowerInvariant();
        KeyEntry[] found = id.Length < ShortestName ? [] : [.. entries.Where(entry => entry.KeyId.StartsWith(id, StringComparison.Ordinal))];
        return found.Length switch
        {
            1 => found[0],
            0 => throw new KeyRingException($"the ring has no key \"{name}\"; an id, its first {ShortestName} digits or more, or a fingerprint is expected"),
            _ => throw new KeyRingException($"\"{name}\" names {found.Length} keys of the ring; more digits are needed"),
        };
    }

    /// <exception cref="ArgumentException">The passphrase is shorter than the policy asks.</exception>
    internal static void CheckPassphrase(Passphrase? protects)
    {
        if (protects is not null && protects.Utf8.Length < AlgorithmPolicy.ShortestPassphrase)
        {
            throw new ArgumentException($"the passphrase is shorter than {AlgorithmPolicy.ShortestPassphrase} bytes", nameof(protects));
        }
    }

    internal static PublicKey PublicKeyOf(KeyRingStore store, KeyEntry entry)
    {
        string path = store.PublicPath(entry.KeyId);
        if (entry.Purpose == KeyPurpose.Encryption)
        {
            throw new KeyRingException($"key {entry.KeyId} is an encryption key and has no public part");
        }

        KeyRingStore.CheckClosed(path);
        try
        {
            return KeyFile.Read(BoundedFile.Read(path, KeyRingStore.LongestKeyFile)) is KeyFile.Verifying verifying && verifying.Key.KeyId == entry.KeyId
                ? verifying.Key
                : throw new KeyRingException($"{path}: it holds another key than its name says");
        }
        catch (KeyFormException exception)
        {
            throw new KeyRingException($"{path}: {exception.Message}", exception);
        }
    }

    internal static PrivateKey OpenSigning(KeyRingStore store, KeyEntry entry, Passphrase? passphrase)
    {
        using SecretBytes content = store.ReadKey(entry.KeyId);
        KeyFile file = Read(store, entry, content, passphrase);
        return file is KeyFile.Signing signing && signing.Key.PublicKey.KeyId == entry.KeyId ? signing.Key : throw Another(store, entry, file);
    }

    internal static SecretBytes OpenEncryption(KeyRingStore store, KeyEntry entry, Passphrase? passphrase)
    {
        using SecretBytes content = store.ReadKey(entry.KeyId);
        KeyFile file = Read(store, entry, content, passphrase);
        return file is KeyFile.Encryption encryption && encryption.KeyId == entry.KeyId ? encryption.Key : throw Another(store, entry, file);
    }

    internal static SecretBytes Export(KeyRingStore store, KeyEntry entry, Passphrase? opens, Passphrase? protects)
    {
        switch (entry.Purpose)
        {
            case KeyPurpose.Signing:
                using (PrivateKey key = OpenSigning(store, entry, opens))
                {
                    return key.ToPem(protects);
                }

            case KeyPurpose.Encryption:
                using (SecretBytes secret = OpenEncryption(store, entry, opens))
                {
                    return EncryptionKeyFile.Write(secret.Span, protects);
                }

            default:
                throw new KeyRingException($"key {entry.KeyId} is somebody else's: the ring has its public part only");
        }
    }

    internal static KeyEntry Write(KeyRingStore store, IReadOnlyList<KeyEntry> entries, KeyFile file, Passphrase? protects, TimeProvider clock)
    {
        switch (file)
        {
            case KeyFile.Signing signing:
                return WriteSigning(store, entries, signing.Key, protects, imported: true, clock);
            case KeyFile.Encryption encryption:
                return WriteEncryption(store, entries, encryption.Key, protects, imported: true, clock);
            case KeyFile.Verifying verifying:
                RefuseTwice(entries, verifying.Key.KeyId);
                WritePublic(store, verifying.Key);
                return Entry(entries, verifying.Key.KeyId, KeyPurpose.Verification, AlgorithmPolicy.NameOf(verifying.Key.Algorithm), true, false, clock);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    internal static KeyEntry WriteSigning(KeyRingStore store, IReadOnlyList<KeyEntry> entries, PrivateKey key, Passphrase? protects, bool imported, TimeProvider clock)
    {
        RefuseTwice(entries, key.PublicKey.KeyId);
        using SecretBytes pem = key.ToPem(protects);
        DurableFile.Write(store.KeyPath(key.PublicKey.KeyId), pem.Span);
        WritePublic(store, key.PublicKey);
        return Entry(entries, key.PublicKey.KeyId, KeyPurpose.Signing, AlgorithmPolicy.NameOf(key.PublicKey.Algorithm), imported, protects is not null, clock);
    }

    /// <summary>Writes a key, or a new one where <paramref name="secret"/> is null.</summary>
    internal static KeyEntry WriteEncryption(KeyRingStore store, IReadOnlyList<KeyEntry> entries, SecretBytes? secret, Passphrase? protects, bool imported, TimeProvider clock)
    {
        using SecretBytes key = new(EncryptionKeyFile.KeyLength);
        if (secret is null)
        {
            RandomNumberGenerator.Fill(key.Span);
        }
        else
        {
            secret.Span.CopyTo(key.Span);
        }

        string id = EncryptionKeyFile.IdOf(key.Span);
        RefuseTwice(entries, id);
        using SecretBytes content = EncryptionKeyFile.Write(key.Span, protects);
        DurableFile.Write(store.KeyPath(id), content.Span);
        return Entry(entries, id, KeyPurpose.Encryption, KeyEntry.Aes256, imported, protects is not null, clock);
    }

    private static KeyFile Read(KeyRingStore store, KeyEntry entry, SecretBytes content, Passphrase? passphrase)
    {
        try
        {
            return KeyFile.Read(content.Span, passphrase);
        }
        catch (KeyFormException exception)
        {
            throw new KeyFormException($"{store.KeyPath(entry.KeyId)}: {exception.Message}", exception);
        }
    }

    private static KeyRingException Another(KeyRingStore store, KeyEntry entry, KeyFile file)
    {
        IDisposable? secret = file switch { KeyFile.Signing signing => signing.Key, KeyFile.Encryption encryption => encryption.Key, _ => null };
        secret?.Dispose();
        return new KeyRingException($"{store.KeyPath(entry.KeyId)}: it holds another key than its name says");
    }

    private static void WritePublic(KeyRingStore store, PublicKey key) =>
        DurableFile.Write(store.PublicPath(key.KeyId), System.Text.Encoding.ASCII.GetBytes(key.ToPem()));

    private static void RefuseTwice(IReadOnlyList<KeyEntry> entries, string keyId)
    {
        if (entries.Any(entry => entry.KeyId == keyId))
        {
            throw new KeyRingException($"the ring has key {keyId} already");
        }
    }

    private static KeyEntry Entry(IReadOnlyList<KeyEntry> entries, string id, KeyPurpose purpose, string algorithm, bool imported, bool hasPassphrase, TimeProvider clock)
    {
        int version = entries.Where(entry => entry.Purpose == purpose && entry.Algorithm == algorithm).Select(entry => entry.Version).DefaultIfEmpty().Max() + 1;
        return new KeyEntry(id, purpose, algorithm, version, Seconds(clock.GetUtcNow()), imported, hasPassphrase);
    }

    // Times in files are told to the second where nothing more is meant.
    private static DateTimeOffset Seconds(DateTimeOffset time) => Utc.Parse(time.UtcDateTime.ToString("yyyy'-'MM'-'dd'T'HH':'mm':'ss'Z'", System.Globalization.CultureInfo.InvariantCulture))!.Value;
}
