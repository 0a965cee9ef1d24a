using System.Globalization;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Indicators;

/// <summary>Merges histogram buckets, one bucket series at a time. Only bounds that every histogram has can be merged exactly.</summary>
internal sealed class HistogramFold(int steps, int leadIn, TargetPresence targets)
{
    private readonly SortedDictionary<double, (CounterFold Fold, HashSet<LabelSet> Owners)> _buckets = [];
    private readonly HashSet<LabelSet> _owners = [];

    /// <summary>Number of bucket series added.</summary>
    public int SeriesCount { get; private set; }

    /// <summary>Adds a bucket series; its bound is the <c>le</c> label. Series without a readable bound are not buckets and are left out.</summary>
    public void Add(LabelSet labels, ReadOnlySpan<double> values)
    {
        if (BoundOf(labels) is { } bound)
        {
            FoldOf(bound, labels).Add(labels, values);
        }
    }

    /// <summary>Adds bucket increases that the backend computed.</summary>
    public void AddPushedDown(LabelSet labels, ReadOnlySpan<double> increases)
    {
        if (BoundOf(labels) is { } bound)
        {
            FoldOf(bound, labels).AddPushedDown(increases);
        }
    }

    /// <summary>The merged histogram, cut to the analysed window.</summary>
    public HistogramSteps Finish()
    {
        KeyValuePair<double, (CounterFold Fold, HashSet<LabelSet> Owners)>[] shared =
            [.. _buckets.Where(bucket => bucket.Value.Owners.Count == _owners.Count)];
        bool complete = shared.Length > 0 && double.IsPositiveInfinity(shared[^1].Key);
        return complete
            ? new HistogramSteps([.. shared.Select(b => b.Key)], [.. shared.Select(b => b.Value.Fold.Finish())], shared.Length < _buckets.Count)
            : new HistogramSteps([], [], _buckets.Count > 0);
    }

    private CounterFold FoldOf(double bound, LabelSet labels)
    {
        SeriesCount++;
        LabelSet owner = labels.Without("le");
        _owners.Add(owner);
        if (!_buckets.TryGetValue(bound, out (CounterFold Fold, HashSet<LabelSet> Owners) bucket))
        {
            bucket = (new CounterFold(steps, leadIn, targets), []);
            _buckets.Add(bound, bucket);
        }

        bucket.Owners.Add(owner);
        return bucket.Fold;
    }

    private static double? BoundOf(LabelSet labels) => labels["le"] switch
    {
        "+Inf" or "Inf" => double.PositiveInfinity,
        { } text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double bound) => bound,
        _ => null,
    };
}
