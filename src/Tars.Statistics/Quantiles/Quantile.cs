using System.Buffers;

namespace Tars.Statistics.Quantiles;

/// <summary>
/// Sample quantiles of type 7 (linear interpolation of the order statistics at p (n - 1)), the default of R, NumPy and spreadsheets.
/// Source: R. J. Hyndman and Y. Fan, The American Statistician 50 (1996) 361-365, doi:10.1080/00031305.1996.10473566.
/// </summary>
public static class Quantile
{
    /// <summary>Quantile of the measured values. NaN is skipped; the input is not changed.</summary>
    /// <param name="values">Observations; NaN is missing.</param>
    /// <param name="p">Probability in [0, 1].</param>
    /// <returns>The quantile; NaN when nothing was measured.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The probability is outside [0, 1] or NaN.</exception>
    public static double Of(ReadOnlySpan<double> values, double p)
    {
        double[] rented = ArrayPool<double>.Shared.Rent(Math.Max(1, values.Length));
        try
        {
            int count = MeasuredValues.CopyTo(values, rented);
            return InPlace(rented.AsSpan(0, count), p);
        }
        finally
        {
            ArrayPool<double>.Shared.Return(rented);
        }
    }

    /// <summary>Quantile in linear expected time; reorders the values.</summary>
    /// <param name="values">Observations without NaN; reordered.</param>
    /// <param name="p">Probability in [0, 1].</param>
    /// <returns>The quantile; NaN when empty.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The probability is outside [0, 1] or NaN.</exception>
    public static double InPlace(Span<double> values, double p)
    {
        Validate(p);
        if (values.IsEmpty)
        {
            return double.NaN;
        }

        double position = p * (values.Length - 1);
        int lower = (int)position;
        double low = Selection.Select(values, lower);
        double fraction = position - lower;
        if (fraction == 0 || lower + 1 >= values.Length)
        {
            return low;
        }

        double high = values[lower + 1];
        foreach (double value in values[(lower + 2)..])
        {
            high = value < high ? value : high;
        }

        return Interpolate(low, high, fraction);
    }

    /// <summary>Quantile of values that are already ascending.</summary>
    /// <param name="sorted">Ascending, without NaN.</param>
    /// <param name="p">Probability in [0, 1].</param>
    /// <returns>The quantile; NaN when empty.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The probability is outside [0, 1] or NaN.</exception>
    public static double OfSorted(ReadOnlySpan<double> sorted, double p)
    {
        Validate(p);
        if (sorted.IsEmpty)
        {
            return double.NaN;
        }

        double position = p * (sorted.Length - 1);
        int lower = (int)position;
        return lower + 1 >= sorted.Length ? sorted[^1] : Interpolate(sorted[lower], sorted[lower + 1], position - lower);
    }

    internal static void Validate(double p)
    {
        if (!(p >= 0 && p <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(p), p, "a probability in [0, 1] is expected");
        }
    }

    // Equal neighbours (infinities among them) are returned as they are: inf - inf would be NaN.
    private static double Interpolate(double low, double high, double fraction) =>
        fraction == 0 || low == high ? low : low + (fraction * (high - low));
}
