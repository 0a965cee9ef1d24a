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

    [Theory]
    [InlineData("production", "http://localhost:9090", "UTC", "--profile: production is no built-in profile; write local, dev, staging or prod")]
    [InlineData("local", "prometheus:9090", "UTC", "--prometheus-url: observability.prometheus_url: \"prometheus:9090\" is not an http or https address; write for example https://prometheus.example.com")]
    [InlineData("local", "http://localhost:9090", "Berlin", "--time-zone: observability.time_zone: \"Berlin\" is not a time zone of this machine; write an IANA name such as UTC or Europe/Berlin")]
    public void Constructor_WrongAnswer_IsRefused(string profile, string url, string zone, string expected) =>
        Assert.Equal([expected], Assert.Throws<SettingsException>(() => new StarterConfiguration(profile, url, zone)).Problems.Select(problem => problem.ToString()));
}
