using Tars.Observability.Indicators.Presets;

namespace Tars.Application.Discovery;

/// <summary>Groups the metric families that no indicator rests on.</summary>
internal static class MetricFamilies
{
    private const string RecordingRules = "recording rules";

    private static readonly string[] Suffixes = ["_bucket", "_count", "_sum"];

    // What Prometheus itself writes about each scrape and each alert.
    private static readonly HashSet<string> OfPrometheus =
    [
        "up", "ALERTS", "ALERTS_FOR_STATE", "scrape_duration_seconds", "scrape_samples_scraped", "scrape_samples_post_metric_relabeling", "scrape_series_added",
        "scrape_timeout_seconds", "scrape_sample_limit", "scrape_body_size_bytes",
    ];

    /// <summary>The groups, the largest first, then by prefix. A histogram's or summary's series count as one family.</summary>
    public static IReadOnlyList<FamilyGroup> NotUsed(MetricInventory inventory, IReadOnlyList<DiscoveredService> services)
    {
        HashSet<string> names = [.. inventory.Metrics];
        HashSet<string> used =
            [.. services.SelectMany(service => service.Indicators).SelectMany(indicator => Preset.MetricsOf(indicator.Definition)).Select(metric => FamilyOf(metric, inventory, names))];
        return
        [
            .. inventory.Metrics
                .Where(metric => !OfPrometheus.Contains(metric))
                .Select(metric => FamilyOf(metric, inventory, names))
                .Where(family => !used.Contains(family))
                .Distinct()
                .GroupBy(PrefixOf)
                .Select(group => new FamilyGroup(group.Key, [.. group.Order(StringComparer.Ordinal)]))
                .OrderByDescending(group => group.Families.Count)
                .ThenBy(group => group.Prefix, StringComparer.Ordinal),
        ];
    }

    private static string FamilyOf(string metric, MetricInventory inventory, HashSet<string> names)
    {
        string? suffix = Suffixes.FirstOrDefault(end => metric.EndsWith(end, StringComparison.Ordinal));
        if (suffix is null)
        {
            return metric;
        }

        string family = metric[..^suffix.Length];
        bool isWhole = inventory.Types.GetValueOrDefault(family) is "histogram" or "summary" or "gaugehistogram"
            || (names.Contains(family + "_sum") && names.Contains(family + "_count"));
        return isWhole ? family : metric;
    }

    private static string PrefixOf(string family)
    {
        int end = family.IndexOf('_', StringComparison.Ordinal);
        return family.Contains(':', StringComparison.Ordinal) ? RecordingRules : end > 0 ? family[..end] : family;
    }
}
