using Tars.Observability.Indicators;
using Tars.Statistics.Histograms;

namespace Tars.Observability.Kpis;

/// <summary>Histograms of several services put together on the bounds they share, in seconds.</summary>
internal sealed class MergedHistogram
{
    private readonly IReadOnlyList<IndicatorPart<IndicatorSeries.Latency>> _parts;
    private readonly int[][] _indices;

    private MergedHistogram(IReadOnlyList<IndicatorPart<IndicatorSeries.Latency>> parts, double[] bounds, int[][] indices, bool differ)
    {
        _parts = parts;
        Bounds = bounds;
        _indices = indices;
        LayoutsDiffer = differ;
        Counts = Sum();
    }

    /// <summary>Shared upper bounds in seconds, ascending, the last +∞; only +∞ when nothing else is shared.</summary>
    public double[] Bounds { get; }

    /// <summary>Whether some bounds were left out because not every histogram has them.</summary>
    public bool LayoutsDiffer { get; }

    /// <summary>Merges.</summary>
    /// <param name="parts">At least one part with data.</param>
    public static MergedHistogram Of(IReadOnlyList<IndicatorPart<IndicatorSeries.Latency>> parts)
    {
        double[][] all = [.. parts.Select(part => part.Series.Histogram.UpperBounds.Select(bound => Seconds(part, bound)).ToArray())];
        double[] shared = [.. all[0].Where(bound => all.All(bounds => bounds.Contains(bound)))];
        int[][] indices = [.. all.Select(bounds => shared.Select(bound => Array.IndexOf(bounds, bound)).ToArray())];
        bool differ = parts.Any(part => part.Series.Histogram.LayoutsDiffer) || all.Any(bounds => bounds.Length != shared.Length);
        return new MergedHistogram(parts, shared, indices, differ);
    }

    /// <summary>Cumulative counts over the steps that count, gaps bridged.</summary>
    public double[] Counts { get; }

    private double[] Sum()
    {
        double[] counts = new double[Bounds.Length];
        for (int p = 0; p < _parts.Count; p++)
        {
            for (int b = 0; b < counts.Length; b++)
            {
                counts[b] += _parts[p].Steps.Sum(_parts[p].Series.Histogram.Buckets[_indices[p][b]]);
            }
        }

        return counts;
    }

    /// <summary>The quantile of a single step in seconds, over the parts measured in it; NaN when none is or nothing was observed.</summary>
    public double QuantileAt(double quantile, int step)
    {
        Span<double> counts = Bounds.Length <= 64 ? stackalloc double[Bounds.Length] : new double[Bounds.Length];
        counts.Clear();
        for (int p = 0; p < _parts.Count; p++)
        {
            if (!_parts[p].Steps.Contains(step) || !(_parts[p].Series.Histogram.Buckets[^1].At(step) > 0))
            {
                continue;
            }

            for (int b = 0; b < counts.Length; b++)
            {
                counts[b] += _parts[p].Series.Histogram.Buckets[_indices[p][b]].At(step);
            }
        }

        return HistogramQuantile.Of(quantile, Bounds, counts);
    }

    // Bounds are decimal numbers; rounding to 12 significant digits makes 5 (ms) and 0.005 (s) the same bound again.
    private static double Seconds(IndicatorPart<IndicatorSeries.Latency> part, double bound) => double.IsInfinity(bound) || part.Series.Spec.SecondsPerUnit == 1
        ? bound
        : double.Parse((bound * part.Series.Spec.SecondsPerUnit).ToString("G12", System.Globalization.CultureInfo.InvariantCulture), System.Globalization.CultureInfo.InvariantCulture);
}
