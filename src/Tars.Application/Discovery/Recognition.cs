using Tars.Observability.Indicators;
using Tars.Observability.Indicators.Presets;
using Tars.Observability.TimeSeries;

namespace Tars.Application.Discovery;

/// <summary>Recognises services, infrastructure and their indicators in what a backend has. Pure: the same inventory gives the same result.</summary>
public static class Recognition
{
    private static readonly string[] RequestIndicators = [IndicatorNames.Availability, IndicatorNames.Latency];

    /// <summary>Recognises. An inventory without anything known gives a result without services.</summary>
    public static DiscoveryResult Of(MetricInventory inventory)
    {
        ArgumentNullException.ThrowIfNull(inventory);
        List<MissedIndicator> missed = [];
        List<DiscoveredService> found = [];
        IReadOnlyList<TargetGroup> targets = TargetGroup.In(inventory);
        foreach (TargetGroup target in targets)
        {
            DiscoveredService[] infrastructure =
                [.. PresetCatalog.All.Where(preset => preset.Kind == ServiceKind.Infrastructure).Select(preset => Infrastructure(target, preset, missed)).OfType<DiscoveredService>()];
            DiscoveredService? service = Service(target, isExporter: infrastructure.Length > 0, missed);
            found.AddRange(service is null ? infrastructure : [service, .. infrastructure]);
        }

        DiscoveredService[] services = UniqueNames.Of(found.OrderBy(service => service.Kind));
        int homeless = inventory.Series.Values.Sum(series => series.Count) - targets.Sum(target => target.Series.Values.Sum(series => series.Count));
        return new DiscoveryResult(
            services,
            services.Where(service => service.RegionLabel is not null).GroupBy(service => service.RegionLabel)
                .OrderByDescending(label => label.Count()).ThenBy(label => label.Key, StringComparer.Ordinal).FirstOrDefault()?.Key,
            missed,
            MetricFamilies.NotUsed(inventory, services),
            homeless == 0 ? inventory.Notes : [.. inventory.Notes, $"{homeless} series carry neither job nor service and belong to no service"]);
    }

    private static DiscoveredService? Infrastructure(TargetGroup target, Preset preset, List<MissedIndicator> missed)
    {
        RecognisedIndicator[] recognised = [.. preset.Indicators.Where(indicator => IsThere(target, indicator)).Select(indicator => Recognised(target, indicator, preset))];
        AddMissed(target, preset, recognised, missed);
        return recognised.Length == 0 ? null : Discovered(
            target, ServiceKind.Infrastructure, recognised.Length == preset.Indicators.Count ? [preset.Name] : [], recognised);
    }

    /// <summary>A service has requests, or is a process of its own; an exporter's process says nothing of what it exports.</summary>
    private static DiscoveredService? Service(TargetGroup target, bool isExporter, List<MissedIndicator> missed)
    {
        (Preset Preset, RecognisedIndicator[] Indicators)[] presets =
        [
            .. PresetCatalog.All.Where(preset => preset.Kind == ServiceKind.Service)
                .Select(preset => (preset, preset.Indicators.Where(indicator => IsThere(target, indicator)).Select(indicator => Recognised(target, indicator, preset)).ToArray()))
                .OrderByDescending(pair => pair.Item2.Length == pair.preset.Indicators.Count),
        ];
        Dictionary<string, RecognisedIndicator> taken = [];
        foreach (RecognisedIndicator indicator in presets.SelectMany(pair => pair.Indicators))
        {
            taken.TryAdd(indicator.Definition.Name, indicator);
        }

        foreach (IndicatorDefinition indicator in RequestSpellings.In(target).Where(indicator => IsThere(target, indicator)))
        {
            taken.TryAdd(indicator.Name, Recognised(target, indicator, null));
        }

        if (taken.Count == 0 || (isExporter && !RequestIndicators.Any(taken.ContainsKey)))
        {
            return null;
        }

        foreach ((Preset preset, _) in presets.OrderBy(pair => IndexOf(pair.Preset)))
        {
            AddMissed(target, preset, taken.Values, missed);
        }

        // A preset stands in the file when all it gives is there: what another gives under the same name is not asked of it.
        string[] whole =
        [
            .. presets.Select(pair => pair.Preset).Where(preset =>
                taken.Values.Any(indicator => indicator.Preset == preset.Name) && preset.Indicators.All(indicator => taken.ContainsKey(indicator.Name)))
                .Select(preset => preset.Name),
        ];
        return Discovered(target, ServiceKind.Service, whole, [.. taken.Values.OrderBy(indicator => IndicatorOrder(indicator.Definition.Name))]);
    }

    private static DiscoveredService Discovered(TargetGroup target, ServiceKind kind, IReadOnlyList<string> presets, IReadOnlyList<RecognisedIndicator> indicators)
    {
        LabelSet[] series = [.. indicators.SelectMany(indicator => Preset.SelectorsOf(indicator.Definition))
            .SelectMany(selector => target.Series[selector.Metric].Where(selector.Matches))];
        (string? label, string[] regions) = RegionLabels.In(series);
        return new DiscoveredService(target.Name, kind, target.Labels, label, regions, presets, indicators);
    }

    private static bool IsThere(TargetGroup target, IndicatorDefinition indicator) =>
        Preset.SelectorsOf(indicator).All(selector => target.Count(selector) > 0) && HasStatus(target, indicator);

    // "5.." is a pattern of HTTP statuses: a label that holds other words is not one, and no word would ever be a failure.
    private static bool HasStatus(TargetGroup target, IndicatorDefinition indicator) =>
        indicator is not IndicatorDefinition.Ratio { Name: IndicatorNames.Availability } ratio
        || ratio.Part.Matchers.FirstOrDefault(matcher => matcher.Value == "5..") is not { } status
        || RequestSpellings.HoldsHttpStatus(target.Series[ratio.Whole.Metric], status.Label);

    private static RecognisedIndicator Recognised(TargetGroup target, IndicatorDefinition indicator, Preset? preset) =>
        new(indicator, preset?.Name, Preset.SelectorsOf(indicator).GroupBy(selector => selector.Metric).Sum(metric => metric.Max(target.Count)));

    private static void AddMissed(TargetGroup target, Preset preset, IEnumerable<RecognisedIndicator> recognised, List<MissedIndicator> missed)
    {
        foreach (IndicatorDefinition indicator in preset.Indicators)
        {
            bool known = recognised.Any(other => other.Definition.Name == indicator.Name)
                || missed.Any(other => other.Target == target.Name && other.Indicator == indicator.Name);
            if (!known && Preset.MetricsOf(indicator).Any(target.Series.ContainsKey))
            {
                missed.Add(new MissedIndicator(target.Name, preset.Name, indicator.Name, ReasonOf(target, indicator)));
            }
        }
    }

    private static string ReasonOf(TargetGroup target, IndicatorDefinition indicator)
    {
        Selector? empty = Preset.SelectorsOf(indicator).FirstOrDefault(selector => target.Count(selector) == 0);
        return empty is null ? "its status label holds no HTTP status"
            : target.Series.ContainsKey(empty.Metric) ? $"no series matches {empty}"
            : $"{empty.Metric} is not there";
    }

    private static int IndexOf(Preset preset) => PresetCatalog.All.TakeWhile(other => other != preset).Count();

    private static int IndicatorOrder(string name)
    {
        string[] order = [IndicatorNames.Availability, IndicatorNames.Latency, IndicatorNames.Cpu, IndicatorNames.Memory, IndicatorNames.Saturation];
        int index = Array.IndexOf(order, name);
        return index < 0 ? order.Length : index;
    }
}
