using Tars.Application.Settings;
using Tars.Configuration.Layers;

namespace Tars.Application.Sealing;

/// <summary>What the section <c>security</c> says about OpenPGP.</summary>
/// <param name="KeyRings">Keyring files.</param>
/// <param name="Home">A GnuPG home, read only; null when none is named.</param>
/// <param name="Key">The key that is meant where none is named; null when none is.</param>
/// <param name="Passphrase">Opens secret keys, in a file or inline; null when they have none.</param>
public sealed record OpenPgpSettings(IReadOnlyList<string> KeyRings, string? Home, string? Key, SecretSource? Passphrase)
{
    /// <summary>Binds the section.</summary>
    /// <param name="loaded">The configuration.</param>
    public static OpenPgpSettings Of(LoadedSettings loaded)
    {
        ArgumentNullException.ThrowIfNull(loaded);
        SettingsSection security = loaded.Section("security");
        string? file = SealingSettings.PathOf(loaded, security, "pgp_keyring");
        return new OpenPgpSettings(
            file is null ? [] : [file],
            SealingSettings.PathOf(loaded, security, "pgp_home_dir"),
            security.TextOrNull("pgp_key_id"),
            SealingSettings.Secret(loaded, security, "pgp_passphrase", "pgp_passphrase_file"));
    }
}
