using Xunit;
using Tars.Application.Discovery;
using Tars.Observability.Indicators;
using Tars.Observability.TimeSeries;

namespace Tars.Application.Tests.Discovery;

public class RecognitionTests
{
    public static TheoryData<string> Scrapes => [.. GoldenScrape.Names];

    [Theory]
    [MemberData(nameof(Scrapes))]
    public void Of_GoldenScrape_HasPrecisionAndRecallOfOne(string name)
    {
        GoldenScrape scrape = GoldenScrape.Load(name);

        IReadOnlySet<string> recognised = GoldenScrape.Recognised(Recognition.Of(scrape.Exposition.ToInventory()));

        AssertExact(name, scrape.Truth, recognised);
    }

    [Fact]
    public void Of_AllGoldenScrapesOnOneBackend_HasPrecisionAndRecallOfOne()
    {
        GoldenScrape[] scrapes = [.. GoldenScrape.Names.Select(GoldenScrape.Load)];

        DiscoveryResult result = Recognition.Of(Exposition.Together(scrapes.Select(scrape => scrape.Exposition)).ToInventory());

        AssertExact("all", scrapes.SelectMany(scrape => scrape.Truth).ToHashSet(), GoldenScrape.Recognised(result));
        Assert.Equal("region", result.RegionLabel);
        Assert.Equal("availability_zone", result.Services.Single(service => service.Name == "billing").RegionLabel);
    }

    [Fact]
    public void Of_GoldenScrapes_NamesWhatItDoesNotUse()
    {
        DiscoveryResult node = Recognition.Of(GoldenScrape.Load("node-exporter").Exposition.ToInventory());
        Assert.Equal("node", node.NotUsed[0].Prefix);
        Assert.Contains("node_load1", node.NotUsed[0].Families);
        Assert.DoesNotContain(node.NotUsed.SelectMany(group => group.Families), family => family is "node_cpu_seconds_total" or "node_memory_MemTotal_bytes");

        DiscoveryResult prometheus = Recognition.Of(GoldenScrape.Load("prometheus").Exposition.ToInventory());
        string[] families = [.. prometheus.NotUsed.SelectMany(group => group.Families)];
        Assert.Contains("prometheus_http_response_size_bytes", families); // a histogram, by its base name
        Assert.DoesNotContain(families, family => family.StartsWith("prometheus_http_request_duration_seconds", StringComparison.Ordinal));
    }

    [Fact]
    public void Of_OneJobWithSeveralServices_SplitsByService()
    {
        DiscoveryResult result = Recognition.Of(Exposition.Parse("""
            http_requests_total{service="cart",code="200"} 1
            http_requests_total{service="pay",code="200"} 1
            process_cpu_seconds_total{service="cart"} 1
            http_requests_total{job="other",service="only",code="200"} 1
            """, "pods").ToInventory());

        Assert.Equal(["other", "cart", "pay"], result.Services.Select(service => service.Name).OrderBy(name => name != "other"));
        Assert.Equal("{job=\"pods\",service=\"cart\"}", result.Services.Single(service => service.Name == "cart").Labels.ToString());
        Assert.Equal("{job=\"other\"}", result.Services.Single(service => service.Name == "other").Labels.ToString());
    }

    [Fact]
    public void Of_SeriesWithoutJobOrService_AreNotedNotGuessed()
    {
        MetricInventory inventory = new(
            ["process_cpu_seconds_total"], new Dictionary<string, string>(), new Dictionary<string, IReadOnlyList<LabelSet>> { ["process_cpu_seconds_total"] = [LabelSet.Empty] }, []);

        DiscoveryResult result = Recognition.Of(inventory);

        Assert.Empty(result.Services);
        Assert.Equal(["1 series carry neither job nor service and belong to no service"], result.Notes);
        Assert.Equal("process_cpu_seconds_total", Assert.Single(result.NotUsed).Families.Single());
    }

    [Fact]
    public void Of_PresetInPart_SaysWhatIsMissing()
    {
        DiscoveryResult result = Recognition.Of(Exposition.Parse("""
            container_cpu_usage_seconds_total{id="/kubepods/x"} 1
            machine_cpu_cores 8
            container_memory_working_set_bytes{id="/"} 1
            http_requests_total{method="GET"} 1
            """, "kubelet").ToInventory());

        Assert.Empty(result.Services);
        Assert.Equal(
            [
                "kubelet/cadvisor/cluster_cpu: no series matches container_cpu_usage_seconds_total{id=\"/\"}",
                "kubelet/cadvisor/cluster_memory: machine_memory_bytes is not there",
            ],
            result.Missed.Select(missed => $"{missed.Target}/{missed.Preset}/{missed.Indicator}: {missed.Reason}"));
    }

    [Fact]
    public void Of_TwoJobsOfOnePlainName_GetsNamesOfTheirOwn()
    {
        DiscoveryResult result = Recognition.Of(Exposition.Parse("""
            process_cpu_seconds_total{job="a/b"} 1
            process_cpu_seconds_total{job="a b"} 1
            process_cpu_seconds_total{job="---"} 1
            """, "x").ToInventory());

        Assert.Equal(["service", "a-b", "a-b-2"], result.Services.Select(service => service.Name));
        Assert.All(result.Services, service => Assert.Equal(ServiceKind.Service, service.Kind));
    }

    [Fact]
    public void Of_Nothing_IsNothing() =>
        Assert.Empty(Recognition.Of(new MetricInventory([], new Dictionary<string, string>(), new Dictionary<string, IReadOnlyList<LabelSet>>(), [])).Services);

    private static void AssertExact(string name, IReadOnlySet<string> truth, IReadOnlySet<string> recognised)
    {
        int hits = recognised.Count(truth.Contains);
        double precision = (double)hits / recognised.Count;
        double recall = (double)hits / truth.Count;
        string text = FormattableString.Invariant($"{name}: precision {precision:0.###} recall {recall:0.###} of {truth.Count}; ")
            + $"wrong: {string.Join(", ", recognised.Except(truth))}; missed: {string.Join(", ", truth.Except(recognised))}";
        TestContext.Current.TestOutputHelper?.WriteLine(text);
        Assert.True(precision == 1 && recall == 1, text);
    }
}
