namespace Tars.Statistics.Moments;

/// <summary>
/// Count, mean and unbiased variance of a sample in one stable pass.
/// Source: B. P. Welford, Technometrics 4 (1962) 419-420, doi:10.1080/00401706.1962.10490022.
/// </summary>
/// <param name="Count">How many values were measured.</param>
/// <param name="Mean">Arithmetic mean; NaN when the count is 0.</param>
/// <param name="Variance">Variance with denominator n - 1; NaN when the count is below 2.</param>
public readonly record struct SampleMoments(int Count, double Mean, double Variance)
{
    /// <summary>Square root of <see cref="Variance"/>; NaN when the count is below 2.</summary>
    public double StandardDeviation => Math.Sqrt(Variance);

    /// <summary>Moments of the measured values. NaN is skipped.</summary>
    /// <param name="values">Observations; NaN is missing.</param>
    public static SampleMoments Of(ReadOnlySpan<double> values)
    {
        int count = 0;
        double mean = 0;
        double squares = 0;
        foreach (double value in values)
        {
            if (double.IsNaN(value))
            {
                continue;
            }

            count++;
            double delta = value - mean;
            mean += delta / count;
            squares += delta * (value - mean);
        }

        return new SampleMoments(count, count == 0 ? double.NaN : mean, count < 2 ? double.NaN : squares / (count - 1));
    }
}
