using Tars.Statistics.Quantiles;

namespace Tars.Statistics.Monitoring;

/// <summary>
/// Tail probability of extreme values: the excesses over a high empirical quantile follow a generalised Pareto distribution.
/// Source: A. Siffer, P.-A. Fouque, A. Termier and C. Largouet, "Anomaly Detection in Streams with Extreme Value Theory" (KDD 2017), doi:10.1145/3097983.3098144.
/// </summary>
/// <param name="Threshold">The quantile above which the tail model holds, in the unit of the values; NaN when nothing was measured.</param>
/// <param name="Tail">Distribution of the excesses over the threshold.</param>
/// <param name="Exceeding">Share of the calibration values above the threshold, in [0, 1].</param>
/// <param name="Count">Measured calibration values.</param>
public readonly record struct PeaksOverThreshold(double Threshold, GeneralizedPareto Tail, double Exceeding, int Count)
{
    /// <summary>Calibrates the upper tail. NaN is skipped. Negate the values for the lower tail.</summary>
    /// <param name="values">Calibration values; the tested value must not be among them.</param>
    /// <param name="level">Probability of the threshold quantile, in (0, 1); 0.98 in the paper.</param>
    /// <exception cref="ArgumentOutOfRangeException">The level is outside (0, 1).</exception>
    public static PeaksOverThreshold Fit(ReadOnlySpan<double> values, double level = 0.98)
    {
        Intervals.ConfidenceInterval.ValidateLevel(level);
        double[] sorted = MeasuredValues.ToSortedArray(values);
        double threshold = Quantile.OfSorted(sorted, level);
        int from = sorted.Length;
        while (from > 0 && sorted[from - 1] > threshold)
        {
            from--;
        }

        double[] excesses = sorted[from..];
        for (int i = 0; i < excesses.Length; i++)
        {
            excesses[i] -= threshold;
        }

        double share = sorted.Length == 0 ? double.NaN : excesses.Length / (double)sorted.Length;
        return new PeaksOverThreshold(threshold, GeneralizedPareto.Fit(excesses), share, sorted.Length);
    }

    /// <summary>
    /// Estimated probability that a value of the calibrated kind exceeds <paramref name="x"/>. Below the threshold the model says nothing and
    /// the answer is the share above the threshold; for a value above a tail that was never observed (no excess) it is 1 / (n + 1).
    /// </summary>
    /// <param name="x">The tested value; NaN gives NaN.</param>
    /// <returns>In [0, 1]; NaN when nothing was measured.</returns>
    public double TailProbability(double x)
    {
        if (double.IsNaN(x) || Count == 0)
        {
            return double.NaN;
        }

        if (x <= Threshold)
        {
            return Exceeding;
        }

        return Exceeding == 0 ? 1.0 / (Count + 1) : Exceeding * Tail.Survival(x - Threshold);
    }

    /// <summary>The value that is exceeded with probability <paramref name="risk"/> (z_q of the paper).</summary>
    /// <param name="risk">In (0, 1); a risk above the share over the threshold answers the threshold.</param>
    /// <returns>In the unit of the values; NaN when nothing was measured.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The risk is outside (0, 1).</exception>
    public double Limit(double risk)
    {
        Intervals.ConfidenceInterval.ValidateLevel(risk);
        if (Count == 0 || risk >= Exceeding)
        {
            return Threshold;
        }

        double ratio = risk / Exceeding;
        double reach = Math.Abs(Tail.Shape) < 1e-9 ? -Math.Log(ratio) : (Math.Pow(ratio, -Tail.Shape) - 1) / Tail.Shape;
        return Threshold + (Tail.Scale * reach);
    }
}
