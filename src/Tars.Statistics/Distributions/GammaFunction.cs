namespace Tars.Statistics.Distributions;

/// <summary>
/// The logarithm of the gamma function and the regularised incomplete gamma functions.
/// Source: NIST Digital Library of Mathematical Functions, 5.11.1 (Stirling), 8.7.1 (series), 8.9.2 (continued fraction), https://dlmf.nist.gov/.
/// </summary>
public static class GammaFunction
{
    private const double HalfLogTwoPi = 0.91893853320467274178;
    private const int MaximumIterations = 100_000;

    // B_2k / (2k (2k - 1)) for k = 8 .. 1 (DLMF 5.11.1).
    private static ReadOnlySpan<double> StirlingFromHighest =>
    [
        -3617.0 / 122400, 1.0 / 156, -691.0 / 360360, 1.0 / 1188, -1.0 / 1680, 1.0 / 1260, -1.0 / 360, 1.0 / 12,
    ];

    /// <summary>Natural logarithm of the gamma function.</summary>
    /// <param name="x">Positive; +Infinity gives +Infinity.</param>
    /// <returns>ln Gamma(x), absolute error below 1e-14 for x under 12 and relative error about 1e-15 above; NaN for NaN.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="x"/> is zero or negative.</exception>
    public static double Log(double x)
    {
        if (double.IsNaN(x) || double.IsPositiveInfinity(x))
        {
            return x;
        }

        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(x);
        if (x is 1 or 2)
        {
            return 0;
        }

        double product = 1;
        while (x < 12)
        {
            product *= x;
            x++;
        }

        double inverse = 1 / x;
        double square = inverse * inverse;
        double series = 0;
        foreach (double coefficient in StirlingFromHighest)
        {
            series = (series * square) + coefficient;
        }

        series *= inverse;
        return ((x - 0.5) * Math.Log(x)) - x + HalfLogTwoPi + series - Math.Log(product);
    }

    /// <summary>Regularised lower incomplete gamma function P(a, x): the distribution function of Gamma(a, 1).</summary>
    /// <param name="a">Shape, positive.</param>
    /// <param name="x">At least 0.</param>
    /// <returns>A probability; NaN when an argument is NaN.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static double RegularizedLower(double a, double x) => Regularized(a, x, upper: false);

    /// <summary>Regularised upper incomplete gamma function Q(a, x) = 1 - P(a, x), accurate in the far tail.</summary>
    /// <param name="a">Shape, positive.</param>
    /// <param name="x">At least 0.</param>
    /// <returns>A probability; NaN when an argument is NaN.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static double RegularizedUpper(double a, double x) => Regularized(a, x, upper: true);

    private static double Regularized(double a, double x, bool upper)
    {
        if (double.IsNaN(a) || double.IsNaN(x))
        {
            return double.NaN;
        }

        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(a);
        ArgumentOutOfRangeException.ThrowIfNegative(x);
        if (x == 0 || double.IsPositiveInfinity(x))
        {
            return (x == 0) == upper ? 1 : 0;
        }

        double factor = Math.Exp((a * Math.Log(x)) - x - Log(a));
        if (x < a + 1)
        {
            double lower = factor * LowerSeries(a, x);
            return upper ? 1 - lower : lower;
        }

        double tail = factor * UpperFraction(a, x);
        return upper ? tail : 1 - tail;
    }

    private static double LowerSeries(double a, double x)
    {
        double term = 1 / a;
        double sum = term;
        for (int i = 1; i < MaximumIterations; i++)
        {
            term *= x / (a + i);
            sum += term;
            if (term < sum * 1e-17)
            {
                break;
            }
        }

        return sum;
    }

    // Modified Lentz evaluation (DLMF 3.10(iii)) of 8.9.2.
    private static double UpperFraction(double a, double x)
    {
        const double Tiny = 1e-300;
        double b = x + 1 - a;
        double c = 1 / Tiny;
        double d = 1 / b;
        double h = d;
        for (int i = 1; i < MaximumIterations; i++)
        {
            double numerator = -i * (i - a);
            b += 2;
            d = (numerator * d) + b;
            d = 1 / (Math.Abs(d) < Tiny ? Tiny : d);
            c = b + (numerator / c);
            c = Math.Abs(c) < Tiny ? Tiny : c;
            double step = d * c;
            h *= step;
            if (Math.Abs(step - 1) < 1e-16)
            {
                break;
            }
        }

        return h;
    }
}
