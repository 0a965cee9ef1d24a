namespace Tars.Statistics.Comparisons;

/// <summary>
/// Exact null distribution of the Mann-Whitney U statistic without ties.
/// Source: the recursion of H. B. Mann and D. R. Whitney, Annals of Mathematical Statistics 18 (1947) 50-60, doi:10.1214/aoms/1177730491.
/// </summary>
internal static class RankSumDistribution
{
    /// <summary>P(U = u) for u = 0 .. n m under the null hypothesis: coefficients of the Gaussian binomial over their sum.</summary>
    internal static double[] Probabilities(int n, int m)
    {
        // Product over i of (1 - x^(m+i)) / (1 - x^i), kept normalised by C(m+i, i) so that nothing overflows.
        double[] table = new double[(n * m) + 1];
        table[0] = 1;
        for (int i = 1; i <= n; i++)
        {
            int reach = i * m;
            for (int u = reach; u >= m + i; u--)
            {
                table[u] -= table[u - m - i];
            }

            for (int u = i; u <= reach; u++)
            {
                table[u] += table[u - i];
            }

            double scale = i / (double)(m + i);
            for (int u = 0; u <= reach; u++)
            {
                table[u] *= scale;
            }
        }

        return table;
    }

    /// <summary>Largest k with P(U &lt; k) at most the tail; 0 when even the extreme is likelier than the tail.</summary>
    internal static int LowerQuantile(int n, int m, double tail)
    {
        double[] table = Probabilities(n, m);
        double sum = 0;
        for (int k = 0; k < table.Length; k++)
        {
            sum += table[k];
            if (sum > tail)
            {
                return k;
            }
        }

        return table.Length - 1;
    }
}
