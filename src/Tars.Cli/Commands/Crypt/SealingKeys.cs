using System.CommandLine;
using Tars.Application.Sealing;
using Tars.Application.Settings;
using Tars.Cli.CommandLine;
using Tars.Sealing.Keys;
using Tars.Sealing.Streams;

namespace Tars.Cli.Commands.Crypt;

/// <summary>The encryption keys that a command line or the configuration names. Opened when they are needed, cleared on disposal.</summary>
internal sealed class SealingKeys : IDisposable
{
    private readonly Passphrase? _passphrase;
    private readonly List<(string KeyId, SecretBytes Key)> _files = [];
    private readonly Dictionary<string, SecretBytes> _opened = [];
    private bool _isConfigured;

    private SealingKeys(KeyRing? ring, SealingSettings settings, string? passphraseFile, TimeProvider time)
    {
        Ring = ring;
        _passphrase = passphraseFile is null ? new KeyRingAccess(settings, time).Passphrase() : ReadPassphrase(passphraseFile);
    }

    public static Option<string?> RingOption { get; } = CommonOptions.Text("--ring", "DIR", "The key ring, in place of security.key_ring", "--key-ring");

    public static Option<string[]> KeyOption { get; } = new("--key")
    {
        HelpName = "FILE",
        Description = "A file with an AES-256 key, in place of the key ring; may be repeated",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    public static Option<string?> PassphraseOption { get; } = CommonOptions.Text("--passphrase-file", "FILE", "A file with the passphrase of the keys; a line feed at its end does not count");

    /// <summary>The ring; null when only key files were named.</summary>
    public KeyRing? Ring { get; }

    /// <summary>Reads what is named. The ring is left out when key files are named and no ring.</summary>
    /// <exception cref="SealingException">A file cannot be used, or no key is named at all.</exception>
    public static SealingKeys Of(CommandRun run)
    {
        string[] files = run.Value(KeyOption) ?? [];
        string? folder = run.Value(RingOption);
        SealingSettings settings = folder is null && files.Length == 0
            ? SealingSettings.Of(run.Load(run.Search()))
            : new SealingSettings(false, false, false, folder, null, null, null, null);
        KeyRing? ring = folder is not null ? new KeyRing(folder, run.Time)
            : settings.KeyRing is { } configured ? new KeyRing(configured, run.Time)
            : files.Length > 0 || settings.EncryptionKey is not null ? null
            : throw new SealingException("no key is named", "give --ring DIR or --key FILE, or write security.key_ring");
        SealingKeys keys = new(ring, settings, run.Value(PassphraseOption), run.Time);
        try
        {
            foreach (string file in files)
            {
                using SecretBytes content = SecretKeyFile.Read(file, KeyOption.Name);
                keys.Add(content, file);
            }

            if (settings.EncryptionKey is { } source)
            {
                using SecretBytes content = SecretKeyFile.Read(source);
                keys.Add(content, source is SecretSource.File own ? own.Path : "the configured secret");
                keys._isConfigured = true;
            }

            return keys;
        }
        catch (Exception exception) when (exception is SealingException or KeyFormException or UsageException)
        {
            keys.Dispose();
            throw;
        }
    }

    /// <summary>The keys held that a file names. A key is known by its id, which is derived from it, whatever version the file calls it.</summary>
    public IReadOnlyList<KeyEncryptionKey> NamedBy(SealedHeader header) =>
        [.. header.Recipients.Where(Holds).Select(name => new KeyEncryptionKey(name.KeyId, name.Version, Bytes(name.KeyId).Span))];

    /// <summary>The keys that new files are sealed for: those of key files, and of the ring those named, or its current one.</summary>
    /// <param name="names">Ids of keys in the ring; empty for the current one.</param>
    public IReadOnlyList<KeyEncryptionKey> Recipients(IReadOnlyList<string> names)
    {
        // The configured key is the current one, as for reports; a name asks for a key of the ring in its place.
        List<KeyEncryptionKey> recipients = [.. (_isConfigured && names.Count > 0 ? [] : _files).Select(file => new KeyEncryptionKey(file.KeyId, 1, file.Key.Span))]; // a key without a ring has no history
        if (names.Count > 0 && Ring is null)
        {
            throw new UsageException("--to names keys of a ring", "give --ring DIR");
        }

        KeyEntry[] entries = Ring is null || (_isConfigured && names.Count == 0) ? [] : names.Count == 0 ? [Ring.CurrentEncryption()] : [.. names.Select(Usable)];
        recipients.AddRange(entries.Select(entry => new KeyEncryptionKey(entry.KeyId, entry.Version, Bytes(entry.KeyId).Span)));
        return recipients.GroupBy(recipient => recipient.Name.KeyId).FirstOrDefault(group => group.Count() > 1) is { } twice
            ? throw new UsageException($"key {twice.Key} is given twice")
            : recipients.Count > 32 ? throw new UsageException($"{recipients.Count} recipients; a file has 32 at most")
            : recipients;
    }

    /// <summary>The one key held, for files that do not say which key they need.</summary>
    public SecretBytes Only()
    {
        string[] ids = [.. _files.Select(file => file.KeyId), .. EncryptionEntries().Select(entry => entry.KeyId)];
        return ids.Length == 1 ? Bytes(ids[0]) : throw new UsageException(
            $"{ids.Length} keys are named, and such a file does not say which one it needs", "give one with --key FILE");
    }

    /// <summary>What the ring holds for encryption, in the order of versions.</summary>
    public IReadOnlyList<KeyEntry> EncryptionEntries() => Ring is null ? [] : [.. Ring.Entries().Where(entry => entry.Purpose == KeyPurpose.Encryption)];

    /// <summary>A key's bytes; this object clears them.</summary>
    public SecretBytes Bytes(string keyId)
    {
        if (_files.Find(file => file.KeyId == keyId).Key is { } fromFile)
        {
            return fromFile;
        }

        if (!_opened.TryGetValue(keyId, out SecretBytes? key))
        {
            key = Ring!.OpenEncryption(EncryptionEntries().First(entry => entry.KeyId == keyId), _passphrase);
            _opened.Add(keyId, key);
        }

        return key;
    }

    public void Dispose()
    {
        _passphrase?.Dispose();
        foreach (SecretBytes key in _files.Select(file => file.Key).Concat(_opened.Values))
        {
            key.Dispose();
        }
    }

    private bool Holds(KeyVersion name) => _files.Exists(file => file.KeyId == name.KeyId) || EncryptionEntries().Any(entry => entry.KeyId == name.KeyId);

    private KeyEntry Usable(string name)
    {
        KeyEntry entry = Ring!.Find(name);
        return entry.Purpose != KeyPurpose.Encryption ? throw new UsageException($"--to {name}: it is no encryption key")
            : entry.IsUsable ? entry
            : throw new UsageException($"--to {name}: the key is {(entry.Revocation is null ? "retired" : "revoked")}; nothing new is sealed for it");
    }

    private void Add(SecretBytes content, string path)
    {
        KeyFile file;
        try
        {
            file = KeyFile.Read(content.Span, _passphrase);
        }
        catch (KeyFormException exception)
        {
            throw new KeyFormException($"{path}: {exception.Message}", exception);
        }

        if (file is not KeyFile.Encryption encryption)
        {
            (file as KeyFile.Signing)?.Key.Dispose();
            throw new UsageException($"{path}: it holds another kind of key; an AES-256 key is expected");
        }

        _files.Add((encryption.KeyId, encryption.Key));
    }

    private static Passphrase ReadPassphrase(string path)
    {
        using SecretBytes content = SecretKeyFile.Read(path, PassphraseOption.Name);
        ReadOnlySpan<byte> text = content.Span;
        text = text.EndsWith("\n"u8) ? text[..^1] : text;
        return new Passphrase(text.EndsWith("\r"u8) ? text[..^1] : text);
    }
}
