using Tars.Statistics.Distributions;
using Tars.Statistics.Quantiles;
using Tars.Statistics.Seasonality;

namespace Tars.Statistics.Trends;

/// <summary>
/// Two-sided test for a monotone trend. Exact without ties for at most 40 values, otherwise normal with tie and continuity correction;
/// optionally corrected for autocorrelation of the ranks.
/// Sources: M. G. Kendall, Rank Correlation Methods (4th ed., 1975); K. H. Hamed and A. R. Rao, Journal of Hydrology 204 (1998) 182-196, doi:10.1016/S0022-1694(97)00125-X.
/// </summary>
/// <param name="S">Rising minus falling pairs; NaN when fewer than three values were measured.</param>
/// <param name="Tau">Kendall's tau-b against time, in [-1, 1]; NaN when all values are equal.</param>
/// <param name="PValue">Two-sided p-value; 1 when all values are equal; NaN when fewer than three values were measured.</param>
/// <param name="VarianceInflation">Factor that was applied to the variance of S, at least 1; 1 without correction.</param>
/// <param name="Exact">True when the p-value comes from the exact distribution.</param>
public readonly record struct MannKendallTest(double S, double Tau, double PValue, double VarianceInflation, bool Exact)
{
    /// <summary>Largest number of values for which the exact distribution is used.</summary>
    public const int ExactLimit = 40;

    /// <summary>Tests a series. NaN is skipped. O(n log n), with the correction O(n k) for k lags.</summary>
    /// <param name="values">The series in time order; NaN is missing.</param>
    /// <param name="correctAutocorrelation">
    /// Multiply the variance by Hamed and Rao's factor from the significant (95 %) autocorrelations of the ranks of the series without its
    /// Theil-Sen line, from lag 1 to the first insignificant one, at most a quarter of the length (later ones are mostly noise and eat up the
    /// correction). A factor below 1 is not used: the test is never made bolder.
    /// </param>
    public static MannKendallTest Of(ReadOnlySpan<double> values, bool correctAutocorrelation = false)
    {
        double[] y = MeasuredValues.ToArray(values);
        if (y.Length < 3)
        {
            return new MannKendallTest(double.NaN, double.NaN, double.NaN, 1, false);
        }

        (double s, double tieSum) = TrendConcordance.Of(y);
        double inflation = correctAutocorrelation ? Math.Max(1, HamedRaoFactor(values)) : 1;
        double variance = Variance(y.Length, tieSum);
        if (!(variance > 0))
        {
            return new MannKendallTest(s, double.NaN, 1, inflation, false);
        }

        double tau = TauB(s, y);
        if (tieSum == 0 && inflation == 1 && y.Length <= ExactLimit)
        {
            return new MannKendallTest(s, tau, ExactTwoSided(y.Length, s), 1, true);
        }

        double z = Math.Max(0, Math.Abs(s) - 1) / Math.Sqrt(variance * inflation);
        return new MannKendallTest(s, tau, NormalDistribution.TwoSided(z), inflation, false);
    }

    internal static double Variance(double n, double tieSum) => ((n * (n - 1) * ((2 * n) + 5)) - tieSum) / 18;

    private static double TauB(double s, double[] y)
    {
        double[] sorted = (double[])y.Clone();
        Array.Sort(sorted);
        double tied = 0;
        for (int i = 0; i < sorted.Length;)
        {
            int from = i;
            while (i < sorted.Length && sorted[i] == sorted[from])
            {
                i++;
            }

            tied += (i - from) * (i - from - 1.0) / 2;
        }

        double pairs = y.Length * (y.Length - 1.0) / 2;
        return s / Math.Sqrt(pairs * (pairs - tied));
    }

    private static double HamedRaoFactor(ReadOnlySpan<double> values)
    {
        int n = MeasuredValues.Count(values);
        TheilSenTrend trend = TheilSenTrend.Of(values);
        double[] ranks = new double[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            ranks[i] = values[i] - (trend.Slope * i);
        }

        Ranks.MidRanks(ranks, ranks);
        double[] correlations = Autocorrelation.Function(ranks, Math.Max(1, n / 4));
        double significant = 1.959963984540054 / Math.Sqrt(n);
        double sum = 0;
        for (int lag = 1; lag < correlations.Length && Math.Abs(correlations[lag]) > significant; lag++)
        {
            sum += (n - lag) * (n - lag - 1.0) * (n - lag - 2.0) * correlations[lag];
        }

        return 1 + (2 * sum / (n * (n - 1.0) * (n - 2.0)));
    }

    // Numbers of permutations by descents: the coefficients of the product of (1 + x + ... + x^(i-1)) / i.
    private static double ExactTwoSided(int n, double s)
    {
        int most = n * (n - 1) / 2;
        double[] table = new double[most + 1];
        double[] next = new double[most + 1];
        table[0] = 1;
        for (int i = 2; i <= n; i++)
        {
            double window = 0;
            for (int d = 0; d <= i * (i - 1) / 2; d++)
            {
                window += table[d] - (d >= i ? table[d - i] : 0);
                next[d] = window / i;
            }

            (table, next) = (next, table);
        }

        int descents = (int)Math.Round((most - Math.Abs(s)) / 2);
        double tail = 0;
        for (int d = 0; d <= descents; d++)
        {
            tail += table[d];
        }

        return Math.Min(1, 2 * tail);
    }
}
