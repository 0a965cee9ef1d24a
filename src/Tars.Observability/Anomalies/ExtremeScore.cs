namespace Tars.Observability.Anomalies;

/// <summary>
/// How high the score of a course climbs by itself: a Gumbel distribution through the median and the 90 % quantile of the hourly maxima
/// (E. J. Gumbel, "Statistics of Extremes", 1958), which events in fewer than a tenth of the hours do not move. Quantiles that jump
/// between two wide histogram buckets climb often; here they get the distance they need.
/// </summary>
/// <param name="Location">Mode of the hourly maxima.</param>
/// <param name="Width">Scale of the distribution, positive.</param>
/// <param name="Blocks">Hours with a value.</param>
internal readonly record struct ExtremeScore(double Location, double Width, int Blocks)
{
    // -ln(-ln p) at the two probabilities.
    private const double AtHalf = 0.36651292058166435;
    private const double AtNineTenths = 2.2503673273124454;

    /// <summary>Fits.</summary>
    /// <param name="count">Number of steps.</param>
    /// <param name="score">The score of a step; NaN is missing.</param>
    /// <param name="block">Steps per hour.</param>
    public static ExtremeScore Of(int count, Func<int, double> score, int block)
    {
        List<double> maxima = [];
        for (int from = 0; from < count; from += block)
        {
            double highest = double.NegativeInfinity;
            for (int i = from; i < Math.Min(count, from + block); i++)
            {
                double value = score(i);
                highest = value > highest ? value : highest;
            }

            if (double.IsFinite(highest))
            {
                maxima.Add(highest);
            }
        }

        maxima.Sort();
        double half = Statistics.Quantiles.Quantile.OfSorted([.. maxima], 0.5);
        double high = Statistics.Quantiles.Quantile.OfSorted([.. maxima], 0.9);
        double width = Math.Max(1e-3, (high - half) / (AtNineTenths - AtHalf));
        return new ExtremeScore(half - (AtHalf * width), width, maxima.Count);
    }

    /// <summary>Probability that the highest of all hours reaches a score.</summary>
    public double Chance(double score) => Math.Min(1, Blocks * -Expm1(-Math.Exp(-(score - Location) / Width)));

    private static double Expm1(double x) => Math.Abs(x) < 1e-5 ? x + (x * x / 2) : Math.Exp(x) - 1;
}
