using Tars.Simulation.Backends.Queries;
using Tars.Simulation.Fleets;

namespace Tars.Simulation.Backends;

/// <summary>A series with the times of its samples: sample k at <paramref name="FirstMs"/> + k × <paramref name="IntervalMs"/>; NaN where there is none.</summary>
internal sealed record StoredSeries(SeriesLabels Labels, long FirstMs, long IntervalMs, double[] Samples)
{
    /// <summary>The index of the last scrape not after <paramref name="timeMs"/>; −1 when all are.</summary>
    public int IndexAt(long timeMs) => timeMs < FirstMs ? -1 : (int)Math.Min(Samples.Length - 1, (timeMs - FirstMs) / IntervalMs);

    /// <summary>The index of the first scrape not before <paramref name="timeMs"/>; the length when all are.</summary>
    public int IndexFrom(long timeMs) => timeMs <= FirstMs ? 0 : (int)Math.Min(Samples.Length, (timeMs - FirstMs + IntervalMs - 1) / IntervalMs);

    /// <summary>Whether there is a sample in [from, to].</summary>
    public bool HasSampleIn(long fromMs, long toMs)
    {
        for (int k = IndexFrom(fromMs); k <= IndexAt(toMs); k++)
        {
            if (!double.IsNaN(Samples[k]))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>The series of a fleet, found by metric and labels.</summary>
internal sealed class SeriesStore
{
    private readonly StoredSeries[] _all;
    private readonly Dictionary<string, StoredSeries[]> _byMetric;

    /// <summary>Takes up a fleet; samples are shared, not copied.</summary>
    public SeriesStore(SimulatedFleet fleet)
    {
        StartMs = fleet.Start.ToUnixTimeMilliseconds();
        EndMs = fleet.End.ToUnixTimeMilliseconds();
        _all = [.. fleet.Series
            .Select(series => new StoredSeries(
                new SeriesLabels(series.Labels.Append(new(SeriesLabels.MetricName, series.Metric))),
                StartMs + (long)ScrapeOffset.Of(series.Labels).TotalMilliseconds,
                (long)fleet.Interval.TotalMilliseconds,
                series.Samples))
            .OrderBy(series => series.Labels)];
        _byMetric = _all.GroupBy(series => series.Labels[SeriesLabels.MetricName]).ToDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal);
    }

    /// <summary>Start of the fleet, Unix milliseconds.</summary>
    public long StartMs { get; }

    /// <summary>End of the fleet, Unix milliseconds; every sample is before it. It is the "now" of requests that name no time.</summary>
    public long EndMs { get; }

    /// <summary>The series that pass every matcher, sorted by labels.</summary>
    public IEnumerable<StoredSeries> Select(IReadOnlyList<Matcher> matchers)
    {
        Matcher? metric = matchers.FirstOrDefault(matcher => matcher is { Label: SeriesLabels.MetricName, Operator: "=" });
        StoredSeries[] candidates = metric is null ? _all : _byMetric.GetValueOrDefault(metric.Value, []);
        return candidates.Where(series => matchers.All(matcher => matcher.Passes(series.Labels)));
    }

    /// <summary>The series that pass any of the selectors (all series without one) and have a sample in [from, to].</summary>
    public IEnumerable<StoredSeries> Find(IReadOnlyList<IReadOnlyList<Matcher>> selectors, long fromMs, long toMs) =>
        (selectors.Count == 0 ? _all : selectors.SelectMany(Select).Distinct()).Where(series => series.HasSampleIn(fromMs, toMs));
}
