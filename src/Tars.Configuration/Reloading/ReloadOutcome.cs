using Tars.Configuration.Layers;

namespace Tars.Configuration.Reloading;

/// <summary>What came of loading a configuration again.</summary>
public abstract record ReloadOutcome
{
    private ReloadOutcome()
    {
    }

    /// <summary>The new configuration is in force.</summary>
    /// <param name="Changes">What is different; those that need a restart say so.</param>
    public sealed record Replaced(IReadOnlyList<SettingsChange> Changes) : ReloadOutcome;

    /// <summary>Nothing is different; secrets that were rotated may still have new values behind the same keys.</summary>
    public sealed record Unchanged : ReloadOutcome;

    /// <summary>The new configuration is invalid; the last good one stays in force.</summary>
    /// <param name="Problems">Everything that is wrong with it.</param>
    public sealed record Kept(IReadOnlyList<SettingsProblem> Problems) : ReloadOutcome;
}
