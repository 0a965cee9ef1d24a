using Tars.Observability.TimeSeries;

namespace Tars.Observability.Indicators;

/// <summary>Folds the answers of one indicator's queries into one <see cref="IndicatorSeries"/> per region and one for all.</summary>
internal sealed class IndicatorFold(ServiceDefinition service, IndicatorDefinition definition, int steps, int leadIn)
{
    private readonly SortedDictionary<string, GroupFold> _groups = new(StringComparer.Ordinal);
    private readonly HashSet<string> _labelsSeen = [];
    private readonly TargetPresence _targets = new(steps);
    private bool _anySeries;

    /// <summary>The PromQL aggregation that stands for the definition's when a gauge is pushed down.</summary>
    public string AggregationName => definition is IndicatorDefinition.Gauge gauge
        ? gauge.Aggregation switch { Aggregation.Average => "avg", Aggregation.Max => "max", Aggregation.Min => "min", _ => "sum" }
        : "sum";

    /// <summary>Adds one series of one of the indicator's queries.</summary>
    public void Add(QueryRole role, bool pushedDown, LabelSet labels, ReadOnlySpan<double> values)
    {
        _anySeries = true;
        foreach (KeyValuePair<string, string> label in labels)
        {
            _labelsSeen.Add(label.Key);
        }

        Group(string.Empty).Add(role, pushedDown, labels, values);
        if (service.RegionLabel is { } regionLabel && labels[regionLabel] is { } region)
        {
            Group(region).Add(role, pushedDown, labels, values);
        }
    }

    /// <summary>The indicator in all regions together, then per region by name.</summary>
    public IReadOnlyList<IndicatorSeries> Finish(TimeGrid grid, ReadState queries)
    {
        ReadState state = queries is ReadState.Answered && MissingLabel() is { } label
            ? new ReadState.Empty($"no series of {((IndicatorDefinition.Ratio)definition).Whole.Metric} carries the label {label}")
            : queries;
        Group(string.Empty);
        return [.. _groups.Select(group => group.Value.Finish(new IndicatorKey(service.Name, definition.Name, group.Key.Length == 0 ? null : group.Key), grid, state))];
    }

    /// <summary>
    /// A label by which the part is told from the whole and which no series carries: renamed, most likely. Without this check a renamed
    /// <c>code</c> label would make every request a good one.
    /// </summary>
    private string? MissingLabel() =>
        definition is IndicatorDefinition.Ratio ratio && _anySeries && ratio.WholeIncludesPart && ratio.Part.IsPartOf(ratio.Whole)
            ? ratio.Part.Matchers.Except(ratio.Whole.Matchers).Select(matcher => matcher.Label).FirstOrDefault(label => !_labelsSeen.Contains(label))
            : null;

    private GroupFold Group(string region)
    {
        if (!_groups.TryGetValue(region, out GroupFold? group))
        {
            group = new GroupFold(definition, steps, leadIn, _targets);
            _groups.Add(region, group);
        }

        return group;
    }
}
