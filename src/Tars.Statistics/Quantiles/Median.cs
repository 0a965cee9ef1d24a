namespace Tars.Statistics.Quantiles;

/// <summary>The sample median: the middle order statistic, or the mean of the two middle ones (quantile type 7 at 0.5).</summary>
public static class Median
{
    /// <summary>Median of the measured values. NaN is skipped; the input is not changed.</summary>
    /// <param name="values">Observations; NaN is missing.</param>
    /// <returns>The median; NaN when nothing was measured.</returns>
    public static double Of(ReadOnlySpan<double> values) => Quantile.Of(values, 0.5);

    /// <summary>Median in linear expected time; reorders the values.</summary>
    /// <param name="values">Observations without NaN; reordered.</param>
    /// <returns>The median; NaN when empty.</returns>
    public static double InPlace(Span<double> values) => Quantile.InPlace(values, 0.5);

    /// <summary>Median of values that are already ascending.</summary>
    /// <param name="sorted">Ascending, without NaN.</param>
    /// <returns>The median; NaN when empty.</returns>
    public static double OfSorted(ReadOnlySpan<double> sorted) => Quantile.OfSorted(sorted, 0.5);
}
