namespace Tars.Statistics.Moments;

/// <summary>
/// Summation whose error does not grow with the number of terms.
/// Source: A. Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", ZAMM 54 (1974) 39-51, doi:10.1002/zamm.19740540106.
/// </summary>
public static class CompensatedSum
{
    /// <summary>Sum of the measured values. NaN is skipped.</summary>
    /// <param name="values">Observations; NaN is missing.</param>
    /// <returns>The sum; NaN when nothing was measured. Infinities add as IEEE 754 says.</returns>
    public static double Of(ReadOnlySpan<double> values)
    {
        double sum = 0;
        double compensation = 0;
        bool any = false;
        foreach (double value in values)
        {
            if (double.IsNaN(value))
            {
                continue;
            }

            any = true;
            double next = sum + value;
            compensation += Math.Abs(sum) >= Math.Abs(value) ? sum - next + value : value - next + sum;
            sum = next;
        }

        if (!any)
        {
            return double.NaN;
        }

        return double.IsFinite(sum) ? sum + compensation : sum;
    }
}
