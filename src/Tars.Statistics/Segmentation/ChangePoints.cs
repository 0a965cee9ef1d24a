using Tars.Statistics.Moments;
using Tars.Statistics.Quantiles;

namespace Tars.Statistics.Segmentation;

/// <summary>
/// Offline detection of changes of level or slope in a regular series that may be seasonal and autocorrelated. A strong season is removed; the best
/// segmentations with 0, 1, 2 ... changes are found for levels and for lines; starting from "no change" a larger model replaces a smaller one while
/// n_eff log(RSS_small / RSS_large) exceeds log(n) per added parameter, n_eff = n (1 - r) / (1 + r) with r the bias-corrected lag-one autocorrelation
/// of the larger model's residuals.
/// Sources: Y.-C. Yao, Statistics and Probability Letters 6 (1988) 181-189, doi:10.1016/0167-7152(88)90118-6 (criterion); G. V. Bayley and J. M. Hammersley,
/// Supplement to the JRSS 8 (1946) 184-197, doi:10.2307/2983560 (n_eff); M. G. Kendall, Biometrika 41 (1954) 403-404, doi:10.1093/biomet/41.3-4.403 (bias).
/// </summary>
public static class ChangePoints
{
    /// <summary>Finds the changes of a series. NaN is skipped and keeps its index.</summary>
    /// <param name="values">The series in time order; NaN is missing; no infinities.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <returns>Ascending by index; empty when there is no change, or for fewer than six measured values or a constant series.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A setting is outside its range.</exception>
    /// <exception cref="ArgumentException">A value is infinite.</exception>
    public static IReadOnlyList<ChangePoint> Detect(ReadOnlySpan<double> values, ChangePointOptions? options = null)
    {
        options ??= new ChangePointOptions();
        ArgumentOutOfRangeException.ThrowIfNegative(options.MaximumChanges);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.PenaltyFactor);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaximumPValue);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MinimumSegment ?? 2, 2);
        int period = options.AdjustSeason ? SeasonalAdjustment.Period(values) : 0;
        double[] adjusted = period > 0 ? SeasonalAdjustment.Remove(values, period) : values.ToArray();
        int[] indices = [.. Enumerable.Range(0, adjusted.Length).Where(i => !double.IsNaN(adjusted[i]))];
        double[] measured = [.. indices.Select(i => adjusted[i])];
        SampleMoments moments = SampleMoments.Of(measured);
        if (double.IsInfinity(moments.Mean) || measured.Any(double.IsInfinity))
        {
            throw new ArgumentException("an infinite value has no level", nameof(values));
        }

        if (measured.Length < 6 || !(moments.Variance > 0))
        {
            return [];
        }

        double[] scaled = [.. measured.Select(v => (v - moments.Mean) / moments.StandardDeviation)];
        SegmentModel chosen = Choose(scaled, options);
        while (chosen.Changes.Length > 0)
        {
            double[] p = chosen.PValues();
            int doubtful = Array.IndexOf(p, p.Max());
            if (p[doubtful] <= options.MaximumPValue)
            {
                break;
            }

            chosen = SegmentModel.Of(scaled, chosen.Cost, [.. chosen.Changes.Where((_, i) => i != doubtful)]);
        }

        return Describe(values, indices, chosen, moments.StandardDeviation);
    }

    private static SegmentModel Choose(double[] scaled, ChangePointOptions options)
    {
        int n = scaled.Length;
        int minimum = options.MinimumSegment ?? Math.Min(Math.Clamp(n / 20, 10, 30), Math.Max(2, n / 3));
        List<SegmentModel> models = [];
        foreach (bool trend in options.AllowTrends ? new[] { false, true } : [false])
        {
            SegmentCost cost = new(scaled, trend);
            models.AddRange(SegmentNeighbourhood.Find(cost, minimum, options.MaximumChanges).Select(c => SegmentModel.Of(scaled, cost, c)));
        }

        double penalty = options.PenaltyFactor * Math.Log(n);
        SegmentModel current = models[0];
        while (true)
        {
            SegmentModel? best = null;
            double bestGain = 0;
            foreach (SegmentModel model in models)
            {
                int added = model.Parameters - current.Parameters;
                double gain = (model.EffectiveCount * Math.Log(current.Residual / model.Residual)) - (penalty * added);
                if (added > 0 && model.Changes.Length <= current.Changes.Length + 2 && gain > bestGain)
                {
                    (best, bestGain) = (model, gain);
                }
            }

            if (best is null)
            {
                return current;
            }

            current = best;
        }
    }

    private static ChangePoint[] Describe(ReadOnlySpan<double> values, int[] indices, SegmentModel model, double unit)
    {
        int[] edges = [0, .. model.Changes, indices.Length];
        double[] p = model.PValues();
        ChangePoint[] found = new ChangePoint[model.Changes.Length];
        for (int i = 0; i < found.Length; i++)
        {
            (int left, int at, int right) = (edges[i], edges[i + 1], edges[i + 2]);
            int end = right == indices.Length ? values.Length : indices[right];
            found[i] = new ChangePoint(
                indices[at], Median.Of(values[indices[left]..indices[at]]), Median.Of(values[indices[at]..end]),
                unit * model.Cost.Slope(left, at), unit * model.Cost.Slope(at, right), p[i]);
        }

        return found;
    }
}
