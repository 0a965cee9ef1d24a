using Tars.Statistics.Monitoring;

namespace Tars.Observability.Anomalies;

/// <summary>
/// The upper tail of a distance among its earlier values: beyond the 97 % quantile the excess is taken for exponential with the observed
/// mean (the generalised Pareto tail with shape zero; J. Pickands, Annals of Statistics 3 (1975) 119-131, doi:10.1214/aos/1176343003).
/// </summary>
internal sealed class DistanceTail
{
    private const double Level = 0.97;
    private const int Fewest = 50;
    private const double Largest = 20;
    private readonly RollingWindow _earlier = new(6000);

    /// <summary>The negative decimal logarithm of the tail probability, in [0, 20]; 0 below the quantile or with fewer than 50 earlier values.</summary>
    public double Surprise(double distance)
    {
        ReadOnlySpan<double> sorted = _earlier.Sorted;
        if (sorted.Length < Fewest)
        {
            return 0;
        }

        int from = (int)(sorted.Length * Level);
        double threshold = sorted[from];
        if (!(distance > threshold))
        {
            return 0;
        }

        double excess = 0;
        foreach (double value in sorted[from..])
        {
            excess += value - threshold;
        }

        // A tail without excesses (a constant stream) would make the smallest move infinitely surprising.
        double mean = Math.Max(excess / (sorted.Length - from), 0.05 * Math.Max(1, threshold));
        return Math.Min(Largest, -Math.Log10(1 - Level) + ((distance - threshold) / mean / Math.Log(10)));
    }

    /// <summary>Adds a distance to the earlier ones.</summary>
    public void Add(double distance) => _earlier.Add(distance);
}
