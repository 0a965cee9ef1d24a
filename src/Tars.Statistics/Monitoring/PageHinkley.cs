namespace Tars.Statistics.Monitoring;

/// <summary>
/// Page-Hinkley test for a lasting change of the mean of a stream, upward or downward, against the running mean.
/// Sources: E. S. Page, Biometrika 41 (1954) 100-115, doi:10.1093/biomet/41.1-2.100; D. V. Hinkley, Biometrika 58 (1971) 509-523, doi:10.1093/biomet/58.3.509.
/// </summary>
public sealed class PageHinkley
{
    private readonly double _tolerance;
    private readonly double _threshold;
    private double _upper;
    private double _lower;
    private double _lowest;
    private double _highest;

    /// <summary>A test that has seen nothing.</summary>
    /// <param name="tolerance">Change of the mean that is accepted, in the unit of the values; at least 0.</param>
    /// <param name="threshold">Cumulated deviation that signals, in the unit of the values; positive.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public PageHinkley(double tolerance, double threshold)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tolerance);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threshold);
        (_tolerance, _threshold) = (tolerance, threshold);
    }

    /// <summary>Running mean; NaN before the first measured value.</summary>
    public double Mean { get; private set; } = double.NaN;

    /// <summary>How many measured values were added since the start or the last reset.</summary>
    public long Count { get; private set; }

    /// <summary>Adds a value; NaN is skipped.</summary>
    /// <param name="value">The newest value.</param>
    /// <returns>1 for an upward change, -1 for a downward one, otherwise 0. The state goes on; call <see cref="Reset"/> after acting.</returns>
    public int Add(double value)
    {
        if (!double.IsNaN(value))
        {
            Count++;
            Mean = Count == 1 ? value : Mean + ((value - Mean) / Count);
            _upper += value - Mean - _tolerance;
            _lower += value - Mean + _tolerance;
            _lowest = Math.Min(_lowest, _upper);
            _highest = Math.Max(_highest, _lower);
        }

        double up = _upper - _lowest;
        double down = _highest - _lower;
        return Math.Max(up, down) <= _threshold ? 0 : up >= down ? 1 : -1;
    }

    /// <summary>Forgets everything seen.</summary>
    public void Reset()
    {
        (_upper, _lower, _lowest, _highest, Count) = (0, 0, 0, 0, 0);
        Mean = double.NaN;
    }
}
