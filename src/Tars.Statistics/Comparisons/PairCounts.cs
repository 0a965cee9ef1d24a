namespace Tars.Statistics.Comparisons;

/// <summary>How the pairs of two sorted samples compare, in linear time.</summary>
/// <param name="Less">Pairs (i, j) with y_j below x_i.</param>
/// <param name="Equal">Pairs with y_j equal to x_i.</param>
/// <param name="Greater">Pairs with y_j above x_i.</param>
/// <param name="TieSum">Sum over groups of equal values in the pooled sample of t^3 - t.</param>
internal readonly record struct PairCounts(double Less, double Equal, double Greater, double TieSum)
{
    internal static PairCounts OfSorted(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        double less = 0;
        double equal = 0;
        double ties = 0;
        int i = 0;
        int j = 0;
        while (i < x.Length || j < y.Length)
        {
            double value = j >= y.Length || (i < x.Length && x[i] <= y[j]) ? x[i] : y[j];
            int fromX = i;
            int fromY = j;
            while (i < x.Length && x[i] == value)
            {
                i++;
            }

            while (j < y.Length && y[j] == value)
            {
                j++;
            }

            double inX = i - fromX;
            double inY = j - fromY;
            double group = inX + inY;
            less += inX * fromY;
            equal += inX * inY;
            ties += group * ((group * group) - 1);
        }

        return new PairCounts(less, equal, ((double)x.Length * y.Length) - less - equal, ties);
    }
}
