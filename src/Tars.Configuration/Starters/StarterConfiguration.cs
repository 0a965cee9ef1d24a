using System.Text;
using Tars.Configuration.Documents;
using Tars.Configuration.Profiles;
using Tars.Configuration.Schemas;
using Tars.Configuration.Sections;

namespace Tars.Configuration.Starters;

/// <summary>A key that a profile needs and that only the user can give.</summary>
/// <param name="Path">The key.</param>
/// <param name="Example">A value as it may be written in YAML; never a key or a password.</param>
/// <param name="Description">What it is.</param>
public sealed record NeededKey(string Path, string Example, string Description);

/// <summary>
/// The commented configuration somebody starts with: for a built-in profile the file that lies over it, for a name of one's own the profile
/// itself, which begins as <c>prod</c>. No key and no password is in it, and nothing that listens to the world unprotected.
/// </summary>
public sealed class StarterConfiguration
{
    private static readonly (string Path, string Example, string[] Profiles)[] Needs =
    [
        ("api.base_url", "https://tars.example.com", ["staging", "prod"]),
        ("api.tls_cert_path", "/etc/tars/tls/tls.crt", ["dev", "staging", "prod"]),
        ("api.tls_key_path", "/etc/tars/tls/tls.key", ["dev", "staging", "prod"]),
        ("api.jwt_secret", "${JWT_SECRET}", ["staging", "prod"]),
        ("security.key_ring", "/etc/tars/keys", ["dev", "staging", "prod"]),
        ("secrets.vault_url", "https://vault.example.com", ["staging", "prod"]),
        ("secrets.vault_token", "${VAULT_TOKEN}", ["staging", "prod"]),
    ];

    /// <summary>Creates the configuration.</summary>
    /// <param name="profile">A built-in profile, or the name of a profile of one's own.</param>
    /// <param name="prometheusUrl">The backend's address, as a value of <c>observability.prometheus_url</c>.</param>
    /// <param name="timeZone">The time zone, as a value of <c>observability.time_zone</c>.</param>
    /// <exception cref="SettingsException">One of them is none; every problem is in it.</exception>
    public StarterConfiguration(string profile, string prometheusUrl, string timeZone)
    {
        List<SettingsProblem> problems = [];
        if (!BuiltInProfiles.IsName(profile))
        {
            problems.Add(new SettingsProblem(OptionOf("--profile"), "", BuiltInProfiles.NoName));
        }

        Check("observability.prometheus_url", prometheusUrl, "--prometheus-url", problems);
        Check("observability.time_zone", timeZone, "--time-zone", problems);
        if (problems.Count > 0)
        {
            throw new SettingsException(problems);
        }

        (Profile, PrometheusUrl, TimeZone) = (profile, prometheusUrl, timeZone);
    }

    /// <summary>The profile it is for.</summary>
    public string Profile { get; }

    /// <summary>Whether it is a profile of one's own.</summary>
    public bool IsOwnProfile => !BuiltInProfiles.Names.Contains(Profile);

    /// <summary>Whether reports are signed and encrypted.</summary>
    public bool Seals => Profile != BuiltInProfiles.DefaultName;

    /// <summary>Whether clients of the API log in by tokens, which a secret signs.</summary>
    public bool TakesTokens => Base is "staging" or "prod";

    /// <summary>The folder of a key ring that was made; null leaves it open.</summary>
    public string? KeyRing { get; init; }

    /// <summary>The file with the passphrase of that ring; null when it has none.</summary>
    public string? PassphraseFile { get; init; }

    /// <summary>The folder that a secret for tokens was put into; null leaves it open.</summary>
    public string? SecretsFolder { get; init; }

    /// <summary>The backend's address.</summary>
    public string PrometheusUrl { get; }

    /// <summary>The time zone.</summary>
    public string TimeZone { get; }

    /// <summary>What the profile needs and the file leaves open; empty for <c>local</c>.</summary>
    public IReadOnlyList<NeededKey> Needed =>
    [
        .. Needs.Where(need => need.Profiles.Contains(Base) && !IsGiven(need.Path))
            .Select(need => new NeededKey(need.Path, need.Example, DescriptionOf(need.Path))),
    ];

    private string Base => IsOwnProfile ? "prod" : Profile;

    /// <summary>Returns the file's text.</summary>
    public string ToYaml()
    {
        StringBuilder text = new();
        string option = Profile == BuiltInProfiles.DefaultName ? "" : $" --profile {Profile}";
        text.Append($"""
            # {(IsOwnProfile ? $"The profile {Profile}, written by tars init: it begins as prod, and tars.yaml lies over it." : $"A configuration for the profile {Profile}, written by tars init.")}
            # Every key: tars config docs. One key: tars config explain KEY{option}. Is it right: tars config validate{option}.
            # Keys and passwords do not belong here: write {"${NAME}"}, and give NAME in a secret backend or a variable.

            observability:
              # {DescriptionOf("observability.prometheus_url")}
              prometheus_url: {YamlText.Scalar(PrometheusUrl, isText: true)}
              # {DescriptionOf("observability.time_zone")}
              time_zone: {YamlText.Scalar(TimeZone, isText: true)}

            """);
        text.Append(IsOwnProfile ? "" : $"""

            # What is observed; 'tars discover --output -' shows what the backend has in this form.
            services: []
            #  - name: checkout
            #    labels: {"{ job: checkout }"}      # matchers added to every query
            #    preset: prometheus-http      # indicators as the framework names them

            # What is promised.
            objectives: []
            #  - {"{ service: checkout, indicator: availability, target: 99.9%, window: 30d }"}

            """);
        ILookup<string, NeededKey> needed = Needed.ToLookup(need => need.Path.Split('.')[0]);
        ILookup<string, (string Path, string Value)> given = Given().ToLookup(value => value.Path.Split('.')[0]);
        foreach (string section in TarsSchema.Instance.Root.Keys.Select(key => key.Name).Where(name => needed.Contains(name) || given.Contains(name)))
        {
            text.Append($"\n# {DescriptionOf(section)}{(needed.Contains(section) ? $" The profile {Profile} needs what is commented out." : "")}\n{section}:\n");
            foreach ((string path, string value) in given[section])
            {
                text.Append($"  # {DescriptionOf(path)}\n  {path.Split('.')[1]}: {value}\n");
            }

            foreach (NeededKey need in needed[section])
            {
                text.Append($"  # {need.Description}\n  # {need.Path.Split('.')[1]}: {need.Example}\n");
            }
        }

        return text.ToString();
    }

    // What the file sets besides what was asked: for a profile of one's own all that prod sets, and what was made.
    private IEnumerable<(string Path, string Value)> Given()
    {
        if (IsOwnProfile)
        {
            foreach (SettingsEntry section in BuiltInProfiles.Read(Base).Entries)
            {
                foreach (SettingsEntry key in ((SettingsNode.Map)section.Value).Entries)
                {
                    if (SecretsFolder is null || section.Key != "secrets")
                    {
                        yield return ($"{section.Key}.{key.Key}", TextOf(key.Value));
                    }
                }
            }
        }

        foreach ((string path, string? value) in ((string, string?)[])
        [
            ("security.key_ring", KeyRing), ("security.key_passphrase_file", PassphraseFile),
            ("secrets.backend", SecretsFolder is null ? null : "file"), ("secrets.secrets_file_path", SecretsFolder),
        ])
        {
            if (value is not null)
            {
                yield return (path, YamlText.Scalar(value, isText: true));
            }
        }
    }

    private bool IsGiven(string path) =>
        path == "security.key_ring" ? KeyRing is not null : SecretsFolder is not null && (path == "api.jwt_secret" || path.StartsWith("secrets.", StringComparison.Ordinal));

    private static string TextOf(SettingsNode value) => value is SettingsNode.List list
        ? $"[{string.Join(", ", list.Items.Select(TextOf))}]"
        : value is SettingsNode.Scalar scalar ? YamlText.Scalar(scalar.Text, scalar.IsQuoted) : throw new System.Diagnostics.UnreachableException();

    private static string DescriptionOf(string path) => TarsSchema.Instance.KeyAt(path)!.Description;

    private static Origin OptionOf(string option) => new(LayerKind.CommandLine, option, 0, 0);

    private static void Check(string path, string text, string option, List<SettingsProblem> problems)
    {
        SettingsType type = TarsSchema.Instance.TypeAt(path)!;
        type.Validate(new SettingsNode.Scalar(OptionOf(option), text, IsQuoted: true), path, complete: true, problems);
    }
}
