using Tars.Statistics.Distributions;

namespace Tars.Statistics.Segmentation;

/// <summary>One segmentation of a standardised series with what its residuals say.</summary>
/// <param name="Cost">The segment costs it was found with.</param>
/// <param name="Changes">First indices of the new segments.</param>
/// <param name="Residual">Residual sum of squares, not below rounding noise.</param>
/// <param name="EffectiveCount">Number of independent values that carry as much information as the autocorrelated ones.</param>
internal sealed record SegmentModel(SegmentCost Cost, int[] Changes, double Residual, double EffectiveCount)
{
    /// <summary>Residual variance, relative to the series' variance, below which differences of prefix sums are rounding noise.</summary>
    internal const double ResidualFloor = 1e-12;

    /// <summary>Places, levels and slopes beyond the single level every model has.</summary>
    internal int Parameters => (Changes.Length * (Cost.Trend ? 3 : 2)) + (Cost.Trend ? 1 : 0);

    /// <summary>Per change: the likelihood-ratio p-value between its neighbouring segments, times the effective number of places searched.</summary>
    internal double[] PValues()
    {
        int[] edges = [0, .. Changes, Cost.Length];
        double[] p = new double[Changes.Length];
        for (int i = 0; i < p.Length; i++)
        {
            (int left, int at, int right) = (edges[i], edges[i + 1], edges[i + 2]);
            double split = Math.Max(Cost.Of(left, at) + Cost.Of(at, right), ResidualFloor * (right - left));
            double effective = Math.Max(1, (right - left) * EffectiveCount / Cost.Length);
            double ratio = Math.Max(0, effective * Math.Log(Math.Max(Cost.Of(left, right), split) / split));
            p[i] = Math.Min(1, effective * ChiSquareDistribution.Survival(ratio, Cost.Trend ? 2 : 1));
        }

        return p;
    }

    internal static SegmentModel Of(double[] values, SegmentCost cost, int[] changes)
    {
        int n = values.Length;
        int[] edges = [0, .. changes, n];
        double squares = 0;
        double lagged = 0;
        double previous = 0;
        for (int s = 0; s + 1 < edges.Length; s++)
        {
            double mean = cost.Mean(edges[s], edges[s + 1]);
            double slope = cost.Slope(edges[s], edges[s + 1]);
            double middle = 0.5 * (edges[s] + edges[s + 1] - 1);
            for (int i = edges[s]; i < edges[s + 1]; i++)
            {
                double residual = values[i] - mean - (slope * (i - middle));
                squares += residual * residual;
                lagged += residual * previous;
                previous = residual;
            }
        }

        // Fitting k parameters per segment of length L pulls the residual autocorrelation down by about (k + (1 + k) r) / L (Kendall 1954).
        double length = n / (changes.Length + 1.0);
        double fitted = cost.Trend ? 2 : 1;
        double raw = squares > 0 ? lagged / squares : 0;
        double correlation = Math.Clamp((raw + (fitted / length)) / Math.Max(0.05, 1 - ((1 + fitted) / length)), 0, 0.99);
        double floor = Math.Max(squares, ResidualFloor * n);
        return new SegmentModel(cost, changes, floor, n * (1 - correlation) / (1 + correlation));
    }
}
