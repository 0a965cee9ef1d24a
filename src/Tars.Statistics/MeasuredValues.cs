namespace Tars.Statistics;

/// <summary>Removal of missing observations. Everywhere in this library NaN means "not measured".</summary>
public static class MeasuredValues
{
    /// <summary>Copies the values that are not NaN, in order.</summary>
    /// <param name="values">Observations; NaN is missing.</param>
    /// <param name="destination">At least as long as <paramref name="values"/>; may be the same memory.</param>
    /// <returns>How many values were copied; 0 when nothing was measured.</returns>
    /// <exception cref="ArgumentException">The destination is shorter than the values.</exception>
    public static int CopyTo(ReadOnlySpan<double> values, Span<double> destination)
    {
        if (destination.Length < values.Length)
        {
            throw new ArgumentException("the destination is shorter than the values", nameof(destination));
        }

        int count = 0;
        foreach (double value in values)
        {
            if (!double.IsNaN(value))
            {
                destination[count++] = value;
            }
        }

        return count;
    }

    /// <summary>The values that are not NaN, in order; empty when nothing was measured.</summary>
    /// <param name="values">Observations; NaN is missing.</param>
    public static double[] ToArray(ReadOnlySpan<double> values)
    {
        double[] copy = new double[values.Length];
        int count = CopyTo(values, copy);
        return count == copy.Length ? copy : copy[..count];
    }

    /// <summary>The values that are not NaN, ascending; empty when nothing was measured.</summary>
    /// <param name="values">Observations; NaN is missing.</param>
    public static double[] ToSortedArray(ReadOnlySpan<double> values)
    {
        double[] copy = ToArray(values);
        Array.Sort(copy);
        return copy;
    }

    /// <summary>How many values are not NaN.</summary>
    /// <param name="values">Observations; NaN is missing.</param>
    public static int Count(ReadOnlySpan<double> values)
    {
        int count = 0;
        foreach (double value in values)
        {
            count += double.IsNaN(value) ? 0 : 1;
        }

        return count;
    }
}
