using System.Text.RegularExpressions;
using Tars.Configuration.Interrogation;
using Tars.Configuration.Profiles;
using Tars.Configuration.Sections;
using Tars.Configuration.Starters;

namespace Tars.Configuration.Tests.Starters;

public class StarterConfigurationTests
{
    public static TheoryData<string> Profiles => [.. BuiltInProfiles.Names.Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Profiles))]
    public void ToYaml_Profile_LoadsAndChangesNothingButWhatWasAsked(string profile)
    {
        string text = new StarterConfiguration(profile, "https://prometheus.example.com", "Europe/Berlin").ToYaml();
        List<SettingsProblem> problems = [];
        TarsSchema.Instance.Root.Validate(Settings.Read(text), "", complete: true, problems);

        Assert.Empty(problems);
        Assert.Equal(
            ["observability.prometheus_url", "observability.time_zone"], SettingsDifference.Between(Settings.Of("{}"), Settings.Of(text)).Select(difference => difference.Path));
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Needed_Profile_StandsInTheFileAndIsValidOnceGiven(string profile)
    {
        StarterConfiguration starter = new(profile, "http://localhost:9090", "UTC");
        string given = Regex.Replace(starter.ToYaml(), @"^  # (\w+: [^ ]+)$", "  $1", RegexOptions.Multiline);
        List<SettingsProblem> problems = [];
        TarsSchema.Instance.Root.Validate(Settings.Read(given), "", complete: true, problems);

        Assert.Empty(problems);
        Assert.All(starter.Needed, need => Assert.NotNull(Tars.Configuration.Layers.NodeTree.Find(Settings.Read(given), need.Path)));
        Assert.Equal(profile == "local", starter.Needed.Count == 0);
    }

    [Fact]
    public void ToYaml_NameOfOnesOwn_SetsWhatProdSets()
    {
        string text = new StarterConfiguration("edge", "http://prometheus:9090", "Europe/Berlin").ToYaml();
        using Settings prod = new() { Profile = "prod" };
        using Settings edge = new() { Profile = "edge" };
        prod.Environment["VAULT_TOKEN"] = edge.Environment["VAULT_TOKEN"] = "t";
        string[] login = ["secrets.vault_url=https://vault.example.com", "secrets.vault_token=t"];
        Array.ForEach(login, setting => { prod.Set(setting); edge.Set(setting); });

        Assert.Equal(
            ["observability.prometheus_url", "observability.time_zone"],
            SettingsDifference.Between(prod.Load(), edge.File("tars.edge.yaml", text).Load()).Select(difference => difference.Path));
    }

    [Fact]
    public void ToYaml_WhatWasMade_StandsInTheFileAndIsNotNeeded()
    {
        StarterConfiguration starter = new("prod", "http://localhost:9090", "UTC") { KeyRing = "/k", PassphraseFile = "/p", SecretsFolder = "/s" };
        List<SettingsProblem> problems = [];
        TarsSchema.Instance.Root.Validate(Settings.Read(starter.ToYaml()), "", complete: true, problems);

        Assert.Empty(problems);
        Assert.Equal(["api.base_url", "api.tls_cert_path", "api.tls_key_path"], starter.Needed.Select(need => need.Path));
        Assert.Equal(
            ["/k", "/p", "file", "/s"],
            ((string[])["security.key_ring", "security.key_passphrase_file", "secrets.backend", "secrets.secrets_file_path"])
                .Select(path => Assert.IsType<Tars.Configuration.Documents.SettingsNode.Scalar>(Tars.Configuration.Layers.NodeTree.Find(Settings.Read(starter.ToYaml()), path)).Text));
    }

    [Theory]
    [InlineData("pro duction", "http://localhost:9090", "UTC", "--profile: is not a profile's name: letters, digits, - and _, at most 64")]
    [InlineData("local", "prometheus:9090", "UTC", "--prometheus-url: observability.prometheus_url: \"prometheus:9090\" is not an http or https address; write for example https://prometheus.example.com")]
    [InlineData("local", "http://localhost:9090", "Berlin", "--time-zone: observability.time_zone: \"Berlin\" is not a time zone of this machine; write an IANA name such as UTC or Europe/Berlin")]
    public void Constructor_WrongAnswer_IsRefused(string profile, string url, string zone, string expected) =>
        Assert.Equal([expected], Assert.Throws<SettingsException>(() => new StarterConfiguration(profile, url, zone)).Problems.Select(problem => problem.ToString()));
}
