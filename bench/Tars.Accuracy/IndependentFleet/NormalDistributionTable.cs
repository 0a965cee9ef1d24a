namespace Tars.Accuracy.IndependentFleet;

/// <summary>
/// The standard normal distribution function from a table with linear interpolation: error below 2e-6, monotone, exact 0 and 1 outside
/// ±8. The table is the integral of the density by Simpson's rule.
/// </summary>
public static class NormalDistributionTable
{
    private const double Limit = 8;
    private const int StepsPerUnit = 256;
    private static readonly double[] Table = Integrate();

    /// <summary>The probability of a standard normal variate below <paramref name="z"/>; NaN is not accepted.</summary>
    public static double Cumulative(double z)
    {
        if (z <= -Limit)
        {
            return 0;
        }

        if (z >= Limit)
        {
            return 1;
        }

        double position = (z + Limit) * StepsPerUnit;
        int index = (int)position;
        double low = Table[index];
        return low + ((Table[index + 1] - low) * (position - index));
    }

    private static double[] Integrate()
    {
        const int Steps = (int)(2 * Limit) * StepsPerUnit;
        const double Width = 1.0 / StepsPerUnit;
        var table = new double[Steps + 1];
        for (int i = 1; i <= Steps; i++)
        {
            double left = -Limit + ((i - 1) * Width);
            table[i] = table[i - 1] + (Width / 6 * (Density(left) + (4 * Density(left + (Width / 2))) + Density(left + Width)));
        }

        double total = table[Steps];
        for (int i = 0; i <= Steps; i++)
        {
            table[i] /= total;
        }

        return table;
    }

    private static double Density(double z) => Math.Exp(-0.5 * z * z) / Math.Sqrt(2 * Math.PI);
}
