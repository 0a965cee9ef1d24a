namespace Tars.Statistics.Trends;

/// <summary>Concordant minus discordant pairs of a sequence with its order, in O(n log n).</summary>
internal static class TrendConcordance
{
    /// <summary>Sum over i &lt; j of sign(y_j - y_i), and the sum of t (t - 1) (2 t + 5) over groups of equal values. No NaN.</summary>
    internal static (double S, double TieSum) Of(ReadOnlySpan<double> values)
    {
        double[] sorted = values.ToArray();
        long descents = CountDescents(sorted, new double[sorted.Length]);
        double tiedPairs = 0;
        double tieSum = 0;
        for (int i = 0; i < sorted.Length;)
        {
            int from = i;
            while (i < sorted.Length && sorted[i] == sorted[from])
            {
                i++;
            }

            double group = i - from;
            tiedPairs += group * (group - 1) / 2;
            tieSum += group * (group - 1) * ((2 * group) + 5);
        }

        double pairs = (double)values.Length * (values.Length - 1) / 2;
        return (pairs - tiedPairs - (2.0 * descents), tieSum);
    }

    /// <summary>Sorts the values by merging and counts the pairs i &lt; j with y_i above y_j.</summary>
    internal static long CountDescents(Span<double> values, Span<double> scratch)
    {
        if (values.Length <= 16)
        {
            return InsertionDescents(values);
        }

        int half = values.Length / 2;
        long count = CountDescents(values[..half], scratch[..half]) + CountDescents(values[half..], scratch[half..]);
        values.CopyTo(scratch);
        int i = 0;
        int j = half;
        for (int k = 0; k < values.Length; k++)
        {
            if (j >= values.Length || (i < half && scratch[i] <= scratch[j]))
            {
                values[k] = scratch[i++];
            }
            else
            {
                count += half - i;
                values[k] = scratch[j++];
            }
        }

        return count;
    }

    private static long InsertionDescents(Span<double> values)
    {
        long count = 0;
        for (int i = 1; i < values.Length; i++)
        {
            double value = values[i];
            int j = i - 1;
            while (j >= 0 && values[j] > value)
            {
                values[j + 1] = values[j];
                j--;
            }

            values[j + 1] = value;
            count += i - 1 - j;
        }

        return count;
    }
}
