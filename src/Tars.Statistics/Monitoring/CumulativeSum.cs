namespace Tars.Statistics.Monitoring;

/// <summary>
/// Two-sided tabular CUSUM over standardised values: quick at small lasting shifts.
/// Source: E. S. Page, Biometrika 41 (1954) 100-115, doi:10.1093/biomet/41.1-2.100.
/// </summary>
public sealed class CumulativeSum
{
    private readonly double _allowance;
    private readonly double _threshold;

    /// <summary>A chart at zero. The usual design 0.5 / 5 has an in-control run length of about 465 and finds a shift of one deviation in about 10 steps.</summary>
    /// <param name="allowance">Half the shift to find, in standard deviations; at least 0.</param>
    /// <param name="threshold">Decision limit, in standard deviations; positive.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public CumulativeSum(double allowance = 0.5, double threshold = 5)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(allowance);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threshold);
        (_allowance, _threshold) = (allowance, threshold);
    }

    /// <summary>Evidence for an upward shift, at least 0.</summary>
    public double Upper { get; private set; }

    /// <summary>Evidence for a downward shift, at least 0.</summary>
    public double Lower { get; private set; }

    /// <summary>1 while the upper sum is above the limit, -1 while the lower is, otherwise 0; when both are, the larger counts.</summary>
    public int Signal => Math.Max(Upper, Lower) <= _threshold ? 0 : Upper >= Lower ? 1 : -1;

    /// <summary>Adds a standardised value; NaN is skipped.</summary>
    /// <param name="z">Distance from the target in standard deviations.</param>
    /// <returns>The signal after the value.</returns>
    public int Add(double z)
    {
        if (!double.IsNaN(z))
        {
            Upper = Math.Max(0, Upper + z - _allowance);
            Lower = Math.Max(0, Lower - z - _allowance);
        }

        return Signal;
    }

    /// <summary>Sets both sums back to 0.</summary>
    public void Reset() => (Upper, Lower) = (0, 0);
}
