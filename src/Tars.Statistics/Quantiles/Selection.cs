namespace Tars.Statistics.Quantiles;

/// <summary>
/// Order statistics by partial sorting.
/// Source: C. A. R. Hoare, "Algorithm 65: Find", Communications of the ACM 4 (1961) 321-322, doi:10.1145/366622.366647;
/// guarded against quadratic time as in D. R. Musser, Software: Practice and Experience 27 (1997) 983-993.
/// </summary>
public static class Selection
{
    /// <summary>Reorders the values so that index <paramref name="k"/> holds the k-th smallest, none before it is larger, none after it smaller.</summary>
    /// <param name="values">Reordered in place; must hold no NaN.</param>
    /// <param name="k">0-based rank in [0, length).</param>
    /// <returns>The k-th smallest value.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is outside the span.</exception>
    public static double Select(Span<double> values, int k)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(k);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(k, values.Length);
        int low = 0;
        int high = values.Length - 1;
        int budget = 2 * (32 - int.LeadingZeroCount(values.Length));
        while (high - low > 16)
        {
            if (budget-- == 0)
            {
                break;
            }

            double pivot = MedianOfThree(values[low], values[low + ((high - low) / 2)], values[high]);
            int i = low;
            int j = high;
            while (i <= j)
            {
                while (values[i] < pivot)
                {
                    i++;
                }

                while (pivot < values[j])
                {
                    j--;
                }

                if (i <= j)
                {
                    (values[i], values[j]) = (values[j], values[i]);
                    i++;
                    j--;
                }
            }

            if (k <= j)
            {
                high = j;
            }
            else if (k >= i)
            {
                low = i;
            }
            else
            {
                return values[k];
            }
        }

        values[low..(high + 1)].Sort();
        return values[k];
    }

    private static double MedianOfThree(double a, double b, double c) =>
        Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));
}
