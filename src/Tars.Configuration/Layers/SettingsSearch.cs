using Tars.Configuration.Schemas;

namespace Tars.Configuration.Layers;

/// <summary>Where configuration is looked for and what the caller asked; nothing here reads the process.</summary>
public sealed record SettingsSearch
{
    /// <summary>The file given with <c>--config</c>; null to search.</summary>
    public string? ConfigPath { get; init; }

    /// <summary>The profile given with <c>--profile</c>; null to take it from the environment.</summary>
    public string? Profile { get; init; }

    /// <summary>The values given on the command line, in order.</summary>
    public IReadOnlyList<CommandLineSetting> CommandLine { get; init; } = [];

    /// <summary>The environment variables.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>What the settings are for: secrets that have another use are not asked for.</summary>
    public SecretUses Uses { get; init; } = SecretUses.All;

    /// <summary>The files that are looked at; those on disk unless a caller keeps its own in memory.</summary>
    public SettingsFiles Files { get; init; } = SettingsFiles.OnDisk;

    /// <summary>The folder that relative paths start from, absolute.</summary>
    public required string WorkingFolder { get; init; }

    /// <summary>The folder of the user's own configuration; null when there is none.</summary>
    public string? UserFolder { get; init; }

    /// <summary>The folder of the machine's configuration; null when there is none.</summary>
    public string? SystemFolder { get; init; }

    /// <summary>Returns a search with this process's environment, working folder and configuration folders
    /// (<c>$XDG_CONFIG_HOME/tars</c> or <c>~/.config/tars</c>, and <c>/etc/tars</c>; on Windows the application data folders).</summary>
    public static SettingsSearch OfProcess()
    {
        Dictionary<string, string> environment = new(StringComparer.Ordinal);
        foreach (System.Collections.DictionaryEntry variable in System.Environment.GetEnvironmentVariables())
        {
            environment[(string)variable.Key] = (string?)variable.Value ?? "";
        }

        string user = System.Environment.GetFolderPath(System.Environment.SpecialFolder.ApplicationData);
        string system = OperatingSystem.IsWindows()
            ? System.Environment.GetFolderPath(System.Environment.SpecialFolder.CommonApplicationData)
            : "/etc";
        return new SettingsSearch
        {
            Environment = environment,
            WorkingFolder = Directory.GetCurrentDirectory(),
            UserFolder = user.Length == 0 ? null : Path.Combine(user, "tars"),
            SystemFolder = system.Length == 0 ? null : Path.Combine(system, "tars"),
        };
    }
}
