using Tars.Observability.Indicators;
using Tars.Observability.TimeSeries;

namespace Tars.Application.Discovery;

/// <summary>What was found on a backend.</summary>
/// <param name="Services">Services, then infrastructure, each by name; names unique and fit for a configuration.</param>
/// <param name="RegionLabel">The label that most of them carry for the region, or null when none carries one.</param>
/// <param name="Missed">Indicators of which some metric is there and another is not.</param>
/// <param name="NotUsed">The metric families that no indicator rests on, the largest group first.</param>
/// <param name="Notes">What was not looked at.</param>
public sealed record DiscoveryResult(
    IReadOnlyList<DiscoveredService> Services,
    string? RegionLabel,
    IReadOnlyList<MissedIndicator> Missed,
    IReadOnlyList<FamilyGroup> NotUsed,
    IReadOnlyList<string> Notes);

/// <summary>A service, or a piece of infrastructure, and the indicators that have series.</summary>
/// <param name="Name">Its name in the configuration, made from its label's value.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Labels">The labels that select its series.</param>
/// <param name="RegionLabel">The label that holds its region, or null when its series carry none.</param>
/// <param name="Regions">The regions seen, ordinal order.</param>
/// <param name="Presets">The presets of which every indicator that is not given otherwise was recognised.</param>
/// <param name="Indicators">The indicators recognised, names unique.</param>
public sealed record DiscoveredService(
    string Name,
    ServiceKind Kind,
    LabelSet Labels,
    string? RegionLabel,
    IReadOnlyList<string> Regions,
    IReadOnlyList<string> Presets,
    IReadOnlyList<RecognisedIndicator> Indicators)
{
    /// <summary>The indicators that no preset of <see cref="Presets"/> gives.</summary>
    public IEnumerable<RecognisedIndicator> OwnIndicators => Indicators.Where(indicator => indicator.Preset is null || !Presets.Contains(indicator.Preset));
}

/// <summary>An indicator each of whose selectors matches at least one series.</summary>
/// <param name="Definition">The indicator, without the service's labels.</param>
/// <param name="Preset">The preset it comes from; null when it was recognised by its spelling alone.</param>
/// <param name="SeriesCount">Series seen of its selectors together; histogram buckets count once.</param>
public sealed record RecognisedIndicator(IndicatorDefinition Definition, string? Preset, int SeriesCount);

/// <summary>An indicator of a preset that a target has in part.</summary>
/// <param name="Target">The target's name.</param>
/// <param name="Preset">The preset.</param>
/// <param name="Indicator">The indicator.</param>
/// <param name="Reason">What is missing.</param>
public sealed record MissedIndicator(string Target, string Preset, string Indicator, string Reason);

/// <summary>Metric families that no indicator rests on.</summary>
/// <param name="Prefix">What their names begin with.</param>
/// <param name="Families">The families, ordinal order, at least one.</param>
public sealed record FamilyGroup(string Prefix, IReadOnlyList<string> Families);
