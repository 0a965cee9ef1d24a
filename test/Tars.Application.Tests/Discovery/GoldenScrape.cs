using Tars.Application.Discovery;
using Tars.TestKit;

namespace Tars.Application.Tests.Discovery;

/// <summary>A scrape under <c>test/golden/scrapes</c> and the indicators a person reading it wants recognised.</summary>
internal sealed record GoldenScrape(string Name, Exposition Exposition, IReadOnlySet<string> Truth)
{
    public static IReadOnlyList<string> Names { get; } =
        [.. Directory.EnumerateFiles(RepositoryRoot.PathOf("test/golden/scrapes"), "*.truth").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    public static GoldenScrape Load(string name)
    {
        string path = RepositoryRoot.PathOf($"test/golden/scrapes/{name}");
        return new GoldenScrape(
            name,
            Exposition.Parse(File.ReadAllText(path + ".prom"), name),
            File.ReadAllLines(path + ".truth").Where(line => line.Length > 0 && line[0] != '#').ToHashSet());
    }

    public static IReadOnlySet<string> Recognised(DiscoveryResult result) =>
        result.Services.SelectMany(service => service.Indicators.Select(indicator => $"{service.Name} {indicator.Definition.Name}")).ToHashSet();
}
