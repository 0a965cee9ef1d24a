using System.CommandLine;
using System.Text.Json.Nodes;
using Tars.Application.Sealing;
using Tars.Application.Settings;
using Tars.Configuration.Documents;
using Tars.Sealing.Keys;
using Tars.Sealing.Pkcs11;
using Tars.Sealing.Signatures;

namespace Tars.Cli.CommandLine;

/// <summary>The options of every command that uses keys. A passphrase comes from a file or the configuration, never from the command line.</summary>
internal static class SealingOptions
{
    public static Option<string?> Ring { get; } = CommonOptions.Text("--ring", "DIR", "The key ring, in place of security.key_ring", "--key-ring");

    public static Option<string?> PassphraseFile { get; } = CommonOptions.Text("--passphrase-file", "FILE", "Holds the keys' passphrase, in place of security.key_passphrase_file");

    /// <summary>The options that say which keys are meant.</summary>
    public static IReadOnlyList<Option> Keys { get; } = [Ring, PassphraseFile];

    /// <summary>What the configuration and the options say.</summary>
    public static SealingSettings Of(CommandRun run)
    {
        SealingSettings settings = SealingSettings.Of(run.Load(run.Search()));
        return settings with
        {
            KeyRing = run.Value(Ring) ?? settings.KeyRing,
            Passphrase = run.Value(PassphraseFile) is { } file ? FileOf(file, PassphraseFile) : settings.Passphrase,
        };
    }

    /// <summary>Access to the keys that are meant.</summary>
    public static KeyRingAccess Access(CommandRun run) => new(Of(run), run.Time);

    /// <summary>The secret in a file that an option names.</summary>
    public static SecretSource FileOf(string path, Option option) => new SecretSource.File(path, new Origin(LayerKind.CommandLine, option.Name, 0, 0), option.Name);

    /// <summary>A key as JSON, without the key.</summary>
    public static JsonObject Json(KeyEntry entry) => new()
    {
        ["key_id"] = entry.KeyId,
        ["fingerprint"] = entry.Fingerprint.ToString(),
        ["purpose"] = NameOf(entry.Purpose),
        ["algorithm"] = entry.Algorithm,
        ["version"] = entry.Version,
        ["created_at"] = Instant(entry.CreatedAt),
        ["imported"] = entry.Imported,
        ["passphrase"] = entry.HasPassphrase,
        ["retired_at"] = entry.RetiredAt is { } retired ? Instant(retired) : null,
        ["revocation"] = entry.Revocation is { } revocation
            ? new JsonObject { ["at"] = Instant(revocation.At), ["reason"] = NameOf(revocation.Reason), ["comment"] = revocation.Comment }
            : null,
    };

    /// <summary>A key of a token as JSON.</summary>
    public static JsonObject Json(TokenKey key) => new()
    {
        ["key_id"] = key.PublicKey.KeyId,
        ["fingerprint"] = key.PublicKey.Fingerprint.ToString(),
        ["purpose"] = NameOf(KeyPurpose.Signing),
        ["algorithm"] = AlgorithmPolicy.NameOf(key.PublicKey.Algorithm),
        ["token"] = key.Token,
        ["label"] = key.Label,
        ["id"] = key.Id,
    };

    /// <summary>Whether a key is in use, and since when it is not.</summary>
    public static string StateOf(KeyEntry entry) => entry.Revocation is { } revocation ? $"revoked {Instant(revocation.At)} ({NameOf(revocation.Reason)})"
        : entry.RetiredAt is { } retired ? $"retired {Instant(retired)}"
        : entry.Purpose == KeyPurpose.Verification ? "believed" : "in use";

    /// <summary>A name as files write it.</summary>
    public static string NameOf<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    /// <summary>A time to the second.</summary>
    public static string Instant(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy'-'MM'-'dd'T'HH':'mm':'ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
