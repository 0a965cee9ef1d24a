using Tars.Application.Settings;
using Tars.Configuration.Documents;
using Tars.Configuration.Layers;
using Tars.Sealing.Pkcs11;

namespace Tars.Application.Sealing;

/// <summary>A token whose keys sign.</summary>
/// <param name="Reference">The module, the token and its keys.</param>
/// <param name="Pin">The user PIN, in a file or inline; null when none is configured: public keys can still be read.</param>
public sealed record TokenSettings(TokenReference Reference, SecretSource? Pin);

/// <summary>What the section <c>security</c> says about sealing.</summary>
/// <param name="Signs">Whether reports are signed.</param>
/// <param name="Encrypts">Whether reports are encrypted.</param>
/// <param name="RequiresCosignature">Whether a signature without its P-256 co-signature is refused.</param>
/// <param name="KeyRing">The folder of keys; null when none is named.</param>
/// <param name="SigningKey">The private key, in a file or inline; null when it is the ring's.</param>
/// <param name="PublicKey">The file of a public key that verifies; null when none is named.</param>
/// <param name="EncryptionKey">The AES-256 key, in a file or inline; null when it is the ring's.</param>
/// <param name="Passphrase">Opens the keys, in a file or inline; null when they have none.</param>
/// <param name="Token">The token whose keys sign; null when keys are in files.</param>
public sealed record SealingSettings(
    bool Signs,
    bool Encrypts,
    bool RequiresCosignature,
    string? KeyRing,
    SecretSource? SigningKey,
    string? PublicKey,
    SecretSource? EncryptionKey,
    SecretSource? Passphrase,
    TokenSettings? Token = null)
{
    /// <summary>Where timestamps come from; null when none are fetched.</summary>
    public TimestampSettings? Timestamp { get; init; }

    /// <summary>Binds the section.</summary>
    /// <param name="loaded">The configuration.</param>
    /// <exception cref="SealingException">A PIN stands on the command line.</exception>
    public static SealingSettings Of(LoadedSettings loaded)
    {
        ArgumentNullException.ThrowIfNull(loaded);
        SettingsSection security = loaded.Section("security");
        return new SealingSettings(
            security.Flag("signing_enabled"),
            security.Flag("encryption_enabled"),
            security.Flag("require_cosignature"),
            PathOf(loaded, security, "key_ring"),
            Secret(loaded, security, "signing_key", "signing_key_path"),
            PathOf(loaded, security, "public_key_path"),
            Secret(loaded, security, "encryption_key", "encryption_key_path"),
            Secret(loaded, security, "key_passphrase", "key_passphrase_file"),
            TokenOf(loaded, security))
        {
            Timestamp = security.Has("timestamp_url")
                ? new TimestampSettings(security.Url("timestamp_url"), PathOf(loaded, security, "timestamp_ca"), security.TextOrNull("timestamp_policy"))
                : null,
        };
    }

    /// <summary>Where the file of a key is: what a file says is relative to that file, anything else to the working folder; null when the key has no value.</summary>
    public static string? PathOf(LoadedSettings loaded, SettingsSection security, string key) =>
        security.FilePathOrNull(key) is { } path ? Path.Combine(loaded.WorkingFolder, path) : null;

    // Other users of the machine see a command line, and a PIN is all that stands between them and the token.
    private static TokenSettings? TokenOf(LoadedSettings loaded, SettingsSection security)
    {
        if (security.Has("pkcs11_pin") && security.OriginOf("pkcs11_pin").Layer == LayerKind.CommandLine)
        {
            throw new SealingException("--set security.pkcs11_pin: a PIN is not taken from the command line, which other users see", "write security.pkcs11_pin_file, or put pkcs11_pin into the secret backend");
        }

        return PathOf(loaded, security, "pkcs11_module") is not { } module ? null : new TokenSettings(
            new TokenReference(module, security.TextOrNull("pkcs11_token_label"), security.TextOrNull("pkcs11_key_label"), security.TextOrNull("pkcs11_key_id")?.ToLowerInvariant()),
            Secret(loaded, security, "pkcs11_pin", "pkcs11_pin_file"));
    }

    internal static SecretSource? Secret(LoadedSettings loaded, SettingsSection security, string key, string pathKey) =>
        PathOf(loaded, security, pathKey) is { } path ? new SecretSource.File(path, security.OriginOf(pathKey), $"security.{pathKey}")
        : security.TextOrNull(key) is { } text ? new SecretSource.Inline(text)
        : null;
}
