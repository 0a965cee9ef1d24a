using System.Globalization;
using Tars.Observability.Indicators;

namespace Tars.Observability.Objectives;

/// <summary>
/// Where a latency threshold lies among bucket bounds. Counting slower requests is linear in the bucket counts, so it adds up over steps:
/// slower = total − ((1 − w)·count(lower bound) + w·count(upper bound)), w = 0 or 1 on a bound.
/// </summary>
internal sealed class LatencyThreshold
{
    private readonly int _lower;
    private readonly int _upper;
    private readonly double _weight;

    private LatencyThreshold(int lower, int upper, double weight, string note)
    {
        _lower = lower;
        _upper = upper;
        _weight = weight;
        Note = note;
    }

    /// <summary>How the threshold lies to the bounds, for people.</summary>
    public string Note { get; }

    /// <summary>Finds the place of a threshold.</summary>
    /// <param name="histogram">A histogram with at least the +∞ bucket.</param>
    /// <param name="threshold">The threshold in the unit of the bounds.</param>
    /// <param name="secondsPerUnit">Seconds per unit of the bounds.</param>
    public static LatencyThreshold Of(HistogramSteps histogram, double threshold, double secondsPerUnit)
    {
        double[] bounds = histogram.UpperBounds;
        string Milliseconds(double bound) => (bound * secondsPerUnit * 1000).ToString("0.###", CultureInfo.InvariantCulture) + " ms";
        int upper = Array.FindIndex(bounds, bound => bound >= threshold * (1 - 1e-12));
        if (double.IsPositiveInfinity(bounds[upper]))
        {
            string highest = bounds.Length > 1 ? $"the highest bucket bound is {Milliseconds(bounds[^2])}" : "there is no bucket bound";
            return new LatencyThreshold(upper - 1, -1, 0, $"the threshold {Milliseconds(threshold)} is not measurable: {highest}");
        }

        if (bounds[upper] <= threshold * (1 + 1e-12))
        {
            return new LatencyThreshold(upper, upper, 1, $"the threshold is the bucket bound {Milliseconds(bounds[upper])}");
        }

        double lowest = upper == 0 ? 0 : bounds[upper - 1];
        return new LatencyThreshold(
            upper - 1, upper, (threshold - lowest) / (bounds[upper] - lowest),
            $"interpolated between the bucket bounds {Milliseconds(lowest)} and {Milliseconds(bounds[upper])}");
    }

    /// <summary>Requests in a step slower than the threshold; NaN when some lie above the highest bound, where nobody knows.</summary>
    public double SlowerThan(HistogramSteps histogram, int step)
    {
        double total = histogram.Buckets[^1].Increase[step];
        double lower = _lower < 0 ? 0 : histogram.Buckets[_lower].Increase[step];
        if (_upper < 0)
        {
            return total > lower ? double.NaN : 0;
        }

        double upper = histogram.Buckets[_upper].Increase[step];
        return Math.Max(0, total - (lower + (_weight * (upper - lower))));
    }
}
