namespace Tars.Statistics.Comparisons;

/// <summary>
/// p-values adjusted for testing many hypotheses, so that "adjusted at most q" keeps the expected share of false discoveries at q.
/// Sources: Y. Benjamini and Y. Hochberg, Journal of the Royal Statistical Society B 57 (1995) 289-300, doi:10.1111/j.2517-6161.1995.tb02031.x;
/// Y. Benjamini and D. Yekutieli, Annals of Statistics 29 (2001) 1165-1188, doi:10.1214/aos/1013699998.
/// </summary>
public static class FalseDiscoveryRate
{
    /// <summary>Benjamini-Hochberg adjustment: valid for independent or positively dependent tests.</summary>
    /// <param name="pValues">In [0, 1]; NaN (a test not made) stays NaN and is not counted.</param>
    /// <returns>Adjusted p-values in [0, 1], in the order of the input; empty for empty.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A p-value is outside [0, 1].</exception>
    public static double[] BenjaminiHochberg(ReadOnlySpan<double> pValues) => Adjust(pValues, dependent: false);

    /// <summary>Benjamini-Yekutieli adjustment: valid under any dependence, larger by the factor 1 + 1/2 + ... + 1/m.</summary>
    /// <param name="pValues">In [0, 1]; NaN (a test not made) stays NaN and is not counted.</param>
    /// <returns>Adjusted p-values in [0, 1], in the order of the input; empty for empty.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A p-value is outside [0, 1].</exception>
    public static double[] BenjaminiYekutieli(ReadOnlySpan<double> pValues) => Adjust(pValues, dependent: true);

    private static double[] Adjust(ReadOnlySpan<double> pValues, bool dependent)
    {
        double[] adjusted = new double[pValues.Length];
        double[] keys = new double[pValues.Length];
        int[] order = new int[pValues.Length];
        int count = 0;
        double harmonic = 0;
        for (int i = 0; i < pValues.Length; i++)
        {
            adjusted[i] = double.NaN;
            if (double.IsNaN(pValues[i]))
            {
                continue;
            }

            ArgumentOutOfRangeException.ThrowIfNegative(pValues[i], nameof(pValues));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(pValues[i], 1, nameof(pValues));
            keys[count] = pValues[i];
            order[count++] = i;
            harmonic += 1.0 / count;
        }

        Array.Sort(keys, order, 0, count);
        double factor = count * (dependent ? harmonic : 1);
        double running = 1;
        for (int rank = count; rank >= 1; rank--)
        {
            running = Math.Min(running, factor / rank * keys[rank - 1]);
            adjusted[order[rank - 1]] = running;
        }

        return adjusted;
    }
}
