namespace Tars.Observability.Regressions;

/// <summary>
/// The 20 % trimmed mean of one sample and what its uncertainty needs: a fifth of the blocks on either side may be anything (an incident,
/// a burst) without moving it much. Source: K. K. Yuen, Biometrika 61 (1974) 165-170, doi:10.1093/biomet/61.1.165.
/// </summary>
/// <param name="Mean">Mean of what is left after trimming.</param>
/// <param name="Kept">Number of values left.</param>
/// <param name="Variance">Squared standard error of the mean for independent values: winsorised sum of squares ÷ (kept · (kept − 1)).</param>
/// <param name="Low">Smallest value kept; smaller ones count as this.</param>
/// <param name="High">Largest value kept; larger ones count as this.</param>
internal readonly record struct TrimmedSample(double Mean, int Kept, double Variance, double Low, double High)
{
    /// <summary>Share trimmed off at either end.</summary>
    public const double Share = 0.2;

    /// <summary>Trims a sample.</summary>
    /// <param name="values">At least two finite values; changed in order.</param>
    public static TrimmedSample Of(double[] values)
    {
        Array.Sort(values);
        int cut = (int)(Share * values.Length);
        int kept = values.Length - (2 * cut);
        (double low, double high) = (values[cut], values[^(cut + 1)]);
        double mean = values.AsSpan(cut, kept).ToArray().Average();
        double[] winsorised = [.. values.Select(value => Math.Clamp(value, low, high))];
        double centre = winsorised.Average();
        double squares = winsorised.Sum(value => (value - centre) * (value - centre));
        return new TrimmedSample(mean, kept, squares / (kept * Math.Max(1.0, kept - 1)), low, high);
    }
}
