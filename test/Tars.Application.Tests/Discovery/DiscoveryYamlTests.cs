using Xunit;
using Tars.Application.Discovery;
using Tars.Application.Settings;
using Tars.Application.Tests.Settings;
using Tars.Observability.Indicators;
using Tars.Observability.Indicators.Presets;
using Tars.Observability.TimeSeries;
using Tars.TestKit;

namespace Tars.Application.Tests.Discovery;

public class DiscoveryYamlTests
{
    private static readonly DiscoverySource Source = new(
        new UriBuilder("http://localhost:9090") { UserName = "tars", Password = "hidden" }.Uri, new TimeWindow(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddHours(1)), HasFurtherSettings: true);

    public static TheoryData<string> Scrapes => [.. GoldenScrape.Names];

    public static TheoryData<string> Presets => [.. PresetCatalog.All.Select(preset => preset.Name)];

    [Theory]
    [MemberData(nameof(Scrapes))]
    public void Of_GoldenScrape_LoadsAsWhatWasRecognised(string name) => AssertLoads(GoldenScrape.Load(name).Exposition);

    [Fact]
    public void Of_AllGoldenScrapesOnOneBackend_LoadsAsWhatWasRecognised() =>
        AssertLoads(Exposition.Together(GoldenScrape.Names.Select(GoldenScrape.Load).Select(scrape => scrape.Exposition)));

    [Fact]
    public void Of_HostileLabelValues_LoadsAsWhatWasRecognised()
    {
        string[] jobs = ["${HOME}", "$${x}", "a: b # c", "quote\"back\\slash", "line\nbreak\u2028", "null", "1.0", "- [x", "größe", "tab\there", "\U0001F600"];
        Dictionary<string, IReadOnlyList<LabelSet>> series = new()
        {
            ["process_cpu_seconds_total"] = [.. jobs.Select(job => new LabelSet([new("job", job), new("region", job)]))],
        };
        MetricInventory inventory = new(["evil\n- name: x", "process_cpu_seconds_total"], new Dictionary<string, string>(), series, ["a note\nservices: []"]);

        TarsSettings settings = SettingsFile.Bind(DiscoveryYaml.Of(Recognition.Of(inventory), Source));

        Assert.Equal(jobs.Order(StringComparer.Ordinal), settings.Services.Select(service => service.Labels.Single().Value).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Of_MiddlewaresScrape_IsTheGoldenFile()
    {
        string text = DiscoveryYaml.Of(Recognition.Of(GoldenScrape.Load("http-middlewares").Exposition.ToInventory()), Source);

        Golden.Match("scrapes/http-middlewares.yaml", text);
        Assert.DoesNotContain("hidden", text, StringComparison.Ordinal);
        Assert.All(text.Split('\n'), line => Assert.True(line.Length <= 120 || !line.TrimStart().StartsWith('#'), line));
    }

    [Theory]
    [MemberData(nameof(Presets))]
    public void OfIndicator_OfPreset_ReadsBackAsTheSame(string preset)
    {
        IReadOnlyList<IndicatorDefinition> indicators = PresetCatalog.Find(preset)!.Indicators;
        string yaml = string.Join('\n', indicators.Select(indicator => $"      {indicator.Name}: {IndicatorYaml.Of(indicator)}"));

        TarsSettings settings = SettingsFile.Bind($"services:\n  - name: a\n    indicators:\n{yaml}\n");

        AssertSame(indicators, settings.Services.Single().Indicators);
    }

    private static void AssertLoads(Exposition exposition)
    {
        DiscoveryResult result = Recognition.Of(exposition.ToInventory());

        TarsSettings settings = SettingsFile.Bind(DiscoveryYaml.Of(result, Source));

        Assert.Equal(result.Services.Select(service => (service.Name, service.Kind, service.RegionLabel ?? result.RegionLabel)), settings.Services.Select(service => (service.Name, service.Kind, service.RegionLabel)));
        Assert.Empty(settings.Services.SelectMany(exposition.Unmatched));
        foreach ((DiscoveredService found, ServiceDefinition bound) in result.Services.Zip(settings.Services))
        {
            AssertSame(found.Indicators.Select(indicator => indicator.Definition), bound.Indicators);
        }
    }

    private static void AssertSame(IEnumerable<IndicatorDefinition> expected, IEnumerable<IndicatorDefinition> actual) => Assert.Equal(
        expected.Select(Text).Order(StringComparer.Ordinal), actual.Select(Text).Order(StringComparer.Ordinal));

    // Quantiles are a list, which a record compares by reference.
    private static string Text(IndicatorDefinition indicator) =>
        indicator is IndicatorDefinition.Latency latency ? $"{latency} {string.Join(' ', latency.Quantiles)}".Replace(latency.Quantiles.ToString()!, "", StringComparison.Ordinal) : indicator.ToString();
}
