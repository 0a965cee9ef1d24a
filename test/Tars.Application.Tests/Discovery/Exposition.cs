using System.Text.RegularExpressions;
using Tars.Application.Discovery;
using Tars.Observability.Indicators;
using Tars.Observability.Indicators.Presets;
using Tars.Observability.TimeSeries;

namespace Tars.Application.Tests.Discovery;

/// <summary>The series of a scrape in Prometheus's text format, as a backend that scraped it would have them.</summary>
internal sealed partial record Exposition(IReadOnlyDictionary<string, string> Types, IReadOnlyList<(string Metric, LabelSet Labels)> Series)
{
    /// <summary>Reads a scrape; series without a job get <paramref name="job"/>, others keep theirs (<c>honor_labels</c>).</summary>
    public static Exposition Parse(string text, string job)
    {
        Dictionary<string, string> types = [];
        List<(string, LabelSet)> series = [];
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                string[] words = line.Split(' ');
                types[words[2]] = words[3];
            }
            else if (line[0] != '#')
            {
                Match sample = Sample().Match(line);
                Assert.True(sample.Success, line);
                Dictionary<string, string> labels = Label().Matches(sample.Groups["labels"].Value)
                    .ToDictionary(label => label.Groups["name"].Value, label => Regex.Unescape(label.Groups["value"].Value));
                labels.TryAdd("job", job);
                series.Add((sample.Groups["name"].Value, new LabelSet(labels)));
            }
        }

        return new Exposition(types, series);
    }

    public static Exposition Together(IEnumerable<Exposition> parts)
    {
        Exposition[] all = [.. parts];
        return new Exposition(
            all.SelectMany(part => part.Types).DistinctBy(type => type.Key).ToDictionary(), [.. all.SelectMany(part => part.Series)]);
    }

    public MetricInventory ToInventory() => new(
        [.. Series.Select(series => series.Metric).Distinct().Order(StringComparer.Ordinal)],
        Types,
        Series.Where(series => MetricInventory.IsSought(series.Metric) && series.Labels["le"] is null or "+Inf")
            .GroupBy(series => series.Metric)
            .ToDictionary(metric => metric.Key, metric => (IReadOnlyList<LabelSet>)[.. metric.Select(series => series.Labels)]),
        []);

    /// <summary>The selectors of a configured service, its own labels added, that match no series.</summary>
    public IEnumerable<string> Unmatched(ServiceDefinition service) => service.Indicators
        .SelectMany(Preset.SelectorsOf)
        .Select(selector => selector.With(service.Labels))
        .Where(selector => !Series.Any(series => series.Metric == selector.Metric && selector.Matches(series.Labels)))
        .Select(selector => selector.ToString());

    [GeneratedRegex(@"^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?<labels>.*)\})? (?<value>\S+)$", RegexOptions.ExplicitCapture)]
    private static partial Regex Sample();

    [GeneratedRegex("(?<name>[a-zA-Z_][a-zA-Z0-9_]*)=\"(?<value>([^\"\\\\]|\\\\.)*)\"", RegexOptions.ExplicitCapture)]
    private static partial Regex Label();
}
