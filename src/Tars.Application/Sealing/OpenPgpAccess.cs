using System.Globalization;
using Tars.Sealing.Keys;
using Tars.Sealing.OpenPgp;
using Tars.Sealing.OpenPgp.Keys;
using Tars.Sealing.OpenPgp.Messages;

namespace Tars.Application.Sealing;

/// <summary>The OpenPGP keys that a configuration names: those of keyring files and of a GnuPG home together. Nothing is written, and no key is made.</summary>
/// <param name="settings">What the configuration says.</param>
/// <param name="time">The clock: keys expire.</param>
public sealed class OpenPgpAccess(OpenPgpSettings settings, TimeProvider time)
{
    private const int ShortKeyIdLength = 8;
    private const int MostListed = 10;

    private OpenPgpKeyRing? _keys;

    /// <summary>All keys.</summary>
    /// <exception cref="SealingException">None is named, or a file is not there.</exception>
    /// <exception cref="OpenPgpException">A file is no keyring, or cannot be read.</exception>
    public OpenPgpKeyRing Keys => _keys ??= Read();

    /// <summary>The one key that a text names.</summary>
    /// <param name="text">A fingerprint, a key id of 16 digits, an e-mail address or a whole name.</param>
    /// <param name="option">What named it, for messages.</param>
    /// <exception cref="SealingException">No key is named so, or more than one.</exception>
    public OpenPgpKey One(string text, string option)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            throw new SealingException($"{option}: it is empty", "name a key by fingerprint, key id or e-mail address");
        }

        IReadOnlyList<OpenPgpKey> found = Keys.Matching(text);
        bool isShort = text.Length == ShortKeyIdLength && text.All(char.IsAsciiHexDigit);
        return found.Count switch
        {
            1 => found[0],
            0 => throw new SealingException(
                $"{option} {text}: none of the {Keys.Keys.Count} keys at hand has this fingerprint, key id or e-mail address",
                isShort ? "eight digits name nothing, because such ids are forged within minutes; give 16 or 40" : "'tars pgp list' shows them; 'tars pgp import' takes one in"),
            _ => throw new SealingException($"{option} {text}: {found.Count} keys are named so: {Listed(found)}", "name one by its fingerprint"),
        };
    }

    /// <summary>The key that signs, unlocked.</summary>
    /// <param name="text">What names it; null for the configured key, or the only one whose secret is at hand.</param>
    /// <param name="option">What named it, for messages.</param>
    /// <exception cref="SealingException">No key is named, or it is not clear which.</exception>
    /// <exception cref="OpenPgpException">It cannot sign, or the passphrase is another one.</exception>
    public OpenPgpSigner Signer(string? text, string option)
    {
        OpenPgpKey key = text is not null ? One(text, option)
            : settings.Key is { } configured ? One(configured, "security.pgp_key_id")
            : Keys.Keys.Where(one => one.HasSecret).ToArray() switch
            {
                [var only] => only,
                [] => throw new SealingException("none of the keys at hand has a secret part, which signing needs", "name a keyring file with it, or a GnuPG home"),
                var several => throw new SealingException($"{several.Length} keys could sign: {Listed(several)}", $"name one with {option}, or write security.pgp_key_id"),
            };
        using SecretBytes? passphrase = Passphrase();
        return OpenPgpSigner.Unlock(key, passphrase is null ? [] : passphrase.Span, time.GetUtcNow());
    }

    /// <summary>The passphrase that opens secret keys, UTF-8; null when none is configured. The caller disposes of it.</summary>
    /// <exception cref="SealingException">Its file cannot be used.</exception>
    public SecretBytes? Passphrase()
    {
        if (settings.Passphrase is not { } source)
        {
            return null;
        }

        using SecretBytes bytes = SecretKeyFile.Read(source);
        ReadOnlySpan<byte> text = bytes.Span;
        text = text.EndsWith("\n"u8) ? text[..^1] : text;
        return new SecretBytes(text.EndsWith("\r"u8) ? text[..^1] : text);
    }

    /// <summary>A key in one line: fingerprint and names.</summary>
    /// <param name="key">The key.</param>
    public static string Describe(OpenPgpKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key.UserIds.Count == 0 ? $"{key.Fingerprint} (no valid name)" : $"{key.Fingerprint} {NamesOf(key)}";
    }

    /// <summary>The names of a key, as they can be shown: whoever made the key chose them, so no control character reaches a terminal.</summary>
    /// <param name="key">The key.</param>
    public static string NamesOf(OpenPgpKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return string.Concat(string.Join(", ", key.UserIds).Select(c => IsUnsafe(c) ? $"\\u{(int)c:x4}" : c.ToString()));
    }

    private static bool IsUnsafe(char c) => char.GetUnicodeCategory(c)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static string Listed(IReadOnlyList<OpenPgpKey> keys) =>
        string.Concat(keys.Take(MostListed).Select(key => $"\n  {Describe(key)}")) + (keys.Count > MostListed ? $"\n  and {keys.Count - MostListed} more" : string.Empty);

    private OpenPgpKeyRing Read()
    {
        if (settings.KeyRings.Count == 0 && settings.Home is null)
        {
            throw new SealingException(
                "no OpenPGP keys are named", "give --keyring FILE or --pgp-home DIR, or write security.pgp_keyring or security.pgp_home_dir");
        }

        OpenPgpKeyRing keys = OpenPgpKeyRing.Empty;
        foreach (string file in settings.KeyRings)
        {
            keys = keys.With(File.Exists(file) ? OpenPgpKeyRing.ReadFile(file) : throw new SealingException($"{file}: there is no such keyring file"));
        }

        return settings.Home is not { } home ? keys
            : Directory.Exists(home) ? keys.With(OpenPgpKeyRing.ReadGnuPgHome(home))
            : throw new SealingException($"{home}: there is no such folder; a GnuPG home is expected");
    }
}
