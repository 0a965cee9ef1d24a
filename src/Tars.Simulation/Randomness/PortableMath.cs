namespace Tars.Simulation.Randomness;

/// <summary>
/// Elementary functions made of IEEE 754 additions, multiplications and divisions alone. The platform's own may differ in the last bit
/// between operating systems and processors; these do not, so that a seed gives the same bytes everywhere.
/// </summary>
internal static class PortableMath
{
    private const double Ln2High = 6.93147180369123816490e-01; // fdlibm e_exp.c: ln 2 in two parts
    private const double Ln2Low = 1.90821492927058770002e-10;
    private const double Ln2 = 0.693147180559945309417;
    private const double HalfPi = 1.57079632679489661923;

    /// <summary>e to the power of <paramref name="x"/>; relative error below 1e-14 for |x| ≤ 700, beyond that 0 or infinity.</summary>
    public static double Exp(double x)
    {
        if (x > 700)
        {
            return double.PositiveInfinity;
        }

        if (x < -700)
        {
            return 0;
        }

        double k = Math.Floor((x / Ln2) + 0.5);
        double r = (x - (k * Ln2High)) - (k * Ln2Low);
        // Taylor in Horner form; |r| ≤ 0.35, so the term after r^11 is below 1e-14.
        double sum = 1 + (r * (1 + (r * ((1.0 / 2) + (r * ((1.0 / 6) + (r * ((1.0 / 24) + (r * ((1.0 / 120) + (r * ((1.0 / 720)
            + (r * ((1.0 / 5040) + (r * ((1.0 / 40320) + (r * ((1.0 / 362880) + (r * ((1.0 / 3628800) + (r / 39916800)))))))))))))))))))));
        return sum * BitConverter.Int64BitsToDouble((1023L + (long)k) << 52);
    }

    /// <summary>The natural logarithm of a normal positive number; relative error below 1e-14.</summary>
    public static double Log(double x)
    {
        long bits = BitConverter.DoubleToInt64Bits(x);
        long exponent = (bits >> 52) - 1023;
        double fraction = BitConverter.Int64BitsToDouble((bits & 0x000F_FFFF_FFFF_FFFF) | 0x3FF0_0000_0000_0000);
        if (fraction > 1.41421356237309504880)
        {
            fraction /= 2;
            exponent++;
        }

        double s = (fraction - 1) / (fraction + 1); // log f = 2 artanh s, |s| ≤ 0.1716
        double square = s * s;
        double sum = 1 + (square * ((1.0 / 3) + (square * ((1.0 / 5) + (square * ((1.0 / 7) + (square * ((1.0 / 9)
            + (square * ((1.0 / 11) + (square * ((1.0 / 13) + (square * ((1.0 / 15) + (square * (1.0 / 17))))))))))))))));

        return (exponent * Ln2High) + ((2 * s * sum) + (exponent * Ln2Low));
    }

    /// <summary>The cosine of a whole turn times <paramref name="turns"/>; absolute error below 1e-14 for |turns| ≤ 1e6.</summary>
    public static double CosineOfTurns(double turns)
    {
        double part = turns - Math.Floor(turns); // [0, 1)
        double quarter = part * 4;
        int quadrant = (int)quarter;
        double angle = (quarter - quadrant) * HalfPi;
        return quadrant switch
        {
            0 => Cosine(angle),
            1 => -Cosine(HalfPi - angle),
            2 => -Cosine(angle),
            _ => Cosine(HalfPi - angle),
        };
    }

    /// <summary>
    /// The standard normal distribution function; absolute error below 1e-7: the complementary error function by Chebyshev fitting,
    /// W. H. Press et al., Numerical Recipes, section 6.2 (erfcc).
    /// </summary>
    public static double NormalCdf(double z)
    {
        if (z > 6)
        {
            return 1;
        }

        if (z < -6)
        {
            return 0;
        }

        double x = Math.Abs(z) * 0.70710678118654752440;
        double t = 1 / (1 + (0.5 * x));
        double poly = -1.26551223 + (t * (1.00002368 + (t * (0.37409196 + (t * (0.09678418 + (t * (-0.18628806
            + (t * (0.27886807 + (t * (-1.13520398 + (t * (1.48851587 + (t * (-0.82215223 + (t * 0.17087277)))))))))))))))));
        double upper = 0.5 * t * Exp((-x * x) + poly);
        return z >= 0 ? 1 - upper : upper;
    }

    private static double Cosine(double angle) // [0, π/2]
    {
        double square = angle * angle;
        double sum = 1;
        for (int i = 22; i > 0; i -= 2)
        {
            sum = 1 - (square / (i * (i - 1)) * sum);
        }

        return sum;
    }
}
