using System.Text.RegularExpressions;
using Tars.Application.Tests.Settings;
using Tars.Configuration.Profiles;
using Tars.Observability.Indicators.Presets;
using Tars.TestKit;
using Xunit;

namespace Tars.Application.Tests.Discovery;

/// <summary>What docs/guides/configuration.md says is so.</summary>
public partial class ConfigurationGuideTests
{
    private static readonly string Guide = File.ReadAllText(RepositoryRoot.PathOf("docs/guides/configuration.md"));

    [Fact]
    public void PresetTable_OfTheGuide_IsTheCatalog() => Assert.Equal(
        PresetCatalog.All.Select(preset => $"| `{preset.Name}` | {preset.Title} | {string.Join(", ", preset.Indicators.Select(indicator => indicator.Name))} |"),
        PresetRow().Matches(Guide).Select(row => row.Value));

    [Fact]
    public void Examples_OfTheGuide_Load()
    {
        string[] blocks = [.. YamlBlock().Matches(Guide).Select(block => block.Groups["yaml"].Value)];

        string[] ofServices = [.. blocks.Where(yaml => yaml.StartsWith("services:", StringComparison.Ordinal))];

        Assert.Equal(3, blocks.Length);
        Assert.Equal(2, ofServices.Length);
        Assert.All(ofServices, yaml => Assert.NotEmpty(SettingsFile.Bind(yaml).Services));
        Assert.Equal(2, SettingsFile.Bind(ofServices[1]).Analysis.Objectives.Count);
    }

    [Fact]
    public void BuiltInProfiles_OfTheGuide_AreThoseThatShip() => Assert.Equal(
        BuiltInProfiles.Names.Order(StringComparer.Ordinal),
        ProfileName().Matches(ProfileRow().Match(Guide).Value).Select(name => name.Groups["name"].Value).Distinct().Order(StringComparer.Ordinal));

    [GeneratedRegex(@"^\| profile \| .*$", RegexOptions.Multiline)]
    private static partial Regex ProfileRow();

    [GeneratedRegex("`(?<name>[a-z]+)`", RegexOptions.ExplicitCapture)]
    private static partial Regex ProfileName();

    [GeneratedRegex(@"^\| `[a-z-]+` \| [^|]+ \| [a-z_, ]+ \|$", RegexOptions.Multiline)]
    private static partial Regex PresetRow();

    [GeneratedRegex(@"^```yaml\n(?<yaml>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex YamlBlock();
}
