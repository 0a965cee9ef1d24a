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

/// <summary>The commented configuration somebody starts with. No key and no password is in it, and nothing that listens to the world.</summary>
public sealed class StarterConfiguration
{
    private static readonly (string Path, string Example, string[] Profiles)[] Needs =
    [
        ("api.base_url", "https://tars.example.com", ["staging", "prod"]),
        ("api.tls_cert_path", "/etc/tars/tls/tls.crt", ["dev", "staging", "prod"]),
        ("api.tls_key_path", "/etc/tars/tls/tls.key", ["dev", "staging", "prod"]),
        ("api.jwt_secret", "${JWT_SECRET}", ["staging", "prod"]),
        ("security.key_ring", "/etc/tars/keys", ["dev", "staging", "prod"]),
        ("secrets.secrets_file_path", "/etc/tars/secrets", ["dev"]),
        ("secrets.vault_url", "https://vault.example.com", ["staging", "prod"]),
        ("secrets.vault_token", "${VAULT_TOKEN}", ["staging", "prod"]),
    ];

    /// <summary>Creates the configuration.</summary>
    /// <param name="profile">A built-in profile.</param>
    /// <param name="prometheusUrl">The backend's address, as a value of <c>observability.prometheus_url</c>.</param>
    /// <param name="timeZone">The time zone, as a value of <c>observability.time_zone</c>.</param>
    /// <exception cref="SettingsException">One of them is none; every problem is in it.</exception>
    public StarterConfiguration(string profile, string prometheusUrl, string timeZone)
    {
        List<SettingsProblem> problems = [];
        if (!BuiltInProfiles.Names.Contains(profile))
        {
            problems.Add(new SettingsProblem(Given("--profile"), "", $"{profile} is no built-in profile; write local, dev, staging or prod"));
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

    /// <summary>The backend's address.</summary>
    public string PrometheusUrl { get; }

    /// <summary>The time zone.</summary>
    public string TimeZone { get; }

    /// <summary>What the profile needs and the file leaves open; empty for <c>local</c>.</summary>
    public IReadOnlyList<NeededKey> Needed =>
        [.. Needs.Where(need => need.Profiles.Contains(Profile)).Select(need => new NeededKey(need.Path, need.Example, TarsSchema.Instance.KeyAt(need.Path)!.Description))];

    /// <summary>Returns the file's text.</summary>
    public string ToYaml()
    {
        StringBuilder text = new();
        string option = Profile == BuiltInProfiles.DefaultName ? "" : $" --profile {Profile}";
        text.Append($"""
            # A configuration for the profile {Profile}, written by tars init.
            # Every key: tars config docs. One key: tars config explain KEY{option}. Is it right: tars config validate{option}.
            # Keys and passwords do not belong here: write {"${NAME}"}, and give NAME in a secret backend or a variable.

            observability:
              # {DescriptionOf("observability.prometheus_url")}
              prometheus_url: {YamlText.Scalar(PrometheusUrl, isText: true)}
              # {DescriptionOf("observability.time_zone")}
              time_zone: {YamlText.Scalar(TimeZone, isText: true)}

            # What is observed; 'tars discover --output -' shows what the backend has in this form.
            services: []
            #  - name: checkout
            #    labels: {"{ job: checkout }"}      # matchers added to every query
            #    preset: prometheus-http      # indicators as the framework names them

            # What is promised.
            objectives: []
            #  - {"{ service: checkout, indicator: availability, target: 99.9%, window: 30d }"}

            """);
        foreach (IGrouping<string, NeededKey> section in Needed.GroupBy(need => need.Path.Split('.')[0]))
        {
            text.Append($"\n# {DescriptionOf(section.Key)} The profile {Profile} needs what is commented out.\n{section.Key}:\n");
            foreach (NeededKey need in section)
            {
                text.Append($"  # {need.Description}\n  # {need.Path.Split('.')[1]}: {need.Example}\n");
            }
        }

        return text.ToString();
    }

    private static string DescriptionOf(string path) => TarsSchema.Instance.KeyAt(path)!.Description;

    private static Origin Given(string option) => new(LayerKind.CommandLine, option, 0, 0);

    private static void Check(string path, string text, string option, List<SettingsProblem> problems)
    {
        SettingsType type = TarsSchema.Instance.TypeAt(path)!;
        type.Validate(new SettingsNode.Scalar(Given(option), text, IsQuoted: true), path, complete: true, problems);
    }
}
