using Tars.Observability.Indicators.Presets;
using Tars.Observability.TimeSeries;

namespace Tars.Application.Discovery;

/// <summary>What a backend has, as far as discovery looks: all names, and the series of the metrics that an indicator could rest on.</summary>
/// <param name="Metrics">The names of all metrics, ordinal order, each once.</param>
/// <param name="Types">What the backend says the metrics are (<c>counter</c>, <c>histogram</c> …), by family; empty when it says nothing.</param>
/// <param name="Series">
/// The label sets, without <c>__name__</c>, of each metric that <see cref="IsSought"/>; of histogram buckets only the <c>+Inf</c> bucket.
/// </param>
/// <param name="Notes">What was left out, for people; empty when everything was seen.</param>
public sealed record MetricInventory(
    IReadOnlyList<string> Metrics,
    IReadOnlyDictionary<string, string> Types,
    IReadOnlyDictionary<string, IReadOnlyList<LabelSet>> Series,
    IReadOnlyList<string> Notes)
{
    private static readonly HashSet<string> OfPresets =
        [.. PresetCatalog.All.SelectMany(preset => preset.Indicators).SelectMany(Preset.MetricsOf)];

    /// <summary>Whether an indicator could rest on a metric of this name.</summary>
    public static bool IsSought(string metric) => OfPresets.Contains(metric) || RequestSpellings.IsRequestMetric(metric);
}
