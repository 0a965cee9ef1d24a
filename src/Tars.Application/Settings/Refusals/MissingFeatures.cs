using Tars.Configuration;
using Tars.Configuration.Layers;

namespace Tars.Application.Settings.Refusals;

/// <summary>
/// What a configuration or an option may ask for and this version cannot do yet. What was asked for and cannot be done stops the run; a
/// feature that arrives leaves this table.
/// </summary>
public static class MissingFeatures
{
    private static readonly (string Key, string Feature)[] Switches =
    [
        ("pgp_enabled", "OpenPGP for reports"),
        ("sbom_enabled", "a bill of materials"),
        ("slsa_enabled", "provenance"),
    ];

    /// <summary>Whether <paramref name="feature"/> (<c>OpenPGP for reports</c>, <c>provenance</c>) is missing.</summary>
    public static bool Has(string feature) => Switches.Any(item => item.Feature == feature);

    /// <summary>Returns why a run that asked for <paramref name="feature"/> is refused.</summary>
    public static string Refusal(string feature) =>
        $"{feature} is not available yet, and a report that was to be made with it is not made without";

    internal static void Check(SettingsSection security, ICollection<SettingsProblem> problems)
    {
        foreach ((string key, string feature) in Switches.Where(item => security.Flag(item.Key)))
        {
            problems.Add(security.Problem(key, Refusal(feature)));
        }
    }
}
