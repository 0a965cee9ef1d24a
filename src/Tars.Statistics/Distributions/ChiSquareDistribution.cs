namespace Tars.Statistics.Distributions;

/// <summary>The chi-square distribution. Source: NIST Digital Library of Mathematical Functions, 8.2 (incomplete gamma), https://dlmf.nist.gov/8.2.</summary>
public static class ChiSquareDistribution
{
    /// <summary>P(X above x), accurate in the far tail.</summary>
    /// <param name="x">At least 0; NaN gives NaN.</param>
    /// <param name="degreesOfFreedom">Positive, need not be whole.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static double Survival(double x, double degreesOfFreedom) => GammaFunction.RegularizedUpper(0.5 * degreesOfFreedom, 0.5 * x);

    /// <summary>P(X at most x).</summary>
    /// <param name="x">At least 0; NaN gives NaN.</param>
    /// <param name="degreesOfFreedom">Positive, need not be whole.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static double Cdf(double x, double degreesOfFreedom) => GammaFunction.RegularizedLower(0.5 * degreesOfFreedom, 0.5 * x);
}
