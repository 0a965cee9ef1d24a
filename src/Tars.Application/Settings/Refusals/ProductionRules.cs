using Tars.Configuration;
using Tars.Configuration.Documents;
using Tars.Configuration.Layers;

namespace Tars.Application.Settings.Refusals;

/// <summary>What the profile <c>prod</c> refuses unless a file waives it by name, with a reason.</summary>
public static class ProductionRules
{
    /// <summary>The profile that these rules bind.</summary>
    public const string Profile = "prod";

    private static readonly Rule[] Rules =
    [
        new("tls", Requirements.Api, root => Api(root) is { } api && !api.Flag("tls_enabled") ? api.Problem("tls_enabled", "is off, and prod serves the API over TLS only") : null),
        new("tls_min_version", Requirements.Api, root => Api(root) is { } api && api.Flag("tls_enabled") && api.Text("tls_min_version") != "1.3"
            ? api.Problem("tls_min_version", $"is {api.Text("tls_min_version")}, and prod speaks TLS 1.3 only") : null),
        new("wildcard_cors", Requirements.Api, root => Api(root) is { } api && api.Flag("cors_enabled") && api.Texts("cors_origins").Any(origin => origin.Contains('*', StringComparison.Ordinal))
            ? api.Problem("cors_origins", "holds a *, and prod names the origins that may call") : null),
        new("weak_secrets", Requirements.Api, WeakSecret),
        new("mfa", Requirements.Api, root => Api(root) is { } api && !api.Texts("require_mfa").Contains("admin")
            ? api.Problem("require_mfa", "leaves out admin, and in prod administrators log in with a second factor") : null),
        new("encryption", Requirements.Command, root => Off(root.Section("security"), "encryption_enabled", "is off, and prod encrypts reports")),
        new("signing", Requirements.Command, root => Off(root.Section("security"), "signing_enabled", "is off, and prod signs reports")),
        new("enforcement", Requirements.Command, root => root.Section("compliance") is var compliance && compliance.Text("enforcement_mode") != "block"
            ? compliance.Problem("enforcement_mode", $"is {compliance.Text("enforcement_mode")}, and in prod a violation blocks") : null),
        new("audit", Requirements.Command, root => Off(root.Section("compliance"), "audit_chain_enabled", "is off, and prod keeps an audit log")),
        new("two_person", Requirements.Command, root => Off(root.Section("compliance"), "audit_two_person", "is off, and in prod two persons remove from the audit log")),
    ];

    /// <summary>The names of the rules, as <c>waivers</c> names them.</summary>
    public static IEnumerable<string> Names => Rules.Select(rule => rule.Name);

    /// <summary>What <see cref="Profile"/> would refuse of a configuration of another profile: settings that are for development.</summary>
    /// <param name="loaded">The configuration.</param>
    /// <param name="requirements">What it is used for.</param>
    /// <returns>Each with the name of its rule; empty in <see cref="Profile"/>, which refuses them.</returns>
    public static IReadOnlyList<(string Rule, SettingsProblem Problem)> DevelopmentSettings(LoadedSettings loaded, Requirements requirements)
    {
        ArgumentNullException.ThrowIfNull(loaded);
        return loaded.Profile == Profile ? []
            : [.. Rules.Where(rule => requirements.HasFlag(rule.Binds)).Select(rule => (rule.Name, Problem: rule.Refuse(loaded.Root))).Where(one => one.Problem is not null).Select(one => (one.Name, one.Problem!))];
    }

    /// <summary>Adds what is refused; returns what a file waives.</summary>
    internal static IReadOnlyList<Waiver> Check(LoadedSettings loaded, Requirements requirements, ICollection<SettingsProblem> problems)
    {
        List<Waiver> waived = [];
        if (loaded.Profile != Profile)
        {
            return waived;
        }

        SettingsSection waivers = loaded.Section("waivers");
        foreach (Rule rule in Rules.Where(rule => requirements.HasFlag(rule.Binds)))
        {
            SettingsProblem? refusal = rule.Refuse(loaded.Root);
            if (!waivers.IsWritten(rule.Name))
            {
                if (refusal is not null)
                {
                    problems.Add(refusal with { Message = $"{refusal.Message}; or waive it with its reason: waivers.{rule.Name}" });
                }

                continue;
            }

            Origin origin = waivers.OriginOf(rule.Name);
            if (refusal is null)
            {
                problems.Add(waivers.Problem(rule.Name, "waives what is not refused; remove it"));
            }
            else if (origin.Layer is not (LayerKind.File or LayerKind.ProfileFile))
            {
                problems.Add(waivers.Problem(rule.Name, "is no waiver here: write it in a file, where it can be read and reviewed"));
            }
            else
            {
                waived.Add(new Waiver(rule.Name, waivers.Text(rule.Name), origin, $"{refusal.Path}: {refusal.Message}"));
            }
        }

        return waived;
    }

    private static SettingsSection? Api(SettingsSection root) => root.Section("api") is var api && api.Flag("enabled") ? api : null;

    private static SettingsProblem? Off(SettingsSection section, string key, string message) => section.Flag(key) ? null : section.Problem(key, message);

    private static SettingsProblem? WeakSecret(SettingsSection root)
    {
        SettingsSection storage = root.Section("storage");
        if (Api(root) is { } api && api.Text("auth_mode") == "jwt" && api.Has("jwt_secret") && SecretStrength.Refuse(api.Text("jwt_secret"), SecretStrength.SigningBits) is string weak)
        {
            return api.Problem("jwt_secret", weak);
        }

        foreach (string key in (ReadOnlySpan<string>)["database_password", "redis_password"])
        {
            if (storage.Has(key) && SecretStrength.Refuse(storage.Text(key), SecretStrength.PasswordBits) is string reason)
            {
                return storage.Problem(key, reason);
            }
        }

        return null;
    }

    private sealed record Rule(string Name, Requirements Binds, Func<SettingsSection, SettingsProblem?> Refuse);
}
