using Tars.Statistics.Monitoring;

namespace Tars.Statistics.Smoothing;

/// <summary>
/// Median of a window centred on each value; near the ends the window shrinks to what exists.
/// Source: J. W. Tukey, Exploratory Data Analysis (1977), chapter 7.
/// </summary>
public static class RunningMedian
{
    /// <summary>Running medians. NaN is skipped inside the window.</summary>
    /// <param name="values">The series in time order; NaN is missing.</param>
    /// <param name="halfWidth">How many neighbours on each side, at least 0.</param>
    /// <returns>Same length; NaN where the window holds no measured value.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The half width is negative.</exception>
    public static double[] Of(ReadOnlySpan<double> values, int halfWidth)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(halfWidth);
        halfWidth = Math.Min(halfWidth, values.Length);
        double[] medians = new double[values.Length];
        RollingWindow window = new((2 * halfWidth) + 1);
        for (int i = 0; i < values.Length + halfWidth; i++)
        {
            window.Add(i < values.Length ? values[i] : double.NaN);
            if (i >= halfWidth)
            {
                medians[i - halfWidth] = window.Median;
            }
        }

        return medians;
    }
}
