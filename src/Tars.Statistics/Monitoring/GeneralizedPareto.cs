namespace Tars.Statistics.Monitoring;

/// <summary>
/// Generalised Pareto distribution of excesses over a threshold.
/// Source of the fit: J. Zhang and M. A. Stephens, Technometrics 51 (2009) 316-325, doi:10.1198/tech.2009.08017 (a quasi-Bayesian likelihood average: it always exists and needs no iteration).
/// </summary>
/// <param name="Shape">Tail index: positive is heavy-tailed, 0 exponential, negative bounded.</param>
/// <param name="Scale">Positive, in the unit of the excesses; NaN when there was nothing to fit.</param>
public readonly record struct GeneralizedPareto(double Shape, double Scale)
{
    /// <summary>Fits the distribution to excesses. NaN and values not above 0 are skipped.</summary>
    /// <param name="excesses">Distances above the threshold.</param>
    /// <returns>The fit; exponential with the mean for fewer than five excesses or all equal ones; NaN when there is none.</returns>
    public static GeneralizedPareto Fit(ReadOnlySpan<double> excesses)
    {
        double[] sorted = Array.FindAll(MeasuredValues.ToSortedArray(excesses), x => x > 0);
        int n = sorted.Length;
        double mean = Moments.SampleMoments.Of(sorted).Mean;
        if (n < 5 || sorted[0] == sorted[^1])
        {
            return new GeneralizedPareto(n == 0 ? double.NaN : 0, mean);
        }

        int grid = 20 + (int)Math.Sqrt(n);
        double quartile = sorted[Math.Max(0, (int)((0.25 * n) + 0.5) - 1)];
        double[] thetas = new double[grid];
        double[] likelihoods = new double[grid];
        for (int j = 0; j < grid; j++)
        {
            thetas[j] = (1 / sorted[^1]) + ((1 - Math.Sqrt(grid / (j + 0.5))) / (3 * quartile));
            double k = -MeanLog(sorted, thetas[j]);
            likelihoods[j] = n * (Math.Log(thetas[j] / k) + k - 1);
        }

        double theta = 0;
        double weights = 0;
        for (int j = 0; j < grid; j++)
        {
            double inverse = 0;
            for (int i = 0; i < grid; i++)
            {
                inverse += Math.Exp(likelihoods[i] - likelihoods[j]);
            }

            if (double.IsFinite(inverse) && inverse > 0)
            {
                theta += thetas[j] / inverse;
                weights += 1 / inverse;
            }
        }

        theta /= weights;
        double shape = MeanLog(sorted, theta);
        double scale = -shape / theta;
        return double.IsFinite(scale) && scale > 0 ? new GeneralizedPareto(shape, scale) : new GeneralizedPareto(0, mean);
    }

    /// <summary>P(excess above x).</summary>
    /// <param name="x">At or below 0 gives 1; NaN gives NaN.</param>
    public double Survival(double x)
    {
        if (x <= 0)
        {
            return 1;
        }

        if (Math.Abs(Shape) < 1e-9)
        {
            return Math.Exp(-x / Scale);
        }

        double inner = 1 + (Shape * x / Scale);
        return double.IsNaN(inner) ? double.NaN : inner <= 0 ? 0 : Math.Pow(inner, -1 / Shape);
    }

    private static double MeanLog(double[] sorted, double theta)
    {
        double sum = 0;
        foreach (double x in sorted)
        {
            sum += double.LogP1(-theta * x);
        }

        return sum / sorted.Length;
    }
}
