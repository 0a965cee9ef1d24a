using System.Diagnostics;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Indicators;

/// <summary>Folds one group (a region, or all of them) of one indicator.</summary>
internal sealed class GroupFold(IndicatorDefinition definition, int steps, int leadIn, TargetPresence targets)
{
    private readonly CounterFold _part = new(steps, leadIn, targets);
    private readonly CounterFold _total = new(steps, leadIn, targets);
    private readonly HistogramFold _buckets = new(steps, leadIn, targets);
    private readonly GaugeFold _gauge = new((definition as IndicatorDefinition.Gauge)?.Aggregation ?? Aggregation.Sum, steps, leadIn);
    private readonly GaugeFold _capacity = new(Aggregation.Sum, steps, leadIn);

    /// <summary>Adds one series.</summary>
    public void Add(QueryRole role, bool pushedDown, LabelSet labels, ReadOnlySpan<double> values)
    {
        switch (role)
        {
            case QueryRole.Whole:
                AddWhole((IndicatorDefinition.Ratio)definition, pushedDown, labels, values);
                break;
            case QueryRole.Part:
                AddCounter(_part, pushedDown, labels, values);
                if (!((IndicatorDefinition.Ratio)definition).WholeIncludesPart)
                {
                    AddCounter(_total, pushedDown, labels, values);
                }

                break;
            case QueryRole.Counter:
                AddCounter(_total, pushedDown, labels, values);
                break;
            case QueryRole.Buckets when pushedDown:
                _buckets.AddPushedDown(labels, values);
                break;
            case QueryRole.Buckets:
                _buckets.Add(labels, values);
                break;
            case QueryRole.Gauge:
                _gauge.Add(values);
                break;
            case QueryRole.Capacity:
                _capacity.Add(values);
                break;
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>The folded indicator.</summary>
    public IndicatorSeries Finish(IndicatorKey key, TimeGrid grid, ReadState state) => definition switch
    {
        IndicatorDefinition.Ratio ratio => new IndicatorSeries.Ratio(key, ratio, grid, state, _part.Finish(), _total.Finish()),
        IndicatorDefinition.Latency latency => LatencyOf(key, latency, grid, state),
        IndicatorDefinition.Gauge gauge => new IndicatorSeries.Gauge(key, gauge, grid, state, GaugeOf(gauge)),
        IndicatorDefinition.Rate rate => new IndicatorSeries.Rate(
            key, rate, grid, state, _total.Finish(), rate.Capacity is null ? null : _capacity.Finish()),
        _ => throw new UnreachableException(),
    };

    private void AddWhole(IndicatorDefinition.Ratio ratio, bool pushedDown, LabelSet labels, ReadOnlySpan<double> values)
    {
        AddCounter(_total, pushedDown, labels, values);
        if (ratio.WholeIncludesPart && ratio.Part.IsPartOf(ratio.Whole) && Extra(ratio).All(matcher => matcher.Matches(labels)))
        {
            AddCounter(_part, pushedDown, labels, values);
        }
    }

    private IndicatorSeries.Latency LatencyOf(IndicatorKey key, IndicatorDefinition.Latency latency, TimeGrid grid, ReadState state)
    {
        HistogramSteps histogram = _buckets.Finish();
        ReadState known = state is ReadState.Answered && histogram.UpperBounds.Length == 0
            ? new ReadState.Empty("the histograms have no +Inf bucket in common")
            : state;
        return new IndicatorSeries.Latency(key, latency, grid, known, histogram);
    }

    private GaugeSteps GaugeOf(IndicatorDefinition.Gauge definition)
    {
        GaugeSteps gauge = _gauge.Finish();
        if (definition.Capacity is null)
        {
            return gauge;
        }

        GaugeSteps capacity = _capacity.Finish();
        double[] shares = new double[gauge.Values.Length];
        for (int i = 0; i < shares.Length; i++)
        {
            double share = capacity.Values[i] > 0 ? gauge.Values[i] / capacity.Values[i] : double.NaN;
            shares[i] = definition.GaugeIsFree ? 1 - share : share;
        }

        return new GaugeSteps(shares, gauge.Presence);
    }

    private static void AddCounter(CounterFold fold, bool pushedDown, LabelSet labels, ReadOnlySpan<double> values)
    {
        if (pushedDown)
        {
            fold.AddPushedDown(values);
        }
        else
        {
            fold.Add(labels, values);
        }
    }

    private static IEnumerable<LabelMatcher> Extra(IndicatorDefinition.Ratio ratio) => ratio.Part.Matchers.Except(ratio.Whole.Matchers);
}
