namespace Tars.Statistics.Quantiles;

/// <summary>Ranks of a sample, ties sharing their mean rank (mid-ranks). Source: M. G. Kendall, Biometrika 33 (1945) 239-251, doi:10.1093/biomet/33.3.239.</summary>
public static class Ranks
{
    /// <summary>Writes mid-ranks 1 .. n of the measured values; a NaN value gets a NaN rank and is not counted.</summary>
    /// <param name="values">Observations; NaN is missing.</param>
    /// <param name="ranks">Same length; may be the same memory.</param>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    public static void MidRanks(ReadOnlySpan<double> values, Span<double> ranks)
    {
        if (values.Length != ranks.Length)
        {
            throw new ArgumentException("values and ranks differ in length", nameof(ranks));
        }

        double[] keys = new double[values.Length];
        int[] order = new int[values.Length];
        int count = 0;
        for (int i = 0; i < values.Length; i++)
        {
            if (!double.IsNaN(values[i]))
            {
                keys[count] = values[i];
                order[count++] = i;
            }
        }

        ranks.Fill(double.NaN);
        Array.Sort(keys, order, 0, count);
        for (int i = 0; i < count;)
        {
            int from = i;
            while (i < count && keys[i] == keys[from])
            {
                i++;
            }

            for (int k = from; k < i; k++)
            {
                ranks[order[k]] = 0.5 * (from + 1 + i);
            }
        }
    }
}
