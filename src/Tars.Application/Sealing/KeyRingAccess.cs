using Tars.Application.Settings;
using Tars.Sealing.Keys;
using Tars.Sealing.Signatures;
using Tars.Sealing.Streams;
using Tars.Sealing.Verification;

namespace Tars.Application.Sealing;

/// <summary>
/// The keys that a configuration names, opened: a key of its own (file or secret), else the current one of the ring. A command asks before
/// it reads or writes anything else, so that what cannot be sealed is not begun. No key is ever made here.
/// </summary>
/// <param name="settings">What the configuration says.</param>
/// <param name="time">The clock of the ring.</param>
public sealed class KeyRingAccess(SealingSettings settings, TimeProvider time)
{
    /// <summary>The ring that is named. Nothing is read yet.</summary>
    /// <exception cref="SealingException">None is named.</exception>
    public KeyRing Ring() => settings.KeyRing is { } path
        ? new KeyRing(path, time)
        : throw new SealingException("no key ring is named", "write security.key_ring, or give --ring DIR");

    /// <summary>The passphrase that opens the keys; null when none is configured. The caller disposes of it.</summary>
    /// <exception cref="SealingException">Its file cannot be used, or it is too short.</exception>
    public Passphrase? Passphrase() => settings.Passphrase is { } source ? PassphraseOf(source) : null;

    /// <summary>A passphrase: exactly what the source holds, without one line end at its end. The caller disposes of it.</summary>
    /// <param name="source">Where it is.</param>
    /// <exception cref="SealingException">Its file cannot be used, or it is too short.</exception>
    public static Passphrase PassphraseOf(SecretSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        using SecretBytes bytes = SecretKeyFile.Read(source);
        ReadOnlySpan<byte> text = bytes.Span;
        text = text.EndsWith("\n"u8) ? text[..^1] : text;
        text = text.EndsWith("\r"u8) ? text[..^1] : text;
        return text.Length >= AlgorithmPolicy.ShortestPassphrase
            ? new Passphrase(text)
            : throw new SealingException($"{Place(source)}: the passphrase is shorter than {AlgorithmPolicy.ShortestPassphrase} bytes");
    }

    /// <summary>The token whose keys sign; null when none is configured.</summary>
    public TokenKeyAccess? Token => settings.Token is { } token ? new TokenKeyAccess(token) : null;

    /// <summary>Whether a key ring is named.</summary>
    public bool HasRing => settings.KeyRing is not null;

    /// <summary>
    /// The keys that sign: a token's where one is configured, and the file's or ring's for an algorithm that the token has no key of. The
    /// caller disposes of them.
    /// </summary>
    /// <exception cref="SealingException">None is named, its file cannot be used, or the co-signature that is required cannot be made.</exception>
    /// <exception cref="KeyRingException">The ring has none in use, or is open to others.</exception>
    /// <exception cref="KeyFormException">The passphrase is another one, or the key cannot be used.</exception>
    public SigningKeys OpenSigning()
    {
        using Passphrase? passphrase = Passphrase();
        SigningKeys keys = settings.Token is { } token ? new TokenKeyAccess(token).OpenSigning(algorithm => OpenOwn(algorithm, passphrase))
            : settings.SigningKey is { } source ? new SigningKeys(OwnSigning(source, passphrase))
            : Guarded(() => new SigningKeys(Ring().OpenSigning(passphrase)));
        if (settings.RequiresCosignature && !keys.Cosigns)
        {
            keys.Dispose();
            throw new SealingException(
                "security.require_cosignature asks for an RSA-PSS and a P-256 signature, and there is one signing key only", settings.Token is null ? "'tars keys create signing' makes the pair in a key ring" : "make the other key in the token too, under the same label, or name a key ring that has it");
        }

        return keys;
    }

    /// <summary>The key under which new files are sealed. The caller disposes of it.</summary>
    /// <exception cref="SealingException">None is named, or its file cannot be used.</exception>
    /// <exception cref="KeyRingException">The ring has none in use, or is open to others.</exception>
    /// <exception cref="KeyFormException">The passphrase is another one, or the key cannot be used.</exception>
    public KeyEncryptionKey OpenCurrentEncryption()
    {
        using Passphrase? passphrase = Passphrase();
        return settings.EncryptionKey is { } source
            ? OwnEncryption(source, passphrase)
            : Guarded(() => Open(Ring(), Ring().CurrentEncryption(), passphrase));
    }

    /// <summary>Every key that opens sealed files, of whatever version; the caller disposes of each.</summary>
    /// <exception cref="SealingException">None is named, or a file cannot be used.</exception>
    /// <exception cref="KeyRingException">The ring is not there, or is open to others.</exception>
    /// <exception cref="KeyFormException">The passphrase is another one, or a key cannot be used.</exception>
    public IReadOnlyList<KeyEncryptionKey> OpenAllEncryption()
    {
        using Passphrase? passphrase = Passphrase();
        List<KeyEncryptionKey> keys = [];
        if (settings.EncryptionKey is { } source)
        {
            keys.Add(OwnEncryption(source, passphrase));
        }

        if (settings.KeyRing is not null || keys.Count == 0)
        {
            keys.AddRange(Guarded(() => OpenAll(Ring(), passphrase, keys)));
        }

        return keys;
    }

    /// <summary>The public keys that are believed: the ring's, and the one of <c>security.public_key_path</c>.</summary>
    /// <exception cref="SealingException">None is named.</exception>
    /// <exception cref="KeyRingException">A file cannot be used.</exception>
    public TrustedKeys Trusted()
    {
        TrustedKeys own = settings.PublicKey is { } path ? TrustedKeys.FromFile(path) : new TrustedKeys([]);
        return settings.KeyRing is not null || settings.PublicKey is null ? own.With(Guarded(() => Ring().Trusted()).Keys) : own;
    }

    // The system's own answers (no right, no disk) are told as the machine's, with the ring they are about.
    private T Guarded<T>(Func<T> use)
    {
        try
        {
            return use();
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException || (exception is IOException and not KeyRingException))
        {
            throw new SealingException($"{settings.KeyRing}: the key ring cannot be read: {exception.Message}", null, exception);
        }
    }

    private static List<KeyEncryptionKey> OpenAll(KeyRing ring, Passphrase? passphrase, IReadOnlyList<KeyEncryptionKey> besides)
    {
        List<KeyEncryptionKey> keys = [];
        try
        {
            foreach (KeyEntry entry in ring.Entries().Where(entry => entry.Purpose == KeyPurpose.Encryption && besides.All(key => key.Name != new KeyVersion(entry.KeyId, entry.Version))))
            {
                keys.Add(Open(ring, entry, passphrase));
            }

            return keys;
        }
        catch (Exception exception) when (exception is KeyFormException or IOException or UnauthorizedAccessException)
        {
            keys.ForEach(key => key.Dispose());
            throw;
        }
    }

    private static KeyEncryptionKey Open(KeyRing ring, KeyEntry entry, Passphrase? passphrase)
    {
        using SecretBytes bytes = ring.OpenEncryption(entry, passphrase);
        return new KeyEncryptionKey(entry.KeyId, entry.Version, bytes.Span);
    }

    private PrivateKey? OpenOwn(SignatureAlgorithm algorithm, Passphrase? passphrase)
    {
        if (settings.SigningKey is not { } source)
        {
            return settings.KeyRing is null ? null : Guarded(() => Ring().OpenSigning(algorithm, passphrase));
        }

        PrivateKey own = OwnSigning(source, passphrase);
        if (own.PublicKey.Algorithm == algorithm)
        {
            return own;
        }

        own.Dispose();
        throw new SealingException(
            $"{Place(source)}: it holds a key of the algorithm that the token signs with; {AlgorithmPolicy.NameOf(algorithm)} is missing", "leave out one of the two, or name a key of the other algorithm");
    }

    private static PrivateKey OwnSigning(SecretSource source, Passphrase? passphrase) => Read(source, passphrase) switch
    {
        KeyFile.Signing signing => signing.Key,
        KeyFile other => throw NotFor(source, other, "a private key is expected"),
    };

    // A key outside a ring has no history: it is version 1.
    private static KeyEncryptionKey OwnEncryption(SecretSource source, Passphrase? passphrase)
    {
        KeyFile file = Read(source, passphrase);
        if (file is not KeyFile.Encryption encryption)
        {
            throw NotFor(source, file, "an AES-256 key is expected");
        }

        using (encryption.Key)
        {
            return new KeyEncryptionKey(encryption.KeyId, 1, encryption.Key.Span);
        }
    }

    private static KeyFile Read(SecretSource source, Passphrase? passphrase)
    {
        using SecretBytes bytes = SecretKeyFile.Read(source);
        try
        {
            return KeyFile.Read(bytes.Span, passphrase);
        }
        catch (KeyFormException exception)
        {
            throw new KeyFormException($"{Place(source)}: {exception.Message}", exception);
        }
    }

    private static SealingException NotFor(SecretSource source, KeyFile file, string expected)
    {
        IDisposable? secret = file switch { KeyFile.Signing signing => signing.Key, KeyFile.Encryption encryption => encryption.Key, _ => null };
        secret?.Dispose();
        return new SealingException($"{Place(source)}: it holds another kind of key; {expected}");
    }

    private static string Place(SecretSource source) => source is SecretSource.File file ? file.Path : "the configured secret";
}
